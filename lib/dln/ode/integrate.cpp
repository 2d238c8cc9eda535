#include "dln/ode/integrate.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <boost/numeric/odeint/algebra/default_operations.hpp>
#include <boost/numeric/odeint/stepper/bulirsch_stoer.hpp>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_fehlberg78.hpp>
#include <utility>

#include "dln/base/error.hpp"
#include "dln/ode/fifty_digits.hpp"
#include "dln/ode/vector_algebra.hpp"

namespace dln::ode {
namespace {

namespace odeint = boost::numeric::odeint;

template <class Real>
using State = std::vector<Real>;
template <class Real, template <class...> class ErrorStepper>
struct RungeKutta {
  static auto make(const Options<Real>& options) {
    return odeint::make_controlled(
        options.absolute_tolerance, options.relative_tolerance,
        ErrorStepper<State<Real>, Real, State<Real>, Real, VectorAlgebra, odeint::default_operations>());
  }
};

template <class Real>
struct Extrapolation {
  static auto make(const Options<Real>& options) {
    return odeint::bulirsch_stoer<State<Real>, Real, State<Real>, Real, VectorAlgebra,
                                  odeint::default_operations>(options.absolute_tolerance,
                                                              options.relative_tolerance, Real(1), Real(1));
  }
};

template <class Real>
bool all_finite(const State<Real>& x) {
  return std::all_of(x.begin(), x.end(), [](const Real& value) { return base::is_finite(value); });
}

template <class Real>
void check(const State<Real>& x0, const Options<Real>& options) {
  if (x0.empty()) throw base::DomainError("initial state: expected at least one component, got none");
  for (const Real& value : x0) {
    base::require(base::is_finite(value), "initial state", value, "a finite number");
    if (options.coordinates == Coordinates::logarithmic)
      base::require(value > 0, "initial state", value, "a number greater than 0 for logarithmic coordinates");
  }
  base::require_positive("relative tolerance", options.relative_tolerance);
  base::require_positive("absolute tolerance", options.absolute_tolerance);
  base::require_non_negative("first step", options.first_step);
  base::require_non_negative("minimum step", options.minimum_step);
  base::require(options.maximum_step >= 0, "maximum step", options.maximum_step,
                "0 or a number greater than 0");
  base::require_positive("blow-up bound", options.blow_up_bound);
}

// One integration: the state in the stepper's coordinates, the clock and the books.
template <class Real, class Method>
class Run {
 public:
  Run(const RightHandSide<Real>& f, State<Real> x0, const base::TimeGrid<Real>& grid,
      const Options<Real>& options, const std::vector<Event<Real>>& events)
      : f_(f),
        grid_(grid),
        options_(options),
        events_(events),
        solution_{base::Trajectory<Real>(x0.size()), {}, StopReason::reached_end, grid.front(), {}},
        time_(grid.front()),
        maximum_step_(options.maximum_step > 0 ? options.maximum_step
                                               : Real((grid.back() - grid.front()) / 100)),
        bound_(options.blow_up_bound * std::max(Real(1), VectorAlgebra::norm_inf(x0))),
        state_(std::move(x0)),
        physical_(state_.size()) {
    if (logarithmic())
      for (Real& value : state_) {
        using std::log;
        value = log(value);
      }
  }

  Solution<Real> solve() {
    solution_.trajectory.append(time_, physical(state_));
    hits_at_start();
    if (!stopped_) choose_first_step();
    for (std::size_t i = 1; i < grid_.size() && !stopped_; ++i) {
      advance_to(grid_[i]);
      if (!stopped_) solution_.trajectory.append(time_, physical(state_));
    }
    solution_.stop_time = time_;
    return std::move(solution_);
  }

 private:
  bool logarithmic() const { return options_.coordinates == Coordinates::logarithmic; }

  const State<Real>& physical(const State<Real>& y) {
    if (!logarithmic()) return y;
    using std::exp;
    for (std::size_t k = 0; k < y.size(); ++k) physical_[k] = exp(y[k]);
    return physical_;
  }

