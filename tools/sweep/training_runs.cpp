// Whole networks of any depth on any data, from any start: what 'dln analyze --simulate' trains, swept.
#include <algorithm>
#include <cmath>

#include "dln/experiments/forecast.hpp"
#include "dln/experiments/recorded_run.hpp"
#include "tools/sweep/sweep_experiment.hpp"

namespace dln::tools {
namespace {

// 0, and some 200 whole numbers up to `last`, closer together at first.
std::vector<double> looks(long last) {
  std::vector<double> epochs{0};
  for (int i = 0; i <= 200; ++i) {
    const double epoch = std::round(std::pow(static_cast<double>(last), i / 200.0));
    if (epoch > epochs.back()) epochs.push_back(epoch);
  }
  return epochs;
}

experiments::StartKind start_named(const std::string& name) {
  for (const auto kind : {experiments::StartKind::decoupled, experiments::StartKind::random,
                          experiments::StartKind::orthogonal})
    if (name == name_of(kind)) return kind;
  return experiments::StartKind::pretrained;
}

SweepOutcome run(const Coordinates& at, SweepDataCache& cache) {
  const auto analysed = swept_data(at, cache);
  const auto& problem = analysed->problem;
  const auto depth = base::Depth::from_layers(static_cast<int>(at.whole("layers")));
  const auto [rate, over_limit] = swept_rate(at, problem);
  base::SilentProgress silent;
  experiments::StartOptions starting;
  starting.depth = depth;
  starting.hidden_units = at.whole("hidden_units");
  starting.kind = start_named(at.word("start"));
  starting.initial_strength = at.real("u0");
  starting.seed = at.seed();
  const auto start = draw_start(problem, starting, static_cast<int>(at.whole("run")), silent);
  const auto course = record_run(*analysed, start, rate, looks(at.whole("epochs")), silent);
  const auto best = std::ranges::min_element(course.held_out_error);
  const bool held_out = best != course.held_out_error.end();
  const bool diverged = course.reason == network::DescentStop::diverged;
  SweepOutcome outcome{
      .diverged = diverged,
      .values = {rate, over_limit, static_cast<double>(course.iterations),
                 diverged || course.error.empty() ? kNoNumber : std::max(0.0, course.error.back()),
                 course.error.empty() ? kNoNumber : course.error.front(), course.error_rose ? 0.0 : 1.0,
                 held_out && !diverged ? course.held_out_error.back() : kNoNumber,
                 held_out ? *best : kNoNumber,
                 held_out ? course.epochs[static_cast<std::size_t>(best - course.held_out_error.begin())]
                          : kNoNumber}};
  for (Eigen::Index k = 0; k < course.half_epochs.size(); ++k)
    outcome.values.insert(outcome.values.end(), {problem.modes.singular_values[k], course.half_epochs[k]});
  return outcome;
}

}  // namespace

SweepExperiment training_experiment() {
  return {
      .name = "training",
      .summary = "any network on any data: its error, held-out error, and when it learns each mode",
      .parameters =
          joined(data_parameters(),
                 {whole("layers", 3, 2, 1000, "N_l"),
                  whole("hidden_units", 100, 1, 100'000, "in every hidden layer"),
                  word("start", "random", {"random", "decoupled", "orthogonal", "pretrained"},
                       "where learning starts"),
                  real("u0", 1e-3, 0, 1e6, "initial strength of every mode, in the mean"), rate_parameter(),
                  kappa_parameter(0.5), whole("epochs", 1000, 1, 100'000'000, "how long it learns"),
                  whole("run", 0, 0, 1'000'000'000, "which start of this seed")}),
      .columns = {rate_column(),
                  rate_over_limit_column(),
                  {"iterations", "updates done"},
                  {"error", "half the summed squared error at the end"},
                  {"error_at_start", "and at the start"},
                  {"monotone", "1 when the error never rose"},
                  {"held_out_error", "half the summed squared error of the examples held out, at the end"},
                  {"least_held_out_error", "the least of it on the way"},
                  {"least_held_out_epoch", "and when"}},
      .mode_columns = {{"s", "singular value"},
                       {"half_epochs",
                        "epochs until u passes s/(2 d), d the variance of the inputs along the mode; NaN "
                        "when it does not"}},
      .run = run};
}

}  // namespace dln::tools
