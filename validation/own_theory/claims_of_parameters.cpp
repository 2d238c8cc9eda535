// Claims about formulas and times as functions of the parameters: identities, scaling.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "validation/own_theory/bench.hpp"

namespace dln::validation {
namespace {

using ode::FiftyDigits;
using symbolic::Evaluator;
using symbolic::Expression;

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

// Two formulas at one point. NaN where a side has no value.
template <class Real>
class Sides {
 public:
  explicit Sides(const IdentityClaim& claim) : of_(claim.of.expression), is_(claim.is.expression) {}
  void look(const std::vector<Real>& values) { a = of_(values), b = is_(values); }
  double difference() const {
    using std::abs;
    if (a == b) return 0;
    return static_cast<double>(Real(abs(a - b) / std::max(Real(abs(a)), Real(abs(b)))));
  }
  Real a{}, b{};

 private:
  Evaluator<Real> of_, is_;
};

// "s = 1, t = 2": of the symbols that occur.
template <class Real>
std::string where_text(const IdentityClaim& claim, const Theory& theory, const std::vector<Real>& values) {
  const auto symbols = theory.symbols();
  const auto found = symbols_in(claim.of.expression - claim.is.expression, theory.symbol_count());
  std::string where;
  for (std::size_t k = 0; k < values.size(); ++k)
    if (found[k])
      where += fmt::format("{}{} = {}", where.empty() ? "" : ", ", symbols[k].name, number_text(values[k]));
  return where.empty() ? "every point" : where;
}

// Where the sides differ by more than `bound`, fifty digits tell a difference from rounding, overflow and
// formulas that cancel: of these they leave next to nothing. Points where a side has no value in either are
// not compared.
template <class Real>
void measure_identity(const IdentityClaim& claim, Bench& bench) {
  const Theory& theory = bench.theory();
  const double bound = static_cast<double>(fineness<Real>().rounding);
  Sides<Real> sides(claim);
  Sides<FiftyDigits> fine(claim);
  Largest largest;
  std::size_t compared = 0, rounded = 0;
  for (const auto& values : points<Real>(claim, bench)) {
    sides.look(values);
    double difference = sides.difference();
    if (!(difference <= bound)) {
      fine.look({values.begin(), values.end()});
      const double finer = fine.difference();
      if (std::isnan(finer)) continue;
      const bool is_rounding = finer <= bound && !(finer > 1e-10 * difference);
      rounded += is_rounding;
      difference = is_rounding ? finer : std::max(finer, std::isnan(difference) ? finer : difference);
    }
    ++compared;
    largest.see(difference, [&] {
      return fmt::format("at {} the one is {}, the other {}", where_text(claim, theory, values),
                         number_text(sides.a), number_text(sides.b));
    });
  }
  if (compared == 0) return bench.leave_open("at no sample do both sides have a value");
  bench.check({.quantity = rounded == 0
                               ? std::string("largest difference, relative to the larger")
                               : fmt::format("largest difference, relative to the larger, {} of {} points in "
                                             "50 digits where fewer round it away",
                                             rounded, compared),
               .measured = largest.value(),
               .expected = 0,
               .relation = Relation::at_most,
               .bound = bound,
               .bound_reason = fmt::format("{:.0e} for rounding in the formulas", bound),
               .wide_reason = "Formulas that cancel lose more digits than these did",
               .witness_pair = "T",
               .dataset = fmt::format("{} points, {}", compared, fineness<Real>().name)},
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
      if (time && !(*time > 0))
        trouble = fmt::format("at {} the level is where the solution starts", point_text(theory, point));
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

void examine(const ScalingClaim& claim, Bench& bench) {
  bench.note("a power of a time along the ODE is outside what computer algebra decides here");
  bench.in_every_precision([&](auto real) { measure_scaling<decltype(real)>(claim, bench); });
}

}  // namespace dln::validation
