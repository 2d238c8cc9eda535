// How near the integrated flows of Eqs 14, 15 and 16 come to their closed forms, at every depth: within
// C tolerance (1 + cond), cond = |t u'/u|, with the C that flow/deep_flow.hpp states. An error made on the
// plateau grows as u'/u does on the way to the transition, which for a deep mode is by as much as cond, up to
// 1e5 here.
#include <gtest/gtest.h>

#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/flow/deep_flow.hpp"
#include "dln/ode/fifty_digits.hpp"
#include "dln/theory/infinite_depth_mode.hpp"

namespace dln {
namespace {

using base::Depth;
using base::DepthExponent;
using ode::FiftyDigits;
using ode::Stepper;
using Wide = long double;

constexpr double kS = 1.7, kTau = 3, kLayersInLimit = 100;
constexpr int kLimit = 0;  // for Eq 16
constexpr int kLayers[] = {2, 3, 4, 5, 10, 30, 100, 1000, kLimit};
constexpr double kShares[] = {1e-6, 1e-3, 0.1, 2};
constexpr double kTolerances[] = {1e-6, 1e-8, 1e-10, 1e-12};
constexpr Stepper kSteppers[] = {Stepper::dopri5, Stepper::fehlberg78, Stepper::bulirsch_stoer};

DepthExponent depth_of(int layers) {
  return DepthExponent(Depth::from_layers(layers));
}

// What the closed form says of one mode: the times at which to look, u there and cond.
struct Expected {
  std::vector<double> times{0};
  std::vector<Wide> strengths, conditions;  // for times 1, 2, ...
  std::size_t learning;  // the times up to here are before |s - u| is a thousandth of |s - u0|
};

template <class Law>
Expected expect(const Law& law) {
  const Wide s = law.singular_value(), u0 = law.initial_strength();
  Expected expected;
  for (Wide share : {0.25L, 0.5L, 0.9L, 0.999L}) {
    const Wide u = u0 < s ? s * share : s + (u0 - s) * (1 - share);
    expected.times.push_back(static_cast<double>(time_to_reach(law, u)));
  }
  expected.learning = expected.times.size();
  expected.times.push_back(expected.times.back() + static_cast<double>(30 * law.time_scale()));
  for (std::size_t i = 1; i < expected.times.size(); ++i) {
    const Wide t = expected.times[i], u = strength_at(law, t);
    expected.strengths.push_back(u);
    expected.conditions.push_back(std::abs(t * rate(law, u) / u));
  }
  return expected;
}

Expected expect(int layers, double share) {
  const theory::ModeNumbers<Wide> numbers{kS, share * kS, kTau};
  if (layers == kLimit) return expect(theory::InfiniteDepthMode<Wide>(kLayersInLimit, numbers));
  return expect(theory::DeepMode<Wide>(depth_of(layers), numbers));
}

enum class In { strength, logarithm, logarithmic_coordinates };

// |u/u_exact - 1| or, of ln u, the difference, at every time but the first.
std::vector<double> errors(const Expected& expected, int layers, double share, In in, Stepper stepper,
                           double tolerance) {
  const flow::DeepFlow<double> flow({kS, kTau});
  const double u0 = share * kS;
  ode::Options<double> options{
      .stepper = stepper, .relative_tolerance = tolerance, .absolute_tolerance = tolerance};
  if (in == In::strength) options.absolute_tolerance *= std::min(u0, kS);
  if (in == In::logarithmic_coordinates) options.coordinates = ode::Coordinates::logarithmic;
  const auto f = in == In::logarithm ? (layers == kLimit ? flow.log_strength_in_limit(kLayersInLimit)
                                                         : flow.log_strength(depth_of(layers)))
                                     : (layers == kLimit ? flow.strength_in_limit(kLayersInLimit)
                                                         : flow.strength(depth_of(layers)));
  const auto solution = ode::integrate_fully<double>(f, {in == In::logarithm ? std::log(u0) : u0},
                                                     base::TimeGrid<double>(expected.times), options);
  std::vector<double> errors;
  for (std::size_t i = 1; i < expected.times.size(); ++i) {
    const Wide x = solution.trajectory.state(i)[0], u = expected.strengths[i - 1];
    errors.push_back(static_cast<double>(std::abs(in == In::logarithm ? x - std::log(u) : x / u - 1)));
  }
  return errors;
}

// The largest C, while learning and while staying at s thereafter.
struct Constants {
  base::Worst learning, staying;
};
Constants constants(In in, Stepper stepper) {
  Constants worst;
  for (int layers : kLayers)
    for (double share : kShares) {
      const auto expected = expect(layers, share);
      for (double tolerance : kTolerances) {
        const auto error = errors(expected, layers, share, in, stepper, tolerance);
        for (std::size_t i = 0; i < error.size(); ++i)
          (i + 1 < expected.learning ? worst.learning : worst.staying)
              .see(error[i] / (tolerance * (1 + static_cast<double>(expected.conditions[i]))));
      }
    }
  return worst;
}

// The constants are measured, over more starts and tolerances than here: at most 1.04 and 0.7 in u.
TEST(FlowAccuracy, InStrengthIsTwiceTheToleranceTimesTheCondition) {
  for (Stepper stepper : {Stepper::dopri5, Stepper::fehlberg78}) {
    const auto c = constants(In::strength, stepper);
    EXPECT_LE(c.learning.value(), 2) << name_of(stepper);
    EXPECT_LE(c.staying.value(), 2) << name_of(stepper);
  }
}

// In ln u the shallow mode's first steps, where u doubles many times, cost dopri5 6.1; deeper modes 1.6.
TEST(FlowAccuracy, InLogarithmsIsWithinTwentyWithDormandPrince) {
  for (In in : {In::logarithm, In::logarithmic_coordinates}) {
    const auto c = constants(in, Stepper::dopri5);
    EXPECT_LE(c.learning.value(), 20);
    EXPECT_LE(c.staying.value(), 2);
  }
}

// Fehlberg's estimate compares the slopes at the two ends of a step. Where u'/u changes by orders of
// magnitude along it, at the start of a shallow mode and before the explosion of a deep one, it does not see
// all: 1100.
TEST(FlowAccuracy, InLogarithmsFehlbergMissesItsToleranceButFindsTheEnd) {
  for (In in : {In::logarithm, In::logarithmic_coordinates}) {
    const auto c = constants(in, Stepper::fehlberg78);
    EXPECT_LE(c.learning.value(), 3000);
    EXPECT_GT(c.learning.value(), 20) << "it has improved: say so in deep_flow.hpp";
    EXPECT_LE(c.staying.value(), 2);
  }
}

// Extrapolation: 15.4 while learning. Staying at s is stiff, where it takes a step that magnifies what is
// left.
TEST(FlowAccuracy, OfExtrapolationIsWithinFiftyWhileLearning) {
  for (In in : {In::strength, In::logarithm, In::logarithmic_coordinates}) {
    const auto c = constants(in, Stepper::bulirsch_stoer);
    EXPECT_LE(c.learning.value(), 50);
    EXPECT_LE(c.staying.value(), 2e4);
  }
}

// Least squares through (log10 tolerance, log10 error).
double slope(const std::vector<std::array<double, 2>>& points) {
  double x = 0, y = 0, xx = 0, xy = 0;
  for (const auto& [a, b] : points) {
    x += std::log10(a);
    y += std::log10(b);
    xx += std::log10(a) * std::log10(a);
    xy += std::log10(a) * std::log10(b);
  }
  const auto n = static_cast<double>(points.size());
  return (n * xy - x * y) / (n * xx - x * x);
}

TEST(FlowAccuracy, FallsWithTheToleranceDownToRounding) {
  for (In in : {In::strength, In::logarithm})
    for (Stepper stepper : kSteppers) {
      if (in == In::logarithm && stepper == Stepper::fehlberg78) continue;  // as above
      for (int layers : {4, 5, 10, 30, 100, 1000, kLimit}) {
        const auto expected = expect(layers, 1e-6);
        std::vector<std::array<double, 2>> points;
        for (double tolerance = 1e-6; tolerance > 0.9e-12; tolerance /= 10)
          points.push_back({tolerance, errors(expected, layers, 1e-6, in, stepper, tolerance)[1]});  // at s/2
        // 1 where the tolerance sets every step; at the loose end some are set by the largest step allowed,
        // and are better than they need.
        EXPECT_GT(slope(points), 0.6) << name_of(stepper) << ' ' << layers;
        EXPECT_LT(slope(points), 1.2) << name_of(stepper) << ' ' << layers;
        EXPECT_LT(points.back()[1], 1e-3 * points.front()[1]) << name_of(stepper) << ' ' << layers;
      }
    }
}

// Eq 14 layer by layer. The product of L layers errs by the sum of their errors.
TEST(FlowAccuracy, OfLayersGrowsWithTheirNumber) {
  for (Stepper stepper : kSteppers) {
    base::Worst worst;
    for (int layers : {2, 3, 4, 5, 10, 30, 100})
      for (double share : kShares)
        for (double tolerance : kTolerances) {
          const auto expected = expect(layers, share);
          const int L = layers - 1;
          const double a0 = std::pow(share * kS, 1.0 / L);
          const auto solution = ode::integrate_fully<double>(
              flow::DeepFlow<double>({kS, kTau}).layers(),
              std::vector<double>(static_cast<std::size_t>(L), a0), base::TimeGrid<double>(expected.times),
              {.stepper = stepper,
               .relative_tolerance = tolerance,
               .absolute_tolerance = tolerance * std::min(a0, std::pow(kS, 1.0 / L))});
          for (std::size_t i = 1; i < expected.learning; ++i) {
            Wide u = 1;
            for (double a : solution.trajectory.state(i)) u *= a;
            const Wide error = std::abs(u / expected.strengths[i - 1] - 1);
            worst.see(static_cast<double>(error / (tolerance * L * (1 + expected.conditions[i - 1]))));
          }
        }
    EXPECT_LE(worst.value(), stepper == Stepper::bulirsch_stoer ? 50 : 2) << name_of(stepper);
  }
}

// With the tolerance of u itself, an absolute one that is not far below u0, a plateau is not followed.
TEST(FlowAccuracy, InStrengthNeedsAnAbsoluteToleranceFarBelowTheStart) {
  const auto expected = expect(100, 1e-6);
  const double tolerance = 1e-8;
  const auto off = [&](double absolute) {
    const auto solution = ode::integrate_fully<double>(
        flow::DeepFlow<double>({kS, kTau}).strength(depth_of(100)), {1e-6 * kS},
        base::TimeGrid<double>(expected.times),
        {.stepper = Stepper::dopri5, .relative_tolerance = tolerance, .absolute_tolerance = absolute});
    return static_cast<double>(std::abs(solution.trajectory.state(2)[0] / expected.strengths[1] - 1) /
                               (1 + expected.conditions[1]));
  };
  EXPECT_LE(off(tolerance * 1e-6 * kS), 2 * tolerance);
  EXPECT_GT(off(tolerance), 10 * tolerance);
}

TEST(FlowAccuracy, InFiftyDigitsReachesTwentyFive) {
  const FiftyDigits s("1.7"), u0("0.17"), tau(3), tolerance("1e-27");
  for (int layers : {5, 100})
    for (Stepper stepper : {Stepper::fehlberg78, Stepper::bulirsch_stoer}) {
      const theory::DeepMode<FiftyDigits> law(depth_of(layers), {s, u0, tau});
      const FiftyDigits half = half_learning_time(law);
      const auto solution =
          ode::integrate_fully<FiftyDigits>(flow::DeepFlow<FiftyDigits>({s, tau}).strength(depth_of(layers)),
                                            {u0}, base::TimeGrid<FiftyDigits>({FiftyDigits(0), half}),
                                            {.stepper = stepper,
                                             .relative_tolerance = tolerance,
                                             .absolute_tolerance = FiftyDigits(tolerance * u0)});
      const FiftyDigits error = abs(FiftyDigits(solution.trajectory.final_state()[0] / (s / 2) - 1));
      EXPECT_LE(static_cast<double>(error), 1e-25) << name_of(stepper) << ' ' << layers;
    }
}

}  // namespace
}  // namespace dln
