// A critical period: the time a later task takes against the age at which input comes, and the slow-down by
// total deprivation.
#pragma once

#include "dln/experiments/critical_period.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

struct CriticalPeriodFigure {
  std::string id, title, alternative_text;
  const experiments::CriticalPeriod* run;
  double window_end, closing_age;  // epochs
  // By curve, the same task from random weights: one learning time for every input age, or none.
  std::vector<std::vector<double>> from_random_weights;
};

Drawing critical_period_figure(const CriticalPeriodFigure& figure);

}  // namespace dln::plots
