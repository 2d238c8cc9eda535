// The rule that counts plateaus, on curves whose count is known beforehand.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "dln/base/error.hpp"
#include "dln/experiments/learning_speed.hpp"

namespace dln::experiments {
namespace {

// -dE/dt of one logistic mode of singular value s that is half learned at `half`.
double logistic_speed(double s, double half, double t) {
  const double u = s / (1 + std::exp(-2 * s * (t - half)));
  return 2 * u * (s - u) * (s - u);
}

std::vector<double> sampled(double (*speed)(double)) {
  std::vector<double> speeds;
  for (int i = 0; i <= 2000; ++i) speeds.push_back(speed(i * 0.01));
  return speeds;
}

TEST(Plateaus, AreAbsentFromExponentialRelaxation) {
  EXPECT_EQ(count_plateaus(sampled([](double t) { return std::exp(-t); })), 0);
}

TEST(Plateaus, AreOneForASingleSigmoid) {
  EXPECT_EQ(count_plateaus(sampled([](double t) { return logistic_speed(2, 8, t); })), 1);
}

TEST(Plateaus, AreAsManyAsSeparatedTransitions) {
  EXPECT_EQ(count_plateaus(sampled([](double t) {
              return logistic_speed(4, 3, t) + logistic_speed(3, 8, t) + logistic_speed(2, 15, t);
            })),
            3);
}

TEST(Plateaus, MergeWhenTransitionsOverlap) {
  EXPECT_EQ(
      count_plateaus(sampled([](double t) { return logistic_speed(2, 8, t) + logistic_speed(2, 8.2, t); })),
      1);
}

TEST(Plateaus, IgnoreRipplesBelowTheFactor) {
  EXPECT_EQ(count_plateaus(sampled([](double t) { return 1 + 0.3 * std::sin(t); })), 0);
  EXPECT_EQ(count_plateaus(sampled([](double t) { return std::exp(std::sin(t)); })),
            4);  // rises by e^2 each time
}

TEST(Plateaus, IgnoreWhatHappensBelowTheFloor) {
  EXPECT_EQ(
      count_plateaus(sampled([](double t) { return t < 5 ? 1e-9 * (1 + t) : logistic_speed(2, 8, t); })), 1);
  const std::vector<double> late{1, 1e-6, 9e-6, 1e-6, 9e-6};
  EXPECT_EQ(count_plateaus(late), 0);
}

TEST(Plateaus, AreAbsentWhereNothingMoves) {
  const std::vector<double> still(6, 0.0);
  EXPECT_EQ(count_plateaus(still), 0);
}

TEST(Plateaus, DoNotComeFromAnEmptySampleOrANaN) {
  EXPECT_THROW(count_plateaus({}), base::DomainError);
  const std::vector<double> bad{1, std::numeric_limits<double>::quiet_NaN()};
  EXPECT_THROW(count_plateaus(bad), base::DomainError);
}

using Indices = std::vector<std::size_t>;

TEST(Plateaus, AreFoundWhereTheyAreLowest) {
  //                               0  1  2  3  4    5    6  7    8    9  10   11   12 13
  const std::vector<double> speeds{4, 2, 1, 3, 2.5, 1.4, 2, 0.7, 0.9, 2, 1.2, 1.9, 1, 2.5};
  // From the low at 2 it rises to 3; 1.4 is less than half of that, so it may begin again, and its low is at
  // 7 (2 at 6 is no doubling of 1.4); from 2 at 9 it falls by half at 12 only, and rises again.
  EXPECT_EQ(find_plateaus(speeds), (Indices{2, 7, 12}));
  EXPECT_EQ(find_plateaus(speeds, {.rise = 2.9}), (Indices{2, 7})) << "a stricter rule passes over the last";
  EXPECT_EQ(find_plateaus(speeds, {.rise = 5}), (Indices{}));
}

TEST(Plateaus, BeginAtTheFirstSampleWhereTheSpeedOnlyRises) {
  EXPECT_EQ(find_plateaus(std::vector<double>{1, 1.5, 3, 9}), (Indices{0}));
}

TEST(Plateaus, NeedAFallBeforeTheNextOneAndARiseToCount) {
  EXPECT_EQ(find_plateaus(std::vector<double>{1, 3, 2, 8, 5, 16}), (Indices{0})) << "it never fell by half";
  EXPECT_EQ(find_plateaus(std::vector<double>{1, 4, 1, 1.9}), (Indices{0})) << "it never rose again";
  EXPECT_EQ(find_plateaus(std::vector<double>{1, 4, 2, 4}), (Indices{0, 2}))
      << "a factor of exactly two is one";
}

TEST(Plateaus, OfTransitionsAreTheDipsBetweenThem) {
  const auto speeds = sampled(
      [](double t) { return logistic_speed(4, 3, t) + logistic_speed(3, 8, t) + logistic_speed(2, 15, t); });
  // After its middle t1 a mode's speed falls as 2 s^3 e^{-4 s (t - t1)}, before it another's grows as
  // 2 s^3 e^{2 s (t - t2)}. Their sum is lowest where their slopes cancel.
  const auto dip = [](double s1, double t1, double s2, double t2) {
    const double log_of_ratio = 4 * std::log(s1) - 4 * std::log(s2) + std::log(2.0);
    return (4 * s1 * t1 + 2 * s2 * t2 + log_of_ratio) / (4 * s1 + 2 * s2);
  };
  // However far below the floor they lie, where nothing counts for the rule but that they are low.
  for (double floor : {1e-4, 1e-12}) {
    const auto found = find_plateaus(speeds, {.floor = floor});
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found[0], 0u);
    // Half of the 0.01 between samples, and as much again for the e^{-6} or so that these tails leave out.
    EXPECT_NEAR(static_cast<double>(found[1]) * 0.01, dip(4, 3, 3, 8), 0.01);
    EXPECT_NEAR(static_cast<double>(found[2]) * 0.01, dip(3, 8, 2, 15), 0.01);
  }
}

TEST(Plateaus, AreCountedAsTheyAreFound) {
  const std::vector<double> speeds{4, 2, 1, 3, 2.5, 1.4, 2, 0.7, 0.9, 2, 1.2, 1.9, 1, 2.5};
  for (double rise : {1.2, 2.0, 2.9, 5.0}) {
    const PlateauRule rule{.rise = rise};
    EXPECT_EQ(count_plateaus(speeds, rule), static_cast<int>(find_plateaus(speeds, rule).size())) << rise;
  }
  EXPECT_EQ(count_plateaus(speeds), 3);
}

}  // namespace
}  // namespace dln::experiments
