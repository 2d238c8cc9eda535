// The right-hand sides of Eqs 14 to 16: minus the gradient of the energy, and each the restriction of the one
// before.
#include "dln/flow/deep_flow.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "dln/flow/mode_descent.hpp"
#include "dln/flow/three_layer_flow.hpp"

namespace dln::flow {
namespace {

using base::Depth;
using base::DepthExponent;

const DeepFlow<double> kFlow({.singular_value = 1.7, .time_constant = 3});

double rate_of(const ode::RightHandSide<double>& f, double x) {
  double rate = 0;
  f({&x, 1}, {&rate, 1}, 0);
  return rate;
}

TEST(DeepFlow, IsMinusTheGradientOfEq14) {
  const std::vector<double> at{0.3, -0.8, 1.1, 0.9};
  std::vector<double> field(4);
  kFlow.layers()(at, field, 0);
  for (std::size_t i = 0; i < 4; ++i) {
    const double h = 1e-5;
    auto above = at, below = at;
    above[i] += h;
    below[i] -= h;
    EXPECT_NEAR(field[i], -(kFlow.energy(above) - kFlow.energy(below)) / (2 * h), 1e-10)
        << i;  // h^2 and eps/h
  }
}

TEST(DeepFlow, StrengthIsTheRestrictionToEqualLayers) {
  for (int L : {1, 2, 3, 7}) {
    const DepthExponent depth(Depth::from_weight_matrices(L));
    const double u = 0.4, a = std::pow(u, 1.0 / L);
    const std::vector<double> equal(static_cast<std::size_t>(L), a);
    std::vector<double> field(equal.size());
    kFlow.layers()(equal, field, 0);
    const double expected = L * u / a * field[0];  // u' = sum over layers of (u/a) a'
    EXPECT_NEAR(rate_of(kFlow.strength(depth), u) / expected, 1, 1e-14) << L;
    EXPECT_NEAR(rate_of(kFlow.log_strength(depth), std::log(u)) * u / expected, 1, 1e-14) << L;
  }
}

TEST(DeepFlow, TwoMatricesAreEq10) {
  const ThreeLayerFlow<double> three({1.7, 3});
  const DepthExponent depth(Depth::from_layers(3));
  EXPECT_NEAR(rate_of(kFlow.strength(depth), 0.4), rate_of(three.strength(), 0.4), 1e-15);
  EXPECT_NEAR(rate_of(kFlow.log_strength(depth), -1), rate_of(three.log_strength(), -1), 1e-15);
}

TEST(DeepFlow, TendsToItsLimit) {
  const double l = std::log(0.4);
  const auto gap = [&](double n) {
    const auto depth = DepthExponent::from_real(n);
    return rate_of(kFlow.log_strength(depth), l) / rate_of(kFlow.log_strength_in_limit(n), l) - 1;
  };
  EXPECT_NEAR(gap(1e4) * 1e4, 2 * -l, 1e-3);  // u^{-2/n} - 1 to first order
  EXPECT_NEAR(rate_of(kFlow.strength_in_limit(30), 0.4) / (30 * 0.16 * 1.3 / 3), 1, 1e-15);
  EXPECT_NEAR(rate_of(kFlow.log_strength_in_limit(30), l) / (30 * 0.4 * 1.3 / 3), 1, 1e-15);
  EXPECT_THROW(kFlow.strength(DepthExponent::infinite()), base::DomainError);
}

TEST(ModeDescent, IsTheFlowInSmallSteps) {
  const auto depth = Depth::from_weight_matrices(3);
  const auto after = [&](double rate) {
    return strength_after(ModeDescent(depth, {1.7, 0.1, rate}), static_cast<long>(4 / rate));
  };
  const auto solution = ode::integrate_fully<double>(
      DeepFlow<double>({1.7, 1}).strength(DepthExponent(depth)), {0.1}, base::TimeGrid<double>({0, 4}));
  const double exact = solution.trajectory.state(1)[0];
  EXPECT_NEAR((after(0.001) - exact) / (after(0.0005) - exact), 2, 0.05);  // first order in the rate
  EXPECT_NEAR(after(0.002), exact, 0.01);
}

TEST(ModeDescent, CountsItsSteps) {
  const ModeDescent descent(Depth::from_weight_matrices(2), {1, 0.01, 0.1});
  const auto steps = steps_to_learn(descent, 0.1, 1000);
  ASSERT_TRUE(steps);
  EXPECT_GE(strength_after(descent, *steps), 0.9);
  EXPECT_LT(strength_after(descent, *steps - 1), 0.9);
  EXPECT_FALSE(steps_to_learn(descent, 0.1, *steps - 1));
  EXPECT_FALSE(steps_to_learn(ModeDescent(Depth::from_weight_matrices(2), {1, 0, 0.1}), 0.1, 1000))
      << "from 0 nothing moves";
  EXPECT_FALSE(steps_to_learn(ModeDescent(Depth::from_weight_matrices(5), {1, 0.5, 100}), 1e-3, 1000000))
      << "it jumps over s and away";
  EXPECT_THROW(ModeDescent(Depth::from_weight_matrices(2), {0, 0.1, 0.1}), base::DomainError);
  EXPECT_THROW(ModeDescent(Depth::from_weight_matrices(2), {1, 0.1, 0}), base::DomainError);
}

TEST(ModeDescent, LosesNothingToDepth) {
  for (int L : {1, 2, 9, 99, 999})
    for (double u0 : {1e-6, 1e-3, 0.1}) {
      long double a = std::pow(static_cast<long double>(u0), 1.0L / L);
      const double rate = 0.1 / L;
      ModeDescent descent(Depth::from_weight_matrices(L), {1, u0, rate});
      EXPECT_NEAR(descent.strength() / u0, 1, 4e-16) << L;
      for (int k = 0; k < 100; ++k) {
        descent.step();
        const long double others = std::pow(a, static_cast<long double>(L - 1));
        a += rate * others * (1 - others * a);
      }
      // Some eps a step would be L times that in u.
      const auto u = static_cast<double>(std::pow(a, static_cast<long double>(L)));
      EXPECT_NEAR(descent.strength() / u, 1, 1e-14) << L << ' ' << u0;
    }
}

}  // namespace
}  // namespace dln::flow
