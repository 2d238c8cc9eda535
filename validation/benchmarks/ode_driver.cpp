// Our driver beside the loop that one writes with odeint itself: dopri5 over std::vector, Eq 8 for one
// mode after the other, at the same tolerance and at one where it is about as exact as we are. Each with its
// largest error against the closed form.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <vector>

#include "dln/base/worst.hpp"
#include "dln/flow/three_layer_flow.hpp"
#include "dln/ode/integrate.hpp"
#include "dln/theory/unequal_mode.hpp"
#include "validation/benchmarks/paired.hpp"

namespace dln::benchmarks {
namespace {

constexpr int kModes = 100;
constexpr double kTolerance = 1e-8, kForSameError = 1e-10;

struct Start {
  double s, a, b, end;  // up to 1.5 times half learning, seen at 20 times
};
std::vector<Start> starts() {
  std::vector<Start> all;
  for (int i = 0; i < kModes; ++i) {
    const double s = 0.5 + 9.5 * i / (kModes - 1), a = 0.03, b = 0.03 * (i % 7 - 3) / 3.0 + 1e-3;
    all.push_back({s, a, b, 1.5 * std::log(s / 1e-3) / (2 * s)});
  }
  return all;
}
std::vector<double> times_of(const Start& start) {
  std::vector<double> times;
  for (int i = 0; i < 20; ++i) times.push_back(start.end * i / 19);
  return times;
}

using Strengths = std::vector<double>;  // mode after mode, time after time

Strengths by_driver(const std::vector<Start>& starts, ode::Stepper stepper) {
  Strengths u;
  for (const auto& start : starts) {
    const flow::ThreeLayerFlow<double> flow({.singular_value = start.s, .time_constant = 1});
    ode::Options<double> options;
    options.stepper = stepper;
    options.relative_tolerance = options.absolute_tolerance = kTolerance;
    const auto solution = ode::integrate_fully<double>(flow.layers(), {start.a, start.b},
                                                       base::TimeGrid<double>(times_of(start)), options);
    for (std::size_t i = 0; i < 20; ++i)
      u.push_back(solution.trajectory.state(i)[0] * solution.trajectory.state(i)[1]);
  }
  return u;
}

Strengths by_plain_odeint(const std::vector<Start>& starts, double tolerance) {
  namespace odeint = boost::numeric::odeint;
  using State = std::vector<double>;
  Strengths u;
  for (const auto& start : starts) {
    State x{start.a, start.b};
    const auto times = times_of(start);
    odeint::integrate_times(
        odeint::make_controlled(tolerance, tolerance, odeint::runge_kutta_dopri5<State>()),
        [s = start.s](const State& y, State& rate, double) {
          const double pull = s - y[0] * y[1];
          rate[0] = y[1] * pull;
          rate[1] = y[0] * pull;
        },
        x, times.begin(), times.end(), 1e-3 * start.end,
        [&](const State& y, double) { u.push_back(y[0] * y[1]); });
  }
  return u;
}

double error_of(const Strengths& u, const std::vector<Start>& starts) {
  base::Worst worst;
  std::size_t at = 0;
  for (const auto& start : starts) {
    const theory::UnequalMode<double> mode(
        {.a0 = start.a, .b0 = start.b, .singular_value = start.s, .time_constant = 1});
    for (double t : times_of(start)) worst.see(std::abs(u.at(at++) - strength_at(mode, t)) / start.s);
  }
  return worst.value();
}

void driver_beside_odeint(benchmark::State& state, ode::Stepper stepper, double peer_tolerance) {
  const auto all = starts();
  Strengths ours, peer;
  in_turns(
      state, [&] { ours = by_driver(all, stepper); }, [&] { peer = by_plain_odeint(all, peer_tolerance); });
  state.counters["error"] = error_of(ours, all);
  state.counters["peer_error"] = error_of(peer, all);
}
BENCHMARK_CAPTURE(driver_beside_odeint, dopri5, ode::Stepper::dopri5, kTolerance)->UseManualTime();
BENCHMARK_CAPTURE(driver_beside_odeint, dopri5_same_error, ode::Stepper::dopri5, kForSameError)
    ->UseManualTime();
BENCHMARK_CAPTURE(driver_beside_odeint, fehlberg78, ode::Stepper::fehlberg78, kTolerance)->UseManualTime();
BENCHMARK_CAPTURE(driver_beside_odeint, bulirsch_stoer, ode::Stepper::bulirsch_stoer, kTolerance)
    ->UseManualTime();

}  // namespace
}  // namespace dln::benchmarks
