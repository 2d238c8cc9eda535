// Courses: the solutions of a theory's ODE at the sampled parameters, in double or in 50 digits.
#pragma once

#include <fmt/format.h>

#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "dln/base/worst.hpp"
#include "dln/ode/fifty_digits.hpp"
#include "dln/ode/integrate.hpp"
#include "validation/own_theory/examination.hpp"

namespace dln::validation {

inline constexpr int kTimes = 41;      // of a course, equally spaced
inline constexpr int kStudyTimes = 4;  // of a study of refinement: few, so that steps stay long

// How finely to integrate. A coarser run at `loose` shows what the fine one still lacks.
template <class Real>
struct Fineness {
  Real tight, loose, rounding;  // relative; rounding: of formulas evaluated in this type
  ode::Stepper stepper;
  std::string name;
};
template <class Real>
Fineness<Real> fineness();

// The ODE at one point of the domain.
template <class Real>
class Course {
 public:
  // Integrated at once unless only until() is wanted.
  Course(const Theory& theory, const std::vector<double>& parameters, bool integrated = true);

  // Parameters, states and time in their places.
  std::vector<Real> values(std::size_t k) const { return values(tight_, k); }
  std::vector<Real> values(const ode::Solution<Real>& solution, std::size_t k) const;
  Real span() const { return end_ - begin_; }
  std::size_t size() const { return tight_.trajectory.size(); }
  // max over time of |x_state|, at least the smallest normal number.
  Real scale(std::size_t state) const;
  // The largest change of these states between the two tolerances, relative to their scales.
  double own_error(const std::vector<bool>& states) const;
  // Integrated anew: dopri5, or the order 8(7) in 50 digits, at kStudyTimes times with steps as long as the
  // tolerance allows.
  ode::Solution<Real> at_tolerance(const Real& tolerance) const;
  ode::Solution<Real> until(const ode::Event<Real>& event) const;

  // The values at the start of the span.
  std::vector<Real> start_values() const;

  const ode::Solution<Real>& solution() const { return tight_; }
  const std::vector<double>& parameters() const { return parameters_; }
  bool complete() const { return tight_.complete() && loose_.complete(); }
  // "at s = 1, tau = 2".
  std::string where() const;

 private:
  ode::Solution<Real> integrate(ode::Stepper stepper, const Real& tolerance, const Real& longest_step,
                                int times, const std::vector<ode::Event<Real>>& events = {}) const;

  const Theory* theory_;
  std::vector<double> parameters_;
  std::vector<symbolic::Evaluator<Real>> rates_;
  std::vector<Real> start_;
  Real begin_, end_;
  static ode::Solution<Real> nothing_yet() {
    return {base::Trajectory<Real>(0), {}, ode::StopReason::reached_end, Real(0), {}};
  }
  ode::Solution<Real> tight_ = nothing_yet(), loose_ = nothing_yet();
};

// Parameters in their places, NaN in those of states and time.
template <class Real>
std::vector<Real> with_room(const Theory& theory, const std::vector<double>& parameters) {
  std::vector<Real> values(parameters.begin(), parameters.end());
  values.resize(theory.symbol_count(), std::numeric_limits<Real>::quiet_NaN());
  return values;
}

template <class Real>
std::vector<Course<Real>> courses(const Theory& theory, const Samples& samples);

std::string point_text(const Theory& theory, const std::vector<double>& parameters);

}  // namespace dln::validation
