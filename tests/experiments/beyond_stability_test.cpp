// Descent past the limit of stability: one strength, two, many, none; and rest at flatter minima.
#include "dln/experiments/beyond_stability.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dln/theory/past_the_limit.hpp"

namespace dln::experiments {
namespace {

std::size_t different(const Visited& visited) {
  std::vector<double> met;
  for (double u : visited.strengths)
    if (std::ranges::none_of(met, [&](double x) { return std::abs(x - u) < 1e-6; })) met.push_back(u);
  return met.size();
}

TEST(VisitedStrengths, AreOneThenTwoThenFourThenManyThenNone) {
  EXPECT_EQ(different(visited_strengths(1.9)), 1u);
  EXPECT_EQ(different(visited_strengths(2.3)), 2u);
  EXPECT_EQ(different(visited_strengths(2.55)), 4u);
  EXPECT_EQ(different(visited_strengths(3.9)), 32u);
  EXPECT_TRUE(visited_strengths(4.1).diverged);
  EXPECT_TRUE(visited_strengths(4.1).strengths.empty());
}

TEST(VisitedStrengths, ForkAtTwoAtEveryDepth) {
  for (int layers : {3, 4, 6, 11}) {
    const VisitedOptions options{.depth = base::Depth::from_layers(layers), .singular_value = 2.3};
    EXPECT_EQ(different(visited_strengths(1.95, options)), 1u) << layers;
    EXPECT_NEAR(visited_strengths(1.95, options).strengths.back(), 2.3, 1e-12);
    EXPECT_EQ(different(visited_strengths(2.05, options)), 2u) << layers;
  }
}

TEST(SettlePair, StaysBesideAMinimumThatHoldsIt) {
  const auto run = settle_pair(1.8, {.singular_value = 2, .balanced_kappa = 1.2});
  EXPECT_NEAR(run.before, 1.8, 1e-5);  // nudged by 1e-6
  EXPECT_NEAR(run.after, run.before, 1e-10);
  EXPECT_LT(run.most_gap, 1e-4);
  EXPECT_LT(run.gap, 1e-12);
}

TEST(SettlePair, LeavesASteeperOneForAFlatterOne) {
  const auto run = settle_pair(2.6, {.balanced_kappa = 1.2});
  EXPECT_GT(run.most_gap, 0.1) << "it was thrown off";
  EXPECT_LT(run.gap, 1e-12) << "and came to rest";
  EXPECT_LT(run.after, 2);
  EXPECT_GE(run.after, 1.2 - 1e-12);
}

TEST(SettlePair, FindsNoRestWhereNoMinimumIsFlatEnough) {
  const auto run = settle_pair(2.4, {.balanced_kappa = 2.2});
  EXPECT_FALSE(run.diverged);
  EXPECT_NEAR(run.after, 2.2, 1e-12) << "balanced";
  const auto cycle = theory::balanced_cycle(1.0, 2.2);
  EXPECT_NEAR(std::min(std::abs(run.gap - (1 - cycle.low)), std::abs(run.gap - (cycle.high - 1))), 0, 1e-12);
}

TEST(SettlePair, DivergesBeyondFour) {
  EXPECT_FALSE(settle_pair(3.999, {.balanced_kappa = 0.8}).diverged);
  const auto run = settle_pair(4.001, {.balanced_kappa = 0.8});
  EXPECT_TRUE(run.diverged);
  EXPECT_TRUE(std::isnan(run.after));
}

TEST(SettleNetwork, DoesAsItsLayersDo) {
  const SettlingOptions options{.balanced_kappa = 1.5, .nudge = 1e-5};
  const auto stays = settle_network(1.8, options);
  EXPECT_NEAR(stays.after, 1.8, 1e-3);  // nudged by 1e-5 in some twenty weights
  const auto leaves = settle_network(2.6, options);
  EXPECT_GT(leaves.before, 2.59);
  EXPECT_GT(leaves.most_gap, 0.05);
  EXPECT_LT(leaves.after, 2);
  EXPECT_LT(leaves.gap, 1e-10);
  EXPECT_TRUE(settle_network(4.1, options).diverged);
}

TEST(BeyondStability, RefusesWhatIsOutOfItsDomain) {
  using base::DomainError;
  EXPECT_THROW(visited_strengths(0), DomainError);
  EXPECT_THROW(visited_strengths(2, {.share = 1}), DomainError);
  EXPECT_THROW(visited_strengths(2, {.transient = -1}), DomainError);
  EXPECT_THROW(visited_strengths(2, {.kept = 0}), DomainError);
  EXPECT_THROW(visited_strengths(2, {.singular_value = 0}), DomainError);
  EXPECT_THROW(settle_pair(0.9), DomainError);
  EXPECT_THROW(settle_pair(NAN), DomainError);
  EXPECT_THROW(settle_pair(2, {.singular_value = -1}), DomainError);
  EXPECT_THROW(settle_pair(2, {.balanced_kappa = 0}), DomainError);
  EXPECT_THROW(settle_network(2, {.nudge = 0}), DomainError);
  EXPECT_THROW(settle_network(2, {.steps = 0}), DomainError);
}

}  // namespace
}  // namespace dln::experiments
