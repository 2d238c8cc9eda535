#include "dln/linalg/decompositions.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>

#include "dln/base/error.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using linalg::Vector;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(1, "decompositions test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

// Backward stable algorithms leave a residual of a modest multiple of eps times the size.
double rounding(Eigen::Index size) {
  return 20 * kEpsilon * static_cast<double>(size);
}

bool descending(const Vector& values) {
  return (values.head(values.size() - 1).array() >= values.tail(values.size() - 1).array()).all();
}

class SingularValuesOfShape : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(SingularValuesOfShape, RebuildTheMatrixFromOrthonormalFactors) {
  const auto [rows, columns] = GetParam();
  const Matrix a = gaussian(rows, columns, 100 * rows + columns);
  const auto svd = linalg::singular_values(a);
  const Eigen::Index r = std::min(rows, columns), size = std::max(rows, columns);
  ASSERT_EQ(svd.u.rows(), rows);
  ASSERT_EQ(svd.u.cols(), r);
  ASSERT_EQ(svd.s.size(), r);
  ASSERT_EQ(svd.v.rows(), columns);
  ASSERT_EQ(svd.v.cols(), r);
  EXPECT_LE(linalg::orthonormality_residual(svd.u), rounding(size));
  EXPECT_LE(linalg::orthonormality_residual(svd.v), rounding(size));
  EXPECT_LE((svd.u * svd.s.asDiagonal() * svd.v.transpose() - a).norm(), rounding(size) * a.norm());
  EXPECT_TRUE(descending(svd.s));
  EXPECT_GE(svd.s.minCoeff(), 0);
}

TEST_P(SingularValuesOfShape, TheLargestEntryOfEveryRightVectorIsPositive) {
  const auto [rows, columns] = GetParam();
  // The same matrix and its negative: one of the two needs every sign turned, whatever Eigen returns.
  const Matrix a = gaussian(rows, columns, 100 * rows + columns);
  const auto plus = linalg::singular_values(a), minus = linalg::singular_values(-a);
  for (const auto& svd : {plus, minus})
    for (Eigen::Index k = 0; k < svd.v.cols(); ++k)
      EXPECT_GT(svd.v.col(k).maxCoeff(), -svd.v.col(k).minCoeff()) << "mode " << k;
  // Vectors move by rounding over the gap between singular values, which is above 1e-3 for these matrices.
  EXPECT_LE((plus.v - minus.v).norm(), 1e-10);
  EXPECT_LE((plus.u + minus.u).norm(), 1e-10);
}

INSTANTIATE_TEST_SUITE_P(Shapes, SingularValuesOfShape,
                         testing::Values(std::pair{7, 4}, std::pair{4, 7}, std::pair{5, 5}, std::pair{40, 25},
                                         std::pair{10, 60}));

TEST(SingularValues, KnowTheLengthsOfOrthogonalColumns) {
  const Matrix a = (Matrix(3, 2) << 0, 4, 3, 0, 0, 3).finished();  // columns of lengths 3 and 5, orthogonal
  const Vector s = linalg::singular_values(a).s;
  EXPECT_NEAR(s[0], 5, 10 * kEpsilon);
  EXPECT_NEAR(s[1], 3, 10 * kEpsilon);
}

// Divide and conquer loses a vector now and then where singular values are zero; what is returned never shows
// it.
TEST(SingularValues, AreRightForEveryMatrixOfLowRank) {
  for (int seed = 1; seed <= 3000; ++seed) {
    auto stream = base::stream(static_cast<std::uint64_t>(seed), "matrix of low rank");
    const auto gaussian = [&](Eigen::Index rows, Eigen::Index columns) {
      return Matrix::NullaryExpr(rows, columns, [&] { return stream.normal(); }).eval();
    };
    const Matrix a = linalg::haar_orthonormal(40, 10, stream) * gaussian(10, 16);
    const auto svd = linalg::singular_values(a);
    ASSERT_LE((svd.u * svd.s.asDiagonal() * svd.v.transpose() - a).norm(), rounding(40) * a.norm()) << seed;
    ASSERT_LE(svd.s.tail(6).maxCoeff(), rounding(40) * a.norm()) << seed;
  }
}

