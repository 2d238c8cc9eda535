// Claims about solutions: a closed form x(t), a time t(x), a conserved quantity.
#include <fmt/format.h>

#include <cmath>

#include "validation/own_theory/bench.hpp"

namespace dln::validation {
namespace {

using symbolic::Evaluator;
using symbolic::Expression;

template <class Real>
double relative(const Real& difference, const Real& scale) {
  using std::abs;
  return static_cast<double>(Real(abs(difference) / scale));
}

// The expression with every state replaced by its closed form, and the time left alone.
Expression along(const Expression& f, const StateValues& is, const Theory& theory) {
  std::vector<Expression> replacements(theory.symbol_count());
  for (const auto& [state, written] : is) replacements[theory.state_place(state)] = written.expression;
  return replaced(f, replacements);
}

Expression at_begin(const Expression& f, const Theory& theory) {
  std::vector<Expression> replacements(theory.symbol_count());
  replacements[theory.time_place()] = theory.begin.expression;
  return replaced(f, replacements);
}

// ----------------------------------------------------------------------------------------------- x(t)

void decide_solution(const SolutionClaim& claim, Bench& bench) {
  const Theory& theory = bench.theory();
  std::vector<Decided> all;
  for (const auto& [state, written] : claim.is) {
    const State& x = theory.states[state];
    const Expression slope = derivative(written.expression, theory.time_place());
    all.push_back({fmt::format("it solves d{}/d{} = {}", x.name, theory.time, x.rate.text),
                   bench.algebra().vanishes(slope - along(x.rate.expression, claim.is, theory))});
    all.push_back({fmt::format("it starts at {} = {}", x.name, x.start.text),
                   bench.algebra().vanishes(at_begin(written.expression, theory) - x.start.expression)});
    all.push_back({fmt::format("{} has no jump and no pole", x.name),
                   bench.algebra().is_continuous(written.expression, Expression::integer(1))});
  }
  bench.decide(all);
}

template <class Real>
void measure_solution(const SolutionClaim& claim, Bench& bench) {
  const Theory& theory = bench.theory();
  Largest largest;
  for (const auto& course : bench.courses<Real>())
    for (const auto& [state, written] : claim.is) {
      const Evaluator<Real> closed(written.expression);
      for (std::size_t k = 0; k < course.size(); ++k) {
        const auto values = course.values(k);
        const Real claimed = closed(values), found = values[theory.state_place(state)];
        const std::string& name = theory.states[state].name;
        largest.see(relative<Real>(claimed - found, course.scale(state)), [&] {
          return fmt::format("{} the ODE gives {} = {}, the claim {}", moment(theory, course, values.back()),
                             name, number_text(found), number_text(claimed));
        });
      }
    }
  std::vector<bool> states(theory.states.size());
  for (const auto& [state, written] : claim.is) states[state] = true;
  bench.check_against_own_error<Real>("max |closed form - ODE| / max |ODE|", largest, "TF", states);
  const auto& first = bench.courses<Real>().front();
  const auto error = [&](const ode::Solution<Real>& solution) {
    base::Worst worst;
    for (std::size_t k = 0; k < solution.trajectory.size(); ++k)
      for (const auto& [state, written] : claim.is) {
        const auto values = first.values(solution, k);
        worst.see(
            relative<Real>(Evaluator<Real>(written.expression)(values) - values[theory.state_place(state)],
                           first.scale(state)));
      }
    return worst.value();
  };
  bench.check_refinement<Real>(error, "TF");
}

// ----------------------------------------------------------------------------------------------- t(x)

void decide_implicit(const ImplicitClaim& claim, Bench& bench) {
  const Theory& theory = bench.theory();
  const State& x = theory.states[claim.state];
  std::vector<Expression> start(theory.symbol_count());
  start[theory.state_place(claim.state)] = x.start.expression;
  bench.decide(
      {{fmt::format("d{}/d{} times d{}/d{} is 1", theory.time, x.name, x.name, theory.time),
        bench.algebra().vanishes(bench.rate_along(claim.time.expression) - Expression::integer(1))},
       {fmt::format("it has no jump and no pole but where {} rests", x.name),
        bench.algebra().is_continuous(claim.time.expression, x.rate.expression)},
       {fmt::format("it starts at {} = {}", x.name, x.start.text),
        bench.algebra().vanishes(replaced(claim.time.expression, start) - theory.begin.expression)}});
}

// Whether time(x) passes t anywhere between the least and the greatest x of the course.
template <class Real>
bool has_root(const Evaluator<Real>& time, const Course<Real>& course, std::size_t place, const Real& t) {
  constexpr int kPoints = 2000;
  std::vector<Real> values = course.values(0);
  Real low = values[place], high = low;
  for (std::size_t k = 0; k < course.size(); ++k) {
    const Real x = course.values(k)[place];
    if (x < low) low = x;
    if (x > high) high = x;
  }
  bool above = false, below = false;
  for (int i = 0; i <= kPoints; ++i) {
    values[place] = low + (high - low) * i / kPoints;
    const Real difference = time(values) - t;
    above |= difference >= 0;
    below |= difference <= 0;
  }
  return above && below;
}

template <class Real>
void measure_implicit(const ImplicitClaim& claim, Bench& bench) {
  const Theory& theory = bench.theory();
  const State& state = theory.states[claim.state];
  const std::size_t place = theory.state_place(claim.state);
  const Evaluator<Real> time(claim.time.expression), rate(state.rate.expression);
  // An error of t(x) counts as that of x which it amounts to. A state that has come to rest tells no time.
  const auto deviation = [&](const std::vector<Real>& values, const Real& scale, const Real& span) {
    const double speed = relative<Real>(rate(values) * span, scale);
    const double off = relative<Real>((time(values) - values.back()) * rate(values), scale);
    return speed < 1e-9 ? std::nullopt : std::optional(off);
  };
  Largest largest;
  for (const auto& course : bench.courses<Real>()) {
    const Real span = course.span();
    for (std::size_t k = 0; k < course.size(); ++k) {
      const auto values = course.values(k);
      if (const auto off = deviation(values, course.scale(claim.state), span))
        largest.see(*off, [&] {
          return fmt::format(
              "{} the ODE gives {} = {}, for which the claim says {} = {}{}",
              moment(theory, course, values.back()), state.name, number_text(values[place]), theory.time,
              number_text(time(values)),
              has_root(time, course, place, values.back())
                  ? ""
                  : fmt::format("; it has no root {} at this time on the solution's way", state.name));
        });
    }
  }
  bench.check_against_own_error<Real>(
      fmt::format("max |{0}({1}) - {0}| |d{1}/d{0}| / max |{1}|", theory.time, state.name), largest, "TF",
      bench.states_in(Expression::symbol(place)));
  const auto& first = bench.courses<Real>().front();
  const auto error = [&](const ode::Solution<Real>& solution) {
    base::Worst worst;
    for (std::size_t k = 0; k < solution.trajectory.size(); ++k)
      if (const auto off = deviation(first.values(solution, k), first.scale(claim.state), first.span()))
        worst.see(*off);
    return worst.value();
  };
  bench.check_refinement<Real>(error, "TF");
}

// ------------------------------------------------------------------------------------------- conserved

// How much f can change: sum over the states of max |df/dx| max |x|.
template <class Real>
Real sensitivity(const Expression& f, const Course<Real>& course, const Theory& theory) {
  using std::abs;
  Real sum = std::numeric_limits<double>::min();
  for (std::size_t j = 0; j < theory.states.size(); ++j) {
    const Evaluator<Real> slope(derivative(f, theory.state_place(j)));
    Real steepest(0);
    for (std::size_t k = 0; k < course.size(); ++k)
      if (const Real here = abs(slope(course.values(k))); here > steepest && base::is_finite(here))
        steepest = here;
    sum += steepest * course.scale(j);
  }
  return sum;
}

template <class Real>
void measure_conserved(const ConservedClaim& claim, Bench& bench) {
  const Theory& theory = bench.theory();
  const Evaluator<Real> quantity(claim.is.expression);
  Largest largest;
  for (const auto& course : bench.courses<Real>()) {
    if (!bench.has_values(claim.is, course)) return;
    const Real scale = sensitivity(claim.is.expression, course, theory), before = quantity(course.values(0));
    for (std::size_t k = 0; k < course.size(); ++k) {
      const auto values = course.values(k);
      const Real now = quantity(values);
      largest.see(relative<Real>(now - before, scale), [&] {
        return fmt::format("{} it is {}, at the start {}", moment(theory, course, values.back()),
                           number_text(now), number_text(before));
      });
    }
  }
  bench.check_against_own_error<Real>("largest change along a solution, over sum max |df/dx| max |x|",
                                      largest, "F", bench.states_in(claim.is.expression));
  const auto& first = bench.courses<Real>().front();
  const Real scale = sensitivity(claim.is.expression, first, theory);
  const auto error = [&](const ode::Solution<Real>& solution) {
    base::Worst worst;
    for (std::size_t k = 0; k < solution.trajectory.size(); ++k)
      worst.see(relative<Real>(quantity(first.values(solution, k)) - quantity(first.values(0)), scale));
    return worst.value();
  };
  bench.check_refinement<Real>(error, "F");
}

}  // namespace

void examine(const SolutionClaim& claim, Bench& bench) {
  decide_solution(claim, bench);
  bench.in_every_precision([&](auto real) { measure_solution<decltype(real)>(claim, bench); });
}

void examine(const ImplicitClaim& claim, Bench& bench) {
  decide_implicit(claim, bench);
  bench.in_every_precision([&](auto real) { measure_implicit<decltype(real)>(claim, bench); });
}

void examine(const ConservedClaim& claim, Bench& bench) {
  bench.decide(
      {{"its rate along the ODE is 0", bench.algebra().vanishes(bench.rate_along(claim.is.expression))}});
  bench.in_every_precision([&](auto real) { measure_conserved<decltype(real)>(claim, bench); });
}

}  // namespace dln::validation
