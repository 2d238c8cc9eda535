// Claims about fixed points: that the rates vanish there, and the signs of the Jacobian's eigenvalues.
#include <fmt/format.h>

#include <cmath>

#include "validation/own_theory/bench.hpp"
#include "validation/own_theory/unstable_directions.hpp"

namespace dln::validation {
namespace {

using symbolic::Evaluator;
using symbolic::Expression;
using symbolic::Sign;

Expression at_point(const Expression& f, const FixedPointClaim& claim, const Theory& theory) {
  std::vector<Expression> replacements(theory.symbol_count());
  for (const auto& [state, written] : claim.at) replacements[theory.state_place(state)] = written.expression;
  return replaced(f, replacements);
}

// jacobian[i][j] = d rate_i / d x_j at the point.
std::vector<std::vector<Expression>> jacobian(const FixedPointClaim& claim, const Theory& theory) {
  std::vector<std::vector<Expression>> rows;
  for (const auto& [i, at_i] : claim.at) {
    rows.emplace_back();
    for (const auto& [j, at_j] : claim.at)
      rows.back().push_back(
          at_point(derivative(theory.states[i].rate.expression, theory.state_place(j)), claim, theory));
  }
  return rows;
}

// ------------------------------------------------------------------------------------- by computer algebra

// A linear system is its Jacobian.
bool is_linear(const FixedPointClaim& claim, const Theory& theory) {
  for (const auto& [i, at_i] : claim.at)
    for (const auto& [j, at_j] : claim.at) {
      const auto slope = derivative(theory.states[i].rate.expression, theory.state_place(j));
      const auto found = symbols_in(slope, theory.symbol_count());
      for (const auto& [k, at_k] : claim.at)
        if (found[theory.state_place(k)]) return false;
    }
  return true;
}

// Whether what another claim calls conserved has a strict extremum at a point of two states: then the orbits
// about it are closed. The statements that make it so, or nothing when no such claim is proven.
std::vector<Decided> closed_orbits(const FixedPointClaim& claim, Bench& bench) {
  const Theory& theory = bench.theory();
  const auto all_proven = [](const std::vector<Decided>& all) {
    return std::ranges::all_of(
        all, [](const Decided& d) { return d.finding.decision == symbolic::Decision::proven; });
  };
  for (const WrittenClaim& other : theory.claims) {
    const auto* conserved = std::get_if<ConservedClaim>(&other.content);
    if (!conserved) continue;
    const Expression& f = conserved->is.expression;
    const std::size_t x = theory.state_place(claim.at[0].first), y = theory.state_place(claim.at[1].first);
    const auto there = [&](const Expression& e) { return at_point(e, claim, theory); };
    const Expression fxx = there(derivative(derivative(f, x), x)),
                     fyy = there(derivative(derivative(f, y), y)),
                     fxy = there(derivative(derivative(f, x), y));
    const auto& algebra = bench.algebra();
    const std::vector<Decided> all = {
        {fmt::format("{} is conserved", conserved->is.text), algebra.vanishes(bench.rate_along(f))},
        {"its slopes vanish there", algebra.vanishes(there(derivative(f, x)))},
        {"in both directions", algebra.vanishes(there(derivative(f, y)))},
        {"the determinant of its second derivatives is positive",
         algebra.has_sign(fxx * fyy - fxy * fxy, Sign::positive)}};
    if (all_proven(all)) return all;
  }
  return {};
}

constexpr const char* kOnTheAxis =
    "an eigenvalue of the Jacobian has real part 0, as far as can be told: linearised there, the system "
    "tells "
    "nothing; a claim that something is conserved, with an extremum there, would show a centre";

// Only systems of one and two states: by the signs of trace and determinant.
void decide_stability(const FixedPointClaim& claim, Bench& bench, std::vector<Decided>& all) {
  const auto j = jacobian(claim, bench.theory());
  const auto sign = [&](const char* what, const Expression& e, Sign wanted) {
    all.push_back({fmt::format("the {} is {}", what, wanted == Sign::positive ? "positive" : "negative"),
                   bench.algebra().has_sign(e, wanted)});
  };
  if (j.size() == 1 && claim.stability == Stability::stable)
    return sign("slope of the rate", j[0][0], Sign::negative);
  if (j.size() == 1 && claim.stability == Stability::unstable)
    return sign("slope of the rate", j[0][0], Sign::positive);
  if (j.size() != 2) {
    all.push_back({"stability", {symbolic::Decision::undecided, "only of one or two states"}});
    return;
  }
  const Expression trace = j[0][0] + j[1][1], determinant = j[0][0] * j[1][1] - j[0][1] * j[1][0];
  switch (claim.stability) {
    case Stability::stable:
      if (!closed_orbits(claim, bench).empty()) {
        all.push_back({"the orbits about it close in on it",
                       {symbolic::Decision::refuted, "closed orbits, by what is conserved"}});
        return;
      }
      sign("trace of the Jacobian", trace, Sign::negative);
      return sign("determinant of the Jacobian", determinant, Sign::positive);
    case Stability::saddle:
      return sign("determinant of the Jacobian", determinant, Sign::negative);
    case Stability::centre:
      all.push_back({"the trace of the Jacobian is 0", bench.algebra().vanishes(trace)});
      sign("determinant of the Jacobian", determinant, Sign::positive);
      if (is_linear(claim, bench.theory())) return;
      if (const auto closed = closed_orbits(claim, bench); !closed.empty()) {
        all.insert(all.end(), closed.begin(), closed.end());
      } else {
        all.push_back({"the orbits about it are closed", {symbolic::Decision::undecided, kOnTheAxis}});
        bench.leave_open(kOnTheAxis);
      }
      return;
    case Stability::unstable: {  // either sign will do
      const auto negative = bench.algebra().has_sign(determinant, Sign::negative);
      if (negative.decision == symbolic::Decision::proven)
        all.push_back({"the determinant of the Jacobian is negative", negative});
      else
        sign("trace of the Jacobian", trace, Sign::positive);
    }
  }
}

// ---------------------------------------------------------------------------------------------- by numbers

template <class Real>
SquareMatrix<Real> numbers(const std::vector<std::vector<Expression>>& rows,
                           const std::vector<Real>& values) {
  SquareMatrix<Real> all;
  for (const auto& row : rows) {
    all.emplace_back();
    for (const Expression& entry : row) all.back().push_back(Evaluator<Real>(entry)(values));
  }
  return all;
}

// 0 for what was claimed and 1 for anything else, and for a centre the size of the trace over that of the
// frequency; nothing where an eigenvalue is too near the imaginary axis.
template <class Real>
std::optional<double> stability_deviation(Stability stability, const SquareMatrix<Real>& j) {
  using std::abs, std::sqrt;
  if (stability == Stability::centre) {
    const Real determinant = j[0][0] * j[1][1] - j[0][1] * j[1][0];
    return determinant > 0 ? static_cast<double>(Real(abs(j[0][0] + j[1][1]) / sqrt(determinant)))
                           : std::nan("");
  }
  const double unstable = unstable_directions(j), all = static_cast<double>(j.size());
  if (std::isnan(unstable)) return std::nullopt;
  const bool holds = stability == Stability::stable   ? unstable == 0
                     : stability == Stability::saddle ? unstable >= 1 && unstable < all
                                                      : unstable >= 1;
  return holds ? 0 : 1;
}

// How large the terms of a state's rate are: sum of |df/dx| |x|, at least the smallest normal number.
template <class Real>
Real scale_of(const FixedPointClaim& claim, std::size_t state, const SquareMatrix<Real>& j,
              const std::vector<Real>& values) {
  using std::abs;
  Real sum = std::numeric_limits<double>::min();
  for (std::size_t row = 0; row < j.size(); ++row)
    for (std::size_t column = 0; column < j.size() && claim.at[row].first == state; ++column)
      sum += abs(j[row][column] * Evaluator<Real>(claim.at[column].second.expression)(values));
  return sum;
}

template <class Real>
void measure(const FixedPointClaim& claim, Bench& bench) {
  using std::abs;
  const Theory& theory = bench.theory();
  const auto rows = jacobian(claim, theory);
  Largest rest, stability;
  for (const auto& sample : bench.samples()) {
    std::vector<Real> values(sample.begin(), sample.end());
    values.resize(theory.symbol_count(), std::numeric_limits<Real>::quiet_NaN());
    const auto j = numbers(rows, values);
    for (const auto& [state, written] : claim.at) {
      const Real rate =
          Evaluator<Real>(at_point(theory.states[state].rate.expression, claim, theory))(values);
      if (!base::is_finite(rate)) {
        bench.leave_open(fmt::format("at {} the rate of {} has no value there", point_text(theory, sample),
                                     theory.states[state].name));
        continue;
      }
      rest.see(rate == 0 ? 0 : static_cast<double>(Real(abs(rate) / scale_of(claim, state, j, values))), [&] {
        return fmt::format("at {} the rate of {} is {}", point_text(theory, sample),
                           theory.states[state].name, number_text(rate));
      });
    }
    const auto deviation = stability_deviation(claim.stability, j);
    if (!deviation) bench.leave_open(kOnTheAxis);
    stability.see(deviation.value_or(0), [&] {
      std::string matrix;
      for (const auto& row : j) {
        matrix += matrix.empty() ? "[" : "; ";
        for (std::size_t k = 0; k < row.size(); ++k) matrix += (k ? ", " : "") + number_text(row[k]);
      }
      return fmt::format("at {} the Jacobian is {}]", point_text(theory, sample), matrix);
    });
  }
  const double bound = static_cast<double>(fineness<Real>().rounding);
  const std::string sample =
      fmt::format("{} points of the domain, {}", bench.samples().size(), fineness<Real>().name);
  bench.check({.quantity = "largest rate at the fixed point, over sum |df/dx| |x|",
               .measured = rest.value(),
               .expected = 0,
               .relation = Relation::at_most,
               .bound = bound,
               .bound_reason = fmt::format("{:.0e} for rounding in the formulas", bound),
               .wide_reason = "Formulas that cancel lose more digits than these did",
               .witness_pair = "T",
               .dataset = sample},
              rest.where());
  bench.check({.quantity = claim.stability == Stability::centre
                               ? "largest |trace| of the Jacobian over the square root of its determinant"
                               : "whether the eigenvalues have other signs at any point: 0 no, 1 yes",
               .measured = stability.value(),
               .expected = 0,
               .relation = Relation::at_most,
               .bound = claim.stability == Stability::centre ? bound : 0,
               .bound_reason = claim.stability == Stability::centre ? "rounding in the formulas"
                                                                    : "yes or no, by Routh's array",
               .wide_reason = "Formulas that cancel lose more digits than these did",
               .witness_pair = "T",
               .dataset = sample},
              stability.where());
}

}  // namespace

void examine(const FixedPointClaim& claim, Bench& bench) {
  const Theory& theory = bench.theory();
  std::vector<Decided> all;
  for (const auto& [state, written] : claim.at)
    all.push_back({fmt::format("the rate of {} is 0 there", theory.states[state].name),
                   bench.algebra().vanishes(at_point(theory.states[state].rate.expression, claim, theory))});
  decide_stability(claim, bench, all);
  bench.decide(all);
  bench.in_every_precision([&](auto real) { measure<decltype(real)>(claim, bench); });
}

}  // namespace dln::validation
