#include "dln/network/gradient_descent.hpp"

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"

namespace dln::network {
namespace {

void check(const DescentOptions& options) {
  base::require_positive("learning rate", options.learning_rate);
  base::require(options.max_iterations >= 0, "max iterations", static_cast<double>(options.max_iterations),
                "0 or more");
  base::require(options.observe_every >= 1, "observe every", static_cast<double>(options.observe_every),
                "1 or more");
  base::require_positive("divergence bound", options.divergence_bound);
}

}  // namespace

DescentResult descend_by(const LearningRule& rule, double scale, LinearNetwork<double> network,
                         const DescentOptions& options, const DescentObserver& observer) {
  check(options);
  LinearNetwork<double> direction = network;
  double bound = 0;
  for (long iteration = 0;; ++iteration) {
    const double error = rule(network, direction);
    if (iteration == 0) bound = options.divergence_bound * std::max(error, scale);
    if (!(std::isfinite(error) && error <= bound))
      return {std::move(network), DescentStop::diverged, iteration};
    const bool last = iteration == options.max_iterations;
    if (observer && (last || iteration % options.observe_every == 0) &&
        !observer({iteration, network, options.learning_rate * flat(direction).squaredNorm()}))
      return {std::move(network), DescentStop::observer, iteration};
    if (last) return {std::move(network), DescentStop::max_iterations, iteration};
    flat(network) += options.learning_rate * flat(direction);
  }
}

template <class Real>
InPlaceResult descend_in_place(ChainGradient<Real>& gradient, LinearNetwork<Real>& network,
                               const DescentOptions& options, const ErrorObserver& observer) {
  check(options);
  base::require(options.observe_every == 1, "observe every", static_cast<double>(options.observe_every), "1");
  const auto rate = static_cast<Real>(options.learning_rate * gradient.sum_factor());
  double bound = 0;
  for (long iteration = 0;; ++iteration) {
    gradient.look(network);
    const double error = gradient.error_correlation_norm();
    if (iteration == 0)
      bound = options.divergence_bound * std::max(error, gradient.target_correlation_norm());
    if (!(std::isfinite(error) && error <= bound)) return {DescentStop::diverged, iteration};
    if (observer && !observer(iteration, gradient.squared_error())) return {DescentStop::observer, iteration};
    if (iteration == options.max_iterations) return {DescentStop::max_iterations, iteration};
    gradient.step(network, rate);
  }
}
template InPlaceResult descend_in_place(ChainGradient<double>&, LinearNetwork<double>&, const DescentOptions&,
                                        const ErrorObserver&);
template InPlaceResult descend_in_place(ChainGradient<float>&, LinearNetwork<float>&, const DescentOptions&,
                                        const ErrorObserver&);

DescentResult descend(LinearNetwork<double> network, const data::Correlations& correlations,
                      const DescentOptions& options, const DescentObserver& observer) {
  DescentOptions in_sums = options;
  in_sums.learning_rate *= data::sum_factor(correlations);
  ChainGradient gradient(correlations, network);
  const LearningRule rule = [&](const LinearNetwork<double>& at, LinearNetwork<double>& direction) {
    gradient(at, direction);
    return gradient.error_correlation_norm();
  };
  return descend_by(rule, correlations.sigma31.norm(), std::move(network), in_sums, observer);
}

DescentResult descend_fully(LinearNetwork<double> network, const data::Correlations& correlations,
                            const DescentOptions& options, const DescentObserver& observer) {
  auto result = descend(std::move(network), correlations, options, observer);
  if (result.reason == DescentStop::diverged)
    throw base::NumericalError("gradient descent " + result.brief());
  return result;
}

std::string DescentResult::brief() const {
  switch (reason) {
    case DescentStop::observer:
      return fmt::format("stopped by its observer after {} iterations", iterations);
    case DescentStop::max_iterations:
      return fmt::format("did all {} iterations", iterations);
    case DescentStop::diverged:
      return fmt::format("diverged at iteration {}", iterations);
  }
  return "unknown";
}

}  // namespace dln::network
