// Where learning starts: pretrained against random weights (Fig 5), orthogonal against Gaussian ones.
#include "dln/experiments/depth_prediction.hpp"
#include "dln/experiments/pretraining.hpp"
#include "dln/experiments/starts_against_depth.hpp"
#include "tools/sweep/sweep_experiment.hpp"

namespace dln::tools {
namespace {

using experiments::StartRuns;

SweepOutcome pretraining(const Coordinates& at, SweepDataCache& cache) {
  const auto problem = swept_problem(at, cache);
  experiments::PretrainingStudy study;
  study.layers = static_cast<int>(at.whole("layers"));
  study.hidden_units = at.whole("hidden_units");
  study.deviation = at.real("sigma");
  study.pretraining_epochs = static_cast<long>(at.whole("pretraining_epochs"));
  study.pretraining_kappa = at.real("pretraining_kappa");
  study.kappas = experiments::stability_grid(at.real("least_kappa"), at.real("most_kappa"), 1.25);
  study.error_threshold = at.real("threshold");
  study.max_epochs = static_cast<long>(at.whole("max_epochs"));
  study.curves = false;
  study.seed = at.seed();
  experiments::MemoryRunStore store;
  base::SilentProgress silent;
  const auto found = compare_starts(*problem, study, store, silent);
  SweepOutcome outcome;
  for (const auto which : {&StartRuns::same_rate, &StartRuns::best, &StartRuns::best_stable})
    outcome.values.insert(outcome.values.end(),
                          {found.random.total(found.random.*which),
                           found.pretrained.total(found.pretrained.*which), found.gain(which)});
  outcome.values.push_back(found.decoupling_residual);
  return outcome;
}

SweepOutcome starts(const Coordinates& at, SweepDataCache& cache) {
  const auto problem = swept_problem(at, cache);
  experiments::StartsOptions options;
  options.layers = {static_cast<int>(at.whole("layers"))};
  options.width = problem->correlations.sigma11.rows();
  options.starts = 1;
  options.gain = at.real("gain");
  options.remaining = at.real("remaining");
  options.max_epochs = static_cast<long>(at.whole("max_epochs"));
  options.seed = at.seed();
  experiments::MemoryRunStore store;
  base::SilentProgress silent;
  const auto row = run_starts_against_depth(*problem, options, store, silent).front();
  const auto &orthogonal = row.orthogonal.front(), &gaussian = row.gaussian.front();
  return {.values = {orthogonal.kappa,
                     orthogonal.learned ? static_cast<double>(orthogonal.epochs) : kNoNumber, gaussian.kappa,
                     gaussian.learned ? static_cast<double>(gaussian.epochs) : kNoNumber,
                     gaussian.log_greatest, gaussian.log_median, gaussian.log_least}};
}

}  // namespace

SweepExperiment pretraining_experiment() {
  return {
      .name = "pretraining",
      .summary = "Fig 5 right: epochs from pretrained and from random weights, pretraining counted",
      .parameters = joined(
          data_parameters(),
          {whole("layers", 5, 3, 100, "N_l"), whole("hidden_units", 200, 1, 10'000, "in every hidden layer"),
           real("sigma", 0.01, 0, 1e3, "standard deviation of all starting weights"),
           whole("pretraining_epochs", 1000, 1, 10'000'000, "of every autoencoder"),
           real("pretraining_kappa", 0.5, 0, 100, "autoencoders' rate in units of 1/d_1"),
           real("least_kappa", 0.5, 0, 1e6, "the grid of learning rates in units of 1/d_1 begins here"),
           real("most_kappa", 120, 0, 1e6, "and ends here, 1.25 apart"),
           real("threshold", 1.3e4, 0, 1e300, "learned when half the summed squared error is below this"),
           whole("max_epochs", 40'000, 1, 1'000'000'000, "given up after so many")}),
      .columns = {{"random_same", "epochs from random weights at the autoencoders' rate"},
                  {"pretrained_same", "from pretrained ones"},
                  {"gain_same", "how many times sooner"},
                  {"random_best", "each at its best rate of the grid, from random weights"},
                  {"pretrained_best", "from pretrained weights; NaN: at no rate of the grid"},
                  {"gain_best", "how many times sooner"},
                  {"random_stable", "each at the best at which its error never rises, from random weights"},
                  {"pretrained_stable", "from pretrained ones"},
                  {"gain_stable", "how many times sooner"},
                  {"residual", "of decoupling of the pretrained start; 0 on the invariant manifold"}},
      .mode_columns = {},
      .run = pretraining};
}

SweepExperiment starts_experiment() {
  return {.name = "starts",
          .summary = "orthogonal and Gaussian starts of order one at any depth, on as many units as inputs",
          .parameters =
              joined(data_parameters(),
                     {whole("layers", 10, 3, 1000, "N_l"), real("gain", 1, 0, 100, "of every matrix"),
                      real("remaining", 0.01, 0, 1, "learned when this share is left of what can be learned"),
                      whole("max_epochs", 100'000, 1, 1'000'000'000, "of an orthogonal start")}),
          .columns = {{"orthogonal_kappa", "highest stable rate, in units of 1/(c L)"},
                      {"orthogonal_epochs", "until learned at it; NaN when it was not"},
                      {"gaussian_kappa", "the same from a Gaussian start"},
                      {"gaussian_epochs", "until learned at it; NaN when given up"},
                      {"log_greatest", "ln of the largest singular value of the Gaussian product"},
                      {"log_median", "the median one"},
                      {"log_least", "the least one"}},
          .mode_columns = {},
          .run = starts};
}

}  // namespace dln::tools
