// Progressive differentiation: how alike a network's answers to its items are, while it learns them.
//
// The answers to the items are the columns of W^L...W^1 (one-hot inputs). Centred over the items, their inner
// products are the similarity of classical scaling, and their two principal axes its embedding in the plane.
#pragma once

#include "dln/experiments/transitions.hpp"

namespace dln::experiments {

struct Differentiation {
  std::vector<std::size_t> snapshots;      // samples of the run
  std::vector<linalg::Matrix> similarity;  // items x items at each, over the mean square of the targets
  linalg::Matrix axes;                     // modes x 2, orthonormal: principal over the whole run
  std::vector<linalg::Matrix> places;      // 2 x items at every sample, over the root of the same
};

// Snapshots are taken when each of the modes `after` (1-based, ascending) has 95 % of its s. `axes` may be
// those of another run on the same problem; empty: the run's own. Throws DomainError for a run that kept no
// answers or for a mode that is not there.
Differentiation differentiate(const LearningProblem& problem, const TransitionRun& run,
                              const std::vector<Eigen::Index>& after, const linalg::Matrix& axes = {});

}  // namespace dln::experiments
