// The sharpness of the error along training: the whole Hessian on the decoupled path, its top eigenvalue on
// any.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/experiments/hessian_spectrum.hpp"
#include "dln/experiments/sharpness.hpp"
#include "dln/theory/deep_mode.hpp"
#include "validation/context.hpp"
#include "validation/section_5/section_5.hpp"

namespace dln::validation::section_5 {
namespace {

using base::Depth;
using base::DepthExponent;
using linalg::Vector;
using Units = std::vector<Eigen::Index>;

// How a claim obtains the whole spectrum.
using Spectrum = std::function<std::vector<theory::CountedEigenvalue<double>>(const std::vector<long>&,
                                                                              const theory::DecoupledModes&)>;

std::vector<theory::CountedEigenvalue<double>> whole_hessian(const std::vector<long>& units,
                                                             const theory::DecoupledModes& modes) {
  return theory::decoupled_hessian_spectrum(units, modes);
}
// Without the residual's part: as if the strengths there were were all that is wanted.
std::vector<theory::CountedEigenvalue<double>> gauss_newton(const std::vector<long>& units,
                                                            theory::DecoupledModes modes) {
  for (std::size_t i = 0; i < modes.strengths.size(); ++i)
    modes.singular_values[i] = modes.variance(i) * modes.strengths[i];
  return theory::decoupled_hessian_spectrum(units, modes);
}

// Largest difference of all eigenvalues between the network that the flow has led there and the closed form
// at the closed form's strengths, over the largest.
double path_difference(const experiments::SpectrumOptions& options, const Spectrum& spectrum) {
  const auto course = experiments::run_hessian_spectrum(options);
  base::Worst worst;
  for (std::size_t k = 0; k < course.times.size(); ++k) {
    const Vector expected = experiments::listed(spectrum(options.units, course.law[k]));
    const auto measured = course.network.row(static_cast<Eigen::Index>(k)).transpose();
    if (expected.size() != measured.size()) return NAN;
    worst.see((measured - expected).cwiseAbs().maxCoeff());
  }
  return worst.value() / course.network.maxCoeff();
}

Check of_small_paths(const std::vector<std::vector<long>>& networks, const std::vector<double>& variances,
                     const std::string& inputs, const Spectrum& spectrum, std::uint64_t seed) {
  base::Worst worst;
  std::vector<std::string> names;
  for (const auto& units : networks) {
    worst.see(path_difference({.units = units, .input_variances = variances, .seed = seed}, spectrum));
    names.push_back(fmt::format("{}", fmt::join(units, "-")));
  }
  return {
      .quantity = fmt::format("largest difference of all eigenvalues at ten times along the flow, over the "
                              "largest, {}; {} units",
                              inputs, fmt::join(names, ", ")),
      .measured = worst.value(),
      .expected = 0,
      .relation = Relation::at_most,
      .bound = 1e-10,
      .bound_reason = "integration at a relative tolerance of 1e-12, some tens of steps; rounding",
      .wide_reason = "The integrator's estimate of its error is far too high on so smooth a way",
      .witness_pair = "TN"};
}

// On the tree, along the flow from a decoupled start.
struct TreeRun {
  experiments::SharpnessRunOptions options;
  experiments::SharpnessPlan plan;
  experiments::SharpnessCourse course;