  // f in the stepper's coordinates: d ln x / dt = f(x)/x.
  auto system() {
    return [this](const State<Real>& y, State<Real>& dydt, Real t) {
      ++solution_.work.evaluations;
      const State<Real>& x = physical(y);
      f_(x, dydt, t);
      if (logarithmic())
        for (std::size_t k = 0; k < y.size(); ++k) dydt[k] /= x[k];
    };
  }

  Real minimum_step() const {
    using std::abs;
    if (options_.minimum_step > 0) return options_.minimum_step;
    return 16 * std::numeric_limits<Real>::epsilon() * std::max(Real(abs(time_)), grid_.back() - time_);
  }

  // max |x_i| over the tolerated error of component i.
  Real over_tolerance(const State<Real>& x) const {
    using std::abs;
    Real largest(0);
    for (std::size_t k = 0; k < x.size(); ++k)
      largest = std::max(largest, Real(abs(x[k]) / (options_.absolute_tolerance +
                                                    options_.relative_tolerance * abs(state_[k]))));
    return largest;
  }

  // A thousandth of the span, but no more than a hundredth of the time in which f would double x: odeint
  // tolerates errors relative to |x| + h |f|, which for too long a first step is whatever f makes of it.
  void choose_first_step() {
    if (grid_.size() < 2) return;
    State<Real> dxdt(state_.size());
    system()(state_, dxdt, time_);
    // What f is at the start decides whether it is worth starting.
    if (!all_finite(dxdt)) return stop(StopReason::not_finite);
    step_ = options_.first_step;
    if (step_ == 0) {
      step_ = (grid_.back() - grid_.front()) / 1000;
      const Real size = over_tolerance(state_), speed = over_tolerance(dxdt);
      if (size >= 1 && size < 100 * speed * step_) step_ = std::max(minimum_step(), Real(size / speed / 100));
    }
    step_ = std::min(step_, maximum_step_);
  }

  void stop(StopReason reason) {
    solution_.reason = reason;
    stopped_ = true;
  }

  void advance_to(Real target) {
    auto stepper = Method::make(options_);
    while (time_ < target && !stopped_) {
      if (solution_.work.accepted_steps + solution_.work.rejected_steps >= options_.step_budget)
        return stop(StopReason::step_budget_spent);
      const Real remaining = target - time_;
      const bool last = step_ >= remaining * (1 - 4 * std::numeric_limits<Real>::epsilon());
      Real t = time_, dt = last ? remaining : step_;
      before_ = state_;
      const Real tried = dt;
      if (stepper.try_step(system(), state_, t, dt) == odeint::fail) {
        ++solution_.work.rejected_steps;
        step_ = dt;
        if (step_ < minimum_step()) return stop(StopReason::step_too_small);
        continue;
      }
      ++solution_.work.accepted_steps;
      // A step shortened only to land on a requested time says nothing against the longer one.
      step_ = std::min(last ? std::max(step_, dt) : dt, maximum_step_);
      after_step(tried, last ? target : t);
    }
  }

  void after_step(Real taken, Real arrived) {
    if (!all_finite(state_)) return stop(StopReason::not_finite);
    locate_events(taken, arrived);
    if (stopped_) return;
    time_ = arrived;
    if (VectorAlgebra::norm_inf(physical(state_)) > bound_) stop(StopReason::blew_up);
  }

  Real event_value(const Event<Real>& event, const State<Real>& y, Real t) {
    return event.value(physical(y), t);
  }

  static bool crosses(Crossing wanted, const Real& before, const Real& after) {
    const bool rising = before < 0 && after >= 0, falling = before > 0 && after <= 0;
    return (rising && wanted != Crossing::falling) || (falling && wanted != Crossing::rising);
  }

  void hits_at_start() {
    for (const Event<Real>& event : events_)
      if (event_value(event, state_, time_) == 0) {
        solution_.events.push_back({event.name, time_, physical(state_)});
        if (event.terminal) stop(StopReason::terminal_event);
      }
  }

