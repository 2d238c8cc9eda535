// What rates do: a mode's edge of stability and best rate at any depth; the Hessian along a network's way.
#include <algorithm>

#include "dln/experiments/mode_rates.hpp"
#include "dln/experiments/sharpness.hpp"
#include "tools/sweep/sweep_experiment.hpp"

namespace dln::tools {
namespace {

SweepOutcome rates(const Coordinates& at, SweepDataCache&) {
  experiments::ModeRateOptions options;
  options.singular_value = at.real("s");
  options.initial_strength = at.real("u0");
  options.layers = {static_cast<int>(at.whole("layers"))};
  const auto row = run_mode_rates(options).front();
  return {.values = {row.largest_eigenvalue, row.edge, row.exact_steps,
                     static_cast<double>(row.steps_at_optimal), row.dependable.kappa,
                     static_cast<double>(row.dependable.steps), row.stable.kappa,
                     static_cast<double>(row.stable.steps)}};
}

SweepOutcome sharpness(const Coordinates& at, SweepDataCache& cache) {
  const auto problem = swept_problem(at, cache);
  experiments::SharpnessRunOptions options;
  options.depth = base::Depth::from_layers(static_cast<int>(at.whole("layers")));
  options.hidden_units = at.whole("hidden_units");
  options.start =
      at.word("start") == "decoupled" ? experiments::Start::decoupled : experiments::Start::small_random;
  options.share = at.real("share");
  options.kappa = at.real("kappa");
  options.samples = static_cast<int>(at.whole("samples"));
  options.seed = at.seed();
  const auto run = run_sharpness(*problem, options);
  const auto most = [](const experiments::SharpnessCourse& course) {
    double value = 0;
    for (const auto& sample : course.samples) value = std::max(value, sample.largest_eigenvalue);
    return value;
  };
  return {.diverged = run.descent.diverged,
          .values = {run.plan.largest_at_minimum, run.plan.following.learning_rate, run.flow.limit,
                     *std::ranges::max_element(run.theory), most(run.flow), most(run.descent),
                     run.descent.samples.empty() ? kNoNumber : run.descent.samples.back().largest_eigenvalue,
                     run.descent.samples.empty() ? kNoNumber : run.descent.samples.back().error}};
}

}  // namespace

SweepExperiment mode_rates_experiment() {
  return {.name = "mode-rates",
          .summary = "one mode at any depth: edge of stability and fastest rates of descent",
          .parameters = {whole("layers", 3, 2, 1000, "N_l"), real("s", 1, 0, 1e6, "singular value"),
                         real("u0", 1e-3, 0, 1e6, "initial strength; learned within u0 of s")},
          .columns = {{"lambda_max", "largest eigenvalue of the Hessian at the minimum"},
                      {"edge_kappa", "rate in units of 1/lambda_max above which descent leaves the minimum"},
                      {"flow_steps", "of the flow at kappa = 1"},
                      {"steps", "of descent at kappa = 1"},
                      {"dependable_kappa", "fastest rate that no stroke of luck of a single rate makes"},
                      {"dependable_steps", "at it"},
                      {"fastest_kappa", "fastest single rate below the edge"},
                      {"fastest_steps", "at it"}},
          .mode_columns = {},
          .run = rates};
}

SweepExperiment sharpness_experiment() {
  return {
      .name = "sharpness",
      .summary = "largest eigenvalue of a network's Hessian while it learns, beside its closed form",
      .parameters = joined(
          data_parameters(),
          {whole("layers", 3, 2, 100, "N_l"), whole("hidden_units", 32, 1, 10'000, "in every hidden layer"),
           word("start", "decoupled", {"decoupled", "small-random"}, "where learning starts"),
           real("share", 1e-3, 0, 1, "u0 over the least s/d"),
           real("kappa", 0.5, 0, 100, "rate in units of 1/lambda_max of the minimum"),
           whole("samples", 41, 2, 10'000, "looks along the way")}),
      .columns = {{"lambda_max", "of the minimum, by closed form"},
                  {"learning_rate", "lambda"},
                  {"limit", "2/lambda"},
                  {"theory_most", "largest on the decoupled path, by closed form"},
                  {"flow_most", "largest on the way of the flow"},
                  {"descent_most", "largest on the way of descent"},
                  {"descent_end", "at its end"},
                  {"error", "half the summed squared error at its end"}},
      .mode_columns = {},
      .run = sharpness};
}

}  // namespace dln::tools
