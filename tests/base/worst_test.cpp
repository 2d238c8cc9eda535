#include "dln/base/worst.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace dln::base {
namespace {

double worst(const std::vector<double>& deviations) {
  Worst worst;
  for (double deviation : deviations) worst.see(deviation);
  return worst.value();
}

TEST(Worst, IsTheLargest) {
  EXPECT_EQ(worst({1, 3, 2}), 3);
  EXPECT_EQ(worst({-5, -7}), -5);
}

TEST(Worst, IsNaNOfAnEmptySample) {
  EXPECT_TRUE(std::isnan(worst({})));
}

TEST(Worst, StaysNaNWhereverTheNaNComes) {
  const double nan = std::nan("");
  EXPECT_TRUE(std::isnan(worst({nan, 1, 2})));
  EXPECT_TRUE(std::isnan(worst({1, nan, 2})));
  EXPECT_TRUE(std::isnan(worst({1, 2, nan})));
}

}  // namespace
}  // namespace dln::base
