// The deep networks of Fig 4: where they start, and what is trained in their place.
#pragma once

#include "dln/experiments/depth_sweep.hpp"

namespace dln::experiments {

// The decoupled start of one depth.
network::LinearNetwork<double> deep_start(const LearningProblem& problem, const DepthSweepOptions& options,
                                          int layers);

// What is trained in its place: the same start, and the correlations it sees, hidden layers and inputs made
// smaller exactly where the options ask for it and the start allows; inputs that cannot be made fewer are
// turned to Sigma11's eigenvectors.
struct DeepRun {
  LearningProblem problem;  // of which only the correlations are changed
  network::LinearNetwork<double> start;
  double residual = 0;  // how far the whole start is from invariant, relative to its weights: rounding
  network::TrainingPath path = {};
};
DeepRun deep_run(const LearningProblem& problem, const DepthSweepOptions& options, int layers);
// Of a start of the caller's own, with the units that the options say.
DeepRun deep_run(const LearningProblem& problem, const DepthSweepOptions& options,
                 network::LinearNetwork<double> start);

// Which arithmetic trains a network of these units in the place of the whole one, and why.
network::TrainingPath deep_path(const LearningProblem& problem, const DepthSweepOptions& options,
                                const std::vector<Eigen::Index>& trained, double residual);

}  // namespace dln::experiments
