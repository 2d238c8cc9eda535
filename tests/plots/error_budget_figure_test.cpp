// Error budgets: bars that stack to the whole, causes that are off left out and named, and the table.
#include "plots/error_budget_figure.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

using experiments::Cause;
using linalg::Vector;

Vector numbers(double a, double b, double c) {
  return (Vector(3) << a, b, c).finished();
}

// The second mode is hastened by its seed; the third was not learned with competition off.
experiments::ErrorBudget some_budget() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  experiments::ErrorBudget b;
  b.theory = numbers(100, 200, 300);
  b.whole = numbers(0.05, 0.03, 0.2);
  b.run = b.theory.array() * b.whole.array().exp();
  b.causes = {{Cause::step, false, numbers(0.02, 0.01, 0.01), numbers(0.02, 0.01, 0.01)},
              {Cause::seed, false, numbers(0.01, -0.02, 0.03), numbers(0.03, -0.02, 0.03)},
              {Cause::imbalance, false, numbers(1e-7, 1e-7, 1e-7), numbers(0, 0, 0)},
              {Cause::competition, false, numbers(0, 0.03, nan), numbers(0, 0.05, 0.1)},
              {Cause::misalignment, true, numbers(0, 0, 0), numbers(0, 0, 0)}};
  b.remainder = b.whole - b.parts().rowwise().sum();
  b.unknown = {2};
  b.ratio = 0.17;
  return b;
}

class BudgetDrawing : public testing::Test {
 protected:
  BudgetDrawing()
      : drawing(error_budget_figure({.id = "budget",
                                     .title = "Title.",
                                     .alternative_text = "Bars.",
                                     .panels = {{"first", &budget}, {"second", &budget}}})) {}
  experiments::ErrorBudget budget = some_budget();
  Drawing drawing;
};

TEST_F(BudgetDrawing, StacksDelaysUpwardsAndHasteDownwards) {
  const auto curves = curves_of(drawing.gp);
  // Step, seed, competition, remainder and the whole, twice.
  ASSERT_EQ(curves.size(), 10u);
  const auto &step = curves[0], &seed = curves[1], &competition = curves[2], &rest = curves[3],
             &whole = curves[4];
  ASSERT_EQ(step.size(), 2u) << "the third mode has no budget";
  const double digits = 1e-6;
  EXPECT_NEAR(step[0].at(2), 2, digits);
  EXPECT_NEAR(seed[0].at(1), 2, digits) << "on the step";
  EXPECT_NEAR(seed[0].at(2), 4, digits);
  EXPECT_NEAR(seed[1].at(1), 0, digits) << "hastens: from 0 down";
  EXPECT_NEAR(seed[1].at(2), -2, digits);
  EXPECT_NEAR(competition[1].at(1), 1, digits) << "on the step of that mode, not on its seed";
  EXPECT_NEAR(competition[1].at(2), 5, digits);
  EXPECT_NEAR(rest[0].at(2) - rest[0].at(1), 1, 1e-4);
  for (std::size_t k = 0; k < 2; ++k) {
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i) sum += curves[i][k].at(2) - curves[i][k].at(1);
    EXPECT_NEAR(sum, whole[k].at(1), 1e-4) << "what the whole is made of";
  }
  EXPECT_EQ(whole.size(), 3u);
  EXPECT_EQ(curves[5], curves[0]);
}

TEST_F(BudgetDrawing, NamesWhatItDoesNotDraw) {
  const std::string svg = render_svg(drawing);
  for (const char* text :
       {"first: remainder 17 % of the whole", "off, or less than 0.1 %: imbalance, misalignment",
        "1 mode not learned", "number of the mode", "competition", "whole"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_EQ(svg, render_svg(drawing)) << "the same every time";
}

TEST_F(BudgetDrawing, TabulatesEveryPartOfEveryMode) {
  const auto table = cells_of(drawing.tsv);
  ASSERT_EQ(table.size(), 1u + 2 * 3 * (5 + 2));
  EXPECT_EQ(table[0],
            (std::vector<std::string>{"panel", "mode", "cause", "part", "from_run", "from_theory"}));
  const auto& seed = table[2];
  EXPECT_EQ(seed[2], "seed");
  EXPECT_NEAR(std::stod(seed[3]), 0.02, 1e-9);
  EXPECT_NEAR(std::stod(seed[4]), 0.01, 1e-9);
  EXPECT_NEAR(std::stod(seed[5]), 0.03, 1e-9);
  EXPECT_TRUE(std::isnan(std::stod(table[1 + 2 * 7 + 5].at(3))))
      << "never 0 in the place of what is not known";
  EXPECT_NEAR(std::stod(table[7].at(3)), 0.05, 1e-9);
}

TEST(BudgetFigure, WantsAPanel) {
  EXPECT_THROW(error_budget_figure({.id = "budget", .title = "", .alternative_text = "", .panels = {}}),
               base::DomainError);
}

}  // namespace
}  // namespace dln::plots
