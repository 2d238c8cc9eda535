// Starts of order one: orthogonal, and Gaussian scaled by the units a layer reads.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::network {
namespace {

using linalg::Matrix;

TEST(OrthogonalWeights, HaveOrthonormalColumnsOrRowsTimesTheirGain) {
  auto stream = base::stream(1, "orthogonal weights");
  const auto network = orthogonal_weights({6, 9, 9, 4}, 1.5, stream);
  const double rounding = 100 * std::numeric_limits<double>::epsilon();
  for (int l = 1; l <= 3; ++l) {
    const Matrix weight = network.weight(l) / 1.5;
    const bool high = weight.rows() >= weight.cols();
    EXPECT_LT(linalg::orthonormality_residual(high ? weight : Matrix(weight.transpose())), rounding) << l;
  }
  EXPECT_GT((network.weight(2) - network.weight(2).transpose()).norm(), 0.1) << "it is not the identity";
}

TEST(OrthogonalWeights, KeepEverySingularValueAtAnyDepth) {
  auto stream = base::stream(2, "orthogonal weights");
  const auto network = orthogonal_weights(std::vector<Eigen::Index>(61, 8), 1, stream);
  const linalg::Vector s = linalg::singular_values(end_to_end(network)).s;
  EXPECT_LT((s.array() - 1).abs().maxCoeff(), 60 * 100 * std::numeric_limits<double>::epsilon());
}

TEST(ScaledGaussianWeights, HaveTheVarianceOfTheUnitsTheyRead) {
  auto stream = base::stream(3, "scaled Gaussian weights");
  const auto network = scaled_gaussian_weights({50, 200, 20}, 0.7, stream);
  for (int l = 1; l <= 2; ++l) {
    const auto weight = network.weight(l);
    const double samples = static_cast<double>(weight.size());
    // A mean of squares of N samples scatters by sqrt(2/N).
    const double variance = 0.49 / static_cast<double>(weight.cols());
    EXPECT_NEAR(weight.squaredNorm() / samples / variance, 1, 5 * std::sqrt(2 / samples)) << l;
    EXPECT_NEAR(weight.mean(), 0, 5 * std::sqrt(variance / samples)) << l;
  }
}

TEST(ScaledStarts, RefuseAGainThatIsNotPositive) {
  auto stream = base::stream(4, "scaled starts");
  for (double gain : {0.0, -1.0, std::nan("")}) {
    EXPECT_THROW(orthogonal_weights({3, 3}, gain, stream), base::DomainError);
    EXPECT_THROW(scaled_gaussian_weights({3, 3}, gain, stream), base::DomainError);
  }
}

}  // namespace
}  // namespace dln::network
