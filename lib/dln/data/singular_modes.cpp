#include "dln/data/singular_modes.hpp"

#include <algorithm>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::data {

SingularModes singular_modes(const linalg::Matrix& sigma31) {
  if (sigma31.size() == 0) throw base::DataError("Sigma31 is empty: expected inputs that are not all zero");
  const auto svd = linalg::singular_values(sigma31);
  const double size = static_cast<double>(std::max(sigma31.rows(), sigma31.cols()));
  const double smallest = size * std::numeric_limits<double>::epsilon() * svd.s.maxCoeff();
  const Eigen::Index rank = (svd.s.array() > smallest).count();
  if (rank == 0) throw base::DataError("Sigma31 is zero: expected inputs and targets that are correlated");
  return {svd.u.leftCols(rank), svd.s.head(rank), svd.v.leftCols(rank)};
}

linalg::Matrix in_mode_basis(const linalg::Matrix& w, const SingularModes& modes) {
  return (modes.output.transpose() * w) * modes.input;
}

}  // namespace dln::data
