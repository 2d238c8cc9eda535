// Fig 4: sweeps over depths and rates, tabulated and drawn; learning curves at every depth.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "plots/figures.hpp"
#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

DepthSweepFigure sweep_of_two_depths(std::vector<experiments::DepthSweepRow>& rows) {
  using experiments::SweepOutcome;
  rows = {{3,
           {{1e-4, SweepOutcome::diverged, 5, false}, {7e-5, SweepOutcome::learned, 40, true}},
           {4, 2, 2},
           {},
           1,
           1},
          {10,
           {{1e-4, SweepOutcome::learned, 90, false}, {7e-5, SweepOutcome::not_run, 0, true}},
           {4, 2, 2},
           {},
           0,
           {}}};
  return {.id = "test",
          .title = "A sweep",
          .alternative_text = "Points",
          .first_layer = experiments::FirstLayer::active_modes,
          .panels = {{"raw_data", &rows, {1e4, 5e4}, 1.44}}};
}

TEST(DepthSweepFigures, AreDrawnAndTabulatedRunByRun) {
  std::vector<experiments::DepthSweepRow> rows;
  const auto figure = sweep_of_two_depths(rows);
  const auto times = depth_times_figure(figure), rates = depth_rates_figure(figure),
             kappas = depth_kappas_figure(figure);
  const std::string svg_of_times = render_svg(times), svg_of_rates = render_svg(rates),
                    svg_of_kappas = render_svg(kappas);
  for (const char* text : {"learning time (epochs)", "best rate of all", "raw_data"})
    EXPECT_NE(svg_of_times.find(text), std::string::npos) << text;
  for (const char* text : {"learning rate", "best whose error never rises", "number of layers"})
    EXPECT_NE(svg_of_rates.find(text), std::string::npos) << text;
  for (const char* text : {"learning rate ×", "the edge of stability", "fastest on a parabola"})
    EXPECT_NE(svg_of_kappas.find(text), std::string::npos) << text;
  EXPECT_EQ(std::ranges::count(rates.tsv, '\n'), 5);
  EXPECT_TRUE(rates.tsv == times.tsv && rates.tsv == kappas.tsv);
  EXPECT_TRUE(times.tsv.starts_with(
      "data\tfirst_layer\tN_l\trate\tkappa\toutcome\trelation\tepoch\terror_never_rose\tlambda_max\n"));
  for (const char* row : {"raw_data\tactive\t3\t0.0001", "\t1\tdiverged\t=\t5\tno\t10000\n",
                          "\tlearned\t=\t90\tno\t50000\n", "\tnot_run\t>\t0\tyes\t50000\n"})
    EXPECT_NE(times.tsv.find(row), std::string::npos) << row << '\n' << times.tsv;
}

// Stable rates that take many times longer are told in words.
TEST(DepthSweepFigures, SayHowLongStableRatesTakeThatDoNotFit) {
  std::vector<experiments::DepthSweepRow> rows;
  const auto figure = sweep_of_two_depths(rows);
  EXPECT_EQ(render_svg(depth_times_figure(figure)).find("up to"), std::string::npos);
  rows[1].runs[1] = {7e-5, experiments::SweepOutcome::learned, 17500, true};
  rows[1].best_stable = 1;
  EXPECT_NE(render_svg(depth_times_figure(figure)).find("never rises: up to 17500 epochs"),
            std::string::npos);
}

// Bars are the grid's steps: x, y, low, high.
TEST(DepthSweepFigures, BarsAreAsLongAsAStepOfTheGrid) {
  std::vector<experiments::DepthSweepRow> rows;
  const auto figure = sweep_of_two_depths(rows);
  const auto bar = [](const Drawing& drawing, const std::string& start) {
    std::istringstream lines(drawing.gp);
    for (std::string line; std::getline(lines, line);)
      if (double x = 0, y = 0, low = 0, high = 0; std::istringstream(line) >> x >> y >> low >> high)
        if (line.starts_with(start)) return std::array{y, low, high};
    return std::array<double, 3>{};
  };
  const auto time = bar(depth_times_figure(figure), "10");
  EXPECT_EQ(time[0], 90);
  EXPECT_NEAR(time[1], 90 / 1.44, 1e-3);
  EXPECT_EQ(time[2], 90);
  const auto of_all = bar(depth_kappas_figure(figure), "10");
  EXPECT_NEAR(of_all[0], 5, 1e-6);
  EXPECT_NEAR(of_all[1], 5 / 1.44, 1e-4);
  EXPECT_NEAR(of_all[2], 5 * 1.44, 1e-4);
}

TEST(DepthCurvesFigure, DrawsEveryDepthAndTheLimit) {
  const auto drawing = depth_curves_figure(
      {.id = "test", .title = "t", .alternative_text = "a", .share = 0.01, .layers = {2, 3, 10}});
  const std::string svg = render_svg(drawing);
  for (const char* text : {"= 10", "∞", "gradient steps"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_EQ(std::ranges::count(drawing.tsv, '\n'), 1 + 4 * 601);
  EXPECT_NE(drawing.tsv.find("inf\t0\t0.01"), std::string::npos);
}

}  // namespace
}  // namespace dln::plots
