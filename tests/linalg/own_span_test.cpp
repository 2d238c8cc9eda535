// Columns in the coordinates of their own span, by Cholesky's decomposition and where that would not do.
#include <gtest/gtest.h>

#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::linalg {
namespace {

Matrix gaussian(Eigen::Index rows, Eigen::Index columns) {
  auto stream = base::stream(1, "own span test", rows, columns);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

// Sums of up to 200 products of numbers of one size: 2 rows eps of the whole.
double allowed(const Matrix& gram) {
  return 400 * std::numeric_limits<double>::epsilon() * gram.norm();
}

void expect_the_same_inner_products(const Matrix& a) {
  const Matrix r = coordinates_in_own_span(a), gram = a.transpose() * a;
  EXPECT_EQ(r.rows(), std::min(a.rows(), a.cols()));
  EXPECT_LE((r.transpose() * r - gram).norm(), allowed(gram));
  for (Eigen::Index j = 0; j < r.cols(); ++j)
    for (Eigen::Index i = j + 1; i < r.rows(); ++i) EXPECT_EQ(r(i, j), 0) << "upper triangular";
}

TEST(CoordinatesInOwnSpan, KeepInnerProducts) {
  expect_the_same_inner_products(gaussian(200, 12));
  expect_the_same_inner_products(gaussian(5, 5));
  expect_the_same_inner_products(gaussian(4, 9));
}

TEST(CoordinatesInOwnSpan, KeepThoseOfColumnsThatAreNearlyOrWhollyDependent) {
  Matrix dependent = gaussian(200, 12);
  dependent.col(7) = dependent.col(2) - 2 * dependent.col(3);
  expect_the_same_inner_products(dependent);
  // What sets a column apart from those before it may be lost in the inner products, 1e-14 of which it makes
  // up here; a decomposition of the columns themselves keeps it to some eps of a column's length of 14.
  const Matrix apart = gaussian(200, 1), before = orthonormal_basis(dependent.leftCols(7));
  const double distance = 1e-7 * (apart - before * (before.transpose() * apart)).norm();
  Matrix nearly = dependent;
  nearly.col(7) += 1e-7 * apart;
  expect_the_same_inner_products(nearly);
  EXPECT_NEAR(std::abs(coordinates_in_own_span(nearly)(7, 7)), distance, 1e-12);
  expect_the_same_inner_products(Matrix::Zero(30, 4));
}

TEST(CoordinatesInOwnSpan, RefuseWhatIsNotFinite) {
  Matrix a = gaussian(9, 3);
  a(4, 1) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(coordinates_in_own_span(a), base::NumericalError);
}

}  // namespace
}  // namespace dln::linalg