  // The state a time h after the last accepted one, by the method itself under the same tolerance; mostly in
  // one step, being a part of one that was accepted.
  State<Real> state_after(Real h) {
    State<Real> y = before_;
    auto stepper = Method::make(options_);
    Real done(0), dt = h;
    for (int tries = 0; done < h && tries < 1000; ++tries) {
      dt = std::min(dt, Real(h - done));
      const Real tried = dt;
      Real t = time_ + done;
      if (stepper.try_step(system(), y, t, dt) == odeint::success)
        done = tried == h - done ? h : Real(done + tried);
    }
    return y;
  }

  void locate_events(Real taken, Real arrived) {
    struct Found {
      const Event<Real>* event;
      Real offset;
    };
    std::vector<Found> found;
    for (const Event<Real>& event : events_) {
      const Real before = event_value(event, before_, time_), after = event_value(event, state_, arrived);
      if (!base::is_finite(after)) return stop(StopReason::not_finite);
      if (crosses(event.crossing, before, after))
        found.push_back({&event, offset_of_root(event, before, after, taken)});
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Found& a, const Found& b) { return a.offset < b.offset; });
    for (const Found& hit : found) {
      const State<Real> y = hit.offset == taken ? state_ : state_after(hit.offset);
      const Real t = hit.offset == taken ? arrived : Real(time_ + hit.offset);
      solution_.events.push_back({hit.event->name, t, physical(y)});
      if (hit.event->terminal) {
        solution_.trajectory.append(t, physical(y));
        time_ = t;
        return stop(StopReason::terminal_event);
      }
    }
  }

  Real offset_of_root(const Event<Real>& event, const Real& before, const Real& after, Real taken) {
    if (after == 0) return taken;
    auto value = [&](const Real& h) { return event_value(event, state_after(h), Real(time_ + h)); };
    const int digits = std::numeric_limits<Real>::digits - 3;
    std::uintmax_t iterations = 200;
    const auto bracket = boost::math::tools::toms748_solve(
        value, Real(0), taken, before, after, boost::math::tools::eps_tolerance<Real>(digits), iterations);
    return (bracket.first + bracket.second) / 2;
  }

  const RightHandSide<Real>& f_;
  const base::TimeGrid<Real>& grid_;
  const Options<Real>& options_;
  const std::vector<Event<Real>>& events_;
  Solution<Real> solution_;
  Real time_;
  Real maximum_step_;
  Real step_{};
  Real bound_;
  State<Real> state_, physical_, before_;
  bool stopped_ = false;
};

}  // namespace

template <class Real>
Solution<Real> integrate(const RightHandSide<Real>& f, std::vector<Real> x0, const base::TimeGrid<Real>& grid,
                         const Options<Real>& options, const std::vector<Event<Real>>& events) {
  check(x0, options);
  switch (options.stepper) {
    case Stepper::dopri5:
      return Run<Real, RungeKutta<Real, odeint::runge_kutta_dopri5>>(f, std::move(x0), grid, options, events)
          .solve();
    case Stepper::bulirsch_stoer:
      return Run<Real, Extrapolation<Real>>(f, std::move(x0), grid, options, events).solve();
    case Stepper::fehlberg78:
      break;
  }
  return Run<Real, RungeKutta<Real, odeint::runge_kutta_fehlberg78>>(f, std::move(x0), grid, options, events)
      .solve();
}

template Solution<double> integrate(const RightHandSide<double>&, std::vector<double>,
                                    const base::TimeGrid<double>&, const Options<double>&,
                                    const std::vector<Event<double>>&);
template Solution<FiftyDigits> integrate(const RightHandSide<FiftyDigits>&, std::vector<FiftyDigits>,
                                         const base::TimeGrid<FiftyDigits>&, const Options<FiftyDigits>&,
                                         const std::vector<Event<FiftyDigits>>&);

}  // namespace dln::ode
