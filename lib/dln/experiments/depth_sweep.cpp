#include "dln/experiments/depth_sweep.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <mutex>

#include "dln/base/error.hpp"
#include "dln/experiments/deep_network.hpp"
#include "dln/experiments/depth_prediction.hpp"
#include "dln/network/gradient_descent.hpp"

namespace dln::experiments {
namespace {

using Network = network::LinearNetwork<double>;

void check(const DepthSweepOptions& options) {
  if (options.layers.empty()) throw base::DomainError("depths: expected at least one, got none");
  for (int layers : options.layers) base::Depth::from_layers(layers);
  for (double rate : options.rates) base::require_positive("learning rate", rate);
  for (double kappa : options.kappas) base::require_positive("kappa", kappa);
  if (!options.rates.empty() && !options.kappas.empty())
    throw base::DomainError("rates and kappas: expected one of the two grids, got both");
  base::require(options.hidden_units >= 1, "hidden units", static_cast<double>(options.hidden_units),
                "1 or more");
  base::require_positive("u0", options.initial_strength);
  base::require_positive("error threshold", options.error_threshold);
  base::require(options.max_epochs >= 1, "epochs", static_cast<double>(options.max_epochs), "1 or more");
  base::require(options.patience >= 1, "patience", options.patience, "1 or more");
}

// One rate under way.
struct Trial {
  double rate;
  Network network;
  long epoch = 0;
  double error = std::numeric_limits<double>::infinity();  // of the last epoch seen
  bool monotone = true;
  std::optional<SweepOutcome> outcome = {};
};

class Trainer {
 public:
  Trainer(const LearningProblem& problem, const Network& start, double threshold)
      : gradient_(problem.correlations, start),
        threshold_(threshold),
        largest_(1e6 * 0.5 * problem.correlations.target_power) {}

  // Up to `until` epochs, or until it has learned, or, its error having risen, up to `most`.
  void advance(Trial& trial, long until, long most) {
    const long from = trial.epoch;
    const auto observe = [&](long iteration, double error) {
      // Where nothing moves any more the error changes by its own rounding.
      if (error > trial.error * (1 + 1e-12)) trial.monotone = false;
      trial.error = error;
      trial.epoch = from + iteration;
      if (error < threshold_) trial.outcome = SweepOutcome::learned;
      if (!(error <= largest_)) trial.outcome = SweepOutcome::diverged;
      if (!trial.monotone && trial.epoch >= most) trial.outcome = SweepOutcome::given_up;
      return !trial.outcome;
    };
    const auto result = network::descend_in_place(
        gradient_, trial.network, {.learning_rate = trial.rate, .max_iterations = until - from}, observe);
    if (result.reason != network::DescentStop::diverged) return;
    trial.outcome = SweepOutcome::diverged;
    trial.epoch = from + result.iterations;
    trial.monotone = false;
  }

 private:
  network::ChainGradient<double> gradient_;
  double threshold_, largest_;  // errors: learned below the one, lost above the other
};

// Every coordinate on which the runs of a depth depend; the number is raised when their meaning or the way of
// racing changes.
std::string row_key(const LearningProblem& problem, const DepthSweepOptions& o, int layers) {
  std::string rates;
  for (double rate : o.rates) rates += fmt::format("{:a},", rate);
  return fmt::format(
      "depth-sweep-4/{:08x}/Nl={}/width={}/u0={:a}/W1={}/below={:a}/rates={}/at-most={}/patience={:a}/{}/"
      "seed={}",
      problem.fingerprint, layers, o.hidden_units, o.initial_strength, name_of(o.first_layer),
      o.error_threshold, rates, o.max_epochs, o.patience, o.compressed ? "compressed" : "whole", o.seed);
}

std::vector<double> packed(const DepthSweepRow& row, double residual) {
  std::vector<double> numbers(row.trained.begin(), row.trained.end());
  numbers.push_back(residual);
  for (const SweepRun& run : row.runs)
    numbers.insert(numbers.end(), {static_cast<double>(run.outcome), static_cast<double>(run.epoch),
                                   run.monotone ? 1.0 : 0.0});
  return numbers;
}

bool unpack(const std::vector<double>& numbers, const LearningProblem& problem,
            const DepthSweepOptions& options, DepthSweepRow& row) {
  const auto layers = static_cast<std::size_t>(row.layers);
  if (numbers.size() != layers + 1 + 3 * options.rates.size()) return false;
  for (std::size_t i = 0; i < layers; ++i) row.trained.push_back(static_cast<Eigen::Index>(numbers[i]));
  row.path = deep_path(problem, options, row.trained, numbers[layers]);
  for (std::size_t i = 0; i < options.rates.size(); ++i) {
    const double* run = &numbers[layers + 1 + 3 * i];
    row.runs.push_back(
        {options.rates[i], static_cast<SweepOutcome>(run[0]), static_cast<long>(run[1]), run[2] != 0});
  }
  return true;
}

// The options of one depth, with its rates.
DepthSweepOptions at_depth(const LearningProblem& problem, const DepthSweepOptions& options, int layers) {
  DepthSweepOptions mine = options;
  mine.layers = {layers};
  if (!mine.kappas.empty()) {
    const double most = largest_aligned_eigenvalue(problem, layers);
    for (double kappa : mine.kappas) mine.rates.push_back(kappa / most);
  }
  if (mine.rates.empty()) mine.rates = paper_rates();
  return mine;
}

std::optional<DepthSweepRow> kept_row(const LearningProblem& problem, const DepthSweepOptions& options,
                                      int layers, RunStore& store) {
  DepthSweepRow row{layers, {}, {}, {}, {}, {}};
  const auto kept = store.find(row_key(problem, options, layers));
  if (!kept || !unpack(*kept, problem, options, row)) return std::nullopt;
  return row;
}

DepthSweepRow new_row(const LearningProblem& problem, const DepthSweepOptions& options, int layers,
                      RunStore& store) {
  DepthSweepRow row{layers, {}, {}, {}, {}, {}};
  auto run = deep_run(problem, options, layers);
  row.trained = run.start.units();
  row.path = std::move(run.path);
  row.runs = race_rates(run.problem, options, std::move(run.start));
  store.keep(row_key(problem, options, layers), packed(row, run.residual));
  return row;
}

// Tells how much is done of the work that was not found in the store, a row's share going by its depth.
class Share {
 public:
  Share(const LearningProblem& problem, base::Progress& progress)
      : what_("networks of every depth on " + problem.name), progress_(progress) {}
  void expect(int layers) { all_ += cost(layers); }
  void begin() { progress_.report(what_, 0); }
  void done(int layers) {
    const std::lock_guard lock(mutex_);
    done_ += cost(layers);
    progress_.report(what_, done_ / all_);
  }

