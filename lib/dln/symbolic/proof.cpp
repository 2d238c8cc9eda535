#include "dln/symbolic/proof.hpp"

#include <fmt/format.h>
#include <ginac/ginac.h>

#include <algorithm>

#include "dln/symbolic/calculus.hpp"

namespace dln::symbolic {

using GiNaC::ex;
using GiNaC::is_a;
using GiNaC::matrix;
using GiNaC::symbol;

struct Proof::Decided {
  Decision decision;
  Formula difference;
};

struct Relation {
  symbol algebraic;
  ex polynomial;
  bool is_irreducible;
};

struct Proof::Workings {
  Derivation derivation;
  std::vector<Relation> relations;
};

namespace {

// Over the rationals; factor() is exact there.
bool is_irreducible(const ex& polynomial) {
  const ex factors = factor(polynomial.expand());
  if (is_a<GiNaC::power>(factors)) return false;
  if (!is_a<GiNaC::mul>(factors)) return true;
  return std::ranges::count_if(factors, [](const ex& f) { return !is_a<GiNaC::numeric>(f); }) == 1;
}

ex remainder(ex polynomial, const std::vector<Relation>& relations) {
  polynomial = polynomial.expand();
  for (auto r = relations.rbegin(); r != relations.rend(); ++r)
    if (polynomial.has(r->algebraic)) polynomial = rem(polynomial, r->polynomial, r->algebraic).expand();
  return polynomial;
}

bool is_rational(const ex& polynomial) {
  return polynomial.info(GiNaC::info_flags::rational_polynomial);
}

// A polynomial that is not zero after reduction is not zero, as long as what it lies in is a field: the
// rational functions of free symbols, extended by one algebraic symbol at most.
bool is_surely_not_zero(const ex& polynomial, const std::vector<Relation>& relations) {
  if (!is_rational(polynomial)) return false;
  int bound = 0;
  for (const Relation& r : relations)
    if (polynomial.has(r.algebraic)) bound += r.is_irreducible ? 1 : 2;
  return bound <= 1;
}

// A form to read; factoring is not worth its time for long ones.
ex readable(const ex& numerator, const ex& denominator) {
  const bool is_short = !is_a<GiNaC::add>(numerator) || numerator.nops() <= 40;
  return is_short && is_rational(numerator) ? factored(numerator) / factored(denominator)
                                            : numerator / denominator;
}

}  // namespace

Proof::Proof() : workings_(std::make_unique<Workings>()) {}
Proof::~Proof() = default;

void Proof::assume(std::string sentence) {
  workings_->derivation.assumptions.push_back(std::move(sentence));
}

void Proof::say(std::string sentence) {
  add(Role::statement, std::move(sentence), {}, {}, {Decision::undecided, {}});
}

void Proof::define(std::string text, const Formula& lhs, const ex& rhs) {
  add(Role::definition, std::move(text), lhs, shown(rhs), {Decision::undecided, {}});
}

void Proof::bind(const symbol& algebraic, const ex& polynomial) {
  workings_->relations.push_back({algebraic, polynomial.expand(), is_irreducible(polynomial)});
}

ex Proof::reduced(const ex& rational) const {
  const ex parts = rational.numer_denom();
  const auto& relations = workings_->relations;
  return remainder(parts.op(0), relations) / remainder(parts.op(1), relations);
}

Proof::Decided Proof::decide(const ex& difference) const {
  const ex parts = difference.numer_denom();
  const auto& relations = workings_->relations;
  const ex numerator = remainder(parts.op(0), relations), denominator = remainder(parts.op(1), relations);
  if (denominator.is_zero())
    return {Decision::undecided, named("division by zero", "\\text{division by zero}")};
  if (numerator.is_zero()) return {Decision::proven, {}};
  const bool surely = is_surely_not_zero(numerator, relations) && is_rational(denominator);
  return {surely ? Decision::refuted : Decision::undecided, shown(readable(numerator, denominator))};
}

// Proven when every entry is; otherwise the first refuted entry speaks, or the first undecided one.
Proof::Decided Proof::decide(const matrix& difference) const {
  Decided all{Decision::proven, {}};
  for (unsigned i = 0; i < difference.rows(); ++i)
    for (unsigned j = 0; j < difference.cols(); ++j) {
      Decided entry = decide(difference(i, j));
      if (entry.decision == Decision::proven) continue;
      entry.difference.text = fmt::format("entry ({}, {}): {}", i + 1, j + 1, entry.difference.text);
      entry.difference.latex =
          fmt::format("\\text{{entry }}({}, {}):\\; {}", i + 1, j + 1, entry.difference.latex);
      if (entry.decision == Decision::refuted) return entry;
      if (all.decision == Decision::proven) all = entry;
    }
  return all;
}

void Proof::add(Role role, std::string text, const Formula& lhs, const Formula& rhs, const Decided& decided) {
  workings_->derivation.steps.push_back(
      {role, std::move(text), lhs, rhs, decided.decision, decided.difference});
}

void Proof::identity(std::string text, const ex& lhs, const ex& rhs) {
  identity(std::move(text), shown(lhs), shown(rhs), lhs - rhs);
}
void Proof::identity(std::string text, const Formula& lhs, const Formula& rhs, const ex& difference) {
  add(Role::identity, std::move(text), lhs, rhs, decide(difference));
}
void Proof::identity(std::string text, const Formula& lhs, const Formula& rhs, const matrix& difference) {
  add(Role::identity, std::move(text), lhs, rhs, decide(difference));
}
void Proof::printed(std::string text, const ex& lhs, const ex& rhs) {
  printed(std::move(text), shown(lhs), shown(rhs), lhs - rhs);
}
void Proof::printed(std::string text, const Formula& lhs, const Formula& rhs, const ex& difference) {
  add(Role::printed, std::move(text), lhs, rhs, decide(difference));
}
void Proof::printed(std::string text, const Formula& lhs, const Formula& rhs, const matrix& difference) {
  add(Role::printed, std::move(text), lhs, rhs, decide(difference));
}

Derivation Proof::finish() {
  return std::move(workings_->derivation);
}

}  // namespace dln::symbolic
