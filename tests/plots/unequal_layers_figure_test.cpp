// Which layer moves when: the drawing and its table.
#include <gtest/gtest.h>

#include <cmath>

#include "plots/figures.hpp"
#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

class UnequalLayersDrawing : public testing::Test {
 protected:
  UnequalLayersDrawing()
      : rising(experiments::run_unequal_layers({.samples = 33})),
        through_zero(experiments::run_unequal_layers({.layers = {-0.2, 0.5, 0.9}, .samples = 33})),
        drawing(unequal_layers_figure({.id = "unequal",
                                       .title = "Title.",
                                       .alternative_text = "Curves.",
                                       .rising = &rising,
                                       .through_zero = &through_zero})) {}

  experiments::UnequalLayers rising, through_zero;
  Drawing drawing;
};

TEST_F(UnequalLayersDrawing, TabulatesEveryLayerAndThenItsChange) {
  const auto table = cells_of(drawing.tsv);
  ASSERT_EQ(table.size(), 1u + 8 * 33 + 3 + 8);
  EXPECT_EQ(table[0], (std::vector<std::string>{"start", "layer", "epoch", "theory", "flow", "network"}));
  std::size_t i = 1;
  for (const auto& [start, run] : {std::pair{1, &rising}, {2, &through_zero}})
    for (Eigen::Index l = 0; l < run->theory.cols(); ++l)
      for (Eigen::Index k = 0; k < 33; ++k) {
        const auto& row = table[i++];
        ASSERT_EQ(row.size(), 6u);
        EXPECT_EQ(std::stoi(row[0]), start);
        EXPECT_EQ(std::stoi(row[1]), l + 1);
        // 17 digits give every double back.
        EXPECT_EQ(std::stod(row[2]), run->epochs[static_cast<std::size_t>(k)]);
        EXPECT_EQ(std::stod(row[3]), run->theory(k, l));
        EXPECT_EQ(std::stod(row[4]), run->flow(k, l));
        EXPECT_EQ(std::stod(row[5]), run->network(k, l));
      }
  i += 3;
  for (const auto& [start, run] : {std::pair{1, &rising}, {2, &through_zero}})
    for (const auto& layer : run->layers) {
      const auto& row = table[i++];
      ASSERT_EQ(row.size(), 6u);
      EXPECT_EQ(std::stoi(row[0]), start);
      EXPECT_EQ(std::stod(row[2]), layer.start);
      EXPECT_EQ(std::stod(row[3]), layer.end);
      EXPECT_EQ(std::stod(row[4]), layer.relative_change);
      EXPECT_EQ(std::stod(row[5]), layer.half_time);
    }
}

TEST_F(UnequalLayersDrawing, DrawsThreeWitnessesOfEveryLayerAndTheLawOfTheirChange) {
  const auto curves = curves_of(drawing.gp);
  ASSERT_EQ(curves.size(), 3u * 5 + 1 + 3u * 3 + 1 + 3);
  const double digits = 1e-4;  // of the numbers in a script
  EXPECT_EQ(curves[0].size(), 33u);
  EXPECT_NEAR(curves[0].back().at(1) / rising.theory(32, 0), 1, digits);
  EXPECT_EQ(curves[15].size(), 5u) << "half of every layer's change";
  // What flow and network did lies on the law, of which the curve is the last but two.
  for (std::size_t i : {curves.size() - 2, curves.size() - 1})
    for (const auto& point : curves[i]) {
      const auto& law = curves[curves.size() - 3];
      const auto next = std::ranges::find_if(law, [&](const auto& row) { return row[0] >= point[0]; });
      ASSERT_NE(next, law.end());
      ASSERT_NE(next, law.begin());
      EXPECT_GE(point[1], next->at(1) * (1 - digits));
      EXPECT_LE(point[1], std::prev(next)->at(1) * (1 + digits));
    }
}

TEST_F(UnequalLayersDrawing, IsDrawnByGnuplotWithEveryCurveInItsLegend) {
  const std::string svg = render_svg(drawing);
  for (const char* text : {"one quadrature", "flow of Eq 14", "full network", "half of its change done",
                           "time t (epochs)", "strength of layer", "relative change"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  EXPECT_EQ(svg, render_svg(drawing)) << "the same every time";
}

}  // namespace
}  // namespace dln::plots