TEST(SingularValues, OfAZeroMatrixAreZero) {
  EXPECT_EQ(linalg::singular_values(Matrix::Zero(3, 5)).s, Vector::Zero(3));
}

TEST(Decompositions, RefuseValuesThatAreNotFinite) {
  for (double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                     -std::numeric_limits<double>::infinity()}) {
    Matrix a = Matrix::Identity(4, 4);
    a(2, 1) = bad;
    EXPECT_THROW(linalg::singular_values(a), base::NumericalError);
    EXPECT_THROW(linalg::symmetric_eigen(a), base::NumericalError);
    EXPECT_THROW(linalg::orthonormal_basis(a), base::NumericalError);
    EXPECT_THROW(linalg::completed_basis(a), base::NumericalError);
    EXPECT_THROW(linalg::completed_basis(a.leftCols(2)), base::NumericalError);
  }
}

TEST(SymmetricEigen, SatisfiesItsDefinitionWithDescendingValues) {
  for (Eigen::Index size : {2, 5, 40}) {
    const Matrix g = gaussian(size, size, static_cast<int>(size)), a = g + g.transpose();
    const auto eigen = linalg::symmetric_eigen(a);
    EXPECT_LE((a * eigen.vectors - eigen.vectors * eigen.values.asDiagonal()).norm(),
              rounding(size) * a.norm());
    EXPECT_LE(linalg::orthonormality_residual(eigen.vectors), rounding(size));
    EXPECT_TRUE(descending(eigen.values));
    EXPECT_NEAR(eigen.values.sum(), a.trace(), rounding(size) * a.norm());
    EXPECT_LT(eigen.values[size - 1], 0);  // indefinite: descending is not the same as descending in size
  }
}

TEST(SymmetricEigen, ReadsTheLowerTriangle) {
  Matrix a = (Matrix(2, 2) << 2, 777, 1, 2).finished();
  const auto eigen = linalg::symmetric_eigen(a);
  EXPECT_NEAR(eigen.values[0], 3, 10 * kEpsilon);
  EXPECT_NEAR(eigen.values[1], 1, 10 * kEpsilon);
}

TEST(HaarOrthonormal, HasOrthonormalColumns) {
  auto stream = base::stream(1, "haar");
  for (auto [rows, columns] : {std::pair{1, 1}, std::pair{5, 1}, std::pair{5, 3}, std::pair{30, 30}}) {
    const Matrix q = linalg::haar_orthonormal(rows, columns, stream);
    ASSERT_EQ(q.rows(), rows);
    ASSERT_EQ(q.cols(), columns);
    EXPECT_LE(linalg::orthonormality_residual(q), rounding(rows));
  }
}

TEST(HaarOrthonormal, MoreColumnsThanDimensionsAreRefused) {
  auto stream = base::stream(1, "haar");
  EXPECT_THROW(linalg::haar_orthonormal(3, 4, stream), base::DomainError);
  EXPECT_THROW(linalg::haar_orthonormal(3, 0, stream), base::DomainError);
  EXPECT_THROW(linalg::haar_orthonormal(3, -1, stream), base::DomainError);
}

TEST(HaarOrthonormal, EveryEntryHasTheMomentsOfTheUniformDistribution) {
  const Eigen::Index n = 4, columns = 3;
  const double draws = 20'000;
  auto stream = base::stream(1, "haar moments");
  Matrix mean = Matrix::Zero(n, columns), square = mean;
  for (int i = 0; i < draws; ++i) {
    const Matrix q = linalg::haar_orthonormal(n, columns, stream);
    mean += q / draws;
    square += q.cwiseAbs2() / draws;
  }
  // A coordinate of a uniform unit vector: E x = 0, E x^2 = 1/n, Var x^2 = 2 (n - 1) / (n^2 (n + 2)). Five
  // deviations of the sample mean. Without the signs of R absorbed the diagonal of the mean is far from 0.
  EXPECT_LE(mean.cwiseAbs().maxCoeff(), 5 * std::sqrt(1.0 / n / draws));
  EXPECT_LE((square.array() - 1.0 / n).abs().maxCoeff(),
            5 * std::sqrt(2.0 * (n - 1) / (n * n * (n + 2)) / draws));
}

