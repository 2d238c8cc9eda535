// Products of few rows against plain loops, entry by entry.
#include "dln/linalg/small_products.hpp"

#include <gtest/gtest.h>

#include "dln/base/random.hpp"

namespace dln::linalg {
namespace {

Matrix gaussian(Eigen::Index rows, Eigen::Index columns) {
  auto stream = base::stream(1, "small products test", rows, columns);
  return Matrix::NullaryExpr(rows, columns, [&] { return stream.normal(); });
}

// Summed in the order of the inner index, as the header promises: equal to the last bit.
TEST(SmallProducts, AreThoseOfPlainLoopsToTheLastBit) {
  for (Eigen::Index n = 1; n <= kFewRows; ++n) {
    if (!few_rows(n)) continue;
    for (Eigen::Index k : {1L, 7L, 10L, 15L, 40L})
      for (Eigen::Index m : {1L, 9L, 10L, 100L}) {
        const Matrix a = gaussian(n, k), b = gaussian(k, m), bt = b.transpose();
        Matrix product(n, m), by_transpose(n, m), expected = Matrix::Zero(n, m);
        multiply_small(a.data(), b.data(), product.data(), n, k, m);
        multiply_small_by_transpose(a.data(), bt.data(), by_transpose.data(), n, k, m);
        for (Eigen::Index i = 0; i < n; ++i)
          for (Eigen::Index j = 0; j < m; ++j)
            for (Eigen::Index l = 0; l < k; ++l) expected(i, j) += a(i, l) * b(l, j);
        EXPECT_EQ(product, expected) << n << ' ' << k << ' ' << m;
        EXPECT_EQ(by_transpose, expected) << n << ' ' << k << ' ' << m;
      }
  }
}

}  // namespace
}  // namespace dln::linalg
