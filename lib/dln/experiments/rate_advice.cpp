#include "dln/experiments/rate_advice.hpp"

#include <algorithm>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/theory/deep_mode.hpp"
#include "dln/theory/learning_rate.hpp"

namespace dln::experiments {

AlignedModes aligned_modes(const LearningProblem& problem) {
  const auto& modes = problem.modes;
  AlignedModes aligned{modes.singular_values, linalg::Vector(modes.size())};
  for (Eigen::Index k = 0; k < modes.size(); ++k) {
    const auto v = modes.input.col(k);
    aligned.input_variances[k] = v.dot(problem.correlations.sigma11 * v);
  }
  return aligned;
}

RateAdvice advise_rate(const AlignedModes& modes, int layers, double initial_strength) {
  const auto& [s, d] = modes;
  base::require(s.size() >= 1, "singular values", static_cast<double>(s.size()), "one or more");
  base::require(s.size() == d.size(), "input variances", static_cast<double>(d.size()),
                fmt::format("{}, one for each singular value", s.size()));
  base::require_positive("u0", initial_strength);
  for (Eigen::Index k = 0; k < s.size(); ++k) {
    base::require_positive("s", s[k]);
    base::require_positive("input variance", d[k]);
  }
  const auto depth = base::Depth::from_layers(layers);
  RateAdvice advice{layers, 0, 0, 0, 0, 0, std::numeric_limits<double>::infinity(), 0};
  for (Eigen::Index a = 0; a < s.size(); ++a)
    for (Eigen::Index b = 0; b < s.size(); ++b)
      if (const double mu = theory::pair_hessian_eigenvalue(depth, s[a] / d[a], s[b] / d[b], d[b]);
          mu > advice.largest_eigenvalue) {
        advice.largest_eigenvalue = mu;
        advice.output_mode = a;
        advice.input_mode = b;
      }
  base::require(base::is_finite(advice.largest_eigenvalue) && advice.largest_eigenvalue > 0, "lambda_max",
                advice.largest_eigenvalue,
                "a size within the range of a double; rescale s and the input variances");
  advice.optimal_rate = 1 / advice.largest_eigenvalue;
  advice.stability_limit = 2 / advice.largest_eigenvalue;
  for (Eigen::Index k = 0; k < s.size(); ++k) {
    const theory::ModeNumbers<double> numbers{s[k], initial_strength,
                                              advice.largest_eigenvalue};  // tau = 1/rate
    const theory::DeepMode<double> mode(base::DepthExponent(depth), with_input_variance(numbers, d[k]));
    const double steps = learning_time(mode, 0.01 * mode.singular_value());
    base::require(base::is_finite(steps), "steps", steps,
                  "a number within the range of a double; rescale u0");
    advice.first_learned = std::min(advice.first_learned, steps);
    advice.last_learned = std::max(advice.last_learned, steps);
  }
  return advice;
}

}  // namespace dln::experiments
