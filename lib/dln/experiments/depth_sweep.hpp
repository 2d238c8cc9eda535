// Fig 4: how long networks of every depth take to learn real data, each at its own best learning rate.
//
// Decoupled starts, gradient descent (Eq 13), the epoch at which the error first falls below a threshold, for
// a grid of rates. Hidden layers and inputs are exactly compressed where start and data allow it
// (HiddenCompression, InputCompression).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dln/experiments/learning_problem.hpp"
#include "dln/experiments/run_store.hpp"
#include "dln/network/linear_network.hpp"
#include "dln/network/training_path.hpp"

namespace dln::experiments {

// Which input directions W^1 carries at the start, each with the strength u0^{1/L}; section 2 does not say.
enum class FirstLayer {
  active_modes,  // those of Sigma31's modes and no others
  all_inputs,    // as many as the first hidden layer holds, min(N_1, N_2): D_1 is rectangular
};
std::string_view name_of(FirstLayer first_layer);  // "active", "all"

struct DepthSweepOptions {
  std::vector<int> layers = {3, 5, 8, 10, 14, 20, 28, 36, 44, 54, 64, 74, 84, 94, 100};  // N_l
  std::vector<double> rates;         // of every depth; empty: paper_rates()
  std::vector<double> kappas;        // in place of rates: each depth at kappa / lambda_max of its own
  Eigen::Index hidden_units = 1000;  // in every hidden layer
  double initial_strength = 1e-3;    // u0 of every active mode
  double error_threshold = 1.3e4;    // of 1/2 the summed squared error
  long max_epochs = 100'000;
  double patience =
      3;  // a run whose error has risen is given up after this many times the best epoch of its depth
  FirstLayer first_layer = FirstLayer::active_modes;
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
  not_run,  // the error of a higher rate never rose, and this one would follow the same way, slower
};

struct SweepRun {
  double rate;
  SweepOutcome outcome;
  long epoch;     // at which it learned, was given up or had diverged; 0 if it was not run
  bool monotone;  // the error never rose on the way
};

struct DepthSweepRow {
  int layers;
  std::vector<SweepRun> runs;              // in the order of the rates
  std::vector<Eigen::Index> trained;       // units of the network that was trained
  network::TrainingPath path;              // which arithmetic ran, and why
  std::optional<std::size_t> best;         // the run that learned first
  std::optional<std::size_t> best_stable;  // of those whose error never rose
};

// Rows in the order of the depths, on all cores; the same numbers whatever the number of threads. Each row is
// looked up in the store first. Throws DomainError for options out of their domains.
std::vector<DepthSweepRow> run_depth_sweep(const LearningProblem& problem, const DepthSweepOptions& options,
                                           RunStore& store, base::Progress& progress);

// All of options.rates from one start, in their order: side by side, the highest first, further and further,
// so that none runs long before it is known how soon the best has learned. Of those whose error has never
// risen only the highest runs.
std::vector<SweepRun> race_rates(const LearningProblem& problem, const DepthSweepOptions& options,
                                 network::LinearNetwork<double> start);
// The run that learned first, of all or of those whose error never rose.
std::optional<std::size_t> fastest(const std::vector<SweepRun>& runs, bool monotone);

}  // namespace dln::experiments
