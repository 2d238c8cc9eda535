#include "dln/base/depth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace {

using namespace dln::base;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Depth, AThreeLayerNetworkHasTwoWeightMatrices) {
  EXPECT_EQ(Depth::from_layers(3).weight_matrices(), 2);
  EXPECT_EQ(Depth::from_layers(3).layers(), 3);
  EXPECT_EQ(Depth::from_weight_matrices(2).layers(), 3);
  EXPECT_EQ(Depth::from_weight_matrices(2).weight_matrices(), 2);
}

TEST(Depth, BothNamedConstructorsMeanTheSameDepth) {
  for (int matrices = 1; matrices <= 100; ++matrices)
    EXPECT_EQ(Depth::from_layers(matrices + 1), Depth::from_weight_matrices(matrices));
  EXPECT_LT(Depth::from_layers(3), Depth::from_layers(4));
}

TEST(Depth, ANetworkWithoutAWeightMatrixIsRefused) {
  for (int layers : {1, 0, -1, std::numeric_limits<int>::min()})
    EXPECT_THROW(Depth::from_layers(layers), DomainError);
  for (int matrices : {0, -1, std::numeric_limits<int>::min()})
    EXPECT_THROW(Depth::from_weight_matrices(matrices), DomainError);
  EXPECT_NO_THROW(Depth::from_layers(2));
  EXPECT_NO_THROW(Depth::from_weight_matrices(1));
}

TEST(Depth, TheErrorNamesTheValueAndWhatWasWanted) {
  try {
    Depth::from_layers(1);
    FAIL() << "no error";
  } catch (const DomainError& error) {
    EXPECT_STREQ(error.what(), "number of layers N_l = 1: expected 2 or more");
  }
}

// The values the powers of u in Eqs 7, 15 and 16 have: s - u, u (s - u), u^2 (s - u).
TEST(DepthExponent, TheGrowthPowerIsZeroForOneMatrixOneForTwoAndTwoInTheLimit) {
  EXPECT_EQ(DepthExponent(Depth::from_weight_matrices(1)).growth_power(), 0);
  EXPECT_EQ(DepthExponent(Depth::from_weight_matrices(2)).growth_power(), 1);
  EXPECT_EQ(DepthExponent::infinite().growth_power(), 2);
  EXPECT_EQ(DepthExponent::from_real(4).growth_power(), 1.5);
}

TEST(DepthExponent, ADepthCountsItsMatricesNotItsLayers) {
  EXPECT_EQ(DepthExponent(Depth::from_layers(5)), DepthExponent::from_real(4));
  EXPECT_EQ(DepthExponent(Depth::from_layers(5)).weight_matrices(), 4);
}

TEST(DepthExponent, AnyRealDepthOfAtLeastOneIsAllowed) {
  EXPECT_EQ(DepthExponent::from_real(1).weight_matrices(), 1);
  EXPECT_EQ(DepthExponent::from_real(2.5).weight_matrices(), 2.5);
  EXPECT_THROW(DepthExponent::from_real(std::nextafter(1.0, 0.0)), DomainError);
  for (double bad : {0.0, -2.0, kNaN, kInfinity, -kInfinity})
    EXPECT_THROW(DepthExponent::from_real(bad), DomainError) << bad;
}

TEST(DepthExponent, OnlyTheInfiniteDepthIsInfinite) {
  EXPECT_TRUE(DepthExponent::infinite().is_infinite());
  EXPECT_FALSE(DepthExponent::from_real(std::numeric_limits<double>::max()).is_infinite());
  EXPECT_LT(DepthExponent::from_real(1e300), DepthExponent::infinite());
}

}  // namespace
