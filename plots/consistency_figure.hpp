// Fig 5 left and centre: symmetric matrices as maps of their entries m_ij / sqrt(m_ii m_jj), from -1 to 1.
#pragma once

#include <string>
#include <vector>

#include "dln/linalg/matrix.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

struct MatrixPanel {
  std::string name;       // "raw"
  std::string note;       // what is to be read off it
  linalg::Matrix matrix;  // symmetric, diagonal not negative
  int first = 1;          // number of the first row and column
};

struct MatrixFigure {
  std::string id, title, alternative_text;
  std::string axis;  // what rows and columns are: "input", "mode α"
  std::vector<MatrixPanel> panels;
};

// Entries of small matrices stand in their cells as numbers; in large ones a bar marks the negative.
Drawing matrix_figure(const MatrixFigure& figure);

}  // namespace dln::plots