 private:
  static double cost(int layers) { return layers; }

  std::string what_;
  base::Progress& progress_;
  std::mutex mutex_;
  double all_ = 0, done_ = 0;
};

}  // namespace

std::vector<SweepRun> race_rates(const LearningProblem& problem, const DepthSweepOptions& options,
                                 Network start) {
  Trainer trainer(problem, start, options.error_threshold);
  auto rates = options.rates;
  std::ranges::sort(rates, std::greater<>());
  std::vector<Trial> trials;       // of the highest rates, as far as they were needed
  long most = options.max_epochs;  // for one whose error has risen
  const auto run_on = [&](Trial& trial, long until) {
    if (trial.epoch >= most && !trial.monotone)
      trial.outcome = SweepOutcome::given_up;
    else
      trainer.advance(trial, until, most);
    if (trial.outcome == SweepOutcome::diverged) trial.monotone = false;
    if (!trial.outcome && trial.epoch >= options.max_epochs) trial.outcome = SweepOutcome::given_up;
    if (!trial.outcome) return false;
    trial.network = Network({1, 1});  // a whole one takes a gigabyte
    if (trial.outcome != SweepOutcome::learned) return true;
    const double patient = options.patience * static_cast<double>(trial.epoch);
    most = std::min(most, static_cast<long>(std::min(patient, 1e15)));
    return true;
  };
  bool decided = false;
  for (long until = std::min(256L, options.max_epochs); !decided;
       until = std::min(2 * until, options.max_epochs)) {
    decided = true;
    for (std::size_t i = 0; i < rates.size(); ++i) {
      if (i == trials.size()) trials.push_back({rates[i], i + 1 < rates.size() ? start : std::move(start)});
      if (!trials[i].outcome && !run_on(trials[i], until)) decided = false;
      if (trials[i].monotone) break;
    }
  }
  std::vector<SweepRun> runs;
  for (double rate : options.rates) {
    const auto trial = std::ranges::find(trials, rate, &Trial::rate);
    if (trial == trials.end())
      runs.push_back({rate, SweepOutcome::not_run, 0, true});
    else
      runs.push_back({rate, *trial->outcome, trial->epoch, trial->monotone});
  }
  return runs;
}

std::optional<std::size_t> fastest(const std::vector<SweepRun>& runs, bool monotone) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (runs[i].outcome == SweepOutcome::learned && (runs[i].monotone || !monotone) &&
        (!best || runs[i].epoch < runs[*best].epoch))
      best = i;
  return best;
}

std::string_view name_of(FirstLayer first_layer) {
  return first_layer == FirstLayer::active_modes ? "active" : "all";
}

std::vector<double> paper_rates() {
  std::vector<double> rates;
  for (int i = 0; i < 20; ++i) rates.push_back(std::pow(10.0, -4 - 3 * i / 19.0));
  return rates;
}

std::vector<DepthSweepRow> run_depth_sweep(const LearningProblem& problem, const DepthSweepOptions& options,
                                           RunStore& store, base::Progress& progress) {
  check(options);
  std::vector<DepthSweepRow> rows(options.layers.size());
  std::vector<std::size_t> missing;
  Share share(problem, progress);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const int layers = options.layers[i];
    if (auto kept = kept_row(problem, at_depth(problem, options, layers), layers, store)) {
      rows[i] = std::move(*kept);
    } else {
      missing.push_back(i);
      share.expect(layers);
    }
  }
  // The deepest first: they take longest.
  std::ranges::sort(missing, std::greater<>(), [&](std::size_t i) { return options.layers[i]; });
  if (!missing.empty()) share.begin();
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, missing.size(), 1),
      [&](const auto& range) {
        for (std::size_t i = range.begin(); i < range.end(); ++i) {
          const int layers = options.layers[missing[i]];
          rows[missing[i]] = new_row(problem, at_depth(problem, options, layers), layers, store);
          share.done(layers);
        }
      },
      tbb::simple_partitioner());
  for (auto& row : rows) {
    row.best = fastest(row.runs, false);
    row.best_stable = fastest(row.runs, true);
  }
  return rows;
}

}  // namespace dln::experiments
