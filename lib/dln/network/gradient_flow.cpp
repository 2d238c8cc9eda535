#include "dln/network/gradient_flow.hpp"

#include <algorithm>

#include "dln/base/error.hpp"

namespace dln::network {

ode::Solution<double> gradient_flow(const LinearNetwork<double>& start,
                                    const data::Correlations& correlations, double time_constant,
                                    const base::TimeGrid<double>& grid, const ode::Options<double>& options) {
  base::require_positive("tau", time_constant);
  ChainGradient gradient(correlations, start);
  LinearNetwork<double> network = start, direction = start;
  const ode::RightHandSide<double> f = [&](std::span<const double> x, std::span<double> dxdt, double) {
    std::ranges::copy(x, network.buffer().begin());
    gradient(network, direction);
    std::ranges::transform(direction.buffer(), dxdt.begin(), [=](double g) { return g / time_constant; });
  };
  const auto weights = start.buffer();
  return ode::integrate<double>(f, {weights.begin(), weights.end()}, grid, options);
}

ode::Solution<double> gradient_flow_fully(const LinearNetwork<double>& start,
                                          const data::Correlations& correlations, double time_constant,
                                          const base::TimeGrid<double>& grid,
                                          const ode::Options<double>& options) {
  auto solution = gradient_flow(start, correlations, time_constant, grid, options);
  if (!solution.complete())
    throw base::NumericalError("gradient flow " + solution.brief() + "; ask for earlier times");
  return solution;
}

LinearNetwork<double> network_at(const LinearNetwork<double>& shape, std::span<const double> state) {
  LinearNetwork<double> network = shape;
  base::require(state.size() == network.buffer().size(), "state size", static_cast<double>(state.size()),
                fmt::format("{}", network.buffer().size()));
  std::ranges::copy(state, network.buffer().begin());
  return network;
}

}  // namespace dln::network
