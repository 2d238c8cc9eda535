// LoneModes: what a network makes of every mode by itself, as if there were no other: the theory of a mode,
// from the network's own start and at the rate of its descent.
//
// Mode alpha sees a network of one input of variance d = v^T Sigma11 v and one output:
//
//   a = W^1 v,  W^2, ..., W^{L-1},  b = u^T W^L,   -dE/du = s - d u,   u -> s/d
//
// Where the start lets it, that is a chain of L numbers, Eq 14 with s/d and tau/d: always for L = 1; for L =
// 2 from sqrt P +- sqrt M, P = |a + b|^2/4 and M = |a - b|^2/4, exactly, descent included; for L >= 3 where
// every matrix hands the mode on along one direction, as from decoupled and pretrained starts. Else the
// network of one input and one output is trained as it is.
#pragma once

#include <string_view>
#include <vector>

#include "dln/experiments/learning_problem.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::experiments {

enum class LoneLaw {
  shallow,         // L = 1
  two_layers,      // L = 2: Eq 8 from unequal layers
  equal_layers,    // Eq 15
  unequal_layers,  // Eq 14
  network,         // no closed form
};
std::string_view name_of(LoneLaw law);

struct LoneModes {
  LoneLaw law;                      // the least special one over the modes
  linalg::Matrix strengths;         // samples x modes
  linalg::Vector half_epochs;       // until u passes s/(2d), by descent; NaN where that is not reached
  linalg::Vector flow_half_epochs;  // the same by the closed form of the flow; NaN where there is none
};

// The leading `count` modes from `start`, by descent at `rate` (Eq 1 in sums), at the whole numbers `epochs`,
// ascending from 0. Throws DomainError for shapes that do not compose or arguments out of their domains.
LoneModes follow_lone_modes(const LearningProblem& problem, Eigen::Index count,
                            const network::LinearNetwork<double>& start, double rate,
                            const std::vector<double>& epochs);

// Which law they obey, without following them.
LoneLaw lone_law(const LearningProblem& problem, Eigen::Index count,
                 const network::LinearNetwork<double>& start);

}  // namespace dln::experiments
