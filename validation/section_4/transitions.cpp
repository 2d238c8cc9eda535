// Infinitely deep networks learn in finite time; deep networks, and only they, learn structured data in
// stages.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "dln/base/worst.hpp"
#include "dln/flow/deep_flow.hpp"
#include "dln/theory/depth_delay.hpp"
#include "dln/theory/learning_rate.hpp"
#include "validation/context.hpp"
#include "validation/section_4/section_4.hpp"
#include "validation/section_4/structured_data.hpp"

namespace dln::validation::section_4 {
namespace {

using base::DepthExponent;
using experiments::LearningProblem;
using experiments::TransitionOptions;
using experiments::TransitionRun;
using experiments::TransitionStart;

// The learning rate of a mode of singular value s at N_l layers, from 1/lambda_max.
using Rate = std::function<double(int layers, double s)>;

double optimal_rate(int layers, double s) {
  return theory::optimal_learning_rate(DepthExponent(base::Depth::from_layers(layers)), s);
}
double rate_of_inverse_square(int layers, double s) {
  return optimal_rate(layers, s) / layers;
}

// Gradient steps from eps to s - eps along a flow of ln u whose tau is one over the rate.
double steps_by_ode(const ode::RightHandSide<double>& log_flow, double eps, double s) {
  const auto solution = ode::integrate_fully<double>(
      log_flow, {std::log(eps)}, base::TimeGrid<double>({0, 1e5 * s / eps}),
      {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-12, .maximum_step = s / eps},
      {ode::crossing_of<double>("learned", 0, std::log(s - eps), true)});
  return solution.hit("learned").time;
}

std::vector<Check> c42(Context&, const Rate& rate) {
  const double s = 1.7;
  std::vector<Check> checks;
  for (const double delta : {1e-1, 1e-2, 1e-3}) {
    const double eps = delta * s;
    const double limit = theory::steps_at_optimal_rate(DepthExponent::infinite(), s, eps);
    // Eq 16 at the rate 1/(N_l s^2): its N_l cancels.
    const double by_ode =
        steps_by_ode(flow::DeepFlow<double>({s, 1000 * s * s}).log_strength_in_limit(1000), eps, s);
    checks.push_back(
        {.quantity = fmt::format("steps of an infinitely deep network at its optimal rate, ODE of "
                                 "Eq 16, ε = {:g} s",
                                 delta),
         .measured = by_ode,
         .expected = limit,
         .relation = Relation::within,
         .bound = 1e-8 * limit,
         .bound_reason = "a thousand steps of tolerance 1e-12 in ln u, times the steps left",
         .wide_reason = "The stepper mostly does better than its tolerance",
         .witness_pair = "TF"});
    for (const int layers : {1000, 10000}) {
      const DepthExponent depth(base::Depth::from_layers(layers));
      const double steps =
          steps_by_ode(flow::DeepFlow<double>({s, 1 / rate(layers, s)}).log_strength(depth), eps, s);
      checks.push_back(
          {.quantity = fmt::format(
               "1 − steps of N_{{l}} = {} by the ODE of Eq 15 over that limit, ε = {:g} s", layers, delta),
           .measured = 1 - steps / limit,
           .expected = 0,
           .relation = Relation::within,
           .bound = 2 * std::log(1 / delta) / (layers - 1),
           .bound_reason = "u^{2/L} = 1 + (2/L) ln u: first order in 1/L, with ln u at the start at most",
           .wide_reason = "Most of the steps are taken there, but not all",
           .witness_pair = "TF"});
    }
  }
  return checks;
}

// What a number of layers did on several problems.
struct Judgement {
  int fewest_plateaus = 0, most_plateaus = 0;
  double least_sharpness = 0, largest_sharpness = 0;  // of the medians over modes
  double largest_rise = 0, off_theory = 0;            // of any problem, any mode
};

using Runs = std::vector<std::vector<TransitionRun>>;  // [problem][options]

Judgement judge(const Runs& runs, std::size_t option, const std::vector<const LearningProblem*>& problems,
                const TransitionOptions& options) {
  std::vector<int> plateaus;
  base::Worst sharpest, bluntest, rise, off;
  for (std::size_t p = 0; p < runs.size(); ++p) {
    const auto& run = runs[p][option];
    plateaus.push_back(static_cast<int>(run.plateaus.size()));
    bluntest.see(run.median_sharpness());
    sharpest.see(-run.median_sharpness());
    rise.see(run.largest_rise());
    const linalg::Vector ratios = run.sharpness().cwiseQuotient(predicted_sharpness(*problems[p], options));
    for (const double ratio : ratios) off.see(std::abs(ratio - 1));
  }
  const auto [fewest, most] = std::ranges::minmax(plateaus);
  return {fewest, most, -sharpest.value(), bluntest.value(), rise.value(), off.value()};
}

const char* const kRule =
    "rises of −dE/dt by a factor of 2 after a low, floor 1e-4 of its maximum: fixed in advance";
const char* const kMedian = "fixed in advance; the median over modes of (t_{90} − t_{10})/t_{50}";

struct Bench {
  std::string start, dataset;
  std::vector<Check> checks;

