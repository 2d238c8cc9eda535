// Which learning rates one mode bears, and which serve it best, against depth (section 2, after Eq 17):
// gradient descent on Eq 14 with equal layers from u0 to s - u0, beside lambda_max = L s^{2 - 2/L} and the
// exact law of the steps at 1/lambda_max.
//
// Rates are counted as kappa = rate x lambda_max. What descent takes at kappa = 1 is the flow's time but for
// a finite step; kappa = 2 is the edge of stability. Between them the number of steps is not smooth: at
// single rates the first jump across s happens to land within u0 of it, and beyond the edge too, from where
// descent leaves again. So the fastest rate is reported in three senses.
#pragma once

#include <optional>
#include <vector>

#include "dln/base/depth.hpp"

namespace dln::experiments {

struct ModeRateOptions {
  double singular_value = 1;       // s
  double initial_strength = 1e-3;  // u0 = eps: learned when |s - u| <= eps, 0 < eps < s/2
  std::vector<int> layers = {2,  3,  4,  5,  6,  7,  8,  9,  10, 12, 14,
                             17, 20, 24, 28, 34, 40, 48, 58, 70, 84, 100};  // N_l
  double smallest_kappa = 0.5, largest_kappa = 4;  // of the search; 1 lies strictly between
  double kappa_ratio = 1.001;                      // of neighbours; the grid passes through 1
  double dependable_within = 0.01;                 // see ModeRateRow::dependable
};

struct FastestRate {
  double kappa;
  long steps;
};

struct ModeRateRow {
  int layers;
  double largest_eigenvalue;  // lambda_max
  double edge;                // kappa above which descent leaves the minimum, by bisection
  double exact_steps;         // k_N of the flow, at kappa = 1
  long steps_at_optimal;      // of descent, at kappa = 1
  // The fewest steps that every rate within 1 % takes at most: no stroke of luck of a single rate. Below the
  // edge.
  FastestRate dependable;
  FastestRate stable;                   // the fewest at any single rate below the edge
  std::optional<FastestRate> touching;  // and beyond it, where within eps of s descent does not stay
};

// The rate (not kappa) above which descent begun beside the minimum u = s leaves it, to `accuracy` of itself.
// Uses no eigenvalue: the bracket is found by halving and doubling. Throws DomainError.
double edge_of_stability(const base::Depth& depth, double singular_value, double accuracy = 1e-5);

// One row for each depth. Throws DomainError for options out of their domains.
std::vector<ModeRateRow> run_mode_rates(const ModeRateOptions& options);

}  // namespace dln::experiments
