#include "dln/linalg/decompositions.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SVD>
#include <algorithm>
#include <optional>

#include "dln/base/error.hpp"
#include "dln/linalg/tile_products.hpp"

namespace dln::linalg {
namespace {

void require_finite(const Matrix& a, const char* what) {
  if (!a.allFinite())
    throw base::NumericalError(fmt::format("{} of a {} x {} matrix that holds a value that is not finite",
                                           what, a.rows(), a.cols()));
}

// Every decomposition is judged by the residual that defines it, relative to the matrix decomposed.
double allowed_residual(double scale, Eigen::Index size) {
  return 1e-13 * static_cast<double>(std::max<Eigen::Index>(size, 10)) * scale;
}

void require_small(double residual, double scale, Eigen::Index size, const char* what) {
  const double allowed = allowed_residual(scale, size);
  if (!(residual <= allowed))
    throw base::NumericalError(fmt::format("{}: residual {} exceeds {}", what, residual, allowed));
}

void fix_signs(SingularValues& svd) {
  for (Eigen::Index k = 0; k < svd.s.size(); ++k) {
    Eigen::Index largest = 0;
    svd.v.col(k).cwiseAbs().maxCoeff(&largest);
    if (svd.v(largest, k) < 0) {
      svd.v.col(k) *= -1;
      svd.u.col(k) *= -1;
    }
  }
}

// Nothing when it did not converge.
std::optional<SingularValues> decomposed(const auto& svd) {
  if (svd.info() != Eigen::Success) return std::nullopt;
  SingularValues result{svd.matrixU(), svd.singularValues(), svd.matrixV()};
  fix_signs(result);
  return result;
}

double rebuilding_residual(const SingularValues& svd, const Matrix& a) {
  return (svd.u * svd.s.asDiagonal() * svd.v.transpose() - a).norm();
}
bool rebuilds(const SingularValues& svd, const Matrix& a) {
  return rebuilding_residual(svd, a) <= allowed_residual(a.norm(), std::max(a.rows(), a.cols()));
}

}  // namespace

SingularValues singular_values(const Matrix& a) {
  base::require(a.size() > 0, "entries of a matrix to be decomposed", 0, "1 or more");
  require_finite(a, "singular value decomposition");
  constexpr int kThin = Eigen::ComputeThinU | Eigen::ComputeThinV;
  // Fast, but about once in a thousand times wrong on a matrix of low rank.
  if (auto quick = decomposed(Eigen::BDCSVD<Matrix>(a, kThin)); quick && rebuilds(*quick, a)) return *quick;
  auto careful = decomposed(Eigen::JacobiSVD<Matrix>(a, kThin));
  if (!careful) throw base::NumericalError("singular value decomposition did not converge");
  require_small(rebuilding_residual(*careful, a), a.norm(), std::max(a.rows(), a.cols()),
                "singular value decomposition");
  return *careful;
}

SymmetricEigen symmetric_eigen(const Matrix& a) {
  require_finite(a, "eigendecomposition");
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(a);
  if (solver.info() != Eigen::Success) throw base::NumericalError("eigendecomposition did not converge");
  SymmetricEigen result{solver.eigenvalues().reverse(), solver.eigenvectors().rowwise().reverse()};
  const Matrix symmetric = a.selfadjointView<Eigen::Lower>();
  const Matrix residual = symmetric * result.vectors - result.vectors * result.values.asDiagonal();
  require_small(residual.norm(), symmetric.norm(), a.rows(), "eigendecomposition");
  return result;
}

Matrix haar_orthonormal(Eigen::Index rows, Eigen::Index columns, base::RandomStream& stream) {
  base::require(columns >= 1 && columns <= rows, "number of orthonormal columns",
                static_cast<double>(columns), fmt::format("1 to {}, the dimension of the space", rows));
  Matrix gaussian(rows, columns);
  for (Eigen::Index j = 0; j < columns; ++j)
    for (Eigen::Index i = 0; i < rows; ++i) gaussian(i, j) = stream.normal();
  const Eigen::HouseholderQR<Matrix> qr(gaussian);
  Matrix q = qr.householderQ() * Matrix::Identity(rows, columns);
  for (Eigen::Index j = 0; j < columns; ++j)
    if (qr.matrixQR()(j, j) < 0) q.col(j) *= -1;
  require_small(orthonormality_residual(q), 1, rows, "QR decomposition");
  return q;
}

Matrix orthonormal_basis(const Matrix& a) {
  require_finite(a, "QR decomposition");
  const Eigen::HouseholderQR<Matrix> qr(a);
  const Matrix q = qr.householderQ() * Matrix::Identity(a.rows(), std::min(a.rows(), a.cols()));
  require_small(orthonormality_residual(q), 1, a.rows(), "QR decomposition");
  Matrix rebuilt(a.rows(), a.cols());
  multiply_tiles(a, -1.0, q, inner_products(q, a), rebuilt);
  require_small(rebuilt.norm(), a.norm(), a.rows(), "QR decomposition");
  return q;
}

namespace {

// By Cholesky's decomposition of a^T a, in a fraction of the time: nothing where that is so near to singular
// that rounding might decide. Rounding moves R^T R by eps ||a||^2 and no more, whatever it does to R.
std::optional<Matrix> cholesky_factor(const Matrix& gram) {
  const Eigen::LLT<Matrix> llt(gram);
  if (llt.info() != Eigen::Success) return std::nullopt;
  Matrix r = llt.matrixU();
  const double smallest = r.diagonal().minCoeff(), largest = r.diagonal().maxCoeff();
  if (!(smallest * smallest > 1e-13 * static_cast<double>(gram.rows()) * largest * largest))
    return std::nullopt;
  return r;
}

}  // namespace

Matrix coordinates_in_own_span(const Matrix& a) {
  require_finite(a, "QR decomposition");
  const Matrix gram = inner_products(a, a);
  std::optional<Matrix> r = a.rows() > a.cols() ? cholesky_factor(gram) : std::nullopt;
  if (!r) {
    const Eigen::HouseholderQR<Matrix> qr(a);
    r = qr.matrixQR().topRows(std::min(a.rows(), a.cols())).triangularView<Eigen::Upper>();
  }
  require_small((r->transpose() * *r - gram).norm(), gram.norm(), a.rows(), "QR decomposition");
  return *r;
}

Matrix completed_basis(const Matrix& columns) {
  require_small(orthonormality_residual(columns), 1, columns.rows(), "basis to be completed");
  if (columns.cols() == columns.rows()) return columns;
  const Eigen::HouseholderQR<Matrix> qr(columns);
  Matrix basis = qr.householderQ() * Matrix::Identity(columns.rows(), columns.rows());
  basis.leftCols(columns.cols()) = columns;  // QR may have turned their signs
  require_small(orthonormality_residual(basis), 1, columns.rows(), "completion of a basis");
  return basis;
}

}  // namespace dln::linalg
