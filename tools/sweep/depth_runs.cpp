// Fig 4: networks of any depth from decoupled starts; each run is one depth at one rate.
#include <limits>

#include "dln/experiments/depth_sweep.hpp"
#include "tools/sweep/sweep_experiment.hpp"

namespace dln::tools {
namespace {

SweepOutcome run(const Coordinates& at, SweepDataCache& cache) {
  const auto problem = swept_problem(at, cache);
  const int layers = static_cast<int>(at.whole("layers"));
  const auto [rate, over_limit] = swept_rate(at, *problem);
  const experiments::DepthSweepOptions options{.layers = {layers},
                                               .rates = {rate},
                                               .kappas = {},
                                               .hidden_units = at.whole("hidden_units"),
                                               .initial_strength = at.real("u0"),
                                               .error_threshold = at.real("threshold"),
                                               .max_epochs = static_cast<long>(at.whole("max_epochs")),
                                               .first_layer = at.word("first_layer") == "all"
                                                                  ? experiments::FirstLayer::all_inputs
                                                                  : experiments::FirstLayer::active_modes,
                                               .compressed = at.word("arithmetic") == "compressed",
                                               .seed = at.seed()};
  experiments::MemoryRunStore store;
  base::SilentProgress silent;
  const auto rows = experiments::run_depth_sweep(*problem, options, store, silent);
  const auto& result = rows.front().runs.front();
  const bool learned = result.outcome == experiments::SweepOutcome::learned;
  return {.diverged = result.outcome == experiments::SweepOutcome::diverged,
          .values = {rate, over_limit, learned ? static_cast<double>(result.epoch) : kNoNumber,
                     result.monotone ? 1.0 : 0.0, static_cast<double>(rows.front().trained[1])}};
}

}  // namespace

SweepExperiment depth_experiment() {
  auto parameters = joined(
      data_parameters(),
      {whole("layers", 3, 2, 1000, "N_l"), rate_parameter(), kappa_parameter(1),
       whole("hidden_units", 1000, 1, 100'000, "in every hidden layer"),
       real("u0", 1e-3, 0, 1e6, "initial strength of every mode"),
       real("threshold", 1.3e4, 0, 1e300, "learned when half the summed squared error is below this"),
       word("first_layer", "active", {"active", "all"}, "which input directions W^1 carries at the start"),
       word("arithmetic", "compressed", {"compressed", "whole"},
            "compressed: layers made smaller exactly where the start allows it"),
       whole("max_epochs", 100'000, 1, 1'000'000'000, "given up after so many")});
  return {.name = "depth",
          .summary = "Fig 4: epochs until a network of any depth has learned, at a rate of its own",
          .parameters = std::move(parameters),
          .columns = {rate_column(),
                      rate_over_limit_column(),
                      {"epochs", "until the error is below the threshold; NaN when it never was"},
                      {"monotone", "1 when the error never rose"},
                      {"trained_units", "of a hidden layer, after exact compression"}},
          .mode_columns = {},
          .run = run};
}

}  // namespace dln::tools
