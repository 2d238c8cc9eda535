// Fig 5 left and centre: what the maps show is what they tabulate, and every cell is there.
#include "plots/consistency_figure.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/plots/drawing_text.hpp"

namespace dln::plots {
namespace {

using linalg::Matrix;

// Variances 16, 4, 0: the coefficient of the first two is -6.4 / 8.
const Matrix kSmall{{16, -6.4, 0}, {-6.4, 4, 0}, {0, 0, 0}};

Drawing drawing_of(const Matrix& matrix, int first) {
  return matrix_figure({.id = "m",
                        .title = "t",
                        .alternative_text = "a",
                        .axis = "mode α",
                        .panels = {{"raw", "a note", matrix, first}, {"centred", "", matrix, first}}});
}

TEST(MatrixFigure, TabulatesEntriesAndCoefficients) {
  const auto cells = cells_of(drawing_of(kSmall, 5).tsv);
  ASSERT_EQ(cells.size(), 1u + 2 * 9);
  EXPECT_EQ(cells[2].at(0), "raw");
  EXPECT_EQ(cells[2].at(1) + " " + cells[2].at(2), "5 6");
  EXPECT_DOUBLE_EQ(std::stod(cells[2].at(3)), -6.4);
  EXPECT_DOUBLE_EQ(std::stod(cells[2].at(4)), -0.8);
  EXPECT_EQ(std::stod(cells[9].at(4)), 0);  // nothing over nothing
}

TEST(MatrixFigure, DrawsEveryCellAndWritesItsNumber) {
  const auto drawing = drawing_of(kSmall, 1);
  const auto curves = curves_of(drawing.gp);
  ASSERT_EQ(curves.size(), 2u * 3);  // cells, numbers on dark ones, on light ones
  EXPECT_EQ(curves[0].size(), 9u);
  EXPECT_EQ(curves[1].size() + curves[2].size(), 9u);
  EXPECT_EQ(curves[0][1], (std::vector<double>{2, 1, -0.8}));
  const std::string svg = render_svg(drawing);
  for (const char* text : {"mode α", "raw", "a note", "-0.80", "1.00"})
    EXPECT_NE(svg.find(text), std::string::npos) << text;
}

TEST(MatrixFigure, MarksTheNegativeCellsOfALargeMatrix) {
  Matrix large = Matrix::Constant(20, 20, 0.5);
  large.diagonal().setOnes();
  large(3, 7) = large(7, 3) = -0.5;
  const auto curves = curves_of(drawing_of(large, 1).gp);
  ASSERT_EQ(curves.size(), 2u * 2);
  EXPECT_EQ(curves[0].size(), 400u);
  EXPECT_EQ(curves[1], (std::vector<std::vector<double>>{{8, 4, -0.5}, {4, 8, -0.5}}));
}

}  // namespace
}  // namespace dln::plots
