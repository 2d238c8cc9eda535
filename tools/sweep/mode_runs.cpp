// A single mode at any depth: what the closed form of Eq 15 says, and what descent does at a rate of its own.
#include <cmath>
#include <optional>

#include "dln/flow/mode_descent.hpp"
#include "dln/theory/deep_mode.hpp"
#include "dln/theory/depth_delay.hpp"
#include "dln/theory/learning_rate.hpp"
#include "tools/sweep/sweep_experiment.hpp"

namespace dln::tools {
namespace {

// Steps until |s - u| <= eps, if it gets there; whether it left the range of numbers instead.
struct Descended {
  std::optional<long> steps;
  bool diverged = false;
};
Descended descend(flow::ModeDescent descent, double eps, long limit) {
  for (long k = 0; k <= limit; ++k) {
    const double gap = descent.gap();
    if (!std::isfinite(gap)) return {{}, true};
    if (std::abs(gap) <= eps) return {k};
    if (!descent.step()) break;  // it stands still
  }
  return {};
}

SweepOutcome run(const Coordinates& at, SweepDataCache&) {
  const auto depth = base::Depth::from_layers(static_cast<int>(at.whole("layers")));
  const double s = at.real("s"), u0 = at.real("u0"), eps = at.real("eps");
  const theory::DeepMode<double> mode(base::DepthExponent(depth), {s, u0, 1});
  const double optimal = theory::optimal_learning_rate(base::DepthExponent(depth), s),
               rate = at.real("kappa") * optimal;
  const auto found = descend(flow::ModeDescent(depth, {s, u0, rate}), eps, at.whole("max_steps"));
  return {.diverged = found.diverged,
          .values = {1 / optimal, half_learning_time(mode), learning_time(mode, eps),
                     learning_time(mode, eps) / rate,
                     found.steps ? static_cast<double>(*found.steps) : kNoNumber}};
}

}  // namespace

SweepExperiment mode_experiment() {
  return {
      .name = "mode",
      .summary = "one mode at any depth: Eq 15's times, and the steps descent takes at kappa / lambda_max",
      .parameters = {whole("layers", 3, 2, 1'000'000, "N_l"), real("s", 1, 0, 1e150, "singular value"),
                     real("u0", 1e-3, 0, 1e150, "initial strength"),
                     real("eps", 1e-3, 0, 1e150, "learned when s - u is no more than this"),
                     real("kappa", 1, 0, 1e6, "learning rate in units of 1/lambda_max"),
                     whole("max_steps", 1'000'000, 1, 1'000'000'000'000, "descent is given up after these")},
      .columns = {{"lambda_max", "largest eigenvalue of the Hessian at the minimum"},
                  {"half_time", "u0 to s/2 by Eq 15, in units of tau"},
                  {"learning_time", "u0 to s - eps by Eq 15, in units of tau"},
                  {"flow_steps", "the same in steps of the rate"},
                  {"steps", "of gradient descent; NaN when it does not learn"}},
      .mode_columns = {},
      .run = run};
}

}  // namespace dln::tools
