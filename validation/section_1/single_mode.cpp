// Eq 8 of a single mode: its constant of motion, and Eqs 10 to 12, its course from equal layers.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "dln/base/worst.hpp"
#include "dln/flow/three_layer_flow.hpp"
#include "dln/network/gradient_flow.hpp"
#include "validation/context.hpp"
#include "validation/section_1/section_1.hpp"
#include "validation/section_1/witnesses.hpp"

namespace dln::validation::section_1 {
namespace {

using experiments::LearningProblem;
using linalg::Matrix;
using theory::ThreeLayerMode;

// ------------------------------------------------------------------------------------------------ C9

using Invariant = std::function<double(double a, double b)>;

double drift_of_flow(double tolerance, const Invariant& invariant) {
  const double a0 = 0.4, b0 = 0.1;
  // One interval and no largest step, so that the tolerance alone decides.
  const auto solution = ode::integrate_fully<double>(
      flow::ThreeLayerFlow<double>({1, 1}).layers(), {a0, b0}, base::TimeGrid<double>({0, 20}),
      {.relative_tolerance = tolerance, .absolute_tolerance = tolerance, .maximum_step = 20});
  const auto end = solution.trajectory.final_state();
  return std::abs(invariant(end[0], end[1]) / invariant(a0, b0) - 1);
}

// Largest relative drift over the modes of a network trained by descent to `horizon` = lambda * epochs.
double drift_of_descent(const LearningProblem& problem, const network::DecoupledStart& start, double horizon,
                        long steps, const Invariant& invariant) {
  const auto result = network::descend_fully(
      start.network, problem.correlations,
      {.learning_rate = horizon / static_cast<double>(steps), .max_iterations = steps});
  const Matrix before = layers_in_bases(start.network, start.bases),
               after = layers_in_bases(result.network, start.bases);
  base::Worst drift;
  for (Eigen::Index k = 0; k < before.cols(); ++k)
    drift.see(std::abs(invariant(after(0, k), after(1, k)) / invariant(before(0, k), before(1, k)) - 1));
  return drift.value();
}

std::vector<Check> c9(Context& context, const Invariant& invariant) {
  std::vector<Check> checks;
  for (double tolerance : {1e-6, 1e-9, 1e-12})
    checks.push_back(
        {.quantity = fmt::format("relative drift of a² − b² along Eq 8 at tolerance {:.0e}", tolerance),
         .measured = drift_of_flow(tolerance, invariant),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 10 * tolerance,
         .bound_reason = "some ten steps, each within the tolerance",
         .wide_reason = "Errors along a hyperbola do not lead off it",
         .witness_pair = "F"});
  const LearningProblem& tree = context.tree();
  const auto start = decoupled_start(tree, layer_strengths(tree, 0.5, 0.1), context.seed());
  const double s1 = tree.modes.singular_values[0], horizon = 4 / s1;
  const double coarse = drift_of_descent(tree, start, horizon, 200, invariant);
  const double fine = drift_of_descent(tree, start, horizon, 400, invariant);
  checks.push_back({.quantity = "order in λ of the drift of a² − b² in gradient descent",
                    .measured = std::log2(coarse / fine),
                    .expected = 1,
                    .relation = Relation::within,
                    .bound = 0.1,
                    .bound_reason =
                        "one step changes a² − b² by the factor 1 − λ^{2}(s − ab)²; the next order in "
                        "λ s_{1} = 0.01 is left in the ratio",
                    .wide_reason = "The next order is multiplied by a small constant here",
                    .witness_pair = "G",
                    .dataset = tree.name});
  checks.push_back({.quantity = "relative drift of a² − b² in gradient descent at λ s_{1} = 0.01",
                    .measured = fine,
                    .expected = 0,
                    .relation = Relation::at_most,
                    .bound = 0.01 * 4,
                    .bound_reason = "λ times the integral of (s − ab)², at most λ s_{1} times s_{1} t = 4",
                    .wide_reason = "The error falls to zero long before the end of the run",
                    .witness_pair = "G",
                    .dataset = tree.name});
  return checks;
}

// ------------------------------------------------------------------------------------------------ C12

struct CurveComparison {
  base::Worst curve, times, inverse;
};

CurveComparison compare_with_reduced_flow(double s, double u0, double tau, const ClosedForm& law,
                                          CurveComparison worst) {
  const auto mode = law(s, u0, tau);
  std::vector<ode::Event<double>> events;
  const std::vector<double> shares{0.02, 0.1, 0.5, 0.9, 0.99};
  for (double share : shares)
    events.push_back(ode::crossing_of<double>(fmt::format("{}", share), 0, std::log(share * s)));
  // e^{-2 s t / tau} is below 1e-6 at the end.
  const double duration = tau / (2 * s) * (std::log(s / u0) + 14);
  const auto grid = base::TimeGrid<double>::linear(0, duration, 101);
  const auto solution =
      ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({s, tau}).log_strength(), {std::log(u0)},
                                   grid, {.relative_tolerance = 1e-13, .absolute_tolerance = 1e-13}, events);
  for (std::size_t i = 0; i < grid.size(); ++i)
    worst.curve.see(std::abs(std::exp(solution.trajectory.state(i)[0]) - strength_at(mode, grid[i])) / s);
  for (double share : shares) {
    const double t = time_to_reach(mode, share * s);
    worst.times.see(std::abs(solution.hit(fmt::format("{}", share)).time - t) / t);
    worst.inverse.see(std::abs(strength_at(mode, t) / (share * s) - 1));
  }
  return worst;
}

double compare_with_network(Context& context, const LearningProblem& problem, const ClosedForm& law) {
  const double u0 = 1e-6;
  return network_against_law(problem, std::sqrt(u0), std::sqrt(u0), context.seed(),
                             [&](double s, double t) { return strength_at(law(s, u0, 1), t); });
}

std::vector<Check> c12(Context& context, const ClosedForm& law) {
  CurveComparison worst;
  for (double s : {0.05, 1.0, 80.0})
    for (double ratio : {1e-12, 1e-6, 1e-2})
      worst = compare_with_reduced_flow(s, ratio * s, 2000, law, worst);
  std::vector<Check> checks{
      {.quantity = "Eq 12 against Eq 10 integrated: largest |u_{T} − u_{F}| / s",
       .measured = worst.curve.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-11,
       .bound_reason = "tolerance 1e-13 in ln u, added up over some 100 steps",
       .wide_reason = "The stepper mostly does better than its tolerance",
       .witness_pair = "TF"},
      {.quantity = "Eq 11 against the located crossings of Eq 10 at 2, 10, 50, 90, 99 % of s: largest "
                   "relative difference",
       .measured = worst.times.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-11,
       .bound_reason = "the same error of the integration, seen as a time",
       .wide_reason = "The stepper mostly does better than its tolerance",
       .witness_pair = "TF"},
      {.quantity = "Eq 12 at the time of Eq 11: largest |u / u_{f} − 1|",
       .measured = worst.inverse.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 64 * std::numeric_limits<double>::epsilon() * 35,
       .bound_reason = "64 ε (1 + cond): u reacts to a relative change of t with up to 2 s t / τ < 34",
       .wide_reason = "64 covers the worst input of a far wider range than the one sampled",
       .witness_pair = "T"}};
  for (const LearningProblem* problem : {&context.tree(), &context.images()})
    checks.push_back(
        {.quantity =
             "Eq 12 against the full network from a decoupled start: largest |u_{N} − u_{T}| / s, all modes",
         .measured = compare_with_network(context, *problem, law),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 3e-9,
         .bound_reason =
             "tolerance 1e-10 of the network's flow times 2 s t / τ of up to 30, by which a plateau "
             "amplifies it",
         .wide_reason = "The stepper mostly does better than its tolerance",
         .witness_pair = "TN",
         .dataset = problem->name});
  return checks;
}

ThreeLayerMode<double> without_the_two(double s, double u0, double tau) {
  return closed_form(s, u0, 2 * tau);
}

}  // namespace

