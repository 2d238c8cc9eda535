// Stages, generalisation, perceptual learning and critical periods.
#include <cmath>

#include "dln/experiments/critical_period.hpp"
#include "dln/experiments/generalisation.hpp"
#include "dln/experiments/perceptual_learning.hpp"
#include "dln/experiments/transitions.hpp"
#include "tools/sweep/sweep_experiment.hpp"

namespace dln::tools {
namespace {

SweepOutcome transitions(const Coordinates& at, SweepDataCache& cache) {
  const auto problem = swept_problem(at, cache);
  experiments::TransitionOptions options;
  options.depth = base::Depth::from_layers(static_cast<int>(at.whole("layers")));
  options.share = at.real("share");
  options.start = at.word("start") == "decoupled" ? experiments::TransitionStart::decoupled
                                                  : experiments::TransitionStart::small_random;
  options.seed = at.seed();
  const auto run = run_transitions(*problem, options);
  SweepOutcome outcome;
  outcome.values = {static_cast<double>(run.plateaus.size()), run.median_sharpness(), run.largest_rise(),
                    run.times.back(), run.initial_strength};
  for (Eigen::Index k = 0; k < run.half_times.size(); ++k)
    outcome.values.insert(outcome.values.end(),
                          {problem->modes.singular_values[k], run.half_times[k], run.rise_times[k]});
  return outcome;
}

SweepOutcome generalisation(const Coordinates& at, SweepDataCache&) {
  experiments::GeneralisationOptions options;
  options.inputs = at.whole("inputs");
  options.outputs = at.whole("outputs");
  options.teacher.clear();
  for (std::int64_t k = 0; k < at.whole("rank"); ++k)
    options.teacher.push_back(at.real("s") * std::pow(at.real("ratio"), static_cast<double>(k)));
  options.noise = at.real("noise");
  options.initial_strength = at.real("u0");
  options.layers = {static_cast<int>(at.whole("layers"))};
  options.draws = 1;
  options.seed = at.seed();
  experiments::MemoryRunStore store;
  base::SilentProgress silent;
  const auto depth = run_generalisation(options, store, silent).depths.front();
  const auto trained = depth.stops().front();
  return {.values = {depth.optimum.time, depth.optimum.error, trained.time, trained.error,
                     depth.theory.test.front(), depth.trained.front().test.back(),
                     depth.trained.front().training.back()}};
}

SweepOutcome perceptual(const Coordinates& at, SweepDataCache&) {
  experiments::PerceptualLearningOptions options;
  options.layers = experiments::graded_layers(static_cast<int>(at.whole("layers")) - 1, at.real("strength"),
                                              at.real("ratio"));
  options.start = at.word("start") == "decoupled" ? experiments::PerceptualStart::decoupled
                                                  : experiments::PerceptualStart::random_weights;
  options.weak = at.real("weak");
  options.fine = at.real("fine");
  options.seed = at.seed();
  const auto learned = run_perceptual_learning(options);
  SweepOutcome outcome;
  outcome.values = {learned.epochs.back()};
  for (const auto& layer : learned.by_network)
    outcome.values.insert(outcome.values.end(), {layer.weight_change, layer.weight_half_time,
                                                 layer.gain_before, layer.gain_after, layer.gain_half_time});
  return outcome;
}

SweepOutcome critical_period(const Coordinates& at, SweepDataCache&) {
  experiments::CriticalPeriodOptions options;
  options.initial_strength = at.real("v0");
  options.closing_age = at.real("closing_age");
  options.singular_value = at.real("s");
  options.seed = at.seed();
  const int matrices = static_cast<int>(at.whole("layers")) - 1;
  const double age = at.real("input_age");
  const auto theory = later_learning_by_theory(options, matrices, age),
             flow = later_learning_by_flow(options, matrices, age),
             network = later_learning_by_network(options, matrices, age);
  return {.values = {theory.strength, theory.epochs, flow.epochs, network.epochs, window_end(options)}};
}

}  // namespace

SweepExperiment transitions_experiment() {
  return {
      .name = "transitions",
      .summary = "stages: plateaus of the error and sharpness of each mode's rise on structured data",
      .parameters = joined(
          data_parameters(),
          {whole("layers", 3, 2, 100, "N_l"), real("share", 5e-3, 0, 0.0100000001, "u0 over the least s"),
           word("start", "decoupled", {"decoupled", "small-random"}, "where learning starts")}),
      .columns =
          {{"plateaus", "of the total error"},
           {"median_sharpness",
            "median over the modes of (t90 - t10)/t50, read between samples: to some tenths of a per cent"},
           {"largest_rise", "most by which the learning speed exceeds its lowest before"},
           {"duration", "in units of tau"},
           {"start_strength", "u0"}},
      .mode_columns = {{"s", "singular value"},
                       {"half_time", "t50, in units of tau"},
                       {"rise_time", "t90 - t10, read between samples: to half a per cent"}},
      .run = transitions};
}

SweepExperiment generalisation_experiment() {
  return {.name = "generalisation",
          .summary = "a noisy teacher: the least test error and when to stop, by theory and in a network",
          .parameters = {whole("inputs", 400, 2, 10'000, "N_1"), whole("outputs", 200, 2, 10'000, "N_3"),
                         whole("rank", 4, 1, 100, "of the teacher"),
                         real("s", 4, 0, 1e6, "its largest singular value"),
                         real("ratio", 0.8, 0, 1, "of each of its singular values to the one before"),
                         real("noise", 1, 0, 1e6, "sigma"),
                         real("u0", 1e-3, 0, 1e3, "initial strength of every mode"),
                         whole("layers", 3, 2, 100, "N_l")},
          .columns = {{"theory_stop", "when the test error is least by theory, in units of tau"},
                      {"theory_least", "test error then, a share of the teacher's square"},
                      {"stop", "the same in the trained network"},
                      {"least", "test error then"},
                      {"at_start", "test error at the start, by theory"},
                      {"test_end", "test error at the end of training, three times theory_stop"},
                      {"training_end", "and training error"}},
          .mode_columns = {},
          .run = generalisation};
}

SweepExperiment perceptual_experiment() {
  return {.name = "perceptual-learning",
          .summary = "how much each layer changes, and when, while a network learns a fine discrimination",
          .parameters = {whole("layers", 4, 3, 20, "N_l"),
                         real("strength", 0.25, 0, 10, "geometric mean of the layers at the start"),
                         real("ratio", 1, 0, 100, "of each layer to the next higher one"),
                         word("start", "decoupled", {"decoupled", "random-weights"}, "where learning starts"),
                         real("weak", 0.1, 0, 1e3, "strength of the fine mode in the broad task"),
                         real("fine", 1, 0, 1e3, "and in the fine one")},
          .columns = {{"duration", "of the fine task, in units of tau"}},
          .mode_columns = {{"weight_change", "of layer 1, 2, ..., relative"},
                           {"weight_half_time", "half of the change made"},
                           {"gain_before", "of layer 1, 2, ...: of the fine component of receptive fields"},
                           {"gain_after", "the same after the fine task"},
                           {"gain_half_time", "half of its change made"}},
          .run = perceptual};
}

SweepExperiment critical_period_experiment() {
  return {.name = "critical-period",
          .summary = "how long a later task takes when the lower layers' input comes late",
          .parameters = {whole("layers", 4, 3, 20, "N_l"),
                         real("v0", 1e-3, 0, 1, "strength of a lower layer at birth"),
                         non_negative("input_age", 0, 1e6, "when input comes, in units of tau"),
                         non_negative("closing_age", 8, 1e6, "when lower layers close"),
                         real("s", 1, 0, 1e3, "singular value of the later task")},
          .columns = {{"strength", "of a lower layer at the closing age"},
                      {"theory", "how long the later task takes, in units of tau, by closed form"},
                      {"flow", "by the reduced flow"},
                      {"network", "in a full network"},
                      {"window_end", "age by which input must have come"}},
          .mode_columns = {},
          .run = critical_period};
}

}  // namespace dln::tools
