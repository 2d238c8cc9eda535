#include "plots/consistency_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dln::plots {
namespace {

using linalg::Matrix;
using Cells = std::vector<std::array<double, 3>>;  // column, row, value

// 0 in the rows and columns of what is zero itself.
Matrix coefficients(const Matrix& m) {
  const linalg::Vector size = m.diagonal().cwiseMax(0).cwiseSqrt();
  Matrix result = Matrix::Zero(m.rows(), m.cols());
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j)
      if (size[i] > 0 && size[j] > 0) result(i, j) = m(i, j) / (size[i] * size[j]);
  return result;
}

std::string table(const MatrixFigure& figure) {
  std::string tsv = "panel\trow\tcolumn\tentry\tentry_over_root_of_diagonals\n";
  for (const auto& panel : figure.panels) {
    const Matrix shown = coefficients(panel.matrix);
    for (Eigen::Index i = 0; i < shown.rows(); ++i)
      for (Eigen::Index j = 0; j < shown.cols(); ++j)
        tsv += fmt::format("{}\t{}\t{}\t{:.17g}\t{:.17g}\n", panel.name, panel.first + i, panel.first + j,
                           panel.matrix(i, j), shown(i, j));
  }
  return tsv;
}

template <class Wanted>
Cells cells(const MatrixPanel& panel, const Matrix& shown, Wanted wanted) {
  Cells result;
  for (Eigen::Index i = 0; i < shown.rows(); ++i)
    for (Eigen::Index j = 0; j < shown.cols(); ++j)
      if (wanted(shown(i, j)))
        result.push_back(
            {static_cast<double>(panel.first + j), static_cast<double>(panel.first + i), shown(i, j)});
  return result;
}

void draw(Script& script, const MatrixPanel& panel) {
  const Matrix shown = coefficients(panel.matrix);
  const bool small = shown.rows() <= 12;
  const double low = panel.first - 0.5, high = panel.first + static_cast<double>(shown.rows()) - 0.5;
  script.line(fmt::format("set xrange [{0:g}:{1:g}]; set yrange [{1:g}:{0:g}]", low, high));
  script.line(fmt::format("set xtics {0}; set ytics {0}", small ? 1 : 5));
  script.line(fmt::format("set label 1 '{}' at graph 0,1.10 left font ',15'", literal(panel.name)));
  script.line(
      fmt::format("set label 2 '{}' at graph 0,1.04 left font ',12' tc rgb '#444444'", literal(panel.note)));
  const Cells dark = cells(panel, shown, [&](double v) { return small ? v > 0.45 : v < -0.1; });
  const Cells light = cells(panel, shown, [&](double v) { return small && v <= 0.45; });
  std::string plot = "plot '-' with image pixels notitle";
  const std::string text = small ? "(sprintf('%.2f', abs($3) < 0.005 ? 0 : $3))" : "('–')";
  const auto labels = [&](const char* colour) {
    plot += fmt::format(", '-' using 1:2:{} with labels font ',10' tc rgb '{}' notitle", text, colour);
  };
  if (!dark.empty()) labels(small ? "#ffffff" : "#000000");
  if (!light.empty()) labels("#000000");
  script.line(plot).curve(cells(panel, shown, [](double) { return true; }));
  if (!dark.empty()) script.curve(dark);
  if (!light.empty()) script.curve(light);
}

}  // namespace

Drawing matrix_figure(const MatrixFigure& figure) {
  const auto count = static_cast<double>(figure.panels.size());
  Script script(figure.id, 60 + 560 * static_cast<int>(figure.panels.size()), 600);
  script.line("set multiplot").line("set border 15 lw 1.2; set tics scale 0.5");
  // In greyscale 1 is black, 0 white and -1 a light grey.
  script.line(
      "set palette defined (-1 '#4a90d9', 0 '#ffffff', 0.5 '#d6604d', 1 '#3b0008'); set cbrange [-1:1]");
  script.line(fmt::format("set xlabel '{0}'; set ylabel '{0}'", figure.axis));
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const double left = (0.12 + static_cast<double>(i)) / count * 0.9, width = 0.74 / count * 0.94;
    script.line(fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}", left, left + width));
    script.line("set tmargin at screen 0.86; set bmargin at screen 0.13");
    const bool last = i + 1 == figure.panels.size();
    script.line(last ? fmt::format("set colorbox user origin screen {:g},0.13 size screen 0.018,0.73",
                                   left + width + 0.02)
                     : std::string("unset colorbox"));
    if (last) script.line("set cblabel 'entry / root of the product of its two diagonal entries' font ',12'");
    draw(script, figure.panels[i]);
  }
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
