// A problem cut down to the principal components of its inputs that vary most.
#pragma once

#include "dln/experiments/learning_problem.hpp"

namespace dln::experiments {

// The same problem in the leading `count` principal components of its inputs, exact for a network that sees
// no more of them. Inputs of images are their components in that order, whitened or not. Throws DomainError
// unless Sigma11 is diagonal and the count fits.
LearningProblem leading_components(const LearningProblem& problem, Eigen::Index count);

}  // namespace dln::experiments
