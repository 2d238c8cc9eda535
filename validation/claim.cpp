#include "validation/claim.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>

#include "dln/base/error.hpp"

namespace dln::validation {

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::claim:
      return "claim";
    case Kind::error:
      return "error";
    case Kind::ambiguity:
      return "ambiguity";
    case Kind::finite_n:
      return "finite_N";
  }
  return "unknown";
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::refuted_as_printed:
      return "refuted_as_printed";
    case Verdict::fails:
      return "fails";
    case Verdict::not_run:
      return "not_run";
  }
  return "unknown";
}

std::string_view name_of(Standing standing) {
  return standing == Standing::proven ? "proven" : "tested";
}

std::string_view name_of(Relation relation) {
  switch (relation) {
    case Relation::within:
      return "|measured - expected| <= bound";
    case Relation::at_most:
      return "measured <= bound";
    case Relation::at_least:
      return "measured >= bound";
  }
  return "unknown";
}

bool Check::passed() const {
  // Every comparison is false for a NaN.
  if (!std::isfinite(bound) || !std::isfinite(expected)) return false;
  switch (relation) {
    case Relation::within:
      return std::abs(measured - expected) <= bound;
    case Relation::at_most:
      return measured <= bound;
    case Relation::at_least:
      return measured >= bound;
  }
  return false;
}

bool Check::is_wide() const {
  if (relation == Relation::at_least) return false;
  return bound > 100 * std::abs(measured - (relation == Relation::within ? expected : 0));
}

std::optional<double> Check::digits() const {
  if (relation == Relation::at_least || bound == 0 || !std::isfinite(measured)) return std::nullopt;
  const double scale = expected == 0 ? 1 : std::abs(expected);
  const double deviation = std::abs(measured - expected) / scale;
  return deviation == 0 ? 17.0 : std::clamp(-std::log10(deviation), 0.0, 17.0);
}

std::string Check::full_reason() const {
  return is_wide() && !wide_reason.empty() ? bound_reason + ". " + wide_reason : bound_reason;
}

Witnesses ClaimRecord::witnesses_run() const {
  const bool derived =
      std::ranges::find(derivations, Outcome::proven, &DerivationRecord::outcome) != derivations.end();
  Witnesses run;
  for (char witness : info.witnesses)
    if ((witness == 'S' && derived) || std::ranges::any_of(checks, [=](const Check& c) {
          return c.witness_pair.find(witness) != std::string::npos;
        }))
      run += witness;
  return run;
}

Witnesses ClaimRecord::witnesses_not_run() const {
  const Witnesses run = witnesses_run();
  Witnesses rest;
  for (char witness : info.witnesses)
    if (run.find(witness) == std::string::npos) rest += witness;
  return rest;
}

Verdict ClaimRecord::verdict() const {
  if (!trouble.empty()) return Verdict::fails;
  if (std::ranges::any_of(derivations, [](const auto& d) { return d.outcome != Outcome::proven; }))
    return Verdict::fails;
  if (!std::ranges::all_of(checks, &Check::passed)) return Verdict::fails;
  if (checks.empty() || !unjudged.empty()) return Verdict::not_run;
  if (info.kind == Kind::claim) return Verdict::holds;
  // An erratum needs both halves: the printed form refuted and the corrected one confirmed.
  auto has = [this](Subject subject) {
    return std::ranges::find(checks, subject, &Check::subject) != checks.end();
  };
  return has(Subject::printed) && has(Subject::corrected) ? Verdict::refuted_as_printed : Verdict::fails;
}

bool ClaimRecord::stands() const {
  return verdict() == Verdict::holds || verdict() == Verdict::refuted_as_printed;
}

std::optional<double> ClaimRecord::digits() const {
  std::optional<double> least;
  for (const Check& check : checks)
    if (const auto digits = check.digits(); digits && (!least || *digits < *least)) least = digits;
  return least;
}

namespace {

std::string names_of(const std::vector<DerivationRecord>& derivations, Outcome outcome) {
  std::string names;
  for (const auto& d : derivations)
    if (d.outcome == outcome) names += (names.empty() ? "" : ", ") + d.name;
  return names;
}

std::string standing_note(const ClaimRecord& record) {
  if (const auto names = names_of(record.derivations, Outcome::refuted); !names.empty())
    return "computer algebra refutes " + names;
  if (const auto names = names_of(record.derivations, Outcome::undecided); !names.empty())
    return "the symbolic witness S did not testify: computer algebra leaves undecided " + names;
  if (record.info.algebra == Algebra::none) return "";
  if (record.derivations.empty())
    return symbolic_witness_is_built_in()
               ? "the symbolic witness S did not run"
               : "the symbolic witness S did not run: this dln was built without computer algebra";
  if (!record.stands()) return "";
  return record.standing == Standing::proven
             ? "the sentence is an identity, reduced to zero by computer algebra on the domain that the "
               "derivations below give; the numbers agree"
             : "algebra proves an ingredient, or the sentence at the sizes that the derivations below give; "
               "the sentence as a whole is tested by numbers";
}

}  // namespace

ClaimRecord examine(const Claim& claim, const Evaluation& evaluation, Context& context,
                    const SymbolicWitness& derive) {
  ClaimRecord record{.info = claim.info, .checks = {}, .wrong_variant = claim.wrong_variant, .trouble = {}};
  const auto start = std::chrono::steady_clock::now();
  try {
    record.derivations = derive(claim.info.id);
    record.checks = evaluation(context);
  } catch (const base::DataError&) {
    throw;  // the data are at fault, not the claim
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    record.trouble = error.what();
  }
  record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (record.info.algebra == Algebra::whole && !record.derivations.empty() && record.stands())
    record.standing = Standing::proven;
  record.standing_note = standing_note(record);
  return record;
}

}  // namespace dln::validation
