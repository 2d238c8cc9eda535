#include "dln/experiments/critical_period.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "dln/base/error.hpp"
#include "dln/flow/deep_flow.hpp"
#include "dln/flow/three_layer_flow.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/three_layer_mode.hpp"
#include "dln/theory/unbalanced_deep_mode.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using Network = network::LinearNetwork<double>;
using Options = CriticalPeriodOptions;

const ode::Options<double> kTolerance{.relative_tolerance = 1e-11, .absolute_tolerance = 1e-14};
// Where slopes grow within a step Fehlberg misses part of what they do (flow/deep_flow.hpp).
const ode::Options<double> kInLogarithms{.stepper = ode::Stepper::dopri5,
                                         .coordinates = ode::Coordinates::logarithmic,
                                         .relative_tolerance = 1e-11,
                                         .absolute_tolerance = 1e-13};

void check(const Options& o, int matrices, double input_age) {
  base::require(o.initial_strength > 0 && o.initial_strength < 1, "v0", o.initial_strength,
                "a strength greater than 0 and less than 1");
  base::require_non_negative("closing age", o.closing_age);
  base::require_positive("s", o.singular_value);
  base::require_positive("tau", o.time_constant);
  base::require(o.completion > 0 && o.completion < 1, "completion", o.completion,
                "a share of s greater than 0 and less than 1");
  base::require(o.width >= 2, "width", o.width, "2 or more units");
  base::require(matrices >= 2, "L", matrices, "2 or more weight matrices");
  base::require(input_age >= 0, "age at which input comes", input_age, "0 or more");
}

double time_of_growth(const Options& o, double input_age) {
  return std::max(0.0, o.closing_age - input_age);
}

// The layers at the onset of the task.
std::vector<double> layers_at_onset(const Options& o, int matrices, double strength) {
  std::vector<double> layers(static_cast<std::size_t>(matrices), std::sqrt(strength));
  layers.back() = std::sqrt(o.initial_strength);
  return layers;
}

// The first time at which `left` passes zero, however long that takes.
double first_time(const ode::RightHandSide<double>& f, const std::vector<double>& start, double tau,
                  const ode::Options<double>& options,
                  const std::function<double(std::span<const double>)>& left) {
  if (left(start) >= 0) return 0;
  const ode::Event<double> learned{"learned", [&](std::span<const double> x, double) { return left(x); },
                                   ode::Crossing::rising, true};
  for (double horizon = 30 * tau; horizon < 1e15 * tau; horizon *= 10) {
    const auto solution =
        ode::integrate_fully<double>(f, start, base::TimeGrid<double>({0, horizon}), options, {learned});
    if (solution.reason == ode::StopReason::terminal_event) return solution.stop_time;
  }
  throw base::NumericalError(
      fmt::format("the later task was not learned within {:g} epochs; take a greater v0", 1e15 * tau));
}

// The task: two modes of Sigma11 = I.
struct Task {
  data::Correlations correlations;
  data::SingularModes modes;
};

Task task(const Options& o, base::RandomStream& stream) {
  const Matrix u = linalg::haar_orthonormal(o.width, 2, stream),
               v = linalg::haar_orthonormal(o.width, 2, stream);
  Task task;
  task.correlations.sigma11 = Matrix::Identity(o.width, o.width);
  task.correlations.sigma31 = o.singular_value * u * Eigen::Vector2d(1, 0.5).asDiagonal() * v.transpose();
  task.modes = data::singular_modes(task.correlations.sigma31);
  return task;
}

double first_mode(const Network& network, const data::SingularModes& modes) {
  return modes.output.col(0).dot(end_to_end(network) * modes.input.col(0));
}

double network_learning_time(const Options& o, const Network& start, const Task& task) {
  network::ChainGradient gradient(task.correlations, start);
  Network now = start, direction = start;
  const ode::RightHandSide<double> f = [&](std::span<const double> x, std::span<double> dxdt, double) {
    std::ranges::copy(x, now.buffer().begin());
    gradient(now, direction);
    std::ranges::transform(direction.buffer(), dxdt.begin(), [&](double g) { return g / o.time_constant; });
  };
  const auto weights = start.buffer();
  return first_time(
      f, {weights.begin(), weights.end()}, o.time_constant, kTolerance, [&](std::span<const double> x) {
        return first_mode(network::network_at(start, x), task.modes) - o.completion * o.singular_value;
      });
}

// What an autoencoder of white input becomes while it may learn.
Network grown(const Options& o, const Network& autoencoder, double time) {
  if (time == 0) return autoencoder;
  data::Correlations white;
  white.sigma11 = white.sigma31 = Matrix::Identity(o.width, o.width);
  const auto solution = network::gradient_flow_fully(autoencoder, white, o.time_constant,
                                                     base::TimeGrid<double>({0, time}), kTolerance);
  return network::network_at(autoencoder, solution.trajectory.final_state());
}

// Mean strength over all directions.
double strength_of(const Network& autoencoder) {
  return end_to_end(autoencoder).trace() / static_cast<double>(autoencoder.inputs());
}

CriticalPeriodCurve curve_of(const Options& o, int matrices, const std::vector<double>& ages) {
  CriticalPeriodCurve curve{matrices, ages, {}, {}, {}};
  for (double age : ages) {
    curve.theory.push_back(later_learning_by_theory(o, matrices, age));
    curve.flow.push_back(later_learning_by_flow(o, matrices, age));
    curve.network.push_back(later_learning_by_network(o, matrices, age));
  }
  return curve;
}

