// A noisy teacher: the spectrum of its targets, of modes that stick out and of those that noise hides.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "dln/base/worst.hpp"
#include "validation/context.hpp"
#include "validation/section_5/generalisation_bench.hpp"
#include "validation/section_5/generalisation_runs.hpp"
#include "validation/section_5/section_5.hpp"

namespace dln::validation::section_5 {
namespace {

using experiments::GeneralisationOptions;
using experiments::SpectrumDraw;
using theory::NoisyTeacher;
using theory::Spike;

// What theory makes of a spike.
using Seen = std::function<Spike(const Spike&)>;

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

Spike as_it_is(const Spike& spike) {
  return spike;
}
Spike aligned(const Spike& spike) {
  return {spike.singular_value, 1, 1};
}

}  // namespace

std::vector<Claim> claims_on_noisy_teachers() {
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
        .source = kGeneralisationSource,
        .formula = "ŝ = √((1 + s²)(A + s²))/s for s > A^{1/4}, A = N_{3}/N_{1}, σ = 1; ⟨W̄, bulk⟩ = Σ A/s²",
        .witnesses = "TD",
        .figures = {"generalisation"}},
       [](Context& c) { return c50(c, as_it_is); },
       "the vectors of noisy modes are the teacher's, overlaps 1",
       [](Context& c) { return c50(c, aligned); }},
  };
}

}  // namespace dln::validation::section_5
