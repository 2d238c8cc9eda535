// Figures: their data say what the theory says, their scripts stand alone, gnuplot draws them.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "dln/base/error.hpp"
#include "plots/figures.hpp"
#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

struct Row {
  int mode;
  double s;
  std::string curve;
  double epoch, strength;
};

std::vector<Row> rows_of(const std::string& tsv) {
  std::vector<Row> rows;
  std::istringstream in(tsv);
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "mode\ts\tcurve\tepoch\tstrength");
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    std::string mode, s, curve, epoch, strength;
    for (std::string* cell : {&mode, &s, &curve, &epoch, &strength}) std::getline(cells, *cell, '\t');
    rows.push_back({std::stoi(mode), std::stod(s), curve, std::stod(epoch), std::stod(strength)});
  }
  return rows;
}

class TimeCourseDrawing : public testing::Test {
 protected:
  TimeCourseDrawing()
      : problem(experiments::tree_problem({.levels = 3, .features = 120, .seed = 7})),
        options{.hidden_units = 12, .start = experiments::Start::small_random},
        course(experiments::run_time_course(problem, options)),
        drawing(time_course_figure({.id = "test",
                                    .title = "Title.",
                                    .alternative_text = "Sigmoids.",
                                    .problem = &problem,
                                    .options = options,
                                    .modes = {0, 1, 4},
                                    .simulations = {{"simulation", &course}}})) {}

  experiments::LearningProblem problem;
  experiments::TimeCourseOptions options;
  experiments::TimeCourse course;
  Drawing drawing;
};

TEST_F(TimeCourseDrawing, TabulatesTheHalfLearningTimesOfTheTheoryTo12Digits) {
  int halves = 0;
  for (const Row& row : rows_of(drawing.tsv)) {
    if (row.curve != "theory half") continue;
    ++halves;
    const double tau = 1 / options.learning_rate;
    const double expected = tau / (2 * row.s) * std::log(row.s / options.initial_strength - 1);
    EXPECT_NEAR(row.epoch / expected, 1, 1e-12);
    EXPECT_EQ(row.strength, row.s / 2);
    EXPECT_EQ(row.s, problem.modes.singular_values[row.mode - 1]);
  }
  EXPECT_EQ(halves, 3);
}

TEST_F(TimeCourseDrawing, TabulatesCurvesThatPassThroughTheirHalves) {
  int theory = 0, simulation = 0;
  for (const Row& row : rows_of(drawing.tsv)) {
    if (row.curve == "theory") {
      ++theory;
      const double e = std::exp(2 * row.s * row.epoch * options.learning_rate);
      // Eq 12 as printed; exponents here stay below 100.
      const double printed = row.s * e / (e - 1 + row.s / options.initial_strength);
      EXPECT_NEAR(row.strength, printed, 1e-10 * row.s);
    } else if (row.curve == "simulation") {
      ++simulation;
      EXPECT_GE(row.strength, -0.1 * row.s);
      EXPECT_LE(row.strength, 1.1 * row.s);
    }
  }
  EXPECT_EQ(theory, 3 * 241);
  EXPECT_GT(simulation, 100);
}

TEST_F(TimeCourseDrawing, IsDrawnByGnuplotTheSameEveryTime) {
  const std::string svg = render_svg(drawing);
  EXPECT_NE(svg.find("time t (epochs)"), std::string::npos) << "the axis is named with its unit";
  EXPECT_NE(svg.find("theory, Eq 12"), std::string::npos);
  EXPECT_EQ(svg, render_svg(drawing));
}

TEST_F(TimeCourseDrawing, IsSavedAsThreeFilesOfWhichTheScriptStandsAlone) {
  const std::filesystem::path folder = std::filesystem::path(DLN_TEST_SCRATCH) / "figure-saved";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const std::string svg = render_svg(drawing);
  save(drawing, svg, folder);
  ASSERT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 3);
  const auto again =
      "cd '" + folder.string() + "' && gnuplot test.gp > again.svg && cmp -s again.svg test.svg";
  EXPECT_EQ(std::system(again.c_str()), 0);
}

TEST(Drawing, NamesTheRemedyWhenGnuplotIsMissing) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nonexistent", 1);
  try {
    render_svg({.id = "x", .title = "", .alternative_text = "", .gp = "plot x", .tsv = ""});
    ADD_FAILURE() << "gnuplot was found in /nonexistent";
  } catch (const base::ExternalProgramError& error) {
    EXPECT_NE(std::string(error.what()).find("gnuplot-nox"), std::string::npos) << error.what();
  }
  EXPECT_EQ(gnuplot_version(), "");
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_NE(gnuplot_version(), "");
}

TEST(Drawing, ReportsWhatGnuplotCouldNotDraw) {
  EXPECT_THROW(
      render_svg({.id = "x", .title = "", .alternative_text = "", .gp = "plot nonsense(", .tsv = ""}),
      base::ExternalProgramError);
  EXPECT_THROW(render_svg({.id = "x", .title = "", .alternative_text = "", .gp = "print 1", .tsv = ""}),
               base::ExternalProgramError)
      << "a script that draws nothing is no picture";
}

TEST(Drawing, TakesNamesLiterally) {
  EXPECT_EQ(literal("a_b^{c}'\"\\@&~d"), "abcd");
}

