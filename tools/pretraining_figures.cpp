#include "tools/pretraining_figures.hpp"

#include <fmt/format.h>

#include "plots/pretraining_figure.hpp"
#include "validation/section_3/pretraining_runs.hpp"

namespace dln::tools {
namespace {

using experiments::PretrainingStudy;
using experiments::StartComparison;
using experiments::StartRuns;
using validation::Context;
using namespace validation::section_3;

std::string stated(const PretrainingRun& run) {
  return fmt::format("{}, σ = {:g}, K = {}",
                     run.problem.name.starts_with("centred") ? "centred images" : "raw images",
                     run.study.deviation, run.study.pretraining_epochs);
}

// The pretrained start's curve by theory, as far as the network's own goes.
experiments::LearningCurve theory(const PretrainingRun& run, const StartComparison& found,
                                  StartComparison::Which which) {
  const auto& timed = found.pretrained.*which;
  if (!timed) return {};
  return {timed->curve.epochs, experiments::aligned_error(run.problem, found.pretrained.layer_strengths,
                                                          timed->rate, timed->curve.epochs)};
}

plots::PretrainingPanel panel(const PretrainingRun& run, const StartComparison& found,
                              StartComparison::Which which, const std::string& name) {
  return {name,
          stated(run),
          run.study.error_threshold,
          0.5 * run.problem.correlations.target_power,
          &found.random,
          &found.pretrained,
          which,
          theory(run, found, which)};
}

}  // namespace

plots::Drawing draw_5r(Context& context) {
  const auto raw = pretraining_run(context, Inputs::raw), centred = pretraining_run(context, Inputs::centred);
  const auto compare = [&](const PretrainingRun& run) {
    return experiments::compare_starts(run.problem, run.study, context.store(), context.progress());
  };
  const auto on_raw = compare(raw), on_centred = compare(centred);
  return plots::pretraining_figure(
      {.id = "5r",
       .title = fmt::format(
           "Fig 5 right: learning from pretrained and from random weights, N_l = 5, {} hidden units, {} "
           "inputs, {} "
           "images, seed {}; K epochs for each of three autoencoders at λd1 = 0.5, d1 the largest variance.",
           raw.study.hidden_units, raw.problem.correlations.sigma31.cols(), raw.problem.correlations.examples,
           raw.study.seed),
       .alternative_text = "Three panels of the error against epochs on a logarithmic axis, the pretrained "
                           "curve solid and beginning "
                           "where its pretraining ends, the random one dashed. Left, one rate for all on raw "
                           "images: the random "
                           "start stays on its plateau and falls below the threshold long after the "
                           "pretrained one. Middle, each at "
                           "its best rate: the random start is done before pretraining ends. Right, centred "
                           "images from smaller "
                           "weights, each at its best rate: the pretrained one is sooner. The theory of "
                           "aligned modes follows the "
                           "pretrained curve at first and levels off above it, the modes being principal "
                           "components only roughly.",
       .panels = {panel(raw, on_raw, &StartRuns::same_rate, "one rate everywhere"),
                  panel(raw, on_raw, &StartRuns::best, "each at its best rate"),
                  panel(centred, on_centred, &StartRuns::best, "each at its best rate")}});
}

plots::Drawing draw_5x(Context& context) {
  const auto run = small_pretraining_run(context, Inputs::centred);
  std::vector<PretrainingStudy> by_sigma, by_depth;
  plots::PretrainingSweepPanel sigma{"σ, standard deviation of the starting weights",
                                     "five layers",
                                     true,
                                     swept_deviations(context),
                                     {},
                                     -2};
  plots::PretrainingSweepPanel depth{"number of layers N_l", "σ = 0.01", false, {}, {}, 0};
  for (double deviation : sigma.x) {
    by_sigma.push_back(run.study);
    by_sigma.back().deviation = deviation;
  }
  for (int layers : swept_layers(context)) {
    depth.x.push_back(layers);
    by_depth.push_back(run.study);
    by_depth.back().layers = layers;
    by_depth.back().deviation = 0.01;
  }
  sigma.found = experiments::compare_starts(run.problem, by_sigma, context.store(), context.progress());
  depth.found = experiments::compare_starts(run.problem, by_depth, context.store(), context.progress());
  return plots::pretraining_sweep_figure(
      {.id = "5x",
       .title =
           fmt::format("When pretraining pays: {}, {} hidden units, K = {}, error below {:.5g}, seed {}.",
                       run.problem.name, run.study.hidden_units, run.study.pretraining_epochs,
                       run.study.error_threshold, run.study.seed),
       .alternative_text = "Two panels of the epochs until learned, logarithmic. Left, against the scale of "
                           "the starting weights: "
                           "the random start's time falls along a straight line of slope minus two, the "
                           "pretrained one's is nearly "
                           "flat, and they cross. Right, against the number of layers: the random start's "
                           "time rises steeply and "
                           "leaves the epochs allowed where there are many, the pretrained one's in "
                           "proportion to the layers.",
       .panels = {sigma, depth}});
}

}  // namespace dln::tools
