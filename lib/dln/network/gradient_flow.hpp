// Gradient flow of the full network, tau dW^l/dt = G^l: Eqs 2 and 13, through the one ODE driver.
#pragma once

#include "dln/network/chain_gradient.hpp"
#include "dln/ode/integrate.hpp"

namespace dln::network {

// The trajectory's states are the network's buffer at the grid's times: N_2 N_1 + N_3 N_2 + ... numbers each.
// Throws DomainError for tau <= 0 or shapes that do not compose; numerical trouble comes back as the reason.
ode::Solution<double> gradient_flow(const LinearNetwork<double>& start,
                                    const data::Correlations& correlations, double time_constant,
                                    const base::TimeGrid<double>& grid,
                                    const ode::Options<double>& options = {});

// gradient_flow(), for callers who need the whole solution: throws NumericalError with brief() when it
// stopped early.
ode::Solution<double> gradient_flow_fully(const LinearNetwork<double>& start,
                                          const data::Correlations& correlations, double time_constant,
                                          const base::TimeGrid<double>& grid,
                                          const ode::Options<double>& options = {});

// The network whose buffer is `state`, with the units of `shape`. Throws DomainError when the size differs.
LinearNetwork<double> network_at(const LinearNetwork<double>& shape, std::span<const double> state);

}  // namespace dln::network
