// Eq 8 from unequal layers: where ab goes, along which curve, and how sharply it rises.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/base/worst.hpp"
#include "dln/flow/three_layer_flow.hpp"
#include "dln/theory/shallow_mode.hpp"
#include "dln/theory/unequal_mode.hpp"
#include "validation/context.hpp"
#include "validation/section_1/section_1.hpp"
#include "validation/section_1/witnesses.hpp"

namespace dln::validation::section_1 {
namespace {

using experiments::LearningProblem;
using theory::UnequalMode;

struct Start {
  double a0, b0;
};

using UnequalLaw = std::function<UnequalMode<double>(double a0, double b0, double s, double tau)>;

UnequalMode<double> unequal_law(double a0, double b0, double s, double tau) {
  return UnequalMode<double>({.a0 = a0, .b0 = b0, .singular_value = s, .time_constant = tau});
}

// ab = c sinh(theta) instead of (c/2) sinh(theta), as v3's Supplement A has it: tau u' = sqrt(c^2 + u^2)(s -
// u), which is Eq 8's own law for twice the c and twice the tau.
UnequalMode<double> law_of_v3(double a0, double b0, double s, double tau) {
  const double c = 2 * (a0 - b0) * (a0 + b0), u0 = a0 * b0, p = std::hypot(c, 2 * u0);
  // The larger layer from its square, the smaller from the product.
  const double larger = std::sqrt((p + std::abs(c)) / 2), smaller = u0 / larger;
  return c >= 0 ? unequal_law(larger, smaller, s, 2 * tau) : unequal_law(smaller, larger, s, 2 * tau);
}

ode::Options<double> sharp() {
  return {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-15};
}

// ------------------------------------------------------------------------------------------------ C10, X6

struct Approach {
  long increases = 0;     // of |s - ab| from one sampled time to the next, beyond rounding
  base::Worst final_gap;  // largest |s - ab| / s at the end
};

constexpr double kApproachTime = 40;

void follow(Approach& worst, const std::vector<double>& gaps) {
  for (std::size_t i = 1; i < gaps.size(); ++i)
    // Written so that a NaN counts as an increase; 1e-9 is the noise of the integration around s.
    if (!(std::abs(gaps[i]) <= std::abs(gaps[i - 1]) + 1e-9)) ++worst.increases;
  worst.final_gap.see(std::abs(gaps.back()));
}

std::vector<Start> starts_around_the_origin() {
  std::vector<Start> starts;
  for (int i = 0; i < 24; ++i)
    for (double radius : {1e-3, 0.4, 1.7}) {
      const double angle = (i + 0.3) * 2 * std::acos(-1.0) / 24;  // never a = -b
      starts.push_back({radius * std::cos(angle), radius * std::sin(angle)});
    }
  return starts;
}

Approach approach_of_theory(const std::vector<Start>& starts) {
  Approach worst;
  for (const Start& start : starts) {
    std::vector<double> gaps;
    for (int i = 0; i <= 400; ++i)
      gaps.push_back(strength_gap_at(unequal_law(start.a0, start.b0, 1, 1), 0.1 * i));
    follow(worst, gaps);
  }
  return worst;
}

Approach approach_of_flow(const std::vector<Start>& starts) {
  Approach worst;
  for (const Start& start : starts) {
    const auto solution =
        ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({1, 1}).layers(), {start.a0, start.b0},
                                     base::TimeGrid<double>::linear(0, kApproachTime, 401), sharp());
    std::vector<double> gaps;
    for (std::size_t i = 0; i < solution.trajectory.size(); ++i)
      gaps.push_back(1 - solution.trajectory.state(i)[0] * solution.trajectory.state(i)[1]);
    follow(worst, gaps);
  }
  return worst;
}

using StartSet = std::function<std::vector<Start>()>;

std::vector<Check> approach_checks(const StartSet& choose, Subject subject) {
  const auto starts = choose();
  std::vector<Check> checks;
  for (const auto& [witness, approach] :
       {std::pair{"T", approach_of_theory(starts)}, std::pair{"F", approach_of_flow(starts)}}) {
    checks.push_back({.quantity = fmt::format("times at which |s − ab| grows, of 400 along each of {} curves",
                                              starts.size()),
                      .measured = static_cast<double>(approach.increases),
                      .expected = 0,
                      .relation = Relation::at_most,
                      .bound = 0,
                      .bound_reason = "monotone allows no exception",
                      .witness_pair = witness,
                      .subject = subject});
    checks.push_back(
        {.quantity = "largest |s − ab| / s at t = 40 τ/s",
         .measured = approach.final_gap.value(),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 1e-10,
         .bound_reason = "e^{−2st/τ} has fallen to 1e-34; the tolerance of the integration is left",
         .wide_reason = "The closed form has no tolerance",
         .witness_pair = witness,
         .subject = subject});
  }
  return checks;
}

std::vector<Check> x6(Context&, const StartSet& corrected) {
  const std::vector<Start> exceptions{{0.5, -0.5}, {-1.4, 1.4}, {0, 0}};
  auto least_gap = [&](auto gap) {
    double least = std::numeric_limits<double>::infinity();
    for (const Start& start : exceptions) least = std::min(least, gap(start));
    return least;
  };
  const double theory = least_gap([](const Start& start) {
    return strength_gap_at(unequal_law(start.a0, start.b0, 1, 1), kApproachTime);
  });
  const double flow = least_gap([](const Start& start) {
    const auto end =
        ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({1, 1}).layers(), {start.a0, start.b0},
                                     base::TimeGrid<double>({0, kApproachTime}), sharp());
    return 1 - end.trajectory.final_state()[0] * end.trajectory.final_state()[1];
  });
  std::vector<Check> checks;
  for (const auto& [witness, gap] : {std::pair{"T", theory}, std::pair{"F", flow}})
    checks.push_back(
        {.quantity = "least (s − ab)/s at t = 40 τ/s from a = −b and from the origin",
         .measured = gap,
         .expected = 1,
         .relation = Relation::at_least,
         .bound = 0.99,
         .bound_reason = "were ab to approach s from there, next to nothing of the gap would be left",
         .witness_pair = witness,
         .subject = Subject::printed});
  for (auto& check : approach_checks(corrected, Subject::corrected)) checks.push_back(std::move(check));
  return checks;
}

