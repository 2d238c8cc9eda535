// What start pretraining makes: of tasks that pass Eq 18 and of such that do not.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "validation/section_3/pretraining_runs.hpp"
#include "validation/section_3/section_3.hpp"

namespace dln::validation::section_3 {
namespace {

using data::TaskModes;
using experiments::StartComparison;

// How many times fewer epochs learning alone takes, each at its best rate whose error never rises.
double advantage(const StartComparison& c) {
  return c.random.best_stable && c.pretrained.best_stable
             ? c.random.best_stable->epochs / std::max(1.0, c.pretrained.best_stable->epochs)
             : NAN;
}

const char* const kTasks = "constructed tasks, 32 inputs of condition 10";

// Autoencoders of 16 hidden units on 32 inputs, for a task said to be consistent and three others.
struct Bottleneck {
  StartComparison leading, violated, minor, pairs;
};
Bottleneck run_bottleneck(Context& context, TaskModes consistent) {
  const auto made = [&](TaskModes modes) { return compare(context, constructed_run(context, modes, 16)); };
  return {made(consistent), made(TaskModes::random), made(TaskModes::minor), made(TaskModes::misleading)};
}

std::vector<Check> decoupled_where_eq18_holds(const Bottleneck& found) {
  return {{.quantity =
               "off-diagonal share of G V, G = (W^{l}…W^{1})^{T}W^{l}…W^{1}, a consistent task of leading "
               "components, 16 hidden units",
           .measured = found.leading.decoupling_residual,
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 0.02,
           .bound_reason =
               "the random start's leftovers, of order σ√N_{2} = 0.04 in a matrix, squared, in every layer",
           .witness_pair = "ND",
           .dataset = kTasks},
          {.quantity = "the same where Eq 18 is violated",
           .measured = found.violated.decoupling_residual,
           .expected = 1,
           .relation = Relation::at_least,
           .bound = 0.3,
           .bound_reason = "a random direction has half of its length in the 16 components kept",
           .witness_pair = "ND",
           .dataset = kTasks},
          {.quantity = "and where V^{T}Σ¹¹V is diagonal but its modes are pairs of components",
           .measured = found.pairs.decoupling_residual,
           .expected = 1,
           .relation = Relation::at_least,
           .bound = 0.3,
           .bound_reason = "one of each pair is lost: the check of Eq 18 as printed does not see it",
           .witness_pair = "ND",
           .dataset = kTasks}};
}

// As many hidden units as inputs.
std::vector<Check> any_task_without_a_bottleneck(Context& context) {
  base::Worst wide;
  double least_advantage = HUGE_VAL;
  std::string table;
  for (auto modes : data::kAllTaskModes) {
    const auto c = compare(context, constructed_run(context, modes, 32));
    wide.see(c.decoupling_residual);
    least_advantage = std::min(least_advantage, advantage(c));
    table += fmt::format("{}{}: {:.0f}", table.empty() ? "" : "; ", data::name_of(modes), advantage(c));
  }
  return {{.quantity =
               "largest over all four tasks with 32 hidden units, converged: an isometry is decoupled for "
               "any task, Eq 18 is not necessary",
           .measured = wide.value(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 0.02,
           .bound_reason = "as in the first line",
           .witness_pair = "ND",
           .dataset = kTasks},
          {.quantity =
               "times fewer epochs of learning alone than from a random start, 32 hidden units, the least of "
               "the four",
           .measured = least_advantage,
           .expected = 300,
           .relation = Relation::at_least,
           .bound = 50,
           .bound_reason = "a violation barely hurts while all components are kept; the rates are 40 % apart",
           .witness_pair = "NGD",
           .dataset = kTasks,
           .beside = table}};
}

std::vector<Check> advantage_lost_in_the_bottleneck(const Bottleneck& found) {
  const double leading = advantage(found.leading), violated = advantage(found.violated),
               minor = advantage(found.minor);
  return {{.quantity = "that advantage with 16 units, leading components, over that where Eq 18 is violated",
           .measured = leading / violated,
           .expected = 9,
           .relation = Relation::at_least,
           .bound = 3,
           .bound_reason =
               "half of the modes' strength is lost in the bottleneck; rates 40 % apart for either start",
           .witness_pair = "NGD",
           .dataset = kTasks,
           .beside = fmt::format("{:.0f} over {:.0f}", leading, violated)},
          {.quantity = "and over that of a consistent task of minor components: Eq 18 is not sufficient",
           .measured = leading / minor,
           .expected = 30,
           .relation = Relation::at_least,
           .bound = 8,
           .bound_reason = "the bottleneck keeps nothing of them",
           .witness_pair = "NGD",
           .dataset = kTasks,
           .beside = fmt::format("{:.0f} over {:.0f}", leading, minor)}};
}

std::vector<Check> c37(Context& context, TaskModes consistent) {
  const Bottleneck bottleneck = run_bottleneck(context, consistent);
  auto checks = decoupled_where_eq18_holds(bottleneck);
  std::ranges::move(any_task_without_a_bottleneck(context), std::back_inserter(checks));
  std::ranges::move(advantage_lost_in_the_bottleneck(bottleneck), std::back_inserter(checks));
  return checks;
}

}  // namespace

std::vector<Claim> claims_on_pretrained_starts() {
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
       [](Context& c) { return c37(c, TaskModes::random); }}};
}

}  // namespace dln::validation::section_3