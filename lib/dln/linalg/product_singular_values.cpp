#include "dln/linalg/product_singular_values.hpp"

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::linalg {
namespace {

// R_n ... R_1 where factor_l Q_{l-1} = Q_l R_l: upper triangular, its rows of all sizes and each as exact as
// its own size; divided by e^scale.
struct Graded {
  Matrix rows;
  double scale = 0;
};

// A row that was not zero and is not made so may not get lost below the smallest double.
void require_held(const Matrix& rows, const Matrix& before, const Matrix& r) {
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const double size = rows.row(i).cwiseAbs().maxCoeff();
    if (before(i, i) != 0 && r(i, i) != 0 && !(size > 1e-290))
      throw base::NumericalError(fmt::format(
          "singular values of a product: the least is {} of the largest, expected at least 1e-290; "
          "take fewer factors",
          size));
  }
}

Graded triangular_product(std::span<const Matrix> factors) {
  const Eigen::Index n = factors.front().rows();
  Graded graded{Matrix::Identity(n, n)};
  Matrix basis = graded.rows;
  for (const Matrix& factor : factors) {
    if (factor.rows() != n || factor.cols() != n)
      throw base::DomainError(
          fmt::format("factor {} x {}: expected {} x {}, as the first", factor.rows(), factor.cols(), n, n));
    const Matrix turned = factor * basis;
    basis = orthonormal_basis(turned);
    const Matrix r = (basis.transpose() * turned).triangularView<Eigen::Upper>();
    const Matrix before = graded.rows;
    graded.rows = r * before;
    const double largest = graded.rows.cwiseAbs().maxCoeff();
    if (!(largest > 0)) break;
    graded.rows /= largest;
    require_held(graded.rows, before, r);
    graded.scale += std::log(largest);
  }
  return graded;
}

// One-sided Jacobi: turns pairs of columns until all are orthogonal. On columns of different sizes it finds
// each singular value relative to itself. Returns how far the pairs were from orthogonal.
double sweep(Matrix& a) {
  double worst = 0;
  for (Eigen::Index i = 0; i < a.cols(); ++i)
    for (Eigen::Index j = i + 1; j < a.cols(); ++j) {
      const double p = a.col(i).stableNorm(), q = a.col(j).stableNorm();
      if (p == 0 || q == 0) continue;
      const double cosine = (a.col(i) / p).dot(a.col(j) / q);
      worst = std::max(worst, std::abs(cosine));
      if (std::abs(cosine) < std::numeric_limits<double>::epsilon()) continue;
      const double zeta = (q / p - p / q) / (2 * cosine);
      const double t = std::copysign(1 / (std::abs(zeta) + std::hypot(1.0, zeta)), zeta);
      const double c = 1 / std::hypot(1.0, t), s = c * t;
      const Vector left = c * a.col(i) - s * a.col(j);
      a.col(j) = (s * a.col(i) + c * a.col(j)).eval();
      a.col(i) = left;
    }
  return worst;
}

}  // namespace

Vector log_singular_values_of_product(std::span<const Matrix> factors) {
  if (factors.empty()) throw base::DomainError("factors of a product: expected at least one, got none");
  Graded graded = triangular_product(factors);
  Matrix columns = graded.rows.transpose();
  const double enough = 10 * static_cast<double>(columns.rows()) * std::numeric_limits<double>::epsilon();
  int left = 60;
  while (sweep(columns) > enough)
    if (--left == 0) throw base::NumericalError("singular values of a product: did not converge");
  Vector logs(columns.cols());
  for (Eigen::Index i = 0; i < logs.size(); ++i) logs[i] = std::log(columns.col(i).stableNorm());
  logs.array() += graded.scale;
  std::ranges::sort(logs, std::greater<>());
  return logs;
}

}  // namespace dln::linalg