TEST(HaarOrthonormal, RotationsAndReflectionsAreEquallyLikely) {
  auto stream = base::stream(1, "haar determinants");
  const int draws = 4000;
  double sum = 0;
  for (int i = 0; i < draws; ++i) sum += linalg::haar_orthonormal(3, 3, stream).determinant();
  EXPECT_NEAR(sum / draws, 0, 5 / std::sqrt(draws));  // a fair sign has variance 1
}

class OrthonormalBasisOf : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(OrthonormalBasisOf, IsOrthonormalAndSpansTheColumns) {
  const auto [rows, columns] = GetParam();
  const Matrix a = gaussian(rows, columns, 200 * rows + columns), q = linalg::orthonormal_basis(a);
  ASSERT_EQ(q.rows(), rows);
  ASSERT_EQ(q.cols(), std::min(rows, columns));
  EXPECT_LE(linalg::orthonormality_residual(q), rounding(rows));
  EXPECT_LE((q * (q.transpose() * a) - a).norm(), rounding(std::max(rows, columns)) * a.norm());
}

TEST_P(OrthonormalBasisOf, SpansTheColumnsOfAMatrixOfLowRankToo) {
  const auto [rows, columns] = GetParam();
  // Rank 1, with columns of zeros in front: a QR that stops at a zero pivot spans nothing of it.
  Matrix low = gaussian(rows, 1, 3) * gaussian(1, columns, 4);
  low.leftCols(columns / 2).setZero();
  for (const Matrix& a : {low, Matrix(Matrix::Zero(rows, columns))}) {
    const Matrix q = linalg::orthonormal_basis(a);
    ASSERT_EQ(q.cols(), std::min(rows, columns));
    EXPECT_LE(linalg::orthonormality_residual(q), rounding(rows));
    EXPECT_LE((q * (q.transpose() * a) - a).norm(), rounding(std::max(rows, columns)) * a.norm());
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, OrthonormalBasisOf,
                         testing::Values(std::pair{7, 4}, std::pair{4, 7}, std::pair{5, 5}, std::pair{60, 11},
                                         std::pair{3, 1}, std::pair{1, 3}));

TEST(OrthonormalBasis, LeavesOutWhatTheColumnsDoNotReach) {
  // Two columns in the plane of the first two axes: nothing along the third.
  const Matrix a = (Matrix(3, 2) << 1, 2, 3, 4, 0, 0).finished();
  EXPECT_LE(linalg::orthonormal_basis(a).row(2).norm(), rounding(3));
}

TEST(CompletedBasis, IsOrthonormalAndBeginsWithTheGivenColumns) {
  auto stream = base::stream(1, "completed basis");
  for (auto [rows, columns] :
       {std::pair{1, 1}, std::pair{5, 1}, std::pair{5, 4}, std::pair{5, 5}, std::pair{40, 13}}) {
    const Matrix given = linalg::haar_orthonormal(rows, columns, stream);
    const Matrix basis = linalg::completed_basis(given);
    ASSERT_EQ(basis.rows(), rows);
    ASSERT_EQ(basis.cols(), rows);
    EXPECT_EQ(basis.leftCols(columns), given);
    EXPECT_LE(linalg::orthonormality_residual(basis), rounding(rows));
  }
}

TEST(CompletedBasis, RefusesColumnsThatAreNotOrthonormal) {
  const Matrix identity = Matrix::Identity(4, 2);
  EXPECT_NO_THROW(linalg::completed_basis(identity));
  EXPECT_THROW(linalg::completed_basis(1.001 * identity), base::NumericalError);
  EXPECT_THROW(linalg::completed_basis(Matrix::Ones(4, 2) / 2), base::NumericalError);  // twice the same
  EXPECT_THROW(linalg::completed_basis(Matrix::Identity(2, 3)), base::NumericalError);  // more than fit
}

}  // namespace
