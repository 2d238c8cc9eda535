#include "dln/network/mode_strengths.hpp"

#include "dln/base/array_tanh.hpp"
#include "dln/base/error.hpp"
#include "dln/linalg/tile_products.hpp"

namespace dln::network {
namespace {

linalg::Matrix times(const linalg::Matrix& a, const auto& b) {
  linalg::Matrix c(a.rows(), b.cols());
  if (linalg::suits_tiles(a.rows(), a.cols(), b.cols()))
    linalg::multiply_tiles(1.0, a, b, c);
  else
    c.noalias() = a * b;
  return c;
}

ModeStrengths from_map(linalg::Matrix map, const data::SingularModes& modes) {
  linalg::Vector diagonal = map.diagonal();
  map.diagonal().setZero();
  return {std::move(diagonal), map.stableNorm() / modes.singular_values.stableNorm()};
}

}  // namespace

ModeStrengths mode_strengths(const LinearNetwork<double>& network, const data::SingularModes& modes) {
  const int matrices = network.depth().weight_matrices();
  // From the modes inwards, so that nothing of size N3 x N1 is formed.
  linalg::Matrix map = modes.output.transpose();
  for (int l = matrices; l >= 1; --l) map = times(map, network.weight(l));
  return from_map(times(map, modes.input), modes);
}

ModeStrengths tanh_mode_strengths(const LinearNetwork<double>& weights, const linalg::Matrix& inputs,
                                  const data::SingularModes& modes) {
  linalg::Matrix hidden = times(weights.weight(1), inputs);
  base::arrays::become_tanh(hidden.data(), hidden.size());
  const auto inwards = times(times(modes.output.transpose(), weights.weight(2)), hidden);
  return from_map(times(times(inwards, inputs.transpose()), modes.input), modes);
}

linalg::Vector growing_strengths(const LinearNetwork<double>& network, const data::SingularModes& modes) {
  base::require(network.depth().weight_matrices() == 2, "weight matrices", network.depth().weight_matrices(),
                "2, a three-layer network");
  const linalg::Matrix a = network.weight(1) * modes.input, b = network.weight(2).transpose() * modes.output;
  return (a + b).colwise().squaredNorm().transpose() / 4;
}

}  // namespace dln::network
