// Fig 5 right and beyond: learning from pretrained and from random weights.
#pragma once

#include <vector>

#include "dln/experiments/pretraining.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

// One panel: the error against epochs, the pretrained curve beginning where its pretraining ends.
struct PretrainingPanel {
  std::string name;                      // which rates
  std::string note;                      // data and set-up
  double threshold;                      // error below which it has learned
  double start_error;                    // at zero weights, for the stretch of pretraining
  const experiments::StartRuns* random;  // not null
  const experiments::StartRuns* pretrained;
  experiments::StartComparison::Which which;
  experiments::LearningCurve theory;  // of the pretrained start; may be empty
};
struct PretrainingFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  std::vector<PretrainingPanel> panels;
};
// Table: panel (name, note), curve (random, pretrained, theory), epoch (pretraining included), error.
Drawing pretraining_figure(const PretrainingFigure& figure);

// Epochs until learned against sigma and against N_l, each start at its best rate, pretraining included.
struct PretrainingSweepPanel {
  std::string x_label;
  std::string note;
  bool logarithmic_x;
  std::vector<double> x;
  std::vector<experiments::StartComparison> found;  // one for each x
  double slope = 0;  // of a guide line through the last random point; 0 for none
};
struct PretrainingSweepFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  std::vector<PretrainingSweepPanel> panels;
};
// Table: panel, x, start, rates (best, best_stable), epochs; "nan" where none learned.
Drawing pretraining_sweep_figure(const PretrainingSweepFigure& figure);

}  // namespace dln::plots
