#include "dln/experiments/mode_rates.hpp"

#include <algorithm>
#include <cmath>

#include "dln/flow/mode_descent.hpp"
#include "dln/theory/depth_delay.hpp"
#include "dln/theory/learning_rate.hpp"

namespace dln::experiments {
namespace {

using base::Depth;
using base::DepthExponent;

// Whether descent at this rate, begun beside the minimum, stays as near to it. (At a tiny rate it does not
// move.)
bool stays(const Depth& depth, double s, double rate) {
  const double before = 1e-6, rounding = 1e-4;
  const double u = strength_after(flow::ModeDescent(depth, {s, s * (1 + before), rate}), 2000);
  return std::abs(u / s - 1) <= before * (1 + rounding);
}

void check(const ModeRateOptions& options) {
  base::require(!options.layers.empty(), "layers", 0, "one number of layers or more");
  base::require_positive("smallest kappa", options.smallest_kappa);
  base::require(options.smallest_kappa < 1, "smallest kappa", options.smallest_kappa, "less than 1");
  base::require(base::is_finite(options.largest_kappa) && options.largest_kappa > 1, "largest kappa",
                options.largest_kappa, "a finite number greater than 1");
  base::require(base::is_finite(options.kappa_ratio) && options.kappa_ratio >= 1.0001, "ratio of kappas",
                options.kappa_ratio, "1.0001 or greater");
  base::require(options.dependable_within >= 0 && options.dependable_within < 0.5, "dependable within",
                options.dependable_within, "from 0 to less than 1/2");
}

struct Tried {
  double kappa;
  std::optional<long> steps;  // none: not within the limit
};

// kappa_ratio^i, exactly 1 for i = 0.
std::vector<Tried> search(const ModeRateOptions& options, const Depth& depth, double optimal_rate,
                          long limit) {
  const double step = std::log(options.kappa_ratio);
  std::vector<Tried> tried;
  for (int i = static_cast<int>(std::ceil(std::log(options.smallest_kappa) / step));
       i <= std::log(options.largest_kappa) / step; ++i) {
    const double kappa = std::pow(options.kappa_ratio, i);
    const flow::ModeDescent descent(depth,
                                    {options.singular_value, options.initial_strength, kappa * optimal_rate});
    tried.push_back({kappa, steps_to_learn(descent, options.initial_strength, limit)});
  }
  return tried;
}

// Of several rates with as few steps the smallest.
std::optional<FastestRate> fastest(const std::vector<Tried>& tried, double from, double to) {
  std::optional<FastestRate> best;
  for (const auto& [kappa, steps] : tried)
    if (steps && kappa >= from && kappa < to && (!best || *steps < best->steps)) best = {kappa, *steps};
  return best;
}

// Every rate replaced by the slowest within `neighbours` of it.
std::vector<Tried> slowest_nearby(const std::vector<Tried>& tried, std::size_t neighbours) {
  std::vector<Tried> slowest;
  for (std::size_t i = neighbours; i + neighbours < tried.size(); ++i) {
    Tried worst = tried[i];
    for (std::size_t j = i - neighbours; j <= i + neighbours && worst.steps; ++j)
      worst.steps = tried[j].steps ? std::max(worst.steps, tried[j].steps) : std::nullopt;
    slowest.push_back(worst);
  }
  return slowest;
}

FastestRate found(const std::optional<FastestRate>& rate, int layers) {
  if (!rate)
    throw base::NumericalError(fmt::format(
        "N_l = {}: no rate of the search learns the mode; a wider or finer one is needed", layers));
  return *rate;
}

ModeRateRow row_of(const ModeRateOptions& options, int layers) {
  const auto depth = Depth::from_layers(layers);
  const double s = options.singular_value, u0 = options.initial_strength;
  const double most = theory::largest_hessian_eigenvalue(DepthExponent(depth), s);
  const double exact = theory::steps_at_optimal_rate(DepthExponent(depth), s, u0);
  base::require(exact < 1e7, "u0/s", u0 / s, "a share so large that the steps can be counted, below 1e7");
  const double edge = edge_of_stability(depth, s) * most;
  // No rate that takes longer than twice the smallest one's is of interest.
  const auto limit = static_cast<long>(2 * exact / options.smallest_kappa) + 100;
  const auto tried = search(options, depth, 1 / most, limit);
  const auto at_optimal = fastest(tried, 1, std::nextafter(1.0, 2.0));
  const auto neighbours = static_cast<std::size_t>(
      std::ceil(std::log1p(options.dependable_within) / std::log(options.kappa_ratio)));
  return {.layers = layers,
          .largest_eigenvalue = most,
          .edge = edge,
          .exact_steps = exact,
          .steps_at_optimal = found(at_optimal, layers).steps,
          .dependable = found(fastest(slowest_nearby(tried, neighbours), 0, edge), layers),
          .stable = found(fastest(tried, 0, edge), layers),
          .touching = fastest(tried, edge, INFINITY)};
}

}  // namespace

double edge_of_stability(const Depth& depth, double s, double accuracy) {
  base::require_positive("s", s);
  base::require(accuracy > 0 && accuracy < 1, "accuracy", accuracy, "between 0 and 1");
  double low = 1 / s, high = 0;
  while (low > 0 && !stays(depth, s, low)) high = low, low /= 2;
  if (high == 0)
    for (high = 2 * low; base::is_finite(high) && stays(depth, s, high); high *= 2) low = high;
  base::require(low > 0 && base::is_finite(high), "s", s,
                "a size for which rates are within a double's range");
  while (high - low > accuracy * low) {
    const double rate = low + (high - low) / 2;
    (stays(depth, s, rate) ? low : high) = rate;
  }
  return low + (high - low) / 2;
}

std::vector<ModeRateRow> run_mode_rates(const ModeRateOptions& options) {
  check(options);
  std::vector<ModeRateRow> rows;
  for (int layers : options.layers) rows.push_back(row_of(options, layers));
  return rows;
}

}  // namespace dln::experiments
