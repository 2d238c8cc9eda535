// Rates of one mode against depth: the edge of stability by descent alone, and the fastest rates found.
#include "dln/experiments/mode_rates.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "dln/base/error.hpp"
#include "dln/flow/mode_descent.hpp"

namespace dln::experiments {
namespace {

using base::Depth;

ModeRateOptions few_depths() {
  return {.layers = {2, 3, 10, 40}};
}

long steps_at(const ModeRateOptions& options, const ModeRateRow& row, double kappa) {
  const flow::ModeDescent descent(
      Depth::from_layers(row.layers),
      {options.singular_value, options.initial_strength, kappa / row.largest_eigenvalue});
  return steps_to_learn(descent, options.initial_strength, 100'000).value_or(100'000);
}

TEST(EdgeOfStability, IsTwoOverTheLargestEigenvalueAtEveryDepth) {
  // 2000 steps of a factor 1 + d grow what they started with by 1e-4 once d is 5e-8; but the slope at the
  // start, 1e-6 beside the minimum, differs from the minimum's by some L times that.
  for (int layers : {2, 3, 4, 7, 30, 100})
    for (double s : {1e-100, 1e-3, 0.5, 1.0, 4.0, 1e3}) {
      const double L = layers - 1, most = L * std::pow(s, 2 - 2 / L);
      EXPECT_NEAR(edge_of_stability(Depth::from_layers(layers), s, 1e-6) * most, 2, 1e-5 + 4e-6 * L)
          << layers << ' ' << s;
    }
}

TEST(EdgeOfStability, RefusesWhatItCannotFind) {
  const auto depth = Depth::from_layers(3);
  EXPECT_THROW(edge_of_stability(depth, 0), base::DomainError);
  EXPECT_THROW(edge_of_stability(depth, std::nan("")), base::DomainError);
  EXPECT_THROW(edge_of_stability(depth, 1, 0), base::DomainError);
}

TEST(ModeRates, WithoutHiddenLayersOneStepAtOneOverTheEigenvalueIsAll) {
  const auto row = run_mode_rates({.layers = {2}}).at(0);
  EXPECT_EQ(row.steps_at_optimal, 1);  // descent on a parabola
  EXPECT_EQ(row.stable.steps, 1);
  EXPECT_NEAR(row.stable.kappa, 1, 1e-3);      // u0 = eps = 1e-3 s: |1 - kappa| <= eps/s
  EXPECT_NEAR(row.dependable.kappa, 1, 0.05);  // a factor |1 - kappa| a step
  EXPECT_FALSE(row.touching) << "beyond the edge every step leads farther away";
}

TEST(ModeRates, CountsTheStepsOfDescentAndOfTheFlow) {
  const auto options = few_depths();
  for (const auto& row : run_mode_rates(options)) {
    EXPECT_EQ(row.steps_at_optimal, steps_at(options, row, 1)) << row.layers;
    EXPECT_EQ(row.stable.steps, steps_at(options, row, row.stable.kappa)) << row.layers;
    if (row.layers == 3) {
      EXPECT_NEAR(row.exact_steps, 2 * std::log(999.0), 1e-12);
    }
    // At a hundredth of the rate the steps are the flow's, to first order in it.
    EXPECT_NEAR(0.01 * static_cast<double>(steps_at(options, row, 0.01)) / row.exact_steps, 1, 0.01)
        << row.layers;
  }
}

TEST(ModeRates, TheFastestRateIsNoSlowerThanAnyOfItsNeighbours) {
  const auto options = few_depths();
  for (const auto& row : run_mode_rates(options)) {
    EXPECT_LT(row.dependable.kappa, row.edge);
    EXPECT_LT(row.stable.kappa, row.edge);
    EXPECT_LE(row.stable.steps, row.dependable.steps);
    if (row.layers > 2) {
      EXPECT_LT(row.dependable.steps, row.steps_at_optimal) << row.layers;
    }
    // Only the end of learning is as steep as lambda_max; with one hidden layer all of it nearly is.
    if (row.layers > 3) {
      EXPECT_GT(row.dependable.kappa, 1.2) << row.layers;
    }
    for (int i = -9; i <= 9; ++i)
      EXPECT_LE(steps_at(options, row, row.dependable.kappa * std::pow(options.kappa_ratio, i)),
                row.dependable.steps)
          << row.layers << ' ' << i;
    // Rates between those of the grid, over all that is stable.
    for (double kappa = 0.5137; kappa < 1.99; kappa *= 1.0137)
      if (steps_at(options, row, kappa) < row.dependable.steps) {
        long slowest = 0;
        for (int i = -10; i <= 10; ++i)
          slowest = std::max(slowest, steps_at(options, row, kappa * std::pow(1.001, i)));
        EXPECT_GE(slowest, row.dependable.steps) << row.layers << ' ' << kappa;
      }
  }
}

TEST(ModeRates, BeyondTheEdgeDescentTouchesTheEndAndLeavesItAgain) {
  const auto options = few_depths();
  for (const auto& row : run_mode_rates(options)) {
    if (row.layers == 2) continue;
    ASSERT_TRUE(row.touching) << row.layers;
    EXPECT_GT(row.touching->kappa, row.edge);
    flow::ModeDescent descent(Depth::from_layers(row.layers),
                              {1, 1e-3, row.touching->kappa / row.largest_eigenvalue});
    for (long k = 0; k < row.touching->steps; ++k) descent.step();
    EXPECT_LE(std::abs(descent.gap()), 1e-3);
    double farthest = 0;
    for (int k = 0; k < 200 && farthest <= 0.1; ++k) {
      descent.step();
      farthest = std::max(farthest, std::isfinite(descent.gap()) ? std::abs(descent.gap()) : INFINITY);
    }
    EXPECT_GT(farthest, 0.1) << row.layers << ": it stayed";
  }
}

TEST(ModeRates, OfAnySingularValueAreTheSameCountedAsKappa) {
  auto options = few_depths();
  const auto unit = run_mode_rates(options);
  options.singular_value = 4;
  options.initial_strength = 4e-3;
  const auto four = run_mode_rates(options);
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const double L = unit[i].layers - 1;
    EXPECT_NEAR(four[i].largest_eigenvalue / unit[i].largest_eigenvalue, std::pow(4, 2 - 2 / L), 1e-12);
    EXPECT_NEAR(four[i].edge, unit[i].edge, 1e-4);
    EXPECT_NEAR(four[i].exact_steps / unit[i].exact_steps, 1, 1e-13);
    // A step that lands on the threshold to within rounding may count or not.
    EXPECT_NEAR(static_cast<double>(four[i].steps_at_optimal), static_cast<double>(unit[i].steps_at_optimal),
                1);
    EXPECT_NEAR(static_cast<double>(four[i].dependable.steps), static_cast<double>(unit[i].dependable.steps),
                1);
    EXPECT_NEAR(four[i].dependable.kappa, unit[i].dependable.kappa, 0.02) << unit[i].layers;
  }
}

TEST(ModeRates, RefusesOptionsOutOfTheirDomains) {
  EXPECT_THROW(run_mode_rates({.layers = {}}), base::DomainError);
  EXPECT_THROW(run_mode_rates({.layers = {1}}), base::DomainError);
  EXPECT_THROW(run_mode_rates({.initial_strength = 0.5}), base::DomainError);
  EXPECT_THROW(run_mode_rates({.initial_strength = 1e-9, .layers = {100}}), base::DomainError)
      << "a billion steps are not counted one by one";
  EXPECT_THROW(run_mode_rates({.singular_value = -1}), base::DomainError);
  EXPECT_THROW(run_mode_rates({.smallest_kappa = 1}), base::DomainError);
  EXPECT_THROW(run_mode_rates({.largest_kappa = INFINITY}), base::DomainError);
  EXPECT_THROW(run_mode_rates({.kappa_ratio = 1}), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
