// The starts of which a forecast is made.
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/experiments/forecast.hpp"
#include "dln/network/chain_gradient.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/network/pretraining.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using Network = network::LinearNetwork<double>;

constexpr long kAutoencoderEpochs = 2000;

std::vector<Eigen::Index> units_of(const LearningProblem& problem, const StartOptions& options) {
  std::vector<Eigen::Index> units(static_cast<std::size_t>(options.depth.layers()), options.hidden_units);
  units.front() = problem.correlations.sigma31.cols();
  units.back() = problem.correlations.sigma31.rows();
  return units;
}

double random_deviation(const StartOptions& options) {
  const double u0 = options.initial_strength;
  const int matrices = options.depth.weight_matrices();
  if (matrices == 1) return u0;
  if (matrices == 2) return network::deviation_for_strength(u0, options.hidden_units);
  return std::pow(u0, 1.0 / matrices) / std::sqrt(static_cast<double>(options.hidden_units));
}

}  // namespace

std::string_view name_of(StartKind kind) {
  switch (kind) {
    case StartKind::decoupled:
      return "decoupled";
    case StartKind::random:
      return "random";
    case StartKind::orthogonal:
      return "orthogonal";
    case StartKind::pretrained:
      return "pretrained";
    case StartKind::given:
      return "given";
  }
  return "unknown";
}

bool scatters(StartKind kind) {
  return kind == StartKind::random || kind == StartKind::orthogonal;
}

Network draw_start(const LearningProblem& problem, const StartOptions& options, int draw,
                   base::Progress& progress) {
  base::require_positive("u0", options.initial_strength);
  base::require(options.hidden_units >= 1, "hidden units", static_cast<double>(options.hidden_units),
                "1 or more");
  const int matrices = options.depth.weight_matrices();
  const auto units = units_of(problem, options);
  const double gain = std::pow(options.initial_strength, 1.0 / matrices);
  auto stream = base::stream(options.seed, "analysis start", matrices, draw);
  switch (options.kind) {
    case StartKind::decoupled:
      return network::decoupled_weights(units, problem.modes,
                                        Matrix::Constant(matrices, problem.modes.size(), gain), stream)
          .network;
    case StartKind::random:
      return network::small_random_weights(units, random_deviation(options), stream);
    case StartKind::orthogonal:
      return network::orthogonal_weights(units, gain, stream);
    case StartKind::pretrained: {
      base::require(matrices >= 2, "layers of a pretrained network", matrices + 1,
                    "3 or more: autoencoders train hidden layers");
      const auto& sigma11 = problem.correlations.sigma11;
      const double sigma = 1 / std::sqrt(100.0 * static_cast<double>(options.hidden_units));
      return network::pretrained_weights(units, sigma11,
                                         {.learning_rate = 0.5 / sigma11.diagonal().maxCoeff(),
                                          .epochs = kAutoencoderEpochs,
                                          .settled = 1e-7,
                                          .deviation = sigma,
                                          .last_deviation = options.initial_strength},
                                         stream, progress)
          .network;
    }
    case StartKind::given:
      if (!options.given) throw base::DomainError("a given start: expected a network");
      network::require_fitting(options.given->units(), problem.correlations);
      return *options.given;
  }
  throw base::DomainError("a start: expected one of the kinds there are");
}

}  // namespace dln::experiments
