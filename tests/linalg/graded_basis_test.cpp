// Orthonormal columns for a matrix whose rows differ by any number of decades.
#include "dln/linalg/graded_basis.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::linalg {
namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();

Matrix gaussian(Eigen::Index rows, Eigen::Index columns) {
  auto stream = base::stream(1, "graded rows", rows, columns);
  Matrix a(rows, columns);
  for (double& x : a.reshaped()) x = stream.normal();
  return a;
}

TEST(GradedBasis, SpansTheColumnsWhereAnyBasisDoes) {
  const Matrix a = gaussian(9, 4);
  const Vector scales = Vector::LinSpaced(9, -1, 1);
  const Matrix scaled = scales.array().exp().matrix().asDiagonal() * a;
  const Matrix q = graded_basis(a, scales), any = orthonormal_basis(scaled);
  EXPECT_LE(orthonormality_residual(q), 32 * kEps);
  EXPECT_LE((q * q.transpose() - any * any.transpose()).norm(), 64 * kEps);
}

// One column: its own entries over their norm, each to rounding however small.
TEST(GradedBasis, KeepsTheDigitsOfSmallRows) {
  const Matrix a = gaussian(5, 1);
  const Vector scales = (Vector(5) << -300, 20, -600, 0, -50).finished();
  const Matrix q = graded_basis(a, scales);
  for (Eigen::Index i = 0; i < 5; ++i) {
    const double wanted = std::exp(scales[i] - 20) * a(i, 0) / std::hypot(a(1, 0), std::exp(-20) * a(3, 0));
    EXPECT_NEAR(std::abs(q(i, 0)), std::abs(wanted), 8 * kEps * std::abs(wanted)) << i;
  }
}

// [X; I] with the rows of X decades apart: (I + X^T X)^{-1} X^T goes to the inverse of X, row by row.
TEST(GradedBasis, SeparatesRowsOfAnySize) {
  constexpr int kSize = 4;
  const Matrix x = gaussian(kSize, kSize);
  for (double apart : {1., 30., 300., 1e6}) {
    Matrix stacked(2 * kSize, kSize);
    stacked << x, Matrix::Identity(kSize, kSize);
    Vector scales = Vector::Zero(2 * kSize);
    for (int i = 0; i < kSize; ++i) scales[(i * 3) % kSize] = apart * (i + 40);
    const Matrix q = graded_basis(stacked, scales), top = q.topRows(kSize);
    EXPECT_LE(orthonormality_residual(q), 64 * kEps);
    EXPECT_LE((top * top.transpose() - Matrix::Identity(kSize, kSize)).norm(), 64 * kEps) << apart;
  }
}

TEST(GradedBasis, RefusesWhatHasNoBasis) {
  EXPECT_THROW(graded_basis(gaussian(2, 3), Vector::Zero(2)), base::DomainError);
  EXPECT_THROW(graded_basis(gaussian(3, 2), Vector::Zero(2)), base::DomainError);
  Matrix bad = gaussian(3, 2);
  EXPECT_THROW(graded_basis(bad, Vector::Constant(3, std::numeric_limits<double>::infinity())),
               base::NumericalError);
  bad(0, 0) = std::nan("");
  EXPECT_THROW(graded_basis(bad, Vector::Zero(3)), base::NumericalError);
  EXPECT_THROW(graded_basis(Matrix::Zero(3, 2), Vector::Zero(3)), base::NumericalError);
}

}  // namespace
}  // namespace dln::linalg
