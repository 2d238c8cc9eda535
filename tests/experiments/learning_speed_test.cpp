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

}  // namespace
}  // namespace dln::experiments
