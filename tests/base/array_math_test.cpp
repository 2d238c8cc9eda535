// The plain arithmetic of array loops against the standard library in long double.
#include "dln/base/array_math.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/random.hpp"
#include "dln/base/worst.hpp"

namespace dln::base::arrays {
namespace {

// Deviation in units of the last place, eps/2 to eps of the value.
double ulps(double value, long double exact) {
  const long double distance = std::abs(static_cast<long double>(value) - exact);
  return static_cast<double>(distance / (std::numeric_limits<double>::epsilon() * std::abs(exact)));
}

constexpr int kDraws = 100'000;

TEST(ArrayMath, LogarithmKeepsItsDigitsOverAllNormalNumbers) {
  auto draws = stream(1, "array logarithms");
  Worst worst;
  for (int i = 0; i < kDraws; ++i) {
    const double x = std::ldexp(1 + draws.uniform(), static_cast<int>(2040 * draws.uniform()) - 1021);
    const double near_one = 1 + (draws.uniform() - 0.5) * std::pow(10, -12 * draws.uniform());
    for (double y : {x, near_one})
      if (y != 1) worst.see(ulps(log(y), std::log(static_cast<long double>(y))));
  }
  EXPECT_EQ(log(1.0), 0);
  EXPECT_LE(worst.value(), 2);
}

TEST(ArrayMath, LogarithmBesideOneKeepsTheDigitsOfTheDifference) {
  auto draws = stream(2, "array logarithms");
  Worst worst;
  for (int i = 0; i < kDraws; ++i) {
    const double x = std::pow(10, 300 * (draws.uniform() - 0.9));
    worst.see(ulps(log1p(x), std::log1p(static_cast<long double>(x))));
  }
  EXPECT_EQ(log1p(0.0), 0);
  EXPECT_LE(worst.value(), 2);
}

TEST(ArrayMath, ExponentialAndWhatItExceedsOneKeepTheirDigits) {
  auto draws = stream(3, "array exponentials");
  Worst value, minus_one;
  for (int i = 0; i < kDraws; ++i) {
    const double wide = 1400 * (draws.uniform() - 0.5);
    const double small = (draws.uniform() - 0.5) * std::pow(10, -12 * draws.uniform());
    for (double x : {wide, small, 4 * small}) {
      const auto exp = exponential(x);
      value.see(ulps(exp.value, std::exp(static_cast<long double>(x))));
      if (x != 0) minus_one.see(ulps(exp.minus_one, std::expm1(static_cast<long double>(x))));
    }
  }
  EXPECT_EQ(exponential(0).value, 1);
  EXPECT_EQ(exponential(0).minus_one, 0);
  EXPECT_LE(value.value(), 2);
  EXPECT_LE(minus_one.value(), 2);
}

// Where x^p rounds p = 2/3 and ln x as they stand, 1e-300 would cost 500 units.
TEST(ArrayMath, PowersKeepTheirDigitsHoweverSmallTheNumber) {
  auto draws = stream(4, "array powers");
  Worst value, minus_one;
  for (int i = 0; i < kDraws; ++i)
    for (double matrices : {3.0, 3.7, 7.0, 99.0, 1000.0, 1e9}) {
      const double x = std::pow(10, -300 * std::pow(draws.uniform(), 4));
      if (x == 1) continue;
      const auto power = raised(x, SplitPower(2, matrices));
      const long double exponent =
          2 / static_cast<long double>(matrices) * std::log(static_cast<long double>(x));
      value.see(ulps(power.value, std::exp(exponent)));
      minus_one.see(ulps(power.minus_one, std::expm1(exponent)));
    }
  EXPECT_EQ(raised(1.0, SplitPower(2, 3)).minus_one, 0);
  EXPECT_LE(value.value(), 2);
  EXPECT_LE(minus_one.value(), 3);
}

}  // namespace
}  // namespace dln::base::arrays
