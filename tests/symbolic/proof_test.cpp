// What decides: exact both ways over rational functions and algebraic symbols, undecided beyond; and how
// formulas read.
#include "dln/symbolic/proof.hpp"

#include <ginac/ginac.h>
#include <gtest/gtest.h>

#include "dln/base/error.hpp"
#include "dln/symbolic/calculus.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::symbol;

const symbol s("s"), u("u"), y("y"), K("K"), tau("tau", "\\tau");

Decision decide(const ex& lhs, const ex& rhs) {
  Proof proof;
  proof.identity("", lhs, rhs);
  return proof.finish().decision();
}

Decision decide_with_root(const ex& polynomial, const ex& difference) {
  Proof proof;
  proof.bind(K, polynomial);
  proof.identity("", named("lhs"), named("rhs"), difference);
  return proof.finish().decision();
}

TEST(Decision, IsExactOverRationalFunctions) {
  EXPECT_EQ(decide((s * s - u * u) / (s - u), s + u), Decision::proven);
  EXPECT_EQ(decide(s / (s - u) - u / (s - u), 1), Decision::proven);
  EXPECT_EQ(decide(s / u, u / s), Decision::refuted);
  // A difference far below any rounding.
  EXPECT_EQ(decide(s, s * (1 + pow(ex(10), -100))), Decision::refuted);
}

TEST(Decision, IsExactInAnAlgebraicField) {
  const ex square = K * K - s * s - 4 * u * u;
  EXPECT_EQ(decide_with_root(square, 1 / (K - s) - (K + s) / (4 * u * u)), Decision::proven);
  EXPECT_EQ(decide_with_root(square, K - s - 2 * u), Decision::refuted);
  EXPECT_EQ(decide_with_root(K * K - 2, pow(K, 7) - 8 * K), Decision::proven);
  EXPECT_EQ(decide_with_root(K * K - 2, pow(K, 7) - 8), Decision::refuted);
}

TEST(Decision, OpensNoVerdictWhereTheRootIsNotOneNumber) {
  // K is s or -s: K - s may be zero or not.
  EXPECT_EQ(decide_with_root(K * K - s * s, K - s), Decision::undecided);
  EXPECT_EQ(decide_with_root(K * K - s * s, K * K * K - s * s * K), Decision::proven);
  // 1/(K^2 - 2) does not exist.
  EXPECT_EQ(decide_with_root(K * K - 2, u / (K * K - 2)), Decision::undecided);
}

TEST(Decision, NeverGuessesAboutFunctions) {
  EXPECT_EQ(decide(pow(sin(y), 2) + pow(cos(y), 2), 1), Decision::undecided)
      << "true, but not by this room's means";
  EXPECT_EQ(decide(log(s * u), log(s) + log(u)), Decision::undecided) << "true for s, u > 0 alone";
  EXPECT_EQ(decide(exp(y), 1 + y), Decision::undecided) << "false, but no number is put in";
  EXPECT_EQ(decide(sqrt(s * s), s), Decision::undecided) << "a matter of sign";
  EXPECT_EQ(decide(exp(y) - exp(y), 0), Decision::proven);
  EXPECT_EQ(decide(log(y) * (s - u), log(y) * s - u * log(y)), Decision::proven);
}

TEST(Decision, OfADerivationNeedsAnIdentityAndAllOfThem) {
  Proof nothing;
  nothing.say("an opinion");
  nothing.printed("an erratum alone", s, u);
  const Derivation empty = nothing.finish();
  EXPECT_EQ(empty.decision(), Decision::undecided);
  EXPECT_THROW(empty.decisive(), base::DomainError);

  Proof mixed;
  mixed.identity("right", s, s);
  mixed.identity("wrong", s, u);
  mixed.identity("right again", u, u);
  const Derivation d = mixed.finish();
  EXPECT_EQ(d.decision(), Decision::refuted);
  EXPECT_EQ(d.decisive().text, "wrong");
  EXPECT_EQ(d.difference().text, "s - u");

  Proof open;
  open.identity("right", s, s);
  open.identity("not decidable", exp(y), 1 + y);
  EXPECT_EQ(open.finish().decision(), Decision::undecided);
}