  void add(std::string quantity, double measured, Relation relation, double bound, std::string reason,
           const char* witnesses = "ND", double expected = 0, std::string wide = {}) {
    checks.push_back({.quantity = std::move(quantity) + start,
                      .measured = measured,
                      .expected = relation == Relation::at_least ? bound : expected,
                      .relation = relation,
                      .bound = bound,
                      .bound_reason = std::move(reason),
                      .wide_reason = std::move(wide),
                      .witness_pair = witnesses,
                      .dataset = dataset});
  }
  void shallow(const Judgement& j) {
    add("most plateaus of any graph, N_{l} = 2", j.most_plateaus, Relation::within, 0, kRule);
    add("largest rise of −dE/dt above its lowest before, over it, minus 1, N_{l} = 2", j.largest_rise - 1,
        Relation::at_most, 1e-6, "it only falls; steps of tolerance 1e-8", "ND", 0,
        "It does not rise at all");
    add("least median sharpness of any graph, N_{l} = 2", j.least_sharpness, Relation::at_least, 2.9,
        kMedian);
  }
  void deep(int layers, const Judgement& j) {
    add(fmt::format("fewest plateaus of any graph, N_{{l}} = {}", layers), j.fewest_plateaus,
        Relation::at_least, layers == 3 ? 1 : 2,
        layers == 3 ? kRule : fmt::format("several: two or more; {}", kRule));
    add(fmt::format("largest median sharpness of any graph, N_{{l}} = {}", layers), j.largest_sharpness,
        Relation::at_most, 1.2, kMedian);
  }
  void theory(int layers, const Judgement& j) {
    add(fmt::format("largest |sharpness / closed form − 1| over modes and graphs, N_{{l}} = {}", layers),
        j.off_theory, Relation::at_most, 0.03,
        "straight lines between samples at most 0.08 s apart: the second difference of a sigmoid over an "
        "eighth",
        "TND", 0, "The curve is all but straight at s/2");
  }
};

std::vector<const LearningProblem*> pointers(std::span<const LearningProblem> problems) {
  std::vector<const LearningProblem*> found;
  for (const auto& problem : problems) found.push_back(&problem);
  return found;
}

// How many layers a network really has that is said to have so many.
using Layers = std::function<int(int)>;

// From decoupled starts, on sampled features.
void judge_decoupled(Context& context, const StructuredData& data, const Layers& really, Bench& bench) {
  std::vector<int> layers{2};
  for (const int n : deep_layers(context)) layers.push_back(n);
  std::vector<TransitionOptions> options;
  for (const int n : layers) options.push_back(transition_options(context, really(n)));
  const auto problems = pointers(data.sampled);
  const auto runs = experiments::run_transitions(problems, options, context.progress());
  bench.start = ", decoupled start";
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto found = judge(runs, i, problems, options[i]);
    layers[i] == 2 ? bench.shallow(found) : bench.deep(layers[i], found);
    bench.theory(layers[i], found);
  }
}

// From small random weights, which mix the modes.
void judge_random(Context& context, const StructuredData& data, const Layers& really, Bench& bench) {
  std::vector<TransitionOptions> options;
  for (const int n : {2, 3}) {
    options.push_back(transition_options(context, really(n)));
    options.back().start = TransitionStart::small_random;
  }
  const auto problems = pointers(data.sampled);
  const auto runs = experiments::run_transitions(problems, options, context.progress());
  bench.start = ", small random start";
  bench.shallow(judge(runs, 0, problems, options[0]));
  bench.deep(3, judge(runs, 1, problems, options[1]));
}

// What decides the number of stages, in expectation, where nothing is left to the sample.
void judge_spectra(Context& context, const StructuredData& data, const Layers& really, Bench& bench) {
  const auto three = transition_options(context, really(3));
  const auto count = [](const TransitionRun& run) { return static_cast<double>(run.plateaus.size()); };
  const auto runs = experiments::run_transitions(pointers(data.expected), {three}, context.progress());
  bench.start = ", decoupled start";
  for (const std::size_t smooth : {1u, 2u, 3u}) {
    bench.dataset = data.expected[smooth].name;
    bench.add("plateaus on a smooth spectrum, N_{l} = 3", count(runs[smooth][0]), Relation::within, 0, kRule,
              "ND", 1);
  }
  bench.dataset = data.expected[4].name;
  bench.add("plateaus on a spectrum with gaps, N_{l} = 3", count(runs[4][0]), Relation::at_least, 2,
            fmt::format("several: two or more; {}", kRule));
  bench.dataset = data.flat.name;
  for (const int n : deep_layers(context))
    bench.add(fmt::format("plateaus on a flat spectrum, N_{{l}} = {}", n),
              count(run_transitions(data.flat, transition_options(context, really(n)))), Relation::within, 0,
              fmt::format("one mode repeated is learned in one stage; {}", kRule), "ND", 1);
}

std::vector<Check> c43(Context& context, const Layers& really) {
  const auto data = structured_data(context);
  Bench bench{.start = {},
              .dataset = fmt::format("tree, chain, ring, grid, clusters; {} features",
                                     data.sampled[0].correlations.sigma31.rows()),
              .checks = {}};
  judge_decoupled(context, data, really, bench);
  judge_random(context, data, really, bench);
  judge_spectra(context, data, really, bench);
  return bench.checks;
}

}  // namespace

