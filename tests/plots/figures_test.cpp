// Figures: their data say what the theory says, their scripts stand alone, gnuplot draws them.
#include <fmt/format.h>
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
  const std::string name = R"(a_b^{c}'"\@~d `date` %d $x "; system('touch pwned'); ")";
  const auto svg_of = [](const std::string& gp) {
    return render_svg({.id = "x", .title = "", .alternative_text = "", .gp = gp, .tsv = ""});
  };
  const auto svg =
      svg_of(fmt::format("set term svg enhanced\nset label '{0}' at graph 0.5,0.5\nplot x title '{0}'\n",
                         literal("a line break\n" + name)));
  const auto first = svg.find(">a line break" + name + "<"), last = svg.rfind(">a line break" + name + "<");
  EXPECT_NE(first, std::string::npos) << svg;
  EXPECT_NE(first, last) << "as label and as title of a curve: " << svg;
  const auto marked = svg_of(fmt::format("set term svg enhanced\nplot x title '{}'\n", literal("R&D <b>")));
  EXPECT_NE(marked.find(">R&amp;D &lt;b>"), std::string::npos) << marked;
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

}  // namespace
}  // namespace dln::plots
