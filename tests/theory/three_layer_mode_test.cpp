// What holds of the three-layer law alone: its plateau, its fixed point at the origin, the claim after Eq 11.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/theory/mode_law_suite.hpp"

namespace dln::theory {
namespace {

using Mode = ThreeLayerMode<double>;

TEST(ThreeLayerMode, StaysAtTheOriginWhereNothingElseIsReached) {
  const Mode m({.singular_value = 2, .initial_strength = 0, .time_constant = 3});
  EXPECT_EQ(strength_at(m, 1e6), 0);
  EXPECT_EQ(strength_gap_at(m, 1e6), 2);
  EXPECT_EQ(time_to_reach(m, 0), 0);
  EXPECT_THROW(time_to_reach(m, 1), base::UnreachableError);
  EXPECT_THROW(half_learning_time(m), base::UnreachableError);
  EXPECT_THROW(learning_time(m, 0.1), base::UnreachableError);
}

TEST(ThreeLayerMode, LeavesTheOriginOnlyInTheShallowNetwork) {
  const ShallowMode<double> m({.singular_value = 2, .initial_strength = 0, .time_constant = 3});
  EXPECT_GT(strength_at(m, 1), 0);
  EXPECT_NEAR(half_learning_time(m), 3 * std::log(2), 1e-15);
}

TEST(ThreeLayerMode, SurvivesStartsAndTimesWhereThePrintedFormOverflows) {
  const Mode tiny({.singular_value = 1e3, .initial_strength = 1e-320, .time_constant = 0.1});
  EXPECT_TRUE(std::isfinite(half_learning_time(tiny)));
  EXPECT_NEAR(half_learning_time(tiny), 0.1 / 2e3 * (std::log(1e3) - std::log(1e-320)), 1e-16);
  EXPECT_EQ(strength_at(tiny, 1e300), 1e3);
  EXPECT_EQ(strength_gap_at(tiny, 1e300), 0);
  // To 50 digits: q = e^{-720} and u0/s are both near the smallest double, u is not.
  const Mode late({.singular_value = 1e5, .initial_strength = 1e-307, .time_constant = 1});
  EXPECT_NEAR(strength_at(late, 0.0036) / 83110.107877793816, 1, 64 * 721 * 2.3e-16);
  const Mode steep({.singular_value = 1e-150, .initial_strength = 1e200, .time_constant = 1});
  EXPECT_NEAR(strength_at(steep, 1e-190) / 5e189, 1, 1e-10);  // 1/(2t + 1/u0)
  EXPECT_NEAR(strength_gap_at(steep, 1e-190) / -5e189, 1, 1e-10);
  const Mode huge({.singular_value = 1e-3, .initial_strength = 1e308, .time_constant = 1});
  EXPECT_NEAR(strength_at(huge, 1e6) / 1e-3, 1, 1e-15);
}

TEST(ThreeLayerMode, NamesTheValueAndWhatWasWantedInItsErrors) {
  try {
    Mode({.singular_value = -1, .initial_strength = 0.1, .time_constant = 1});
    FAIL() << "s = -1 was accepted";
  } catch (const base::DomainError& error) {
    EXPECT_EQ(std::string(error.what()), "s = -1: expected a finite number greater than 0");
  }
}

// (tau/s) ln((s - eps)/eps) and its limit, printed, in 120 digits.
TEST(SymmetricLearning, KeepsTimeLimitAndErrorAccurate) {
  using suite::Arguments, suite::Wide;
  const suite::Function exact = [](const Arguments& x) {
    return Wide(x[1] / x[0] * log(Wide((x[0] - x[2]) / x[2])));
  };
  const suite::Function limit = [](const Arguments& x) { return Wide(x[1] / x[0] * log(Wide(x[0] / x[2]))); };
  const suite::Function error = [&](const Arguments& x) { return Wide(exact(x) - limit(x)); };
  for (double s : {1e-3, 1.0, 1e3})
    for (double tau : {0.1, 100.0})
      for (double share : {1e-200, 1e-12, 1e-3, 0.3, 0.4999999}) {
        const double eps = share * s;
        const SymmetricLearning<double> learning({s, tau, eps});
        const Arguments x{Wide(s), Wide(tau), Wide(eps)};
        EXPECT_LE(suite::error_in_units(learning.exact_time(), exact, x), 64);
        EXPECT_LE(suite::error_in_units(learning.asymptotic_time(), limit, x), 64);
        // At eps/s = 1e-200 the difference of the two printed forms is beyond even 120 digits.
        if (share > 1e-50) {
          EXPECT_LE(suite::error_in_units(learning.error(), error, x), 64);
        }
      }
}

TEST(SymmetricLearning, AgreesWithTheLearningTimeOfTheMode) {
  const double s = 2, tau = 3, eps = 1e-3;
  const Mode m({.singular_value = s, .initial_strength = eps, .time_constant = tau});
  EXPECT_NEAR(SymmetricLearning<double>({s, tau, eps}).exact_time() / learning_time(m, eps), 1, 1e-14);
}

TEST(SymmetricLearning, NeedsEpsBelowHalfOfS) {
  for (double eps : {0.0, -1e-3, 1.0, 1.5}) {
    EXPECT_THROW(SymmetricLearning<double>({2, 3, eps}), base::DomainError) << eps;
  }
}

}  // namespace
}  // namespace dln::theory
