#include "dln/symbolic/derivation.hpp"

#include <algorithm>

#include "dln/base/error.hpp"

namespace dln::symbolic {
namespace {

bool is_decidable(const Step& step) {
  return step.role == Role::identity || step.role == Role::printed;
}

}  // namespace

std::string_view name_of(Decision decision) {
  switch (decision) {
    case Decision::proven:
      return "proven";
    case Decision::refuted:
      return "refuted";
    case Decision::undecided:
      break;
  }
  return "undecided";
}

std::string_view name_of(Role role) {
  switch (role) {
    case Role::statement:
      return "statement";
    case Role::definition:
      return "definition";
    case Role::identity:
      return "identity";
    case Role::printed:
      break;
  }
  return "printed";
}

Decision Derivation::decision() const {
  const bool something = std::ranges::any_of(steps, [](const Step& s) { return s.role == Role::identity; });
  bool all = something;
  for (const Step& step : steps) {
    if (!is_decidable(step) || step.is_decided_as_it_should()) continue;
    if (step.decision != Decision::undecided) return Decision::refuted;
    all = false;
  }
  return all ? Decision::proven : Decision::undecided;
}

const Step& Derivation::decisive() const {
  const Step* last = nullptr;
  for (const Step& step : steps) {
    if (is_decidable(step) && !step.is_decided_as_it_should()) return step;
    if (step.role == Role::identity) last = &step;
  }
  if (!last) throw base::DomainError("derivation " + name + ": expected an identity, found none");
  return *last;
}

Formula Derivation::difference() const {
  return identically_zero() ? Formula{} : decisive().difference;
}

}  // namespace dln::symbolic
