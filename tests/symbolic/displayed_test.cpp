// Displayed equations stay within the line, and no letter has two superscripts.
#include "dln/symbolic/displayed.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "dln/base/worst.hpp"
#include "dln/symbolic/depth_solution.hpp"
#include "dln/symbolic/derivations.hpp"

namespace dln::symbolic {
namespace {

// Of the lines between the brackets of a display.
double widest_line(const std::string& display) {
  base::Worst widest;
  std::istringstream lines(display);
  for (std::string line; std::getline(lines, line);)
    if (!line.ends_with("{align*}") && !line.ends_with("{align*}}") && line != "{\\allowdisplaybreaks")
      widest.see(typeset_width(line));
  return widest.value();
}

// x^{a}^{b}: TeX refuses it.
bool has_double_superscript(const std::string& latex) {
  bool raised = false;
  for (std::size_t i = 0; i < latex.size(); ++i) {
    if (latex[i] == '^' && raised) return true;
    if (latex[i] != '^' && latex[i] != '_') {
      raised = raised && latex[i] == ' ';
      continue;
    }
    raised |= latex[i] == '^';
    int depth = 0;
    do {
      ++i;
      depth += latex[i] == '{' ? 1 : latex[i] == '}' ? -1 : 0;
    } while (depth > 0 && i + 1 < latex.size());
  }
  return false;
}

TEST(Displayed, IsOneLineWhereItFits) {
  EXPECT_EQ(displayed("u", "=", "a b"), "\\[ u = a b \\]\n");
  EXPECT_EQ(displayed("", "\\ne 0", "a b"), "\\[ a b \\ne 0 \\]\n");
}

TEST(Displayed, BreaksSumsBetweenTerms) {
  std::string sum = "x_{1}", product = "W \\left(x_{1}";
  for (int i = 2; i < 40; ++i) sum += " + x_{" + std::to_string(i) + "}";
  for (int i = 2; i < 40; ++i) product += " - x_{" + std::to_string(i) + "}";
  const auto shown = displayed("u", "=", sum), deeper = displayed("u", "=", product + "\\right)");
  EXPECT_NE(shown.find("u &= x_{1}"), std::string::npos) << shown;
  EXPECT_NE(shown.find(" \\\\\n&\\quad{} + x_"), std::string::npos) << shown;
  EXPECT_LE(widest_line(shown), 300) << shown;
  // \left and \right cannot stand on two lines.
  EXPECT_EQ(deeper.find("\\left"), std::string::npos) << deeper;
  EXPECT_NE(deeper.find("\\bigl(x_{1}"), std::string::npos) << deeper;
  EXPECT_LE(widest_line(deeper), 300) << deeper;
}

// Beside widths measured by TeX; what nests is set smaller than assumed.
TEST(Displayed, KnowsHowWideFormulasAre) {
  struct Measured {
    const char* latex;
    double points;
  };
  for (const auto& [latex, points] : {
           Measured{"u = \\frac{E s}{E + \\frac{s}{u_0} - 1}", 69.9},
           {"- \\cos\\!\\left(\\frac{4\\pi}{9}\\right) \\ln\\!\\left(1 - "
            "2y\\cos\\!\\left(\\frac{2\\pi}{9}\\right) + "
            "y^{2}\\right)",
            168.4},
           {"+ 2\\sin\\!\\left(\\frac{16\\pi}{9}\\right) "
            "\\arctan\\frac{y\\sin\\left(\\frac{8\\pi}{9}\\right)}{1 - "
            "y\\cos\\left(\\frac{8\\pi}{9}\\right)}",
            153.1},
           {"W^{1}_{11} W^{2}_{11} W^{3}_{11} c_{11} + m_{11} - x_{12} y_{12}", 135.8},
       })
    EXPECT_NEAR(typeset_width(latex) / points, 1, 0.15) << latex << ": " << typeset_width(latex);
}

TEST(Displayed, TimesOfDeepNetworksStayOnThePage) {
  for (int layers : {4, 6, 10, 20}) {
    const auto solution = solve_depth(base::Depth::from_layers(layers));
    const auto shown = displayed("F(y)", "=", solution.antiderivative.latex);
    EXPECT_NE(shown.find("\\allowdisplaybreaks"), std::string::npos) << shown;
    EXPECT_LE(widest_line(shown), 300) << layers << ": " << shown;
    EXPECT_LE(widest_line(displayed("t", "=", solution.time.latex)), 300);
  }
}

class FormulasOf : public testing::TestWithParam<Entry> {};

TEST_P(FormulasOf, StayOnThePageAndHaveOneSuperscriptEach) {
  for (const Step& step : derive(GetParam()).steps) {
    for (const Formula* f : {&step.lhs, &step.rhs, &step.difference})
      EXPECT_FALSE(has_double_superscript(f->latex)) << f->latex;
    // 320 pt have an item of a list; a fraction that fits no line of 300 is not broken.
    EXPECT_LE(widest_line(displayed(step.lhs.latex, "=", step.rhs.latex)), 320) << step.text;
    EXPECT_LE(widest_line(displayed("", "\\ne 0", step.difference.latex)), 320) << step.text;
  }
}

INSTANTIATE_TEST_SUITE_P(All, FormulasOf, testing::ValuesIn(derivations()), [](const auto& test) {
  std::string name;
  for (char c : test.param.name) name += c == '-' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace dln::symbolic
