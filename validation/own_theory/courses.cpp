#include "validation/own_theory/courses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dln::validation {

using ode::FiftyDigits;

template <>
Fineness<double> fineness() {
  return {1e-12, 1e-9, 1e-10, ode::Stepper::fehlberg78, "double precision"};
}
template <>
Fineness<FiftyDigits> fineness() {
  return {FiftyDigits("1e-28"), FiftyDigits("1e-24"), FiftyDigits("1e-24"), ode::Stepper::bulirsch_stoer,
          "50 digits"};
}

std::string point_text(const Theory& theory, const std::vector<double>& parameters) {
  std::string text;
  for (std::size_t k = 0; k < parameters.size(); ++k)
    text += fmt::format("{}{} = {:.10g}", k ? ", " : "", theory.parameters[k].name, parameters[k]);
  return text.empty() ? "the one point there is" : text;
}

template <class Real>
Course<Real>::Course(const Theory& theory, const std::vector<double>& parameters, bool integrated)
    : theory_(&theory), parameters_(parameters) {
  std::vector<Real> values(theory.symbol_count(), std::numeric_limits<Real>::quiet_NaN());
  std::copy(parameters.begin(), parameters.end(), values.begin());
  const auto at_point = [&](const Written& w) { return symbolic::Evaluator<Real>(w.expression)(values); };
  for (const State& state : theory.states) {
    rates_.emplace_back(state.rate.expression);
    start_.push_back(at_point(state.start));
  }
  begin_ = at_point(theory.begin);
  end_ = at_point(theory.end);
  if (!integrated) return;
  const auto& fine = fineness<Real>();
  const Real step = (end_ - begin_) / 100;
  tight_ = integrate(fine.stepper, fine.tight, step, kTimes);
  // Steps as long as the tolerance allows, or both would be held to the same ones.
  loose_ = integrate(fine.stepper, fine.loose, end_ - begin_, kTimes);
}

template <class Real>
ode::Solution<Real> Course<Real>::integrate(ode::Stepper stepper, const Real& tolerance,
                                            const Real& longest_step, int times,
                                            const std::vector<ode::Event<Real>>& events) const {
  const std::size_t before = parameters_.size(), count = start_.size();
  std::vector<Real> values(theory_->symbol_count());
  std::copy(parameters_.begin(), parameters_.end(), values.begin());
  const ode::RightHandSide<Real> f = [&](std::span<const Real> x, std::span<Real> dxdt, Real t) {
    std::copy(x.begin(), x.end(), values.begin() + static_cast<std::ptrdiff_t>(before));
    values.back() = t;
    for (std::size_t k = 0; k < count; ++k) dxdt[k] = rates_[k](values);
  };
  using std::abs;
  Real least(1);  // of the sizes at the start: small starts must be resolved
  for (const Real& x : start_)
    if (x != 0) least = std::min(least, Real(abs(x)));
  ode::Options<Real> options;
  options.stepper = stepper;
  options.relative_tolerance = tolerance;
  options.absolute_tolerance = tolerance * least / 100;
  options.maximum_step = longest_step;
  options.step_budget = 200'000;
  return ode::integrate(f, start_, base::TimeGrid<Real>::linear(begin_, end_, times), options, events);
}

template <class Real>
ode::Solution<Real> Course<Real>::at_tolerance(const Real& tolerance) const {
  const auto stepper = std::is_same_v<Real, double> ? ode::Stepper::dopri5 : ode::Stepper::fehlberg78;
  return integrate(stepper, tolerance, end_ - begin_, kStudyTimes);
}

template <class Real>
ode::Solution<Real> Course<Real>::until(const ode::Event<Real>& event) const {
  const auto& fine = fineness<Real>();
  return integrate(fine.stepper, fine.tight, (end_ - begin_) / 100, kTimes, {event});
}

template <class Real>
std::vector<Real> Course<Real>::values(const ode::Solution<Real>& solution, std::size_t k) const {
  std::vector<Real> all(parameters_.begin(), parameters_.end());
  const auto state = solution.trajectory.state(k);
  all.insert(all.end(), state.begin(), state.end());
  all.push_back(solution.trajectory.time(k));
  return all;
}

template <class Real>
std::vector<Real> Course<Real>::start_values() const {
  std::vector<Real> all(parameters_.begin(), parameters_.end());
  all.insert(all.end(), start_.begin(), start_.end());
  all.push_back(begin_);
  return all;
}

template <class Real>
Real Course<Real>::scale(std::size_t state) const {
  using std::abs;
  Real most = std::numeric_limits<double>::min();
  for (std::size_t k = 0; k < size(); ++k)
    most = std::max(most, Real(abs(tight_.trajectory.state(k)[state])));
  return most;
}

template <class Real>
double Course<Real>::own_error(const std::vector<bool>& states) const {
  using std::abs;
  base::Worst worst;
  worst.see(0);  // of no state
  for (std::size_t j = 0; j < start_.size(); ++j)
    for (std::size_t k = 0; states[j] && k < std::min(size(), loose_.trajectory.size()); ++k)
      worst.see(static_cast<double>(
          Real(abs(tight_.trajectory.state(k)[j] - loose_.trajectory.state(k)[j]) / scale(j))));
  return worst.value();
}

template <class Real>
std::string Course<Real>::where() const {
  return point_text(*theory_, parameters_);
}

template <class Real>
std::vector<Course<Real>> courses(const Theory& theory, const Samples& samples) {
  std::vector<Course<Real>> all;
  for (const auto& parameters : samples) all.emplace_back(theory, parameters);
  return all;
}

template class Course<double>;
template class Course<FiftyDigits>;
template std::vector<Course<double>> courses(const Theory&, const Samples&);
template std::vector<Course<FiftyDigits>> courses(const Theory&, const Samples&);

}  // namespace dln::validation
