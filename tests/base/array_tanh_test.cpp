// The hyperbolic tangent of arrays against the one of long double.
#include "dln/base/array_tanh.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "dln/base/worst.hpp"

namespace {

using dln::base::arrays::become_tanh;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

TEST(ArrayTanh, IsWithinThreeUlpFromTheSmallestToTheLargest) {
  std::vector<double> x;
  for (double size = 1e-300; size < 1e3; size *= 1.0013)
    for (double sign : {1.0, -1.0}) x.push_back(sign * size);
  for (int i = -40'000; i <= 40'000; ++i) x.push_back(i / 1999.0);
  auto result = x;
  become_tanh(result.data(), static_cast<std::ptrdiff_t>(result.size()));
  dln::base::Worst worst;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double exact = std::tanh(static_cast<long double>(x[i]));
    if (x[i] != 0) worst.see(static_cast<double>(std::abs((result[i] - exact) / exact)));
    EXPECT_EQ(std::signbit(result[i]), std::signbit(x[i]));
    EXPECT_LE(std::abs(result[i]), 1);
  }
  EXPECT_LE(worst.value(), 3 * kEpsilon);
  EXPECT_GT(worst.value(), 0);
}

TEST(ArrayTanh, TakesWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> x{infinity, -infinity, 0.0, -0.0, std::nan("")};
  become_tanh(x.data(), 5);
  EXPECT_EQ(x[0], 1);
  EXPECT_EQ(x[1], -1);
  EXPECT_FALSE(std::signbit(x[2]));
  EXPECT_TRUE(x[3] == 0 && std::signbit(x[3]));
  EXPECT_TRUE(std::isnan(x[4]));
}

// Also in the elements that are left over after the last whole vector.
TEST(ArrayTanh, OfAnElementIsTheSameWhereverItStands) {
  for (std::ptrdiff_t size = 1; size < 40; ++size) {
    std::vector<double> x(static_cast<std::size_t>(size), 0.3);
    become_tanh(x.data(), size);
    for (double value : x) EXPECT_EQ(value, x[0]);
    double alone = 0.3;
    become_tanh(&alone, 1);
    EXPECT_EQ(x[0], alone);
  }
}

}  // namespace
