// How ab approaches s by Eq 8: from which starts, ever nearer, and how sharply it rises.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/base/worst.hpp"
#include "dln/flow/three_layer_flow.hpp"
#include "dln/theory/shallow_mode.hpp"
#include "validation/context.hpp"
#include "validation/section_1/section_1.hpp"
#include "validation/section_1/witnesses.hpp"

namespace dln::validation::section_1 {
namespace {

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

std::vector<LayerStart> starts_around_the_origin() {
  std::vector<LayerStart> starts;
  for (int i = 0; i < 24; ++i)
    for (double radius : {1e-3, 0.4, 1.7}) {
      const double angle = (i + 0.3) * 2 * std::acos(-1.0) / 24;  // never a = -b
      starts.push_back({radius * std::cos(angle), radius * std::sin(angle)});
    }
  return starts;
}

std::vector<LayerStart> with_the_stable_manifold() {
  auto starts = starts_around_the_origin();
  starts.push_back({0.5, -0.5});
  return starts;
}

Approach approach_of_theory(const std::vector<LayerStart>& starts) {
  Approach worst;
  for (const LayerStart& start : starts) {
    std::vector<double> gaps;
    for (int i = 0; i <= 400; ++i)
      gaps.push_back(strength_gap_at(unequal_law(start.a0, start.b0, 1, 1), 0.1 * i));
    follow(worst, gaps);
  }
  return worst;
}

Approach approach_of_flow(const std::vector<LayerStart>& starts) {
  Approach worst;
  for (const LayerStart& start : starts) {
    const auto solution = ode::integrate_fully<double>(
        flow::ThreeLayerFlow<double>({1, 1}).layers(), {start.a0, start.b0},
        base::TimeGrid<double>::linear(0, kApproachTime, 401), sharp_integration());
    std::vector<double> gaps;
    for (std::size_t i = 0; i < solution.trajectory.size(); ++i)
      gaps.push_back(1 - solution.trajectory.state(i)[0] * solution.trajectory.state(i)[1]);
    follow(worst, gaps);
  }
  return worst;
}

using StartSet = std::function<std::vector<LayerStart>()>;

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
  const std::vector<LayerStart> exceptions{{0.5, -0.5}, {-1.4, 1.4}, {0, 0}};
  auto least_gap = [&](auto gap) {
    double least = std::numeric_limits<double>::infinity();
    for (const LayerStart& start : exceptions) least = std::min(least, gap(start));
    return least;
  };
  const double theory = least_gap([](const LayerStart& start) {
    return strength_gap_at(unequal_law(start.a0, start.b0, 1, 1), kApproachTime);
  });
  const double flow = least_gap([](const LayerStart& start) {
    const auto end =
        ode::integrate_fully<double>(flow::ThreeLayerFlow<double>({1, 1}).layers(), {start.a0, start.b0},
                                     base::TimeGrid<double>({0, kApproachTime}), sharp_integration());
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

}  // namespace

std::vector<Claim> claims_on_approach() {
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
  };
}

}  // namespace dln::validation::section_1
