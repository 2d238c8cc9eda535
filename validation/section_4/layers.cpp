// Depth and the layers: which change when a task is refined, and what they lose when their input comes late.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "dln/base/worst.hpp"
#include "dln/experiments/critical_period.hpp"
#include "dln/experiments/perceptual_learning.hpp"
#include "validation/context.hpp"
#include "validation/section_4/section_4.hpp"

namespace dln::validation::section_4 {
namespace {

using experiments::CriticalPeriodOptions;
using experiments::LayerChange;
using experiments::PerceptualLearning;
using experiments::PerceptualLearningOptions;
using experiments::PerceptualStart;

// What the claim takes to be true, to be made wrong.
struct Laws {
  // The relative change of a layer of strength a whose square grows by y.
  std::function<double(double a, double y)> relative_change;
  // The power of v0 by which total deprivation slows a later task down, L layers of weights.
  std::function<double(int matrices)> slow_down_power;
};

const Laws kLaws{[](double a, double y) { return std::sqrt(1 + y / (a * a)) - 1; },
                 [](int matrices) { return -(matrices - 2) / 2.0; }};
// As if strengths, not their squares, grew alike; and as if v0 were the strength of the mode.
const Laws kWrongLaws{[](double a, double y) { return y / (2 * a); },
                      [](int matrices) { return -(1 - 2.0 / matrices); }};

Check small(std::string quantity, double measured, double bound, const char* reason, const char* witnesses) {
  return {.quantity = std::move(quantity),
          .measured = measured,
          .expected = 0,
          .relation = Relation::at_most,
          .bound = bound,
          .bound_reason = reason,
          .wide_reason = "The stepper mostly does better than its tolerance",
          .witness_pair = witnesses};
}

Check more_than(std::string quantity, double measured, double expected, double bound, const char* reason,
                const char* witnesses) {
  return {.quantity = std::move(quantity),
          .measured = measured,
          .expected = expected,
          .relation = Relation::at_least,
          .bound = bound,
          .bound_reason = reason,
          .witness_pair = witnesses};
}

double spread(const std::vector<LayerChange>& changes, double LayerChange::*quantity) {
  const auto [least, most] = std::ranges::minmax(changes, {}, quantity);
  return most.*quantity - least.*quantity;
}

PerceptualLearning perceive(const Context& context, int matrices, double ratio, PerceptualStart start) {
  PerceptualLearningOptions options;
  options.layers = experiments::graded_layers(matrices, 0.25, ratio);
  options.start = start;
  options.seed = context.seed();
  if (context.effort() == Effort::quick) options.samples = 101;
  return experiments::run_perceptual_learning(options);
}

std::vector<Check> checks_on_perceptual_learning(const Context& context, const Laws& laws) {
  base::Worst flow, network, law, square, equal, random_square;
  double earlier = 1, more = std::numeric_limits<double>::infinity(), higher = more, later = more;
  for (int L : {2, 3, 5})
    for (double ratio : {1.0, 2.0}) {
      const auto run = perceive(context, L, ratio, PerceptualStart::decoupled);
      flow.see((run.flow - run.theory).cwiseAbs().maxCoeff());
      network.see((run.network - run.theory).cwiseAbs().maxCoeff());
      const auto& layers = run.by_network;
      square.see(spread(layers, &LayerChange::square_growth));
      for (const LayerChange& c : layers)
        law.see(std::abs(c.weight_change - laws.relative_change(c.weight_before, layers[0].square_growth)));
      for (std::size_t l = 1; l < layers.size(); ++l) {
        const LayerChange &below = layers[l - 1], &above = layers[l];
        if (ratio == 1) {
          const double growth_below = below.gain_after / below.gain_before - 1;
          higher = std::min(higher, (above.gain_after / above.gain_before - 1) / growth_below);
          later = std::min(later, above.gain_half_time / below.gain_half_time);
        } else {
          more = std::min(more, above.weight_change / below.weight_change);
          earlier = std::min(earlier, 1 - above.weight_half_time / below.weight_half_time);
        }
      }
      if (ratio == 1) {
        equal.see(spread(layers, &LayerChange::weight_change));
        equal.see(spread(layers, &LayerChange::weight_half_time));
      }
      const auto random = perceive(context, L, ratio, PerceptualStart::random_weights);
      random_square.see(spread(random.by_network, &LayerChange::square_growth) /
                        random.by_network[0].square_growth);
    }
  const char* steps = "a hundred steps of tolerance 1e-11";
  return {
      small(
          "perceptual learning: largest |a_{l,ODE} − a_{l}| of the fine mode, L = 2, 3, 5, equal layers and "
          "lower ones stronger",
          flow.value(), 1e-9, steps, "TF"),
      small("the same of the full network", network.value(), 1e-9, steps, "TN"),
      small("largest difference of a layer's relative change from √(1 + y/a_{l}²) − 1", law.value(), 1e-8,
            "a hundred steps of tolerance 1e-11, over layers of 0.2", "TN"),
      small("largest difference between layers in the growth of ‖W^{l}‖²", square.value(), 1e-9, steps, "N"),
      small("the same from random weights, relative to the growth", random_square.value(), 1e-8, steps, "N"),
      small("equal layers: largest difference between layers in size or timing of their change: no order",
            equal.value(), 1e-8, "a hundred steps of tolerance 1e-11, over the slope of a course", "N"),
      more_than("lower layers stronger: change of a layer over that of the one below, least", more, 1.04,
                1.02, "far above the integrator's 1e-9; the law has 1.04 between the highest two of five",
                "N"),
      more_than("lower layers stronger: share by which a layer is half changed before the one below, least",
                earlier, 0.003, 0.001, "half-times are interpolated between 101 samples or more, to 1e-4",
                "N"),
      more_than(
          "equal layers: change of a receptive field's fine component over that of the layer below, least",
          higher, 1.6, 1.2, "(x^{l+1} − 1)/(x^{l} − 1), x = 10^{1/L}, is more than x = 1.58 at L = 5", "N"),
      more_than("equal layers: time of half that change over that of the layer below, least", later, 1.05,
                1.02, "half-times are interpolated between 101 samples or more, to 1e-4", "N")};
}

double deprived_over_not(const CriticalPeriodOptions& options, int matrices) {
  const auto epochs = [&](double age) {
    return later_learning_from_random_weights(options, matrices, age).epochs;
  };
  return epochs(options.closing_age) / epochs(0);
}

// Geometric mean over random starts of the slow-down, over that of theory.
double slow_down_of_random_weights(const Context& context, int matrices) {
  const int starts = context.effort() == Effort::quick ? 5 : 20;
  double logs = 0;
  for (int k = 0; k < starts; ++k) {
    CriticalPeriodOptions options;
    options.seed = context.seed() + static_cast<std::uint64_t>(k);
    logs += std::log(deprived_over_not(options, matrices));
  }
  CriticalPeriodOptions options;
  const double law = later_learning_by_theory(options, matrices, options.closing_age).epochs /
                     later_learning_by_theory(options, matrices, 0).epochs;
  return std::exp(logs / starts) / law;
}

using Curves = std::vector<experiments::CriticalPeriodCurve>;

std::vector<Check> later_task_by_three_witnesses(const Curves& curves) {
  base::Worst flow, network;
  for (const auto& curve : curves)
    for (std::size_t i = 0; i < curve.theory.size(); ++i) {
      flow.see(std::abs(curve.flow[i].epochs / curve.theory[i].epochs - 1));
      network.see(std::abs(curve.network[i].epochs / curve.theory[i].epochs - 1));
    }
  return {
      small("critical period: largest relative difference of the later task's learning time between ODE and "
            "theory, L = 2 to 5, input at five ages",
            flow.value(), 1e-7,
            "the ODE in logarithms, 20 tolerances of 1e-11 for each of up to 5 layers, and "
            "the root found",
            "TF"),
      small("the same of the full network", network.value(), 1e-7,
            "a tolerance of 1e-11 over hundreds of steps, and the root found", "TN")};
}

// Input at five ages: 0, half way to the window's end, at its end, half way from there to T_c, at T_c.
std::vector<Check> window_of_the_input(const Curves& curves) {
  base::Worst half;
  double first_half = 0, second_half = std::numeric_limits<double>::infinity();
  for (const auto& curve : curves) {
    half.see(std::abs(curve.network[2].strength - 0.5));
    first_half = std::max(first_half, curve.network[1].epochs / curve.network[0].epochs - 1);
    if (curve.matrices >= 3)
      second_half = std::min(second_half, curve.network[4].epochs / curve.network[2].epochs);
  }
  return {
      small("input at T_{c} − τ/2 ln(1/v_{0} − 1): largest |v(T_{c}) − 1/2| in the full network",
            half.value(), 1e-9, "a hundred steps of tolerance 1e-11", "TN"),
      {.quantity = "input half way to that age: largest loss of the later task, as a share of its time",
       .measured = first_half,
       .expected = 0.02,
       .relation = Relation::at_most,
       .bound = 0.05,
       .bound_reason = "1 − v = e^{−2 · 2.3} ≈ 0.01 is missing in each of up to four layers",
       .witness_pair = "N"},
      more_than("three layers and more: time with no input at all over that with input at that age, least",
                second_half, 15, 10, "√(1/(2 v_{0})) = 22 for three layers, before logarithms", "N")};
}

// From v0 = 1e-6, 1e-5 and 1e-3 at every depth, in this order.
std::vector<Check> slow_down_is_a_power(const std::vector<experiments::SlowDown>& all, const Laws& laws) {
  base::Worst slope;
  std::vector<double> slow_downs;  // at v0 = 1e-3
  for (std::size_t i = 0; i < all.size(); i += 3) {
    const auto &tiny = all[i], &small_ = all[i + 1];
    slow_downs.push_back(all[i + 2].network);
    if (tiny.matrices < 3) continue;
    const double power = std::log(tiny.network / small_.network) / std::log(1e-6 / 1e-5);
    slope.see(std::abs(power - laws.slow_down_power(tiny.matrices)));
  }
  return {
      {.quantity = "largest difference of d ln(slow-down)/d ln v_{0} at 1e-6 from −(L − 2)/2, L = 3, 4, 5",
       .measured = slope.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 0.02,
       .bound_reason = "the power is reached as v_{0} → 0; corrections are of the order of √v_{0} ln v_{0}",
       .witness_pair = "TN"},
      {.quantity = "slow-down by total deprivation of a network of two matrices, v_{0} = 1e-3",
       .measured = slow_downs[0],
       .expected = 3,
       .relation = Relation::at_most,
       .bound = 7,
       .bound_reason = "of the order of ln(1/v_{0}): no power",
       .witness_pair = "N"},
      more_than("the same of five matrices", slow_downs[3], 1.3e4, 1e4, "v_{0}^{−3/2} = 3e4 times a constant",
                "N")};
}

Check slow_down_from_random_weights(const Context& context, int L) {
  const double ratio = slow_down_of_random_weights(context, L);
  return {.quantity = fmt::format("slow-down from random weights over that of theory, L = {}: "
                                  "|ln|, geometric mean over starts",
                                  L),
          .measured = std::abs(std::log(ratio)),
          .expected = 0,
          .relation = Relation::at_most,
          .bound = std::log(context.effort() == Effort::quick ? 6.0 : 3.0),
          .bound_reason =
              "directions start from strengths that scatter by a factor of a few, in "
              "every layer: the size of the effect, not its value",
          .witness_pair = "TN"};
}

std::vector<Check> checks_on_critical_period(const Context& context, const Laws& laws) {
  CriticalPeriodOptions options;
  options.seed = context.seed();
  const std::vector<int> depths{2, 3, 4, 5};
  const double window = experiments::window_end(options), closing = options.closing_age;
  const auto run = run_critical_period(
      options, depths, {0, window / 2, window, (window + closing) / 2, closing}, {1e-6, 1e-5, 1e-3});
  auto checks = later_task_by_three_witnesses(run.curves);
  std::ranges::move(window_of_the_input(run.curves), std::back_inserter(checks));
  std::ranges::move(slow_down_is_a_power(run.slow_downs, laws), std::back_inserter(checks));
  for (int L : {3, 5}) checks.push_back(slow_down_from_random_weights(context, L));
  return checks;
}

std::vector<Check> c44(Context& context, const Laws& laws) {
  auto checks = checks_on_perceptual_learning(context, laws);
  std::ranges::move(checks_on_critical_period(context, laws), std::back_inserter(checks));
  return checks;
}

}  // namespace

std::vector<Claim> claims_on_layers() {
  return {
      {{.id = "C44",
        .section = 4,
        .sentence =
            "Depth sets size and timing of change, layer by layer. Weights: squares grow alike in every "
            "layer, so the weaker ones change more and earlier, and equal ones alike; that layers are "
            "unequal is an assumption. Receptive fields: the higher the layer, the more and the later, from "
            "equal layers. And lower layers that may learn from their input alone only while young, an "
            "assumption too, speed a later task up by v_{0}^{−(L−2)/2} if the input comes by T_{c} − τ/2 "
            "ln(1/v_{0}).",
        .source = "talks on this work; models of our own",
        .formula = "|a_{l}(∞)/a_{l}(0)| − 1 = √(1 + y/a_{l}²) − 1; t ~ v_{0}^{−(L−2)/2}",
        .witnesses = "TFN",
        .figures = {"layers", "critical-period", "unequal"}},
       [](Context& c) { return c44(c, kLaws); },
       "strengths, not squares, are taken to grow alike, and v_{0} to be the strength of the mode",
       [](Context& c) { return c44(c, kWrongLaws); }},
  };
}

}  // namespace dln::validation::section_4
