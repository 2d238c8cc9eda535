// Which learning rate data or a spectrum ask for at each depth, and how many steps learning then takes.
//
// Modes are taken as aligned with the inputs: mode alpha has the singular value s and the input variance d,
// and ends at u = s/d. The Hessian at that minimum has an eigenvalue for every pair of an output and an input
// mode, d_beta sum_l u_alpha^{2(L-l)/L} u_beta^{2(l-1)/L}, cross-mode pairs included, which on raw images are
// the largest.
#pragma once

#include <vector>

#include "dln/experiments/learning_problem.hpp"

namespace dln::experiments {

struct AlignedModes {
  linalg::Vector singular_values;  // s > 0
  linalg::Vector input_variances;  // d > 0, of the same inputs
};
// s, and v^T Sigma11 v along each input mode.
AlignedModes aligned_modes(const LearningProblem& problem);

struct RateAdvice {
  int layers;                            // N_l
  double largest_eigenvalue;             // lambda_max
  Eigen::Index output_mode, input_mode;  // the pair it belongs to, 0-based
  double optimal_rate;                   // 1/lambda_max
  double stability_limit;                // 2/lambda_max
  double first_learned,
      last_learned;  // steps at the optimal rate until the first and the last mode is within 1 % of its u
};

// From u0 > 0 for every mode. Throws DomainError for sizes that differ or numbers out of their domains.
RateAdvice advise_rate(const AlignedModes& modes, int layers, double initial_strength);

}  // namespace dln::experiments
