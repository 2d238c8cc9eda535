// Steppers, reasons and solutions in words.
#include <fmt/format.h>

#include "dln/base/error.hpp"
#include "dln/ode/fifty_digits.hpp"
#include "dln/ode/integrate.hpp"

namespace dln::ode {

Stepper stepper_from_name(std::string_view name) {
  for (Stepper stepper : {Stepper::dopri5, Stepper::fehlberg78, Stepper::bulirsch_stoer})
    if (name == name_of(stepper)) return stepper;
  throw base::DomainError(fmt::format("stepper '{}': expected dopri5, fehlberg78 or bulirsch_stoer", name));
}

std::string_view name_of(Stepper stepper) {
  switch (stepper) {
    case Stepper::dopri5:
      return "dopri5";
    case Stepper::fehlberg78:
      return "fehlberg78";
    case Stepper::bulirsch_stoer:
      return "bulirsch_stoer";
  }
  return "unknown";
}

std::string_view name_of(StopReason reason) {
  switch (reason) {
    case StopReason::reached_end:
      return "reached the end";
    case StopReason::terminal_event:
      return "stopped at an event";
    case StopReason::step_budget_spent:
      return "spent its step budget";
    case StopReason::step_too_small:
      return "step fell below the smallest allowed";
    case StopReason::not_finite:
      return "right-hand side is not finite";
    case StopReason::blew_up:
      return "solution blew up";
  }
  return "unknown";
}

template <class Real>
const EventHit<Real>& Solution<Real>::hit(std::string_view name) const {
  for (const EventHit<Real>& event : events)
    if (event.name == name) return event;
  throw base::NumericalError(fmt::format("event '{}' did not happen: {}", name, brief()));
}

template <class Real>
std::string Solution<Real>::brief() const {
  return fmt::format("{} at t = {} after {} accepted and {} rejected steps, {} evaluations", name_of(reason),
                     static_cast<double>(stop_time), work.accepted_steps, work.rejected_steps,
                     work.evaluations);
}

template struct Solution<double>;
template struct Solution<FiftyDigits>;

}  // namespace dln::ode
