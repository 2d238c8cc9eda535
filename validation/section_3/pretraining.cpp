// Pretraining: what start it makes, and when a network learns sooner from it.
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "validation/section_3/pretraining_runs.hpp"
#include "validation/section_3/section_3.hpp"

namespace dln::validation::section_3 {
namespace {

using data::TaskModes;
using experiments::StartComparison;
using experiments::StartRuns;

// ---- what start they make

StartComparison compare(Context& context, const PretrainingRun& run) {
  return experiments::compare_starts(run.problem, run.study, context.store(), context.progress());
}

// How many times fewer epochs learning alone takes, each at its best rate whose error never rises.
double advantage(const StartComparison& c) {
  return c.random.best_stable && c.pretrained.best_stable
             ? c.random.best_stable->epochs / std::max(1.0, c.pretrained.best_stable->epochs)
             : NAN;
}

std::vector<Check> c37(Context& context, TaskModes consistent) {
  const auto made = [&](TaskModes modes, Eigen::Index hidden) {
    return compare(context, constructed_run(context, modes, hidden));
  };
  const auto leading = made(consistent, 16), violated = made(TaskModes::random, 16),
             minor = made(TaskModes::minor, 16), pairs = made(TaskModes::misleading, 16);
  base::Worst wide;
  double least_advantage = HUGE_VAL;
  std::string table;
  for (auto modes : data::kAllTaskModes) {
    const auto c = made(modes, 32);
    wide.see(c.decoupling_residual);
    least_advantage = std::min(least_advantage, advantage(c));
    table += fmt::format("; {}: {:.0f}", data::name_of(modes), advantage(c));
  }
  const std::string data = "constructed tasks, 32 inputs of condition 10";
  return {{.quantity =
               "off-diagonal share of G V, G = (W^{l}…W^{1})^{T}W^{l}…W^{1}, a consistent task of leading "
               "components, 16 hidden units",
           .measured = leading.decoupling_residual,
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 0.02,
           .bound_reason =
               "the random start's leftovers, of order σ√N_{2} = 0.04 in a matrix, squared, in every layer",
           .witness_pair = "ND",
           .dataset = data},
          {.quantity = "the same where Eq 18 is violated",
           .measured = violated.decoupling_residual,
           .expected = 1,
           .relation = Relation::at_least,
           .bound = 0.3,
           .bound_reason = "a random direction has half of its length in the 16 components kept",
           .witness_pair = "ND",
           .dataset = data},
          {.quantity = "and where V^{T}Σ¹¹V is diagonal but its modes are pairs of components",
           .measured = pairs.decoupling_residual,
           .expected = 1,
           .relation = Relation::at_least,
           .bound = 0.3,
           .bound_reason = "one of each pair is lost: the check of Eq 18 as printed does not see it",
           .witness_pair = "ND",
           .dataset = data},
          {.quantity =
               "largest over all four tasks with 32 hidden units, converged: an isometry is decoupled for "
               "any task, Eq 18 is not necessary",
           .measured = wide.value(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 0.02,
           .bound_reason = "as in the first line",
           .witness_pair = "ND",
           .dataset = data},
          {.quantity =
               "times fewer epochs of learning alone than from a random start, 32 hidden units, the least of "
               "the four" +
               table,
           .measured = least_advantage,
           .expected = 300,
           .relation = Relation::at_least,
           .bound = 50,
           .bound_reason = "a violation barely hurts while all components are kept; the rates are 40 % apart",
           .witness_pair = "NGD",
           .dataset = data},
          {.quantity = fmt::format(
               "that advantage with 16 units, leading components ({:.0f}), over that where Eq 18 is "
               "violated ({:.0f})",
               advantage(leading), advantage(violated)),
           .measured = advantage(leading) / advantage(violated),
           .expected = 9,
           .relation = Relation::at_least,
           .bound = 3,
           .bound_reason =
               "half of the modes' strength is lost in the bottleneck; rates 40 % apart for either start",
           .witness_pair = "NGD",
           .dataset = data},
          {.quantity =
               fmt::format("and over that of a consistent task of minor components ({:.0f}): Eq 18 is not "
                           "sufficient",
                           advantage(minor)),
           .measured = advantage(leading) / advantage(minor),
           .expected = 30,
           .relation = Relation::at_least,
           .bound = 8,
           .bound_reason = "the bottleneck keeps nothing of them",
           .witness_pair = "NGD",
           .dataset = data}};
}

// ---- when a network learns sooner from it

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

// A random start that has not learned within the epochs allowed counts with these: a lower bound.
double least_gain(const StartComparison& c, const experiments::PretrainingStudy& study) {
  if (c.random.best) return c.gain(&StartRuns::best);
  return static_cast<double>(study.max_epochs) / c.pretrained.total(c.pretrained.best);
}

std::vector<Check> c40(Context& context, const View& view) {
  auto run = small_pretraining_run(context, Inputs::centred);
  run.study.deviation = 0.01;
  std::vector<experiments::PretrainingStudy> studies;
  for (int layers : swept_layers(context)) {
    studies.push_back(run.study);
    studies.back().layers = layers;
  }
  auto found = experiments::compare_starts(run.problem, studies, context.store(), context.progress());
  std::vector<double> gains;
  std::string table;
  for (std::size_t i = 0; i < found.size(); ++i) {
    gains.push_back(least_gain(view(found[i]), studies[i]));
    table += fmt::format("{} {}{:.2g}", i > 0 ? "," : "", found[i].random.best ? "" : "≥ ", gains.back());
  }
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
  const auto deepest = *std::ranges::max_element(gains);
  return {{.quantity = fmt::format(
               "at N_{{l}} = {}, epochs from random over those from pretrained weights, best rate of "
               "each: {}; at three layers",
               fmt::join(swept_layers(context), ", "), table),
           .measured = gains.front(),
           .expected = 0.14,
           .relation = Relation::at_most,
           .bound = 0.6,
           .bound_reason =
               "a shallow network has no plateau to be saved from, and pretraining costs K epochs; " + kChaos,
           .witness_pair = "NGD",
           .dataset = run.problem.name},
          {.quantity = "at six layers",
           .measured = gains[3],
           .expected = 5.4,
           .relation = Relation::at_least,
           .bound = 2,
           .bound_reason = kChaos,
           .witness_pair = "NGD",
           .dataset = run.problem.name},
          {.quantity = "the largest over that at three layers",
           .measured = deepest / gains.front(),
           .expected = 38,
           .relation = Relation::at_least,
           .bound = 10,
           .bound_reason =
               "plateaus grow as u_{0}^{−(1−2/L)} with u_{0} ∝ σ^{L}, pretraining as the number of layers",
           .witness_pair = "NGD",
           .dataset = run.problem.name},
          {.quantity = "decoupling residual of pretrained networks of 4 and 8 layers, a consistent task",
           .measured = residual.value(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 0.03,
           .bound_reason = "the random starts' leftovers in six layers",
           .witness_pair = "ND",
           .dataset = "constructed task, leading components"}};
}

std::vector<Check> c41(Context& context, const View& view) {
  auto run = small_pretraining_run(context, Inputs::centred);
  std::vector<experiments::PretrainingStudy> studies;
  for (double deviation : swept_deviations(context)) {
    studies.push_back(run.study);
    studies.back().deviation = deviation;
  }
  auto found = experiments::compare_starts(run.problem, studies, context.store(), context.progress());
  for (auto& c : found) c = view(std::move(c));
  const auto& largest = found.front();
  const auto& smallest = found.back();
  const double span = std::log(studies.front().deviation / studies.back().deviation);
  const auto growth = [&](const StartRuns StartComparison::*which) {
    const auto &a = largest.*which, &b = smallest.*which;
    return b.total(b.best) / a.total(a.best);
  };
  const auto random = growth(&StartComparison::random), pretrained = growth(&StartComparison::pretrained);
  std::string table;
  for (std::size_t i = 0; i < found.size(); ++i)
    table += fmt::format("{} {:.2g} ({:g})", i > 0 ? "," : "", found[i].gain(&StartRuns::best),
                         studies[i].deviation);
  return {
      {.quantity =
           "epochs from random over those from pretrained weights, best rate of each, pretraining counted "
           "(σ):" +
           table + "; at the smallest",
       .measured = smallest.gain(&StartRuns::best),
       .expected = 8,
       .relation = Relation::at_least,
       .bound = 3,
       .bound_reason = kChaos,
       .witness_pair = "NGD",
       .dataset = run.problem.name},
      {.quantity = "at the largest, where a random start has no plateau",
       .measured = largest.gain(&StartRuns::best),
       .expected = 0.3,
       .relation = Relation::at_most,
       .bound = 0.6,
       .bound_reason = kChaos,
       .witness_pair = "NGD",
       .dataset = run.problem.name},
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
       .dataset = run.problem.name},
      {.quantity = "growth of the time from pretrained weights over the same span",
       .measured = pretrained,
       .expected = 1.5,
       .relation = Relation::at_most,
       .bound = 3,
       .bound_reason =
           "theory: no faster than (L − 1) ln(1/u_{0}), a factor 1.5 here; a step of the rates for either",
       .witness_pair = "NGD",
       .dataset = run.problem.name}};
}

}  // namespace

std::vector<Claim> claims_on_pretraining() {
  return {
      {{.id = "C37",
        .section = 3,
        .sentence =
            "Where Eq 18 holds for leading components, pretrained weights are a decoupled start for the "
            "task. "
            "(A converged autoencoder without a bottleneck is one for every task; with a bottleneck it loses "
            "minor components, consistent or not.)",
        .source = "section 3, Eq 18",
        .formula = "W^{21} = R_{2}D_{1}V^{11T}",
        .witnesses = "NGD"},
       [](Context& c) { return c37(c, TaskModes::leading); },
       "the task said to be consistent has random modes",
       [](Context& c) { return c37(c, TaskModes::random); }},
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
