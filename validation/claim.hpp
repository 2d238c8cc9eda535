// Claim: one sentence that a machine can refuse, the witnesses it calls, and the verdict they lead to.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "validation/symbolic_witness.hpp"

namespace dln::validation {

class Context;

// Who can testify:
//   T closed form   S derivation by computer algebra   F reduced ODE, integrated   N full network, trained by
//   its gradient flow or by descent   G gradient descent, where its finite steps are the matter   D data
// T, S, F and N share no formula. F and N share the ODE driver; N and G share the network's gradient, which
// C1 holds against the plain sum over the examples. A claim lists the letters it could call; those that did
// not run are reported as such.
using Witnesses = std::string;

enum class Kind { claim, error, ambiguity, finite_n };
enum class Verdict { holds, refuted_as_printed, fails, not_run };
std::string_view name_of(Kind kind);
std::string_view name_of(Verdict verdict);

enum class Relation {
  within,    // |measured - expected| <= bound
  at_most,   // measured <= bound
  at_least,  // measured >= bound
};
std::string_view name_of(Relation relation);

// What a check speaks about: the sentence itself, the form as printed (passed = refuted), or its correction.
enum class Subject { claim, printed, corrected };

struct Check {
  std::string quantity;
  double measured;
  double expected;
  Relation relation;
  double bound;
  std::string bound_reason;      // where the bound comes from: eps, integrator, O(lambda), sampling
  std::string wide_reason = {};  // second sentence, when the bound is more than 100 times what was measured
  Witnesses witness_pair;        // "TF": the witnesses that met in this check
  std::string dataset = {};
  Subject subject = Subject::claim;
  std::string beside = {};  // what else was measured, where one number says little; quantity names none

  // False whenever a NaN is involved.
  bool passed() const;
  // An upper bound more than 100 times the deviation it bounds.
  bool is_wide() const;
  // Digits of agreement, 0 to 17: -log10 of the deviation, relative to `expected` unless that is 0. None for
  // checks that bound from below and for counts that must be met exactly (bound 0).
  std::optional<double> digits() const;
  // bound_reason, and wide_reason when the bound is wide.
  std::string full_reason() const;
};

struct ClaimInfo {
  std::string id;  // "C12", "X1", or anything unique for another theory
  Kind kind = Kind::claim;
  int section = 0;  // of the paper
  std::string sentence;
  std::string source;  // where the paper says it
  std::string formula;
  std::string printed = {};  // for errata: as printed, and what is right
  std::string corrected = {};
  Witnesses witnesses;              // all that could testify
  Algebra algebra = Algebra::none;  // what of the sentence the witness S can prove
  std::vector<std::string> figures = {};
  bool needs_images = false;
};

using Evaluation = std::function<std::vector<Check>(Context&)>;

struct Claim {
  ClaimInfo info;
  Evaluation evaluate;
  // The same claim with one witness made wrong on purpose: its verdict must be `fails`, or the claim is no
  // test.
  std::string wrong_variant;
  Evaluation evaluate_wrong;
};

// How a claim that holds is known to hold.
enum class Standing {
  tested,  // by numbers, at samples of its domain
  proven,  // by computer algebra, every statement of it on the whole domain; numbers agree
};
std::string_view name_of(Standing standing);

struct ClaimRecord {
  ClaimInfo info;
  std::vector<Check> checks;
  std::string wrong_variant;
  std::string trouble;        // why it did not run to its end, if it did not
  std::string unjudged = {};  // why its witnesses could not tell, if they could not
  double seconds = 0;
  Standing standing = Standing::tested;
  std::string standing_note = {};                  // what was proven, or why nothing was
  std::string counterexample = {};                 // a point where it fails, with both values
  std::vector<DerivationRecord> derivations = {};  // that serve it

  // S among them when a derivation is proven, any other when it met a check.
  Witnesses witnesses_run() const;
  Witnesses witnesses_not_run() const;
  // A derivation refuted or undecided makes it fail, whatever the numbers say.
  Verdict verdict() const;
  // It holds, as it is or corrected: only then is it proven or tested.
  bool stands() const;
  // The least digits over the checks that agree on something.
  std::optional<double> digits() const;
};

// Runs `evaluation` for `claim`, and the derivations that serve it. What they throw becomes `trouble` and a
// failed verdict, but for DataError and bad_alloc, which are not the claim's fault. It is proven when algebra
// carries the whole sentence, every derivation is proven and every check passed; else it is tested.
ClaimRecord examine(const Claim& claim, const Evaluation& evaluation, Context& context,
                    const SymbolicWitness& derive = derivations_for);

}  // namespace dln::validation
