// What gradient descent does at rates past 2/lambda_max: cycles, chaos, flight, and the way to flatter
// minima.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/experiments/beyond_stability.hpp"
#include "dln/flow/mode_descent.hpp"
#include "dln/flow/pair_descent.hpp"
#include "dln/theory/learning_rate.hpp"
#include "dln/theory/past_the_limit.hpp"
#include "validation/context.hpp"
#include "validation/section_5/section_5.hpp"

namespace dln::validation::section_5 {
namespace {

using base::Depth;
using base::DepthExponent;

constexpr double kS = 1.7;

// lambda_max of a mode, by which a claim makes a rate of kappa.
using Steepest = std::function<double(const Depth&, double s)>;

double exact_steepest(const Depth& depth, double s) {
  return theory::largest_hessian_eigenvalue(DepthExponent(depth), s);
}
double of_a_wrong_power(const Depth& depth, double s) {
  const int L = depth.weight_matrices();
  return L * std::pow(s, 1 - 2.0 / L);
}

// The kappa at which a yes turns into a no, by bisection.
double turning_point(double yes, double no, const std::function<bool(double)>& holds) {
  if (!holds(yes) || holds(no)) return NAN;
  while (no - yes > 1e-5) {
    const double middle = (yes + no) / 2;
    (holds(middle) ? yes : no) = middle;
  }
  return (yes + no) / 2;
}

flow::ModeDescent balanced_descent(double kappa, double u, const Steepest& steepest) {
  const auto two = Depth::from_weight_matrices(2);
  return {two, {kS, u, kappa / steepest(two, kS)}};
}

// Whether descent that begins a little off the cycle of two comes nearer to it.
bool cycle_attracts(double kappa, const Steepest& steepest) {
  const auto cycle = theory::balanced_cycle(kS, kappa);
  const double off = 1e-6 * kS;
  const double u = strength_after(balanced_descent(kappa, cycle.high + off, steepest), 2000);
  return std::abs(u - cycle.high) < off;
}

// Whether any of many starts inside the repelling cycle is still about after so many steps.
bool any_stays(double kappa, const Steepest& steepest) {
  for (int start = 1; start <= 24; ++start)
    if (std::isfinite(strength_after(balanced_descent(kappa, kS * start / 25, steepest), 20'000)))
      return true;
  return false;
}

// u goes between the two strengths of the closed form.
Check of_the_cycle(const Steepest& steepest) {
  base::Worst worst;
  for (double kappa : {2.05, 2.2, 2.4}) {
    auto descent = balanced_descent(kappa, 0.3 * kS, steepest);
    for (int k = 0; k < 20'000; ++k) descent.step();
    const double first = descent.strength();
    descent.step();
    const double second = descent.strength();
    const auto cycle = theory::balanced_cycle(kS, kappa);
    worst.see(std::abs(std::min(first, second) / cycle.low - 1));
    worst.see(std::abs(std::max(first, second) / cycle.high - 1));
  }
  return {.quantity =
              "strengths that descent goes to and fro between, two matrices, κ = 2.05, 2.2, 2.4: largest "
              "relative difference from the closed form",
          .measured = worst.value(),
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 1e-13,
          .bound_reason = "rounding, held back by a cycle that attracts",
          .wide_reason = "On an attracting cycle the last step's rounding is all there is",
          .witness_pair = "TG"};
}

std::vector<Check> of_the_thresholds(const Steepest& steepest) {
  return {
      {.quantity = "κ at which that cycle of two ceases to attract, by bisection",
       .measured = turning_point(2.1, 3, [&](double kappa) { return cycle_attracts(kappa, steepest); }),
       .expected = theory::kCycleKappa,
       .relation = Relation::within,
       .bound = 1e-4,
       .bound_reason = "bisection to 1e-5, two thousand steps that start 1e-6 beside the cycle",
       .wide_reason = "Bisection ends anywhere within it",
       .witness_pair = "TG"},
      {.quantity = "κ at which the last of 24 starts diverges within 20000 steps, by bisection",
       .measured = turning_point(3.5, 4.5, [&](double kappa) { return any_stays(kappa, steepest); }),
       .expected = theory::kBoundedKappa,
       .relation = Relation::within,
       .bound = 1e-2,
       .bound_reason = "beyond 4 the strengths that escape at once fill a share of about (κ − 4)^{1/2} of "
                       "all: one in a thousand per step is enough for all 24",
       .wide_reason = "The bound is for the unluckiest start",
       .witness_pair = "TG"}};
}

// Half the width of the cycle at every depth against the leading order.
Check of_every_depth(const Steepest& steepest) {
  const double over = 1e-3;
  base::Worst worst;
  for (int L : {2, 3, 5, 9}) {
    const auto depth = Depth::from_weight_matrices(L);
    flow::ModeDescent descent(depth, {kS, 0.99 * kS, (2 + over) / steepest(depth, kS)});
    for (int k = 0; k < 50'000; ++k) descent.step();
    const double first = descent.strength();
    descent.step();
    const double half_width = std::abs(descent.strength() - first) / (2 * kS);
    worst.see(std::abs(half_width / theory::cycle_amplitude(depth, 2 + over) - 1));
  }
  return {
      .quantity =
          "half the width of the cycle at κ = 2.001 against L (3(κ − 2)/(4(L − 1)(5L − 4)))^{1/2}, 2 to 9 "
          "matrices: largest relative difference",
      .measured = worst.value(),
      .expected = 0,
      .relation = Relation::at_most,
      .bound = 5e-3,
      .bound_reason = "the next order, a number times κ − 2 = 1e-3",
      .witness_pair = "TG"};
}

// Two layers beside a minimum of theirs that is steeper than the rate bears.
std::vector<Check> of_unequal_layers() {
  base::Worst above, below, mirror, threshold;
  for (double balanced : {0.4, 1.0, 1.5, 1.9}) {
    const experiments::SettlingOptions options{.singular_value = kS, .balanced_kappa = balanced};
    for (double kappa : {2.02, 2.1, 2.4, 3.0, 3.6, 3.9}) {
      const auto run = experiments::settle_pair(kappa, options);
      above.see(run.gap < 1e-9 ? run.after - 2 : NAN);
      below.see(balanced - run.after);
    }
    threshold.see(std::abs(
        turning_point(3.5, 4.5,
                      [&](double kappa) { return !experiments::settle_pair(kappa, options).diverged; }) -
        theory::kBoundedKappa));
  }
  for (double balanced : {0.4, 1.0, 1.5}) {
    const double over = 0.005;
    const auto run = experiments::settle_pair(
        2 + over, {.singular_value = kS, .balanced_kappa = balanced, .nudge = 1e-8, .steps = 60'000});
    mirror.see(std::abs((2 - run.after) / over - 1));
  }
  return {
      {.quantity = "two layers beside a minimum with κ = 2.02 to 3.9: the largest κ of the minimum where "
                   "descent comes "
                   "to rest, minus 2",
       .measured = above.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 0,
       .bound_reason = "no minimum steeper than 2/rate holds descent",
       .witness_pair = "TG"},
      {.quantity = "that of equal layers minus the least of these",
       .measured = below.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-13,
       .bound_reason = "of all minima that of equal layers is the flattest; rounding",
       .wide_reason = "Where descent has all but balanced the layers, rounding is all there is",
       .witness_pair = "TG"},
      {.quantity =
           "κ of the minimum beside which descent diverges, by bisection, for four imbalances: largest "
           "difference from 4",
       .measured = threshold.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-4,
       .bound_reason = "bisection to 1e-5, and 1e-6 beside the minimum",
       .witness_pair = "TG"},
      {.quantity =
           "from κ = 2.005 it comes to rest as far below 2: largest relative difference, three imbalances",
       .measured = mirror.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 0.02,
       .bound_reason =
           "the next order, 0.005 times a number that grows as 1/(1 − (κ/2)²) of equal layers, here up "
           "to 2.3",
       .witness_pair = "TG"}};
}

// What every step multiplies, on a long and irregular way.
Check of_every_step() {
  const double rate = 0.55 / kS;
  base::Worst worst;
  flow::PairDescent descent(kS, rate, {2.2 * std::sqrt(kS), 0.3 * std::sqrt(kS)});
  for (int k = 0; k < 300; ++k) {
    const auto [a, b] = descent.layers();
    const double x = rate * descent.gap(), c = descent.imbalance();
    descent.step();
    const auto [next_a, next_b] = descent.layers();
    const double margin = theory::escape_margin(kS, rate, a, b) * (1 - rate * kS * x + x * x);
    worst.see(std::abs(theory::escape_margin(kS, rate, next_a, next_b) - margin) * rate);
    worst.see(std::abs(descent.imbalance() - c * (1 - x * x)) * rate);
  }
  return {.quantity =
              "H = a² + b² + rate s e − 4/rate becomes H (1 − rate² s e + rate² e²) and a² − b² becomes "
              "(a² − b²)(1 − rate² e²), e = s − ab: largest difference over 300 steps, times rate",
          .measured = worst.value(),
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 2e-14,
          .bound_reason = "rounding of sums of some tens",
          .witness_pair = "TG"};
}

// No minimum holds descent when even that of equal layers is too steep.
Check of_no_rest() {
  base::Worst worst;
  const double kappa = 2.2, rate = kappa / (2 * kS);
  flow::PairDescent descent(kS, rate, {1.2 * std::sqrt(kS), std::sqrt(kS) / 1.2 * 1.001});
  for (int k = 0; k < 20'000; ++k) descent.step();
  worst.see(std::abs(descent.imbalance()) / kS);
  const double first = kS - descent.gap();
  descent.step();
  const double second = kS - descent.gap();
  const auto cycle = theory::balanced_cycle(kS, kappa);
  worst.see(std::abs(std::min(first, second) / cycle.low - 1));
  worst.see(std::abs(std::max(first, second) / cycle.high - 1));
  return {
      .quantity =
          "unequal layers at a rate of κ = 2.2 for equal ones: what is left of their imbalance, over s, and "
          "how far u then is from the cycle of equal layers",
      .measured = worst.value(),
      .expected = 0,
      .relation = Relation::at_most,
      .bound = 1e-12,
      .bound_reason = "a² − b² shrinks with every step that leaves an error; rounding",
      .wide_reason = "On an attracting cycle the last step's rounding is all there is",
      .witness_pair = "TG"};
}

// The full network, nudged off the decoupled path in every direction: six starts of each kind.
struct NetworkRuns {
  base::Worst after, gap;
  double least = INFINITY;  // kappa at the start, by the network's own Hessian
  int diverged = 0;
};
NetworkRuns network_runs(Context& context, const std::vector<double>& kappas) {
  NetworkRuns runs;
  for (double kappa : kappas)
    for (std::uint64_t start = 0; start < 6; ++start) {
      const auto run = experiments::settle_network(
          kappa, {.singular_value = kS, .balanced_kappa = 1.4, .nudge = 1e-4}, context.seed() + start);
      runs.after.see(run.after);
      runs.gap.see(run.gap);
      runs.least = std::min(runs.least, run.before);
      runs.diverged += run.diverged;
    }
  return runs;
}

Check of_the_cycling_network(Context& context) {
  const auto run = experiments::settle_network(
      2.2, {.singular_value = kS, .balanced_kappa = 2.2, .nudge = 1e-4}, context.seed());
  const auto cycle = theory::balanced_cycle(kS, 2.2);
  // The second mode has learned its s/2: of the error the first's is left.
  const double all = kS * std::sqrt(1.25);
  const double low = (kS - cycle.low) / all, high = (cycle.high - kS) / all;
  return {
      .quantity =
          "full network with equal layers at κ = 2.2: the error it ends with against one of the two of the "
          "strongest mode's cycle, relative",
      .measured = std::min(std::abs(run.gap / low - 1), std::abs(run.gap / high - 1)),
      .expected = 0,
      .relation = Relation::at_most,
      .bound = 1e-10,
      .bound_reason = "all but the strongest mode learn as they should; rounding",
      .wide_reason = "On an attracting cycle the last steps' rounding is all there is",
      .witness_pair = "TN"};
}

std::vector<Check> of_the_network(Context& context) {
  const auto settling = network_runs(context, {2.1, 2.5, 3.0}), leaving = network_runs(context, {4.05});
  return {
      of_the_cycling_network(context),
      {.quantity =
           "full network, 18 starts beside minima with κ = 2.1, 2.5 and 3: the least rate × top eigenvalue "
           "there, by Lanczos iteration",
       .measured = settling.least,
       .expected = 2.1,
       .relation = Relation::within,
       .bound = 5e-3,
       .bound_reason = "nudged by 1e-4 in each of 24 weights",
       .witness_pair = "TN"},
      {.quantity = "the largest at their ends",
       .measured = settling.after.value(),
       .expected = 2,
       .relation = Relation::at_most,
       .bound = 2,
       .bound_reason = "no minimum steeper than 2/rate holds descent",
       .witness_pair = "NG"},
      {.quantity = "the largest relative error left there",
       .measured = settling.gap.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-6,
       .bound_reason =
           "what was nudged into the third mode, where nothing is to be learned, hardly decays: the "
           "square of 1e-4, a few times over",
       .witness_pair = "NG"},
      {.quantity = "how many of 6 starts with κ = 4.05 diverge",
       .measured = static_cast<double>(leaving.diverged),
       .expected = 6,
       .relation = Relation::at_least,
       .bound = 6,
       .bound_reason = "all",
       .witness_pair = "NG"}};
}

std::vector<Check> c53(Context& context, const Steepest& steepest) {
  std::vector<Check> checks{of_the_cycle(steepest)};
  for (auto& check : of_the_thresholds(steepest)) checks.push_back(std::move(check));
  checks.push_back(of_every_depth(steepest));
  for (auto& check : of_unequal_layers()) checks.push_back(std::move(check));
  checks.push_back(of_every_step());
  checks.push_back(of_no_rest());
  for (auto& check : of_the_network(context)) checks.push_back(std::move(check));
  return checks;
}

}  // namespace

Claim claim_past_the_limit() {
  return {
      {.id = "C53",
       .section = 5,
       .sentence = "Past 2/λ_{max} descent on a balanced mode goes to and fro between two strengths at every "
                   "depth; with two matrices between [κ + 2 ± ((κ + 6)(κ − 2))^{1/2}] s/(2κ), κ = rate × "
                   "λ_{max}, up to κ = 2(√5 − 1), and it diverges beyond κ = 4. Beside a minimum of unequal "
                   "layers whose own κ is between 2 and 4 it leaves for a flatter one and comes to rest at κ "
                   "below 2, if there is one; beyond 4 it diverges (a full network, nudged off its decoupled "
                   "path, may from about 3.6).",
       .source = "beyond the paper",
       .formula = "a² + b² + rate s (s − ab) < 4/rate",
       .witnesses = "TNG",
       .figures = {"sharpness"}},
      [](Context& c) { return c53(c, exact_steepest); },
      "the power of s in λ_{max} is 1 − 2/L",
      [](Context& c) { return c53(c, of_a_wrong_power); }};
}

}  // namespace dln::validation::section_5
