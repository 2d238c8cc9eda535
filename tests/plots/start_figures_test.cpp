// The figures of other starts: their drawings and their tables.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "dln/base/error.hpp"
#include "plots/critical_period_figure.hpp"
#include "plots/orthogonal_figure.hpp"
#include "plots/perceptual_learning_figure.hpp"
#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

using Cells = std::vector<std::string>;

std::vector<experiments::StartsRow> made_up_rows() {
  return {{3,
           {{2.5, 10, true, 0, 0, 0}, {2.5, 11, true, 0, 0, 0}},
           {{1.6, 16, true, 0.6, -0.2, -5.5}, {1.5, 17, true, 0.7, -0.3, -9}}},
          {50,
           {{14, 37, true, 0, 0, 0}, {14, 35, true, 0, 0, 0}},
           {{0.1, 370, false, 2, -17, -140}, {0.1, 350, false, 2, -16, -139}}}};
}

OrthogonalFigure of_rows(const std::vector<experiments::StartsRow>& rows) {
  return {.id = "orthogonal",
          .title = "T.",
          .alternative_text = "A.",
          .rows = &rows,
          .log_median = {-0.3, -16.7},
          .log_least = {-2.9, -141}};
}

TEST(OrthogonalDrawing, TabulatesEveryStart) {
  const auto rows = made_up_rows();
  const auto table = cells_of(orthogonal_figure(of_rows(rows)).tsv);
  ASSERT_EQ(table.size(), 9u);
  EXPECT_EQ(table[1], (Cells{"3", "orthogonal", "1", "2.5", "10", "yes", "0", "0", "0", "0", "0"}));
  ASSERT_EQ(table[8].size(), 11u);
  EXPECT_EQ(table[8][1], "gaussian");
  EXPECT_EQ(table[8][5], "no");
  EXPECT_EQ(std::stod(table[8][8]), -139);
  EXPECT_EQ(std::stod(table[8][9]), -16.7);
}

TEST(OrthogonalDrawing, DrawsStartsThatLearnedApartFromThoseGivenUp) {
  const auto rows = made_up_rows();
  const auto curves = curves_of(orthogonal_figure(of_rows(rows)).gp);
  ASSERT_EQ(curves.size(), 6u + 5);
  EXPECT_NEAR(curves[2].back().at(1), -16 / std::numbers::ln10, 1e-4) << "decades";
  EXPECT_EQ(curves[6].size(), 4u) << "orthogonal, learned";
  EXPECT_EQ(curves[8].size(), 2u) << "Gaussian, learned";
  EXPECT_EQ(curves[9].size(), 1u) << "no median where fewer than half have learned";
  EXPECT_EQ(curves[10].size(), 2u) << "given up";
}

TEST(OrthogonalDrawing, IsDrawnByGnuplotAlsoWhereAllHaveLearned) {
  auto rows = made_up_rows();
  EXPECT_NE(render_svg(orthogonal_figure(of_rows(rows))).find("not learned by then"), std::string::npos);
  rows[1].gaussian = rows[0].gaussian;
  const auto svg = render_svg(orthogonal_figure(of_rows(rows)));
  EXPECT_EQ(svg.find("not learned by then"), std::string::npos);
  EXPECT_NE(svg.find("number of layers"), std::string::npos);
  auto figure = of_rows(rows);
  figure.log_least.pop_back();
  EXPECT_THROW(orthogonal_figure(figure), base::DomainError);
}

class LayersDrawing : public testing::Test {
 protected:
  LayersDrawing()
      : equal(experiments::run_perceptual_learning({.layers = {0.25, 0.25, 0.25}, .samples = 51})),
        unequal(experiments::run_perceptual_learning({.layers = {0.5, 0.25, 0.125}, .samples = 51})),
        drawing(perceptual_learning_figure({.id = "layers",
                                            .title = "T.",
                                            .alternative_text = "A.",
                                            .equal = {&equal},
                                            .unequal = {&unequal},
                                            .shown = &unequal})) {}
  experiments::PerceptualLearning equal, unequal;
  Drawing drawing;
};

TEST_F(LayersDrawing, TabulatesEveryLayerAndReceptiveField) {
  const auto table = cells_of(drawing.tsv);
  ASSERT_EQ(table.size(), 1u + 2 * 2 * 3 + 3 + 3 * 36);
  const auto& row = table[12];  // the network's third unequal layer
  EXPECT_EQ(Cells(row.begin(), row.begin() + 4), (Cells{"unequal", "3", "3", "network"}));
  EXPECT_EQ(std::stod(row[5]), unequal.by_network[2].weight_change);
  EXPECT_EQ(std::stod(row[9]), unequal.by_network[2].gain_half_time);
  EXPECT_EQ(std::stod(table.back()[3]), unequal.receptive_fields[2].after[35]);
}

TEST_F(LayersDrawing, DrawsTheoryAndNetworkOfEveryLayerAndTwoOfEveryField) {
  const auto curves = curves_of(drawing.gp);
  ASSERT_EQ(curves.size(), 4u * 4 + 3 * 2);
  for (std::size_t panel = 0; panel < 4; ++panel)
    for (std::size_t l = 0; l < 3; ++l) {
      // Six digits in a script.
      EXPECT_NEAR(curves[4 * panel][l].at(1), curves[4 * panel + 2][l].at(1), 1e-4) << "equal";
      EXPECT_NEAR(curves[4 * panel + 1][l].at(1), curves[4 * panel + 3][l].at(1), 1e-4) << "unequal";
    }
  EXPECT_EQ(curves.back().size(), 36u);
}

TEST_F(LayersDrawing, IsDrawnByGnuplot) {
  const auto svg = render_svg(drawing);
  for (const char* text : {"weights: size", "receptive fields: timing", "before the fine task",
                           "a unit above layer 3", "orientation (degrees)"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_THROW(perceptual_learning_figure({.id = "layers",
                                           .title = "",
                                           .alternative_text = "",
                                           .equal = {&equal},
                                           .unequal = {},
                                           .shown = &equal}),
               base::DomainError);
}

TEST(CriticalPeriodDrawing, TabulatesAndDrawsThreeWitnessesAndTheSlopes) {
  const auto run = experiments::run_critical_period({}, {2, 3}, {0, 5, 8}, {1e-2, 1e-3});
  const auto drawing = critical_period_figure({.id = "critical-period",
                                               .title = "T.",
                                               .alternative_text = "A.",
                                               .run = &run,
                                               .window_end = 4.5,
                                               .closing_age = 8,
                                               .from_random_weights = {{1, 2, 3}, {}}});
  const auto table = cells_of(drawing.tsv);
  ASSERT_EQ(table.size(), 1u + 6 + 3 + 4);
  EXPECT_EQ(std::stod(table[6][3]), run.curves[1].theory[2].epochs);
  EXPECT_EQ(std::stod(table[6][5]), run.curves[1].network[2].epochs);
  EXPECT_EQ(table[3][6], "3");
  EXPECT_EQ(table[6][6], "none");
  EXPECT_EQ(std::stod(table.back()[2]), run.slow_downs.back().theory);
  const auto curves = curves_of(drawing.gp);
  ASSERT_EQ(curves.size(), 4u + 3 + 2 + 3);
  const auto& slope = curves.back();
  EXPECT_NEAR(slope[0][1] / slope[1][1], std::pow(slope[0][0] / slope[1][0], -0.5), 1e-3);
  const auto svg = render_svg(drawing);
  for (const char* text : {"full network, L = 3", "from random weights", "slow-down", "age at which input"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
}

}  // namespace
}  // namespace dln::plots
