// Stage-like transitions: how the error falls while a network of any depth learns structured data, along the
// gradient flow of the full network (Eqs 2, 13).
//
// Two numbers judge a run, both fixed before any was looked at: the plateaus of the total error
// (PlateauRule), and the sharpness of its modes, the median over them of (t90 - t10)/t50. Neither the largest
// over the modes, which the slowest alone decides, nor the rise of the total error, which many sharp
// transitions one after the other make long, would tell a stage from a slope.
#pragma once

#include <cstdint>
#include <vector>

#include "dln/base/depth.hpp"
#include "dln/base/progress.hpp"
#include "dln/experiments/learning_problem.hpp"
#include "dln/experiments/learning_speed.hpp"
#include "dln/linalg/matrix.hpp"
#include "dln/ode/integrate.hpp"

namespace dln::experiments {

enum class TransitionStart {
  decoupled,     // every mode at u0 in the modes' own bases, at any depth: u0^{1/L} in every layer
  small_random,  // N_l = 3: entries N(0, 2 u0/N_2), the modes' growing part u0 in the mean. N_l = 2: N(0,
                 // u0^2)
};

struct TransitionOptions {
  base::Depth depth = base::Depth::from_layers(3);
  double share = 5e-3;  // u0 over the least s, greater than 0 and at most 0.01
  TransitionStart start = TransitionStart::decoupled;
  double completion = 0.99;  // the run ends when every mode has this share of its s, in (0.9, 1)
  double resolution = 0.04;  // no mode moves by more than twice this share of its s between two samples
  bool keep_answers = false;
  std::uint64_t seed = 1;
};

// Times are in units of tau (tau = 1): what one epoch does at a learning rate of 1.
struct TransitionRun {
  std::vector<double> times;
  linalg::Matrix strengths;               // samples x modes
  std::vector<double> error;              // E, a sum over the items
  std::vector<double> speed;              // -dE/dt > 0
  std::vector<double> leak;               // between modes, relative to Sigma31
  linalg::Vector rise_times, half_times;  // t90 - t10 and t50 of every mode
  std::vector<std::size_t> plateaus;      // samples at which the speed is lowest
  double initial_strength;                // u0
  Eigen::Index simulated_outputs;         // fewer than N_3 where fewer are exactly the same
  ode::Work work;
  std::vector<linalg::Matrix> answers;  // where kept: U^T W^L...W^1 : modes x items, at every sample

  linalg::Vector sharpness() const { return rise_times.cwiseQuotient(half_times); }
  double median_sharpness() const;
  // The most by which the speed ever exceeds its lowest before: 1 where it never rises.
  double largest_rise() const;
};

// As many hidden units a layer as there are modes. Throws DomainError for options out of domain, a random
// start of more than three layers (whose product is far smaller than any of its weights: it does not learn in
// reasonable time), NumericalError when the flow stops early.
TransitionRun run_transitions(const LearningProblem& problem, const TransitionOptions& options);

// Every problem under each of the options, on all cores: [problem][options].
std::vector<std::vector<TransitionRun>> run_transitions(const std::vector<const LearningProblem*>& problems,
                                                        const std::vector<TransitionOptions>& options,
                                                        base::Progress& progress);

// (t90 - t10)/t50 of every mode from u0 by the closed form of Eq 15.
linalg::Vector predicted_sharpness(const LearningProblem& problem, const TransitionOptions& options);

// NaN for none, or where one is NaN.
double median(linalg::Vector values);

}  // namespace dln::experiments
