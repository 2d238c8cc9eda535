// The sharpness along training and past the limit: the drawing and its table.
#include "plots/sharpness_figure.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

using namespace experiments;

class SharpnessDrawing : public testing::Test {
 protected:
  SharpnessDrawing()
      : tree(tree_problem({.levels = 2, .features = 12})),
        run(run_sharpness(tree, options)),
        spectrum(run_hessian_spectrum({.samples = 5})),
        drawing(sharpness_figure(figure())) {}

  SharpnessFigure figure() {
    SharpnessFigure figure{
        .id = "sharpness",
        .title = "Title.",
        .alternative_text = "Curves.",
        .data = tree.name,
        .courses =
            {{3, &run, 20, {0, 10, 20}, predicted_sharpness(tree, options, {0, 10, 20}), &run.descent}},
        .spectrum = {{3, 4, 3, 2}, &spectrum, &spectrum},
        .visited = {visited_strengths(1.9), visited_strengths(2.2), visited_strengths(4.2)},
        .settled = {{1.2, false, {settle_pair(1.5, pair), settle_pair(4.2, pair)}},
                    {1.2, true, {settle_network(2.5, pair)}}}};
    return figure;
  }

  SharpnessRunOptions options{.hidden_units = 5, .kappa = 1.2, .samples = 5};
  SettlingOptions pair{.balanced_kappa = 1.2};
  LearningProblem tree;
  SharpnessRun run;
  SpectrumCourse spectrum;
  Drawing drawing;
};

TEST_F(SharpnessDrawing, TabulatesItsFourParts) {
  const auto table = cells_of(drawing.tsv);
  EXPECT_EQ(table[0],
            (std::vector<std::string>{"N_l", "way", "epoch", "error", "top_eigenvalue", "lambda_max"}));
  const auto count = [&](std::size_t column, const std::string& text) {
    return std::ranges::count_if(table,
                                 [&](const auto& row) { return row.size() > column && row[column] == text; });
  };
  EXPECT_EQ(count(1, "theory"), 3 + 5);
  EXPECT_EQ(count(1, "flow"), 5);
  EXPECT_EQ(count(1, "descent"), 5);
  EXPECT_EQ(count(1, "random"), 5);
  EXPECT_EQ(count(1, "network"), 5 + 1);
  EXPECT_EQ(count(1, "pair"), 2);
  EXPECT_EQ(count(0, "1.9"), 32);
  EXPECT_EQ(count(1, "diverged"), 1);
  EXPECT_EQ(count(3, "nan"), 1);
  EXPECT_EQ(std::stod(table[4][4]), run.flow.samples[0].largest_eigenvalue);
  EXPECT_EQ(table[1].size(), 6u);
}

TEST_F(SharpnessDrawing, DrawsTheNetworkOnItsClosedForm) {
  const auto curves = curves_of(drawing.gp);
  // One course with random starts, its limit; 30 eigenvalues and points; eight of strengths; three of
  // settling.
  ASSERT_EQ(curves.size(), 5u + 30 + 1 + 8 + 3);
  const double most = run.plan.largest_at_minimum, digits = 1e-6;
  EXPECT_NEAR(curves[2].back().at(1), run.flow.samples.back().largest_eigenvalue / most, digits);
  EXPECT_NEAR(curves[4].front().at(1), 2 / 1.2, digits);
  // Every point of the network lies on some line.
  for (const auto& point : curves[35]) {
    double nearest = 1e9;
    for (std::size_t i = 5; i < 35; ++i)
      for (const auto& row : curves[i])
        if (row[0] == point[0]) nearest = std::min(nearest, std::abs(row[1] - point[1]));
    EXPECT_LT(nearest, 1e-6);
  }
  EXPECT_EQ(curves[44].size(), 1u) << "what diverged is no point";
}

TEST_F(SharpnessDrawing, IsDrawnByGnuplotWithEveryCurveInItsLegend) {
  const std::string svg = render_svg(drawing);
  for (const char* text :
       {"closed form", "small random weights", "2/rate", "own Hessian", "visited by descent", "cycle of two",
        "diverges", "two layers, κ", "full network", "where it ends"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_EQ(svg, render_svg(drawing)) << "the same every time";
}

}  // namespace
}  // namespace dln::plots
