// The exponents of products of Gaussian matrices, where they are known otherwise.
#include "dln/theory/gaussian_product.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace dln::theory {
namespace {

TEST(GaussianProduct, OfNumbersFallsAsTheMeanLogarithmOfANormalVariable) {
  EXPECT_NEAR(gaussian_product_exponent(1, 1), -(std::numbers::egamma + std::numbers::ln2) / 2, 1e-15);
}

// |x|^2/2 of two normal variables is exponential, with mean logarithm -egamma; the second column is left one.
TEST(GaussianProduct, OfTwoByTwoMatricesIsThatOfTheirColumns) {
  EXPECT_NEAR(gaussian_product_exponent(2, 1), -std::numbers::egamma / 2, 1e-15);
  EXPECT_NEAR(gaussian_product_exponent(2, 2), -(std::numbers::egamma + 2 * std::numbers::ln2) / 2, 1e-15);
}

TEST(GaussianProduct, FallsWithTheNumberAndGrowsWithTheGain) {
  for (int i = 2; i <= 100; ++i)
    EXPECT_LT(gaussian_product_exponent(100, i), gaussian_product_exponent(100, i - 1));
  EXPECT_NEAR(gaussian_product_exponent(100, 7, 3) - gaussian_product_exponent(100, 7), std::log(3), 1e-14);
  // ln sqrt(1 - q) at the quantile q, as widths grow: the squares of what is left of a column.
  EXPECT_NEAR(gaussian_product_exponent(100'000, 50'000), std::log(0.5) / 2, 1e-4);
}

TEST(GaussianProduct, RefusesWhatIsOutOfItsDomain) {
  EXPECT_THROW(gaussian_product_exponent(0, 1), base::DomainError);
  EXPECT_THROW(gaussian_product_exponent(5, 0), base::DomainError);
  EXPECT_THROW(gaussian_product_exponent(5, 6), base::DomainError);
  EXPECT_THROW(gaussian_product_exponent(5, 1, 0), base::DomainError);
}

}  // namespace
}  // namespace dln::theory
