// Ensembles of flows: what is said of modes that come to grief, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "dln/flow/ensemble_flow.hpp"

namespace dln::flow {
namespace {

using base::DepthExponent;
using ode::StopReason;
using Array = std::vector<double>;
using testing::ElementsAre, testing::HasSubstr, testing::StartsWith;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

DepthExponent depth(double matrices) {
  return matrices == kInfinity ? DepthExponent::infinite() : DepthExponent::from_real(matrices);
}

// u' = 2u (s - u) from below 0 is gone at t = ln((s - u0)/-u0)/(2s) = 1.2.
TEST(EnsembleFlow, SaysWhichModesBlewUp) {
  const Array s{1}, tau{1}, u0{0.1, -0.1, 0.2, -0.1}, t{2, 2, 2, 1};
  Array u(4);
  const auto run = integrate_strengths(depth(2), {s, u0, tau}, t, u);
  EXPECT_THAT(run.reasons, ElementsAre(StopReason::reached_end, StopReason::blew_up, StopReason::reached_end,
                                       StopReason::reached_end));
  EXPECT_LT(u[1], -1e12);
  EXPECT_TRUE(std::isfinite(u[1]));
  EXPECT_LT(u[3], -0.1);
  EXPECT_FALSE(run.complete());
  EXPECT_THROW(run.require_complete(), base::NumericalError);
}

TEST(EnsembleFlow, SaysWhichModesAreNotFinite) {
  const Array s{1}, tau{1}, t{1};
  Array u(2);
  const Array far{0.1, 1e200};
  for (double matrices : {3.0, kInfinity}) {
    const auto run = integrate_strengths(depth(matrices), {s, far, tau}, t, u);
    EXPECT_THAT(run.reasons, ElementsAre(StopReason::reached_end, StopReason::not_finite)) << matrices;
    EXPECT_EQ(u[1], 1e200);
  }
}

// For s < 0 and L < 2 u comes to 0 at a time of its own, where no slope is left: no step may cross it.
TEST(EnsembleFlow, NeverAcceptsAStrengthWithoutASlope) {
  const Array u0{1, 0.9, 0.7, 0.5, 0.3, 0.1}, s{-1}, tau{1};
  Array u(u0.size());
  for (double tolerance : {1e-6, 1e-2, 1.0, 30.0}) {
    EnsembleOptions options;
    options.tolerance = tolerance;
    const auto run = integrate_strengths(depth(1.2), {s, u0, tau}, Array{5}, u, options);
    EXPECT_THAT(run.reasons, testing::Each(StopReason::step_too_small));
    EXPECT_THAT(u, testing::Each(testing::Ge(0))) << tolerance;
  }
}

TEST(EnsembleFlow, SaysWhoseStepsWereTooManyOrTooSmall) {
  const Array s{1, 1}, tau{1, 1}, u0{1e-3, 0.99}, t{30, 1e-3};
  Array u(2);
  EnsembleOptions few;
  few.step_budget = 4;
  EXPECT_THAT(integrate_strengths(depth(2), {s, u0, tau}, t, u, few).reasons,
              ElementsAre(StopReason::step_budget_spent, StopReason::reached_end));
  EXPECT_LT(u[0], 0.5);
  Array alone(1);
  const auto work =
      integrate_strengths(depth(2), {Array{1}, Array{1e-3}, Array{1}}, Array{30}, alone, few).work;
  EXPECT_EQ(work.accepted_steps + work.rejected_steps, few.step_budget);
  EnsembleOptions coarse;
  coarse.minimum_step = 0.2;
  coarse.tolerance = 1e-13;
  const auto run = integrate_strengths(depth(2), {s, u0, tau}, t, u, coarse);
  EXPECT_THAT(run.reasons, ElementsAre(StopReason::step_too_small, StopReason::reached_end));
  try {
    run.require_complete();
    ADD_FAILURE();
  } catch (const base::NumericalError& error) {
    EXPECT_THAT(error.what(), StartsWith("mode 0: "));
    EXPECT_THAT(error.what(), HasSubstr(std::string(ode::name_of(StopReason::step_too_small))));
  }
}

template <class Call>
std::string refusal(const Call& call) {
  try {
    call();
  } catch (const base::DomainError& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing refused";
  return "";
}

TEST(EnsembleFlow, NamesTheModeItRefuses) {
  for (double wrong : {std::nan(""), kInfinity, -1.0}) {
    Array good{1, 1, 1}, bad{1, 1, wrong}, u(3), v(3);
    EXPECT_THAT(refusal([&] {
                  integrate_strengths(depth(3), {good, bad, good}, good, u);
                }),
                StartsWith("mode 2: u0 = "));
    EXPECT_THAT(refusal([&] {
                  integrate_strengths(depth(3), {good, good, bad}, good, u);
                }),
                StartsWith("mode 2: tau = "));
    EXPECT_THAT(refusal([&] {
                  integrate_strengths(depth(3), {good, good, good}, bad, u);
                }),
                StartsWith("mode 2: t = "));
    if (wrong == -1) continue;
    EXPECT_THAT(refusal([&] {
                  integrate_strengths(depth(3), {bad, good, good}, good, u);
                }),
                StartsWith("mode 2: s = "));
    EXPECT_THAT(refusal([&] {
                  integrate_layers({good, bad, good, good}, good, u, v);
                }),
                StartsWith("mode 2: b0 = "));
  }
}

TEST(EnsembleFlow, RefusesOtherSizesAndOptionsAndDoesNothingForNoModes) {
  const Array one{1}, two{1, 1}, none;
  Array three(3), nothing;
  EXPECT_THAT(refusal([&] {
                integrate_strengths(depth(3), {one, two, one}, one, three);
              }),
              HasSubstr("size of u0 = 2: expected 3 elements"));
  EXPECT_THROW(integrate_layers({one, one, one, one}, one, three, nothing), base::DomainError);
  for (double EnsembleOptions::*field : {&EnsembleOptions::tolerance, &EnsembleOptions::blow_up_bound,
                                         &EnsembleOptions::minimum_step, &EnsembleOptions::maximum_step}) {
    EnsembleOptions options;
    options.*field = -1;
    EXPECT_THROW(integrate_strengths(depth(3), {one, one, one}, one, three, options), base::DomainError);
  }
  const auto run = integrate_strengths(depth(3), {none, none, none}, none, nothing);
  EXPECT_TRUE(run.complete());
  EXPECT_EQ(run.work.evaluations, 0u);
}

}  // namespace
}  // namespace dln::flow
