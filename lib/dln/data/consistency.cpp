#include "dln/data/consistency.hpp"

#include <algorithm>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::data {
namespace {

constexpr double kConsistent = 0.1, kApproximate = 1.0 / 3;
constexpr double kEqual = 1e-9;  // relative: far above rounding, far below what data tell apart
constexpr double kEmpty = std::numeric_limits<double>::quiet_NaN();

// Neighbours [first, first + size) of a descending list.
struct Run {
  Eigen::Index first, size;
};

// Equal ones together: those within `tolerance(k)` of the one before.
template <class Tolerance>
std::vector<Run> runs_of_equal(const linalg::Vector& descending, Tolerance tolerance) {
  std::vector<Run> runs;
  for (Eigen::Index k = 0; k < descending.size(); ++k)
    if (k > 0 && descending[k - 1] - descending[k] <= tolerance(k))
      ++runs.back().size;
    else
      runs.push_back({k, 1});
  return runs;
}

// Singular values come with an error of a few eps s_1 whatever their own size.
std::vector<Run> runs_of_modes(const SingularModes& modes) {
  const linalg::Vector& s = modes.singular_values;
  const double size = static_cast<double>(std::max(modes.input.rows(), modes.output.rows()));
  return runs_of_equal(s, [&](Eigen::Index k) {
    return kEqual * s[k - 1] + size * std::numeric_limits<double>::epsilon() * s[0];
  });
}

// Written so that a NaN is a violation, but for that of an empty check; a variance that is not positive is
// one too.
ModeVerdict judge(const ModeConsistency& mode, bool check_is_empty) {
  if (!(mode.variance > 0 && (check_is_empty || mode.off_diagonal <= kApproximate)))
    return ModeVerdict::violated;
  return mode.invariance <= kConsistent    ? ModeVerdict::consistent
         : mode.invariance <= kApproximate ? ModeVerdict::approximate
         : check_is_empty                  ? ModeVerdict::violated
                                           : ModeVerdict::misleading;
}

void align(ModeConsistency& mode, const linalg::Vector& overlaps, const std::vector<Run>& eigenspaces) {
  for (const auto& [first, size] : eigenspaces)
    if (const double overlap = overlaps.segment(first, size).norm(); overlap > mode.alignment) {
      mode.alignment = std::min(overlap, 1.0);  // but for rounding
      mode.component = first;
      mode.equal_components = size;
    }
}

// Of a mode that Sigma11 takes to `image`, `column` being its column of B.
ModeConsistency examine(const linalg::Vector& v, const linalg::Vector& image, linalg::Vector column,
                        Eigen::Index mode, bool check_is_empty) {
  ModeConsistency result;
  const double d = column[mode];
  column[mode] = 0;
  result.variance = d;
  result.off_diagonal = check_is_empty ? kEmpty : column.norm() / d;
  result.invariance = (image - d * v).norm() / d;
  result.verdict = judge(result, check_is_empty);
  return result;
}

ConsistencyResiduals residuals_of(const linalg::Matrix& image, const linalg::Matrix& v,
                                  const linalg::Matrix& block, bool check_is_empty) {
  const linalg::Vector d = block.diagonal();
  if (d.size() == 0) return {kEmpty, kEmpty};
  return {check_is_empty ? kEmpty : linalg::off_diagonal_ratio(block),
          (image - v * d.asDiagonal()).norm() / d.norm()};
}

// Fills all that depends on which modes share their s.
void examine_modes(Consistency& result, const linalg::Matrix& v, const linalg::Matrix& image,
                   const std::vector<Run>& runs, const linalg::SymmetricEigen& eigen) {
  const auto eigenspaces =
      runs_of_equal(eigen.values, [&](Eigen::Index) { return kEqual * eigen.values[0]; });
  const bool check_is_empty = runs.size() == 1;
  result.modes = residuals_of(image, v, result.block, check_is_empty);
  if (const Eigen::Index rest = v.cols() - (runs.empty() ? 0 : runs[0].size); rest > 0)
    result.without_leading = residuals_of(image.rightCols(rest), v.rightCols(rest),
                                          result.block.bottomRightCorner(rest, rest), runs.size() == 2);
  for (const auto& [first, size] : runs)
    for (Eigen::Index k = first; k < first + size; ++k) {
      auto mode = examine(v.col(k), image.col(k), result.block.col(k), k, check_is_empty);
      mode.equal_modes = size;
      align(mode, eigen.vectors.transpose() * v.col(k), eigenspaces);
      result.by_mode.push_back(mode);
    }
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

bool Consistency::printed_check_is_empty() const {
  return !by_mode.empty() && by_mode[0].equal_modes == static_cast<Eigen::Index>(by_mode.size());
}

SingularModes turned_within_equal_s(const SingularModes& modes, const linalg::Matrix& sigma11) {
  SingularModes turned = modes;
  for (const auto& [first, size] : runs_of_modes(modes)) {
    if (size == 1) continue;
    const linalg::Matrix v = modes.input.middleCols(first, size);
    const linalg::Matrix turn = linalg::symmetric_eigen(v.transpose() * sigma11 * v).vectors;
    turned.input.middleCols(first, size) = v * turn;
    turned.output.middleCols(first, size) = modes.output.middleCols(first, size) * turn;
  }
  return turned;
}

ConsistencyResiduals consistency_residuals(const linalg::Matrix& sigma11, const linalg::Matrix& v) {
  if (sigma11.rows() != sigma11.cols() || v.rows() != sigma11.rows())
    throw base::DomainError(
        fmt::format("Sigma11 of {} x {} and columns of length {}: expected N1 x N1 and N1", sigma11.rows(),
                    sigma11.cols(), v.rows()));
  const linalg::Matrix image = sigma11 * v;
  return residuals_of(image, v, v.transpose() * image, v.cols() == 1);
}

Consistency consistency(const Correlations& correlations, const SingularModes& modes, std::uint64_t seed) {
  const linalg::Matrix& sigma11 = correlations.sigma11;
  if (sigma11.rows() != sigma11.cols() || modes.input.rows() != sigma11.rows() ||
      modes.input.cols() != modes.size())
    throw base::DomainError(fmt::format("Sigma11 of {} x {} and modes of {} inputs: expected N1 x N1 and N1",
                                        sigma11.rows(), sigma11.cols(), modes.input.rows()));
  const auto eigen = linalg::symmetric_eigen(sigma11);
  const linalg::Matrix v = turned_within_equal_s(modes, sigma11).input, image = sigma11 * v;
  auto stream = base::stream(seed, "consistency, random columns");

  Consistency result;
  result.block = v.transpose() * image;
  result.inputs_off_diagonal = linalg::off_diagonal_ratio(sigma11);
  result.random = consistency_residuals(sigma11, linalg::haar_orthonormal(v.rows(), v.cols(), stream));
  result.variances = eigen.values;
  examine_modes(result, v, image, runs_of_modes(modes), eigen);
  return result;
}

}  // namespace dln::data
