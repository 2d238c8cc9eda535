#include "dln/experiments/depth_prediction.hpp"

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/experiments/rate_advice.hpp"
#include "dln/theory/deep_mode.hpp"

namespace dln::experiments {

std::vector<double> stability_grid(double from, double to, double ratio) {
  base::require_positive("kappa", from);
  base::require_positive("kappa", to);
  base::require(ratio > 1, "ratio of rates", ratio, "more than 1");
  std::vector<double> kappas;
  for (double kappa = from; kappa <= to; kappa *= ratio) kappas.push_back(kappa);
  return kappas;
}

double slope_with_depth(const std::vector<int>& layers, const std::vector<double>& y, int from) {
  base::require(layers.size() == y.size(), "numbers", static_cast<double>(y.size()),
                fmt::format("{}, one for each depth", layers.size()));
  double count = 0, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i] < from) continue;
    const double ln_depth = std::log(layers[i]), ln_y = std::log(y[i]);
    count += 1;
    sum_x += ln_depth;
    sum_y += ln_y;
    sum_xx += ln_depth * ln_depth;
    sum_xy += ln_depth * ln_y;
  }
  base::require(count >= 2, "depths", count, fmt::format("two or more from N_l = {} on", from));
  return (count * sum_xy - sum_x * sum_y) / (count * sum_xx - sum_x * sum_x);
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
