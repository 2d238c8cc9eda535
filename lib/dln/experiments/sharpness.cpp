#include "dln/experiments/sharpness.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/hessian.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/decoupled_hessian.hpp"
#include "dln/theory/deep_mode.hpp"

namespace dln::experiments {
namespace {

using Network = network::LinearNetwork<double>;

// The networks met on the way.
struct Stations {
  std::vector<double> epochs;
  std::vector<Network> networks;
  bool diverged = false;
};

Stations along_flow(const data::Correlations& correlations, const Network& start,
                    const SharpnessOptions& options) {
  const auto grid = base::TimeGrid<double>::linear(0, options.duration, options.samples);
  const auto solution = network::gradient_flow_fully(
      start, correlations, data::time_constant(options.learning_rate, correlations), grid);
  Stations stations{grid.times(), {}};
  for (std::size_t i = 0; i < grid.size(); ++i)
    stations.networks.push_back(network::network_at(start, solution.trajectory.state(i)));
  return stations;
}

Stations along_descent(const data::Correlations& correlations, const Network& start,
                       const SharpnessOptions& options) {
  const long last = static_cast<long>(options.duration);
  const auto due = [&](std::size_t k) {
    return std::lround(static_cast<double>(last) * static_cast<double>(k) / (options.samples - 1));
  };
  Stations stations;
  std::size_t next = 0;
  const auto result =
      network::descend(start, correlations, {.learning_rate = options.learning_rate, .max_iterations = last},
                       [&](const network::DescentState& state) {
                         if (state.iteration == due(next)) {
                           stations.epochs.push_back(static_cast<double>(state.iteration));
                           stations.networks.push_back(state.network);
                           while (due(next) == state.iteration && state.iteration < last) ++next;
                         }
                         return true;
                       });
  stations.diverged = result.reason == network::DescentStop::diverged;
  return stations;
}

void check(const SharpnessOptions& options) {
  base::require_positive("learning rate", options.learning_rate);
  base::require(base::is_finite(options.duration) && options.duration >= 1 && options.duration <= 1e9,
                "duration", options.duration, "1 to 1e9 epochs");
  base::require(options.samples >= 2, "samples", options.samples, "2 or more");
  base::require_positive("tolerance", options.tolerance);
}

}  // namespace

SharpnessCourse sharpness_along(const data::Correlations& correlations, const Network& start, Way way,
                                const SharpnessOptions& options) {
  check(options);
  const auto stations = way == Way::flow ? along_flow(correlations, start, options)
                                         : along_descent(correlations, start, options);
  const double in_sums = data::sum_factor(correlations);
  SharpnessCourse course{std::vector<SharpnessSample>(stations.networks.size()), 2 / options.learning_rate,
                         stations.diverged, stations.networks.empty() ? start : stations.networks.back()};
  tbb::parallel_for(std::size_t{0}, stations.networks.size(), [&](std::size_t i) {
    const auto& at = stations.networks[i];
    const auto top = network::top_hessian_eigenvalue(
        at, correlations, {.tolerance = options.tolerance, .seed = options.seed + i});
    course.samples[i] = {stations.epochs[i], network::squared_error(at, correlations) * in_sums,
                         top.value * in_sums, top.residual};
  });
  return course;
}

namespace {

std::vector<Eigen::Index> units_of(const LearningProblem& problem, const SharpnessRunOptions& options) {
  std::vector<Eigen::Index> units(static_cast<std::size_t>(options.depth.layers()), options.hidden_units);
  units.front() = problem.correlations.sigma31.cols();
  units.back() = problem.correlations.sigma31.rows();
  return units;
}

// Variances along the modes, then along the rest of the inputs in their own eigenbasis; in sums.
std::vector<double> aligned_variances(const LearningProblem& problem) {
  const linalg::Matrix sigma11 = problem.correlations.sigma11 * data::sum_factor(problem.correlations);
  if (data::input_form(sigma11) == data::InputForm::white) return {};
  const linalg::Matrix basis = linalg::completed_basis(problem.modes.input);
  const linalg::Matrix turned = basis.transpose() * sigma11 * basis;
  const Eigen::Index r = problem.modes.size(), rest = turned.rows() - r;
  const linalg::Matrix beside = turned - linalg::Matrix(turned.diagonal().asDiagonal());
  const double residual = beside.leftCols(r).norm() / turned.norm();
  base::require(residual <= 1e-10, "inputs off the modes", residual,
                "0: the closed form wants modes aligned with the inputs' correlations");
  std::vector<double> variances;
  for (Eigen::Index i = 0; i < r; ++i) variances.push_back(turned(i, i));
  if (rest > 0)
    for (const double d : linalg::symmetric_eigen(turned.bottomRightCorner(rest, rest)).values)
      variances.push_back(d);
  return variances;
}

// What the closed form knows of a problem and the network on it.
struct Decoupled {
  std::vector<long> units;
  theory::DecoupledModes modes;  // at their ends, u = s/d
};

Decoupled decoupled(const LearningProblem& problem, const SharpnessRunOptions& options) {
  const auto units = units_of(problem, options);
  const auto r = problem.modes.size();
  base::require(options.hidden_units >= r || options.depth.weight_matrices() == 1, "hidden units",
                options.hidden_units, fmt::format("{} or more, one for each mode", r));
  Decoupled known{{units.begin(), units.end()}, {{}, {}, aligned_variances(problem)}};
  const double in_sums = data::sum_factor(problem.correlations);
  for (Eigen::Index i = 0; i < r; ++i) {
    const double s = problem.modes.singular_values[i] * in_sums;
    known.modes.singular_values.push_back(s);
    known.modes.strengths.push_back(s / known.modes.variance(static_cast<std::size_t>(i)));
  }
  return known;
}

theory::DeepMode<double> mode_of(const Decoupled& known, const SharpnessRunOptions& options,
                                 const SharpnessPlan& plan, std::size_t i) {
  return {base::DepthExponent(options.depth),
          theory::with_input_variance<double>(
              {known.modes.singular_values[i], plan.initial_strength, 1 / plan.following.learning_rate},
              known.modes.variance(i))};
}

// By the closed form of the last mode; random starts scatter about it, and are given half as long again.
double planned_duration(const Decoupled& known, const SharpnessRunOptions& options,
                        const SharpnessPlan& plan) {
  double last = 0;
  for (std::size_t i = 0; i < known.modes.strengths.size(); ++i)
    last = std::max(
        last, time_to_reach(mode_of(known, options, plan, i), options.completion * known.modes.strengths[i]));
  return std::ceil(last * (options.start == Start::decoupled ? 1 : 1.5));
}

Network start_of(const LearningProblem& problem, const SharpnessRunOptions& options, double u0) {
  auto stream = base::stream(options.seed, "sharpness");
  const auto units = units_of(problem, options);
  const int L = options.depth.weight_matrices();
  const double layer = std::pow(u0, 1.0 / L);
  if (options.start == Start::decoupled)
    return network::decoupled_weights(units, problem.modes,
                                      linalg::Matrix::Constant(L, problem.modes.size(), layer), stream)
        .network;
  return network::small_random_weights(
      units, layer * std::sqrt(2.0 / static_cast<double>(options.hidden_units)), stream);
}

}  // namespace

SharpnessPlan plan_sharpness(const LearningProblem& problem, const SharpnessRunOptions& options) {
  base::require(options.share > 0 && options.share < options.completion, "share", options.share,
                "more than 0 and less than the completion");
  base::require(options.completion < 1, "completion", options.completion, "less than 1");
  base::require_positive("kappa", options.kappa);
  base::require_non_negative("duration", options.duration);
  const auto known = decoupled(problem, options);
  const double u0 = options.share * *std::ranges::min_element(known.modes.strengths);
  const double most = theory::largest_decoupled_hessian_eigenvalue(known.units, known.modes);
  SharpnessPlan plan{start_of(problem, options, u0),
                     u0,
                     most,
                     {.learning_rate = options.kappa / most,
                      .duration = options.duration,
                      .samples = options.samples,
                      .seed = options.seed}};
  if (options.duration == 0) plan.following.duration = planned_duration(known, options, plan);
  return plan;
}

std::vector<double> predicted_sharpness(const LearningProblem& problem, const SharpnessRunOptions& options,
                                        const std::vector<double>& epochs) {
  const auto plan = plan_sharpness(problem, options);
  const auto known = decoupled(problem, options);
  std::vector<double> predicted(epochs.size());
  tbb::parallel_for(std::size_t{0}, epochs.size(), [&](std::size_t k) {
    auto now = known.modes;
    for (std::size_t i = 0; i < now.strengths.size(); ++i)
      now.strengths[i] = strength_at(mode_of(known, options, plan, i), epochs[k]);
    predicted[k] = theory::largest_decoupled_hessian_eigenvalue(known.units, now);
  });
  return predicted;
}

SharpnessRun run_sharpness(const LearningProblem& problem, const SharpnessRunOptions& options) {
  auto plan = plan_sharpness(problem, options);
  auto flow = sharpness_along(problem.correlations, plan.start, Way::flow, plan.following);
  auto descent = sharpness_along(problem.correlations, plan.start, Way::descent, plan.following);
  std::vector<double> epochs;
  for (const auto& sample : flow.samples) epochs.push_back(sample.epoch);
  auto theory = predicted_sharpness(problem, options, epochs);
  return {std::move(plan), std::move(flow), std::move(descent), std::move(theory)};
}

}  // namespace dln::experiments
