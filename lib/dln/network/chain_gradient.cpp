#include "dln/network/chain_gradient.hpp"

#include "dln/base/error.hpp"

namespace dln::network {

ChainGradient::ChainGradient(const data::Correlations& correlations, const LinearNetwork<double>& shape)
    : correlations_(correlations),
      inputs_(correlations.sigma11.isIdentity(0)   ? Inputs::white
              : correlations.sigma11.isDiagonal(0) ? Inputs::diagonal
                                                   : Inputs::correlated),
      backward_(static_cast<std::size_t>(shape.depth().weight_matrices())),
      forward_(backward_.size()) {
  if (shape.inputs() != correlations.sigma31.cols() || shape.outputs() != correlations.sigma31.rows())
    throw base::DomainError(
        fmt::format("network from {} inputs to {} outputs: Sigma31 is {} x {}, expected {} x {}",
                    shape.inputs(), shape.outputs(), correlations.sigma31.rows(), correlations.sigma31.cols(),
                    shape.outputs(), shape.inputs()));
}

void ChainGradient::operator()(const LinearNetwork<double>& network, LinearNetwork<double>& direction) {
  const int matrices = network.depth().weight_matrices();
  auto at = [](auto& list, int l) -> auto& {
    return list[static_cast<std::size_t>(l)];
  };

  at(backward_, matrices - 1) = network.weight(matrices);
  for (int l = matrices - 1; l >= 1; --l)
    at(backward_, l - 1).noalias() = at(backward_, l) * network.weight(l);

  at(forward_, 0) = correlations_.sigma31;
  if (inputs_ == Inputs::white)
    at(forward_, 0) -= at(backward_, 0);
  else if (inputs_ == Inputs::diagonal)
    at(forward_, 0) -= at(backward_, 0) * correlations_.sigma11.diagonal().asDiagonal();
  else
    at(forward_, 0).noalias() -= at(backward_, 0) * correlations_.sigma11;
  for (int l = 1; l < matrices; ++l)
    at(forward_, l).noalias() = at(forward_, l - 1) * network.weight(l).transpose();

  // backward_[l] holds the factor left of W^l for l < L; left of W^L stands the identity.
  for (int l = 1; l < matrices; ++l)
    direction.weight(l).noalias() = at(backward_, l).transpose() * at(forward_, l - 1);
  direction.weight(matrices) = at(forward_, matrices - 1);
}

// With W the end-to-end map, ||y||^2 - 2 W.Sigma31 + W Sigma11.W = ||y||^2 - W.(Sigma31 + (Sigma31 - W
// Sigma11)).
double ChainGradient::squared_error() const {
  const double explained =
      (backward_.front().array() * (correlations_.sigma31 + forward_.front()).array()).sum();
  return 0.5 * (correlations_.target_power - explained);
}

double squared_error(const LinearNetwork<double>& network, const data::Correlations& correlations) {
  const linalg::Matrix map = end_to_end(network);
  const double cross = (correlations.sigma31.array() * map.array()).sum();
  const double power = ((map * correlations.sigma11).array() * map.array()).sum();
  return 0.5 * (correlations.target_power - 2 * cross + power);
}

}  // namespace dln::network
