// Derivation: one step of the paper's algebra, carried out by computer algebra: identities lhs = rhs, each
// reduced exactly to zero or refuted with the difference that remains.
//
// A difference is decided as a rational function over the rationals, in symbols that are independent or bound
// by one irreducible polynomial each; exponentials enter as symbols with their own rate of change, logarithms
// only under a derivative. There the answer is exact both ways. What lies outside is "undecided", never
// "proven", and no number is ever put in to decide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dln::symbolic {

struct Formula {
  std::string text;   // 2 u (s - u)/tau
  std::string latex;  // \frac{2 u \left(s - u\right)}{\tau}
  bool empty() const { return text.empty(); }
};

enum class Decision { proven, refuted, undecided };
std::string_view name_of(Decision decision);

enum class Role {
  statement,   // prose; nothing to decide
  definition,  // lhs names rhs; nothing to decide
  identity,    // lhs = rhs, which must be proven
  printed,     // lhs = rhs as printed somewhere, an erratum: it must be refuted
};
std::string_view name_of(Role role);

struct Step {
  Role role;
  std::string text;
  Formula lhs, rhs;                         // empty for a statement
  Decision decision = Decision::undecided;  // of an identity or a printed form
  Formula difference;                       // what remains of lhs - rhs when it is not zero

  bool is_decided_as_it_should() const {
    return decision == (role == Role::printed ? Decision::refuted : Decision::proven);
  }
};

struct Derivation {
  std::string name;      // a slug, such as "eq12"
  std::string title;     // one sentence
  std::string equation;  // "Eq 12"
  std::vector<std::string> claims;
  std::vector<std::string> assumptions;
  std::vector<Step> steps;

  // Proven when every identity is proven and every printed erratum refuted, and there is an identity at all;
  // refuted when an identity is refuted or an erratum proves right; undecided otherwise.
  Decision decision() const;
  bool identically_zero() const { return decision() == Decision::proven; }
  // The step the verdict rests on: the first that is not decided as it should, else the last identity.
  // Throws base::DomainError when there is no identity.
  const Step& decisive() const;
  const Formula& lhs() const { return decisive().lhs; }
  const Formula& rhs() const { return decisive().rhs; }
  // What remains of the identity that failed; empty when all are zero.
  Formula difference() const;
};

}  // namespace dln::symbolic
