#include "dln/network/pretraining.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::network {
namespace {

using linalg::Matrix;
using Network = LinearNetwork<double>;

void check(const std::vector<Eigen::Index>& units, const Matrix& sigma11, const PretrainingOptions& options) {
  base::require(units.size() >= 3, "number of layers", static_cast<double>(units.size()),
                "3 or more: pretraining is for hidden layers");
  base::require_positive("learning rate", options.learning_rate);
  base::require(options.epochs >= 1, "epochs of pretraining", static_cast<double>(options.epochs),
                "1 or more");
  base::require_non_negative("settled", options.settled);
  base::require_positive("deviation", options.deviation);
  base::require_non_negative("deviation of the last matrix", options.last_deviation);
  if (sigma11.rows() != units.front() || sigma11.cols() != units.front())
    throw base::DomainError(fmt::format("Sigma11 {} x {}: expected {} x {}, the inputs of the network",
                                        sigma11.rows(), sigma11.cols(), units.front(), units.front()));
}

std::string where(std::size_t layer) {
  return fmt::format("autoencoder {}", layer);
}

// Until the epochs are over or an epoch lowers the error by too little.
void descend(PretrainedLayer& layer, const PretrainingOptions& options, const std::string& name,
             base::Progress& progress) {
  AutoencoderGradient gradient(layer.sigma, layer.autoencoder);
  layer.start_error = gradient.error_at_zero();
  const LearningRule rule = [&](const Network& at, Network& direction) {
    gradient(at, direction);
    return std::sqrt(2 * gradient.error());
  };
  double before = std::numeric_limits<double>::infinity();
  const DescentObserver observer = [&](const DescentState& state) {
    if (state.iteration % 16 == 0)
      progress.report(name, static_cast<double>(state.iteration) / static_cast<double>(options.epochs));
    layer.error = gradient.error();
    // A plateau at the start is no end: there the error has not fallen yet.
    layer.settled = options.settled > 0 && layer.error < layer.start_error / 2 &&
                    before - layer.error < options.settled * before;
    before = layer.error;
    return !layer.settled;
  };
  auto result =
      descend_by(rule, std::sqrt(2 * layer.start_error), std::move(layer.autoencoder),
                 {.learning_rate = options.learning_rate, .max_iterations = options.epochs}, observer);
  if (result.reason == DescentStop::diverged)
    throw base::NumericalError(fmt::format("{} {} at rate {:g}; its inputs want a smaller one", name,
                                           result.brief(), options.learning_rate));
  layer.autoencoder = std::move(result.network);
  layer.epochs = result.iterations;
}

// Time in epochs, tau = 1/learning_rate.
void flow(PretrainedLayer& layer, const PretrainingOptions& options, const std::string& name) {
  Network network = layer.autoencoder, direction = network;
  AutoencoderGradient gradient(layer.sigma, network);
  layer.start_error = gradient.error_at_zero();
  const ode::RightHandSide<double> f = [&](std::span<const double> x, std::span<double> dxdt, double) {
    std::ranges::copy(x, network.buffer().begin());
    gradient(network, direction);
    std::ranges::transform(direction.buffer(), dxdt.begin(),
                           [&](double g) { return options.learning_rate * g; });
  };
  const auto start = layer.autoencoder.buffer();
  const auto solution = ode::integrate<double>(
      f, {start.begin(), start.end()}, base::TimeGrid<double>({0, static_cast<double>(options.epochs)}));
  if (!solution.complete()) throw base::NumericalError(fmt::format("{}: {}", name, solution.brief()));
  layer.autoencoder = network_at(network, solution.trajectory.final_state());
  gradient(layer.autoencoder, direction);
  layer.error = gradient.error();
  layer.epochs = options.epochs;
}

std::string told(const Pretraining& pretraining, const PretrainingOptions& options) {
  std::vector<std::string> layers;
  for (const auto& layer : pretraining.layers)
    layers.push_back(fmt::format("{} epochs{} to {:.3g} of its error", layer.epochs,
                                 layer.settled ? " (settled)" : "", layer.error / layer.start_error));
  return fmt::format(
      "{} at rate {:.4g}, at most {} epochs a layer{}, from deviation {:g}: {}",
      options.dynamics == Dynamics::descent ? "descent" : "flow", options.learning_rate, options.epochs,
      options.settled > 0 ? fmt::format(" or until an epoch gains less than {:g}", options.settled)
                          : std::string(),
      options.deviation, fmt::join(layers, "; "));
}

}  // namespace

