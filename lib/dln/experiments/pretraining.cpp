#include "dln/experiments/pretraining.hpp"

#include <fmt/ranges.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/data/whitening.hpp"
#include "dln/experiments/depth_prediction.hpp"
#include "dln/experiments/pretraining_store.hpp"
#include "dln/experiments/rate_advice.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/unbalanced_deep_mode.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using Network = network::LinearNetwork<double>;

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kCurvePoints = 300;

void check(const LearningProblem& problem, const PretrainingStudy& study) {
  base::require(study.layers >= 3, "number of layers", study.layers, "3 or more");
  base::require(study.hidden_units >= 1, "hidden units", static_cast<double>(study.hidden_units),
                "1 or more");
  base::require_positive("sigma", study.deviation);
  base::require_positive("kappa of pretraining", study.pretraining_kappa);
  for (double kappa : study.kappas) base::require_positive("kappa", kappa);
  base::require_positive("error threshold", study.error_threshold);
  base::require(study.max_epochs >= 1, "epochs", static_cast<double>(study.max_epochs), "1 or more");
  base::require(study.patience >= 1, "patience", study.patience, "1 or more");
  base::require(problem.correlations.normalisation == data::Normalisation::sum, "sums over the examples", 0,
                "correlations in sums");
}

double largest_variance(const LearningProblem& problem) {
  const auto& sigma = problem.correlations.sigma11;
  return sigma.isDiagonal(0) ? sigma.diagonal().maxCoeff() : linalg::symmetric_eigen(sigma).values[0];
}

// Every other point of a curve dropped; the stride that is left.
long thinned(LearningCurve& curve, long stride) {
  for (auto* list : {&curve.epochs, &curve.errors}) {
    for (std::size_t i = 0; 2 * i < list->size(); ++i) (*list)[i] = (*list)[2 * i];
    list->resize((list->size() + 1) / 2);
  }
  return 2 * stride;
}

// One rate by itself until the error is below the threshold, or nothing. Of the curve every stride-th epoch
// is kept, the stride doubling as the run grows, and the last.
std::optional<TimedRun> run_alone(const LearningProblem& problem, const PretrainingStudy& study,
                                  Network network, double rate, long most) {
  TimedRun run{rate * largest_variance(problem), rate, 0, {}};
  auto& [epochs, errors] = run.curve;
  bool learned = false;
  long stride = 1;
  network::ChainGradient gradient(problem.correlations, network);
  network::descend_in_place(gradient, network, {.learning_rate = rate, .max_iterations = most},
                            [&](long epoch, double error) {
                              learned = error < study.error_threshold;
                              run.epochs = static_cast<double>(epoch);
                              if (study.curves && (learned || epoch % stride == 0)) {
                                epochs.push_back(run.epochs);
                                errors.push_back(error);
                                if (epochs.size() > 2 * kCurvePoints) stride = thinned(run.curve, stride);
                              }
                              return !learned;
                            });
  return learned ? std::optional(std::move(run)) : std::nullopt;
}

// How much of mode alpha each layer passes on: a_l = |W^l x| / |x| along its way from v_alpha, and for the
// matrix on top the part that reaches u_alpha.
Matrix strengths_by_layer(const Network& network, const data::SingularModes& modes) {
  const int matrices = network.depth().weight_matrices();
  Matrix strengths(modes.size(), matrices);
  Matrix way = modes.input;
  for (int l = 1; l < matrices; ++l) {
    way = network.weight(l) * way;
    strengths.col(l - 1) = way.colwise().norm().transpose();
    way.colwise().normalize();
  }
  const Matrix out = network.weight(matrices) * way;
  strengths.col(matrices - 1) = (out.array() * modes.output.array()).colwise().sum().transpose();
  return strengths;
}

StartRuns run_start(const LearningProblem& problem, const PretrainingStudy& study, const Network& start) {
  StartRuns result;
  result.layer_strengths = strengths_by_layer(start, problem.modes);
  const double d1 = largest_variance(problem);
  DepthSweepOptions options;
  options.error_threshold = study.error_threshold;
  options.max_epochs = study.max_epochs;
  options.patience = study.patience;
  for (double kappa : study.kappas.empty() ? stability_grid(0.5, 120, 1.25) : study.kappas)
    options.rates.push_back(kappa / d1);
  const auto runs = race_rates(problem, options, start);
  const auto timed = [&](bool monotone) -> std::optional<TimedRun> {
    const auto which = fastest(runs, monotone);
    if (!which) return std::nullopt;
    const auto& run = runs[*which];
    return TimedRun{run.rate * d1, run.rate, static_cast<double>(run.epoch), {}};
  };
  result.best = timed(false);
  result.best_stable = timed(true);
  // A race keeps no curves: they would be of every rate.
  if (study.curves && result.best)
    result.best = run_alone(problem, study, start, result.best->rate, static_cast<long>(result.best->epochs));
  if (study.at_same_rate)
    result.same_rate = run_alone(problem, study, start, study.pretraining_kappa / d1, 10 * study.max_epochs);
  return result;
}

