// Fig 3 right: the causes of delay, tabulated and drawn.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include "plots/figures.hpp"
#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

// Two runs, three modes of two levels: means and deviations over the runs known by hand.
class LearningDelayDrawing : public testing::Test {
 protected:
  static linalg::Matrix about(double first, double second, double third) {
    linalg::Matrix values(2, 3);
    values << first - 0.01, second - 0.02, third - 0.03,  //
        first + 0.01, second + 0.02, third + 0.03;
    return values;
  }

  LearningDelayFigure figure = {
      .id = "delays",
      .title = "Title.",
      .alternative_text = "Points that climb.",
      .levels = {0, 1, 1},
      .linear = {about(0.1, 0.2, 0.3), about(0.01, 0.02, 0.03), about(0.04, 0.05, 0.06),
                 about(0.07, 0.08, 0.09)},
      .tanh = {about(0.5, 0.6, 0.7), about(0.11, 0.12, 0.13), about(0.14, 0.15, 0.16),
               about(0.17, 0.18, 0.19)},
      .initial_strengths = {1e-8, 1e-4},
      .linear_by_level = (linalg::Matrix(2, 2) << 0.21, 0.22, 0.23, 0.24).finished(),
      .tanh_by_level = (linalg::Matrix(2, 2) << 0.31, 0.32, 0.33, 0.34).finished()};
};

// Means of two numbers and their deviations, |difference| / sqrt(2): a few eps.
constexpr double kRounding = 1e-14;

TEST_F(LearningDelayDrawing, TabulatesMeanAndDeviationOfEveryCause) {
  const auto table = cells_of(learning_delay_figure(figure).tsv);
  ASSERT_EQ(table.size(), 1u + 2 * 4 * 3 + 2 * 2 * 2);
  EXPECT_EQ(table[0], (std::vector<std::string>{"panel", "network", "what", "mode_or_level", "u0", "mean",
                                                "deviation"}));
  const std::map<std::string, std::array<double, 3>> means{
      {"linear delay", {0.1, 0.2, 0.3}},    {"linear seed", {0.01, 0.02, 0.03}},
      {"linear Euler", {0.04, 0.05, 0.06}}, {"linear competition", {0.07, 0.08, 0.09}},
      {"tanh delay", {0.5, 0.6, 0.7}},      {"tanh seed", {0.11, 0.12, 0.13}},
      {"tanh Euler", {0.14, 0.15, 0.16}},   {"tanh competition", {0.17, 0.18, 0.19}}};
  std::set<std::string> seen;
  for (std::size_t i = 1; i <= 24; ++i) {
    const auto& row = table[i];
    ASSERT_EQ(row.size(), 7u);
    EXPECT_EQ(row[0], "modes");
    EXPECT_EQ(row[4], "") << "no u0 of its own";
    const int mode = std::stoi(row[3]);
    const auto& expected = means.at(row[1] + ' ' + row[2]);
    EXPECT_NEAR(std::stod(row[5]), expected.at(static_cast<std::size_t>(mode - 1)), kRounding);
    EXPECT_NEAR(std::stod(row[6]), 0.01 * mode * std::sqrt(2.0), kRounding);
    EXPECT_TRUE(seen.insert(row[1] + row[2] + row[3]).second) << "twice";
  }
}

TEST_F(LearningDelayDrawing, TabulatesEveryLevelAtEveryInitialStrength) {
  const auto table = cells_of(learning_delay_figure(figure).tsv);
  ASSERT_EQ(table.size(), 33u);
  std::size_t i = 25;
  for (const char* network : {"linear", "tanh"})
    for (int strength : {0, 1})
      for (int level : {0, 1}) {
        const auto& row = table[i++];
        ASSERT_EQ(row.size(), 7u);
        EXPECT_EQ(row[0] + row[1] + row[2], std::string("u0") + network + "delay");
        EXPECT_EQ(std::stoi(row[3]), level);
        EXPECT_EQ(std::stod(row[4]), strength == 0 ? 1e-8 : 1e-4);
        EXPECT_NEAR(std::stod(row[5]), (network[0] == 'l' ? 0.21 : 0.31) + 0.02 * strength + 0.01 * level,
                    kRounding);
        EXPECT_EQ(row[6], "");
      }
}

