// SweepExperiment: an experiment as a sweep sees it: named parameters in, named numbers out.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dln/experiments/learning_problem.hpp"
#include "tools/sweep/coordinates.hpp"

namespace dln::tools {

struct SweepColumn {
  std::string name, meaning;
};

struct SweepOutcome {
  bool diverged = false;
  // The columns, then for every mode its mode columns; NaN for what there is not.
  std::vector<double> values;
};

// Problems that runs share, each built once, by the first run that needs it.
class SweepProblems {
 public:
  using Problem = std::shared_ptr<const experiments::LearningProblem>;
  // `build` must not come back here. What it throws is thrown; the next to ask builds again.
  Problem get(const std::string& key, const std::function<experiments::LearningProblem()>& build);

 private:
  struct Entry {
    std::once_flag once;
    Problem problem;
  };
  using Named = std::pair<std::string, std::shared_ptr<Entry>>;
  std::mutex mutex_;
  std::deque<Named> entries_;  // the latest few
};

struct SweepExperiment {
  std::string name, summary;
  std::vector<SweepParameter> parameters;
  std::vector<SweepColumn> columns, mode_columns;
  // Throws DomainError or NumericalError for a run that cannot be done.
  std::function<SweepOutcome(const Coordinates&, SweepProblems&)> run;
};

// By name.
const std::vector<SweepExperiment>& sweep_experiments();

// The experiments, one function for each room of them; sweep_experiments() calls all.
SweepExperiment mode_experiment();
SweepExperiment time_course_experiment();
SweepExperiment depth_experiment();

// Parameters of the data that whole networks learn, and the problem they describe.
std::vector<SweepParameter> data_parameters();
SweepProblems::Problem swept_problem(const Coordinates& at, SweepProblems& problems);
// The names of parameters that name files, which a sweep remembers by content.
const std::vector<std::string>& file_parameters();

}  // namespace dln::tools
