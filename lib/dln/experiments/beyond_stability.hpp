// What gradient descent does at rates past 2/lambda_max: the strengths that a balanced mode visits, and where
// two unequal layers, or a full network with them, come to rest (theory/past_the_limit.hpp has the laws).
#pragma once

#include <cstdint>
#include <vector>

#include "dln/base/depth.hpp"

namespace dln::experiments {

struct VisitedOptions {
  base::Depth depth = base::Depth::from_layers(3);
  double singular_value = 1;  // s > 0
  double share = 0.3;         // u0/s at the start, in (0, 1)
  long transient = 20'000;    // updates that are not looked at
  int kept = 32;              // those that are, 1 or more
};

struct Visited {
  double kappa;                   // rate x lambda_max
  bool diverged;                  // by the end: |u| beyond 1e6 s
  std::vector<double> strengths;  // u, in the order they are visited; none where diverged
};

// A mode with equal layers at rate kappa/lambda_max. Throws DomainError.
Visited visited_strengths(double kappa, const VisitedOptions& options = {});

struct SettlingOptions {
  double singular_value = 1;  // s > 0
  double balanced_kappa = 1;  // rate x 2s, > 0
  double nudge = 1e-6;        // relative, off the minimum
  long steps = 20'000;
};

// How steep a minimum is, is told as kappa = rate x its largest eigenvalue: descent stays below 2.
struct Settling {
  double before, after;  // of the minimum with the imbalance of the layers at the start and at the end
  double gap;            // |s - u| / s at the end; of a network ||Sigma31 - W|| / ||Sigma31||
  double most_gap;       // the largest on the way
  bool diverged;         // then after and gap are NaN
};

// Two layers a >= b beside the minimum ab = s with a^2 + b^2 = kappa / rate; kappa >= balanced_kappa. Throws
// DomainError.
Settling settle_pair(double kappa, const SettlingOptions& options = {});

// The same in a full network of 3-4-3 units, Sigma11 = I, with a second mode of s/2 whose layers are in the
// same proportion: the first mode's own direction is then the steepest of all. All weights are nudged at
// random, by `nudge` s^{1/2}. `before` and `after` by Lanczos iteration at the weights themselves: at the end
// of a run that has not settled that is no minimum. What is nudged into directions in which nothing is to be
// learned stays in `gap`, squared.
Settling settle_network(double kappa, const SettlingOptions& options = {}, std::uint64_t seed = 1);

}  // namespace dln::experiments