std::vector<Eigen::Index> units_of(const LearningProblem& problem, const PretrainingStudy& study) {
  std::vector<Eigen::Index> units(static_cast<std::size_t>(study.layers), study.hidden_units);
  units.front() = problem.correlations.sigma31.cols();
  units.back() = problem.correlations.sigma31.rows();
  return units;
}

StartRuns run_random(const LearningProblem& problem, const PretrainingStudy& study) {
  auto stream = base::stream(study.seed, "random start", study.layers);
  return run_start(problem, study,
                   network::small_random_weights(units_of(problem, study), study.deviation, stream));
}

void run_pretrained(const LearningProblem& problem, const PretrainingStudy& study, base::Progress& progress,
                    StartComparison& result) {
  auto stream = base::stream(study.seed, "pretrained start", study.layers);
  const auto& sigma11 = problem.correlations.sigma11;
  const auto pretraining =
      network::pretrained_weights(units_of(problem, study), sigma11,
                                  {.learning_rate = study.pretraining_kappa / largest_variance(problem),
                                   .epochs = study.pretraining_epochs,
                                   .deviation = study.deviation,
                                   .last_deviation = study.deviation},
                                  stream, progress);
  for (const auto& layer : pretraining.layers) {
    const auto held = network::component_strengths(layer.autoencoder, layer.sigma).strengths;
    result.autoencoders.push_back({static_cast<double>(layer.epochs), layer.error / layer.start_error,
                                   static_cast<double>((held.array() > 0.5).count()), held.maxCoeff()});
  }
  result.decoupling_residual = network::pretraining_residual(pretraining.network, problem.modes);
  result.pretrained = run_start(problem, study, pretraining.network);
  result.pretrained.pretraining_epochs = pretraining.epochs();
}

}  // namespace

double StartRuns::total(const std::optional<TimedRun>& run) const {
  return run ? static_cast<double>(pretraining_epochs) + run->epochs : kNothing;
}

double StartComparison::gain(Which which) const {
  return random.total(random.*which) / pretrained.total(pretrained.*which);
}

std::vector<StartComparison> compare_starts(const LearningProblem& problem,
                                            const std::vector<PretrainingStudy>& studies, RunStore& store,
                                            base::Progress& progress) {
  std::vector<StartComparison> results(studies.size());
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < studies.size(); ++i) {
    check(problem, studies[i]);
    if (auto kept = store.find(study_key(problem, studies[i]))) {
      results[i] = unpacked(std::move(*kept));
    } else {
      missing.push_back(i);
    }
  }
  // Twice as many tasks as studies: the random starts, which take longest, first.
  const std::size_t count = missing.size();
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, 2 * count, 1),
      [&](const auto& range) {
        for (std::size_t j = range.begin(); j < range.end(); ++j) {
          const auto i = missing[j % count];
          if (j < count)
            results[i].random = run_random(problem, studies[i]);
          else
            run_pretrained(problem, studies[i], progress, results[i]);
        }
      },
      tbb::simple_partitioner());
  for (auto i : missing) store.keep(study_key(problem, studies[i]), packed(results[i]));
  return results;
}

StartComparison compare_starts(const LearningProblem& problem, const PretrainingStudy& study, RunStore& store,
                               base::Progress& progress) {
  return compare_starts(problem, std::vector{study}, store, progress).front();
}

std::vector<double> aligned_error(const LearningProblem& problem, const Matrix& layer_strengths, double rate,
                                  const std::vector<double>& epochs) {
  const auto& modes = problem.modes;
  base::require(layer_strengths.rows() == modes.size(), "modes with layer strengths",
                static_cast<double>(layer_strengths.rows()), fmt::format("{}", modes.size()));
  const auto aligned = aligned_modes(problem);
  std::vector<double> errors(epochs.size(), 0.5 * problem.correlations.target_power);
  for (Eigen::Index k = 0; k < modes.size(); ++k) {
    const double s = aligned.singular_values[k], d = aligned.input_variances[k];
    std::vector<double> layers(static_cast<std::size_t>(layer_strengths.cols()));
    for (std::size_t l = 0; l < layers.size(); ++l)
      layers[l] = layer_strengths(k, static_cast<Eigen::Index>(l));
    const theory::UnbalancedDeepMode<double> mode(
        {.layers = layers, .singular_value = s / d, .time_constant = 1 / (rate * d)});
    for (std::size_t i = 0; i < epochs.size(); ++i) {
      const double u = strength_at(mode, epochs[i]);
      errors[i] -= s * u - 0.5 * d * u * u;
    }
  }
  return errors;
}

double least_aligned_error(const LearningProblem& problem) {
  const auto [s, d] = aligned_modes(problem);
  return 0.5 * (problem.correlations.target_power - (s.array().square() / d.array()).sum());
}

double least_error(const LearningProblem& problem, Eigen::Index rank) {
  const auto seen = data::in_principal_components(problem.correlations).correlations;
  const Matrix white = seen.sigma31 * seen.sigma11.diagonal().cwiseSqrt().cwiseInverse().asDiagonal();
  const auto s = linalg::singular_values(white).s;
  const double explained = s.head(std::min(rank, s.size())).squaredNorm();
  return std::max(0.0, 0.5 * (problem.correlations.target_power - explained));
}

}  // namespace dln::experiments
