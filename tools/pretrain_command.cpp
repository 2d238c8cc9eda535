// dln pretrain: greedy layerwise pretraining of a chain on data of one's own, and what learning gains by it.
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <optional>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "dln/data/npz.hpp"
#include "dln/data/whitening.hpp"
#include "dln/experiments/depth_prediction.hpp"
#include "dln/experiments/pretraining.hpp"
#include "dln/network/initial_weights.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/data_options.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

using experiments::LearningProblem;
using linalg::Matrix;
using Network = network::LinearNetwork<double>;

// The rates tried, times d_1: downwards until the error never rises.
constexpr double kApart = 1.4, kFastest = 120;
const double kSlowest = 0.25 * std::pow(kApart, -64);

struct PretrainOptions {
  DataOptions data;
  std::string units = "200,200,200", sigma = "0.01", rate = "auto", epochs = "100", seed = "1",
              most = "20000";
  std::optional<std::string> below, out;
  bool centred = false, flow = false;
};

// The task in the eigenbasis of its inputs, and the way back.
struct Task {
  LearningProblem problem;
  Matrix basis;  // N_1 x rank
};

Task task_of(const data::Correlations& all) {
  if (all.sigma11.isZero(0)) throw base::DataError("its inputs are all zero; expected some that are not");
  auto [correlations, basis] = data::in_principal_components(all);
  Task task{.problem = {}, .basis = std::move(basis)};
  task.problem.correlations = std::move(correlations);
  task.problem.modes = data::singular_modes(task.problem.correlations.sigma31);
  return task;
}

std::vector<Eigen::Index> hidden_units(const std::string& text) {
  std::vector<Eigen::Index> units;
  for (double size : strict_list("--units", text)) {
    base::require(size >= 1 && size <= 1e5 && size == std::floor(size), "--units", size,
                  "whole numbers from 1 to 100000, one for each hidden layer");
    units.push_back(static_cast<Eigen::Index>(size));
  }
  return units;
}

long positive_count(std::string_view name, const std::string& text) {
  const auto count = strict_count(name, text);
  base::require(count >= 1 && count <= 1'000'000'000, name, static_cast<double>(count), "1 to 1000000000");
  return static_cast<long>(count);
}

void print_layers(const network::Pretraining& pretraining) {
  print("layer\tepochs\treconstruction_error_share\tlearned_components\tstrengths_of_the_first_five\n");
  for (std::size_t l = 0; l < pretraining.layers.size(); ++l) {
    const auto& layer = pretraining.layers[l];
    const auto held = network::component_strengths(layer.autoencoder, layer.sigma).strengths;
    const Eigen::Index shown = std::min<Eigen::Index>(5, held.size());
    print(fmt::format("{}\t{}\t{:.6g}\t{}\t{:.6g}\n", l + 1, layer.epochs, layer.error / layer.start_error,
                      (held.array() > 0.5).count(), fmt::join(held.data(), held.data() + shown, ", ")));
  }
}

void print_runs(std::string_view name, const LearningProblem& problem, const Network& start, long pretraining,
                double below, long most) {
  experiments::DepthSweepOptions options;
  options.error_threshold = below;
  options.max_epochs = most;
  options.patience = 1.5;
  const double d1 = problem.correlations.sigma11(0, 0);
  for (double kappa : experiments::stability_grid(kSlowest, kFastest, kApart))
    options.rates.push_back(kappa / d1);
  const auto runs = experiments::race_rates(problem, options, start);
  for (bool monotone : {false, true}) {
    const auto which = experiments::fastest(runs, monotone);
    const auto rates = monotone ? "error_never_rises" : "all";
    if (which)
      print(fmt::format("{}\t{}\t{:.6g}\t{}\t{}\n", name, rates, runs[*which].rate, runs[*which].epoch,
                        runs[*which].epoch + pretraining));
    else
      print(fmt::format("{}\t{}\tnone\tmore than {}\tmore than {}\n", name, rates, most, most + pretraining));
  }
}

data::NumberArray array_of(const Matrix& m) {
  data::NumberArray array{{static_cast<std::size_t>(m.rows()), static_cast<std::size_t>(m.cols())}, {}};
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j) array.values.push_back(m(i, j));
  return array;
}

