// Eq 15 at every depth and Eqs 16-17: against printed forms for whole numbers of matrices, quadrature for the
// others, and themselves in 60 digits for the rounding of double.
#include "dln/theory/deep_mode.hpp"

#include <gtest/gtest.h>

#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/lambert_w.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <limits>

#include "dln/base/worst.hpp"
#include "dln/theory/infinite_depth_mode.hpp"
#include "dln/theory/three_layer_mode.hpp"

namespace dln::theory {
namespace {

using base::DepthExponent;
using Wide =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<60>, boost::multiprecision::et_off>;

// u0/s, from far below s to far above.
constexpr double kStarts[] = {1e-12,    1e-6,      1e-3,      0.3, 0.49, 0.5, 0.51, 0.9,
                              1 - 1e-6, 1 - 1e-12, 1 + 1e-12, 1.5, 2.1,  1e3, 1e6};
constexpr double kShares[] = {1e-9, 1e-3, 0.1,   0.3,     0.5,
                              0.7,  0.9,  0.999, 1 - 1e-9};  // of the way from u0 to s

DepthExponent depth(double matrices) {
  return DepthExponent::from_real(matrices);
}

template <class Real>
DeepMode<Real> deep(double matrices, double s, double u0, double tau) {
  return DeepMode<Real>(depth(matrices), {Real(s), Real(u0), Real(tau)});
}
template <class Real>
InfiniteDepthMode<Real> limit(double s, double u0, double tau) {
  return InfiniteDepthMode<Real>(Real(30), {Real(s), Real(u0), Real(tau)});
}

// Partial fractions over the L-th roots of unity, as a computer-algebra system prints Eq 15's integral: O(L)
// terms that cancel, harmless in 60 digits.
Wide printed_clock(int n, const Wide& x0, const Wide& xf) {
  const Wide pi = boost::math::constants::pi<Wide>();
  const auto antiderivative = [&](const Wide& x) {
    const Wide y = pow(x, Wide(1) / n);
    Wide sum = -Wide(n) / (n - 2) * pow(y, 2 - n) - log(abs(Wide(1 - y)));
    if (n % 2 == 0) sum -= log(Wide(1 + y));
    for (int k = 1; k <= (n - 1) / 2; ++k) {
      const Wide phi = 2 * pi * k / n, c = cos(phi), si = sin(phi);
      sum -= cos(Wide(2 * phi)) * log(Wide(1 - 2 * y * c + y * y)) -
             2 * sin(Wide(2 * phi)) * atan2(Wide(y * si), Wide(1 - y * c));
    }
    return sum;
  };
  return antiderivative(xf) - antiderivative(x0);
}

TEST(DeepMode, AgreesWithPartialFractionsForWholeNumbersOfMatrices) {
  for (int n : {3, 4, 5, 8, 9, 30, 99})
    for (double x0 : {1e-3, 0.3, 0.7, 1.4, 6.0})
      for (double share : {0.2, 0.6, 0.95}) {
        const Wide s(1.7), u0 = s * x0, uf = u0 + share * (s - u0);
        const DeepMode<Wide> m(depth(n), {s, u0, Wide(3)});
        const Wide printed = printed_clock(n, u0 / s, uf / s) * 3 / (n * pow(s, 2 - Wide(2) / n));
        // The partial fractions lose what they cancel: y^{2 - n}, at most 1e9 here.
        EXPECT_LT(abs(Wide(time_to_reach(m, uf) / printed - 1)), Wide("1e-45"))
            << "n = " << n << ", x0 = " << x0 << ", share " << share;
      }
}

TEST(DeepMode, AgreesWithQuadratureAtAnyRealDepth) {
  boost::math::quadrature::tanh_sinh<double> integrator;
  for (double n : {1.0, 1.3, 2.0, 2.7, 7.0, 99.5, 1000.0})
    for (const auto& [u0, uf] : {std::pair{1e-3, 0.2}, {1e-3, 1.5}, {1.0, 1.6}, {9.0, 2.0}, {9.0, 5.0}}) {
      const auto m = deep<double>(n, 1.7, u0, 3);
      const auto pace = [&](double u) { return 1 / std::abs(rate(m, u)); };
      const double t = integrator.integrate(pace, std::min(u0, uf), std::max(u0, uf), 1e-13);
      EXPECT_NEAR(time_to_reach(m, uf) / t, 1, 1e-11) << n << ' ' << u0 << ' ' << uf;  // the quadrature's own
    }
}

// |value - exact| / |exact| in units of eps (1 + cond).
double units(double value, const Wide& exact, const Wide& condition) {
  const Wide error = abs(Wide((Wide(value) - exact) / exact));
  return static_cast<double>(Wide(error / (std::numeric_limits<double>::epsilon() * (1 + condition))));
}

// For u(t; s, u0, tau, L) autonomous: du/dt = f, du/du0 = f(u)/f(u0), tau du/dtau = -t f, and s du/ds =
// u - u0 du/du0 + (2 - nu) t f by its dimensions. The same for t(uf) by the inverse function.
struct Conditions {
  Wide time, strength, gap;
};
template <class M>
Conditions conditions(const M& m, const Wide& t, const Wide& u, const Wide& gap, const Wide& power) {
  const Wide f = abs(rate(m, u)), f0 = abs(rate(m, m.initial_strength())), u0 = m.initial_strength();
  const Wide by_start = u0 * f / f0;
  const Wide by_scale = abs(Wide(u - by_start + power * t * f));  // of s, for f > 0
  const Wide whole = by_start + t * f + t * f + by_scale;
  return {(u0 / f0 + u / f + t + by_scale / f) / t, whole / u, whole / abs(gap)};
}

template <class Narrow, class WideLaw>
void holds_digits(const Narrow& m, const WideLaw& w, const Wide& power, const std::string& name) {
  base::Worst worst;
  const double s = m.singular_value(), u0 = m.initial_strength();
  for (double share : kShares) {
    const double u = u0 + share * (s - u0);
    if (u == u0 || u == s) continue;
    const Wide exact_time = time_to_reach(w, Wide(u));
    const double t = time_to_reach(m, u);
    worst.see(units(t, exact_time, conditions(w, exact_time, Wide(u), Wide(s) - u, power).time));
    const Wide strength = strength_at(w, Wide(t)), gap = strength_gap_at(w, Wide(t));
    const auto c = conditions(w, Wide(t), strength, gap, power);
    worst.see(units(strength_at(m, t), strength, c.strength));
    worst.see(units(strength_gap_at(m, t), gap, c.gap));
  }
  EXPECT_LE(worst.value(), 64) << name;
}

TEST(DeepMode, KeepsItsDigitsAtEveryDepthFromEveryStart) {
  for (double n : {1.2, 1.99, 2.0, 2.01, 3.0, 4.0, 9.0, 99.0, 1000.0})
    for (double x0 : kStarts)
      holds_digits(deep<double>(n, 0.7, 0.7 * x0, 3), deep<Wide>(n, 0.7, 0.7 * x0, 3), 2 - Wide(2) / n,
                   fmt::format("L = {}, u0/s = {}", n, x0));
}

// Numbers as they stand are exact, and the way from u0 to uf is their difference: short intervals, and starts
// of any size, cost no digits although t's condition number grows as uf/(uf - u0).
TEST(DeepMode, TimesOfShortIntervalsAndTinyStartsKeepAllTheirDigits) {
  base::Worst worst;
  const auto see = [&](double n, double u0, double uf, double s) {
    const double t = time_to_reach(deep<double>(n, s, u0, 3), uf);
    const Wide exact = time_to_reach(deep<Wide>(n, s, u0, 3), Wide(uf));
    const double ulps = static_cast<double>(abs(Wide(Wide(t) / exact - 1))) / 2.2e-16;
    worst.see(ulps);
    EXPECT_LE(ulps, 8) << fmt::format("L = {}, s = {}, from {} to {}", n, s, u0, uf);
  };
  for (double n : {1.2, 1.99, 2.0, 2.7, 3.0, 4.0, 6.0, 9.0, 19.0, 41.0, 1000.0})
    for (double s : {1.0, 0.7, 1e-100, 1e100})
      for (double x0 : {1e-300, 1e-12, 0.2, 0.39, 0.4, 0.41, 0.5 - 1e-9, 0.5, 0.6, 0.999, 1.001, 2.0, 1e3})
        for (double share : {1e-12, 2e-7, 1e-3, 0.1, 0.5}) {
          if (x0 == 1e-300 && std::abs(std::log(s)) > 1) continue;  // beyond double
          see(n, s * x0, s * x0 * (x0 < 1 ? 1 + share * std::min(1 / x0 - 1, 1.0) : 1 - share * (1 - 1 / x0)),
              s);
        }
  for (double n : {3.0, 4.0, 41.0}) see(n, 1e-300, 1e-299, 1);
  // Some ten roundings of eps/2: the power, the scale, the ends as shares of s, their distance; 4.6 are seen.
  EXPECT_LE(worst.value(), 8);
}

TEST(InfiniteDepthMode, KeepsItsDigitsFromEveryStart) {
  for (double x0 : kStarts)
    holds_digits(limit<double>(0.7, 0.7 * x0, 3), limit<Wide>(0.7, 0.7 * x0, 3), Wide(2),
                 fmt::format("infinite depth, u0/s = {}", x0));
}

TEST(DeepMode, LearningTimesKeepTheirDigitsBesideS) {
  for (double n : {2.0, 3.0, 9.0, 1000.0})
    for (double x0 : {1e-12, 1e-3, 0.4, 3.0, 1e6})
      for (double eps : {1e-13, 1e-6, 0.1}) {
        const auto m = deep<double>(n, 0.7, 0.7 * x0, 3);
        const auto w = deep<Wide>(n, 0.7, 0.7 * x0, 3);
        const Wide exact = learning_time(w, Wide(eps)), end = Wide(0.7) + (x0 < 1 ? -eps : eps);
        const auto c = conditions(w, exact, end, Wide(eps), 2 - Wide(2) / n);
        EXPECT_LE(units(learning_time(m, eps), exact, c.time), 64) << n << ' ' << x0 << ' ' << eps;
        if (x0 >= 0.5) continue;
        const Wide half = half_learning_time(w);
        const auto at_half = conditions(w, half, Wide(0.35), Wide(0.35), 2 - Wide(2) / n);
        EXPECT_LE(units(half_learning_time(m), half, at_half.time), 64) << n << ' ' << x0;
      }
}

// C26: N_l = 3 is Eq 10.
TEST(DeepMode, TwoMatricesAreEqs10To12) {
  for (double x0 : {1e-9, 0.2, 4.0}) {
    const auto m = deep<double>(2, 1.7, 1.7 * x0, 3);
    const ThreeLayerMode<double> three({1.7, 1.7 * x0, 3});
    for (double t : {0.1, 5.0, 60.0}) {
      const double swing = 1 + 2 * 1.7 * t / 3;
      EXPECT_NEAR(strength_at(m, t) / strength_at(three, t), 1, 64 * swing * 2.3e-16) << x0 << ' ' << t;
    }
    EXPECT_DOUBLE_EQ(rate(m, 0.3), rate(three, 0.3));
  }
}

TEST(DeepMode, OneMatrixIsTheShallowLaw) {
  const auto m = deep<double>(1, 1.7, 0, 3);
  const ShallowMode<double> shallow({1.7, 0, 3});
  EXPECT_EQ(strength_at(m, 2.0), strength_at(shallow, 2.0));
  EXPECT_GT(strength_at(m, 2.0), 0) << "a shallow mode leaves 0";
}

TEST(DeepMode, StaysAtTheOriginWhereLayersMultiply) {
  const auto m = deep<double>(3, 1.7, 0, 3);
  EXPECT_EQ(strength_at(m, 100.0), 0);
  EXPECT_EQ(strength_gap_at(m, 100.0), 1.7);
  EXPECT_THROW(time_to_reach(m, 0.1), base::UnreachableError);
  EXPECT_THROW(half_learning_time(limit<double>(1, 0, 1)), base::UnreachableError);
}

TEST(DeepMode, RefusesDepthsThatAreNotItsOwn) {
  EXPECT_THROW(DeepMode<double>(DepthExponent::infinite(), {1, 0.1, 1}), base::DomainError);
  EXPECT_THROW(deep<double>(1.5, 1, 0, 1), base::DomainError);
  EXPECT_THROW(InfiniteDepthMode<double>(0.5, {1, 0.1, 1}), base::DomainError);
}

// Eq 17 and its explicit inverse as printed, W0 being Boost's.
TEST(InfiniteDepthMode, IsEq17AndItsLambertInverse) {
  const double s = 1.7, tau = 3;
  for (double u0 : {0.02, 0.4, 2.5}) {
    const auto m = limit<double>(s, u0, tau);
    const double v0 = s / u0 - 1;
    for (double t : {0.01, 0.1, 1.0}) {
      const double elapsed = 30 * s * s * t / tau;
      const double w = boost::math::lambert_w0(v0 * std::exp(v0 - elapsed));
      EXPECT_NEAR(strength_at(m, t) / (s / (1 + w)), 1, 1e-12) << u0 << ' ' << t;  // e^v0 up to e^84 rounds
    }
    for (double share : {0.1, 0.9}) {
      const double uf = u0 + share * (s - u0);
      const double printed =
          tau / 30 * (std::log(uf * (u0 - s) / (u0 * (uf - s))) / (s * s) + 1 / (s * u0) - 1 / (s * uf));
      EXPECT_NEAR(time_to_reach(m, uf) / printed, 1, 1e-13) << u0 << ' ' << uf;
    }
  }
}

// C27: L times the time of Eq 15 tends to N_l times that of Eq 16 as 1/N_l.
TEST(InfiniteDepthMode, IsTheLimitOfGrowingDepth) {
  const auto gap = [&](double n) {
    const auto m = deep<double>(n, 1.7, 0.3, 3);
    return n * half_learning_time(m) / (30 * half_learning_time(limit<double>(1.7, 0.3, 3))) - 1;
  };
  EXPECT_NEAR(gap(1000) / gap(2000), 2, 0.01);  // first order in 1/L
  EXPECT_LT(std::abs(gap(1000)), 5e-3);
}

}  // namespace
}  // namespace dln::theory