// ------------------------------------------------------------------------------------------------ C11, X8

// Largest |difference of a or b| / max(1, sqrt(s)) between the law and Eq 8 integrated, over sign cases.
double law_against_flow(const UnequalLaw& law) {
  base::Worst worst;
  for (double s : {1.0, 0.3, -0.5, 0.0})
    for (const Start& start :
         {Start{0.4, 0.1}, {0.1, -0.4}, {-0.3, -0.2}, {1e-3, -5e-4}, {1.5, 1.2}, {0, 0.7}}) {
      const auto mode = law(start.a0, start.b0, s, 2);
      const auto grid = base::TimeGrid<double>::linear(0, 30, 31);
      const auto solution = ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({s, 2}).layers(),
                                                         {start.a0, start.b0}, grid, sharp());
      for (std::size_t i = 0; i < grid.size(); ++i) {
        const auto [a, b] = layers_at(mode, grid[i]);
        const auto x = solution.trajectory.state(i);
        worst.see(std::abs(a - x[0]));
        worst.see(std::abs(b - x[1]));
      }
    }
  return worst.value();
}

double law_against_network(Context& context, const LearningProblem& problem, const UnequalLaw& law) {
  const double a0 = 2e-3, b0 = -5e-4;
  return network_against_law(problem, a0, b0, context.seed(),
                             [&](double s, double t) { return strength_at(law(a0, b0, s, 1), t); });
}

Check flow_check(double measured, Subject subject) {
  return {
      .quantity =
          "largest difference of a or b from Eq 8 integrated: s = 1, 0.3, −0.5, 0; layers of all signs",
      .measured = measured,
      .expected = 0,
      .relation = Relation::at_most,
      .bound = 1e-9,
      .bound_reason =
          "tolerance 1e-12, amplified by up to e^{st/τ} on the way past the saddle from (1e-3, −5e-4), which "
          "is about 1000",
      .wide_reason = "The stepper mostly does better than its tolerance",
      .witness_pair = "TF",
      .subject = subject};
}

