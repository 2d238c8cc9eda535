#include "dln/data/consistency.hpp"

#include <algorithm>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::data {
namespace {

constexpr double kConsistent = 0.1, kApproximate = 1.0 / 3;

// Written so that a NaN is a violation; a variance that is not positive is one too.
ModeVerdict judge(const ModeConsistency& mode) {
  if (!(mode.variance > 0 && mode.off_diagonal <= kApproximate)) return ModeVerdict::violated;
  return mode.invariance <= kConsistent    ? ModeVerdict::consistent
         : mode.invariance <= kApproximate ? ModeVerdict::approximate
                                           : ModeVerdict::misleading;
}

// Of a mode that Sigma11 takes to `image`, `column` being its column of B.
ModeConsistency examine(const linalg::Vector& v, const linalg::Vector& image, linalg::Vector column,
                        Eigen::Index mode, const linalg::Matrix& components) {
  ModeConsistency result;
  const double d = column[mode];
  column[mode] = 0;
  result.variance = d;
  result.off_diagonal = column.norm() / d;
  result.invariance = (image - d * v).norm() / d;
  result.alignment = (components.transpose() * v).cwiseAbs().maxCoeff(&result.component);
  result.verdict = judge(result);
  return result;
}

ConsistencyResiduals residuals_of(const linalg::Matrix& image, const linalg::Matrix& v,
                                  const linalg::Matrix& block) {
  const linalg::Vector d = block.diagonal();
  if (d.size() == 0) {
    const double none = std::numeric_limits<double>::quiet_NaN();
    return {none, none};
  }
  return {linalg::off_diagonal_ratio(block), (image - v * d.asDiagonal()).norm() / d.norm()};
}

}  // namespace

std::string_view name_of(ModeVerdict verdict) {
  switch (verdict) {
    case ModeVerdict::consistent:
      return "consistent";
    case ModeVerdict::approximate:
      return "approximate";
    case ModeVerdict::misleading:
      return "misleading";
    case ModeVerdict::violated:
      return "violated";
  }
  return "unknown";
}

Eigen::Index Consistency::count(ModeVerdict verdict) const {
  return std::ranges::count(by_mode, verdict, &ModeConsistency::verdict);
}

ConsistencyResiduals consistency_residuals(const linalg::Matrix& sigma11, const linalg::Matrix& v) {
  if (sigma11.rows() != sigma11.cols() || v.rows() != sigma11.rows())
    throw base::DomainError(
        fmt::format("Sigma11 of {} x {} and columns of length {}: expected N1 x N1 and N1", sigma11.rows(),
                    sigma11.cols(), v.rows()));
  const linalg::Matrix image = sigma11 * v;
  return residuals_of(image, v, v.transpose() * image);
}

Consistency consistency(const Correlations& correlations, const SingularModes& modes, std::uint64_t seed) {
  const linalg::Matrix &sigma11 = correlations.sigma11, &v = modes.input;
  if (sigma11.rows() != sigma11.cols() || v.rows() != sigma11.rows() || v.cols() != modes.size())
    throw base::DomainError(fmt::format("Sigma11 of {} x {} and modes of {} inputs: expected N1 x N1 and N1",
                                        sigma11.rows(), sigma11.cols(), v.rows()));
  const auto eigen = linalg::symmetric_eigen(sigma11);
  auto stream = base::stream(seed, "consistency, random columns");
  const auto haar = linalg::haar_orthonormal(v.rows(), v.cols(), stream);

  Consistency result;
  const linalg::Matrix image = sigma11 * v;
  result.block = v.transpose() * image;
  result.modes = residuals_of(image, v, result.block);
  const Eigen::Index rest = v.cols() - 1;
  if (rest > 0)
    result.without_leading =
        residuals_of(image.rightCols(rest), v.rightCols(rest), result.block.bottomRightCorner(rest, rest));
  result.inputs_off_diagonal = linalg::off_diagonal_ratio(sigma11);
  result.random = consistency_residuals(sigma11, haar);
  result.variances = eigen.values;
  for (Eigen::Index k = 0; k < v.cols(); ++k)
    result.by_mode.push_back(examine(v.col(k), image.col(k), result.block.col(k), k, eigen.vectors));
  return result;
}

}  // namespace dln::data
