// RecordedRun: the network itself, trained by descent on whatever the data are, with everything along the way
// that a forecast speaks of.
#pragma once

#include <optional>
#include <vector>

#include "dln/base/progress.hpp"
#include "dln/experiments/analysis_problem.hpp"
#include "dln/network/gradient_descent.hpp"

namespace dln::experiments {

struct RecordedRun {
  std::vector<double> epochs;          // those asked for, as far as the run went
  linalg::Matrix strengths;            // samples x modes
  std::vector<double> leak;            // between modes, relative to Sigma31
  std::vector<double> error;           // E of the examples learned from
  std::vector<double> held_out_error;  // where some are held out
  linalg::Matrix squares;              // samples x L: ||W^l||_F^2
  linalg::Vector half_epochs;          // until u_alpha passes s/(2d); NaN where it did not
  bool error_rose = false;             // from one epoch to the next, beyond rounding
  network::DescentStop reason = network::DescentStop::max_iterations;
  long iterations = 0;
  network::TrainingPath path;                  // which arithmetic ran, and why
  network::LinearNetwork<double> end{{1, 1}};  // in the coordinates of the problem
};

// Descent (Eq 1 in sums) at `rate` from `start` until the last of `epochs`, whole numbers ascending from 0.
// Trained in as few inputs and outputs as is exact. Throws DomainError for arguments that do not fit.
RecordedRun record_run(const AnalysisProblem& analysed, const network::LinearNetwork<double>& start,
                       double rate, const std::vector<double>& epochs, base::Progress& progress);

}  // namespace dln::experiments
