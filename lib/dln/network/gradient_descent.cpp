#include "dln/network/gradient_descent.hpp"

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/linalg/tile_products.hpp"

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

// network += rate direction, each sum fused where those of a step in place are.
void add_as_a_step_does(double rate, const LinearNetwork<double>& direction, LinearNetwork<double>& network) {
  linalg::add_fused(rate, direction.buffer().data(), network.buffer().data(),
                    static_cast<Eigen::Index>(network.buffer().size()));
}

double squared_length(const LinearNetwork<double>& direction) {
  return linalg::squared_norm(direction.buffer().data(),
                              static_cast<Eigen::Index>(direction.buffer().size()));
}

}  // namespace

DescentResult descend_by(const LearningRule& rule, double scale, LinearNetwork<double> network,
                         const DescentOptions& options, const DescentObserver& observer,
                         const FusedSteps& fused) {
  check(options);
  LinearNetwork<double> direction = network;
  double bound = 0;
  for (long iteration = 0;; ++iteration) {
    const bool last = iteration == options.max_iterations;
    const bool observed = observer && (last || iteration % options.observe_every == 0);
    const bool in_place = fused.look && !observed;
    const double error = in_place ? fused.look(network) : rule(network, direction);
    if (iteration == 0) bound = options.divergence_bound * std::max(error, scale);
    if (!(std::isfinite(error) && error <= bound))
      return {std::move(network), DescentStop::diverged, iteration, {}};
    if (observed && !observer({iteration, network, options.learning_rate * squared_length(direction)}))
      return {std::move(network), DescentStop::observer, iteration, {}};
    if (last) return {std::move(network), DescentStop::max_iterations, iteration, {}};
    if (in_place)
      fused.step(network, options.learning_rate);
    else if (fused.look)
      add_as_a_step_does(options.learning_rate, direction, network);
    else
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
  ChainGradient gradient(correlations, network);
  return descend(gradient, std::move(network), options, observer);
}

DescentResult descend(ChainGradient<double>& gradient, LinearNetwork<double> network,
                      const DescentOptions& options, const DescentObserver& observer) {
  DescentOptions in_sums = options;
  in_sums.learning_rate *= gradient.sum_factor();
  const LearningRule rule = [&](const LinearNetwork<double>& at, LinearNetwork<double>& direction) {
    gradient(at, direction);
    return gradient.error_correlation_norm();
  };
  FusedSteps fused;
  if (gradient.fused())
    fused = {[&](const LinearNetwork<double>& at) {
               gradient.look(at);
               return gradient.error_correlation_norm();
             },
             [&](LinearNetwork<double>& moved, double rate) { gradient.step(moved, rate); }};
  auto result =
      descend_by(rule, gradient.target_correlation_norm(), std::move(network), in_sums, observer, fused);
  result.path = gradient.path();
  return result;
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
