// What theory expects of Fig 4: lambda_max of a depth, the epoch of learning by Eq 15, and grids of rates
// about the edge of stability.
#pragma once

#include <vector>

#include "dln/experiments/depth_sweep.hpp"

namespace dln::experiments {

// lambda_max of the problem's modes at this depth (rate_advice.hpp).
double largest_aligned_eigenvalue(const LearningProblem& problem, int layers);

// kappa = rate * lambda_max: from, from * ratio, ... up to `to`. Throws DomainError unless they are positive
// and ratio > 1.
std::vector<double> stability_grid(double from, double to, double ratio);

// The epoch at which the error falls below the threshold by theory: every mode on Eq 15 with its input
// variance, at a rate so small that descent is the flow. Exact where the modes are aligned with Sigma11, as
// on whitened inputs. Throws DomainError when the modes alone never get there.
double predicted_epoch(const LearningProblem& problem, const DepthSweepOptions& options, int layers,
                       double rate);

// Slope of ln y against ln N_l by least squares over the depths N_l >= from; NaN when any such y is. Throws
// DomainError for fewer than two of them.
double slope_with_depth(const std::vector<int>& layers, const std::vector<double>& y, int from = 20);

}  // namespace dln::experiments
