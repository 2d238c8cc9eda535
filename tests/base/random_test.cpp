#include "dln/base/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string_view>
#include <vector>

namespace {

using namespace dln::base;
using namespace std::string_view_literals;

std::vector<double> first_numbers(RandomStream stream, int count = 8) {
  std::vector<double> numbers;
  for (int i = 0; i < count; ++i) numbers.push_back(stream.uniform());
  return numbers;
}

TEST(RandomStream, TheSameCoordinatesGiveTheSameNumbers) {
  EXPECT_EQ(first_numbers(stream(7, "run", 1, 2)), first_numbers(stream(7, "run", 1, 2)));
  auto one = stream(7, "run"), two = stream(7, "run");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(one.normal(), two.normal());
}

TEST(RandomStream, EverythingThatNamesAStreamChangesIt) {
  const std::vector<std::vector<double>> all{
      first_numbers(stream(7, "run", 1, 2)),
      first_numbers(stream(8, "run", 1, 2)),
      first_numbers(stream(7, "ruN", 1, 2)),
      first_numbers(stream(7, "run", 1, 3)),
      first_numbers(stream(7, "run", 0, 2)),
      first_numbers(stream(7, "run", 2, 1)),
      first_numbers(stream(7, "run", 1)),
      first_numbers(stream(7, "run", 1, 2, 0)),
      first_numbers(stream(7, "run")),
      first_numbers(stream(7, "", 1, 2)),
      first_numbers(stream(7 + (1ull << 32), "run", 1, 2)),  // the upper halves count too
      first_numbers(stream(7, "run", 1, 2 + (1ull << 32))),
      first_numbers(stream(7, "run", 1, -2)),
  };
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(all[i], all[j]) << i << " and " << j;
}

TEST(RandomStream, ANameDoesNotRunIntoItsCoordinates) {
  EXPECT_NE(first_numbers(stream(7, "ab")), first_numbers(stream(7, "a", 'b')));
  // Letter by letter and half by half these two are the same words: a, b, 0.
  EXPECT_NE(first_numbers(stream(7, "ab\0"sv)), first_numbers(stream(7, "a", 'b')));
}

// Estimates from n draws scatter by sqrt(variance / n); the seeds are fixed, and five of those were allowed.
constexpr int kDraws = 200'000;
double five_deviations(double variance) {
  return 5 * std::sqrt(variance / kDraws);
}

TEST(RandomStream, NormalNumbersHaveTheMomentsOfTheNormalDistribution) {
  auto numbers = stream(1, "moments");
  double first = 0, second = 0, third = 0, fourth = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = numbers.normal();
    first += x / kDraws, second += x * x / kDraws;
    third += x * x * x / kDraws, fourth += x * x * x * x / kDraws;
  }
  EXPECT_NEAR(first, 0, five_deviations(1));
  EXPECT_NEAR(second, 1, five_deviations(2));   // Var x^2 = 3 - 1
  EXPECT_NEAR(third, 0, five_deviations(15));   // Var x^3 = 15
  EXPECT_NEAR(fourth, 3, five_deviations(96));  // Var x^4 = 105 - 9
}

TEST(RandomStream, UniformNumbersFillTheHalfOpenUnitInterval) {
  auto numbers = stream(1, "uniform");
  double first = 0, second = 0, smallest = 1, largest = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = numbers.uniform();
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 1);
    first += x / kDraws, second += x * x / kDraws;
    smallest = std::min(smallest, x), largest = std::max(largest, x);
  }
  EXPECT_NEAR(first, 1.0 / 2, five_deviations(1.0 / 12));
  EXPECT_NEAR(second, 1.0 / 3, five_deviations(1.0 / 5 - 1.0 / 9));
  // That all n stay further than 20 / n from an end has the probability e^-20.
  EXPECT_LT(smallest, 20.0 / kDraws);
  EXPECT_GT(largest, 1 - 20.0 / kDraws);
}

TEST(RandomStream, BernoulliHappensAsOftenAsItsProbabilitySays) {
  auto numbers = stream(1, "coins");
  double hits = 0;
  for (int i = 0; i < kDraws; ++i) hits += numbers.bernoulli(0.1);
  EXPECT_NEAR(hits / kDraws, 0.1, five_deviations(0.1 * 0.9));
  for (int i = 0; i < 1000; ++i) {
    ASSERT_FALSE(numbers.bernoulli(0));
    ASSERT_TRUE(numbers.bernoulli(1));
  }
}

TEST(RandomStream, NeighbouringStreamsAreUncorrelated) {
  double product = 0;
  for (int run = 0; run < kDraws / 100; ++run) {
    auto here = stream(1, "run", run), there = stream(1, "run", run + 1);
    for (int i = 0; i < 100; ++i) product += here.normal() * there.normal() / kDraws;
  }
  EXPECT_NEAR(product, 0, five_deviations(1));
}

// Not a law but a promise: results of a seed can be repeated on any machine, with any standard library. These
// were printed by this very code; when they change, every published run changes.
TEST(RandomStream, TheFirstNumbersOfAStreamAreTheSameOnEveryMachine) {
  EXPECT_EQ(stream(1, "pinned", 2, 3).uniform(), 0.77028092458399788);
  EXPECT_EQ(stream(1, "pinned", 2, 3).normal(), -0.54418776820238945);
}

}  // namespace
