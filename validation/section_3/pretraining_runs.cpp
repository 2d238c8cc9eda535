#include "validation/section_3/pretraining_runs.hpp"

#include <fmt/format.h>

#include <cmath>

#include "dln/experiments/depth_prediction.hpp"
#include "dln/experiments/leading_components.hpp"

namespace dln::validation::section_3 {
namespace {

using experiments::InputScale;
using experiments::LearningProblem;
using experiments::PretrainingStudy;

LearningProblem images(Context& context, Inputs inputs) {
  if (inputs == Inputs::raw) return context.images(InputScale::raw);
  const auto& known = context.images(InputScale::raw);
  auto problem =
      experiments::scaled_problem(data::centred(context.raw_images()), InputScale::raw, known.files);
  problem.name = fmt::format("centred images ({} examples, {} inputs)", problem.correlations.examples,
                             problem.correlations.sigma31.cols());
  return problem;
}

PretrainingStudy study_of(Context& context, Inputs inputs) {
  PretrainingStudy study;
  study.seed = context.seed();
  if (inputs == Inputs::raw) return study;
  study.deviation = 0.002;
  study.pretraining_epochs = 100;
  study.at_same_rate = false;
  return study;
}

}  // namespace

experiments::StartComparison compare(Context& context, const PretrainingRun& run) {
  return experiments::compare_starts(run.problem, run.study, context.store(), context.progress());
}

PretrainingRun small_pretraining_run(Context& context, Inputs inputs) {
  PretrainingRun run{experiments::leading_components(images(context, inputs), 40), study_of(context, inputs)};
  run.study.hidden_units = 40;
  run.study.curves = false;
  run.study.kappas = experiments::stability_grid(0.5, 120, 1.4);
  const double least = experiments::least_error(run.problem);
  run.study.error_threshold = least + 0.25 * (0.5 * run.problem.correlations.target_power - least);
  return run;
}

PretrainingRun pretraining_run(Context& context, Inputs inputs) {
  if (context.effort() == Effort::quick) {
    auto run = small_pretraining_run(context, inputs);
    run.study.curves = true;
    // Plateaus go as u_0^(-1/2), u_0 as sigma^4 N_2^(3/2): at a fifth of the width, raw images wait as long
    // from 1.8 times sigma. Centred ones from 1.25 times, where the random start's delay is plainer still.
    run.study.deviation = inputs == Inputs::raw ? 0.018 : 0.0025;
    return run;
  }
  PretrainingRun run{images(context, inputs), study_of(context, inputs)};
  run.study.error_threshold *= static_cast<double>(run.problem.correlations.examples) / 60000;
  return run;
}

std::vector<double> swept_deviations(const Context& context) {
  if (context.effort() == Effort::quick) return {0.02, 0.01, 0.005, 0.0025};
  return {0.02, 0.014, 0.01, 0.007, 0.005, 0.0035, 0.0025};
}

std::vector<int> swept_layers(const Context& context) {
  return context.effort() == Effort::quick ? std::vector{3, 4, 5, 6} : std::vector{3, 4, 5, 6, 7, 8, 9, 10};
}

PretrainingRun constructed_run(Context& context, data::TaskModes modes, Eigen::Index hidden_units) {
  constexpr Eigen::Index kInputs = 32;
  data::ConsistencyExample example;
  example.modes = modes;
  example.variances = linalg::Vector::NullaryExpr(
      kInputs, [](Eigen::Index k) { return std::pow(10.0, -static_cast<double>(k) / (kInputs - 1)); });
  example.singular_values = Eigen::Vector4d(1, 0.8, 0.65, 0.5);
  example.outputs = 4;
  example.seed = context.seed();
  PretrainingRun run;
  run.problem.name = fmt::format("constructed task, {}", data::name_of(modes));
  run.problem.correlations = data::correlate(data::sample(example));
  run.problem.modes = data::singular_modes(run.problem.correlations.sigma31);
  run.problem.fingerprint = data::fingerprint(run.problem.correlations);
  run.study.seed = context.seed();
  run.study.hidden_units = hidden_units;
  run.study.pretraining_epochs = 300;
  run.study.at_same_rate = run.study.curves = false;
  run.study.error_threshold = 0.05 * 0.5 * run.problem.correlations.target_power;
  run.study.kappas = experiments::stability_grid(0.02, 20, 1.4);
  return run;
}

}  // namespace dln::validation::section_3