AutoencoderGradient::AutoencoderGradient(const Matrix& sigma, const Network& shape)
    : sigma_(sigma), diagonal_(sigma.isDiagonal(0)), trace_(sigma.trace()) {
  const auto& units = shape.units();
  if (units.size() != 3 || units[0] != units[2] || sigma.rows() != units[0] || sigma.cols() != units[0])
    throw base::DomainError(
        fmt::format("autoencoder of {} units on Sigma {} x {}: expected N_1, N_2, N_1 on N_1 x N_1",
                    fmt::join(units, "-"), sigma.rows(), sigma.cols()));
  code_.resize(units[1], units[1]);
  decoder_square_.resize(units[1], units[1]);
}

void AutoencoderGradient::operator()(const Network& autoencoder, Network& direction) {
  const auto w21 = autoencoder.weight(1), w32 = autoencoder.weight(2);
  if (diagonal_)
    encoded_.noalias() = w21 * sigma_.diagonal().asDiagonal();
  else
    encoded_.noalias() = w21 * sigma_;
  code_.triangularView<Eigen::Lower>() = encoded_ * w21.transpose();
  decoder_square_.triangularView<Eigen::Lower>() = w32.transpose() * w32;
  auto up = direction.weight(1);
  if (diagonal_)
    up.noalias() = w32.transpose() * sigma_.diagonal().asDiagonal();
  else
    up.noalias() = w32.transpose() * sigma_;
  // tr Sigma - 2 tr W32 W21 Sigma + tr W32^T W32 W21 Sigma W21^T.
  const double once = (encoded_.array() * w32.transpose().array()).sum();
  const Matrix code = code_.selfadjointView<Eigen::Lower>(),
               square = decoder_square_.selfadjointView<Eigen::Lower>();
  // Rounding may leave less than the zero of a sum of squares; a NaN stays one, and ends a descent.
  error_ = std::max(0.5 * (trace_ - 2 * once + (code.array() * square.array()).sum()), 0.0);
  up.noalias() -= square * encoded_;
  auto down = direction.weight(2);
  down = encoded_.transpose();
  down.noalias() -= w32 * code;
}

long Pretraining::epochs() const {
  long sum = 0;
  for (const auto& layer : layers) sum += layer.epochs;
  return sum;
}

Pretraining pretrained_weights(const std::vector<Eigen::Index>& units, const Matrix& sigma11,
                               const PretrainingOptions& options, base::RandomStream& stream,
                               base::Progress& progress) {
  check(units, sigma11, options);
  Pretraining result{Network(units), {}, {}};
  const int matrices = result.network.depth().weight_matrices();
  Matrix sigma = sigma11;
  for (int l = 1; l < matrices; ++l) {
    const auto i = static_cast<std::size_t>(l);
    const auto name = where(i);
    PretrainedLayer layer;
    layer.sigma = sigma;
    layer.autoencoder =
        small_random_weights({units[i - 1], units[i], units[i - 1]}, options.deviation, stream);
    if (options.dynamics == Dynamics::descent)
      descend(layer, options, name, progress);
    else
      flow(layer, options, name);
    const Matrix encoder = layer.autoencoder.weight(1);
    result.network.weight(l) = encoder;
    sigma = encoder * sigma * encoder.transpose();
    sigma = (0.5 * (sigma + sigma.transpose())).eval();
    result.layers.push_back(std::move(layer));
  }
  auto last = result.network.weight(matrices);
  for (Eigen::Index i = 0; i < last.size(); ++i) last.data()[i] = options.last_deviation * stream.normal();
  result.brief = told(result, options);
  return result;
}

ComponentStrengths component_strengths(const Network& autoencoder, const Matrix& sigma) {
  const auto eigen = linalg::symmetric_eigen(sigma);
  const Matrix into = autoencoder.weight(1) * eigen.vectors,
               out = autoencoder.weight(2).transpose() * eigen.vectors;
  return {eigen.values, (into.array() * out.array()).colwise().sum().transpose()};
}

double pretraining_residual(const Network& network, const data::SingularModes& modes) {
  base::Worst worst;
  for (int l = 1; l < network.depth().weight_matrices(); ++l) {
    const Matrix map = product(network, 1, l);
    const Matrix image = map.transpose() * (map * modes.input);
    const linalg::Vector diagonal = (modes.input.transpose() * image).diagonal();
    worst.see((image - modes.input * diagonal.asDiagonal()).norm() / diagonal.norm());
  }
  return worst.value();
}

}  // namespace dln::network
