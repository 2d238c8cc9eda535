#include "dln/experiments/depth_sweep.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "dln/base/error.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/hidden_compression.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/learning_rate.hpp"

namespace dln::experiments {
namespace {

using Network = network::LinearNetwork<double>;

void check(const DepthSweepOptions& options) {
  if (options.layers.empty()) throw base::DomainError("depths: expected at least one, got none");
  for (int layers : options.layers) base::Depth::from_layers(layers);
  for (double rate : options.rates) base::require_positive("learning rate", rate);
  base::require(options.hidden_units >= 1, "hidden units", static_cast<double>(options.hidden_units),
                "1 or more");
  base::require_positive("u0", options.initial_strength);
  base::require_positive("error threshold", options.error_threshold);
  base::require(options.max_epochs >= 1, "epochs", static_cast<double>(options.max_epochs), "1 or more");
  base::require(options.patience >= 1, "patience", options.patience, "1 or more");
}

// A run whose error has risen only competes with the fastest of all, and is given up at `most` epochs.
SweepRun train(const LearningProblem& problem, const Network& start, double rate, double threshold, long most,
               long max_epochs) {
  network::ChainGradient gradient(problem.correlations, start);
  const network::LearningRule rule = [&](const Network& at, Network& direction) {
    gradient(at, direction);
    return gradient.error_correlation_norm();
  };
  SweepRun run{rate, SweepOutcome::given_up, 0, true};
  double before = std::numeric_limits<double>::infinity();
  const auto observe = [&](const network::DescentState& state) {
    const double error = gradient.squared_error();
    // Where nothing moves any more the error changes by its own rounding.
    if (error > before * (1 + 1e-12)) run.monotone = false;
    before = error;
    run.epoch = state.iteration;
    if (error < threshold) run.outcome = SweepOutcome::learned;
    return run.outcome != SweepOutcome::learned && (run.monotone || state.iteration < most);
  };
  const auto result = network::descend_by(rule, problem.correlations.sigma31.norm(), start,
                                          {.learning_rate = rate, .max_iterations = max_epochs}, observe);
  if (result.reason == network::DescentStop::diverged) {
    run.outcome = SweepOutcome::diverged;
    run.epoch = result.iterations;
    run.monotone = false;
  }
  return run;
}

std::string run_key(const LearningProblem& problem, const DepthSweepOptions& o, int layers, double rate,
                    long most) {
  return fmt::format(
      "depth-sweep/{:08x}/Nl={}/width={}/u0={:a}/below={:a}/rate={:a}/at-most={},{}/{}/seed={}",
      problem.fingerprint, layers, o.hidden_units, o.initial_strength, o.error_threshold, rate, o.max_epochs,
      most, o.compressed ? "compressed" : "whole", o.seed);
}

SweepRun looked_up(const LearningProblem& problem, const DepthSweepOptions& options, const Network& start,
                   int layers, double rate, long most, RunStore& store) {
  const auto key = run_key(problem, options, layers, rate, most);
  if (const auto kept = store.find(key); kept && kept->size() == 3)
    return {rate, static_cast<SweepOutcome>((*kept)[0]), static_cast<long>((*kept)[1]), (*kept)[2] != 0};
  const auto run = train(problem, start, rate, options.error_threshold, most, options.max_epochs);
  store.keep(key,
             {static_cast<double>(run.outcome), static_cast<double>(run.epoch), run.monotone ? 1.0 : 0.0});
  return run;
}

std::optional<std::size_t> fastest(const std::vector<SweepRun>& runs, bool monotone) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (runs[i].outcome == SweepOutcome::learned && (runs[i].monotone || !monotone) &&
        (!best || runs[i].epoch < runs[*best].epoch))
      best = i;
  return best;
}

// From the fastest rate down. A run whose error rises is given up after `patience` times the best of all.
DepthSweepRow sweep_depth(const LearningProblem& problem, const DepthSweepOptions& options, int layers,
                          RunStore& store, const std::function<void()>& one_done) {
  Network start = deep_start(problem, options, layers);
  if (options.compressed) {
    const network::HiddenCompression compression(start);
    start = compression.compress(start);
  }
  DepthSweepRow row{layers, {}, start.units(), {}, {}};
  std::vector<std::size_t> order(options.rates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, std::greater<>(), [&](std::size_t i) { return options.rates[i]; });
  row.runs.resize(order.size());
  long most = options.max_epochs;  // for a run whose error has risen
  std::optional<long> stable;
  for (std::size_t i : order) {
    auto& run = row.runs[i];
    if (stable) {
      run = {options.rates[i], SweepOutcome::slower, *stable, true};
    } else {
      run = looked_up(problem, options, start, layers, options.rates[i], most, store);
      if (run.outcome == SweepOutcome::learned) {
        if (run.monotone) stable = run.epoch;
        const double patient = options.patience * static_cast<double>(run.epoch);
        most = std::min(most, static_cast<long>(std::min(patient, 1e15)));
      }
    }
    one_done();
  }
  row.best = fastest(row.runs, false);
  row.best_stable = fastest(row.runs, true);
  return row;
}

}  // namespace

