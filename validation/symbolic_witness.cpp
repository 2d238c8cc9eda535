#include "validation/symbolic_witness.hpp"

#include <algorithm>
#include <chrono>

#ifdef DLN_WITH_SYMBOLIC
#include "dln/symbolic/derivations.hpp"
#endif

namespace dln::validation {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::proven:
      return "proven";
    case Outcome::refuted:
      return "refuted";
    case Outcome::undecided:
      break;
  }
  return "undecided";
}

std::string_view name_of(Algebra algebra) {
  switch (algebra) {
    case Algebra::whole:
      return "whole";
    case Algebra::part:
      return "part";
    case Algebra::none:
      break;
  }
  return "none";
}

#ifdef DLN_WITH_SYMBOLIC

namespace {

Outcome outcome_of(symbolic::Decision decision) {
  switch (decision) {
    case symbolic::Decision::proven:
      return Outcome::proven;
    case symbolic::Decision::refuted:
      return Outcome::refuted;
    case symbolic::Decision::undecided:
      break;
  }
  return Outcome::undecided;
}

Formula record_of(const symbolic::Formula& formula) {
  return {formula.text, formula.latex};
}

DerivationStep record_of(const symbolic::Step& step) {
  return {.role = std::string(symbolic::name_of(step.role)),
          .text = step.text,
          .lhs = record_of(step.lhs),
          .rhs = record_of(step.rhs),
          .outcome = outcome_of(step.decision),
          .difference = record_of(step.difference)};
}

DerivationRecord record_of(const symbolic::Entry& entry, symbolic::Variant variant) {
  const auto start = std::chrono::steady_clock::now();
  const auto derivation = symbolic::derive(entry, variant);
  DerivationRecord record{.name = derivation.name,
                          .equation = derivation.equation,
                          .title = derivation.title,
                          .assumptions = derivation.assumptions,
                          .steps = {},
                          .outcome = outcome_of(derivation.decision()),
                          .lhs = record_of(derivation.lhs()),
                          .rhs = record_of(derivation.rhs()),
                          .difference = record_of(derivation.difference())};
  for (const auto& step : derivation.steps) record.steps.push_back(record_of(step));
  record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return record;
}

std::vector<DerivationRecord> records_for(const std::string& claim, symbolic::Variant variant) {
  std::vector<DerivationRecord> records;
  for (const auto& entry : symbolic::derivations())
    if (std::ranges::find(entry.claims, claim) != entry.claims.end())
      records.push_back(record_of(entry, variant));
  return records;
}

}  // namespace

bool symbolic_witness_is_built_in() {
  return true;
}

std::vector<DerivationRecord> derivations_for(const std::string& claim) {
  return records_for(claim, symbolic::Variant::right);
}

std::vector<DerivationRecord> wrong_derivations_for(const std::string& claim) {
  return records_for(claim, symbolic::Variant::wrong);
}

#else

bool symbolic_witness_is_built_in() {
  return false;
}

std::vector<DerivationRecord> derivations_for(const std::string&) {
  return {};
}

std::vector<DerivationRecord> wrong_derivations_for(const std::string&) {
  return {};
}

#endif

}  // namespace dln::validation
