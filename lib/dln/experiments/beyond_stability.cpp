#include "dln/experiments/beyond_stability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/base/random.hpp"
#include "dln/flow/mode_descent.hpp"
#include "dln/flow/pair_descent.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/hessian.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/learning_rate.hpp"

namespace dln::experiments {
namespace {

constexpr double kFar = 1e6, kNaN = std::numeric_limits<double>::quiet_NaN();

void check(double kappa, const SettlingOptions& options) {
  base::require_positive("s", options.singular_value);
  base::require_positive("balanced kappa", options.balanced_kappa);
  base::require_positive("nudge", options.nudge);
  base::require(options.steps >= 1, "steps", static_cast<double>(options.steps), "1 or more");
  base::require(base::is_finite(kappa) && kappa >= options.balanced_kappa, "kappa", kappa,
                "a finite number, that of equal layers or more: of all minima theirs is the flattest");
}

// a >= b with ab = s and a^2 + b^2 = kappa/rate.
flow::PairDescent::Layers layers_of(double kappa, const SettlingOptions& options) {
  const double s = options.singular_value, ratio = kappa / options.balanced_kappa;
  const double a = std::sqrt(s * (ratio + std::sqrt((ratio - 1) * (ratio + 1))));
  return {a, s / a};
}

}  // namespace

Visited visited_strengths(double kappa, const VisitedOptions& options) {
  base::require_positive("kappa", kappa);
  base::require(options.share > 0 && options.share < 1, "share", options.share, "in (0, 1)");
  base::require(options.transient >= 0, "transient", static_cast<double>(options.transient), "0 or more");
  base::require(options.kept >= 1, "kept", options.kept, "1 or more");
  const double s = options.singular_value;
  const double rate = kappa / theory::largest_hessian_eigenvalue(base::DepthExponent(options.depth), s);
  flow::ModeDescent descent(options.depth, {s, options.share * s, rate});
  Visited visited{kappa, false, {}};
  for (long k = 0; k < options.transient + options.kept; ++k) {
    const double u = descent.strength();
    if (!(std::abs(u) <= kFar * s)) return {kappa, true, {}};
    if (k >= options.transient) visited.strengths.push_back(u);
    descent.step();
  }
  return visited;
}

Settling settle_pair(double kappa, const SettlingOptions& options) {
  check(kappa, options);
  const double s = options.singular_value, rate = options.balanced_kappa / (2 * s);
  auto start = layers_of(kappa, options);
  start.a *= 1 + options.nudge;
  flow::PairDescent descent(s, rate, start);
  const auto at_minimum = [&] { return rate * std::hypot(descent.imbalance(), 2 * s); };
  Settling result{at_minimum(), kNaN, kNaN, 0, false};
  for (long k = 0; k < options.steps; ++k) {
    if (!(std::abs(descent.gap()) <= kFar * s)) {
      result.diverged = true;
      return result;
    }
    result.most_gap = std::max(result.most_gap, std::abs(descent.gap()) / s);
    descent.step();
  }
  result.after = at_minimum();
  result.gap = std::abs(descent.gap()) / s;
  return result;
}

Settling settle_network(double kappa, const SettlingOptions& options, std::uint64_t seed) {
  check(kappa, options);
  const double s = options.singular_value, rate = options.balanced_kappa / (2 * s);
  auto stream = base::stream(seed, "settling network");
  const std::vector<Eigen::Index> units{3, 4, 3};
  const data::SingularModes modes{linalg::haar_orthonormal(3, 2, stream), Eigen::Vector2d(s, s / 2),
                                  linalg::haar_orthonormal(3, 2, stream)};
  data::Correlations correlations;
  correlations.sigma11 = linalg::Matrix::Identity(3, 3);
  correlations.sigma31 = modes.output * modes.singular_values.asDiagonal() * modes.input.transpose();
  const auto layers = layers_of(kappa, options);
  linalg::Matrix strengths(2, 2);
  strengths.col(0) << layers.a, layers.b;
  strengths.col(1) = strengths.col(0) * std::sqrt(0.5);
  auto at = network::decoupled_weights(units, modes, strengths, stream).network;
  for (double& w : at.buffer()) w += options.nudge * std::sqrt(s) * stream.normal();

  const auto sharpness = [&](const network::LinearNetwork<double>& network) {
    return rate * network::top_hessian_eigenvalue(network, correlations).value;
  };
  const auto gap = [&](const network::LinearNetwork<double>& network) {
    return (correlations.sigma31 - network::end_to_end(network)).norm() / correlations.sigma31.norm();
  };
  Settling result{sharpness(at), kNaN, kNaN, 0, false};
  const auto end =
      network::descend(at, correlations, {.learning_rate = rate, .max_iterations = options.steps},
                       [&](const network::DescentState& state) {
                         result.most_gap = std::max(result.most_gap, gap(state.network));
                         return true;
                       });
  result.diverged = end.reason == network::DescentStop::diverged;
  if (result.diverged) return result;
  result.after = sharpness(end.network);
  result.gap = gap(end.network);
  return result;
}

}  // namespace dln::experiments
