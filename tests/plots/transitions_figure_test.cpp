// Stages and differentiation: the drawings and their tables.
#include "plots/transitions_figure.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "dln/experiments/graph_problem.hpp"
#include "plots/differentiation_figure.hpp"
#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

using experiments::LearningProblem;
using experiments::TransitionRun;

std::vector<TransitionRun> runs_on(const LearningProblem& problem) {
  std::vector<TransitionRun> runs;
  for (const int layers : {2, 4})
    runs.push_back(experiments::run_transitions(
        problem, {.depth = base::Depth::from_layers(layers), .keep_answers = true}));
  return runs;
}

class StagesDrawing : public testing::Test {
 protected:
  StagesDrawing()
      : clusters(experiments::expected_graph_problem(data::cluster_graph(2, 4, 0.05), {})),
        flat(experiments::expected_graph_problem(data::edgeless_graph(3), {})),
        on_clusters(runs_on(clusters)),
        on_flat(runs_on(flat)),
        drawing(transitions_figure({.id = "stages",
                                    .title = "Title.",
                                    .alternative_text = "Curves.",
                                    .columns = {{&clusters, &on_clusters}, {&flat, &on_flat}},
                                    .layers = {2, 4},
                                    .shown = 1,
                                    .modes = {0, 1, 4}})) {}

  LearningProblem clusters, flat;
  std::vector<TransitionRun> on_clusters, on_flat;
  Drawing drawing;
};

TEST_F(StagesDrawing, TabulatesErrorAndSpeedAtEverySampleWithThePlateaus) {
  const auto table = cells_of(drawing.tsv);
  EXPECT_EQ(table[0],
            (std::vector<std::string>{"data", "N_l", "curve", "time", "time_share", "value", "plateau"}));
  std::size_t errors = 0, plateaus = 0, modes = 0;
  for (std::size_t i = 1; i < table.size(); ++i) {
    const auto& row = table[i];
    ASSERT_EQ(row.size(), 7u);
    if (row[0] != clusters.name || row[1] != "4") continue;
    if (row[2] == "error") {
      EXPECT_NEAR(std::stod(row[5]) / on_clusters[1].error[errors], 1, 1e-8);
      EXPECT_NEAR(std::stod(row[3]), on_clusters[1].times[errors], 1e-8 * on_clusters[1].times.back());
      ++errors;
      plateaus += row[6] == "1";
    }
    modes += row[2] == "mode 5";
  }
  EXPECT_EQ(errors, on_clusters[1].times.size());
  EXPECT_EQ(plateaus, on_clusters[1].plateaus.size());
  EXPECT_GE(modes, 20u);
}

TEST_F(StagesDrawing, DrawsErrorsPlateausAndTheModesThatThereAre) {
  const auto curves = curves_of(drawing.gp);
  // Two errors and the plateaus a column; then three modes of the clusters and two of the flat, twice.
  ASSERT_EQ(curves.size(), 2u * 3 + 2u * (3 + 2));
  EXPECT_EQ(curves[2].size(), on_clusters[1].plateaus.size());
  EXPECT_NEAR(curves[1].front().at(1), 1, 1e-9);
  EXPECT_NEAR(curves[1].back().at(0), 1, 1e-9);
  EXPECT_NEAR(curves[6].back().at(1), 0.99, 0.01);
  // What is left out between two points of a curve would not be seen.
  for (const auto& curve : {curves[11], curves[12]})
    for (std::size_t i = 1; i < curve.size(); ++i) EXPECT_LE(std::abs(curve[i][1] - curve[i - 1][1]), 0.12);
}

TEST_F(StagesDrawing, IsDrawnWithCountsAndLegend) {
  const std::string svg = render_svg(drawing);
  const std::string counts = "plateaus 0, " + std::to_string(on_clusters[1].plateaus.size());
  for (const std::string& text : {counts, std::string("plateaus 0, 1"), std::string("2 clusters of 4"),
                                  std::string("time / time to the end"), std::string("error E")})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_EQ(svg, render_svg(drawing)) << "the same every time";
}

TEST_F(StagesDrawing, OfDifferentiationHoldsMapsAndPaths) {
  const auto deep = experiments::differentiate(clusters, on_clusters[1], {1, 2, 8});
  const auto shallow = experiments::differentiate(clusters, on_clusters[0], {1, 2, 8}, deep.axes);
  const auto figure = differentiation_figure({.id = "differentiation",
                                              .title = "Title.",
                                              .alternative_text = "Maps.",
                                              .rows = {{.name = "clusters",
                                                        .deep = {4, &on_clusters[1], &deep},
                                                        .shallow = {2, &on_clusters[0], &shallow},
                                                        .groups = {0, 0, 0, 0, 1, 1, 1, 1}}}});
  const auto table = cells_of(figure.tsv);
  ASSERT_EQ(table.size(), 1u + 2 * 3 * 8);
  ASSERT_EQ(table[0].size(), 7u + 8);
  EXPECT_NEAR(std::stod(table[1 + 16].at(7)), deep.similarity[2](0, 0), 1e-8);
  EXPECT_NEAR(std::stod(table[1 + 16].at(5)), deep.places[deep.snapshots[2]](0, 0), 1e-8);
  const auto curves = curves_of(figure.gp);
  ASSERT_EQ(curves.size(), 3u + 2 * (8 + 2))
      << "maps; then a path an item and the stops of two groups, twice";
  EXPECT_EQ(curves[2].size(), 64u);
  EXPECT_NEAR(curves[2][1].at(2), deep.similarity[2](0, 1), 1e-6);
  EXPECT_EQ(curves.back().size(), 4u * 3);
  const std::string svg = render_svg(figure);
  for (const char* text : {"first principal axis", "alike", "item", "of the time"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
}

}  // namespace
}  // namespace dln::plots
