// Sentences of derivations as LaTeX.
#include "dln/symbolic/prose.hpp"

#include <gtest/gtest.h>

#include "dln/symbolic/derivations.hpp"
#include "dln/symbolic/formula_text.hpp"

namespace dln::symbolic {
namespace {

TEST(Prose, TypesetsWhatIsAFormulaAndLeavesTheRest) {
  struct Sample {
    const char *sentence, *latex;
  };
  for (const auto& [sentence, latex] : {
           Sample{"sum over the examples of |y - W32 W21 x|^2",
                  "sum over the examples of $|y - W^{32} W^{21} x|^{2}$"},
           {"lambda = |b|^2 - |a|^2", "$\\lambda = |b|^{2} - |a|^{2}$"},
           {"M^{-1}, then s^{2 - 2/L}", "$M^{-1}$, then $s^{2 - 2/L}$"},
           {"E = sum_alpha s_alpha", "$E = \\sum_{\\alpha} s_{\\alpha}$"},
           {"tau/lambda, in epochs", "$\\tau/\\lambda$, in epochs"},
           {"W^{l+1}^T W^l is conserved", "$W^{l+1\\,T} W^{l}$ is conserved"},
           {"B21' = W21' V", "$B^{21\\prime} = W^{21\\prime} V$"},
           {"a_i' = -dE/da_i", "$a_{i}' = -dE/da_{i}$"},
           {"c > 0 (exchange a and b, otherwise)", "$c > 0$ (exchange $a$ and $b$, otherwise)"},
           {"a plane rotation in p, not a = 0", "a plane rotation in $p$, not $a = 0$"},
           {"Cayley's formula in v3, Supplement A", "Cayley's formula in v3, Supplement A"},
           {"int_0^t e^{2Fx} dx of Eq 2", "$\\int_{0}^{t} e^{2Fx} dx$ of Eq 2"},
           {"the 8 x 8 Hessian", "the $8 \\times 8$ Hessian"},
       })
    EXPECT_EQ(prose_latex(sentence), latex);
}

TEST(Prose, ShowsWhatItCannotReadAsItStands) {
  EXPECT_EQ(prose_latex("with f(x = 1"), "with \\texttt{f(x = 1}");
  EXPECT_EQ(prose_latex("100% & more"), "\\texttt{100\\% \\&} more");
  EXPECT_FALSE(formula_latex("x^"));
  EXPECT_FALSE(formula_latex("x)"));
  EXPECT_EQ(escaped_latex("a|b_c^d"), "a$|$b\\_c\\^{}d");
}

// Outside of $...$ there is neither mark-up of ours nor a letter of the Greek alphabet.
std::string outside_of_formulas(const std::string& latex) {
  std::string out;
  bool inside = false;
  for (char c : latex) {
    if (c == '$') inside = !inside;
    if (!inside) out += c;
  }
  EXPECT_FALSE(inside) << latex;
  return out;
}

class ProseOf : public testing::TestWithParam<Entry> {};

TEST_P(ProseOf, IsReadableThroughout) {
  const Derivation d = derive(GetParam());
  std::vector<std::string> sentences{d.equation, d.title};
  sentences.insert(sentences.end(), d.assumptions.begin(), d.assumptions.end());
  for (const Step& step : d.steps) sentences.push_back(step.text);
  for (const std::string& sentence : sentences) {
    const std::string latex = prose_latex(sentence), words = outside_of_formulas(latex);
    EXPECT_EQ(latex.find("\\texttt"), std::string::npos) << latex;
    EXPECT_EQ(words.find_first_of("|^_{}\\=<>/*"), std::string::npos) << latex;
    for (const char* name : {"tau", "Sigma", "lambda", "alpha", "theta", "gamma"})
      EXPECT_EQ(words.find(name), std::string::npos) << latex;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ProseOf, testing::ValuesIn(derivations()), [](const auto& test) {
  std::string name;
  for (char c : test.param.name) name += c == '-' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace dln::symbolic
