// Singular values of long products, each relative to itself.
#include "dln/linalg/product_singular_values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::linalg {
namespace {

Matrix gaussian(Eigen::Index n, base::RandomStream& stream) {
  return Matrix::NullaryExpr(n, n, [&] { return stream.normal(); });
}

TEST(ProductSingularValues, AreThoseOfTheProductWhileItHoldsThem) {
  auto stream = base::stream(1, "product singular values");
  const std::vector<Matrix> factors{gaussian(7, stream), gaussian(7, stream), gaussian(7, stream)};
  const Vector logs = log_singular_values_of_product(factors);
  const Vector plain = singular_values(factors[2] * factors[1] * factors[0]).s.array().log();
  EXPECT_LT((logs - plain).cwiseAbs().maxCoeff(), 1e-11);  // the plain ones relative to the largest
}

// Factors share their bases, so that the product's singular values are powers of theirs.
TEST(ProductSingularValues, KeepTheirDigitsOverADecadeOfDecades) {
  auto stream = base::stream(2, "product singular values");
  const Matrix q = haar_orthonormal(5, 5, stream);
  const Vector d = (Vector(5) << 2, 1, 0.3, 0.05, 0.01).finished();
  const int count = 60;
  const std::vector<Matrix> factors(count, q * d.asDiagonal() * q.transpose());
  const Vector logs = log_singular_values_of_product(factors);
  EXPECT_LT(logs[4], -270) << "far below eps times the largest";
  // A factor holds its least singular value to eps/0.01.
  const double rounding = count * 5 * std::numeric_limits<double>::epsilon() * 2 / 0.01;
  EXPECT_LT((logs - count * d.array().log().matrix()).cwiseAbs().maxCoeff(), rounding);
}

TEST(ProductSingularValues, SumToTheLogarithmsOfTheDeterminants) {
  auto stream = base::stream(3, "product singular values");
  std::vector<Matrix> factors;
  double sum = 0;
  for (int l = 0; l < 50; ++l) {
    factors.push_back(gaussian(12, stream) / std::sqrt(12.0));
    sum += singular_values(factors.back()).s.array().log().sum();
  }
  const Vector logs = log_singular_values_of_product(factors);
  EXPECT_NEAR(logs.sum() / sum, 1, 1e-11);
  for (Eigen::Index i = 1; i < logs.size(); ++i) EXPECT_LT(logs[i], logs[i - 1]);
}

TEST(ProductSingularValues, RefuseWhatIsNoProductOfSquareMatrices) {
  EXPECT_THROW(log_singular_values_of_product({}), base::DomainError);
  const std::vector<Matrix> unlike{Matrix::Identity(3, 3), Matrix::Identity(4, 4)};
  EXPECT_THROW(log_singular_values_of_product(unlike), base::DomainError);
  const std::vector<Matrix> nan{Matrix::Constant(2, 2, std::nan(""))};
  EXPECT_THROW(log_singular_values_of_product(nan), base::NumericalError);
  const auto powers = [](std::size_t count) {
    return log_singular_values_of_product(
        std::vector<Matrix>(count, Eigen::Vector2d(1, 1e-100).asDiagonal()));
  };
  EXPECT_NEAR(powers(2)[1], 200 * std::log(0.1), 1e-10);
  EXPECT_THROW(powers(4), base::NumericalError) << "400 decades apart";
  const std::vector<Matrix> singular{Eigen::Vector2d(2, 0).asDiagonal(), Eigen::Vector2d(3, 1).asDiagonal()};
  EXPECT_EQ(log_singular_values_of_product(singular)[1], -std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace dln::linalg
