// Fig 4: how long networks of every depth take to learn real data, each at its own best learning rate.
//
// Decoupled starts, gradient descent (Eq 13), the epoch at which the error first falls below a threshold, for
// a grid of rates. Hidden layers are exactly compressed where the start allows it (HiddenCompression).
#pragma once

#include <optional>
#include <vector>

#include "dln/experiments/learning_problem.hpp"
#include "dln/experiments/run_store.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::experiments {

struct DepthSweepOptions {
  std::vector<int> layers = {3, 5, 8, 10, 14, 20, 28, 36, 44, 54, 64, 74, 84, 94, 100};  // N_l
  std::vector<double> rates;         // empty: 20 from 1e-4 down to 1e-7, equally spaced in their logarithm
  Eigen::Index hidden_units = 1000;  // in every hidden layer
  double initial_strength = 1e-3;    // u0 of every active mode
  double error_threshold = 1.3e4;    // of 1/2 the summed squared error
  long max_epochs = 100'000;
  double patience =
      3;  // a run whose error has risen is given up after this many times the best epoch of its depth
  bool compressed = true;
  std::uint64_t seed = 1;
};

// 20 rates from 1e-4 down to 1e-7: a ratio of 1.44 from one to the next, which quantises every best rate and
// time.
std::vector<double> paper_rates();

enum class SweepOutcome {
  learned,
  given_up,  // it could no longer be the fastest of its depth
  diverged,
  slower,  // not run: a higher rate had learned without its error ever rising, and this one follows the same
           // way
};

struct SweepRun {
  double rate;
  SweepOutcome outcome;
  long epoch;     // at which it learned, was given up, had diverged or was left
  bool monotone;  // the error never rose on the way
};

struct DepthSweepRow {
  int layers;
  std::vector<SweepRun> runs;              // in the order of the rates
  std::vector<Eigen::Index> trained;       // units of the network that was trained
  std::optional<std::size_t> best;         // the run that learned first
  std::optional<std::size_t> best_stable;  // of those whose error never rose
};

// Rows in the order of the depths, on all cores; the same numbers whatever the number of threads. Each run is
// looked up in the store first. Throws DomainError for options out of their domains.
std::vector<DepthSweepRow> run_depth_sweep(const LearningProblem& problem, const DepthSweepOptions& options,
                                           RunStore& store, base::Progress& progress);

// Rates kappa / largest_aligned_eigenvalue for kappa = from, from * ratio, ... up to `to`: where the paper's
// grid is too coarse.
std::vector<double> rates_around_stability(const LearningProblem& problem, int layers, double from, double to,
                                           double ratio);

// The epoch at which the error falls below the threshold by theory: every mode on Eq 15 with its input
// variance, at a rate so small that descent is the flow. Exact where the modes are aligned with Sigma11, as
// on whitened inputs. Throws DomainError when the modes alone never get there.
double predicted_epoch(const LearningProblem& problem, const DepthSweepOptions& options, int layers,
                       double rate);

// The decoupled start of one depth.
network::LinearNetwork<double> deep_start(const LearningProblem& problem, const DepthSweepOptions& options,
                                          int layers);

// lambda_max of the problem's modes at this depth (rate_advice.hpp).
double largest_aligned_eigenvalue(const LearningProblem& problem, int layers);

}  // namespace dln::experiments
