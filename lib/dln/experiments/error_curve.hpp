// The error E along one run of Fig 4, epoch by epoch: what a compressed network must share with the whole
// one.
#pragma once

#include <vector>

#include "dln/experiments/depth_sweep.hpp"

namespace dln::experiments {

// Entry t is E = 1/2 sum ||y - W^L...W^1 x||^2 after t epochs, t = 0 .. epochs, from the start of `options`,
// compressed or not as they say. Looked up in the store first. Throws NumericalError when the run diverges,
// DomainError for a rate or number of epochs out of its domain.
std::vector<double> error_curve(const LearningProblem& problem, const DepthSweepOptions& options, int layers,
                                double rate, long epochs, RunStore& store);

}  // namespace dln::experiments
