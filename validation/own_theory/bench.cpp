#include "validation/own_theory/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>

namespace dln::validation {

using ode::FiftyDigits;
using symbolic::Decision;
using symbolic::Expression;

namespace {

std::vector<Expression> positive_expressions(const Theory& theory) {
  std::vector<Expression> all;
  for (const Written& assumption : theory.assumptions) all.push_back(assumption.expression);
  // Beside their signs, which side of 1 symbols are on: that is the sign of their logarithms.
  const Expression one = Expression::integer(1);
  for (std::size_t k = 0; k < theory.parameters.size(); ++k) {
    const Parameter& p = theory.parameters[k];
    if (p.is_range && p.low > 1) all.push_back(Expression::symbol(k) - one);
    if (p.is_range && p.high < 1) all.push_back(one - Expression::symbol(k));
  }
  return all;
}

struct WitnessesOf {
  Witnesses operator()(const SolutionClaim&) const { return "TSF"; }
  Witnesses operator()(const ImplicitClaim&) const { return "TSF"; }
  Witnesses operator()(const ConservedClaim&) const { return "SF"; }
  Witnesses operator()(const MonotoneClaim&) const { return "SF"; }
  Witnesses operator()(const FixedPointClaim&) const { return "ST"; }
  Witnesses operator()(const IdentityClaim&) const { return "ST"; }
  Witnesses operator()(const LimitClaim&) const { return "ST"; }
  Witnesses operator()(const ScalingClaim&) const { return "F"; }
};

}  // namespace

Bench::Bench(const Theory& theory, Samples samples, ExaminationOptions options)
    : theory_(theory),
      samples_(std::move(samples)),
      options_(options),
      algebra_(theory.symbols(), positive_expressions(theory)) {}

template <class Real>
const std::vector<Course<Real>>& Bench::courses() {
  if constexpr (std::is_same_v<Real, double>) {
    if (!courses_) courses_ = validation::courses<double>(theory_, samples_);
    return *courses_;
  } else {
    if (!fine_courses_) fine_courses_ = validation::courses<FiftyDigits>(theory_, samples_);
    return *fine_courses_;
  }
}
template const std::vector<Course<double>>& Bench::courses<double>();
template const std::vector<Course<FiftyDigits>>& Bench::courses<FiftyDigits>();

Expression Bench::rate_along(const Expression& f) const {
  Expression rate = derivative(f, theory_.time_place());
  for (std::size_t k = 0; k < theory_.states.size(); ++k)
    rate = rate + derivative(f, theory_.state_place(k)) * theory_.states[k].rate.expression;
  return rate;
}

void Bench::begin(const WrittenClaim& claim) {
  record_ = {};
  algebra_leaves_.clear();
  record_.info.id = claim.id;
  record_.info.sentence = claim.sentence;
  record_.info.formula = claim.formula;
  record_.info.source =
      claim.source.empty() ? fmt::format("{}, line {}", theory_.file, claim.place.line) : claim.source;
  record_.info.witnesses = std::visit(WitnessesOf(), claim.content);
}

// What algebra has proven does not wait for numbers.
ClaimRecord Bench::finish() {
  if (record_.counterexample.empty() && !algebra_leaves_.empty())
    record_.counterexample = "by computer algebra: " + algebra_leaves_;
  if (record_.standing == Standing::proven && !record_.unjudged.empty()) {
    record_.standing_note += "; numbers could not tell: " + record_.unjudged;
    record_.unjudged.clear();
  }
  return std::move(record_);
}

void Bench::leave_open(const std::string& why) {
  if (record_.unjudged.empty()) record_.unjudged = why;
}

void Bench::decide(const std::vector<Decided>& all) {
  const auto count = [&](Decision d) {
    return std::ranges::count_if(all, [d](const Decided& each) { return each.finding.decision == d; });
  };
  const auto proven = count(Decision::proven), refuted = count(Decision::refuted);
  std::string proofs, rest;
  for (const auto& [statement, finding] : all) {
    if (finding.decision == Decision::refuted && algebra_leaves_.empty())
      algebra_leaves_ = fmt::format("{} leaves {}", statement, finding.remaining.substr(0, 300));
    if (finding.decision == Decision::proven)
      proofs += (proofs.empty() ? "" : "; ") + statement;
    else
      rest += fmt::format("{}{} ({}: {})", rest.empty() ? "" : "; ", statement, name_of(finding.decision),
                          finding.remaining.substr(0, 300));
  }
  if (!all.empty() && proven == std::ssize(all)) {
    record_.standing = Standing::proven;
    record_.standing_note = "by computer algebra for every value of the symbols: " + proofs;
  } else {
    record_.standing_note =
        (refuted > 0 ? "computer algebra refutes: " : "computer algebra did not decide: ") + rest +
        (proofs.empty() ? "" : "; it proves: " + proofs);
  }
  if (proven + refuted == 0) return;
  check({.quantity = fmt::format("statements refuted by computer algebra, of {} decided", proven + refuted),
         .measured = static_cast<double>(refuted),
         .expected = 0,
         .relation = Relation::within,
         .bound = 0,
         .bound_reason = "exact: a difference of rational functions is 0 or it is not",
         .witness_pair = "S"});
}

void Bench::check(Check check, const std::string& counterexample) {
  if (!check.passed() && record_.counterexample.empty()) record_.counterexample = counterexample;
  record_.checks.push_back(std::move(check));
}

template <class Real>
void Bench::check_against_own_error(const std::string& quantity, const Largest& largest,
                                    const std::string& witnesses, const std::vector<bool>& states) {
  base::Worst own;
  for (const auto& course : courses<Real>())
    own.see(course.complete() ? course.own_error(states) : std::nan(""));
  const auto& fine = fineness<Real>();
  const std::string sample = fmt::format("{} points of the domain, {}", samples_.size(), fine.name);
  const double loose = static_cast<double>(fine.loose), tight = static_cast<double>(fine.tight);
  const double kept = -std::log10(std::max(own.value(), std::isnan(own.value()) ? own.value() : 1e-50));
  const double wanted = std::is_same_v<Real, double> ? 5 : 15;
  if (!(kept >= wanted))
    return leave_open(
        fmt::format("the integrator keeps {:.1f} digits of the solution between tolerances {:.0e} and {:.0e} "
                    "({}), and wants {:g} to judge",
                    kept, loose, tight, fine.name, wanted));
  check({.quantity =
             fmt::format("digits that the solution keeps between tolerances {:.0e} and {:.0e}", loose, tight),
         .measured = kept,
         .expected = 0,
         .relation = Relation::at_least,
         .bound = wanted,
         .bound_reason = "with fewer the integrator does not follow the solution well enough to judge",
         .witness_pair = "F",
         .dataset = sample});
  check({.quantity = quantity,
         .measured = largest.value(),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 10 * own.value() + static_cast<double>(fine.rounding),
         .bound_reason =
             fmt::format("ten times the integrator's own error, measured between two tolerances, and {:.0e} "
                         "for rounding in the formulas",
                         static_cast<double>(fine.rounding)),
         .wide_reason = "The error that counts is that of the tighter tolerance, far below",
         .witness_pair = witnesses,
         .dataset = sample},
        largest.where());
}
template void Bench::check_against_own_error<double>(const std::string&, const Largest&, const std::string&,
                                                     const std::vector<bool>&);
template void Bench::check_against_own_error<FiftyDigits>(const std::string&, const Largest&,
                                                          const std::string&, const std::vector<bool>&);

std::vector<bool> Bench::states_in(const Expression& f) const {
  const auto found = symbols_in(f, theory_.symbol_count());
  const auto first = found.begin() + static_cast<std::ptrdiff_t>(theory_.state_place(0));
  return {first, first + std::ssize(theory_.states)};
}

template <class Real>
void Bench::check_refinement(const std::function<double(const ode::Solution<Real>&)>& error,
                             const std::string& witnesses) {
  const bool is_double = std::is_same_v<Real, double>;
  const double coarse = is_double ? 1e-3 : 1e-8, fine = is_double ? 1e-10 : 1e-18;
  const auto& course = courses<Real>().front();
  const auto error_at = [&](double tolerance) {
    const auto solution = course.at_tolerance(Real(tolerance));
    return solution.complete() ? error(solution) : std::nan("");
  };
  // An error already small says little by not falling: from there on it is measured against this size.
  const double small = is_double ? 1e-8 : 1e-20, first = error_at(coarse), last = error_at(fine);
  check({.quantity = fmt::format(
             "refinement: the error at tolerance {:.0e}, or {:.0e} if it is smaller, over that at {:.0e}",
             coarse, small, fine),
         .measured = (first < small ? small : first) / last,
         .expected = 0,
         .relation = Relation::at_least,
         .bound = is_double ? 1e2 : 1e4,
         .bound_reason = "what remains is the integrator's error only if it falls with the tolerance",
         .witness_pair = witnesses,
         .dataset = point_text(theory_, course.parameters())});
}
template void Bench::check_refinement<double>(const std::function<double(const ode::Solution<double>&)>&,
                                              const std::string&);
template void Bench::check_refinement<FiftyDigits>(
    const std::function<double(const ode::Solution<FiftyDigits>&)>&, const std::string&);

Examiner::Examiner(const Theory& theory, Samples samples, ExaminationOptions options)
    : bench_(std::make_unique<Bench>(theory, std::move(samples), options)) {}
Examiner::~Examiner() = default;

ClaimRecord Examiner::examine(const WrittenClaim& claim) {
  bench_->begin(claim);
  const auto start = std::chrono::steady_clock::now();
  try {
    std::visit([this](const auto& content) { validation::examine(content, *bench_); }, claim.content);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    bench_->fail(error.what());
  }
  ClaimRecord record = bench_->finish();
  record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return record;
}

}  // namespace dln::validation
