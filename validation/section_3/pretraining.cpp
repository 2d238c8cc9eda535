// When a network learns sooner from pretrained weights, at which depth and from which random starts.
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "validation/section_3/pretraining_runs.hpp"
#include "validation/section_3/section_3.hpp"

namespace dln::validation::section_3 {
namespace {

using data::TaskModes;
using experiments::PretrainingStudy;
using experiments::StartComparison;
using experiments::StartRuns;

// Random and pretrained exchanged: what must not pass.
using View = std::function<StartComparison(StartComparison)>;
StartComparison as_it_is(StartComparison c) {
  return c;
}
StartComparison exchanged(StartComparison c) {
  std::swap(c.random, c.pretrained);
  return c;
}

std::string stated(const PretrainingRun& run) {
  return fmt::format("σ = {:g}, K = {}, {} hidden units, error below {:.5g}", run.study.deviation,
                     run.study.pretraining_epochs, run.study.hidden_units, run.study.error_threshold);
}
const std::string kChaos =
    "rates past 2/λ_{max} are chaotic: a band of 25 %, and a step of the rates, 25 to 40 %, for either start";

std::vector<Check> c39(Context& context, const View& view) {
  const auto raw_run = pretraining_run(context, Inputs::raw),
             centred_run = pretraining_run(context, Inputs::centred);
  const auto raw = view(compare(context, raw_run)), centred = view(compare(context, centred_run));
  const bool quick = context.effort() == Effort::quick;
  return {
      {.quantity =
           "one rate everywhere, 1/(2 d_{1}), raw: epochs from random over those from pretrained weights, " +
           stated(raw_run),
       .measured = raw.gain(&StartRuns::same_rate),
       .expected = 2,
       .relation = Relation::at_least,
       .bound = 1.8,
       .bound_reason =
           "twice in pilot runs; the error falls monotonically there, so that runs repeat: a tenth for "
           "another random start",
       .witness_pair = "NGD",
       .dataset = raw_run.problem.name},
      {.quantity = "each at its best rate, raw, same starts: here the random start wins",
       .measured = raw.gain(&StartRuns::best),
       .expected = 0.2,
       .relation = Relation::at_most,
       .bound = 0.6,
       .bound_reason = kChaos,
       .witness_pair = "NGD",
       .dataset = raw_run.problem.name},
      {.quantity = "each at its best rate, centred, " + stated(centred_run),
       .measured = centred.gain(&StartRuns::best),
       .expected = quick ? 9.0 : 1.9,
       .relation = Relation::at_least,
       .bound = quick ? 4.0 : 1.4,
       .bound_reason = kChaos,
       .witness_pair = "NGD",
       .dataset = centred_run.problem.name},
      {.quantity = "each at its best rate whose error never rises, centred",
       .measured = centred.gain(&StartRuns::best_stable),
       .expected = quick ? 20.0 : 7.7,
       .relation = Relation::at_least,
       .bound = quick ? 10.0 : 4.0,
       .bound_reason = "a step of the rates for either start, and another random start",
       .witness_pair = "NGD",
       .dataset = centred_run.problem.name}};
}

// The same study at every value of one of its settings.
template <class Value>
std::vector<PretrainingStudy> studies_over(const std::vector<Value>& values, Value PretrainingStudy::*setting,
                                           const PretrainingStudy& study) {
  std::vector<PretrainingStudy> studies(values.size(), study);
  for (std::size_t i = 0; i < values.size(); ++i) studies[i].*setting = values[i];
  return studies;
}

// A random start that has not learned within the epochs allowed counts with these: a lower bound.
double least_gain(const StartComparison& c, const experiments::PretrainingStudy& study) {
  if (c.random.best) return c.gain(&StartRuns::best);
  return static_cast<double>(study.max_epochs) / c.pretrained.total(c.pretrained.best);
}

std::vector<Check> gain_grows_with_depth(Context& context, const View& view) {
  auto run = small_pretraining_run(context, Inputs::centred);
  run.study.deviation = 0.01;
  const auto depths = swept_layers(context);
  const auto studies = studies_over(depths, &PretrainingStudy::layers, run.study);
  auto found = experiments::compare_starts(run.problem, studies, context.store(), context.progress());
  std::vector<double> gains;
  std::string table;
  for (std::size_t i = 0; i < found.size(); ++i) {
    gains.push_back(least_gain(view(found[i]), studies[i]));
    table += fmt::format("{} {}{:.2g}", i > 0 ? "," : "", found[i].random.best ? "" : "≥ ", gains.back());
  }
  const auto most = *std::ranges::max_element(gains);
  return {{.quantity = fmt::format(
               "epochs from random over those from pretrained weights, best rate of each, N_{{l}} = {}: at "
               "three layers",
               fmt::join(depths, ", ")),
           .measured = gains.front(),
           .expected = 0.14,
           .relation = Relation::at_most,
           .bound = 0.6,
           .bound_reason =
               "a shallow network has no plateau to be saved from, and pretraining costs K epochs; " + kChaos,
           .witness_pair = "NGD",
           .dataset = run.problem.name,
           .beside = "measured, in this order:" + table},
          {.quantity = "at six layers",
           .measured = gains[3],
           .expected = 5.4,
           .relation = Relation::at_least,
           .bound = 2,
           .bound_reason = kChaos,
           .witness_pair = "NGD",
           .dataset = run.problem.name},
          {.quantity = "the largest over that at three layers",
           .measured = most / gains.front(),
           .expected = 38,
           .relation = Relation::at_least,
           .bound = 10,
           .bound_reason =
               "plateaus grow as u_{0}^{−(1−2/L)} with u_{0} ∝ σ^{L}, pretraining as the number of layers",
           .witness_pair = "NGD",
           .dataset = run.problem.name}};
}

Check deep_starts_are_decoupled(Context& context) {
  base::Worst residual;
  for (int layers : {4, 8}) {
    auto consistent = constructed_run(context, TaskModes::leading, 16);
    consistent.study.layers = layers;
    auto stream = base::stream(context.seed(), "deep consistent start", layers);
    std::vector<Eigen::Index> units(static_cast<std::size_t>(layers), 16);
    units.front() = 32;
    units.back() = 4;
    const auto start =
        network::pretrained_weights(units, consistent.problem.correlations.sigma11,
                                    {.learning_rate = 0.5, .epochs = 300}, stream, context.progress());
    residual.see(network::pretraining_residual(start.network, consistent.problem.modes));
  }
  return {.quantity = "decoupling residual of pretrained networks of 4 and 8 layers, a consistent task",
          .measured = residual.value(),
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 0.03,
          .bound_reason = "the random starts' leftovers in six layers",
          .witness_pair = "ND",
          .dataset = "constructed task, leading components"};
}

std::vector<Check> c40(Context& context, const View& view) {
  auto checks = gain_grows_with_depth(context, view);
  checks.push_back(deep_starts_are_decoupled(context));
  return checks;
}

std::vector<Check> gain_from_small_and_large_starts(const std::vector<StartComparison>& found,
                                                    const std::vector<PretrainingStudy>& studies,
                                                    const std::string& dataset) {
  std::string table;
  for (std::size_t i = 0; i < found.size(); ++i)
    table += fmt::format("{} {:.2g} ({:g})", i > 0 ? "," : "", found[i].gain(&StartRuns::best),
                         studies[i].deviation);
  return {{.quantity = "epochs from random over those from pretrained weights, best rate of each, "
                       "pretraining counted: at the smallest σ",
           .measured = found.back().gain(&StartRuns::best),
           .expected = 8,
           .relation = Relation::at_least,
           .bound = 3,
           .bound_reason = kChaos,
           .witness_pair = "NGD",
           .dataset = dataset,
           .beside = "at each (σ):" + table},
          {.quantity = "at the largest, where a random start has no plateau",
           .measured = found.front().gain(&StartRuns::best),
           .expected = 0.3,
           .relation = Relation::at_most,
           .bound = 0.6,
           .bound_reason = kChaos,
           .witness_pair = "NGD",
           .dataset = dataset}};
}

// From the largest start to the smallest, whose ratio is e^span.
std::vector<Check> growth_of_either_time(const StartComparison& largest, const StartComparison& smallest,
                                         double span, const std::string& dataset) {
  const auto growth = [&](const StartRuns StartComparison::*which) {
    const auto &a = largest.*which, &b = smallest.*which;
    return b.total(b.best) / a.total(a.best);
  };
  const auto random = growth(&StartComparison::random), pretrained = growth(&StartComparison::pretrained);
  return {
      {.quantity =
           "slope of ln(epochs from random weights) against ln σ, five layers: u_{0}^{−(1−2/L)}, u_{0} ∝ "
           "σ^{L}, L = 4",
       .measured = -std::log(random) / span,
       .expected = -2,
       .relation = Relation::within,
       .bound = 0.3,
       .bound_reason =
           "the time after the plateau does not grow, a fifth of it at σ = 0.02; a step of the rates is "
           "ln 1.4 over the span, 0.16",
       .witness_pair = "TNGD",
       .dataset = dataset},
      {.quantity = "growth of the time from pretrained weights over the same span",
       .measured = pretrained,
       .expected = 1.5,
       .relation = Relation::at_most,
       .bound = 3,
       .bound_reason =
           "theory: no faster than (L − 1) ln(1/u_{0}), a factor 1.5 here; a step of the rates for either",
       .witness_pair = "NGD",
       .dataset = dataset}};
}

std::vector<Check> c41(Context& context, const View& view) {
  const auto run = small_pretraining_run(context, Inputs::centred);
  const auto studies = studies_over(swept_deviations(context), &PretrainingStudy::deviation, run.study);
  auto found = experiments::compare_starts(run.problem, studies, context.store(), context.progress());
  for (auto& c : found) c = view(std::move(c));
  const double span = std::log(studies.front().deviation / studies.back().deviation);
  auto checks = gain_from_small_and_large_starts(found, studies, run.problem.name);
  std::ranges::move(growth_of_either_time(found.front(), found.back(), span, run.problem.name),
                    std::back_inserter(checks));
  return checks;
}

}  // namespace

std::vector<Claim> claims_on_pretraining() {
  return {
      {{.id = "C39",
        .section = 3,
        .sentence = "A pretrained five-layer network learns sooner than one from random weights, pretraining "
                    "counted: "
                    "at one rate for all; at the best rate of each on centred images from small weights. (At "
                    "the best "
                    "rate of each on raw images from σ = 0.01 it does not: the random start wins.)",
        .source = "Fig 5 right",
        .formula = "t_{pretraining} + t_{pretrained} < t_{random}",
        .witnesses = "NGD",
        .figures = {"5r"},
        .needs_images = true},
       [](Context& c) { return c39(c, as_it_is); },
       "random and pretrained exchanged",
       [](Context& c) { return c39(c, exchanged); }},
      {{.id = "C40",
        .section = 3,
        .sentence =
            "The argument goes through for layerwise pretraining of deeper networks: the deeper, the more is "
            "gained, from three layers, where the random start is sooner, to six and more, where it takes "
            "several times as long.",
        .source = "section 3",
        .formula = "",
        .witnesses = "NGD",
        .figures = {"5x"},
        .needs_images = true},
       [](Context& c) { return c40(c, as_it_is); },
       "random and pretrained exchanged",
       [](Context& c) { return c40(c, exchanged); }},
      {{.id = "C41",
        .section = 4,
        .sentence = "Learning is faster from pretrained than from random starts where these are small: from "
                    "random weights the "
                    "time of five layers grows as u_{0}^{−(1−2/L)}, from pretrained ones it hardly grows. "
                    "(From large random weights it is not.)",
        .source = "abstract",
        .formula = "t_{random} ∝ σ^{−(L−2)}",
        .witnesses = "TNGD",
        .figures = {"5x"},
        .needs_images = true},
       [](Context& c) { return c41(c, as_it_is); },
       "random and pretrained exchanged",
       [](Context& c) { return c41(c, exchanged); }}};
}

}  // namespace dln::validation::section_3