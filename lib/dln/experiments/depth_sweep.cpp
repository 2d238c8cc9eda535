#include "dln/experiments/depth_sweep.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/experiments/rate_advice.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/hidden_compression.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/deep_mode.hpp"

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

// All rates of one depth side by side, further and further, so that none runs long before it is known how
// soon the best has learned.
std::vector<SweepRun> race(const LearningProblem& problem, const DepthSweepOptions& options,
                           const Network& start) {
  Trainer trainer(problem, start, options.error_threshold);
  std::vector<Trial> trials;
  for (double rate : options.rates) trials.push_back({rate, start});
  std::ranges::sort(trials, std::greater<>(), &Trial::rate);
  long most = options.max_epochs;  // for one whose error has risen
  std::optional<double> stable;    // the highest rate at which the error never rose, once it has learned
  for (long until = 256; std::ranges::any_of(trials, [](const Trial& t) { return !t.outcome; });
       until = std::min(2 * until, options.max_epochs))
    for (Trial& trial : trials) {
      if (trial.outcome) continue;
      if (stable && trial.rate < *stable) {
        trial.outcome = SweepOutcome::slower;
        continue;
      }
      if (!(trial.epoch >= most && !trial.monotone))
        trainer.advance(trial, until, most);
      else
        trial.outcome = SweepOutcome::given_up;
      if (!trial.outcome && trial.epoch >= options.max_epochs) trial.outcome = SweepOutcome::given_up;
      if (trial.outcome != SweepOutcome::learned) continue;
      if (trial.monotone && !(stable && *stable > trial.rate)) stable = trial.rate;
      const double patient = options.patience * static_cast<double>(trial.epoch);
      most = std::min(most, static_cast<long>(std::min(patient, 1e15)));
    }
  std::vector<SweepRun> runs;
  for (double rate : options.rates) {
    const auto& trial = *std::ranges::find(trials, rate, &Trial::rate);
    runs.push_back({rate, *trial.outcome, trial.epoch, trial.monotone});
  }
  return runs;
}

// Every coordinate on which the runs of a depth depend.
std::string row_key(const LearningProblem& problem, const DepthSweepOptions& o, int layers) {
  std::string rates;
  for (double rate : o.rates) rates += fmt::format("{:a},", rate);
  return fmt::format(
      "depth-sweep/{:08x}/Nl={}/width={}/u0={:a}/below={:a}/rates={}/at-most={}/patience={:a}/{}/seed={}",
      problem.fingerprint, layers, o.hidden_units, o.initial_strength, o.error_threshold, rates, o.max_epochs,
      o.patience, o.compressed ? "compressed" : "whole", o.seed);
}

std::vector<double> packed(const DepthSweepRow& row) {
  std::vector<double> numbers(row.trained.begin(), row.trained.end());
  for (const SweepRun& run : row.runs)
    numbers.insert(numbers.end(), {static_cast<double>(run.outcome), static_cast<double>(run.epoch),
                                   run.monotone ? 1.0 : 0.0});
  return numbers;
}

bool unpack(const std::vector<double>& numbers, const DepthSweepOptions& options, DepthSweepRow& row) {
  const auto layers = static_cast<std::size_t>(row.layers);
  if (numbers.size() != layers + 3 * options.rates.size()) return false;
  for (std::size_t i = 0; i < layers; ++i) row.trained.push_back(static_cast<Eigen::Index>(numbers[i]));
  for (std::size_t i = 0; i < options.rates.size(); ++i) {
    const double* run = &numbers[layers + 3 * i];
    row.runs.push_back(
        {options.rates[i], static_cast<SweepOutcome>(run[0]), static_cast<long>(run[1]), run[2] != 0});
  }
  return true;
}

std::optional<std::size_t> fastest(const std::vector<SweepRun>& runs, bool monotone) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (runs[i].outcome == SweepOutcome::learned && (runs[i].monotone || !monotone) &&
        (!best || runs[i].epoch < runs[*best].epoch))
      best = i;
  return best;
}

DepthSweepRow sweep_depth(const LearningProblem& problem, const DepthSweepOptions& options, int layers,
                          RunStore& store) {
  DepthSweepRow row{layers, {}, {}, {}, {}};
  const auto key = row_key(problem, options, layers);
  if (const auto kept = store.find(key); !kept || !unpack(*kept, options, row)) {
    Network start = deep_start(problem, options, layers);
    if (options.compressed) start = network::HiddenCompression(start).compress(start);
    row.trained = start.units();
    row.runs = race(problem, options, start);
    store.keep(key, packed(row));
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
  // The deepest first: they take longest.
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, rows.size(), 1),
      [&](const auto& range) {
        for (std::size_t i = range.begin(); i < range.end(); ++i) {
          const std::size_t at = rows.size() - 1 - i;
          rows[at] = sweep_depth(problem, options, options.layers[at], store);
          progress.report("networks of every depth",
                          static_cast<double>(++done) / static_cast<double>(rows.size()));
        }
      },
      tbb::simple_partitioner());
  return rows;
}

std::vector<double> rates_around_stability(const LearningProblem& problem, int layers, double from, double to,
                                           double ratio) {
  base::require_positive("kappa", from);
  base::require(ratio > 1, "ratio of rates", ratio, "more than 1");
  const double most = largest_aligned_eigenvalue(problem, layers);
  std::vector<double> rates;
  for (double kappa = from; kappa <= to; kappa *= ratio) rates.push_back(kappa / most);
  return rates;
}

double predicted_epoch(const LearningProblem& problem, const DepthSweepOptions& options, int layers,
                       double rate) {
  const base::DepthExponent depth(base::Depth::from_layers(layers));
  const auto [s, d] = aligned_modes(problem);
  std::vector<theory::DeepMode<double>> laws;
  for (Eigen::Index k = 0; k < s.size(); ++k) {
    const theory::ModeNumbers<double> numbers{s[k], options.initial_strength,
                                              data::time_constant(rate, problem.correlations)};
    laws.emplace_back(depth, with_input_variance(numbers, d[k]));
  }
  // 1/2 (||y||^2 - sum over modes of 2 s u - d u^2).
  const auto error = [&, &s = s, &d = d](double t) {
    double explained = 0;
    for (Eigen::Index k = 0; k < s.size(); ++k) {
      const double u = strength_at(laws[static_cast<std::size_t>(k)], t);
      explained += u * (2 * s[k] - d[k] * u);
    }
    return 0.5 * (problem.correlations.target_power - explained);
  };
  const double least = error(std::numeric_limits<double>::infinity());
  base::require(least < options.error_threshold, "least error of the modes", least,
                fmt::format("less than the threshold {}", options.error_threshold));
  double low = 0, high = 1;
  while (error(high) >= options.error_threshold) high *= 2;
  while (high - low > 1e-6 * high) {
    const double middle = (low + high) / 2;
    (error(middle) < options.error_threshold ? high : low) = middle;
  }
  return high;
}

double largest_aligned_eigenvalue(const LearningProblem& problem, int layers) {
  return advise_rate(aligned_modes(problem), layers, 1).largest_eigenvalue;
}

}  // namespace dln::experiments