std::vector<double> paper_rates() {
  std::vector<double> rates;
  for (int i = 0; i < 20; ++i) rates.push_back(std::pow(10.0, -4 - 3 * i / 19.0));
  return rates;
}

Network deep_start(const LearningProblem& problem, const DepthSweepOptions& options, int layers) {
  std::vector<Eigen::Index> units(static_cast<std::size_t>(layers), options.hidden_units);
  units.front() = problem.correlations.sigma31.cols();
  units.back() = problem.correlations.sigma31.rows();
  const int matrices = layers - 1;
  const linalg::Matrix strengths =
      linalg::Matrix::Constant(matrices, problem.modes.size(),
                               std::pow(options.initial_strength, 1.0 / static_cast<double>(matrices)));
  auto stream = base::stream(options.seed, "depth sweep start", layers);
  return network::decoupled_weights(units, problem.modes, strengths, stream).network;
}

std::vector<DepthSweepRow> run_depth_sweep(const LearningProblem& problem, const DepthSweepOptions& given,
                                           RunStore& store, base::Progress& progress) {
  DepthSweepOptions options = given;
  if (options.rates.empty()) options.rates = paper_rates();
  check(options);
  std::vector<DepthSweepRow> rows(options.layers.size());
  std::atomic<std::size_t> done = 0;
  const auto all = static_cast<double>(options.layers.size() * options.rates.size());
  const auto one_done = [&] {
    progress.report("networks of every depth", static_cast<double>(++done) / all);
  };
  // The deepest first: they take longest.
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, rows.size(), 1),
      [&](const auto& range) {
        for (std::size_t i = range.begin(); i < range.end(); ++i) {
          const std::size_t at = rows.size() - 1 - i;
          rows[at] = sweep_depth(problem, options, options.layers[at], store, one_done);
        }
      },
      tbb::simple_partitioner());
  return rows;
}

double largest_aligned_eigenvalue(const LearningProblem& problem, int layers) {
  const auto depth = base::Depth::from_layers(layers);
  const auto& modes = problem.modes;
  linalg::Vector d(modes.size()), u(modes.size());
  for (Eigen::Index k = 0; k < modes.size(); ++k) {
    d[k] = modes.input.col(k).dot(problem.correlations.sigma11 * modes.input.col(k));
    u[k] = modes.singular_values[k] / d[k];
  }
  double largest = 0;
  for (Eigen::Index a = 0; a < modes.size(); ++a)
    for (Eigen::Index b = 0; b < modes.size(); ++b)
      largest = std::max(largest, theory::pair_hessian_eigenvalue(depth, u[a], u[b], d[b]));
  return largest;
}

}  // namespace dln::experiments
