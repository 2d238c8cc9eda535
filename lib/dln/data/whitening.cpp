#include "dln/data/whitening.hpp"

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::data {

Whitened whiten(const Correlations& raw, WhiteScale scale) {
  if (raw.normalisation != Normalisation::sum)
    throw base::DomainError("whitening: expected correlations that are sums over the examples, got means");
  const auto eigen = linalg::symmetric_eigen(raw.sigma11);
  const Eigen::Index size = eigen.values.size();
  if (!(eigen.values[0] > 0))
    throw base::DataError("whitening: all inputs are zero; expected some that are not");
  // Sums over the examples leave rounding of up to some 1e-13 of the largest eigenvalue.
  const double smallest = 1e-12 * eigen.values[0];
  const Eigen::Index rank = (eigen.values.array() > smallest).count();

  const double c = scale == WhiteScale::identity ? 1 : static_cast<double>(raw.examples);
  const linalg::Vector stretch = (c / eigen.values.head(rank).array()).sqrt();
  const linalg::Matrix transform = stretch.asDiagonal() * eigen.vectors.leftCols(rank).transpose();
  const double residual = whiteness_residual((transform * raw.sigma11) * transform.transpose() / c);
  if (!(residual <= 1e-6))
    throw base::NumericalError(fmt::format(
        "whitening: ||Sigma11 - I|| / ||I|| = {}, expected at most 1e-6; the inputs are too nearly "
        "dependent, drop or rescale some of them",
        residual));

  Correlations white = raw;
  white.sigma11 = c * linalg::Matrix::Identity(rank, rank);
  white.sigma31 = raw.sigma31 * transform.transpose();
  if (raw.input_mean.size() == size) white.input_mean = transform * raw.input_mean;
  return {std::move(white), transform, size - rank, residual};
}

}  // namespace dln::data
