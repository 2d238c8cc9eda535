#include "dln/linalg/graded_basis.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "dln/base/error.hpp"

namespace dln::linalg {
namespace {

using Eigen::Index;

// e^{g_i} relative to the largest entry that is left, for the rows that are left: products with the rows are
// at most 1. A row of zeros weighs nothing.
Vector relative_weights(const auto& rows, const auto& log_scales) {
  const Vector sizes = rows.cwiseAbs().rowwise().maxCoeff();
  Index largest = 0;
  const double log_size = (log_scales + sizes.array().log().matrix()).maxCoeff(&largest);
  if (!std::isfinite(log_size))
    throw base::NumericalError("graded basis: the rows have not full column rank");
  Vector weights(sizes.size());
  for (Index i = 0; i < sizes.size(); ++i)  // scales are large: their differences first
    weights[i] = sizes[i] > 0 ? std::exp(log_scales[i] - log_scales[largest]) / sizes[largest] : 0.0;
  return weights;
}

// The reflections I - v v^T of every step, in the columns of the result; `order` is that of the rows.
Matrix reflectors(Matrix& rows, Vector& scales, std::vector<Index>& order) {
  const Index m = rows.rows(), n = rows.cols();
  Matrix vectors = Matrix::Zero(m, n);
  for (Index j = 0; j < n; ++j) {
    auto rest = rows.bottomRightCorner(m - j, n - j);
    Vector weights = relative_weights(rest, scales.tail(m - j));
    Index column = 0, pivot = 0;
    (weights.asDiagonal() * rest).colwise().squaredNorm().maxCoeff(&column);
    rest.col(0).swap(rest.col(column));
    weights.cwiseProduct(rest.col(0)).cwiseAbs().maxCoeff(&pivot);
    rows.row(j).swap(rows.row(j + pivot));
    vectors.row(j).swap(vectors.row(j + pivot));
    std::swap(scales[j], scales[j + pivot]);
    std::swap(weights[0], weights[pivot]);
    std::swap(order[static_cast<std::size_t>(j)], order[static_cast<std::size_t>(j + pivot)]);

    Vector v = weights.cwiseProduct(rest.col(0));
    const double norm = v.norm(), head = std::abs(v[0]), twice = 1 / (norm * (norm + head));
    v[0] += std::copysign(norm, v[0]);
    // Below the pivot v is weights times the column, and the weights cancel.
    const Eigen::RowVectorXd along =
        twice * (weights.cwiseProduct(v).transpose() * rest.rightCols(n - j - 1));
    rest.bottomRightCorner(m - j - 1, n - j - 1).noalias() -= rest.col(0).tail(m - j - 1) * along;
    vectors.col(j).tail(m - j) = std::sqrt(twice) * v;
  }
  return vectors;
}

}  // namespace

Matrix graded_basis(Matrix rows, Vector log_scales) {
  const Index m = rows.rows(), n = rows.cols();
  if (m < n || log_scales.size() != m)
    throw base::DomainError(
        fmt::format("graded basis of {} x {} rows with {} scales: expected at least as many "
                    "rows as columns and a scale for each",
                    m, n, log_scales.size()));
  if (!rows.allFinite() || !log_scales.allFinite())
    throw base::NumericalError("graded basis of a matrix that holds a value that is not finite");
  std::vector<Index> order(static_cast<std::size_t>(m));
  for (Index i = 0; i < m; ++i) order[static_cast<std::size_t>(i)] = i;
  const Matrix vectors = reflectors(rows, log_scales, order);
  Matrix permuted = Matrix::Identity(m, n);
  for (Index j = n - 1; j >= 0; --j) {
    const auto v = vectors.col(j).tail(m - j);
    auto block = permuted.bottomRightCorner(m - j, n - j);
    const Eigen::RowVectorXd along = v.transpose() * block;
    block.noalias() -= v * along;
  }
  if (!(orthonormality_residual(permuted) <= 1e-13 * static_cast<double>(m)))
    throw base::NumericalError("graded basis: its columns are not orthonormal");
  Matrix basis(m, n);
  for (Index i = 0; i < m; ++i) basis.row(order[static_cast<std::size_t>(i)]) = permuted.row(i);
  return basis;
}

}  // namespace dln::linalg
