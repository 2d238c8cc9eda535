#include "dln/experiments/deep_network.hpp"

#include <cmath>

#include "dln/network/chain_gradient.hpp"
#include "dln/network/hidden_compression.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/network/input_compression.hpp"

namespace dln::experiments {
namespace {

using Network = network::LinearNetwork<double>;

std::vector<Eigen::Index> whole_units(const LearningProblem& problem, const DepthSweepOptions& options,
                                      int layers) {
  std::vector<Eigen::Index> units(static_cast<std::size_t>(layers), options.hidden_units);
  units.front() = problem.correlations.sigma31.cols();
  units.back() = problem.correlations.sigma31.rows();
  return units;
}

// Where the rest of the network has become so small that a product with Sigma11 would take most of the time.
void turn_inputs(DeepRun& run) {
  auto& correlations = run.problem.correlations;
  if (data::input_form(correlations.sigma11) != data::InputForm::correlated) return;
  auto turned = network::turn_inputs(correlations, run.start);
  correlations = std::move(turned.correlations);
  run.start = std::move(turned.start);
}

}  // namespace

network::TrainingPath deep_path(const LearningProblem& problem, const DepthSweepOptions& options,
                                const std::vector<Eigen::Index>& trained, double residual) {
  const auto inputs = data::input_form(problem.correlations.sigma11);
  return network::path_of(whole_units(problem, options, static_cast<int>(trained.size())), trained, residual,
                          options.compressed, network::gradient_path(trained, inputs));
}

Network deep_start(const LearningProblem& problem, const DepthSweepOptions& options, int layers) {
  const auto units = whole_units(problem, options, layers);
  const int matrices = layers - 1;
  const linalg::Matrix strengths =
      linalg::Matrix::Constant(matrices, problem.modes.size(),
                               std::pow(options.initial_strength, 1.0 / static_cast<double>(matrices)));
  auto stream = base::stream(options.seed, "depth sweep start", layers);
  auto start = network::decoupled_weights(units, problem.modes, strengths, stream);
  if (options.first_layer == FirstLayer::all_inputs)
    network::carry_all_inputs(start, problem.modes, strengths(0, 0));
  return std::move(start.network);
}

DeepRun deep_run(const LearningProblem& problem, const DepthSweepOptions& options, int layers) {
  return deep_run(problem, options, deep_start(problem, options, layers));
}

DeepRun deep_run(const LearningProblem& problem, const DepthSweepOptions& options, Network start) {
  DeepRun run{problem, std::move(start)};
  if (options.compressed) {
    const network::HiddenCompression hidden(run.start);
    run.residual = hidden.residual();
    run.start = hidden.compress(run.start);
    const network::InputCompression inputs(problem.correlations, run.start);
    run.problem.correlations = inputs.compress(problem.correlations);
    run.start = inputs.compress(run.start);
    if (hidden.compresses() && !inputs.compresses()) turn_inputs(run);
  }
  run.path = deep_path(problem, options, run.start.units(), run.residual);
  return run;
}

}  // namespace dln::experiments