TEST(Decision, RefutesAnErratumThatProvesRight) {
  Proof proof;
  proof.identity("right", s, s);
  proof.printed("said to be wrong", s * s, s * s);
  EXPECT_EQ(proof.finish().decision(), Decision::refuted);
}

TEST(Decision, OfAMatrixNeedsEveryEntry) {
  GiNaC::matrix m(2, 2);
  m(1, 0) = s - u;
  Proof proof;
  proof.identity("", named("A"), named("B"), m);
  const Derivation d = proof.finish();
  EXPECT_EQ(d.decision(), Decision::refuted);
  EXPECT_EQ(d.difference().text, "entry (2, 1): s - u");
}

TEST(Formula, ReadsAsThePaperWritesIt) {
  const symbol u0("u0", "u_0"), E("E"), L("L");
  EXPECT_EQ(shown(s * E / (E - 1 + s / u0)).text, "E s/(E + s/u0 - 1)");
  EXPECT_EQ(shown(2 * u * (s - u) / tau).text, "2 u (s - u)/tau");
  EXPECT_EQ(shown(-2 * u * (u - s)).text, "2 u (s - u)");
  EXPECT_EQ(shown(u - s).text, "u - s");
  EXPECT_EQ(shown(pow(u - s, 2)).text, "(s - u)^2");
  EXPECT_EQ(shown(pow(u - s, 3) / 2).text, "-(s - u)^3/2");
  EXPECT_EQ(shown((L - 1) * pow(u, 2 - 2 / L)).text, "u^(2 - 2/L) (L - 1)");
  EXPECT_EQ(shown(log(u * (s - u0) / (u0 * (s - u)))).latex,
            "\\ln\\left(\\frac{u \\left(s - u_0\\right)}{u_0 \\left(s - u\\right)}\\right)");
  EXPECT_EQ(shown(-ex(1) / 3 * sqrt(s)).text, "-sqrt(s)/3");
  EXPECT_EQ(shown(1 / (s * u)).text, "1/(s u)");
  EXPECT_EQ(shown(s - u * (s - u)).text, "s - u (s - u)");
  EXPECT_EQ(shown(ex(0)).text, "0");
  EXPECT_EQ(shown(-s).latex, "-s");
}

// What is shown means what was decided: parsed back, it is the same expression.
TEST(Formula, MeansWhatItSays) {
  const symbol a("a"), b("b");
  GiNaC::parser parser(GiNaC::symtab{{"s", s}, {"u", u}, {"a", a}, {"b", b}});
  const std::vector<ex> expressions{(s - u) / (a * (b - u)) - a / (2 * s),
                                    pow(a - b, 3) / (s * pow(u - s, 2)),
                                    a - (b - (s - u) * a) * u,
                                    -a / (b * s) + 1 / (u - a),
                                    ex(3) / 7 * a * a - b / 5,
                                    (a - 1) * (1 - b) * (u - s) / (b - a),
                                    pow(a, -3) * (b * b - a),
                                    a / (b / s + u / (a - s))};
  for (const ex& e : expressions) {
    std::string text = shown(e).text;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {  // a blank between two factors multiplies
      const auto ends = [](char c) { return std::isalnum(c) || c == ')'; };
      const auto begins = [](char c) { return std::isalnum(c) || c == '('; };
      if (text[i] == ' ' && ends(text[i - 1]) && begins(text[i + 1])) text[i] = '*';
    }
    EXPECT_TRUE((parser(text) - e).normal().is_zero()) << text;
  }
}

TEST(Calculus, RotationsAreOrthogonal) {
  const symbol p("p"), q("q"), r("r");
  Proof proof;
  const auto R = space_rotation(p, q, r), Q = plane_rotation(p);
  proof.identity("", named("R^T R"), named("I"), R.transpose().mul(R).sub(identity_matrix(3)));
  proof.identity("", named("det R"), named("1"), R.determinant() - 1);
  proof.identity("", named("det Q"), named("1"), Q.determinant() - 1);
  EXPECT_TRUE(proof.finish().identically_zero());
}

}  // namespace
}  // namespace dln::symbolic
