// SweepExperiment: an experiment as a sweep sees it: named parameters in, named numbers out.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "dln/experiments/analysis_problem.hpp"
#include "tools/sweep/coordinates.hpp"

namespace dln::tools {

// For a column that a run has no number for.
inline constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

struct SweepColumn {
  std::string name, meaning;
};

struct SweepOutcome {
  bool diverged = false;
  // The columns, then for every mode its mode columns; NaN for what there is not.
  std::vector<double> values;
};

// Data that runs share, read and made ready once, by the first run that needs them.
class SweepDataCache {
 public:
  using Data = std::shared_ptr<const experiments::AnalysisProblem>;
  // `build` must not come back here. What it throws is thrown; the next to ask builds again.
  Data get(const std::string& key, const std::function<experiments::AnalysisProblem()>& build);

 private:
  struct Entry {
    std::once_flag once;
    Data data;
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
  std::function<SweepOutcome(const Coordinates&, SweepDataCache&)> run;
};

// By name.
const std::vector<SweepExperiment>& sweep_experiments();

SweepExperiment mode_experiment();
SweepExperiment mode_rates_experiment();
SweepExperiment time_course_experiment();
SweepExperiment depth_experiment();
SweepExperiment training_experiment();
SweepExperiment sharpness_experiment();
SweepExperiment pretraining_experiment();
SweepExperiment starts_experiment();
SweepExperiment transitions_experiment();
SweepExperiment generalisation_experiment();
SweepExperiment perceptual_experiment();
SweepExperiment critical_period_experiment();

// Parameters of the data that whole networks learn, and the data they describe, with what is held out of
// them.
std::vector<SweepParameter> data_parameters(const std::string& data = "tree",
                                            const std::string& scale = "white");
SweepDataCache::Data swept_data(const Coordinates& at, SweepDataCache& cache);
std::shared_ptr<const experiments::LearningProblem> swept_problem(const Coordinates& at,
                                                                  SweepDataCache& cache);

// The rate of whole networks, `rate` or else by `kappa`; and the same over 1/lambda_max at theory's end.
struct SweptRate {
  double rate, over_limit;
};
SweepParameter rate_parameter();
SweepParameter kappa_parameter(double standard);
SweptRate swept_rate(const Coordinates& at, const experiments::LearningProblem& problem);
SweepColumn rate_column();
SweepColumn rate_over_limit_column();

// The files that these data are read from, by their parameters' values. Throws DataError for one that cannot
// be.
std::vector<std::filesystem::path> files_of_data(const std::string& data, const std::string& file,
                                                 const std::string& labels);

std::vector<SweepParameter> joined(std::vector<SweepParameter> some, std::vector<SweepParameter> more);

}  // namespace dln::tools
