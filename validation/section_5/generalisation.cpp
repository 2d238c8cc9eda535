// Generalisation from a noisy teacher: the spectrum of its targets, and the training and test error of
// networks that learn them, over time and depth.
#include "dln/experiments/generalisation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "dln/base/time_grid.hpp"
#include "dln/base/worst.hpp"
#include "validation/context.hpp"
#include "validation/section_5/generalisation_runs.hpp"
#include "validation/section_5/section_5.hpp"

namespace dln::validation::section_5 {
namespace {

using experiments::ErrorCurve;
using experiments::GeneralisationOptions;
using experiments::SpectrumDraw;
using experiments::Stopping;
using theory::NoisyTeacher;
using theory::Spike;

// What theory makes of a spike, of the options.
using Seen = std::function<Spike(const Spike&)>;
using Theory = std::function<NoisyTeacher(const GeneralisationOptions&)>;

struct Bench {
  std::string dataset;
  Witnesses witnesses;
  std::vector<Check> checks;

  void add(std::string quantity, double measured, double expected, Relation relation, double bound,
           std::string reason, std::string wide = "A mean may come closer by chance") {
    checks.push_back({.quantity = std::move(quantity),
                      .measured = measured,
                      .expected = expected,
                      .relation = relation,
                      .bound = bound,
                      .bound_reason = std::move(reason),
                      .wide_reason = std::move(wide),
                      .witness_pair = witnesses,
                      .dataset = dataset});
  }
};

std::string named(const GeneralisationOptions& o) {
  return fmt::format("N_{{1}} = {}, N_{{3}} = {}, {} modes from {:g} to {:g}, σ = {:g}, {} draws", o.inputs,
                     o.outputs, o.teacher.size(), o.teacher.front(), o.teacher.back(), o.noise, o.draws);
}

// Mean over draws.
template <class Value>
double mean(const std::vector<SpectrumDraw>& draws, const Value& value) {
  double sum = 0;
  for (const auto& draw : draws) sum += value(draw);
  return sum / static_cast<double>(draws.size());
}

void judge_spikes(const GeneralisationOptions& o, const std::vector<SpectrumDraw>& draws, const Seen& seen,
                  Bench& bench) {
  base::Worst places, overlaps;
  const auto teacher = o.noisy_teacher();
  for (std::size_t i = 0; i < o.teacher.size(); ++i) {
    const auto k = static_cast<Eigen::Index>(i);
    const Spike expected = seen(teacher.spikes()[i]);
    places.see(
        std::abs(mean(draws, [&](auto& d) { return d.singular_values[k]; }) - expected.singular_value));
    overlaps.see(
        std::abs(mean(draws, [&](auto& d) { return d.output_overlaps[k]; }) - expected.output_overlap));
    overlaps.see(
        std::abs(mean(draws, [&](auto& d) { return d.input_overlaps[k]; }) - expected.input_overlap));
  }
  const double error =
      1 / std::sqrt(static_cast<double>(o.draws) * static_cast<double>(std::min(o.inputs, o.outputs)));
  bench.add("largest |mean spike − law| of any mode, over σ", places.value() / o.noise, 0, Relation::at_most,
            5 * error, "a spike scatters by about σ/√N: five standard errors of the mean");
  bench.add("largest |mean overlap − law| of any mode, either side", overlaps.value(), 0, Relation::at_most,
            3 * error,
            "an overlap scatters by less than 1/√N, and is biased by O(1/N): three standard errors");
}

// The largest difference between the share of the bulk's values below g and the law's, over all draws.
double distance_from_law(const NoisyTeacher& teacher, const std::vector<SpectrumDraw>& draws) {
  std::vector<double> bulk;
  const auto k = static_cast<Eigen::Index>(teacher.strengths().size());
  for (const auto& draw : draws)
    bulk.insert(bulk.end(), draw.singular_values.begin() + k, draw.singular_values.end());
  std::ranges::sort(bulk);
  constexpr int kSteps = 4000;
  const auto& spectrum = teacher.spectrum();
  const double width = std::numbers::pi / kSteps;
  base::Worst worst;
  double below = 1;  // of the law; angles run from the upper edge down
  for (int i = 0; i < kSteps; ++i) {
    below -= width * spectrum.fraction_at((i + 0.5) * width);
    const double g = spectrum.singular_value_at((i + 1) * width);
    const auto found = std::ranges::lower_bound(bulk, g) - bulk.begin();
    worst.see(std::abs(static_cast<double>(found) / static_cast<double>(bulk.size()) - below));
  }
  return worst.value();
}

void judge_bulk(const GeneralisationOptions& o, const std::vector<SpectrumDraw>& draws, Bench& bench) {
  const auto teacher = o.noisy_teacher();
  const auto k = static_cast<Eigen::Index>(o.teacher.size());
  const double n = static_cast<double>(std::min(o.inputs, o.outputs)), count = static_cast<double>(k);
  const double top = mean(draws, [&](auto&d) { return d.singular_values[k]; }),
               bottom = mean(draws, [](auto&d) { return d.singular_values[d.singular_values.size() - 1]; });
  const auto& law = teacher.spectrum();
  bench.add("|highest of the bulk − its edge|, over σ", std::abs(top - law.upper_edge()) / o.noise, 0,
            Relation::at_most, 3 * std::pow(n, -2.0 / 3), "extreme values keep N^{−2/3} from an edge");
  bench.add("|lowest of the bulk − its edge|, over σ", std::abs(bottom - law.lower_edge()) / o.noise, 0,
            Relation::at_most, 3 * std::pow(n, -2.0 / 3), "extreme values keep N^{−2/3} from an edge");
  bench.add("largest difference of the bulk's distribution from Marchenko and Pastur's",
            distance_from_law(teacher, draws), 0, Relation::at_most, (count + 1) / n,
            "every mode of the teacher takes one value in N out of the bulk");
  double sum = 0, leading = 0, overlap = 0, scatter = 0;
  for (const auto& node : teacher.bulk()) {
    sum += node.count * node.singular_value;
    overlap += node.overlap * node.singular_value;
  }
  const NoisyTeacher noise(o.inputs, o.outputs, {}, o.noise);
  for (const auto& node : noise.bulk()) leading += node.count * node.singular_value;
  const double measured =
      mean(draws, [&](auto& d) { return d.singular_values.tail(d.singular_values.size() - k).sum(); });
  const double root = std::sqrt(static_cast<double>(o.draws));
  bench.add("sum of the bulk's singular values, next order included, over σ", measured / o.noise,
            sum / o.noise, Relation::within, 5 * 0.5 / root,
            "values repel each other: their sum scatters by about σ/2 whatever N; five standard errors");
  bench.add("the same without the teacher's O(1): how far off", std::abs(measured - leading) / o.noise, 0,
            Relation::at_least, 0.5 * count, "each mode takes about one value of about σ with it");
  for (std::size_t i = 0; i < o.teacher.size(); ++i) {
    const auto& mode = teacher.spikes()[i];
    scatter += std::pow(o.teacher[i], 2) * (1 - std::pow(mode.output_overlap, 2)) *
               (1 - std::pow(mode.input_overlap, 2)) * std::pow(law.upper_edge(), 2) / n;
  }
  bench.add("the teacher in the bulk, ⟨W̄, bulk of Σ^{31}⟩ over σ²",
            mean(draws, [](auto& d) { return d.teacher_in_bulk; }) / (o.noise * o.noise),
            overlap / (o.noise * o.noise), Relation::within,
            5 * std::sqrt(scatter) / (o.noise * o.noise) / root,
            "N products of what u and v keep in the bulk, of random sign: five standard errors");
}

void judge_hidden_mode(Context& context, GeneralisationOptions o, const Seen& seen, Bench& bench) {
  const double threshold = o.noisy_teacher().spectrum().threshold();
  o.teacher = {o.teacher[1], 0.6 * threshold};
  const auto draws = experiments::draw_spectra(o, context.store(), context.progress());
  bench.dataset = named(o);
  const auto overlap =
      mean(draws, [](auto& d) { return std::max(d.output_overlaps[1], d.input_overlaps[1]); });
  const Spike expected = seen(o.noisy_teacher().spikes()[1]);
  bench.add("mean overlap of a mode at 0.6 of the threshold", overlap, expected.output_overlap,
            Relation::within, 4 / std::sqrt(static_cast<double>(std::min(o.inputs, o.outputs))),
            "a unit vector's share of one direction in N, magnified next to the edge");
}

std::vector<Check> c50(Context& context, const Seen& seen) {
  Bench bench{.dataset = {}, .witnesses = "TD", .checks = {}};
  for (const bool tall : {false, true}) {
    auto o = generalisation_options(context);
    if (tall) {  // more outputs than inputs, and less noise
      std::swap(o.inputs, o.outputs);
      o.noise = 0.5;
      for (double& s : o.teacher) s *= 0.6;
    }
    const auto draws = experiments::draw_spectra(o, context.store(), context.progress());
    bench.dataset = named(o);
    judge_spikes(o, draws, seen, bench);
    judge_bulk(o, draws, bench);
    judge_hidden_mode(context, o, seen, bench);
  }
  return bench.checks;
}

// How far the mean over draws of trained networks may be from theory: relative to it, but for the training
// error.
struct Allowance {
  double time, error, curve, training;
};
// At 8 draws of N_1 = 200, falling with the root of either.
Allowance allowance(int layers, const GeneralisationOptions& o) {
  const double scale = std::sqrt(1600.0 / (static_cast<double>(o.inputs) * o.draws));
  const Allowance at_quick = layers == 2   ? Allowance{0.02, 0.01, 0.014, 0.016}
                             : layers == 3 ? Allowance{0.025, 0.06, 0.06, 0.016}
                             : layers == 5 ? Allowance{0.05, 0.1, 0.35, 0.08}
                                           : Allowance{0.1, 0.2, 0.5, 0.1};
  return {scale * at_quick.time, scale * at_quick.error, scale * at_quick.curve, scale * at_quick.training};
}

void judge_depth(const experiments::DepthGeneralisation& run, const GeneralisationOptions& o,
                 const NoisyTeacher& teacher, Bench& bench) {
  const auto depth = base::Depth::from_layers(run.layers);
  const Stopping best = experiments::optimal_stopping(teacher, depth, o.initial_strength);
  const ErrorCurve average = run.mean();
  double time = 0, error = 0;
  base::Worst test, training, single, rise;
  for (const Stopping& stop : run.stops()) {
    time += stop.time / o.draws;
    error += stop.error / o.draws;
  }
  for (std::size_t i = 0; i < run.times.size(); ++i) {
    const auto law = experiments::errors_at(teacher, depth, o.initial_strength, run.times[i]);
    test.see(std::abs(average.test[i] / law.test - 1));
    training.see(std::abs(average.training[i] - law.training));
    for (const auto& curve : run.trained) single.see(std::abs(curve.test[i] / law.test - 1));
  }
  for (const auto& curve : run.trained) rise.see(-curve.test.back() / curve.stopping(run.times).error);
  const auto allowed = allowance(run.layers, o);
  const std::string at = fmt::format(", N_{{l}} = {}", run.layers);
  const std::string scatter =
      run.layers <= 3
          ? "draws scatter by O(1/√N), their mean by √draws less, its bias is O(1/N)"
          : "a spike's scatter of O(1/√N) shifts its whole rise, the sharper the deeper: bias and "
            "scatter of the mean over draws";
  bench.add("mean stopping time over theory's" + at, time / best.time, 1, Relation::within, allowed.time,
            scatter);
  bench.add("mean least test error over theory's" + at, error / best.error, 1, Relation::within,
            allowed.error, scatter);
  bench.add("largest |mean test error over theory's − 1| at any time" + at, test.value(), 0,
            Relation::at_most, allowed.curve, scatter);
  bench.add("largest |mean training error − theory's| at any time" + at, training.value(), 0,
            Relation::at_most, allowed.training, scatter);
  bench.add("least rise of the test error after its least, any draw" + at, -rise.value(), 0,
            Relation::at_least, run.layers == 2 ? 1.2 : 4,
            "noise is learned after the teacher, up to N_{3} σ²/‖W̄‖²");
  if (run.layers >= 5)
    bench.add("what does not hold: largest |test error of a single draw over theory's − 1|" + at,
              single.value(), 0, Relation::at_least, 0.05, "single draws are not the mean");
}

void judge_random_starts(Context& context, const experiments::DepthGeneralisation& run,
                         const NoisyTeacher& teacher, Bench& bench) {
  auto o = generalisation_options(context);
  o.draws = 2;
  const Stopping best =
      experiments::optimal_stopping(teacher, base::Depth::from_layers(3), o.initial_strength);
  const auto times = base::TimeGrid<double>::linear(0, run.times.back() / 2, 31).times();
  base::Worst time, error;
  for (const auto& curve :
       experiments::run_random_generalisation(o, o.inputs, times, context.store(), context.progress())) {
    const Stopping stop = curve.stopping(times);
    time.see(std::abs(stop.time / best.time - 1));
    error.see(std::abs(stop.error / best.error - 1));
  }
  const std::string reason =
      "single draws; modes of near strengths mix from a random start, and each starts at its own u0";
  bench.add("small random starts: largest |stopping time over theory's − 1|, N_{l} = 3", time.value(), 0,
            Relation::at_most, 0.1, reason);
  bench.add("small random starts: largest |least test error over theory's − 1|, N_{l} = 3", error.value(), 0,
            Relation::at_most, 0.25, reason);
}

std::vector<Check> c51(Context& context, const Theory& theory) {
  const auto o = generalisation_options(context);
  const auto found = experiments::run_generalisation(o, context.store(), context.progress());
  const auto teacher = theory(o);
  Bench bench{.dataset = named(o), .witnesses = "TN", .checks = {}};
  std::vector<double> least;
  for (const auto& run : found.depths) {
    judge_depth(run, o, teacher, bench);
    least.push_back(run.mean().stopping(run.times).error);
  }
  bench.witnesses = "ND";
  bench.add("least mean test error, N_{l} = 3 over N_{l} = 2", least[1] / least[0], 0, Relation::at_most, 0.5,
            "stages separate the teacher from the noise");
  bench.add("least mean test error, N_{l} = 10 over N_{l} = 3", least[3] / least[1], 1, Relation::within,
            0.25, "what noise adds to the teacher's own modes is left at any depth");
  bench.witnesses = "TN";
  judge_random_starts(context, found.depths[1], teacher, bench);
  return bench.checks;
}

Spike as_it_is(const Spike& spike) {
  return spike;
}
Spike aligned(const Spike& spike) {
  return {spike.singular_value, 1, 1};
}
NoisyTeacher the_teacher(const GeneralisationOptions& o) {
  return o.noisy_teacher();
}
NoisyTeacher noise_of_outputs(const GeneralisationOptions& o) {
  auto wrong = o;
  wrong.noise *= std::sqrt(static_cast<double>(o.inputs) / static_cast<double>(o.outputs));
  return wrong.noisy_teacher();
}

const char* const kSource =
    "beyond the paper: low-rank perturbations of random matrices (Benaych-Georges and Nadakuditi 2012); "
    "generalisation of linear networks (Advani and Saxe 2017; Lampinen and Ganguli 2018)";

}  // namespace

GeneralisationOptions generalisation_options(const Context& context) {
  GeneralisationOptions o;
  o.seed = context.seed();
  if (context.effort() == Effort::quick) {
    o.inputs = 200;
    o.outputs = 100;
  }
  if (context.effort() == Effort::full) {
    o.inputs = 800;
    o.outputs = 400;
  }
  o.draws = context.effort() == Effort::quick ? 8 : 16;
  return o;
}

std::vector<Claim> claims_on_generalisation() {
  return {
      {{.id = "C50",
        .section = 5,
        .sentence =
            "Where targets are a teacher of few modes and noise, a mode of the teacher above a threshold "
            "sticks "
            "out of the noise's spectrum, stronger than it is and turned away from the teacher's; a weaker "
            "one is "
            "not to be seen. Spikes, overlaps, edges and density are those of theory in the mean over draws; "
            "so is, to the order beyond the density, what the teacher takes from the bulk and leaves in it.",
        .source = kSource,
        .formula = "ŝ = √((1 + s²)(A + s²))/s for s > A^{1/4}, A = N_{3}/N_{1}, σ = 1; ⟨W̄, bulk⟩ = Σ A/s²",
        .witnesses = "TD",
        .figures = {"generalisation"}},
       [](Context& c) { return c50(c, as_it_is); },
       "the vectors of noisy modes are the teacher's, overlaps 1",
       [](Context& c) { return c50(c, aligned); }},
      {{.id = "C51",
        .section = 5,
        .sentence =
            "While networks learn from a noisy teacher the test error falls, then rises. From decoupled "
            "starts "
            "its mean over draws of N_{1} = 400 is that of theory at every time within 1 % without hidden "
            "layers "
            "and 3 % with one; the least error and its time within 5 % at five layers and 10 % at ten, but "
            "while "
            "modes rise only within a quarter, and single draws of deep networks scatter more. One hidden "
            "layer brings the least error below half of that without; more layers change it little. From "
            "small random weights, one hidden layer, it is within a quarter.",
        .source = kSource,
        .formula = "E = [Σ(u² − 2 u s O) + Σ s² + bulk Σ(u_{g}² − 2 u_{g} s o_{g})]/Σ s², u by Eqs 12, 15",
        .witnesses = "TND",
        .figures = {"generalisation"}},
       [](Context& c) { return c51(c, the_teacher); },
       "the noise's entries have variance 1/N_{3}",
       [](Context& c) { return c51(c, noise_of_outputs); }},
  };
}

}  // namespace dln::validation::section_5
