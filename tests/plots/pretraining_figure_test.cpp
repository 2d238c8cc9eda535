// Learning from pretrained and from random weights: the drawings and their tables, of runs made by hand.
#include "plots/pretraining_figure.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

using experiments::LearningCurve;
using experiments::StartComparison;
using experiments::StartRuns;
using experiments::TimedRun;
using Row = std::vector<std::string>;

// From 100 at zero weights over a plateau to 10; learned below 20.
StartRuns random_start() {
  StartRuns runs;
  runs.best = TimedRun{8, 0.08, 60, {{0, 10, 20, 40, 60}, {100, 99.9, 60, 55, 12}}};
  return runs;
}
StartRuns pretrained_start() {
  StartRuns runs;
  runs.pretraining_epochs = 300;
  runs.best = TimedRun{3, 0.03, 8, {{0, 1, 4, 8}, {110, 700, 40, 15}}};
  runs.same_rate = TimedRun{0.5, 0.005, 80, {{0, 40, 80}, {110, 50, 18}}};
  return runs;
}

class PretrainingDrawing : public testing::Test {
 protected:
  PretrainingDrawing()
      : drawing(pretraining_figure(
            {.id = "5r",
             .title = "Title.",
             .alternative_text = "Curves.",
             .panels = {{"one", "raw", 20, 100, &random, &pretrained, &StartRuns::best, {{0, 8}, {90, 16}}},
                        {"one", "centred", 20, 100, &random, &pretrained, &StartRuns::same_rate, {}}}})) {}

  // Low and high end of the axis x or y, a pair for each panel.
  std::vector<std::pair<double, double>> ranges(const std::string& axis) const {
    std::vector<std::pair<double, double>> found;
    const std::string mark = "set " + axis + "range [";
    for (auto at = drawing.gp.find(mark); at != std::string::npos; at = drawing.gp.find(mark, at + 1)) {
      char* colon = nullptr;
      const double low = std::strtod(drawing.gp.c_str() + at + mark.size(), &colon);
      found.emplace_back(low, std::strtod(colon + 1, nullptr));
    }
    return found;
  }

  StartRuns random = random_start(), pretrained = pretrained_start();
  Drawing drawing;
};

TEST_F(PretrainingDrawing, TabulatesEveryPointWithPretrainingIncluded) {
  const auto table = cells_of(drawing.tsv);
  EXPECT_EQ(table[0], (Row{"panel", "curve", "epoch", "error"}));
  EXPECT_EQ(table.size(), 1u + (5 + 4 + 2) + 3);
  EXPECT_EQ(table[2], (Row{"one, raw", "random", "10", "99.900000000000006"}));
  EXPECT_EQ(table[6], (Row{"one, raw", "pretrained", "300", "110"}));
  EXPECT_EQ(table[9], (Row{"one, raw", "pretrained", "308", "15"}));
  EXPECT_EQ(table[11], (Row{"one, raw", "theory", "308", "16"}));
  EXPECT_EQ(table[12], (Row{"one, centred", "pretrained", "300", "110"})) << "no rows of what did not learn";
}

TEST_F(PretrainingDrawing, DrawsThePretrainedCurveFromWherePretrainingEnds) {
  const auto curves = curves_of(drawing.gp);
  ASSERT_EQ(curves.size(), 2u * 4) << "random, pretrained, the wait and theory";
  EXPECT_EQ(curves[0].size(), 5u);
  EXPECT_EQ(curves[1].front(), (std::vector<double>{300, 110}));
  EXPECT_EQ(curves[1].back(), (std::vector<double>{308, 15}));
  EXPECT_EQ(curves[2].back(), (std::vector<double>{300, 100})) << "zero weights until then";
  EXPECT_EQ(curves[3].back(), (std::vector<double>{308, 16}));
  ASSERT_EQ(curves[4].size(), 1u);
  EXPECT_TRUE(std::isnan(curves[4][0][0])) << "a random start that has not learned";
  EXPECT_TRUE(std::isnan(curves[7][0][0]));
}

TEST_F(PretrainingDrawing, HasRoomForBothCurvesFromTheirStarts) {
  const auto x = ranges("x"), y = ranges("y");
  ASSERT_EQ(x.size(), 2u);
  ASSERT_EQ(y.size(), 2u);
  EXPECT_LE(x[0].first, 10) << "the random curve has fallen at 20, before a tenth of the wait";
  EXPECT_GE(x[0].first, 1) << "logarithmic";
  EXPECT_GT(x[0].second, 308);
  EXPECT_EQ(x[1].first, 30);
  for (std::size_t panel : {0, 1}) {
    EXPECT_LT(y[panel].first, 20);
    EXPECT_GT(y[panel].second, 110) << "the pretrained start lies above zero weights";
  }
  EXPECT_LT(y[0].second, 200) << "a moment of 700 would flatten everything else";
  const auto curves = curves_of(drawing.gp);
  EXPECT_EQ(curves[2].front().at(0), x[0].first);
}