  // As a share of lambda_max.
  double over_most(double eigenvalue) const { return eigenvalue / plan.largest_at_minimum; }
};

TreeRun run_on_the_tree(Context& context, int layers) {
  const auto& tree = context.tree();
  const experiments::SharpnessRunOptions options{.depth = Depth::from_layers(layers),
                                                 .hidden_units = tree.modes.size(),
                                                 .samples = 11,
                                                 .seed = context.seed()};
  const auto plan = experiments::plan_sharpness(tree, options);
  const auto course =
      experiments::sharpness_along(tree.correlations, plan.start, experiments::Way::flow, plan.following);
  return {options, plan, course};
}

// At the strengths that theory gives at this epoch.
double largest_of(const Spectrum& spectrum, const TreeRun& run, const Vector& singular_values, double epoch) {
  theory::DecoupledModes now;
  for (const double s : singular_values) {
    const theory::DeepMode<double> mode(DepthExponent(run.options.depth),
                                        {s, run.plan.initial_strength, run.course.limit / 2});
    now.singular_values.push_back(s);
    now.strengths.push_back(strength_at(mode, epoch));
  }
  const Units units = run.plan.start.units();
  double largest = 0;
  for (const auto& [value, count] : spectrum({units.begin(), units.end()}, now))
    if (count > 0) largest = std::max(largest, value);
  return largest;
}

Check top_is_that_of_the_closed_form(const TreeRun& run, const experiments::LearningProblem& tree, int layers,
                                     const Spectrum& spectrum) {
  base::Worst worst;
  for (const auto& sample : run.course.samples) {
    const double largest = largest_of(spectrum, run, tree.modes.singular_values, sample.epoch);
    worst.see(std::abs(run.over_most(sample.largest_eigenvalue - largest)));
  }
  return {
      .quantity = fmt::format("top eigenvalue by Lanczos iteration along the flow on the tree against the "
                              "closed form, over λ_{{max}}, N_{{l}} = {}",
                              layers),
      .measured = worst.value(),
      .expected = 0,
      .relation = Relation::at_most,
      .bound = 1e-7,
      .bound_reason =
          "integration at a relative tolerance of 1e-10, grown e-fold a few times on the way; "
          "Lanczos iteration to a residual of 1e-7, which enters squared over the gap",
      .wide_reason = "The integrator's estimate of its error is far too high on so smooth a way",
      .witness_pair = "TN",
      .dataset = tree.name};
}

Check top_ends_at_that_of_the_minimum(const TreeRun& run, const experiments::LearningProblem& tree,
                                      int layers) {
  base::Worst most;
  for (const auto& sample : run.course.samples) most.see(run.over_most(sample.largest_eigenvalue));
  return {.quantity =
              fmt::format("the largest of them over λ_{{max}} = L s_{{1}}^{{2−2/L}}, N_{{l}} = {}", layers),
          .measured = most.value(),
          .expected = 1,
          .relation = Relation::within,
          .bound = 1e-6,
          .bound_reason =
              "the strongest mode is within e^{-14} of its end when the last has 99 %: rates are as s",
          .wide_reason = "The strongest mode is four times as fast as the last: nothing of its gap is left",
          .witness_pair = "TN",
          .dataset = tree.name};
}

Check top_at_the_start(const TreeRun& run, const experiments::LearningProblem& tree, int layers) {
  const double first = run.over_most(run.course.samples.front().largest_eigenvalue);
  const double share = run.plan.initial_strength / tree.modes.singular_values[0];
  return {.quantity = fmt::format("at the start, over λ_{{max}}, N_{{l}} = {}", layers),
          .measured = first,
          .expected = layers == 3 ? 0.5 : 0,
          .relation = Relation::within,
          .bound = layers == 3 ? 10 * share * share : std::pow(share, 1 - 2.0 / (layers - 1)),
          .bound_reason = layers == 3
                              ? "s_{1} of 2 s_{1}: two matrices start at a saddle that is half as steep; to "
                                "second order in u_{0}/s_{1}"
                              : "of the order of s_{1} u_{0}^{1−2/L} over s_{1}^{2−2/L}: deeper networks "
                                "start on a plateau",
          .witness_pair = "TN",
          .dataset = tree.name};
}

std::vector<Check> on_the_tree(Context& context, int layers, const Spectrum& spectrum) {
  const auto& tree = context.tree();
  const TreeRun run = run_on_the_tree(context, layers);
  return {top_is_that_of_the_closed_form(run, tree, layers, spectrum),
          top_ends_at_that_of_the_minimum(run, tree, layers), top_at_the_start(run, tree, layers)};
}

// From small random weights there is no closed form: where it starts and ends is known.
std::vector<Check> from_random_weights(Context& context) {
  const auto& tree = context.tree();
  const auto plan = experiments::plan_sharpness(tree, {.hidden_units = tree.modes.size(),
                                                       .start = experiments::Start::small_random,
                                                       .samples = 9,
                                                       .seed = context.seed()});
  const auto course =
      experiments::sharpness_along(tree.correlations, plan.start, experiments::Way::descent, plan.following);
  const auto over_most = [&](std::size_t i) {
    return course.samples[i].largest_eigenvalue / plan.largest_at_minimum;
  };
  base::Worst most;
  for (std::size_t i = 0; i < course.samples.size(); ++i) most.see(over_most(i));
  return {
      {.quantity =
           "largest top eigenvalue over λ_{max} along descent at 1/(2 λ_{max}) from small random weights, "
           "N_{l} = 3",
       .measured = most.value(),
       .expected = 1,
       .relation = Relation::within,
       .bound = 1e-3,
       .bound_reason =
           "what the start is not balanced by, of the order of u_{0} over s_{1}, stays: of a mode "
           "alone it enters squared",
       .witness_pair = "TG",
       .dataset = tree.name},
      {.quantity = "the same at the start",
       .measured = over_most(0),
       .expected = 0.5,
       .relation = Relation::within,
       .bound = 0.02,
       .bound_reason = "weights of the order of (u_{0}/s_{1})^{1/2}, here a sixtieth",
       .witness_pair = "TG",
       .dataset = tree.name}};
}

std::vector<Check> c52(Context& context, const Spectrum& spectrum) {
  std::vector<Check> checks{
      of_small_paths({{3, 2}, {4, 5, 3}, {3, 3, 4, 3}, {2, 3, 2, 4, 2}, {2, 2, 3, 2, 2, 3}}, {}, "Σ¹¹ = I",
                     spectrum, context.seed()),
      of_small_paths({{3, 4, 3}, {3, 2, 3, 3}, {3, 2, 2, 3, 2}}, {1, 2.2, 0.6}, "inputs of unequal variance",
                     spectrum, context.seed())};
  for (int layers : {3, 5})
    for (auto& check : on_the_tree(context, layers, spectrum)) checks.push_back(std::move(check));
  for (auto& check : from_random_weights(context)) checks.push_back(std::move(check));
  return checks;
}

}  // namespace

std::vector<Claim> claims_on_sharpness() {
  return {
      {{.id = "C52",
        .section = 5,
        .sentence = "Along the decoupled path of any depth, on inputs aligned with the modes, every "
                    "eigenvalue of the full network's Hessian is known: each mode has a block of L "
                    "variables, each pair of modes one of 2L, the rest are single. From a small start the "
                    "largest ends at λ_{max}, that of the balanced minimum, and is nowhere larger; it begins "
                    "at half of it with two matrices, close to nothing in deeper networks. From small random "
                    "weights it does the same, but for what they are not balanced by.",
        .source = "beyond the paper",
        .formula = "λ_{top}(t) → λ_{max} = L s_{1}^{2 − 2/L}",
        .witnesses = "TNG",
        .figures = {"sharpness"}},
       [](Context& c) { return c52(c, whole_hessian); },
       "the residual's part of the Hessian is left out",
       [](Context& c) { return c52(c, gauss_newton); }},
      claim_past_the_limit(),
  };
}

}  // namespace dln::validation::section_5
