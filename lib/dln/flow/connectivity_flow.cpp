#include "dln/flow/connectivity_flow.hpp"

#include <algorithm>

#include "dln/base/error.hpp"

namespace dln::flow {
namespace {

using Eigen::Index;

ConnectivityModes zero_like(const ConnectivityModes& modes) {
  return {linalg::Matrix::Zero(modes.a.rows(), modes.a.cols()),
          linalg::Matrix::Zero(modes.b.rows(), modes.b.cols())};
}

}  // namespace

ConnectivityFlow::ConnectivityFlow(linalg::Vector singular_values, double time_constant)
    : s_(std::move(singular_values)), tau_(time_constant) {
  base::require_positive("tau", tau_);
  for (double s : s_) base::require(base::is_finite(s), "s", s, "a finite number");
}

void ConnectivityFlow::check(const ConnectivityModes& modes) const {
  if (modes.a.rows() != modes.b.rows() || s_.size() > std::min(modes.a.cols(), modes.b.cols()))
    throw base::DomainError(fmt::format(
        "connectivity modes a : {} x {}, b : {} x {}: expected the same number of hidden units and at "
        "least {} modes in each",
        modes.a.rows(), modes.a.cols(), modes.b.rows(), modes.b.cols(), s_.size()));
}

ConnectivityEnergy ConnectivityFlow::energy(const ConnectivityModes& modes) const {
  check(modes);
  ConnectivityEnergy energy{0, 0};
  for (Index alpha = 0; alpha < modes.a.cols(); ++alpha)
    for (Index beta = 0; beta < modes.b.cols(); ++beta) {
      const double overlap = modes.a.col(alpha).dot(modes.b.col(beta));
      if (alpha == beta)
        energy.cooperation += (signal(alpha) - overlap) * (signal(alpha) - overlap) / (2 * tau_);
      else
        energy.competition += overlap * overlap / (2 * tau_);
    }
  return energy;
}

ConnectivityModes ConnectivityFlow::cooperation(const ConnectivityModes& modes) const {
  check(modes);
  ConnectivityModes rates = zero_like(modes);
  for (Index alpha = 0; alpha < std::min(modes.a.cols(), modes.b.cols()); ++alpha) {
    const double pull = (signal(alpha) - modes.a.col(alpha).dot(modes.b.col(alpha))) / tau_;
    rates.a.col(alpha) = pull * modes.b.col(alpha);
    rates.b.col(alpha) = pull * modes.a.col(alpha);
  }
  return rates;
}

ConnectivityModes ConnectivityFlow::competition(const ConnectivityModes& modes) const {
  check(modes);
  ConnectivityModes rates = zero_like(modes);
  for (Index alpha = 0; alpha < modes.a.cols(); ++alpha)
    for (Index gamma = 0; gamma < modes.b.cols(); ++gamma) {
      if (alpha == gamma) continue;
      const double overlap = modes.a.col(alpha).dot(modes.b.col(gamma)) / tau_;
      rates.a.col(alpha) -= overlap * modes.b.col(gamma);
      rates.b.col(gamma) -= overlap * modes.a.col(alpha);
    }
  return rates;
}

ConnectivityModes ConnectivityFlow::field(const ConnectivityModes& modes) const {
  ConnectivityModes rates = cooperation(modes);
  const ConnectivityModes repulsion = competition(modes);
  rates.a += repulsion.a;
  rates.b += repulsion.b;
  return rates;
}

ode::RightHandSide<double> ConnectivityFlow::right_hand_side(const ConnectivityModes& shape) const {
  check(shape);
  return [flow = *this, shape](std::span<const double> x, std::span<double> dxdt, double) {
    std::ranges::copy(flatten(flow.field(unflatten(x, shape))), dxdt.begin());
  };
}

std::vector<double> flatten(const ConnectivityModes& modes) {
  std::vector<double> state(modes.a.data(), modes.a.data() + modes.a.size());
  state.insert(state.end(), modes.b.data(), modes.b.data() + modes.b.size());
  return state;
}

ConnectivityModes unflatten(std::span<const double> state, const ConnectivityModes& shape) {
  base::require(static_cast<Index>(state.size()) == shape.a.size() + shape.b.size(), "state size",
                static_cast<double>(state.size()), fmt::format("{}", shape.a.size() + shape.b.size()));
  return {Eigen::Map<const linalg::Matrix>(state.data(), shape.a.rows(), shape.a.cols()),
          Eigen::Map<const linalg::Matrix>(state.data() + shape.a.size(), shape.b.rows(), shape.b.cols())};
}

}  // namespace dln::flow
