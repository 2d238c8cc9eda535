#include "dln/network/mode_strengths.hpp"

namespace dln::network {

ModeStrengths mode_strengths(const LinearNetwork<double>& network, const data::SingularModes& modes) {
  const int matrices = network.depth().weight_matrices();
  // From the modes inwards, so that nothing of size N3 x N1 is formed.
  linalg::Matrix map = modes.output.transpose() * network.weight(matrices);
  for (int l = matrices - 1; l >= 1; --l) map = linalg::Matrix(map * network.weight(l));
  map = linalg::Matrix(map * modes.input);
  linalg::Vector diagonal = map.diagonal();
  map.diagonal().setZero();
  return {std::move(diagonal), map.norm() / modes.singular_values.norm()};
}

}  // namespace dln::network
