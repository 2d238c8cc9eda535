// integrate: x' = f(x, t) from x(t_0) = x0 over a grid of times, by an adaptive stepper of Boost.Odeint.
//
// odeint alone fails silently: it accepts a NaN step, returns normally past a blow-up, has no smallest
// step and no events. This driver checks each of these, steps onto every requested time (no interpolation)
// and says in its result why it stopped and what it cost. It is instantiated for double and FiftyDigits.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dln/base/time_grid.hpp"
#include "dln/base/trajectory.hpp"

namespace dln::ode {

// Writes f(x, t) into dxdt, which has the size of x.
template <class Real>
using RightHandSide = std::function<void(std::span<const Real> x, std::span<Real> dxdt, Real t)>;

enum class Stepper {
  dopri5,          // Dormand-Prince, order 5(4)
  fehlberg78,      // Runge-Kutta-Fehlberg, order 8(7)
  bulirsch_stoer,  // extrapolated midpoint rule, order chosen step by step
};

// "dopri5", "fehlberg78" or "bulirsch_stoer". Throws DomainError for any other name.
Stepper stepper_from_name(std::string_view name);
std::string_view name_of(Stepper stepper);

enum class Coordinates {
  linear,
  // Integrates y = ln x of every component: what a plateau wants, where x grows by decades while the
  // absolute error of x would have to stay far below x itself. Needs x0 > 0; events still see x.
  logarithmic,
};

enum class Crossing { rising, falling, either };

// Something to notice on the way: a change of sign of value(x, t) between the ends of a step, located
// within that step by root finding. A value of 0 at the start counts as a hit at the start.
template <class Real>
struct Event {
  std::string name;
  std::function<Real(std::span<const Real> x, Real t)> value;
  Crossing crossing = Crossing::either;
  bool terminal = false;  // stop at the first hit
};

// The first time component k of x passes `level`.
template <class Real>
Event<Real> crossing_of(std::string name, std::size_t k, Real level, bool terminal = false) {
  return {std::move(name), [k, level](std::span<const Real> x, Real) -> Real { return x[k] - level; },
          Crossing::either, terminal};
}

template <class Real>
struct EventHit {
  std::string name;
  Real time;
  std::vector<Real> state;
};

// integrate() requires tolerances and bounds greater than 0, and steps that are not negative.
template <class Real>
struct Options {
  Stepper stepper = Stepper::fehlberg78;
  Coordinates coordinates = Coordinates::linear;
  Real relative_tolerance = Real(1e-10);
  Real absolute_tolerance = Real(1e-12);
  Real first_step = Real(0);  // 0: a thousandth of the grid's span, less where f would change x much in it
  // 0: a hundredth of the grid's span. Fehlberg's error estimate only compares the two ends of a step: one
  // long enough to lead from plateau to plateau would sleep through the transition between them.
  Real maximum_step = Real(0);
  Real minimum_step = Real(0);          // 0: 16 eps of the larger of |t| and the time left
  Real blow_up_bound = Real(1e12);      // of max |x|, relative to max(1, |x0|)
  std::size_t step_budget = 1'000'000;  // accepted and rejected steps together
};

enum class StopReason {
  reached_end,
  terminal_event,
  step_budget_spent,
  step_too_small,  // no step above the minimum met the tolerance: a singularity, or too tight a tolerance
  not_finite,      // f at the start, an accepted state or an event's value was not finite
  blew_up,         // |x| passed blow_up_bound
};
std::string_view name_of(StopReason reason);

struct Work {
  std::size_t accepted_steps = 0;
  std::size_t rejected_steps = 0;
  std::size_t evaluations = 0;  // of f, those for locating events included
};

template <class Real>
struct Solution {
  base::Trajectory<Real> trajectory;   // at the grid's times reached, and at a terminal event
  std::vector<EventHit<Real>> events;  // in order of time
  StopReason reason = StopReason::reached_end;
  Real stop_time{};
  Work work;

  bool complete() const { return reason == StopReason::reached_end || reason == StopReason::terminal_event; }
  // The first hit of the event called `name`. Throws NumericalError when there was none.
  const EventHit<Real>& hit(std::string_view name) const;
  // One line: why it stopped, when, after how much work.
  std::string brief() const;
};

// Throws DomainError for options or a start outside their domains; numerical trouble comes back as reason.
template <class Real>
Solution<Real> integrate(const RightHandSide<Real>& f, std::vector<Real> x0, const base::TimeGrid<Real>& grid,
                         const Options<Real>& options = {}, const std::vector<Event<Real>>& events = {});

// integrate(), for callers who need the whole solution: throws NumericalError with brief() when it stopped
// early.
template <class Real>
Solution<Real> integrate_fully(const RightHandSide<Real>& f, std::vector<Real> x0,
                               const base::TimeGrid<Real>& grid, const Options<Real>& options = {},
                               const std::vector<Event<Real>>& events = {}) {
  auto solution = integrate(f, std::move(x0), grid, options, events);
  if (!solution.complete()) throw base::NumericalError(solution.brief());
  return solution;
}

}  // namespace dln::ode
