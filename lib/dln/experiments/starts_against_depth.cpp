#include "dln/experiments/starts_against_depth.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <mutex>

#include "dln/base/error.hpp"
#include "dln/linalg/product_singular_values.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::experiments {
namespace {

using Network = network::LinearNetwork<double>;

void check(const LearningProblem& problem, const StartsOptions& o) {
  if (o.layers.empty()) throw base::DomainError("depths: expected at least one, got none");
  for (int layers : o.layers) base::require(layers >= 3, "N_l", layers, "3 or more layers");
  base::require(o.starts >= 1, "starts", o.starts, "1 or more");
  base::require_positive("gain", o.gain);
  base::require(o.remaining > 0 && o.remaining < 1, "remaining", o.remaining,
                "a share of the error greater than 0 and less than 1");
  base::require(o.patience >= 1, "patience", o.patience, "1 or more");
  base::require(o.max_epochs >= 1, "epochs", static_cast<double>(o.max_epochs), "1 or more");
  const auto& sigma11 = problem.correlations.sigma11;
  base::require(o.width == sigma11.rows(), "width", static_cast<double>(o.width),
                fmt::format("{}, as many as there are inputs", sigma11.rows()));
  if (!(sigma11 / sigma11(0, 0)).isIdentity(1e-12))
    throw base::DomainError("inputs: expected white ones, Sigma11 = c I, got some that are correlated");
}

// The error at which a network has learned: `remaining` of the way from the least error to that of zero
// weights.
double threshold(const LearningProblem& problem, double remaining) {
  const auto& c = problem.correlations;
  const double explained = 0.5 * c.sigma31.squaredNorm() / c.sigma11(0, 0);
  return 0.5 * c.target_power - (1 - remaining) * explained;
}

constexpr double kRatio = 1.1;
constexpr int kLowest = -40, kHighest = 50;  // kappa from 0.02 to 117

double kappa_at(int k) {
  return std::pow(kRatio, k);
}

struct Trial {
  long epochs = 0;
  bool learned = false, rose = false;
};

Trial train(const LearningProblem& problem, const Network& start, double rate, double learned, long most) {
  network::ChainGradient gradient(problem.correlations, start);
  Network network = start;
  Trial trial;
  double before = std::numeric_limits<double>::infinity();
  const auto result = network::descend_in_place(
      gradient, network, {.learning_rate = rate, .max_iterations = most}, [&](long epoch, double error) {
        trial.epochs = epoch;
        // Where nothing moves any more the error changes by its own rounding.
        trial.rose = !(error <= before * (1 + 1e-12));
        trial.learned = !trial.rose && error < learned;
        before = error;
        return !trial.rose && !trial.learned;
      });
  if (result.reason == network::DescentStop::diverged) trial.rose = true;
  return trial;
}

StartRun run_start(const LearningProblem& problem, const StartsOptions& o, const Network& start, long most) {
  const int matrices = start.depth().weight_matrices();
  const double unit = 1 / (problem.correlations.sigma11(0, 0) * data::sum_factor(problem.correlations)) /
                      static_cast<double>(matrices);
  const double learned = threshold(problem, o.remaining);
  int k = kHighest;
  Trial best = train(problem, start, unit * kappa_at(k), learned, most);
  while (best.rose && k > kLowest) best = train(problem, start, unit * kappa_at(--k), learned, most);
  std::vector<linalg::Matrix> square;
  for (int l = 1; l < matrices; ++l) square.emplace_back(start.weight(l));
  const linalg::Vector logs = linalg::log_singular_values_of_product(square);
  const Eigen::Index n = logs.size();
  return {
      kappa_at(k), best.epochs, best.learned && !best.rose, logs[0], (logs[(n - 1) / 2] + logs[n / 2]) / 2,
      logs[n - 1]};
}

// Both kinds at one depth, from one number.
struct Pair {
  StartRun orthogonal, gaussian;
};

Pair run_pair(const LearningProblem& problem, const StartsOptions& o, int layers, int number) {
  const auto start = [&](ScaledStart kind) { return scaled_start(problem, o, kind, layers, number); };
  Pair pair;
  pair.orthogonal = run_start(problem, o, start(ScaledStart::orthogonal), o.max_epochs);
  if (!pair.orthogonal.learned)
    throw base::NumericalError(
        fmt::format("an orthogonal start of {} layers had not learned after {} epochs; raise max_epochs or "
                    "remaining",
                    layers, pair.orthogonal.epochs));
  const double most = o.patience * static_cast<double>(std::max(pair.orthogonal.epochs, 1L));
  pair.gaussian = run_start(problem, o, start(ScaledStart::gaussian), static_cast<long>(most));
  return pair;
}

// Every coordinate on which a pair depends; the number is raised when the way of running changes.
std::string pair_key(const LearningProblem& problem, const StartsOptions& o, int layers, int number) {
  return fmt::format(
      "starts-against-depth-1/{:08x}/Nl={}/start={}/width={}/gain={:a}/remaining={:a}/patience={:a}/"
      "at-most={}/"
      "seed={}",
      problem.fingerprint, layers, number, o.width, o.gain, o.remaining, o.patience, o.max_epochs, o.seed);
}

std::vector<double> packed(const Pair& pair) {
  std::vector<double> numbers;
  for (const StartRun& run : {pair.orthogonal, pair.gaussian})
    numbers.insert(numbers.end(), {run.kappa, static_cast<double>(run.epochs), run.learned ? 1.0 : 0.0,
                                   run.log_greatest, run.log_median, run.log_least});
  return numbers;
}

std::optional<Pair> unpacked(const std::optional<std::vector<double>>& kept) {
  if (!kept || kept->size() != 12) return std::nullopt;
  const auto run = [&](std::size_t i) {
    const double* n = &(*kept)[i];
    return StartRun{n[0], static_cast<long>(n[1]), n[2] != 0, n[3], n[4], n[5]};
  };
  return Pair{run(0), run(6)};
}

struct Task {
  std::size_t row, number;
};

}  // namespace

