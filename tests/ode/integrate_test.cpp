// The driver against solutions known in closed form, and against everything that makes odeint fail silently.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/ode/fifty_digits.hpp"
#include "dln/ode/integrate.hpp"

namespace dln::ode {
namespace {

using base::TimeGrid;

constexpr Stepper kSteppers[] = {Stepper::dopri5, Stepper::fehlberg78, Stepper::bulirsch_stoer};

// x'' = -x as a system; x = cos t.
template <class Real>
RightHandSide<Real> oscillator() {
  return [](std::span<const Real> x, std::span<Real> dxdt, Real) {
    dxdt[0] = x[1];
    dxdt[1] = -x[0];
  };
}

RightHandSide<double> growth(double exponent) {
  return
      [=](std::span<const double> x, std::span<double> dxdt, double) { dxdt[0] = std::pow(x[0], exponent); };
}

// Steps of one size: a tolerance that accepts everything, and a largest step.
FiftyDigits error_with_step(Stepper stepper, int steps) {
  using std::cos;
  Options<FiftyDigits> options;
  options.stepper = stepper;
  options.relative_tolerance = options.absolute_tolerance = 1e6;
  options.first_step = options.maximum_step = FiftyDigits(1) / steps;
  const auto solution =
      integrate<FiftyDigits>(oscillator<FiftyDigits>(), {1, 0}, TimeGrid<FiftyDigits>({0, 1}), options);
  EXPECT_EQ(solution.work.accepted_steps, static_cast<std::size_t>(steps));
  return abs(FiftyDigits(solution.trajectory.final_state()[0] - cos(FiftyDigits(1))));
}

TEST(Integrate, ShowsTheOrderOfEachMethodInFiftyDigits) {
  for (const auto& [stepper, order] :
       {std::pair{Stepper::dopri5, 5.0}, std::pair{Stepper::fehlberg78, 8.0}}) {
    const FiftyDigits coarse = error_with_step(stepper, 64), fine = error_with_step(stepper, 128);
    const double observed =
        static_cast<double>(FiftyDigits(log(FiftyDigits(coarse / fine)) / log(FiftyDigits(2))));
    // The next order, one power of the step 1/64 higher, is left in the ratio.
    EXPECT_NEAR(observed, order, 0.1) << name_of(stepper);
  }
}

TEST(Integrate, ErrsLessAsTheToleranceFalls) {
  for (Stepper stepper : kSteppers) {
    double previous = 1;
    for (double tolerance : {1e-4, 1e-7, 1e-10}) {
      Options<double> options;
      options.stepper = stepper;
      options.relative_tolerance = options.absolute_tolerance = tolerance;
      options.maximum_step = 10;  // the tolerance alone decides
      const auto solution =
          integrate<double>(oscillator<double>(), {1, 0}, TimeGrid<double>({0, 10}), options);
      const double error = std::abs(solution.trajectory.final_state()[0] - std::cos(10.0));
      EXPECT_LT(error, 100 * tolerance) << name_of(stepper);  // some 100 steps, each within the tolerance
      EXPECT_LT(error, previous / 50) << name_of(stepper);
      previous = error;
    }
  }
}

TEST(Integrate, StepsOntoEveryRequestedTime) {
  const TimeGrid<double> grid({0, 0.1, 0.1000001, 3, 7.7});
  for (Stepper stepper : kSteppers) {
    Options<double> options;
    options.stepper = stepper;
    const auto solution = integrate<double>(oscillator<double>(), {1, 0}, grid, options);
    ASSERT_EQ(solution.trajectory.times(), grid.times());
    for (std::size_t i = 0; i < grid.size(); ++i)
      EXPECT_NEAR(solution.trajectory.state(i)[0], std::cos(grid[i]), 1e-8);  // 100 x tolerance 1e-10
    EXPECT_EQ(solution.reason, StopReason::reached_end);
    EXPECT_GT(solution.work.evaluations, solution.work.accepted_steps);
  }
}

TEST(Integrate, ReturnsTheStartForAGridOfOneTime) {
  const auto solution = integrate<double>(oscillator<double>(), {1, 0}, TimeGrid<double>({2.5}));
  EXPECT_EQ(solution.trajectory.size(), 1u);
  EXPECT_TRUE(solution.complete());
  EXPECT_EQ(solution.work.accepted_steps, 0u);
}

TEST(Integrate, NoticesABlowUp) {
  for (Stepper stepper : kSteppers) {
    Options<double> options;
    options.stepper = stepper;
    // x' = x^2 from 1 has a pole at t = 1.
    const auto solution = integrate<double>(growth(2), {1}, TimeGrid<double>({0, 0.5, 2}), options);
    EXPECT_EQ(solution.reason, StopReason::blew_up) << solution.brief();
    EXPECT_NEAR(solution.stop_time, 1, 1e-6);
    EXPECT_EQ(solution.trajectory.size(), 2u)
        << "the time before the pole is kept, the one after is not invented";
    EXPECT_THROW(integrate_fully<double>(growth(2), {1}, TimeGrid<double>({0, 2}), options),
                 base::NumericalError);
  }
}

TEST(Integrate, NoticesAStepThatBecomesTooSmall) {
  // x' = -1/x from 1 ends at t = 1/2, where the slope is infinite but x is not.
  const auto solution = integrate<double>(growth(-1), {1}, TimeGrid<double>({0, 1}), {.first_step = 0.01});
  EXPECT_EQ(solution.reason, StopReason::reached_end);  // upwards it is harmless
  const RightHandSide<double> down = [](std::span<const double> x, std::span<double> dxdt, double) {
    dxdt[0] = -1 / x[0];
  };
  const auto stopped = integrate<double>(down, {1}, TimeGrid<double>({0, 1}));
  EXPECT_EQ(stopped.reason, StopReason::step_too_small) << stopped.brief();
  EXPECT_NEAR(stopped.stop_time, 0.5, 0.01);
}

TEST(Integrate, NeverAcceptsANaN) {
  const RightHandSide<double> root = [](std::span<const double> x, std::span<double> dxdt, double) {
    dxdt[0] = -std::sqrt(x[0]) - 1;  // NaN as soon as x < 0
  };
  for (Stepper stepper : kSteppers) {
    Options<double> options;
    options.stepper = stepper;
    const auto solution = integrate<double>(root, {1}, TimeGrid<double>({0, 5}), options);
    EXPECT_FALSE(solution.complete()) << solution.brief();
    for (double x : solution.trajectory.component(0)) EXPECT_TRUE(std::isfinite(x));
  }
}

TEST(Integrate, TriesASmallerStepWhenATrialOneLeavesTheDomain) {
  // The solution e^{-100 t} stays positive; only a first step that is far too long looks beyond.
  const RightHandSide<double> decay = [](std::span<const double> x, std::span<double> dxdt, double) {
    dxdt[0] = x[0] < 0 ? std::nan("") : -100 * x[0];
  };
  for (Stepper stepper : kSteppers) {
    Options<double> options;
    options.stepper = stepper;
    options.first_step = options.maximum_step = 0.1;
    const auto solution = integrate<double>(decay, {1}, TimeGrid<double>({0, 0.1}), options);
    EXPECT_EQ(solution.reason, StopReason::reached_end) << name_of(stepper) << ": " << solution.brief();
    EXPECT_GT(solution.work.rejected_steps, 0u);
    EXPECT_NEAR(solution.trajectory.final_state()[0], std::exp(-10.0),
                1e-9);  // 100 steps within 1e-10 of at most 1
  }
}

TEST(Integrate, SaysWhenTheRightHandSideIsNotFiniteAtTheStart) {
  const auto solution = integrate<double>(growth(-1), {0}, TimeGrid<double>({0, 1}));
  EXPECT_EQ(solution.reason, StopReason::not_finite);
  EXPECT_NE(solution.brief().find("not finite"), std::string::npos);
}

TEST(Integrate, StopsWhenItsStepBudgetIsSpent) {
  const auto solution =
      integrate<double>(oscillator<double>(), {1, 0}, TimeGrid<double>({0, 1e6}), {.step_budget = 100});
  EXPECT_EQ(solution.reason, StopReason::step_budget_spent);
  EXPECT_EQ(solution.work.accepted_steps + solution.work.rejected_steps, 100u);
}

TEST(Integrate, FollowsAPlateauInLogarithmicCoordinates) {
  // The logistic from 1e-12: with an absolute tolerance of 1e-9 linear coordinates lose the start altogether.
  const RightHandSide<double> logistic = [](std::span<const double> x, std::span<double> dxdt, double) {
    dxdt[0] = x[0] * (1 - x[0]);
  };
  const auto exact = [](double t) { return 1 / (1 + (1e12 - 1) * std::exp(-t)); };
  Options<double> options{.relative_tolerance = 1e-9, .absolute_tolerance = 1e-9};
  options.maximum_step = 40;
  const auto linear = integrate<double>(logistic, {1e-12}, TimeGrid<double>({0, 20, 40}), options);
  options.maximum_step = 0;
  options.coordinates = Coordinates::logarithmic;
  const auto logarithmic = integrate<double>(logistic, {1e-12}, TimeGrid<double>({0, 20, 40}), options);
  for (std::size_t i : {1u, 2u})  // tolerance 1e-9 in ln x over some 100 steps
    EXPECT_NEAR(logarithmic.trajectory.state(i)[0] / exact(logarithmic.trajectory.time(i)), 1, 1e-7);
  EXPECT_GT(std::abs(linear.trajectory.state(1)[0] / exact(20) - 1), 1e-6);
}

TEST(Integrate, BeginsWithStepsThatTheStartAllows) {
  // x = ln u of u' = 1 - u from 1e-6: the first thousandth of the time multiplies u by ten thousand. The
  // error tolerated, relative to |x| + h |x'|, is then a hundred times that of x, and extrapolation ends
  // anywhere.
  const RightHandSide<double> f = [](std::span<const double> x, std::span<double> dxdt, double) {
    dxdt[0] = std::exp(-x[0]) - 1;
  };
  for (Stepper stepper : kSteppers) {
    Options<double> options{.relative_tolerance = 1e-6, .absolute_tolerance = 1e-6};
    options.stepper = stepper;
    const auto solution = integrate<double>(f, {std::log(1e-6)}, TimeGrid<double>({0, 1, 10}), options);
    ASSERT_TRUE(solution.complete()) << name_of(stepper) << ": " << solution.brief();
    // Some ten steps on the way up, each within 1e-6 (1 + |x|).
    EXPECT_NEAR(solution.trajectory.state(1)[0], std::log1p(-(1 - 1e-6) * std::exp(-1.0)), 1e-4);
    EXPECT_NEAR(solution.trajectory.state(2)[0], std::log1p(-(1 - 1e-6) * std::exp(-10.0)), 1e-5);
  }
}

TEST(Integrate, DoesNotSleepThroughATransitionBetweenPlateaus) {
  // In ln u the slope is 1 before the transition at t = 28 and 0 after it. Were one step allowed to lead
  // across, the error estimate, which sees only the ends, would be off by four digits.
  const RightHandSide<double> f = [](std::span<const double> y, std::span<double> dydt, double) {
    dydt[0] = 1 - std::exp(y[0]);
  };
  const auto just_after = [&](double maximum_step) {
    Options<double> options{.relative_tolerance = 1e-9, .absolute_tolerance = 1e-9};
    options.maximum_step = maximum_step;
    return integrate<double>(f, {std::log(1e-12)}, TimeGrid<double>({0, 28, 40}), options)
        .trajectory.state(1)[0];
  };
  const double exact = -std::log1p((1e12 - 1) * std::exp(-28.0));
  EXPECT_NEAR(just_after(0), exact, 1e-7);  // 100 steps within 1e-9
  EXPECT_GT(std::abs(just_after(1e3) - exact), 1e-6) << "the default is no longer needed";
}

TEST(Integrate, RefusesWhatItCannotIntegrate) {
  const TimeGrid<double> grid({0, 1});
  const auto f = oscillator<double>();
  EXPECT_THROW(integrate<double>(f, {}, grid), base::DomainError);
  EXPECT_THROW(integrate<double>(f, {std::nan(""), 0}, grid), base::DomainError);
  EXPECT_THROW(integrate<double>(f, {1, 0}, grid, {.relative_tolerance = 0}), base::DomainError);
  EXPECT_THROW(integrate<double>(f, {1, 0}, grid, {.absolute_tolerance = -1}), base::DomainError);
  EXPECT_THROW(integrate<double>(f, {1, 0}, grid, {.maximum_step = -1}), base::DomainError);
  EXPECT_THROW(integrate<double>(f, {1, 0}, grid, {.coordinates = Coordinates::logarithmic}),
               base::DomainError);
  EXPECT_THROW(stepper_from_name("euler"), base::DomainError);
  EXPECT_EQ(stepper_from_name("dopri5"), Stepper::dopri5);
}

}  // namespace
}  // namespace dln::ode
