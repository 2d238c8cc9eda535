#include "dln/data/singular_modes.hpp"

#include "dln/linalg/decompositions.hpp"

namespace dln::data {

SingularModes singular_modes(const linalg::Matrix& sigma31) {
  auto svd = linalg::singular_values(sigma31);
  return {std::move(svd.u), std::move(svd.s), std::move(svd.v)};
}

linalg::Matrix in_mode_basis(const linalg::Matrix& w, const SingularModes& modes) {
  return (modes.output.transpose() * w) * modes.input;
}

}  // namespace dln::data
