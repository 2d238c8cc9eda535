// One suite for all who obey a law: every ModeLaw, in double, long double and 50 digits.
#include <gtest/gtest.h>

#include <boost/math/quadrature/tanh_sinh.hpp>
#include <limits>

#include "tests/theory/mode_law_suite.hpp"

namespace dln::theory::suite {
namespace {

constexpr double kAllowed = 64;  // in units of eps (1 + cond)

static_assert(ModeLaw<ShallowMode<double>> && ModeLaw<ThreeLayerMode<double>>);
static_assert(ModeLaw<ShallowMode<long double>> && ModeLaw<ThreeLayerMode<Fifty>>);
static_assert(ModeLaw<UnequalMode<double>> && ModeLaw<UnequalMode<Fifty>>);
static_assert(ModeLaw<DeepMode<double>> && ModeLaw<DeepOf<Fifty, 9>>);
static_assert(ModeLaw<InfiniteDepthMode<double>> && ModeLaw<LimitOf<Fifty>>);
static_assert(ModeLaw<UnbalancedDeepMode<double>> && ModeLaw<UnbalancedDeepMode<Fifty>>);
static_assert(!ModeLaw<Mode<double>>, "numbers alone are not a law");

template <class Law>
class EveryModeLaw : public testing::Test {
 protected:
  static Law law(double s, double u0, double tau) {
    using Real = typename Law::real_type;
    return make<Law>(Real(s), Real(u0), Real(tau));
  }
};

using Laws =
    testing::Types<ShallowMode<double>, ShallowMode<long double>, ShallowMode<Fifty>, ThreeLayerMode<double>,
                   ThreeLayerMode<long double>, ThreeLayerMode<Fifty>, UnequalMode<double>,
                   UnequalMode<long double>, UnequalMode<Fifty>, DeepOf<double, 1>, DeepOf<double, 2>,
                   DeepOf<double, 3>, DeepOf<long double, 4>, DeepOf<Fifty, 9>, DeepOf<double, 6>,
                   LimitOf<double>, LimitOf<long double>, LimitOf<Fifty>, LayersOf<double, 3>,
                   LayersOf<long double, 4>, LayersOf<Fifty, 5>>;
TYPED_TEST_SUITE(EveryModeLaw, Laws);

// Those that the paper prints for all times; deep_mode_test.cpp holds the deep laws to the same bounds.
template <class Law>
class EveryPrintedLaw : public EveryModeLaw<Law> {};
using PrintedLaws = testing::Types<ShallowMode<double>, ShallowMode<long double>, ShallowMode<Fifty>,
                                   ThreeLayerMode<double>, ThreeLayerMode<long double>, ThreeLayerMode<Fifty>,
                                   UnequalMode<double>, UnequalMode<long double>, UnequalMode<Fifty>>;
TYPED_TEST_SUITE(EveryPrintedLaw, PrintedLaws);

TYPED_TEST(EveryPrintedLaw, KeepsStrengthAndGapAccurateToTimesFarBeyondThePrintedOverflow) {
  using Paper = Printed<TypeParam>;
  using Real = typename TypeParam::real_type;
  const Function strength = Paper::strength, gap = Paper::gap;
  double worst = 0;
  long samples = 0;
  for_each_mode<TypeParam>([&](const TypeParam& m) {
    for (double exponent : {1e-9, 1e-3, 0.5, 3.0, 20.0, 100.0, 690.0, 720.0, 1600.0}) {
      const Real t = Real(exponent) * m.time_constant() / (2 * m.singular_value());
      Arguments x = numbers_of(m);
      x.push_back(Wide(t));
      worst = std::max({worst, error_in_units(strength_at(m, t), strength, x),
                        error_in_units(strength_gap_at(m, t), gap, x)});
      ++samples;
    }
  });
  EXPECT_EQ(samples, 4 * 12 * 3 * 9);
  EXPECT_LE(worst, kAllowed);
  EXPECT_GT(worst, 0) << "an error of exactly nothing everywhere means that nothing was compared";
}

TYPED_TEST(EveryPrintedLaw, KeepsTheTimeToReachAccurate) {
  using Paper = Printed<TypeParam>;
  using Real = typename TypeParam::real_type;
  const Function time = Paper::time;
  double worst = 0;
  long samples = 0;
  for_each_mode<TypeParam>([&](const TypeParam& m) {
    for (Real share : {Real(1e-9), Real(0.01), Real(0.5), Real(0.9), 1 - Real(1e-9)}) {
      const Real u = m.initial_strength() + share * m.initial_gap();
      const bool between = (m.initial_strength() < u && u < m.singular_value()) ||
                           (m.singular_value() < u && u < m.initial_strength());
      if (!between) continue;  // rounded onto an end
      Arguments x = numbers_of(m);
      x.push_back(Wide(u));
      worst = std::max(worst, error_in_units(time_to_reach(m, u), time, x));
      ++samples;
    }
  });
  EXPECT_GT(samples, 600);
  EXPECT_LE(worst, kAllowed);
}

TYPED_TEST(EveryPrintedLaw, KeepsHalfLearningAndLearningTimesAccurate) {
  using Paper = Printed<TypeParam>;
  using Real = typename TypeParam::real_type;
  const auto with_last = [](Arguments x, const Wide& last) {
    x.push_back(last);
    return Paper::time(x);
  };
  const Function half = [&](const Arguments& x) { return with_last(x, x[0] / 2); };
  const auto at_distance = [&](const Arguments& x, int sign) {
    return with_last({x.begin(), x.end() - 1}, x[0] + sign * x.back());
  };
  const Function below = [&](const Arguments& x) { return at_distance(x, -1); };
  const Function above = [&](const Arguments& x) { return at_distance(x, +1); };
  double worst = 0;
  long samples = 0;
  for_each_mode<TypeParam>([&](const TypeParam& m) {
    if (2 * m.initial_strength() < m.singular_value()) {
      worst = std::max(worst, error_in_units(half_learning_time(m), half, numbers_of(m)));
      ++samples;
    }
    for (Real share : {Real(1e-13), Real(1e-6), Real(0.2)}) {
      const Real eps = share * m.singular_value();
      Arguments x = numbers_of(m);
      x.push_back(Wide(eps));
      const Wide u0(m.initial_strength());
      const bool rising = u0<Wide(x[0] - x.back()), falling = u0> Wide(x[0] + x.back());
      if (!rising && !falling) continue;
      worst = std::max(worst, error_in_units(learning_time(m, eps), rising ? below : above, x));
      ++samples;
    }
  });
  EXPECT_GT(samples, 280);
  EXPECT_LE(worst, kAllowed);
}

TYPED_TEST(EveryModeLaw, MovesAtItsOwnRate) {
  // du/dt by a central difference in 120 digits, step 1e-30: the law of the same name at higher precision.
  using InWide = typename Widened<TypeParam>::type;
  for (double u0 : {1e-6, 0.3, 2.5}) {
    const InWide m = make<InWide>(Wide(1.7), Wide(u0), Wide(3));
    for (double t : {0.01, 1.0, 6.0}) {
      const Wide h("1e-30");
      const Wide slope = (strength_at(m, Wide(t + h)) - strength_at(m, Wide(t - h))) / (2 * h);
      const Wide expected = rate(m, strength_at(m, Wide(t)));
      EXPECT_LT(abs(Wide(slope / expected - 1)), Wide("1e-50"));
    }
  }
}

TYPED_TEST(EveryModeLaw, TakesTheTimeThatItsRateImplies) {
  // t = int du / rate, by quadrature: a witness that knows nothing but the rate.
  const auto m = TestFixture::law(1.7, 1e-4, 3);
  boost::math::quadrature::tanh_sinh<double> integrator;
  const auto pace = [&](double u) { return 1 / static_cast<double>(rate(m, u)); };
  for (double u : {0.01, 0.85, 1.6}) {
    const double expected = integrator.integrate(pace, 1e-4, u, 1e-12);
    // The quadrature is asked for 1e-12 and its sum rounds at about that level.
    EXPECT_NEAR(static_cast<double>(time_to_reach(m, u)) / expected, 1, 1e-10);
  }
}

TYPED_TEST(EveryModeLaw, ReachesAStrengthAtTheTimeItSays) {
  using Real = typename TypeParam::real_type;
  for (double u0 : {1e-9, 0.2, 5.0}) {
    const auto m = TestFixture::law(2, u0, 0.4);
    for (double share : {0.1, 0.5, 0.99}) {
      const Real u = m.initial_strength() + Real(share) * m.initial_gap();
      const Real t = time_to_reach(m, u), swing = abs(Real(t * rate(m, u) / u));  // |t du/dt| / u
      EXPECT_LT(abs(Real(strength_at(m, t) / u - 1)),
                64 * (1 + swing) * std::numeric_limits<Real>::epsilon());
    }
  }
}

TYPED_TEST(EveryModeLaw, ContinuesFromWhereItIs) {
  using Real = typename TypeParam::real_type;
  const auto m = TestFixture::law(2, 1e-5, 3);
  for (double t1 : {0.5, 4.0})
    for (double t2 : {0.5, 4.0}) {
      const auto later = begun_at(m, Real(t1));
      const Real whole = strength_at(m, Real(t1 + t2)), parts = strength_at(later, Real(t2));
      const Real swing = abs(Real((t1 + t2) * rate(m, whole) / whole));
      EXPECT_LT(abs(Real(whole / parts - 1)), 64 * (1 + swing) * std::numeric_limits<Real>::epsilon());
    }
}

TYPED_TEST(EveryModeLaw, AddsStrengthAndGapToTheSingularValue) {
  using Real = typename TypeParam::real_type;
  for (double u0 : {1e-6, 0.4, 9.0}) {
    const auto m = TestFixture::law(2, u0, 3);
    for (double t : {0.0, 1.0, 8.0, 50.0})
      EXPECT_LT(abs(Real(strength_at(m, Real(t)) + strength_gap_at(m, Real(t)) - 2)),
                16 * (2 + u0) * std::numeric_limits<Real>::epsilon());
  }
}

TYPED_TEST(EveryModeLaw, StartsAtItsStartAndEndsAtS) {
  using Real = typename TypeParam::real_type;
  const Real forever = std::numeric_limits<Real>::infinity();
  for (double u0 : {1e-6, 0.4, 2.0, 9.0}) {
    const auto m = TestFixture::law(2, u0, 3);
    EXPECT_LT(abs(Real(strength_at(m, Real(0)) / Real(u0) - 1)), 4 * std::numeric_limits<Real>::epsilon());
    EXPECT_LT(abs(Real(strength_at(m, forever) - 2)), 8 * std::numeric_limits<Real>::epsilon());
    EXPECT_EQ(strength_gap_at(m, forever), 0);
  }
}

TYPED_TEST(EveryModeLaw, StaysAtSWhenItStartsThere) {
  using Real = typename TypeParam::real_type;
  const auto m = TestFixture::law(2, 2, 3);
  EXPECT_EQ(strength_gap_at(m, Real(7)), 0);
  EXPECT_EQ(time_to_reach(m, Real(2)), 0);
  EXPECT_THROW(time_to_reach(m, Real(1)), base::UnreachableError);
}

TYPED_TEST(EveryModeLaw, DescendsFromAboveS) {
  using Real = typename TypeParam::real_type;
  const auto m = TestFixture::law(2, 5, 3);
  EXPECT_LT(rate(m, Real(5)), 0);
  Real previous = 5;
  for (double t : {0.1, 1.0, 3.0}) {
    const Real u = strength_at(m, Real(t));
    EXPECT_LT(u, previous);
    EXPECT_GT(u, 2);
    EXPECT_LT(strength_gap_at(m, Real(t)), 0);
    previous = u;
  }
  EXPECT_GT(time_to_reach(m, Real(3)), 0);
  EXPECT_GT(learning_time(m, Real(0.5)), 0);
}

TYPED_TEST(EveryModeLaw, HasLearnedHalfAlreadyWhenItStartsAboveHalf) {
  using Real = typename TypeParam::real_type;
  for (double u0 : {1.01, 1.5, 2.0, 7.0}) EXPECT_EQ(half_learning_time(TestFixture::law(2, u0, 3)), 0);
  EXPECT_GT(half_learning_time(TestFixture::law(2, 0.99, 3)), 0);
  for (double u0 : {1.9, 2.0, 2.1}) EXPECT_EQ(learning_time(TestFixture::law(2, u0, 3), Real(0.2)), 0);
}

TYPED_TEST(EveryModeLaw, RefusesTargetsOutOfReach) {
  using Real = typename TypeParam::real_type;
  const auto rising = TestFixture::law(2, 0.5, 3), falling = TestFixture::law(2, 5, 3);
  for (double u : {0.4, 2.0, 2.1, -1.0})
    EXPECT_THROW(time_to_reach(rising, Real(u)), base::UnreachableError) << u;
  for (double u : {1.9, 2.0, 5.1}) EXPECT_THROW(time_to_reach(falling, Real(u)), base::UnreachableError) << u;
  EXPECT_EQ(time_to_reach(rising, rising.initial_strength()), 0);
  EXPECT_EQ(time_to_reach(falling, falling.initial_strength()), 0);
}

TYPED_TEST(EveryModeLaw, RefusesNumbersOutsideItsDomain) {
  using Real = typename TypeParam::real_type;
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (double bad : {0.0, -1.0, nan, inf}) {
    const bool any_sign = requires(const TypeParam& m) {
      m.a0();
    };  // of s, in Eq 8
    if (!any_sign || !std::isfinite(bad)) {
      EXPECT_THROW(TestFixture::law(bad, 0.1, 1), base::DomainError) << "s = " << bad;
    }
    EXPECT_THROW(TestFixture::law(1, 0.1, bad), base::DomainError) << "tau = " << bad;
  }
  for (double bad : {-1e-300, nan, inf})
    EXPECT_THROW(TestFixture::law(1, bad, 1), base::DomainError) << "u0 = " << bad;
  const auto m = TestFixture::law(2, 0.5, 3);
  for (double bad : {-1e-9, nan}) {
    EXPECT_THROW(strength_at(m, Real(bad)), base::DomainError) << "t = " << bad;
    EXPECT_THROW(strength_gap_at(m, Real(bad)), base::DomainError) << "t = " << bad;
  }
  for (double bad : {0.0, -0.1, 2.0, nan})
    EXPECT_THROW(learning_time(m, Real(bad)), base::DomainError) << "eps = " << bad;
  EXPECT_THROW(time_to_reach(m, Real(nan)), base::DomainError);
}

}  // namespace
}  // namespace dln::theory::suite
