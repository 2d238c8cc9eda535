// Unequal layers at any depth: against Eq 14 itself by many small Runge-Kutta steps, and against the laws
// that it contains.
#include "dln/theory/unbalanced_deep_mode.hpp"

#include <gtest/gtest.h>

#include "dln/base/worst.hpp"
#include "dln/theory/deep_mode.hpp"
#include "dln/theory/unequal_mode.hpp"

namespace dln::theory {
namespace {

using Layers = std::vector<long double>;

// tau a_i' = (s - prod a) prod_{j != i} a_j, classical Runge-Kutta with steps so small that rounding rules.
Layers stepped(const std::vector<double>& start, double s, double tau, double t) {
  const int steps = 40'000;
  const long double h = static_cast<long double>(t) / steps;
  const auto field = [&](const Layers& a) {
    Layers rates(a.size());
    long double u = 1;
    for (long double x : a) u *= x;
    for (std::size_t i = 0; i < a.size(); ++i) {
      rates[i] = (s - u) / tau;
      for (std::size_t j = 0; j < a.size(); ++j)
        if (j != i) rates[i] *= a[j];
    }
    return rates;
  };
  const auto moved = [](Layers a, const Layers& by, long double c) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += c * by[i];
    return a;
  };
  Layers a(start.begin(), start.end());
  for (int n = 0; n < steps; ++n) {
    const Layers k1 = field(a), k2 = field(moved(a, k1, h / 2)), k3 = field(moved(a, k2, h / 2)),
                 k4 = field(moved(a, k3, h));
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
  return a;
}

TEST(UnbalancedDeepMode, FollowsEq14FromAnyLayers) {
  struct Start {
    std::vector<double> layers;
    double s;
    std::vector<double> times;
  };
  const std::vector<Start> starts{
      {{0.1, 0.2, 0.3}, 1, {3, 12}},              // rising
      {{-0.1, 0.2, 0.3}, 1, {5, 10, 25}},         // through zero
      {{0.1, -0.2, -0.3, 0.5}, 1.7, {2, 8}},      // an even number of negative layers
      {{-0.01, -0.02, -0.3, 0.4, 0.9}, 1, {40}},  // an odd number
      {{0, 0.2, 0.3}, 1, {4, 15}},                // leaves an axis
      {{1.5, 2, 1}, 1, {0.1, 0.4}},               // falls from above
      {{-0.5, 0.5, 0.7}, 2, {2, 8}},              // two share the least size: to the saddle
      {{0.5, 0.5, 0.5}, 2, {1, 2}},
  };
  for (const auto& [layers, s, times] : starts) {
    const UnbalancedDeepMode m({layers, s, 1.3});
    for (double t : times) {
      const Layers expected = stepped(layers, s, 1.3, t);
      const auto found = layers_at(m, t);
      base::Worst difference;
      long double u = 1;
      for (std::size_t i = 0; i < layers.size(); ++i) {
        difference.see(std::abs(found[i] - static_cast<double>(expected[i])));
        u *= expected[i];
      }
      // Quadrature to 1e-14 and Runge-Kutta to (t/40000)^4, both below this.
      EXPECT_LT(difference.value(), 1e-12) << layers[0] << ' ' << t;
      EXPECT_NEAR(strength_at(m, t), static_cast<double>(u), 1e-12);
      EXPECT_NEAR(strength_gap_at(m, t), static_cast<double>(s - u), 1e-12);
    }
  }
}

TEST(UnbalancedDeepMode, ReachesAStrengthAtTheTimeItSays) {
  const UnbalancedDeepMode rising({{-0.1, 0.2, 0.3}, 1, 1.3}), falling({{1.5, 2, 1}, 1, 1.3});
  for (double u : {-0.003, 0.0, 1e-4, 0.3, 0.5, 0.9, 0.99999})
    EXPECT_NEAR(strength_at(rising, time_to_reach(rising, u)), u, 1e-13) << u;
  for (double u : {2.9, 1.5, 1.0001})
    EXPECT_NEAR(strength_at(falling, time_to_reach(falling, u)), u, 1e-13) << u;
  EXPECT_NEAR(learning_time(rising, 1e-9), time_to_reach(rising, 1 - 1e-9),
              1e-5);  // 1 - 1e-9 rounds: 1e-7 of it
  EXPECT_EQ(half_learning_time(rising), time_to_reach(rising, 0.5));
}

TEST(UnbalancedDeepMode, ContainsEq8AndEq15) {
  const UnbalancedDeepMode two({{1e-3, -5e-4}, 1, 1});
  const UnequalMode<double> eq8({.a0 = 1e-3, .b0 = -5e-4, .singular_value = 1, .time_constant = 1});
  EXPECT_NEAR(half_learning_time(two), 8.294049328, 1e-8);
  for (double t : {0.1, 1.0, 5.0, 20.0})
    EXPECT_NEAR(strength_at(two, t) / strength_at(eq8, t), 1, 1e-12) << t;
  const double a = std::pow(1e-5, 0.2);
  const UnbalancedDeepMode five({{a, a, a, a, a}, 1, 1});
  const DeepMode<double> eq15(base::DepthExponent::from_real(5), {1, 1e-5, 1});
  for (double u : {1e-4, 0.1, 0.5, 0.999})
    EXPECT_NEAR(time_to_reach(five, u) / time_to_reach(eq15, u), 1, 1e-12) << u;
  EXPECT_NEAR(rate(five, 0.3) / rate(eq15, 0.3), 1, 1e-12);
}

TEST(UnbalancedDeepMode, StaysOrEndsWhereTheSaddleHoldsIt) {
  const double forever = std::numeric_limits<double>::infinity();
  const UnbalancedDeepMode origin({{0, 0, 0.3}, 1, 1}), stable({{-0.5, 0.5, 0.7}, 1, 1}),
      away({{-0.4, 0.5, 0.7}, 1, 1});
  EXPECT_EQ(strength_at(origin, 1e6), 0);
  EXPECT_EQ(strength_at(stable, forever), 0);
  EXPECT_NEAR(strength_at(away, forever), 1, 1e-15);
  EXPECT_THROW(time_to_reach(origin, 0.1), base::UnreachableError);
  EXPECT_THROW(time_to_reach(stable, 0.1), base::UnreachableError);
  EXPECT_GT(time_to_reach(stable, -1e-6), 0);
  EXPECT_GT(time_to_reach(away, 0.1), 0);
  EXPECT_THROW(learning_time(stable, 0.1), base::UnreachableError);
}

TEST(UnbalancedDeepMode, RefusesNumbersOutsideItsDomain) {
  const auto make = [](std::vector<double> layers, double s, double tau) {
    UnbalancedDeepMode({layers, s, tau});
  };
  EXPECT_THROW(make({0.1}, 1, 1), base::DomainError);
  EXPECT_THROW(make({0.1, std::nan("")}, 1, 1), base::DomainError);
  EXPECT_THROW(make({0.1, 0.2}, 0, 1), base::DomainError);
  EXPECT_THROW(make({0.1, 0.2}, 1, 0), base::DomainError);
  const UnbalancedDeepMode m({{0.1, 0.2}, 1, 1});
  EXPECT_THROW(strength_at(m, -1), base::DomainError);
  EXPECT_THROW(time_to_reach(m, 1), base::UnreachableError);
  EXPECT_THROW(learning_time(m, 0), base::DomainError);
}

}  // namespace
}  // namespace dln::theory
