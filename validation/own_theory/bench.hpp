// Bench: what the examinations of the several kinds of claims share: the theory, its solutions, the algebra,
// and the record that they fill.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "dln/base/worst.hpp"
#include "dln/symbolic/algebra.hpp"
#include "validation/own_theory/courses.hpp"
#include "validation/own_theory/examination.hpp"

namespace dln::validation {

// One identity or sign, and what the algebra says of it.
struct Decided {
  std::string statement;
  symbolic::Finding finding;
};

// The largest of many deviations, and where it was met. NaN counts as largest, and none at all as NaN.
class Largest {
 public:
  template <class Describe>
  void see(double deviation, const Describe& describe) {
    const double before = worst_.value();
    worst_.see(deviation);
    const bool first_nan = std::isnan(worst_.value()) && !(std::isnan(before) && seen_);
    if (!seen_ || first_nan || worst_.value() > before) where_ = describe();
    seen_ = true;
  }
  double value() const { return worst_.value(); }
  const std::string& where() const { return where_; }

 private:
  base::Worst worst_;
  bool seen_ = false;
  std::string where_;
};

class Bench {
 public:
  Bench(const Theory& theory, Samples samples, ExaminationOptions options);

  const Theory& theory() const { return theory_; }
  const Samples& samples() const { return samples_; }
  const symbolic::Algebra& algebra() const { return algebra_; }
  template <class Real>
  const std::vector<Course<Real>>& courses();

  // The rate of f along the ODE: sum of df/dx x' and df/dt.
  symbolic::Expression rate_along(const symbolic::Expression& f) const;
  // Which states it speaks of.
  std::vector<bool> states_in(const symbolic::Expression& f) const;

  void begin(const WrittenClaim& claim);
  ClaimRecord finish();
  void fail(const std::string& trouble) { record_.trouble = trouble; }
  // The claim is neither confirmed nor refuted.
  void leave_open(const std::string& why);

  // Sets the standing: proven when each of `all` is; adds a check when one is decided either way.
  void decide(const std::vector<Decided>& all);
  // For claims on which the algebra has nothing to say.
  void note(std::string why) { record_.standing_note = std::move(why); }
  void check(Check check, const std::string& counterexample = {});

  // The check that `largest`, a deviation relative to a scale, is what the integrator's own error explains,
  // counting the states told; leaves the claim open where that error is too large to judge by.
  template <class Real>
  void check_against_own_error(const std::string& quantity, const Largest& largest,
                               const std::string& witnesses, const std::vector<bool>& states);
  // The check that error(tolerance) falls with the tolerance.
  template <class Real>
  void check_refinement(const std::function<double(const ode::Solution<Real>&)>& error,
                        const std::string& witnesses);

  // Whether f has a value all along the course; leaves the claim open where it has none.
  template <class Real>
  bool has_values(const Written& f, const Course<Real>& course);

  // Calls run(Real()) in double and, when asked for, in 50 digits.
  template <class Run>
  void in_every_precision(const Run& run) {
    run(double());
    if (options_.fifty_digits) run(ode::FiftyDigits());
  }

 private:
  const Theory& theory_;
  Samples samples_;
  ExaminationOptions options_;
  symbolic::Algebra algebra_;
  std::optional<std::vector<Course<double>>> courses_;
  std::optional<std::vector<Course<ode::FiftyDigits>>> fine_courses_;
  ClaimRecord record_;
  std::string algebra_leaves_;  // of the first statement that algebra refutes
};

// What to do for each kind of claim.
void examine(const SolutionClaim& claim, Bench& bench);
void examine(const ImplicitClaim& claim, Bench& bench);
void examine(const ConservedClaim& claim, Bench& bench);
void examine(const MonotoneClaim& claim, Bench& bench);
void examine(const FixedPointClaim& claim, Bench& bench);
void examine(const IdentityClaim& claim, Bench& bench);
void examine(const LimitClaim& claim, Bench& bench);
void examine(const ScalingClaim& claim, Bench& bench);

// A number for a sentence: 12 digits.
template <class Real>
std::string number_text(const Real& x) {
  const double value = static_cast<double>(x);
  return std::isnan(value) ? "not a number" : fmt::format("{:.12g}", value);
}

// "at s = 1, tau = 2, t = 3".
template <class Real>
std::string moment(const Theory& theory, const Course<Real>& course, const Real& time) {
  return fmt::format("at {}, {} = {}", course.where(), theory.time, number_text(time));
}

template <class Real>
bool Bench::has_values(const Written& f, const Course<Real>& course) {
  const symbolic::Evaluator<Real> value(f.expression);
  for (std::size_t k = 0; k < course.size(); ++k) {
    const auto values = course.values(k);
    if (base::is_finite(value(values))) continue;
    leave_open(fmt::format("{} has no value {}", f.text, moment(theory_, course, values.back())));
    return false;
  }
  return true;
}

}  // namespace dln::validation
