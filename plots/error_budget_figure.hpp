// What parts a run from the closed form: the parts of every mode stacked, the whole beside them.
#pragma once

#include <vector>

#include "dln/experiments/error_budget.hpp"
#include "plots/drawing.hpp"

namespace dln::plots {

// One panel a budget, the modes along it. Parts that delay are stacked upwards from 0, those that hasten
// downwards, each cause with a pattern of its own; the remainder goes on top of them, hatched; the whole is a
// line of marks. Causes that are off, or below a thousandth of the whole, are told in the panel's title and
// not drawn; so are modes of which not all is known. All in per cent of theory's time, on the logarithm's
// scale. Table: panel, mode, cause ("whole" and "remainder" too), part, from_run, from_theory.
struct ErrorBudgetFigure {
  std::string id;
  std::string title;
  std::string alternative_text;
  struct Panel {
    std::string name;                        // in gnuplot's enhanced text: N_l = 3
    const experiments::ErrorBudget* budget;  // not null
  };
  std::vector<Panel> panels;  // one or more
};
Drawing error_budget_figure(const ErrorBudgetFigure& figure);

}  // namespace dln::plots
