// What dln analyze found, as one record; the report, the JSON and the words on the terminal are renderings of
// it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dln/data/consistency.hpp"
#include "dln/experiments/assumptions.hpp"
#include "dln/experiments/error_budget.hpp"
#include "dln/experiments/forecast.hpp"
#include "dln/experiments/noise_estimate.hpp"
#include "dln/experiments/recorded_run.hpp"
#include "dln/experiments/sharpness.hpp"
#include "plots/drawing.hpp"
#include "tools/analysis_request.hpp"
#include "validation/report.hpp"

namespace dln::tools {

// One depth: what theory expects, and what the network did if it was trained.
struct DepthAnalysis {
  experiments::SharpnessAhead sharpness;
  double rate = 0;
  bool rate_is_ours = true;  // 1/lambda_max, as opposed to one asked for
  experiments::Forecast forecast;
  experiments::Assumptions assumptions;
  // Where it was trained:
  std::optional<experiments::RecordedRun> run;
  std::optional<experiments::SharpnessCourse> sharpness_course;
  std::optional<experiments::ErrorBudget> budget;

  double recommended() const { return 1 / sharpness.largest(); }
  double limit() const { return 2 / sharpness.largest(); }
  bool settled() const { return run && run->reason != network::DescentStop::diverged; }
  int layers() const { return forecast.start.depth.layers(); }
};

// Where in the data a mode lives.
struct ModeDescription {
  std::string inputs;   // the strongest, with signs; empty for images
  std::string outputs;  // those it raises and lowers
};

struct Analysis {
  std::string data_name;  // the file's
  std::string targets;    // "labels 0 to 9, one-hot"
  std::vector<std::string> notes;
  experiments::InputTreatment treatment = experiments::InputTreatment::raw;
  experiments::AnalysisProblem analysed;
  data::Consistency consistency;
  std::vector<ModeDescription> descriptions;  // of the leading ten modes
  std::vector<DepthAnalysis> depths;
  std::optional<experiments::NoiseEstimate> noise;  // of whitened inputs with modes enough
  std::uint64_t examples_held_out = 0;
  std::uint64_t seed = 1;
  long most_epochs = 0;

  const data::SingularModes& modes() const { return analysed.problem.modes; }
  double held_out_at_zero() const;  // E of held-out examples at zero weights; 0 without any
};

struct ReadExamples {
  data::ExampleSource source;  // drained
  data::SplitCorrelations split;
};
Analysis analyze(const AnalyzeOptions& options, const Request& request, const ReadExamples& data,
                 base::Progress& progress);

// What is said first, a sentence each: on the terminal and at the head of the report.
std::vector<std::string> findings(const Analysis& analysis);
// All numbers, for scripts.
std::string analysis_json(const Analysis& analysis);
validation::Report analysis_report(const Analysis& analysis, std::vector<validation::Figure> figures,
                                   validation::Provenance provenance);
// In the order of the report.
std::vector<plots::Drawing> analysis_drawings(const Analysis& analysis, Eigen::Index image_rows,
                                              Eigen::Index image_columns);

// How half times of a run compare with theory's: counted over modes with both.
struct HalfTimes {
  int compared = 0, inside = 0;  // inside the band over starts, where there is one
  double median = 0, worst = 0;  // |run/theory - 1|
  Eigen::Index worst_mode = 0;
  bool begun = false;  // some begin beyond half
  int missed = 0;      // expected within the epochs and not reached by the run
};
HalfTimes compare_half_times(const DepthAnalysis& depth);

}  // namespace dln::tools
