// Eq 8 in discrete time: descent on its energy, and on equal layers that of Eq 14.
#include "dln/flow/pair_descent.hpp"

#include <gtest/gtest.h>

#include "dln/flow/mode_descent.hpp"

namespace dln::flow {
namespace {

TEST(PairDescent, StepsAgainstTheGradientOfTheError) {
  const double s = 1.3, rate = 0.4, h = 1e-5;
  const auto error = [&](double a, double b) { return (s - a * b) * (s - a * b) / 2; };
  for (double a : {-0.8, 0.5, 1.9})
    for (double b : {-0.2, 1.1}) {
      PairDescent descent(s, rate, {a, b});
      EXPECT_EQ(descent.gap(), s - a * b);
      EXPECT_NEAR(descent.pull(), a * a + b * b, 1e-15);
      EXPECT_NEAR(descent.imbalance(), a * a - b * b, 1e-15);
      descent.step();
      EXPECT_NEAR(descent.layers().a, a - rate * (error(a + h, b) - error(a - h, b)) / (2 * h), 1e-9);
      EXPECT_NEAR(descent.layers().b, b - rate * (error(a, b + h) - error(a, b - h)) / (2 * h), 1e-9);
    }
}

TEST(PairDescent, OfEqualLayersIsThatOfTheMode) {
  PairDescent pair(1.7, 0.2, {0.3, 0.3});
  ModeDescent mode(base::Depth::from_weight_matrices(2), {1.7, 0.09, 0.2});
  for (int k = 0; k < 30; ++k) {
    pair.step();
    mode.step();
    EXPECT_NEAR(pair.gap(), mode.gap(), 1e-14);
    EXPECT_EQ(pair.imbalance(), 0);
  }
}

TEST(PairDescent, RefusesWhatIsOutOfItsDomain) {
  EXPECT_THROW(PairDescent(0, 0.1, {1, 1}), base::DomainError);
  EXPECT_THROW(PairDescent(1, 0, {1, 1}), base::DomainError);
}

}  // namespace
}  // namespace dln::flow
