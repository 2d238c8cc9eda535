// Claims that something rises, or falls, along every solution: strictly, by rates and by steps.
#include <fmt/format.h>

#include <cmath>

#include "validation/own_theory/bench.hpp"

namespace dln::validation {
namespace {

using symbolic::Evaluator;
using symbolic::Expression;
using symbolic::Sign;

template <class Real>
using Evaluators = std::vector<Evaluator<Real>>;

template <class Real>
Real size(const Evaluators<Real>& terms, const std::vector<Real>& values) {
  using std::abs;
  Real sum(0);
  for (const auto& term : terms)
    if (const Real here = abs(term(values)); base::is_finite(here)) sum += here;
  return sum;
}

// What f is worth along one course, and what of that may be error: of the states, and of rounding in a sum
// of `terms`.
template <class Real>
class Uncertain {
 public:
  Uncertain(const Expression& f, Evaluators<Real> terms, const Course<Real>& course, const Theory& theory)
      : value_(f), terms_(std::move(terms)) {
    for (std::size_t j = 0; j < theory.states.size(); ++j) {
      slopes_.push_back({Evaluator<Real>(derivative(f, theory.state_place(j)))});
      std::vector<bool> alone(theory.states.size());
      alone[j] = true;
      errors_.push_back((10 * Real(course.own_error(alone)) + fineness<Real>().tight) * course.scale(j));
    }
  }
  Real value(const std::vector<Real>& values) const { return value_(values); }
  Real error(const std::vector<Real>& values) const {
    Real sum = fineness<Real>().tight * size(terms_, values);
    for (std::size_t j = 0; j < slopes_.size(); ++j) sum += size(slopes_[j], values) * errors_[j];
    return sum;
  }

 private:
  Evaluator<Real> value_;
  Evaluators<Real> terms_;
  std::vector<Evaluators<Real>> slopes_;
  std::vector<Real> errors_;
};

template <class Real>
Evaluators<Real> terms_of_rate(const Expression& f, const Theory& theory) {
  Evaluators<Real> terms{Evaluator<Real>(derivative(f, theory.time_place()))};
  for (std::size_t j = 0; j < theory.states.size(); ++j)
    terms.emplace_back(derivative(f, theory.state_place(j)) * theory.states[j].rate.expression);
  return terms;
}

struct Against {
  Largest rate, step, stillness;
};

// What one course has against the claim. Where a rate has no value, as that of a root at 0, steps tell.
template <class Real>
void look(const MonotoneClaim& claim, Bench& bench, const Course<Real>& course, Against& against) {
  const Theory& theory = bench.theory();
  const Expression& f = claim.of.expression;
  const Real direction(claim.is_rising ? 1 : -1);
  const Uncertain<Real> quantity(f, {Evaluator<Real>(f)}, course, theory),
      rate(bench.rate_along(f), terms_of_rate<Real>(f, theory), course, theory);
  const auto beyond = [](const Real& amount, const Real& error) {
    return amount > error ? static_cast<double>(amount) : 0.0;
  };
  const Real start = quantity.value(course.values(0));
  Real before = start;
  for (std::size_t k = 0; k < course.size(); ++k) {
    const auto values = course.values(k);
    const Real now = quantity.value(values), slope = rate.value(values);
    against.rate.see(beyond(-direction * slope, rate.error(values)), [&] {
      return fmt::format("{} its rate is {}", moment(theory, course, values.back()), number_text(slope));
    });
    against.step.see(beyond(direction * (before - now), quantity.error(values)), [&] {
      return fmt::format("{} it is {}, shortly before {}", moment(theory, course, values.back()),
                         number_text(now), number_text(before));
    });
    before = now;
  }
  const auto last = course.values(course.size() - 1);
  against.stillness.see(static_cast<double>(Real(quantity.error(last) - direction * (before - start))), [&] {
    return fmt::format("{} it is {}, at the start {}", moment(theory, course, last.back()),
                       number_text(before), number_text(start));
  });
}

template <class Real>
void measure(const MonotoneClaim& claim, Bench& bench) {
  Against against;
  for (const auto& course : bench.courses<Real>()) {
    if (!bench.has_values(claim.of, course)) return;
    look(claim, bench, course, against);
  }
  const auto check = [&](std::string quantity, const Largest& largest, Relation relation, double measured,
                         double bound, std::string reason) {
    bench.check({.quantity = std::move(quantity),
                 .measured = measured,
                 .expected = 0,
                 .relation = relation,
                 .bound = bound,
                 .bound_reason = std::move(reason),
                 .witness_pair = "F",
                 .dataset = fmt::format("{} points of the domain, {}", bench.samples().size(),
                                        fineness<Real>().name)},
                largest.where());
  };
  const std::string counts = "what the error of the states may make of it counts as 0";
  check("largest rate against the direction claimed", against.rate, Relation::at_most, against.rate.value(),
        0, counts);
  check(fmt::format("largest step against it between {} moments", kTimes), against.step, Relation::at_most,
        against.step.value(), 0, counts);
  check("least change from the start to the end, in the direction claimed, less its error", against.stillness,
        Relation::at_least, -against.stillness.value(), std::numeric_limits<double>::min(),
        "what does not move is not monotone");
}

}  // namespace

void examine(const MonotoneClaim& claim, Bench& bench) {
  const Expression rate = bench.rate_along(claim.of.expression);
  const auto finding =
      bench.algebra().has_sign(rate, claim.is_rising ? Sign::positive : Sign::negative, true);
  bench.decide({{fmt::format("its rate along the ODE is never {}", claim.is_rising ? "negative" : "positive"),
                 finding}});
  bench.in_every_precision([&](auto real) { measure<decltype(real)>(claim, bench); });
}

}  // namespace dln::validation