TEST_F(PretrainingDrawing, TellsEpochsRatesAndWhatLeavesTheAxis) {
  const std::string svg = render_svg(drawing);
  for (const std::string text :
       {"random: 60 epochs at", "pretrained: 308 epochs at", "E up to 700", "random: not learned",
        "pretrained: 380 epochs at", "while pretraining", "theory of aligned modes", "learned below 20",
        "centred", "epochs, pretraining included", "error E"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  for (const char* once : {"E up to", "theory of aligned modes"})
    EXPECT_EQ(drawing.gp.find(once), drawing.gp.rfind(once)) << "of one curve alone: " << once;
  EXPECT_EQ(svg, render_svg(drawing)) << "the same every time";
}

class PretrainingSweepDrawing : public testing::Test {
 protected:
  PretrainingSweepDrawing() {
    StartComparison learned{random_start(), pretrained_start(), {}, 0}, not_learned = learned;
    learned.random.best_stable = TimedRun{2, 0.02, 240, {}};
    learned.pretrained.best_stable = TimedRun{1, 0.01, 30, {}};
    auto slower = learned;
    slower.random.best->epochs = 240;  // sigma^-2 exactly
    not_learned.random.best.reset();
    drawing = pretraining_sweep_figure(
        {.id = "5x",
         .title = "Title.",
         .alternative_text = "Curves.",
         .panels = {{"σ", "five layers", true, {0.02, 0.01}, {learned, slower}, -2},
                    {"number of layers N_l", "σ = 0.01", false, {3, 4}, {learned, not_learned}, 0}}});
  }

  Drawing drawing;
};

TEST_F(PretrainingSweepDrawing, TabulatesTotalsAndNanWhereNoneLearned) {
  const auto table = cells_of(drawing.tsv);
  EXPECT_EQ(table[0], (Row{"panel", "x", "start", "rates", "epochs"}));
  ASSERT_EQ(table.size(), 1u + 2 * 4 * 2);
  EXPECT_EQ(table[1], (Row{"five layers", "0.02", "random", "best", "60"}));
  EXPECT_EQ(table[2], (Row{"five layers", "0.01", "random", "best", "240"}));
  EXPECT_EQ(table[3], (Row{"five layers", "0.02", "random", "best_stable", "240"}));
  EXPECT_EQ(table[5], (Row{"five layers", "0.02", "pretrained", "best", "308"}));
  EXPECT_EQ(table[7], (Row{"five layers", "0.02", "pretrained", "best_stable", "330"}));
  EXPECT_EQ(table[10], (Row{"σ = 0.01", "4", "random", "best", "nan"}));
}

TEST_F(PretrainingSweepDrawing, DrawsFourCurvesAndAGuideOfTheSlope) {
  const auto curves = curves_of(drawing.gp);
  ASSERT_EQ(curves.size(), 2u * 5);
  EXPECT_EQ(curves[0][1], (std::vector<double>{0.01, 240}));
  EXPECT_EQ(curves[1][0], (std::vector<double>{0.02, 240}));
  EXPECT_EQ(curves[2][0], (std::vector<double>{0.02, 308}));
  EXPECT_EQ(curves[3][0], (std::vector<double>{0.02, 330}));
  const auto& guide = curves[4];
  ASSERT_EQ(guide.size(), 2u);
  EXPECT_NEAR(std::log(guide[1][1] / guide[0][1]) / std::log(0.01 / 0.02), -2, 1e-4);  // six digits
  EXPECT_LT(guide[1][1], 240) << "beside the curve, not on it";
  EXPECT_TRUE(std::isnan(curves[9][0][0])) << "no guide where no slope is";
}

TEST_F(PretrainingSweepDrawing, IsDrawnWithLegendAndLabels) {
  const std::string svg = render_svg(drawing);
  for (const std::string text :
       {"random, best rate of all", "random, best whose error never rises", "pretrained, best rate of all",
        "pretrained, best whose error never rises", "that is 1/√u", "five layers", "number of layers N",
        "epochs until learned, pretraining included"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_EQ(svg, render_svg(drawing));
}

}  // namespace
}  // namespace dln::plots
