#include "dln/data/whitening.hpp"

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::data {

PrincipalComponents in_principal_components(const Correlations& raw) {
  const auto eigen = linalg::symmetric_eigen(raw.sigma11);
  if (!(eigen.values[0] > 0)) throw base::DataError("all inputs are zero; expected some that are not");
  const Eigen::Index rank = (eigen.values.array() > 1e-12 * eigen.values[0]).count();
  PrincipalComponents found{raw, eigen.vectors.leftCols(rank)};
  found.correlations.sigma11 = eigen.values.head(rank).asDiagonal();
  found.correlations.sigma31 = raw.sigma31 * found.basis;
  if (raw.input_mean.size() == found.basis.rows())
    found.correlations.input_mean = found.basis.transpose() * raw.input_mean;
  return found;
}

Whitened whiten(const Correlations& raw, WhiteScale scale) {
  if (raw.normalisation != Normalisation::sum)
    throw base::DomainError("whitening: expected correlations that are sums over the examples, got means");
  const auto [components, basis] = in_principal_components(raw);
  const linalg::Vector variances = components.sigma11.diagonal();
  const Eigen::Index size = raw.sigma11.rows(), rank = variances.size();

  const double c = scale == WhiteScale::identity ? 1 : static_cast<double>(raw.examples);
  const linalg::Vector stretch = (c / variances.array()).sqrt();
  const linalg::Matrix transform = stretch.asDiagonal() * basis.transpose();
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
