// Thin products against plain loops, entry by entry.
#include "dln/linalg/thin_products.hpp"

#include <gtest/gtest.h>

#include "dln/base/random.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using linalg::strided;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns) {
  auto stream = base::stream(1, "thin products test", rows, columns);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

// In the order of the inner index, one operation after the other.
Matrix summed_in_order(double factor, const Matrix& a, const Matrix& b) {
  Matrix c = Matrix::Zero(a.rows(), b.cols());
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    for (Eigen::Index j = 0; j < b.cols(); ++j)
      for (Eigen::Index l = 0; l < a.cols(); ++l) c(i, j) += factor * a(i, l) * b(l, j);
  return c;
}

class ThinProductsOfRows : public testing::TestWithParam<Eigen::Index> {};

TEST_P(ThinProductsOfRows, AreSummedInTheOrderOfTheInnerIndex) {
  const Eigen::Index n = GetParam();
  for (Eigen::Index k : {1, 3, 20, 37})
    for (Eigen::Index m : {1, 3, 4, 9}) {
      const Matrix a = gaussian(n, k), b = gaussian(k, m), before = gaussian(n, m);
      const Matrix at = a.transpose(), bt = b.transpose();
      Matrix c = before;
      linalg::multiply_thin(-0.5, strided(a), strided(b), linalg::Into::fresh, c.data(), n);
      EXPECT_EQ(c, summed_in_order(-0.5, a, b));
      c = before;
      linalg::multiply_thin(3, strided(at.transpose()), strided(bt.transpose()), linalg::Into::sum, c.data(),
                            n);
      EXPECT_EQ(c, before + summed_in_order(3, a, b));
    }
}

TEST_P(ThinProductsOfRows, LeaveWhatIsBesideThemAlone) {
  const Eigen::Index n = GetParam();
  const Matrix a = gaussian(2 * n, 5), b = gaussian(5, 6), before = gaussian(2 * n + 3, 6);
  Matrix c = before;
  linalg::multiply_thin(1, strided(a.bottomRows(n)), strided(b), linalg::Into::fresh, c.data() + 1,
                        c.outerStride());
  EXPECT_EQ(c.middleRows(1, n), summed_in_order(1, a.bottomRows(n), b));
  EXPECT_EQ(c.topRows(1), before.topRows(1));
  EXPECT_EQ(c.bottomRows(n + 2), before.bottomRows(n + 2));
}

INSTANTIATE_TEST_SUITE_P(Rows, ThinProductsOfRows,
                         testing::Values(1, 3, 4, 5, 8, 10, 12, 13, 16, 23, 24, 50));

}  // namespace
