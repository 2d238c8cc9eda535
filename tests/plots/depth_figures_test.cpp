// Figures of one mode at many depths: the delay of depth and the learning rates.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

#include "plots/figures.hpp"
#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

class DepthDelayDrawing : public testing::Test {
 protected:
  Drawing drawing = depth_delay_figure({.id = "test",
                                        .title = "t",
                                        .alternative_text = "a",
                                        .shares = {0.1, 0.001},
                                        .layers = {4, 100, 10000},
                                        .layers_against_strength = {100, 5}});
};

TEST_F(DepthDelayDrawing, ShowsEveryCurveAndItsLimit) {
  const std::string svg = render_svg(drawing);
  for (const char* text : {"number of layers", "slope 1", "= 100", "= 5", "= ∞", "0.001"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  // Two shares against depth; against strength the asymptote, the limit, two depths and their ends.
  EXPECT_EQ(curves_of(drawing.gp).size(), 2u + 2 + 2 * 2);
}

TEST_F(DepthDelayDrawing, TabulatesThePrintedLawAndDrawsWhatItTabulates) {
  std::map<std::string, std::vector<std::array<double, 2>>> against_strength;
  std::size_t against_depth = 0;
  for (const auto& row : cells_of(drawing.tsv)) {
    if (row.at(0) == "depth") ++against_depth;
    if (row[0] != "strength") continue;
    const double share = std::stod(row.at(1)), excess = std::stod(row.at(4));
    against_strength[row[2]].push_back({1 / share, excess});
    const double three = 2 * std::log(1 / share - 1);  // k_3
    EXPECT_NEAR(excess, std::stod(row[3]) - three, 1e-12 * std::stod(row[3]));
    if (row[2] == "inf") {
      EXPECT_NEAR(excess, 1 / share - 1 / (1 - share), 1e-12 * excess);
    }
    // Inversely proportional at infinite depth, (s/u0)^{1 - 2/L} at a finite one, from below.
    if (row[2] == "5") {
      EXPECT_LT(excess, 2 / std::sqrt(share));
      if (share < 2e-5) {
        EXPECT_GT(excess, 1.8 / std::sqrt(share));
      }
    }
  }
  EXPECT_EQ(against_depth, 2u * 4);
  const auto curves = curves_of(drawing.gp);
  const std::array<std::string, 3> names{"inf", "100", "5"};
  for (std::size_t k = 0; k < 3; ++k) {
    const auto& drawn = curves.at(3 + k);
    const auto& rows = against_strength.at(names[k]);
    ASSERT_EQ(drawn.size(), 33u) << "0.1 to 1e-5, eight to a decade";
    ASSERT_EQ(rows.size(), 33u);
    for (std::size_t i = 0; i < 33; ++i)
      for (std::size_t c : {0u, 1u}) EXPECT_NEAR(drawn[i].at(c) / rows[i][c], 1, 1e-5);
  }
}

class LearningRateDrawing : public testing::Test {
 protected:
  std::vector<experiments::ModeRateRow> unit{{2, 1, 2.01, 6.9, 1, {0.98, 2}, {0.999, 1}, {}},
                                             {10, 9, 1.99, 285.8, 285, {1.7, 179}, {1.8, 163}, {{3.5, 86}}}};
  std::vector<experiments::ModeRateRow> four{{10, 105, 1.995, 285.8, 285, {1.71, 179}, {1.8, 163}, {}}};
  Drawing drawing = learning_rate_figure({.id = "test",
                                          .title = "t",
                                          .alternative_text = "a",
                                          .share = 0.001,
                                          .modes = {{1, &unit}, {4, &four}}});
};

TEST_F(LearningRateDrawing, NamesEverythingItShows) {
  const std::string svg = render_svg(drawing);
  for (const char* text : {"edge of stability", "every rate within", "single stable rate", "for s = 4",
                           "0.001", "exact law", "number of layers", "learning rate"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
}

TEST_F(LearningRateDrawing, DrawsRatesOverTheEigenvalueAndKappasAsTheyAre) {
  const auto curves = curves_of(drawing.gp);
  ASSERT_EQ(curves.size(), 4u + 6 + 4);
  const auto at = [&](std::size_t curve, std::size_t point) { return curves[curve].at(point).at(1); };
  EXPECT_NEAR(at(0, 1), 2.0 / 9, 1e-5);
  EXPECT_NEAR(at(1, 1), 1.0 / 9, 1e-5);
  EXPECT_NEAR(at(2, 1), 1.99 / 9, 1e-5);
  EXPECT_NEAR(at(3, 1), 1.7 / 9, 1e-5);
  EXPECT_EQ(at(6, 1), 1.99);
  EXPECT_EQ(at(7, 1), 1.7);
  EXPECT_EQ(at(8, 1), 1.8);
  EXPECT_EQ(at(9, 0), 1.995);
  EXPECT_EQ(at(9, 1), 1.71);
  EXPECT_EQ(at(10, 1), 285.8);
  EXPECT_EQ(at(11, 1), 285);
  EXPECT_EQ(at(12, 1), 179);
  EXPECT_EQ(at(13, 1), 163);
}

TEST_F(LearningRateDrawing, TabulatesARowForEachModeAndDepth) {
  const auto table = cells_of(drawing.tsv);
  ASSERT_EQ(table.size(), 4u);
  EXPECT_EQ(table[0].size(), 12u);
  EXPECT_EQ(table[1], (std::vector<std::string>{"1", "2", "1", "2.01", "6.9000000000000004", "1", "0.98", "2",
                                                "0.999", "1", "none", "none"}));
  EXPECT_EQ(table[2].at(10), "3.5");
  EXPECT_EQ(table[3].at(0), "4");
}

}  // namespace
}  // namespace dln::plots
