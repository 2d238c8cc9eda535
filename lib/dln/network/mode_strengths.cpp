#include "dln/network/mode_strengths.hpp"

#include "dln/base/error.hpp"

namespace dln::network {
namespace {

ModeStrengths from_map(linalg::Matrix map, const data::SingularModes& modes) {
  linalg::Vector diagonal = map.diagonal();
  map.diagonal().setZero();
  return {std::move(diagonal), map.stableNorm() / modes.singular_values.stableNorm()};
}

}  // namespace

ModeStrengths mode_strengths(const LinearNetwork<double>& network, const data::SingularModes& modes) {
  const int matrices = network.depth().weight_matrices();
  // From the modes inwards, so that nothing of size N3 x N1 is formed.
  linalg::Matrix map = modes.output.transpose() * network.weight(matrices);
  for (int l = matrices - 1; l >= 1; --l) map = linalg::Matrix(map * network.weight(l));
  return from_map(map * modes.input, modes);
}

ModeStrengths tanh_mode_strengths(const LinearNetwork<double>& weights, const linalg::Matrix& inputs,
                                  const data::SingularModes& modes) {
  const linalg::Matrix hidden = (weights.weight(1) * inputs).array().tanh();
  const linalg::Matrix from_inputs = hidden * (inputs.transpose() * modes.input);
  return from_map((modes.output.transpose() * weights.weight(2)) * from_inputs, modes);
}

linalg::Vector growing_strengths(const LinearNetwork<double>& network, const data::SingularModes& modes) {
  base::require(network.depth().weight_matrices() == 2, "weight matrices", network.depth().weight_matrices(),
                "2, a three-layer network");
  const linalg::Matrix a = network.weight(1) * modes.input, b = network.weight(2).transpose() * modes.output;
  return (a + b).colwise().squaredNorm().transpose() / 4;
}

}  // namespace dln::network
