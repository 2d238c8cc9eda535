// The symbolic witness S: the derivations that serve a claim, carried out and kept as text. Without computer
// algebra built in it has nothing to say, and says that.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dln::validation {

// What computer algebra made of an identity: proven zero, refuted with what remains, or beyond it.
enum class Outcome { proven, refuted, undecided };
std::string_view name_of(Outcome outcome);

struct Formula {
  std::string text, latex;
};

struct DerivationStep {
  std::string role;  // "statement", "definition", "identity", or "printed": an erratum, to be refuted
  std::string text;
  Formula lhs = {}, rhs = {};  // empty for a statement
  Outcome outcome = Outcome::undecided;
  Formula difference = {};  // what remains of lhs - rhs, when anything does

  bool is_decided() const { return role == "identity" || role == "printed"; }
};

struct DerivationRecord {
  std::string name = {}, equation = {}, title = {};
  std::vector<std::string> assumptions = {};  // its domain: signs, and the sizes of what is written out
  std::vector<DerivationStep> steps = {};
  Outcome outcome = Outcome::undecided;
  Formula lhs = {}, rhs = {};  // of the identity that decides
  Formula difference = {};     // what remains of it; empty when it is proven
  double seconds = 0;
};

// How much of a claim's sentence derivations can carry.
enum class Algebra {
  none,   // nothing: numbers alone
  part,   // an ingredient, or the sentence at the sizes that the derivations name
  whole,  // the sentence is an identity, and they prove it
};
std::string_view name_of(Algebra algebra);

// From a claim's id to the derivations that serve it.
using SymbolicWitness = std::function<std::vector<DerivationRecord>(const std::string& claim)>;

bool symbolic_witness_is_built_in();
// Empty when none serves the claim, or none is built in.
std::vector<DerivationRecord> derivations_for(const std::string& claim);
// The same with one thing made wrong in each.
std::vector<DerivationRecord> wrong_derivations_for(const std::string& claim);

}  // namespace dln::validation
