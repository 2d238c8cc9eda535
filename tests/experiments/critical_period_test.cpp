// A critical period: three witnesses, its two regimes, and the price of depth.
#include "dln/experiments/critical_period.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"

namespace dln::experiments {
namespace {

// The ODE in logarithms: 20 tolerances of 1e-11 a layer, and the root found; the network likewise.
constexpr double kAgree = 1e-8;

TEST(CriticalPeriod, PassesAlikeInClosedFormFlowAndNetwork) {
  const CriticalPeriodOptions options{.initial_strength = 2e-3,
                                      .closing_age = 5,
                                      .singular_value = 1.3,
                                      .time_constant = 2,
                                      .completion = 0.8};
  for (int L : {2, 3, 5})
    for (double age : {0.0, 2.5, 4.0, 5.0, 9.0}) {
      const auto theory = later_learning_by_theory(options, L, age);
      const auto flow = later_learning_by_flow(options, L, age);
      const auto network = later_learning_by_network(options, L, age);
      EXPECT_NEAR(flow.strength / theory.strength, 1, kAgree);
      EXPECT_NEAR(network.strength / theory.strength, 1, kAgree);
      EXPECT_NEAR(flow.epochs / theory.epochs, 1, kAgree) << L << ' ' << age;
      EXPECT_NEAR(network.epochs / theory.epochs, 1, kAgree) << L << ' ' << age;
      EXPECT_GT(theory.epochs, 0.1);
    }
}

TEST(CriticalPeriod, LaterInputIsWorseUntilItClosesAndThenAllTheSame) {
  const CriticalPeriodOptions options;
  for (int L : {2, 3, 4, 5}) {
    double before = 0;
    for (double age = 0; age <= options.closing_age; age += 0.5) {
      const double epochs = later_learning_by_flow(options, L, age).epochs;
      EXPECT_GT(epochs, before) << L << ' ' << age;
      before = epochs;
    }
    EXPECT_EQ(later_learning_by_flow(options, L, 20).epochs, before);
    EXPECT_EQ(later_learning_by_flow(options, L, std::numeric_limits<double>::infinity()).epochs, before);
  }
}

TEST(CriticalPeriod, ItsWindowEndsWhereLayersGetHalfGrown) {
  for (double v0 : {1e-5, 1e-3, 0.1}) {
    const CriticalPeriodOptions options{.initial_strength = v0, .closing_age = 9, .time_constant = 1.5};
    EXPECT_NEAR(later_learning_by_network(options, 3, window_end(options)).strength, 0.5, 1e-9);
  }
  EXPECT_LT(window_end({.closing_age = 1}), 0) << "too short a period";
}

TEST(CriticalPeriod, SlowDownIsAPowerOfTheStartThatGrowsWithDepth) {
  const auto run = run_critical_period({}, {2, 3, 4, 5}, {0}, {1e-6, 1e-5});
  ASSERT_EQ(run.slow_downs.size(), 8u);
  for (std::size_t i = 0; i < 8; i += 2) {
    const auto &tiny = run.slow_downs[i], &small = run.slow_downs[i + 1];
    EXPECT_EQ(tiny.initial_strength, 1e-6);
    EXPECT_NEAR(tiny.network / tiny.theory, 1, kAgree);
    EXPECT_NEAR(tiny.flow / tiny.theory, 1, kAgree);
    const double power = std::log10(small.network / tiny.network);
    // Corrections are of the order of sqrt(v0) ln v0; two layers have a logarithm in the place of a power.
    const bool logarithm = tiny.matrices == 2;
    const double expected =
        logarithm ? -std::log10(std::log(1e6) / std::log(1e5)) : -(tiny.matrices - 2) / 2.0;
    EXPECT_NEAR(power, expected, 0.03) << tiny.matrices;
  }
}

TEST(CriticalPeriod, CostsAsMuchFromRandomWeightsUpToAFactorOfAFew) {
  double logs = 0;
  const int starts = 10;
  for (int seed = 1; seed <= starts; ++seed) {
    CriticalPeriodOptions options;
    options.seed = static_cast<std::uint64_t>(seed);
    const double slow_down = later_learning_from_random_weights(options, 4, options.closing_age).epochs /
                             later_learning_from_random_weights(options, 4, 0).epochs;
    EXPECT_GT(slow_down, 20);
    logs += std::log(slow_down);
  }
  const double law =
      later_learning_by_theory({}, 4, 8).epochs / later_learning_by_theory({}, 4, 0).epochs;  // 529
  EXPECT_LT(std::abs(logs / starts - std::log(law)), std::log(4.0));
}

TEST(CriticalPeriod, RefusesWhatIsOutOfItsDomain) {
  const auto refused = [](const CriticalPeriodOptions& options, int matrices = 3, double age = 0) {
    EXPECT_THROW(later_learning_by_theory(options, matrices, age), base::DomainError);
    EXPECT_THROW(later_learning_by_flow(options, matrices, age), base::DomainError);
    EXPECT_THROW(later_learning_by_network(options, matrices, age), base::DomainError);
    EXPECT_THROW(later_learning_from_random_weights(options, matrices, age), base::DomainError);
  };
  refused({.initial_strength = 0});
  refused({.initial_strength = 1});
  refused({.closing_age = -1});
  refused({.singular_value = 0});
  refused({.time_constant = 0});
  refused({.completion = 1});
  refused({.width = 1});
  refused({}, 1);
  refused({}, 3, -1);
  refused({}, 3, std::nan(""));
}

}  // namespace
}  // namespace dln::experiments