TEST(PhasePortraitFigure, IsDrawnWithEveryCurveInItsLegend) {
  const experiments::PhasePortraitOptions options;
  const auto drawing = phase_portrait_figure(experiments::draw_phase_portrait(options), options);
  const std::string svg = render_svg(drawing);
  for (const char* text :
       {"vector field", "minima ab = s", "stable manifold", "trajectories", "strength of the first layer"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_EQ(drawing.tsv.substr(0, drawing.tsv.find('\n')), "kind\tcurve\ta\tb\tda_dt\tdb_dt");
}

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

class EnergyFlowDrawing : public testing::Test {
 protected:
  EnergyFlowDrawing() {
    for (int i = 0; i <= 50; ++i) {
      const double t = 4 * i;
      flow.epochs.push_back(t);
      flow.cooperation.push_back(std::exp(-t / 20));
      flow.competition.push_back(1e-3 * std::exp(-std::pow((t - 90) / 30, 2)));
      flow.descent_speed.push_back(1 / (7 + t));
    }
    flow.saddles = {{4, 0, 1.25e-7, 96}, {88, 3, 0.01, 45}};
  }
  Drawing drawing() const {
    return energy_flow_figure(
        {.id = "energy", .title = "Title.", .alternative_text = "Steps down.", .flow = &flow});
  }

  experiments::EnergyFlow flow;
};

TEST_F(EnergyFlowDrawing, TabulatesEverySampleAndThenTheSaddles) {
  const auto table = cells_of(drawing().tsv);
  ASSERT_EQ(table.size(), 1u + 51 + 3 + 2);
  EXPECT_EQ(table[0], (std::vector<std::string>{"epoch", "cooperation", "competition", "descent_speed"}));
  for (std::size_t i = 0; i <= 50; ++i) {
    const auto& row = table[i + 1];
    ASSERT_EQ(row.size(), 4u);
    // 17 digits give every double back.
    EXPECT_EQ(std::stod(row[0]), flow.epochs[i]);
    EXPECT_EQ(std::stod(row[1]), flow.cooperation[i]);
    EXPECT_EQ(std::stod(row[2]), flow.competition[i]);
    EXPECT_EQ(std::stod(row[3]), flow.descent_speed[i]);
  }
  EXPECT_EQ(table[54],
            (std::vector<std::string>{"epoch", "active_modes", "distance", "negative_directions"}));
  for (std::size_t i : {0u, 1u}) {
    const auto& row = table[55 + i];
    ASSERT_EQ(row.size(), 4u);
    EXPECT_EQ(std::stod(row[0]), flow.saddles[i].epoch);
    EXPECT_EQ(std::stol(row[1]), flow.saddles[i].active);
    EXPECT_EQ(std::stod(row[2]), flow.saddles[i].distance);
    EXPECT_EQ(std::stol(row[3]), flow.saddles[i].negative_directions);
  }
}

TEST_F(EnergyFlowDrawing, DrawsCooperationAndThenCompetition) {
  const auto curves = curves_of(drawing().gp);
  ASSERT_EQ(curves.size(), 2u);
  for (const auto& [curve, values] :
       {std::pair{curves[0], flow.cooperation}, {curves[1], flow.competition}}) {
    ASSERT_EQ(curve.size(), 51u);
    for (std::size_t i = 0; i <= 50; ++i) {
      ASSERT_EQ(curve[i].size(), 2u);
      EXPECT_EQ(curve[i][0], flow.epochs[i]);
      EXPECT_NEAR(curve[i][1] / values[i], 1, 1e-5) << "the digits of a script";
    }
  }
}

TEST_F(EnergyFlowDrawing, ThinsALongRunButNotItsTable) {
  experiments::EnergyFlow dense;
  for (int i = 0; i < 10'000; ++i) {
    dense.epochs.push_back(i);
    dense.cooperation.push_back(1);
    dense.competition.push_back(0.5);
    dense.descent_speed.push_back(0);
  }
  flow = dense;
  const auto drawn = drawing();
  const auto curves = curves_of(drawn.gp);
  ASSERT_EQ(curves.size(), 2u);
  EXPECT_GE(curves[0].size(), 600u);
  EXPECT_LE(curves[0].size(), 700u);
  EXPECT_EQ(curves[0].front()[0], 0);
  EXPECT_GE(curves[0].back()[0], 9900) << "to the end";
  EXPECT_GE(cells_of(drawn.tsv).size(), 10'001u);
}

TEST_F(EnergyFlowDrawing, IsDrawnByGnuplotWithEverySaddleNamed) {
  const auto drawn = drawing();
  const std::string svg = render_svg(drawn);
  for (const char* text : {"cooperation", "competition", "saddles passed", "0 learned", "3 learned",
                           "time t (epochs)", "energy of Eq 6"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_NE(drawn.gp.find("set arrow from 88,graph 0 to 88,graph 1"), std::string::npos);
  EXPECT_EQ(svg, render_svg(drawn)) << "the same every time";
  flow.saddles.clear();
  EXPECT_EQ(render_svg(drawing()).find(" learned"), std::string::npos);
}

DepthSweepFigure sweep_of_two_depths(std::vector<experiments::DepthSweepRow>& rows) {
  using experiments::SweepOutcome;
  rows = {{3,
           {{1e-4, SweepOutcome::diverged, 5, false}, {7e-5, SweepOutcome::learned, 40, true}},
           {4, 2, 2},
           1,
           1},
          {10,
           {{1e-4, SweepOutcome::learned, 90, false}, {7e-5, SweepOutcome::not_run, 0, true}},
           {4, 2, 2},
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
  for (const char* text : {"learning time (epochs)", "best rate of all", "rawdata"})
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
