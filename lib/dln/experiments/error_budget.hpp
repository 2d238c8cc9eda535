// ErrorBudget: what parts a real run of gradient descent from the closed form, mode by mode.
//
// The whole of a mode is ln(t_run / t_theory), t its half-learning time (u reaches half of s/d) and t_theory
// that of Eq 15 with the mode's own input variance d, from the nominal u0. Each cause is measured by runs of
// its own, in two ways:
//
//   from the run   everything on but this cause:  ln(t_run / t_without it)
//   from theory    everything off but this cause: ln(t_with it / t_with nothing)
//
// and its part is the mean of both. What two causes do only together then falls to them in halves; what is
// left, the remainder, is what three or more do together, and causes that nobody named. The first alone
// leaves the pairs in the remainder as well: `from_run_ratio` says how much that is.
//
//   step          the finite rate; off: extrapolated to 0 from the rate, its half and its quarter
//                 (without hidden layers from a fourth, an eighth and a sixteenth of it)
//   seed          the growing part P = |a + b|^2/4 of every mode; off: exactly u0, M left alone
//   imbalance     the shrinking part M = |a - b|^2/4; off: 0
//   competition   off: every mode by itself, on its own a and b
//   start         (other than two matrices) off: each mode by itself, u0^{1/L} in every layer
//   misalignment  Eq 18; off: Sigma11's mode block made diagonal, no cross-talk with the complement
//   non-whiteness beyond what s/d and tau/d hold; off: white at the modes' mean variance, aligned before
//   nonlinearity  tanh units; off: linear. Measured from the run only: what it does together with other
//                 causes counts as its own
//
// A cause that is off already costs no run and is exactly 0.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dln/base/progress.hpp"
#include "dln/experiments/error_budget_runs.hpp"

namespace dln::experiments {

enum class Cause { step, seed, imbalance, competition, start, misalignment, nonwhiteness, nonlinearity };
std::string_view name_of(Cause cause);

struct CausePart {
  Cause cause;
  bool off = false;                                // already: exactly 0
  linalg::Vector from_run = {}, from_theory = {};  // learnable modes
  linalg::Vector part() const { return (from_run + from_theory) / 2; }
};

// Vectors are over the learnable modes; NaN, never 0, for a mode that a run it needs did not learn.
struct ErrorBudget {
  linalg::Vector theory, run;  // half-learning times, epochs
  linalg::Vector whole;        // ln(run / theory)
  std::vector<CausePart> causes;
  linalg::Vector remainder;           // whole - the sum of all parts
  std::vector<Eigen::Index> unknown;  // modes without a remainder, from 0
  // ||remainder|| / ||whole|| over the others; 0 where both are, NaN where there are none.
  double ratio = 0;
  double from_run_ratio = 0;  // the same with the first way of measuring alone
  double step_order = 0;      // log2 of successive differences in the rate, median over modes: near 1
  std::vector<std::string> notes;

  linalg::Matrix parts() const;            // modes x causes
  const CausePart& of(Cause cause) const;  // throws DomainError where the budget has no such cause
};

// Independent runs on all cores, each looked up in the store first. Throws as BudgetRuns does.
ErrorBudget budget(const LearningProblem& problem, const network::LinearNetwork<double>& start,
                   const ErrorBudgetOptions& options, RunStore& store, base::Progress& progress);

}  // namespace dln::experiments
