// Progressive differentiation: similarity of a network's answers to its items at a few times, and the paths
// of the items in the plane of their two principal axes, for a deep and a shallow network.
#pragma once

#include <vector>

#include "dln/experiments/differentiation.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

// One row of panels a data set: the similarity matrices of the deep network, dark where answers are alike,
// each with its time and the error that is left; then the paths of its items from the common start, circles
// at the snapshots; then those of the shallow network in the same plane.
// Table: data, N_l, time, error_share (E over that at the start), item, x, y (in the plane), then the
// similarity to every item; one row an item and snapshot.
struct DifferentiationFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  struct Network {
    int layers;
    const experiments::TransitionRun* run;        // not null
    const experiments::Differentiation* answers;  // not null, of that run
  };
  struct Row {
    std::string name;
    Network deep, shallow;
    std::vector<int> groups;  // 0, 1, ... for every item: drawn alike
  };
  std::vector<Row> rows;
};
Drawing differentiation_figure(const DifferentiationFigure& figure);

}  // namespace dln::plots
