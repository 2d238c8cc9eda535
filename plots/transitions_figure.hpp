// Stages: how the total error and single modes are learned without hidden layers and with several, on data of
// different structure, one column each.
#pragma once

#include <vector>

#include "dln/experiments/transitions.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

// Top row: E/E(0) on a logarithmic axis against time, every depth in units of its own time to the end, a
// square at every plateau. Middle and bottom: strengths u/s of some modes at the least depth and at `shown`.
// Table: data, N_l, curve ("error", "speed" or the number of a mode), time, time_share, value, plateau (1
// where the speed is lowest); error and speed at every sample, modes thinned as drawn.
struct TransitionsFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  struct Column {
    const experiments::LearningProblem* problem;          // not null
    const std::vector<experiments::TransitionRun>* runs;  // not null; one for each of `layers`
  };
  std::vector<Column> columns;
  std::vector<int> layers;          // ascending, up to four; the first is the shallow network
  std::size_t shown;                // position in `layers` of the bottom row
  std::vector<Eigen::Index> modes;  // 0-based, drawn as far as a column has them
};
Drawing transitions_figure(const TransitionsFigure& figure);

}  // namespace dln::plots
