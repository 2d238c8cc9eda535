// The end of the flow: which growing directions a lambda-balanced start reaches, and the map they leave
// behind.
#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/linalg/decompositions.hpp"
#include "dln/theory/matrix_solution.hpp"

namespace dln::theory {

using Eigen::Index;
using linalg::Matrix;
using linalg::Vector;

// f^T Q0 for the growing directions f, normalised, in descending order of l; then, when lambda > 0, those
// without signal on the upper side.
Matrix MatrixSolution::growing_rows() const {
  const Index r = s_.size(), up = lambda_ > 0 ? upper_.start.rows() : r;
  Matrix rows = upper_.start.topRows(up);
  for (Index i = 0; i < r; ++i) {
    rows.row(i) += ratio(i) * lower_.start.row(i);
    rows.row(i) /= std::hypot(1, ratio(i));
  }
  return rows;
}

// Row i of P tends to what its set of equal eigenvalues adds to the hidden directions of the sets before.
MatrixSolution::Growth MatrixSolution::grow() const {
  const Matrix rows = growing_rows();
  const Index r = s_.size(), n = rows.cols();
  const auto rank_of = [&](const Vector& s) {
    const double least = size_ * (64 * std::numeric_limits<double>::epsilon() + residual_);
    return std::count_if(s.begin(), s.end(), [&](double value) { return value > least; });
  };
  std::vector<Index> sets = sets_;
  if (rows.rows() > r) sets.push_back(rows.rows() - r);
  Growth growth{Matrix::Zero(upper_.start.rows(), n), {}, Matrix(0, 0)};
  Matrix taken(n, 0);
  Index first = 0;
  for (const Index count : sets) {
    const auto so_far = linalg::singular_values(rows.topRows(first + count));
    const Index rank = rank_of(so_far.s), added = std::max<Index>(rank - taken.cols(), 0);
    if (added > 0) {
      const Matrix reached = so_far.v.leftCols(rank);
      const Matrix fresh =
          linalg::singular_values(reached - taken * (taken.transpose() * reached)).u.leftCols(added);
      const Matrix of_set = linalg::orthonormal_basis(rows.middleRows(first, count) * fresh);
      growth.rows.middleRows(first, count) = of_set * fresh.transpose();
      taken.conservativeResize(n, rank);
      taken.rightCols(added) = fresh;
    }
    growth.learned.push_back(added);
    first += count;
    if (first <= std::min(hidden_, r)) growth.lacking = so_far.u.rightCols(so_far.u.cols() - rank);
  }
  growth.learned.resize(sets_.size());
  return growth;
}

MatrixSolution::Rows MatrixSolution::rows_in_the_end(const Growth& growth) const {
  Rows rows{Matrix::Zero(lower_.start.rows(), lower_.start.cols()), growth.rows};
  for (Index i = 0; i < rows.upper.rows(); ++i) {
    const double strength = std::sqrt(rate(i) + lambda_ / 2);
    if (i < s_.size()) rows.lower.row(i) = s_[i] / strength * rows.upper.row(i);
    rows.upper.row(i) *= strength;
  }
  return rows;
}

MatrixOutcome MatrixSolution::outcome() const {
  const Growth growth = grow();
  MatrixOutcome outcome{map_of(rows_in_the_end(growth)), true, 0, growth.learned, {}, sets_, {}};
  Index first = 0, left = hidden_;
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    const double s = s_[first];
    const Index best = std::min(sets_[i], left), missed = best - growth.learned[i];
    outcome.singular_values.push_back(s);
    outcome.excess += s * s / 2 * static_cast<double>(missed);
    if (missed != 0) outcome.least_error = false;
    first += sets_[i];
    left -= best;
  }
  const Index modes = growth.lacking.rows();
  Vector down(modes), up(modes);
  for (Index i = 0; i < modes; ++i) {
    up[i] = 1 / std::hypot(1, ratio(i));
    down[i] = ratio(i) * up[i];
  }
  const Matrix lower = lower_.basis.leftCols(modes) * down.asDiagonal() * growth.lacking;
  const Matrix upper = upper_.basis.leftCols(modes) * up.asDiagonal() * growth.lacking;
  outcome.lacking.resize(lower.rows() + upper.rows(), growth.lacking.cols());
  outcome.lacking.topRows(inputs().basis.rows()) = flipped_ ? upper : lower;
  outcome.lacking.bottomRows(outputs().basis.rows()) = flipped_ ? lower : upper;
  return outcome;
}

}  // namespace dln::theory
