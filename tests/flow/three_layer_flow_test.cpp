// The reduced flow is minus the gradient of its energy; its coordinates agree; a^2 - b^2 is conserved.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/flow/three_layer_flow.hpp"
#include "dln/ode/fifty_digits.hpp"

namespace dln::flow {
namespace {

using ode::FiftyDigits;

TEST(ThreeLayerFlow, IsMinusTheGradientOfItsEnergy) {
  const ThreeLayerFlow<FiftyDigits> flow({FiftyDigits(1.3), FiftyDigits(2.5)});
  const auto f = flow.layers();
  const FiftyDigits h("1e-15");  // central difference: error h^2 = 1e-30
  for (double a : {-1.2, 0.3, 2.0})
    for (double b : {-0.7, 0.0, 1.1}) {
      const FiftyDigits x[] = {FiftyDigits(a), FiftyDigits(b)};
      FiftyDigits dxdt[2];
      f(x, dxdt, 0);
      const FiftyDigits da = (flow.energy(x[0] + h, x[1]) - flow.energy(x[0] - h, x[1])) / (2 * h);
      const FiftyDigits db = (flow.energy(x[0], x[1] + h) - flow.energy(x[0], x[1] - h)) / (2 * h);
      EXPECT_LT(abs(FiftyDigits(dxdt[0] + da)), FiftyDigits("1e-28"));
      EXPECT_LT(abs(FiftyDigits(dxdt[1] + db)), FiftyDigits("1e-28"));
    }
}

TEST(ThreeLayerFlow, MovesTheProductOfEqualLayersByEq10) {
  const ThreeLayerFlow<double> flow({1.3, 2.5});
  for (double a : {0.01, 0.5, 1.7}) {
    const double layers[] = {a, a}, u[] = {a * a}, log_u[] = {std::log(a * a)};
    double dlayers[2], du[1], dlog_u[1];
    flow.layers()(layers, dlayers, 0);
    flow.strength()(u, du, 0);
    flow.log_strength()(log_u, dlog_u, 0);
    const double product_rule = dlayers[0] * a + a * dlayers[1];
    EXPECT_NEAR(du[0], product_rule,
                4 * std::numeric_limits<double>::epsilon() * (1 + std::abs(product_rule)));
    EXPECT_NEAR(dlog_u[0] * u[0], du[0], 8 * std::numeric_limits<double>::epsilon());
  }
}

TEST(ThreeLayerFlow, GivesTheSameCurveInLayersStrengthAndItsLogarithm) {
  const ThreeLayerFlow<double> flow({2, 3});
  const double u0 = 1e-4, a0 = std::sqrt(u0);
  const base::TimeGrid<double> grid({0, 5, 8, 20});
  const ode::Options<double> options{.relative_tolerance = 1e-12, .absolute_tolerance = 1e-15};
  const auto layers = ode::integrate_fully<double>(flow.layers(), {a0, a0}, grid, options);
  const auto strength = ode::integrate_fully<double>(flow.strength(), {u0}, grid, options);
  const auto log_strength = ode::integrate_fully<double>(flow.log_strength(), {std::log(u0)}, grid, options);
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const double u = strength.trajectory.state(i)[0];
    // Tolerance 1e-12, amplified by the plateau's 2 s t / tau of at most 27.
    EXPECT_NEAR(layers.trajectory.state(i)[0] * layers.trajectory.state(i)[1], u, 1e-10);
    EXPECT_NEAR(std::exp(log_strength.trajectory.state(i)[0]), u, 1e-10);
  }
}

TEST(ThreeLayerFlow, ConservesTheDifferenceOfSquaresAndLowersItsEnergy) {
  const ThreeLayerFlow<double> flow({1, 1});
  const auto solution =
      ode::integrate_fully<double>(flow.layers(), {1.5, -1.2}, base::TimeGrid<double>::linear(0, 10, 51));
  double previous = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < solution.trajectory.size(); ++i) {
    const double a = solution.trajectory.state(i)[0], b = solution.trajectory.state(i)[1];
    EXPECT_NEAR(a * a - b * b, 1.5 * 1.5 - 1.2 * 1.2, 1e-8);  // 100 steps within 1e-10
    EXPECT_LE(flow.energy(a, b), previous);
    previous = flow.energy(a, b);
  }
}

TEST(ThreeLayerFlow, StaysAtTheOriginAndOnTheStableManifold) {
  const ThreeLayerFlow<double> flow({1, 1});
  const auto origin = ode::integrate_fully<double>(flow.layers(), {0, 0}, base::TimeGrid<double>({0, 5}));
  EXPECT_EQ(origin.trajectory.final_state()[0], 0);
  const auto manifold = ode::integrate_fully<double>(flow.layers(), {1, -1}, base::TimeGrid<double>({0, 5}));
  EXPECT_EQ(manifold.trajectory.final_state()[0], -manifold.trajectory.final_state()[1]);
  EXPECT_LT(std::abs(manifold.trajectory.final_state()[0]), 0.02);
}

TEST(ThreeLayerFlow, RefusesATimeConstantThatIsNotPositive) {
  EXPECT_THROW(ThreeLayerFlow<double>({1, 0}), base::DomainError);
  EXPECT_THROW(ThreeLayerFlow<double>({std::nan(""), 1}), base::DomainError);
  EXPECT_NO_THROW(ThreeLayerFlow<double>({-1, 1}));
}

}  // namespace
}  // namespace dln::flow