std::string_view name_of(ScaledStart start) {
  return start == ScaledStart::orthogonal ? "orthogonal" : "gaussian";
}

double median_epochs(const std::vector<StartRun>& runs) {
  if (runs.empty()) throw base::DomainError("runs: expected at least one, got none");
  std::vector<double> epochs;
  for (const StartRun& run : runs)
    epochs.push_back(run.learned ? static_cast<double>(run.epochs) : std::numeric_limits<double>::infinity());
  std::ranges::sort(epochs);
  return (epochs[(epochs.size() - 1) / 2] + epochs[epochs.size() / 2]) / 2;
}

Network scaled_start(const LearningProblem& problem, const StartsOptions& o, ScaledStart kind, int layers,
                     int number) {
  std::vector<Eigen::Index> units(static_cast<std::size_t>(layers), o.width);
  units.back() = problem.correlations.sigma31.rows();
  auto stream = base::stream(o.seed, "starts against depth", static_cast<int>(kind), layers, number);
  return kind == ScaledStart::orthogonal ? network::orthogonal_weights(units, o.gain, stream)
                                         : network::scaled_gaussian_weights(units, o.gain, stream);
}

std::vector<StartsRow> run_starts_against_depth(const LearningProblem& problem, const StartsOptions& o,
                                                RunStore& store, base::Progress& progress) {
  check(problem, o);
  std::vector<StartsRow> rows;
  std::vector<Task> tasks;
  for (std::size_t row = 0; row < o.layers.size(); ++row) {
    const auto count = static_cast<std::size_t>(o.starts);
    rows.push_back({o.layers[row], std::vector<StartRun>(count), std::vector<StartRun>(count)});
    for (std::size_t number = 0; number < count; ++number) tasks.push_back({row, number});
  }
  // The deepest first: they take longest.
  std::ranges::stable_sort(tasks, std::greater<>(), [&](const Task& task) { return o.layers[task.row]; });
  std::mutex mutex;
  double done = 0, all = 0;
  for (const Task& task : tasks) all += o.layers[task.row];
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, tasks.size(), 1),
      [&](const auto& range) {
        for (std::size_t i = range.begin(); i < range.end(); ++i) {
          const auto [row, number] = tasks[i];
          const int layers = o.layers[row];
          const std::string key = pair_key(problem, o, layers, static_cast<int>(number));
          auto pair = unpacked(store.find(key));
          if (!pair) {
            pair = run_pair(problem, o, layers, static_cast<int>(number));
            store.keep(key, packed(*pair));
          }
          rows[row].orthogonal[number] = pair->orthogonal;
          rows[row].gaussian[number] = pair->gaussian;
          const std::lock_guard lock(mutex);
          done += layers;
          progress.report("orthogonal and Gaussian starts on " + problem.name, done / all);
        }
      },
      tbb::simple_partitioner());
  return rows;
}

}  // namespace dln::experiments