SlowDown slow_down_of(const Options& o, int matrices, double v0) {
  Options mine = o;
  mine.initial_strength = v0;
  mine.closing_age = std::max(0.0, o.closing_age + window_end(o) - window_end(mine));
  const auto ratio = [&](const auto& later) {
    return later(mine, matrices, mine.closing_age).epochs / later(mine, matrices, 0).epochs;
  };
  return {matrices, v0, ratio(later_learning_by_theory), ratio(later_learning_by_flow),
          ratio(later_learning_by_network)};
}

}  // namespace

LaterLearning later_learning_by_theory(const Options& o, int matrices, double input_age) {
  check(o, matrices, input_age);
  const theory::ThreeLayerMode<double> autoencoder({1, o.initial_strength, o.time_constant});
  const double v = strength_at(autoencoder, time_of_growth(o, input_age));
  const theory::UnbalancedDeepMode<double> mode(
      {layers_at_onset(o, matrices, v), o.singular_value, o.time_constant});
  const double end = o.completion * o.singular_value;
  return {v, mode.initial_strength() >= end ? 0 : time_to_reach(mode, end)};
}

LaterLearning later_learning_by_flow(const Options& o, int matrices, double input_age) {
  check(o, matrices, input_age);
  double v = o.initial_strength;
  if (const double time = time_of_growth(o, input_age); time > 0)
    v = ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({1, o.time_constant}).strength(), {v},
                                     base::TimeGrid<double>({0, time}), kInLogarithms)
            .trajectory.final_state()[0];
  const flow::DeepFlow<double> flow({o.singular_value, o.time_constant});
  const double epochs = first_time(flow.layers(), layers_at_onset(o, matrices, v), o.time_constant,
                                   kInLogarithms, [&](std::span<const double> a) {
                                     double u = 1;
                                     for (double strength : a) u *= strength;
                                     return u - o.completion * o.singular_value;
                                   });
  return {v, epochs};
}

LaterLearning later_learning_by_network(const Options& o, int matrices, double input_age) {
  check(o, matrices, input_age);
  auto stream = base::stream(o.seed, "critical period", matrices);
  const Task later = task(o, stream);
  Network deep(std::vector<Eigen::Index>(static_cast<std::size_t>(matrices) + 1, o.width));
  const Matrix identity = Matrix::Identity(o.width, o.width);
  const data::SingularModes every{identity, linalg::Vector::Ones(o.width), identity};
  const Matrix strengths = Matrix::Constant(2, o.width, std::sqrt(o.initial_strength));
  Matrix turned = identity;  // by the lower layers' bases
  double strength = 0;
  for (int l = 1; l < matrices; ++l) {
    const auto young = network::decoupled_weights({o.width, o.width, o.width}, every, strengths, stream);
    const Network old = grown(o, young.network, time_of_growth(o, input_age));
    deep.weight(l) = old.weight(1);
    turned = young.bases[1] * turned;
    strength = strength_of(old);
  }
  deep.weight(matrices) =
      std::sqrt(o.initial_strength) * later.modes.output * (turned * later.modes.input).transpose();
  return {strength, network_learning_time(o, deep, later)};
}

LaterLearning later_learning_from_random_weights(const Options& o, int matrices, double input_age) {
  check(o, matrices, input_age);
  auto stream = base::stream(o.seed, "critical period from random weights", matrices);
  const Task later = task(o, stream);
  Network deep(std::vector<Eigen::Index>(static_cast<std::size_t>(matrices) + 1, o.width));
  double strength = 0;
  for (int l = 1; l < matrices; ++l) {
    const Network young = network::small_random_weights(
        {o.width, o.width, o.width}, network::deviation_for_strength(o.initial_strength, o.width), stream);
    const Network old = grown(o, young, time_of_growth(o, input_age));
    deep.weight(l) = old.weight(1);
    strength = strength_of(old);
  }
  for (double& weight : deep.weight(matrices).reshaped())
    weight = std::sqrt(o.initial_strength / o.width) * stream.normal();
  return {strength, network_learning_time(o, deep, later)};
}

double window_end(const Options& o) {
  check(o, 2, 0);
  return o.closing_age - o.time_constant / 2 * std::log(1 / o.initial_strength - 1);
}

CriticalPeriod run_critical_period(const Options& o, const std::vector<int>& matrices,
                                   const std::vector<double>& input_ages,
                                   const std::vector<double>& initial_strengths) {
  for (int L : matrices)
    for (double age : input_ages) check(o, L, age);
  const std::size_t depths = matrices.size(), strengths = initial_strengths.size();
  CriticalPeriod result;
  result.curves.resize(depths);
  result.slow_downs.resize(depths * strengths);
  tbb::parallel_for(std::size_t{0}, depths * (strengths + 1), [&](std::size_t i) {
    const std::size_t depth = i % depths, k = i / depths;
    if (k == strengths)
      result.curves[depth] = curve_of(o, matrices[depth], input_ages);
    else
      result.slow_downs[depth * strengths + k] = slow_down_of(o, matrices[depth], initial_strengths[k]);
  });
  return result;
}

}  // namespace dln::experiments
