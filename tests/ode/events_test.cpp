// Events: noticed between steps, located by root finding, reported in order.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "dln/ode/integrate.hpp"

namespace dln::ode {
namespace {

using base::TimeGrid;
constexpr double kPi = std::numbers::pi;

RightHandSide<double> oscillator() {
  return [](std::span<const double> x, std::span<double> dxdt, double) {
    dxdt[0] = x[1];
    dxdt[1] = -x[0];
  };
}

Options<double> sharp(Stepper stepper) {
  Options<double> options;
  options.stepper = stepper;
  options.relative_tolerance = options.absolute_tolerance = 1e-12;
  return options;
}

TEST(Events, AreLocatedToTheAccuracyOfTheIntegration) {
  for (Stepper stepper : {Stepper::dopri5, Stepper::fehlberg78, Stepper::bulirsch_stoer}) {
    const auto solution = integrate<double>(oscillator(), {1, 0}, TimeGrid<double>({0, 10}), sharp(stepper),
                                            {crossing_of<double>("zero", 0, 0)});
    ASSERT_EQ(solution.events.size(), 3u);
    for (int k = 0; k < 3; ++k)
      EXPECT_NEAR(solution.events[static_cast<std::size_t>(k)].time, kPi / 2 + k * kPi,
                  1e-10);  // 100 steps x 1e-12
    EXPECT_NEAR(solution.hit("zero").state[1], -1, 1e-10);
  }
}

TEST(Events, KnowTheirDirection) {
  for (const auto& [crossing, first] :
       {std::pair{Crossing::falling, kPi / 2}, std::pair{Crossing::rising, 3 * kPi / 2}}) {
    Event<double> event = crossing_of<double>("zero", 0, 0);
    event.crossing = crossing;
    const auto solution = integrate<double>(oscillator(), {1, 0}, TimeGrid<double>({0, 6}),
                                            sharp(Stepper::fehlberg78), {event});
    ASSERT_EQ(solution.events.size(), 1u);
    EXPECT_NEAR(solution.events[0].time, first, 1e-10);
  }
}

TEST(Events, StopTheIntegrationWhenTerminal) {
  const auto solution =
      integrate<double>(oscillator(), {1, 0}, TimeGrid<double>({0, 1, 10}), sharp(Stepper::fehlberg78),
                        {crossing_of<double>("end", 0, -0.5, true)});
  EXPECT_EQ(solution.reason, StopReason::terminal_event);
  EXPECT_TRUE(solution.complete());
  EXPECT_NEAR(solution.stop_time, 2 * kPi / 3, 1e-10);
  EXPECT_EQ(solution.trajectory.size(), 3u);
  EXPECT_NEAR(solution.trajectory.final_state()[0], -0.5, 1e-10);
}

TEST(Events, OfOneStepComeInOrderAndStopAtTheFirstTerminalOne) {
  // Loose tolerance: all three levels lie within one step.
  const RightHandSide<double> line = [](std::span<const double>, std::span<double> dxdt, double) {
    dxdt[0] = 1;
  };
  const auto solution =
      integrate<double>(line, {0}, TimeGrid<double>({0, 10}), {.first_step = 10, .maximum_step = 10},
                        {crossing_of<double>("third", 0, 7), crossing_of<double>("first", 0, 2),
                         crossing_of<double>("second", 0, 5, true)});
  ASSERT_EQ(solution.events.size(), 2u);
  EXPECT_EQ(solution.events[0].name, "first");
  EXPECT_EQ(solution.events[1].name, "second");
  EXPECT_NEAR(solution.stop_time, 5, 1e-12);
  EXPECT_THROW(solution.hit("third"), base::NumericalError);
}

TEST(Events, CountAtTheStartWhenTheyHoldThere) {
  const auto solution =
      integrate<double>(oscillator(), {1, 0}, TimeGrid<double>({0, 1}), sharp(Stepper::dopri5),
                        {crossing_of<double>("at one", 0, 1, true)});
  EXPECT_EQ(solution.reason, StopReason::terminal_event);
  EXPECT_EQ(solution.stop_time, 0);
  EXPECT_EQ(solution.hit("at one").time, 0);
}

TEST(Events, ThatAreNotANumberStopTheIntegration) {
  const Event<double> root{"root", [](std::span<const double> x, double) { return std::sqrt(x[0] - 0.5); }};
  const auto solution =
      integrate<double>(oscillator(), {1, 0}, TimeGrid<double>({0, 6}), sharp(Stepper::dopri5), {root});
  EXPECT_EQ(solution.reason, StopReason::not_finite) << solution.brief();
}

TEST(Events, SeeThePhysicalStateInLogarithmicCoordinates) {
  const RightHandSide<double> exponential = [](std::span<const double> x, std::span<double> dxdt, double) {
    dxdt[0] = x[0];
  };
  Options<double> options = sharp(Stepper::dopri5);
  options.coordinates = Coordinates::logarithmic;
  const auto solution = integrate<double>(exponential, {1e-8}, TimeGrid<double>({0, 30}), options,
                                          {crossing_of<double>("one", 0, 1)});
  EXPECT_NEAR(solution.hit("one").time, std::log(1e8), 1e-10);
  EXPECT_NEAR(solution.hit("one").state[0], 1, 1e-10);
}

}  // namespace
}  // namespace dln::ode