TEST_F(LearningDelayDrawing, DrawsInPerCentWhatItTabulates) {
  const auto curves = curves_of(learning_delay_figure(figure).gp);
  ASSERT_EQ(curves.size(), 5u + 6);
  const double digits = 1e-4;  // of the numbers in a script, in per cent
  // Both networks' delays with their bars, beside each other about the mode's number.
  for (std::size_t network : {0u, 1u}) {
    ASSERT_EQ(curves[network].size(), 3u);
    for (int k : {0, 1, 2}) {
      const auto& row = curves[network][static_cast<std::size_t>(k)];
      ASSERT_EQ(row.size(), 3u);
      EXPECT_NEAR(row[0], k + 1, 0.2);
      EXPECT_NEAR(row[1], (network == 0 ? 10 : 50) + 10 * k, digits);
      EXPECT_NEAR(row[2], (k + 1) * std::sqrt(2.0), digits);
    }
  }
  EXPECT_LT(curves[0][0][0], curves[1][0][0]) << "one beside the other";
  // The causes of the linear delay in the order of their legend: competition, Euler, seed.
  const std::array<double, 3> first{7, 4, 1};
  for (std::size_t cause : {0u, 1u, 2u})
    for (std::size_t k : {0u, 1u, 2u}) {
      const auto& row = curves[2 + cause].at(k);
      ASSERT_EQ(row.size(), 2u);
      EXPECT_EQ(row[0], static_cast<double>(k + 1));
      EXPECT_NEAR(row[1], first[cause] + static_cast<double>(k), digits);
    }
  // Right: the last level, the one before it and level 0 of the linear network, then of the other.
  const std::array<double, 6> at_smallest_u0{22, 21, 21, 32, 31, 31};
  for (std::size_t i = 0; i < 6; ++i) {
    ASSERT_EQ(curves[5 + i].size(), 2u);
    for (std::size_t u0 : {0u, 1u}) {
      const auto& row = curves[5 + i][u0];
      ASSERT_EQ(row.size(), 2u);
      EXPECT_NEAR(row[0] / figure.initial_strengths[u0], 1, 1e-5);
      EXPECT_NEAR(row[1], at_smallest_u0[i] + 2 * static_cast<double>(u0), digits);
    }
  }
}

TEST_F(LearningDelayDrawing, IsDrawnByGnuplotWithEveryCurveInItsLegend) {
  const auto drawing = learning_delay_figure(figure);
  const std::string svg = render_svg(drawing);
  for (const char* text :
       {"linear network", "tanh network", "linear: competition", "linear: finite step (Euler)",
        "linear: its own start (seed)", "linear, level 1", "linear, level 0", "tanh, level 1",
        "tanh, level 0", "number of the mode", "initial strength", "(%)"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_EQ(svg, render_svg(drawing)) << "the same every time";
  EXPECT_EQ(drawing.id, "delays");
  EXPECT_EQ(drawing.title, "Title.");
  EXPECT_EQ(drawing.alternative_text, "Points that climb.");
}

TEST_F(LearningDelayDrawing, AModeThatWasNeverLearnedIsNoNumberAndNoPoint) {
  figure.linear.total(1, 2) = std::nan("");
  const auto drawing = learning_delay_figure(figure);
  const auto table = cells_of(drawing.tsv);
  EXPECT_TRUE(std::isnan(std::stod(table.at(3).at(5)))) << "linear delay of mode 3";
  EXPECT_FALSE(std::isnan(std::stod(table.at(2).at(5))));
  EXPECT_NO_THROW(render_svg(drawing)) << "the others are drawn";
}

}  // namespace
}  // namespace dln::plots