std::vector<Claim> claims_on_single_modes() {
  return {
      {{.id = "C9",
        .section = 1,
        .sentence = "a² − b² is a constant of motion of Eq 8; gradient descent conserves it up to a drift of "
                    "first order in λ.",
        .source = "Eq 9 and the text after it",
        .formula = "E(a, b) = (s − ab)^{2}/(2τ),  d(a^{2} − b^{2})/dt = 0",
        .witnesses = "SFG",
        .algebra = Algebra::part,
        .figures = {"2"}},
       [](Context& c) { return c9(c, [](double a, double b) { return a * a - b * b; }); },
       "the conserved quantity is taken to be a² + b²",
       [](Context& c) { return c9(c, [](double a, double b) { return a * a + b * b; }); }},
      {{.id = "C12",
        .section = 1,
        .sentence = "From a = b the mode strength u = ab follows Eq 10; Eq 12 is its time course and Eq 11 "
                    "the time to any strength.",
        .source = "Eqs 10, 11, 12",
        .formula = "u(t) = s e^{2st/τ} / (e^{2st/τ} − 1 + s/u_{0}),  t = (τ/2s) ln[u_{f}(s − u_{0}) / "
                   "(u_{0}(s − u_{f}))]",
        .witnesses = "STFN",
        .algebra = Algebra::whole,
        .figures = {"3l", "3w"},
        .needs_images = true},
       [](Context& c) { return c12(c, closed_form); },
       "the exponent is st/τ instead of 2st/τ",
       [](Context& c) { return c12(c, without_the_two); }},
  };
}

}  // namespace dln::validation::section_1