std::vector<Claim> claims_on_transitions() {
  return {
      {{.id = "C42",
        .section = 4,
        .sentence = "From decoupled starts infinitely deep networks learn in finite time: at rates 1/λ_{max} "
                    "the learning time, in steps of that rate, tends to a limit as N_{l} → ∞. "
                    "Finite, not small.",
        .source = "abstract, section 2",
        .formula = "t_{∞} = 2 ln((s − ε)/ε) + s (s − 2ε)/(ε (s − ε))",
        .witnesses = "TF",
        .figures = {"delay", "depth"}},
       [](Context& c) { return c42(c, optimal_rate); },
       "the rate falls as 1/N_{l}²",
       [](Context& c) { return c42(c, rate_of_inverse_square); }},
      {{.id = "C43",
        .section = 4,
        .sentence =
            "On data from structured graphical models deep networks, and not shallow ones, learn in stages: "
            "plateaus of the total error, and modes that rise in about the time they wait, or less; from "
            "decoupled starts at three to ten layers, with one hidden layer from small random weights too. "
            "Without "
            "hidden "
            "layers learning only ever slows down. With one hidden layer and a decoupled start a smooth "
            "spectrum "
            "gives one plateau; several need gaps in the spectrum, or more layers. A flat spectrum gives one "
            "stage at any depth.",
        .source = "talks",
        .formula = "sharp: median (t_{90} − t_{10})/t_{50} ≤ 1.2; plateau: −dE/dt doubles after a low",
        .witnesses = "TND",
        .figures = {"stages", "differentiation"}},
       [](Context& c) { return c43(c, [](int layers) { return layers; }); },
       "the deep networks have no hidden layer either",
       [](Context& c) { return c43(c, [](int) { return 2; }); }},
  };
}

}  // namespace dln::validation::section_4
