#include "dln/theory/matrix_solution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/linalg/graded_basis.hpp"

namespace dln::theory {
namespace {

using Eigen::Index;
using linalg::Matrix;
using linalg::Vector;

constexpr double kEps = std::numeric_limits<double>::epsilon();

Matrix beside(const Matrix& left, const Matrix& right) {
  Matrix all(left.rows(), left.cols() + right.cols());
  all.leftCols(left.cols()) = left;
  all.rightCols(right.cols()) = right;
  return all;
}

Matrix above(const Matrix& top, const Matrix& bottom) {
  Matrix all(top.rows() + bottom.rows(), top.cols());
  all.topRows(top.rows()) = top;
  all.bottomRows(bottom.rows()) = bottom;
  return all;
}

void require_pair(const Matrix& w21, const Matrix& w32) {
  if (w21.size() == 0 || w32.size() == 0 || w32.cols() != w21.rows())
    throw base::DomainError(fmt::format("W21 : {} x {}, W32 : {} x {}: expected N2 x N1 and N3 x N2",
                                        w21.rows(), w21.cols(), w32.rows(), w32.cols()));
  if (!w21.allFinite() || !w32.allFinite()) throw base::DomainError("W21, W32: expected finite entries only");
}

// q q^T, symmetric to the last bit.
Matrix square(const Matrix& q) {
  Matrix lower = Matrix::Zero(q.rows(), q.rows());
  lower.selfadjointView<Eigen::Lower>().rankUpdate(q);
  return lower.selfadjointView<Eigen::Lower>();
}

// At most as many columns as `given` has and R^N still holds, which together with the orthonormal ones span
// the given ones.
Matrix further_directions(const Matrix& orthonormal, const Matrix& given) {
  const Matrix all = linalg::orthonormal_basis(beside(orthonormal, given));
  return all.rightCols(all.cols() - orthonormal.cols());
}

// The rounding of the largest singular value.
double rounding_of(const Matrix& sigma31, const Vector& s) {
  return 4 * std::sqrt(static_cast<double>(std::max(sigma31.rows(), sigma31.cols()))) * kEps * s[0];
}

std::vector<Index> sets_of_equals(const Vector& s, double rounding) {
  std::vector<Index> sets;
  for (Index k = 0, first = 0; k < s.size(); ++k) {
    if (k == 0 || s[first] - s[k] > rounding) {
      sets.push_back(0);
      first = k;
    }
    ++sets.back();
  }
  return sets;
}

}  // namespace

LambdaBalance lambda_balance(const Matrix& w21, const Matrix& w32) {
  require_pair(w21, w32);
  const double largest = std::max(w21.cwiseAbs().maxCoeff(), w32.cwiseAbs().maxCoeff());
  if (largest == 0) return {0, 0};
  // In units in which the squares of tiny weights do not underflow.
  const Matrix below = w21 / largest, over = w32 / largest;
  Matrix difference = over.transpose() * over - below * below.transpose();
  const double lambda = difference.diagonal().mean();
  difference.diagonal().array() -= lambda;
  return {lambda * largest * largest, difference.norm() / (below.squaredNorm() + over.squaredNorm())};
}

Matrix TangentKernel::operator()(const Vector& x, const Vector& other) const {
  if (x.size() != input_factor.rows() || other.size() != x.size())
    throw base::DomainError(
        fmt::format("inputs of {} and {} numbers: expected {}", x.size(), other.size(), input_factor.rows()));
  const double of_inputs = (input_factor.transpose() * x).dot(input_factor.transpose() * other);
  Matrix kernel = x.dot(other) * output_representation;
  kernel.diagonal().array() += of_inputs;
  return kernel;
}

MatrixSolution::MatrixSolution(const Matrix& w21, const Matrix& w32, const Matrix& sigma31,
                               double time_constant)
    : tau_(time_constant) {
  base::require_positive("tau", tau_);
  const LambdaBalance balance = lambda_balance(w21, w32);
  if (sigma31.rows() != w32.rows() || sigma31.cols() != w21.cols() || !sigma31.allFinite())
    throw base::DomainError(fmt::format("Sigma31 : {} x {}: expected {} x {} finite entries, N3 x N1",
                                        sigma31.rows(), sigma31.cols(), w32.rows(), w21.cols()));
  base::require(balance.residual <= kBalanceTolerance,
                "||W32^T W32 - W21 W21^T - lambda I|| / (||W21||^2 + ||W32||^2)", balance.residual,
                fmt::format("{:g} at most, a lambda-balanced start", kBalanceTolerance));
  hidden_ = w21.rows();
  residual_ = balance.residual;
  size_ = std::hypot(w21.stableNorm(), w32.stableNorm());
  flipped_ = balance.lambda < 0;
  const double trace = static_cast<double>(hidden_) * std::abs(balance.lambda);
  lambda_ = trace > 8 * kEps * size_ * size_ ? std::abs(balance.lambda) : 0;

  const auto svd = linalg::singular_values(sigma31);
  const double rounding = rounding_of(sigma31, svd.s);
  const Index rank = std::count_if(svd.s.begin(), svd.s.end(), [&](double s) { return s > rounding; });
  s_ = svd.s.head(rank);
  sets_ = sets_of_equals(s_, rounding);
  const auto side = [&](const Matrix& vectors, const Matrix& weights) {
    const Matrix basis = beside(vectors, further_directions(vectors, weights));
    return Side{basis, basis.transpose() * weights, {}};
  };
  lower_ = side(svd.v.leftCols(rank), w21.transpose());
  upper_ = side(svd.u.leftCols(rank), w32);
  if (flipped_) std::swap(lower_, upper_);
  compress_hidden_units();
}

// Hidden directions that neither a mode nor the side with fewer directions without signal reaches: there the
// other side's weights have the square |lambda| I, are orthogonal to its own elsewhere, and stay.
void MatrixSolution::compress_hidden_units() {
  const Index r = s_.size();
  Side& fewer = lower_.start.rows() <= upper_.start.rows() ? lower_ : upper_;
  Side& more = lower_.start.rows() <= upper_.start.rows() ? upper_ : lower_;
  if (fewer.start.rows() + r >= hidden_) return;
  Matrix hidden = linalg::orthonormal_basis(above(fewer.start, more.start.topRows(r)).transpose());
  const Matrix without_signal = more.start.bottomRows(more.start.rows() - r);
  const Matrix directions = more.basis.rightCols(without_signal.rows());
  const Matrix moving = without_signal * hidden;
  const Matrix still = without_signal - moving * hidden.transpose();
  if (still.norm() > 8 * kEps * size_) more.still = directions * still;
  fewer.start = fewer.start * hidden;
  if (without_signal.rows() <= hidden.cols()) {
    more.start = more.start * hidden;
    return;
  }
  const Matrix reached = linalg::orthonormal_basis(moving);
  more.start = above(more.start.topRows(r) * hidden, reached.transpose() * moving);
  more.basis = beside(more.basis.leftCols(r), directions * reached);
}

double MatrixSolution::rate(Index mode) const {
  return mode < s_.size() ? std::hypot(s_[mode], lambda_ / 2) : lambda_ / 2;
}

double MatrixSolution::ratio(Index mode) const {
  return mode < s_.size() ? s_[mode] / (rate(mode) + lambda_ / 2) : 0;
}

namespace {

// z, e = E/e^{l t} and e^{-l t} of the head of the header, for one pair with eigenvalues +-l; and how much z
// is still below its limit 1/(l + lambda/2).
struct PairAt {
  double z, e, decay, short_of_limit;
  PairAt(double l, double lambda, double duration) : z(duration), e(1), decay(1), short_of_limit(0) {
    if (l == 0) return;
    const double q = std::exp(-2 * l * duration), gone = -std::expm1(-2 * l * duration);
    const double denominator = l * (1 + q) + gone * (lambda / 2);
    z = gone / denominator;
    e = ((1 + q) + gone * (lambda / (2 * l))) / 2;
    decay = std::exp(-l * duration);
    short_of_limit = 2 * l * q / (denominator * (l + lambda / 2));
  }
  // b + s z a. Late, b may all but cancel against the limit of the rest: a start that runs into a saddle.
  auto grown(const auto& b, const auto& a, double s, double limit) const {
    if (s * short_of_limit < limit / 2) return Eigen::RowVectorXd((b + limit * a) - s * short_of_limit * a);
    return Eigen::RowVectorXd(b + s * z * a);
  }
};

}  // namespace

// Scales are relative to e^{lambda t/2}: what they then grow by, (l - lambda/2) t, keeps its digits for s <<
// lambda.
MatrixSolution::Rows MatrixSolution::rows_after(double duration) const {
  const Index r = s_.size(), low = lower_.start.rows(), up = upper_.start.rows(), n = lower_.start.cols();
  Matrix stacked = Matrix::Zero(low + up + n, n);
  Vector scales = Vector::Constant(low + up + n, -lambda_ / 2 * duration);
  for (Index i = 0; i < low; ++i)
    stacked.row(i) = std::sqrt(PairAt(rate(i), lambda_, duration).z) * lower_.start.row(i);
  for (Index i = 0; i < up; ++i) {
    const PairAt pair(rate(i), lambda_, duration);
    auto row = stacked.row(low + i);
    row = upper_.start.row(i);
    if (i < r) row = pair.grown(upper_.start.row(i), lower_.start.row(i), s_[i], ratio(i));
    row *= std::sqrt(pair.z) * pair.e;
    scales[low + i] = i < r ? s_[i] * ratio(i) * duration : 0;
  }
  stacked.bottomRows(n).setIdentity();

  const Matrix p = linalg::graded_basis(std::move(stacked), std::move(scales));
  Rows rows{p.topRows(low), p.middleRows(low, up)};
  for (Index i = 0; i < low; ++i) {
    const PairAt pair(rate(i), lambda_, duration);
    rows.lower.row(i) *= pair.decay / pair.e / std::sqrt(pair.z);
    if (i < r) rows.lower.row(i) += s_[i] * std::sqrt(pair.z) * rows.upper.row(i);
  }
  for (Index i = 0; i < up; ++i) rows.upper.row(i) /= std::sqrt(PairAt(rate(i), lambda_, duration).z);
  return rows;
}

MatrixSolution::Rows MatrixSolution::rows_at(double t) const {
  base::require(t >= 0, "t", t, "0 or greater, infinity included");
  if (t == 0) return {lower_.start, upper_.start};
  const double duration = t / tau_, fastest = rate(0);
  if (!std::isfinite(duration) || !std::isfinite(fastest * duration)) return rows_in_the_end(grow());
  return rows_after(duration);
}

Matrix MatrixSolution::factor(const Side& side, const Matrix& rows) const {
  const Matrix moving = side.basis * rows;
  return side.still.size() == 0 ? moving : beside(moving, side.still);
}

Matrix MatrixSolution::map_of(const Rows& rows) const {
  return outputs().basis * (outputs_of(rows) * inputs_of(rows).transpose()) * inputs().basis.transpose();
}

Matrix MatrixSolution::end_to_end_at(double t) const {
  return map_of(rows_at(t));
}

Matrix MatrixSolution::input_representation_at(double t) const {
  return square(factor(inputs(), inputs_of(rows_at(t))));
}

Matrix MatrixSolution::output_representation_at(double t) const {
  return square(factor(outputs(), outputs_of(rows_at(t))));
}

Matrix MatrixSolution::gram_at(double t) const {
  const Rows rows = rows_at(t);
  const Matrix in = factor(inputs(), inputs_of(rows)), out = factor(outputs(), outputs_of(rows));
  Matrix gram(in.rows() + out.rows(), in.rows() + out.rows());
  gram.topLeftCorner(in.rows(), in.rows()) = square(in);
  gram.bottomRightCorner(out.rows(), out.rows()) = square(out);
  const Matrix map = map_of(rows);
  gram.bottomLeftCorner(out.rows(), in.rows()) = map;
  gram.topRightCorner(in.rows(), out.rows()) = map.transpose();
  return gram;
}

TangentKernel MatrixSolution::tangent_kernel_at(double t) const {
  const Rows rows = rows_at(t);
  const Matrix out = factor(outputs(), outputs_of(rows));
  return {factor(inputs(), inputs_of(rows)), square(out)};
}

}  // namespace dln::theory
