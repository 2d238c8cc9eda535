// Claims about formulas and times as functions of the parameters: identities, limits and their order,
// scaling.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "validation/own_theory/bench.hpp"

namespace dln::validation {
namespace {

using ode::FiftyDigits;
using symbolic::Evaluator;
using symbolic::Expression;

template <class Real>
std::vector<Real> with_room(const Theory& theory, const std::vector<double>& parameters) {
  std::vector<Real> values(parameters.begin(), parameters.end());
  values.resize(theory.symbol_count(), std::numeric_limits<Real>::quiet_NaN());
  return values;
}

// Points at which to compare formulas: the solutions' own where they speak of states or the time.
template <class Real>
std::vector<std::vector<Real>> points(const IdentityClaim& claim, Bench& bench) {
  const Theory& theory = bench.theory();
  const auto found = symbols_in(claim.of.expression - claim.is.expression, theory.symbol_count());
  std::vector<std::vector<Real>> all;
  if (std::find(found.begin() + static_cast<std::ptrdiff_t>(theory.parameters.size()), found.end(), true) ==
      found.end()) {
    for (const auto& sample : bench.samples()) all.push_back(with_room<Real>(theory, sample));
    return all;
  }
  for (const auto& course : bench.courses<Real>())
    for (std::size_t k = 0; k < course.size(); ++k) all.push_back(course.values(k));
  return all;
}

template <class Real>
void measure_identity(const IdentityClaim& claim, Bench& bench) {
  using std::abs;
  const Theory& theory = bench.theory();
  const Evaluator<Real> of(claim.of.expression), is(claim.is.expression);
  const auto symbols = theory.symbols();
  Largest largest;
  for (const auto& values : points<Real>(claim, bench)) {
    const Real a = of(values), b = is(values), size = std::max(Real(abs(a)), Real(abs(b)));
    largest.see(a == b ? 0.0 : static_cast<double>(Real(abs(a - b) / size)), [&] {
      std::string where;
      for (std::size_t k = 0; k < values.size(); ++k)
        if (base::is_finite(values[k]))
          where +=
              fmt::format("{}{} = {}", where.empty() ? "" : ", ", symbols[k].name, number_text(values[k]));
      return fmt::format("at {} the one is {}, the other {}", where, number_text(a), number_text(b));
    });
  }
  const double bound = static_cast<double>(fineness<Real>().rounding);
  bench.check(
      {.quantity = "largest difference, relative to the larger",
       .measured = largest.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = bound,
       .bound_reason = fmt::format("{:.0e} for rounding in the formulas", bound),
       .wide_reason = "Formulas that cancel lose more digits than these did",
       .witness_pair = "T",
       .dataset = fmt::format("{} points of the domain, {}", bench.samples().size(), fineness<Real>().name)},
      largest.where());
}

Expression deviation_of(const LimitClaim& claim) {
  const Expression &of = claim.of.expression, &is = claim.is.expression;
  return claim.is_relative ? of / is - Expression::integer(1) : of - is;
}

// Far out the parameter doubles (or its distance halves) and the deviation falls by 2^order. In 50 digits,
// whose rounding leaves it many digits.
void measure_limit(const LimitClaim& claim, Bench& bench) {
  using std::abs, std::log2;
  const Theory& theory = bench.theory();
  const Evaluator<FiftyDigits> deviation(deviation_of(claim)), of(claim.of.expression),
      is(claim.is.expression);
  Largest largest;
  for (const auto& sample : bench.samples()) {
    auto values = with_room<FiftyDigits>(theory, sample);
    const auto at = [&](int k) {
      const FiftyDigits far = FiftyDigits(std::ldexp(1.0, k));
      values[claim.parameter] = claim.to ? FiftyDigits(*claim.to) + 1 / far : far;
      return deviation(values);
    };
    constexpr int kFar = 24;
    const FiftyDigits before = at(kFar - 1), after = at(kFar);
    const double order = static_cast<double>(FiftyDigits(log2(FiftyDigits(abs(before / after)))));
    largest.see(std::abs(order - claim.order), [&] {
      return fmt::format(
          "with {} the one is {}, the other {}, and their difference falls with the power {:.6g}",
          [&] {
            std::string where;
            for (std::size_t k = 0; k < sample.size(); ++k)
              where +=
                  fmt::format("{}{} = {}", k ? ", " : "", theory.parameters[k].name, number_text(values[k]));
            return where;
          }(),
          number_text(of(values)), number_text(is(values)), order);
    });
  }
  const std::string name = theory.parameters[claim.parameter].name;
  bench.check(
      {.quantity = fmt::format("largest distance of the order in {} from {}", claim.to ? name : "1/" + name,
                               claim.order),
       .measured = largest.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-4,
       .bound_reason = fmt::format("measured {} 2^24: the terms of the next order are some 1e-7 of these",
                                   claim.to ? "at a distance of 1 over" : "at"),
       .wide_reason = "Their coefficients may be larger",
       .witness_pair = "T",
       .dataset = fmt::format("{} points of the domain, 50 digits", bench.samples().size())},
      largest.where());
}

// --------------------------------------------------------------------------------------------- scaling

constexpr int kScalingPoints = 7;

std::vector<double> moved(const ScalingClaim& claim, const Theory& theory, std::vector<double> sample,
                          double to) {
  sample[claim.parameter] = to;
  for (const auto& [parameter, written] : claim.with) {
    const double value = Evaluator<double>(written.expression)(with_room<double>(theory, sample));
    sample[parameter] = value;
  }
  return sample;
}

template <class Real>
std::optional<Real> time_to_reach(const ScalingClaim& claim, const Theory& theory,
                                  const std::vector<double>& point) {
  const Course<Real> course(theory, point, false);
  const Evaluator<Real> gap(claim.of.expression - claim.level.expression);
  auto values = course.start_values();
  const std::size_t states = theory.state_place(0);
  const ode::Event<Real> event{"level",
                               [&](std::span<const Real> x, Real t) {
                                 std::copy(x.begin(), x.end(),
                                           values.begin() + static_cast<std::ptrdiff_t>(states));
                                 values.back() = t;
                                 return gap(values);
                               },
                               ode::Crossing::either, true};
  const auto solution = course.until(event);
  if (solution.events.empty()) return std::nullopt;
  return solution.events.front().time - course.start_values().back();
}

template <class Real>
void measure_scaling(const ScalingClaim& claim, Bench& bench) {
  using std::log;
  const Theory& theory = bench.theory();
  const Parameter& p = theory.parameters[claim.parameter];
  Largest largest;
  for (const auto& sample : bench.samples()) {
    double sx = 0, sy = 0, sxx = 0, sxy = 0, first = 0, last = 0;
    std::string trouble;
    for (int i = 0; i < kScalingPoints; ++i) {
      const double to = p.low * std::pow(p.high / p.low, i / double(kScalingPoints - 1));
      const auto point = moved(claim, theory, sample, to);
      const auto time = time_to_reach<Real>(claim, theory, point);
      if (!time)
        trouble = fmt::format("at {} the level is not reached within the span", point_text(theory, point));
      const double y = time ? static_cast<double>(Real(log(*time))) : std::nan(""), x = std::log(to);
      sx += x, sy += y, sxx += x * x, sxy += x * y;
      (i == 0 ? first : last) = std::exp(y);
    }
    const double slope = (kScalingPoints * sxy - sx * sy) / (kScalingPoints * sxx - sx * sx);
    largest.see(std::abs(slope - claim.power), [&] {
      if (!trouble.empty()) return trouble;
      return fmt::format(
          "from {0} = {1:.6g} to {2:.6g}, otherwise at {3}, the time goes from {4} to {5}: as {0}^{6:.6g}",
          p.name, p.low, p.high, point_text(theory, sample), number_text(first), number_text(last), slope);
    });
  }
  bench.check(
      {.quantity = fmt::format("largest distance of d ln(time)/d ln({}) from {:g}", p.name, claim.power),
       .measured = largest.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = claim.tolerance,
       .bound_reason = "the tolerance that the claim gives, 1e-6 unless it says otherwise",
       .wide_reason = "An exact power leaves only the integrator's error",
       .witness_pair = "F",
       .dataset = fmt::format("{} values of {} at each of {} points of the domain, {}", kScalingPoints,
                              p.name, bench.samples().size(), fineness<Real>().name)},
      largest.where());
}

}  // namespace

void examine(const IdentityClaim& claim, Bench& bench) {
  bench.decide(
      {{"both sides are the same", bench.algebra().vanishes(claim.of.expression - claim.is.expression)}});
  bench.in_every_precision([&](auto real) { measure_identity<decltype(real)>(claim, bench); });
}

void examine(const LimitClaim& claim, Bench& bench) {
  const std::string name = bench.theory().parameters[claim.parameter].name;
  const auto finding =
      bench.algebra().vanishes_with_order(deviation_of(claim), claim.parameter, claim.to, claim.order);
  bench.decide({{fmt::format("the first term of its series is of order {} in {}", claim.order,
                             claim.to ? fmt::format("{} - ({:g})", name, *claim.to) : "1/" + name),
                 finding}});
  measure_limit(claim, bench);
}

void examine(const ScalingClaim& claim, Bench& bench) {
  bench.note("a power of a time along the ODE is outside what computer algebra decides here");
  bench.in_every_precision([&](auto real) { measure_scaling<decltype(real)>(claim, bench); });
}

}  // namespace dln::validation