// In the data's own coordinates, as 'dln simulate --network' reads it.
std::string network_npz(const Network& network, const data::Correlations& correlations, const Matrix& basis,
                        double rate) {
  data::NamedArrays arrays{{"Sigma11", array_of(correlations.sigma11)},
                           {"Sigma31", array_of(correlations.sigma31)},
                           {"lambda", {{}, {rate}}},
                           {"steps", {{3}, {0, 10, 100}}}};
  for (int l = 1; l <= network.depth().weight_matrices(); ++l)
    arrays[fmt::format("W{}", l)] =
        array_of(l == 1 ? Matrix(network.weight(1) * basis.transpose()) : Matrix(network.weight(l)));
  return data::npz_bytes(arrays);
}

// The options as numbers, each checked.
struct Wanted {
  std::vector<Eigen::Index> hidden;
  double sigma;
  long epochs, most;
  std::uint64_t seed;
  std::optional<double> rate, below;
};

double positive_number(std::string_view name, const std::string& text) {
  const double value = strict_number(name, text);
  base::require_positive(name, value);
  return value;
}

Wanted wanted_of(const PretrainOptions& options) {
  Wanted wanted{};
  wanted.hidden = hidden_units(options.units);
  wanted.sigma = positive_number("--sigma", options.sigma);
  wanted.epochs = positive_count("--epochs", options.epochs);
  wanted.most = positive_count("--at-most", options.most);
  wanted.seed = strict_count("--seed", options.seed);
  if (options.rate != "auto") wanted.rate = positive_number("--rate", options.rate);
  if (options.below) wanted.below = positive_number("--below", *options.below);
  return wanted;
}

// What is to be learned, by which units, and when it counts as learned.
struct Goal {
  std::vector<Eigen::Index> units;
  double d1, at_zero, least, threshold;  // of the inputs; errors
};

Goal goal_of(const LearningProblem& problem, const Wanted& wanted) {
  Goal goal{};
  goal.units = {problem.correlations.sigma31.cols()};
  goal.units.insert(goal.units.end(), wanted.hidden.begin(), wanted.hidden.end());
  goal.units.push_back(problem.correlations.sigma31.rows());
  goal.d1 = problem.correlations.sigma11(0, 0);
  goal.at_zero = 0.5 * problem.correlations.target_power;
  goal.least = experiments::least_error(problem, *std::ranges::min_element(goal.units));
  base::require(!wanted.below || *wanted.below > goal.least, "--below", wanted.below.value_or(0),
                fmt::format("more than {:.6g}, the least error of networks of these units", goal.least));
  goal.threshold = wanted.below.value_or(goal.least + 0.12 * (goal.at_zero - goal.least));
  return goal;
}

network::PretrainingOptions autoencoders(const PretrainOptions& options, const Wanted& wanted, double d1) {
  return {.learning_rate = wanted.rate.value_or(0.5 / d1),
          .epochs = wanted.epochs,
          .deviation = wanted.sigma,
          .last_deviation = wanted.sigma,
          .dynamics = options.flow ? network::Dynamics::flow : network::Dynamics::descent};
}

void print_race(const LearningProblem& problem, const network::Pretraining& pretraining, const Goal& goal,
                const Wanted& wanted) {
  print("\nstart\trates\trate\tepochs\twith_pretraining\n");
  print_runs("pretrained", problem, pretraining.network, pretraining.epochs(), goal.threshold, wanted.most);
  auto random = base::stream(wanted.seed, "dln pretrain, random start", wanted.hidden.size());
  print_runs("random", problem, network::small_random_weights(goal.units, wanted.sigma, random), 0,
             goal.threshold, wanted.most);
}

