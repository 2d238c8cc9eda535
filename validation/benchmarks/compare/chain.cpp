#include "validation/benchmarks/compare/chain.hpp"

#include <vector>

#include "dln/base/random.hpp"
#include "dln/data/singular_modes.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::compare {

Chain decoupled_chain(std::size_t layers, Eigen::Index inputs, Eigen::Index width) {
  auto stream = base::stream(1, "compare, chain");
  data::Correlations correlations;
  correlations.sigma11 = linalg::Vector::LinSpaced(inputs, 0.1, 1).asDiagonal();
  correlations.sigma31 = linalg::Matrix::NullaryExpr(10, inputs, [&] { return stream.normal(); });
  correlations.sigma31 /= std::sqrt(static_cast<double>(inputs));
  const auto modes = data::singular_modes(correlations.sigma31);
  std::vector<Eigen::Index> units(layers, width);
  units.front() = inputs;
  units.back() = 10;
  // 0.98^99 = 0.14: no depth here is so weak that nothing moves, nor so strong that it diverges.
  const auto strengths = linalg::Matrix::Constant(static_cast<Eigen::Index>(layers) - 1, modes.size(), 0.98);
  return {correlations, network::decoupled_weights(units, modes, strengths, stream).network};
}

void plain_step(network::LinearNetwork<double>& n, const data::Correlations& c, double rate) {
  const int matrices = n.depth().weight_matrices();
  std::vector<linalg::Matrix> above(static_cast<std::size_t>(matrices));
  const auto at = [&](int l) -> linalg::Matrix& { return above[static_cast<std::size_t>(l)]; };
  at(matrices - 1) = n.weight(matrices);
  for (int l = matrices - 1; l >= 1; --l) at(l - 1).noalias() = at(l) * n.weight(l);
  linalg::Matrix below = c.sigma31 - at(0) * c.sigma11.diagonal().asDiagonal();
  for (int l = 1; l < matrices; ++l) {
    const linalg::Matrix next = below * n.weight(l).transpose();
    n.weight(l).noalias() += rate * at(l).transpose() * below;
    below = next;
  }
  n.weight(matrices) += rate * below;
}

}  // namespace dln::compare