std::vector<Check> c11(Context& context, const UnequalLaw& law) {
  std::vector<Check> checks{flow_check(law_against_flow(law), Subject::claim)};
  for (const LearningProblem* problem : {&context.tree(), &context.images()})
    checks.push_back(
        {.quantity =
             "largest |u_{N} − u_{T}| / s over all modes of a network from a_{0} = 2e-3, b_{0} = −5e-4",
         .measured = law_against_network(context, *problem, law),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 1e-8,
         .bound_reason =
             "tolerance 1e-10 of the network's flow times 2 s t / τ of up to 60, by which a plateau "
             "amplifies it",
         .wide_reason = "The stepper mostly does better than its tolerance",
         .witness_pair = "TN",
         .dataset = problem->name});
  return checks;
}

std::vector<Check> x8(Context&, const UnequalLaw& corrected) {
  // One start is enough to refute; both layers positive, where v3's form is defined without doubt.
  const auto mode = law_of_v3(0.4, 0.1, 1, 1);
  const auto grid = base::TimeGrid<double>::linear(0, 5, 51);
  const auto solution =
      ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({1, 1}).layers(), {0.4, 0.1}, grid, sharp());
  base::Worst worst;
  for (std::size_t i = 0; i < grid.size(); ++i)
    worst.see(std::abs(strength_at(mode, grid[i]) -
                       solution.trajectory.state(i)[0] * solution.trajectory.state(i)[1]));
  return {{.quantity = "largest |u − u_{F}| of ab = c sinh θ from a_{0} = 0.4, b_{0} = 0.1, s = 1",
           .measured = worst.value(),
           .expected = 0,
           .relation = Relation::at_least,
           .bound = 0.05,
           .bound_reason = "the integration errs by less than 1e-9",
           .witness_pair = "TF",
           .subject = Subject::printed},
          flow_check(law_against_flow(corrected), Subject::corrected)};
}

// ------------------------------------------------------------------------------------------------ C15

// (t90 - t10)/t50 by the law, with the strengths' times from any law.
template <class Law>
double rise_ratio(const Law& mode) {
  const double s = mode.singular_value();
  return (time_to_reach(mode, 0.9 * s) - time_to_reach(mode, 0.1 * s)) / half_learning_time(mode);
}

double rise_ratio_of_flow(double u0) {
  const auto solution = ode::integrate_fully<double>(
      flow::ThreeLayerFlow<double>({1, 1}).log_strength(), {std::log(u0)}, base::TimeGrid<double>({0, 40}),
      {.relative_tolerance = 1e-13, .absolute_tolerance = 1e-13},
      {ode::crossing_of<double>("10", 0, std::log(0.1)), ode::crossing_of<double>("50", 0, std::log(0.5)),
       ode::crossing_of<double>("90", 0, std::log(0.9))});
  return (solution.hit("90").time - solution.hit("10").time) / solution.hit("50").time;
}

using RiseRatio = std::function<double(double u0)>;

std::vector<Check> c15(Context&, const RiseRatio& ratio) {
  std::vector<Check> checks;
  for (double u0 : {1e-2, 1e-4, 1e-8, 1e-12}) {
    const double measured = rise_ratio_of_flow(u0);
    checks.push_back(
        {.quantity = fmt::format("(t_{{90}} − t_{{10}})/t_{{50}} of Eq 10 integrated, u_{{0}}/s = {:g}", u0),
         .measured = measured,
         .expected = ratio(u0),
         .relation = Relation::within,
         .bound = 1e-10,
         .bound_reason = "tolerance 1e-13 in ln u over some 100 steps, in each of three times",
         .wide_reason = "The stepper mostly does better than its tolerance",
         .witness_pair = "TF"});
    checks.push_back(
        {.quantity = fmt::format("the same times ln(s/u_{{0}}) over ln 81, u_{{0}}/s = {:g}", u0),
         .measured = measured * std::log(1 / u0) / std::log(81.0),
         .expected = 1,
         .relation = Relation::within,
         .bound = u0,
         .bound_reason =
             "the ratio is ln 81 / ln(s/u_{0} − 1), which differs from ln 81 / ln(s/u_{0}) by u_{0}/s "
             "over the logarithm",
         .wide_reason = "Only rounding is left where u_{0}/s is this small",
         .witness_pair = "F"});
  }
  return checks;
}