void print_account(const PretrainOptions& options, std::uint64_t examples, const LearningProblem& problem,
                   const network::Pretraining& pretraining, const Goal& goal, std::uint64_t seed) {
  print(fmt::format(
      "\n{} examples{}, units {} (inputs in the span of the data), seed {}. Pretraining: "
      "{}.\nLearned: error below "
      "{:.6g}, of {:.6g} at zero weights and {:.6g} at the least; rates from {:.2g} to {:.2g}, a factor "
      "{:g} apart.\nThe task's modes are eigenvectors of the pretrained map times its transpose "
      "up to {:.3g} (0: a decoupled start).\n",
      examples, options.centred ? ", centred" : "", fmt::join(goal.units, "-"), seed, pretraining.brief,
      goal.threshold, goal.at_zero, goal.least, kSlowest / goal.d1, kFastest / goal.d1, kApart,
      network::pretraining_residual(pretraining.network, problem.modes)));
}

Task named_task(const DataOptions& options, const data::Correlations& correlations) try {
  return task_of(correlations);
} catch (const base::DataError& error) {
  rethrow_named(options, error);
}

int run_pretrain(const PretrainOptions& options) {
  const auto wanted = wanted_of(options);
  if (options.out) require_not_read(options.data, "--out", *options.out);
  std::optional<base::AtomicFile> out;  // before the work begins
  if (options.out) out.emplace(*options.out);

  ProgressLine progress;
  const auto read = read_data(options.data, progress);
  const auto correlations = options.centred ? data::centred(read.correlations) : read.correlations;
  const auto [problem, basis] = named_task(options.data, correlations);
  const auto goal = goal_of(problem, wanted);
  const auto how = autoencoders(options, wanted, goal.d1);
  auto stream = base::stream(wanted.seed, "dln pretrain", wanted.hidden.size());
  const auto pretraining =
      network::pretrained_weights(goal.units, problem.correlations.sigma11, how, stream, progress);
  progress.clear();
  print_layers(pretraining);
  print_race(problem, pretraining, goal, wanted);
  print_account(options, correlations.examples, problem, pretraining, goal, wanted.seed);
  if (out) {
    out->write(network_npz(pretraining.network, correlations, basis, how.learning_rate));
    out->commit();
  }
  return 0;
}

}  // namespace

void add_pretrain(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<PretrainOptions>();
  CLI::App* command = app.add_subcommand(
      "pretrain",
      "Pretrain a chain layer by layer with autoencoders; then learn from it and from random weights");
  add_data_options(*command, options->data);
  command->add_option("--units", options->units, "Hidden units, a number for each hidden layer")
      ->capture_default_str();
  command->add_option("--sigma", options->sigma, "Standard deviation of all starting weights")
      ->capture_default_str();
  command
      ->add_option("--rate", options->rate,
                   "Learning rate of the autoencoders; auto: 1/(2 d), d the largest eigenvalue of Sigma11")
      ->capture_default_str();
  command->add_option("--epochs", options->epochs, "Epochs of each autoencoder")->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of the starting weights")->capture_default_str();
  command->add_option(
      "--below", options->below,
      "Learned when the error is below this; default: when 88 % of what these units can learn is");
  command->add_option("--at-most", options->most, "Epochs after which learning is given up")
      ->capture_default_str();
  command->add_flag("--centred", options->centred, "Centre inputs and targets first");
  command->add_flag("--flow", options->flow, "Autoencoders by gradient flow for as long, not by descent");
  command->add_option(
      "--out", options->out,
      "Also write the pretrained network to this .npz file, which dln simulate --network reads");
  command->footer("Example: dln pretrain mine.csv --units 20,20 --epochs 200 --centred --out start.npz");
  command->callback([options, &chosen] { chosen = [options] { return run_pretrain(*options); }; });
}

}  // namespace dln::tools
