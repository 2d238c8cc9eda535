// What holds for every ModeLaw at any parameters: s in 1e-3..1e3, u0/s in 1e-9..1e3, tau in 0.1..100, and
// times from the start to where all is learned.
//
// Errors are counted in units of eps times the condition of what is compared: a time t known to eps moves u
// by eps t |du/dt|, which is eps times the swing, t |du/dt| / u.
#include "tests/properties.hpp"

#include "tests/theory/mode_law_suite.hpp"

namespace dln::theory::suite {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
// As in mode_law_test.cpp; twice, for comparing two results.
constexpr double kAllowed = 128;

template <class Law>
class EveryModeLawAnywhere : public testing::Test {};
using Laws = testing::Types<ShallowMode<double>, ThreeLayerMode<double>, UnequalMode<double>,
                            DeepOf<double, 1>, DeepOf<double, 2>, DeepOf<double, 3>, DeepOf<double, 6>,
                            LimitOf<double>, LayersOf<double, 3>, LayersOf<double, 5>>;
TYPED_TEST_SUITE(EveryModeLawAnywhere, Laws);

// How many matrices the law has; 0 for infinitely many.
template <class Law>
constexpr int kMatrices = 2;
template <>
constexpr int kMatrices<ShallowMode<double>> = 1;
template <int Matrices>
constexpr int kMatrices<DeepOf<double, Matrices>> = Matrices;
template <int Matrices>
constexpr int kMatrices<LayersOf<double, Matrices>> = Matrices;
template <>
constexpr int kMatrices<LimitOf<double>> = 0;

struct Numbers {
  double s = size_between(-3, 3), u0 = s * size_between(-9, 3), tau = size_between(-1, 2);
};

// Where the mode is when `part` of the way to s lies behind it, and when.
struct Moment {
  double u, t;
};
template <class Law>
Moment moment(const Law& m, double part) {
  const double u = m.initial_strength() + part * m.initial_gap();
  const double s = m.singular_value(), u0 = m.initial_strength();
  RC_PRE((u0 < u && u < s) || (s < u && u < u0));  // not rounded onto an end
  return {u, time_to_reach(m, u)};
}

template <class Law>
double swing(const Law& m, double t, double u) {
  return std::abs(t * rate(m, u) / u);
}
// Equal but for so many units of eps (1 + condition).
void require_close(double a, double b, double condition) {
  RC_ASSERT(std::abs(a / b - 1) <= kAllowed * kEpsilon * (1 + condition));
}

TYPED_TEST(EveryModeLawAnywhere, ReachesAStrengthAtTheTimeItSaysAndTheOtherWayRound) {
  for_all([] {
    const Numbers n;
    const auto m = make<TypeParam>(n.s, n.u0, n.tau);
    const auto [u, t] = moment(m, share());
    RC_ASSERT(t > 0 && std::isfinite(t));
    const double there = strength_at(m, t);
    require_close(there, u, swing(m, t, u));
    // Back: u is known to eps, which moves t by eps u / |du/dt|, and so is u0, which counts as much at the
    // start.
    const double start = m.initial_strength();
    const double condition = (u / std::abs(rate(m, u)) + start / std::abs(rate(m, start))) / t;
    RC_PRE(m.singular_value() != there && start != there);
    if ((start < there) != (start < m.singular_value())) return;  // rounded to before the start
    require_close(time_to_reach(m, there), t, condition + swing(m, t, u) * u / std::abs(t * rate(m, u)));
  });
}

TYPED_TEST(EveryModeLawAnywhere, GoesOneWayAndNeverPastS) {
  for_all([] {
    const Numbers n;
    const auto m = make<TypeParam>(n.s, n.u0, n.tau);
    const double part = share(), more = part + (1 - part) * share();
    const double t1 = moment(m, part).t, t2 = moment(m, more).t;
    RC_ASSERT(t1 <= t2 * (1 + kAllowed * kEpsilon));
    // The gap keeps its sign, and what is left of it only shrinks.
    const double first = strength_gap_at(m, t1), second = strength_gap_at(m, t2);
    RC_ASSERT(first * m.initial_gap() > 0 && second * m.initial_gap() > 0);
    const double rounding = kAllowed * kEpsilon *
                            (2 + std::abs(t1 * rate(m, strength_at(m, t1)) / first) +
                             std::abs(t2 * rate(m, strength_at(m, t2)) / second));
    RC_ASSERT(std::abs(second) <= std::abs(first) * (1 + rounding));
  });
}

TYPED_TEST(EveryModeLawAnywhere, SplitsSIntoStrengthAndGap) {
  for_all([] {
    const Numbers n;
    const auto m = make<TypeParam>(n.s, n.u0, n.tau);
    const double t = moment(m, share()).t * size_between(-3, 3);
    const double u = strength_at(m, t);
    RC_ASSERT(std::abs(u + strength_gap_at(m, t) - n.s) <=
              kAllowed * kEpsilon * (n.s + u) * (1 + swing(m, t, u)));
  });
}

TYPED_TEST(EveryModeLawAnywhere, StartsAtItsStartAndTendsToS) {
  for_all([] {
    const Numbers n;
    const auto m = make<TypeParam>(n.s, n.u0, n.tau);
    require_close(strength_at(m, 0), n.u0, 0);
    require_close(strength_at(m, std::numeric_limits<double>::infinity()), n.s, 0);
  });
}

// du/dt = (c_L/tau) u^{2 - 2/L} (s - u): with s and u0 times c, u is c times as large at t c^{-(2 - 2/L)}. c
// is a power of 2^L, so that the layers of LayersOf are scaled alike.
TYPED_TEST(EveryModeLawAnywhere, ScalesWithItsSize) {
  for_all([] {
    const Numbers n;
    const int matrices = kMatrices<TypeParam>;
    const double c = std::exp2(*rc::gen::inRange(-3, 4) * std::max(matrices, 1));
    const double power = matrices == 0 ? 2 : 2 - 2.0 / matrices;
    const auto m = make<TypeParam>(n.s, n.u0, n.tau), scaled = make<TypeParam>(c * n.s, c * n.u0, n.tau);
    const auto [u, t] = moment(m, share());
    require_close(strength_at(scaled, t * std::pow(c, -power)), c * strength_at(m, t), swing(m, t, u));
  });
}

TYPED_TEST(EveryModeLawAnywhere, CountsTimeInUnitsOfTau) {
  for_all([] {
    const Numbers n;
    const double c = size_between(-3, 3);
    const auto m = make<TypeParam>(n.s, n.u0, n.tau), slower = make<TypeParam>(n.s, n.u0, c * n.tau);
    const auto [u, t] = moment(m, share());
    require_close(strength_at(slower, c * t), strength_at(m, t), swing(m, t, u));
    require_close(c * rate(slower, u), rate(m, u), 0);
  });
}

TYPED_TEST(EveryModeLawAnywhere, ContinuesFromWhereItIs) {
  for_all([] {
    const Numbers n;
    const auto m = make<TypeParam>(n.s, n.u0, n.tau);
    const auto [u, t] = moment(m, share());
    const double t1 = share() * t, t2 = t - t1;
    const double begun = strength_at(m, t1);
    const auto later = begun_at(m, t1);
    // What t1 leaves uncertain of the strength there, the rest of the way multiplies: by the ratio of the
    // rates.
    const double spread = std::abs(rate(m, u) / rate(m, begun)) * begun / u * (1 + swing(m, t1, begun));
    require_close(strength_at(later, t2), strength_at(m, t), 2 * swing(m, t, u) + 8 * spread);
  });
}

// Central differences over a part 2h, h = 1e-4 of the time in which strength or gap changes by as much as
// there is of it. Their error of truncation is (h^2/6) |u'''/u'|; each dash brings a factor of at most (2 +
// 1) over that time, so less than 1e-7 of the rate; that of rounding is eps (1 + swing) / 1e-4.
TYPED_TEST(EveryModeLawAnywhere, MovesAtItsOwnRate) {
  for_all([] {
    const Numbers n;
    const auto m = make<TypeParam>(n.s, n.u0, n.tau);
    const auto [u, t] = moment(m, share());
    const double gap = std::abs(strength_gap_at(m, t)), expected = rate(m, u);
    const double h = 1e-4 * std::min({gap, u, std::abs(t * expected)}) / std::abs(expected);
    const bool near_s = gap < u;
    const double difference = near_s ? strength_gap_at(m, t - h) - strength_gap_at(m, t + h)
                                     : strength_at(m, t + h) - strength_at(m, t - h);
    const double amount = near_s ? gap : u;
    const double rounding =
        kAllowed * kEpsilon * (amount + std::abs(t * expected)) / std::abs(2 * h * expected);
    const double span = (t + h) - (t - h);  // 2h as it is
    RC_ASSERT(std::abs(difference / span / expected - 1) <= 1e-7 + rounding);
  });
}

TYPED_TEST(EveryModeLawAnywhere, HasLearnedWhenItSays) {
  for_all([] {
    const Numbers n;
    const auto m = make<TypeParam>(n.s, n.u0, n.tau);
    const double eps = n.s * size_between(-6, -0.01), t = learning_time(m, eps);
    if (std::abs(m.initial_gap()) <= eps) {
      RC_ASSERT(t == 0);
    } else {
      const double u = strength_at(m, t);
      require_close(std::abs(strength_gap_at(m, t)), eps, n.s / eps + std::abs(t * rate(m, u)) / eps);
    }
    const double half = half_learning_time(m);
    if (2 * m.initial_strength() >= n.s)
      RC_ASSERT(half == 0);
    else
      require_close(strength_at(m, half), n.s / 2, swing(m, half, n.s / 2));
  });
}

}  // namespace
}  // namespace dln::theory::suite
