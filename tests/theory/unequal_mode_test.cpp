// Eq 8 from any two layers: every sign case, and what holds of it alone.
#include "dln/theory/unequal_mode.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/theory/mode_law_suite.hpp"

namespace dln::theory {
namespace {

using Mode = UnequalMode<double>;
using suite::Arguments, suite::Wide;

Mode mode(double a0, double b0, double s, double tau = 1) {
  return Mode({.a0 = a0, .b0 = b0, .singular_value = s, .time_constant = tau});
}

// Eq 8 integrated by Taylor series of order 40 in 120 digits: a witness that knows only the two equations.
LayerStrengths<Wide> integrated(const Mode& m, double t) {
  Wide a = m.a0(), b = m.b0();
  const Wide s = m.singular_value();
  constexpr int kOrder = 40, kSteps = 400;
  const Wide h = Wide(t) / m.time_constant() / kSteps;
  for (int step = 0; step < kSteps; ++step) {
    std::vector<Wide> as{a}, bs{b};
    auto product = [](const std::vector<Wide>& x, const std::vector<Wide>& y, std::size_t n) {
      Wide sum = 0;
      for (std::size_t i = 0; i <= n; ++i) sum += x[i] * y[n - i];
      return sum;
    };
    std::vector<Wide> gap;
    for (std::size_t n = 0; n < kOrder; ++n) {
      gap.push_back((n == 0 ? s : Wide(0)) - product(as, bs, n));
      const Wide next_a = product(bs, gap, n) / (n + 1), next_b = product(as, gap, n) / (n + 1);
      as.push_back(next_a);
      bs.push_back(next_b);
    }
    a = b = 0;
    for (std::size_t n = kOrder + 1; n-- > 0;) {
      a = a * h + as[n];
      b = b * h + bs[n];
    }
  }
  return {a, b};
}

struct Start {
  double a0, b0, s;
};
const Start kEverySign[] = {{0.3, 0.2, 1},    {0.3, -0.2, 1},      {-0.3, 0.2, 1},          {-0.3, -0.2, 1},
                            {0.2, 0.3, 1},    {1e-3, -5e-4, 1},    {1.2, 1.1, 1},           {2, 1, 1},
                            {0.5, 0, 1},      {0, -0.5, 1},        {0.3, 0.2, -1},          {0.3, -0.2, -1},
                            {-0.1, -1.4, -1}, {0.3, 0.2, 0},       {0.3, -0.2, 0},          {0.4, 0.4, 0},
                            {0.4, -0.4, 0},   {0.5, -0.5, 1},      {0.5, 0.5, -1},          {0.5, 0.5, 1},
                            {1.1, 1.1, 1},    {1 + 1e-12, 1, 0.7}, {1, -1 + 1e-6, 1},       {1, 1e-9, 0.5},
                            {1, -1e-9, 0.5},  {1e-6, 1e-6, 0.8},   {1e-6, 1.000001e-6, 0.8}};

TEST(UnequalMode, AgreesWithEq8IntegratedInEverySignCase) {
  for (const auto& [a0, b0, s] : kEverySign)
    for (double t : {0.05, 1.0, 6.0}) {
      const Mode m = mode(a0, b0, s, 1.5);
      const auto exact = integrated(m, t);
      const auto [a, b] = layers_at(m, t);
      // Near the stable manifold the flow itself multiplies a rounding of the start by up to e^{2|s|t/tau} =
      // 3000; elsewhere a few eps are left.
      const bool on_the_edge = std::abs(a0 + b0) < 1e-5 * std::abs(a0);
      const double allowed = (on_the_edge ? 3000 : 64) * std::numeric_limits<double>::epsilon();
      const double size =
          std::max(std::abs(static_cast<double>(exact.a)), std::abs(static_cast<double>(exact.b)));
      SCOPED_TRACE(testing::Message() << "a0 = " << a0 << ", b0 = " << b0 << ", s = " << s << ", t = " << t);
      EXPECT_NEAR(a, static_cast<double>(exact.a), allowed * size);
      EXPECT_NEAR(b, static_cast<double>(exact.b), allowed * size);
      const double u = static_cast<double>(Wide(exact.a * exact.b));
      EXPECT_NEAR(strength_at(m, t), u, allowed * (std::abs(u) + size * size));
      EXPECT_NEAR(strength_gap_at(m, t), static_cast<double>(Wide(s - exact.a * exact.b)),
                  allowed * (std::abs(s) + size * size));
    }
}

TEST(UnequalMode, ReachesEveryStrengthOnItsWayAtTheTimeItSays) {
  int reached = 0;
  for (const auto& [a0, b0, s] : kEverySign) {
    const Mode m = mode(a0, b0, s, 1.5);
    for (double share : {0.1, 0.5, 0.9}) {
      const double u = m.initial_strength() + share * (m.limit() - m.initial_strength());
      if (u == m.initial_strength() || u == 0)
        continue;  // at the fixed point; or a zero, where cond is infinite
      const double t = time_to_reach(m, u);
      EXPECT_GT(t, 0);
      EXPECT_NEAR(strength_at(m, t), u, 1e-12 * (std::abs(u) + std::abs(m.initial_strength())))
          << a0 << ' ' << b0 << ' ' << s;
      ++reached;
    }
  }
  EXPECT_GT(reached, 60);
}

TEST(UnequalMode, PassesThroughZeroWhenItsLayersDisagreeInSign) {
  const Mode m = mode(1e-3, -5e-4, 1);
  const double crossing = time_to_reach(m, 0);
  const auto [a, b] = layers_at(m, crossing);
  EXPECT_NEAR(b, 0, 1e-15);
  EXPECT_GT(a, 0);
  // Half learned as if it had started with (a0 + b0)^2 / 4, not with the negative a0 b0.
  const double effective = 0.25 * 5e-4 * 5e-4;
  EXPECT_NEAR(half_learning_time(m), 0.5 * std::log(1 / effective - 1), 1e-6);
  EXPECT_NEAR(half_learning_time(m), 8.294049328, 1e-9);  // 30-digit quadrature
}

TEST(UnequalMode, IsTheThreeLayerLawWhenItsLayersAreEqual) {
  for (double a0 : {1e-6, 0.1, 0.9, 1.7})
    for (double t : {0.1, 2.0, 30.0}) {
      const Mode m = mode(a0, a0, 1.3, 2);
      const ThreeLayerMode<double> equal(
          {.singular_value = 1.3, .initial_strength = a0 * a0, .time_constant = 2});
      EXPECT_NEAR(strength_at(m, t) / strength_at(equal, t), 1, 1e-14 * (1 + t));
      EXPECT_NEAR(strength_gap_at(m, t) / strength_gap_at(equal, t), 1, 1e-14 * (1 + t));
    }
  EXPECT_NEAR(half_learning_time(mode(1e-3, 1e-3, 2)) /
                  half_learning_time(ThreeLayerMode<double>(
                      {.singular_value = 2, .initial_strength = 1e-6, .time_constant = 1})),
              1, 1e-14);
}

TEST(UnequalMode, ConservesTheDifferenceOfSquares) {
  for (const auto& [a0, b0, s] : kEverySign)
    for (double t : {0.5, 5.0, 500.0}) {
      const Mode m = mode(a0, b0, s);
      const auto [a, b] = layers_at(m, t);
      EXPECT_NEAR((a - b) * (a + b), m.conserved(),
                  64 * std::numeric_limits<double>::epsilon() * (a * a + b * b + a0 * a0 + b0 * b0));
    }
}

TEST(UnequalMode, EndsOnTheHyperbolaOfItsOwnSide) {
  EXPECT_GT(layers_at(mode(0.3, -0.2, 1), 1e3).a, 0);
  EXPECT_LT(layers_at(mode(0.2, -0.3, 1), 1e3).a, 0);
  for (const auto& start : {Start{0.3, -0.2, 1}, Start{0.2, -0.3, 1}, Start{3, 2, 1}}) {
    EXPECT_NEAR(strength_at(mode(start.a0, start.b0, start.s), 1e3), 1, 1e-15);
    EXPECT_EQ(mode(start.a0, start.b0, start.s).limit(), 1);
  }
}

TEST(UnequalMode, NeverLearnsFromTheStableManifoldOrTheOrigin) {
  for (const auto& start : {Start{0.5, -0.5, 1}, Start{-2, 2, 1}, Start{0.5, 0.5, -1}, Start{0, 0, 1}}) {
    const Mode m = mode(start.a0, start.b0, start.s);
    EXPECT_EQ(m.limit(), 0);
    for (double t : {10.0, 1e4, std::numeric_limits<double>::infinity()}) {
      const auto [a, b] = layers_at(m, t);
      EXPECT_LT(std::abs(a), 1e-4);
      EXPECT_EQ(std::abs(a), std::abs(b));
      EXPECT_NEAR(strength_gap_at(m, t), start.s, 1e-8);
    }
    EXPECT_THROW(time_to_reach(m, start.s / 2), base::UnreachableError);
    EXPECT_THROW(half_learning_time(m), base::UnreachableError);
    EXPECT_THROW(learning_time(m, 0.1), base::UnreachableError);
  }
  EXPECT_GT(time_to_reach(mode(0.5, -0.5, 1), -0.1), 0) << "towards the origin it does move";
  // u' = -2u (s - u): u(t) = s u0 q / (s - u0 (1 - q)), q = e^{-2st}.
  const double q = std::exp(-2.0), u = -0.25 * q / (1 + 0.25 * (1 - q));
  EXPECT_NEAR(strength_at(mode(0.5, -0.5, 1), 1), u, 1e-16);
}

TEST(UnequalMode, DecaysAlgebraicallyWithoutSignalFromEqualLayers) {
  const Mode m = mode(0.4, 0.4, 0, 3);  // u' = -2u^2/tau
  EXPECT_NEAR(strength_at(m, 6), 0.16 / (1 + 2 * 0.16 * 6 / 3), 1e-16);
  EXPECT_NEAR(time_to_reach(m, 0.05), 3 * (1 / 0.05 - 1 / 0.16) / 2, 1e-13);
  EXPECT_EQ(strength_at(m, std::numeric_limits<double>::infinity()), 0);
  EXPECT_THROW(half_learning_time(m), base::DomainError);
}

TEST(UnequalMode, RefutesTheHyperbolicFormWithoutItsFactorTwo) {
  // v3's Supplement A: ab = c sinh(theta), tau theta' = s - c sinh(theta). Its curve from the same start:
  const double a0 = 0.4, b0 = 0.1, s = 1, c = a0 * a0 - b0 * b0;
  double theta = std::asinh(a0 * b0 / c);
  const int steps = 20000;
  for (int i = 0; i < steps; ++i) {  // midpoint rule to t = 1: error 1e-9
    const double half = theta + 0.5 / steps * (s - c * std::sinh(theta));
    theta += 1.0 / steps * (s - c * std::sinh(half));
  }
  EXPECT_GT(std::abs(c * std::sinh(theta) / strength_at(mode(a0, b0, s), 1) - 1), 0.1);
}

TEST(UnequalMode, RefusesNumbersThatAreNotFinite) {
  const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity();
  for (double bad : {nan, inf, -inf}) {
    EXPECT_THROW(mode(bad, 0.1, 1), base::DomainError);
    EXPECT_THROW(mode(0.1, bad, 1), base::DomainError);
    EXPECT_THROW(mode(0.1, 0.1, bad), base::DomainError);
  }
  EXPECT_THROW(mode(0.1, 0.1, 1, 0), base::DomainError);
}

}  // namespace
}  // namespace dln::theory