std::vector<Start> with_the_stable_manifold() {
  auto starts = starts_around_the_origin();
  starts.push_back({0.5, -0.5});
  return starts;
}

}  // namespace

std::vector<Claim> claims_on_unequal_layers() {
  return {
      {{.id = "C10",
        .section = 1,
        .sentence = "From every start but a = −b and the origin, ab approaches s monotonically.",
        .source = "after Eq 9",
        .formula = "d|s − ab|/dt = −(a^{2} + b^{2})|s − ab|/τ ≤ 0",
        .witnesses = "STF",
        .algebra = Algebra::part,
        .figures = {"2"}},
       [](Context&) { return approach_checks(starts_around_the_origin, Subject::claim); },
       "a start on a = −b is among them",
       [](Context&) { return approach_checks(with_the_stable_manifold, Subject::claim); }},
      {{.id = "C11",
        .section = 1,
        .sentence = "Eq 8 is solved in closed form from any two layer strengths, of any signs.",
        .source = "after Eq 9, supplement",
        .formula = "a ± b = (a_{0} ± b_{0}) r^{±1},  r^{2} = D′/D,  s − u = 4K^{2}q(s − u_{0})/(DD′)",
        .witnesses = "STFN",
        .algebra = Algebra::whole,
        .figures = {"2"},
        .needs_images = true},
       [](Context& c) { return c11(c, unequal_law); },
       "ab = c sinh θ without its factor ½",
       [](Context& c) { return c11(c, law_of_v3); }},
      {{.id = "C15",
        .section = 1,
        .sentence = "The rise of a mode is a sigmoid that sharpens as u_{0} → 0: its rise time over its "
                    "half-learning time falls "
                    "as ln 81 / ln(s/u_{0}).",
        .source = "after Eq 12",
        .formula = "(t_{90} − t_{10})/t_{50} = ln 81 / ln(s/u_{0} − 1)",
        .witnesses = "STF",
        .algebra = Algebra::part,
        .figures = {"3l"}},
       [](Context& c) { return c15(c, [](double u0) { return rise_ratio(closed_form(1, u0, 1)); }); },
       "the law is that of a shallow network, which has no plateau",
       [](Context& c) {
         return c15(c, [](double u0) {
           return rise_ratio(theory::ShallowMode<double>(
               {.singular_value = 1, .initial_strength = u0, .time_constant = 1}));
         });
       }},
      {{.id = "X6",
        .kind = Kind::ambiguity,
        .section = 1,
        .sentence = "“The product ab monotonically approaches the fixed point s from its initial value.”",
        .source = "after Eq 9",
        .formula = "ab → s",
        .printed = "from its initial value, read as from any initial values of a and b",
        .corrected = "from every start but a = −b, the stable manifold of the saddle at the origin, and the "
                     "origin itself",
        .witnesses = "STF",
        .algebra = Algebra::part,
        .figures = {"2"}},
       [](Context& c) { return x6(c, starts_around_the_origin); },
       "the correction leaves a = −b in",
       [](Context& c) { return x6(c, with_the_stable_manifold); }},
      {{.id = "X8",
        .kind = Kind::error,
        .section = 1,
        .sentence = "The hyperbolic solution for unequal layers in Supplement A of the long version, arXiv "
                    "1312.6120v3.",
        .source = "v3, Supplement A",
        .formula = "ab = c_{0} sinh θ",
        .printed = "ab = c_{0} sinh θ, c_{0} = a^{2} − b^{2}",
        .corrected = "ab = (c_{0}/2) sinh θ",
        .witnesses = "STF",
        .algebra = Algebra::whole,
        .figures = {}},
       [](Context& c) { return x8(c, unequal_law); },
       "the correction is the printed form",
       [](Context& c) { return x8(c, law_of_v3); }},
  };
}

}  // namespace dln::validation::section_1
