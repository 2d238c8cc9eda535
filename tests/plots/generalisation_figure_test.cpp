// Generalisation: the drawing and its table.
#include "plots/generalisation_figure.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

class GeneralisationDrawing : public testing::Test {
 protected:
  GeneralisationDrawing() {
    options.inputs = 40;
    options.outputs = 24;
    options.teacher = {4, 2.5};
    options.layers = {2, 3};
    options.draws = 2;
    options.samples = 40;
    found = experiments::run_generalisation(options, store, progress);
    auto single = options;
    for (const double s : {0.5, 3.0}) {
      single.teacher = {s};
      overlaps.push_back({s, experiments::draw_spectra(single, store, progress)});
    }
    drawing = generalisation_figure({.id = "generalisation",
                                     .title = "Title.",
                                     .alternative_text = "Panels.",
                                     .options = options,
                                     .found = &found,
                                     .overlaps = overlaps,
                                     .shown = {2, 3}});
  }

  experiments::GeneralisationOptions options;
  experiments::MemoryRunStore store;
  base::SilentProgress progress;
  experiments::Generalisation found;
  std::vector<GeneralisationFigure::Overlaps> overlaps;
  Drawing drawing;
};

TEST_F(GeneralisationDrawing, TabulatesSpectraErrorsStoppingAndOverlaps) {
  const auto table = cells_of(drawing.tsv);
  EXPECT_EQ(table[0], (std::vector<std::string>{"part", "N_l", "draw", "x", "value", "second"}));
  EXPECT_EQ(table.size(), 1u + (2 + 2 * 24) + 2 * (2 * 40 + 1 + 2) + 2 * 2);
  EXPECT_NEAR(std::stod(table[3].at(4)), found.spectra[0].singular_values[0], 1e-7);
  const auto& error = table[1 + 2 + 48 + 7];
  EXPECT_EQ(error.at(0), "error");
  EXPECT_NEAR(std::stod(error.at(4)), found.depths[0].theory.test[7], 1e-7);
  EXPECT_NEAR(std::stod(error.at(5)), found.depths[0].theory.training[7], 1e-7);
  const auto& mean = table[1 + 2 + 48 + 40 + 7];
  EXPECT_EQ(mean.at(2), "-1");
  EXPECT_NEAR(std::stod(mean.at(4)),
              (found.depths[0].trained[0].test[7] + found.depths[0].trained[1].test[7]) / 2, 1e-7);
  EXPECT_NEAR(std::stod(table.back().at(4)),
              (overlaps[1].draws[0].output_overlaps[0] + overlaps[1].draws[1].output_overlaps[0]) / 2, 1e-8);
}

TEST_F(GeneralisationDrawing, DrawsWhatItTabulates) {
  const auto curves = curves_of(drawing.gp);
  ASSERT_EQ(curves.size(), 4u + (2 * 3 + 1) + 4 + 4);
  double mass = 0;
  for (const auto& bin : curves[0]) mass += bin.at(1) * (curves[0][1][0] - curves[0][0][0]);
  EXPECT_NEAR(mass, 1, 0.05) << "all the bulk but what lies beyond its edges";
  EXPECT_EQ(curves[2].size(), 2u) << "spikes";
  EXPECT_EQ(curves[3].size(), 4u) << "of two draws";
  EXPECT_NEAR(curves[4][20].at(1), found.depths[0].theory.test[20], 1e-5);
  EXPECT_NEAR(curves[10][1].at(1), found.depths[1].optimum.error, 1e-5);
  EXPECT_NEAR(curves[11][0].at(1), found.depths[0].optimum.error, 1e-5);
  EXPECT_EQ(curves[12].size(), 4u);
  EXPECT_EQ(curves[16].size(), 2u);
}

TEST_F(GeneralisationDrawing, IsDrawnWithItsLabels) {
  const std::string svg = render_svg(drawing);
  for (const char* text :
       {"Marchenko and Pastur", "least test error", "stopping time", "overlap", "threshold"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
}

}  // namespace
}  // namespace dln::plots
