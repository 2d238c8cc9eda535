// The sharpness of the error along training: the largest eigenvalue of the full Hessian, by Lanczos iteration
// with exact products, on the way of any network through any problem; beside it the closed form along the
// decoupled path, and 2/rate, above which descent does not stay.
#pragma once

#include <cstdint>
#include <vector>

#include "dln/experiments/learning_problem.hpp"
#include "dln/experiments/time_course.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::experiments {

enum class Way { flow, descent };

struct SharpnessOptions {
  double learning_rate = 0;  // > 0, of sums over the examples; the flow has tau = 1/learning_rate
  double duration = 0;       // epochs, 1 or more; of descent the whole number of iterations in it
  int samples = 41;          // equally spaced from 0 to the end, 2 or more
  double tolerance =
      1e-7;  // of Lanczos iteration, relative: its square over the gap is the eigenvalue's error
  std::uint64_t seed = 1;  // of its random starts
};

// Error and Hessian are those of sums over the examples, whatever the normalisation of the correlations.
struct SharpnessSample {
  double epoch;
  double error;               // E = 1/2 sum ||y - yhat||^2
  double largest_eigenvalue;  // of its Hessian
  double residual;            // ||H v - value v|| / value of the vector found
};

struct SharpnessCourse {
  std::vector<SharpnessSample> samples;
  double limit;   // 2/learning_rate
  bool diverged;  // descent: no samples from then on
  network::LinearNetwork<double> end;
};

// Samples are looked at on all cores; each Lanczos iteration starts at random. (The vector of the sample
// before would be no help: the top eigenvectors of different times lie in different invariant subspaces, see
// theory/decoupled_hessian.hpp, which an iteration never leaves.) Throws DomainError for options out of their
// domains or sizes that do not compose, NumericalError when the flow cannot be integrated.
SharpnessCourse sharpness_along(const data::Correlations& correlations,
                                const network::LinearNetwork<double>& start, Way way,
                                const SharpnessOptions& options);

// A network of the house on a problem.
struct SharpnessRunOptions {
  base::Depth depth = base::Depth::from_layers(3);
  Eigen::Index hidden_units = 32;  // of every hidden layer
  Start start = Start::decoupled;  // or small random, entries N(0, 2 u0^{2/L} / hidden units)
  double share = 1e-3;             // u0 over the least s/d
  double kappa = 0.5;              // rate x lambda_max of the minimum
  double completion = 0.99;        // ends when theory has this share of every mode;
  double duration = 0;             // or after so many epochs, where not 0
  int samples = 41;
  std::uint64_t seed = 1;
};

struct SharpnessPlan {
  network::LinearNetwork<double> start;
  double initial_strength;     // u0
  double largest_at_minimum;   // lambda_max, by closed form
  SharpnessOptions following;  // rate = kappa / lambda_max, and how long
};

// Closed forms want modes aligned with the inputs, Sigma11 v = d v for each, and hidden layers that hold
// every mode: throws DomainError otherwise, as for options out of their domains.
SharpnessPlan plan_sharpness(const LearningProblem& problem, const SharpnessRunOptions& options);

// The largest eigenvalue by closed form along the flow from the decoupled start, at these epochs >= 0 of the
// plan's rate. Throws DomainError likewise.
std::vector<double> predicted_sharpness(const LearningProblem& problem, const SharpnessRunOptions& options,
                                        const std::vector<double>& epochs);

struct SharpnessRun {
  SharpnessPlan plan;
  SharpnessCourse flow, descent;
  std::vector<double> theory;  // at the flow's samples; what a random start is held against, too
};

SharpnessRun run_sharpness(const LearningProblem& problem, const SharpnessRunOptions& options);

}  // namespace dln::experiments
