// How large a learning rate a mode bears at each depth, and how much later a deep network learns at its own
// best one.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/experiments/mode_rates.hpp"
#include "dln/flow/deep_flow.hpp"
#include "dln/flow/mode_descent.hpp"
#include "dln/theory/depth_delay.hpp"
#include "dln/theory/learning_rate.hpp"
#include "validation/context.hpp"
#include "validation/section_2/section_2.hpp"

namespace dln::validation::section_2 {
namespace {

using base::Depth;
using base::DepthExponent;

DepthExponent layers(int n) {
  return DepthExponent(Depth::from_layers(n));
}

using Rate = std::function<double(const DepthExponent&, double s)>;  // the optimal one

double exact_rate(const DepthExponent& depth, double s) {
  return theory::optimal_learning_rate(depth, s);
}
// The paper's asymptote, taken at its word at any depth.
double printed_rate(const DepthExponent& depth, double s) {
  return 1 / ((depth.weight_matrices() + 1) * s * s);
}

// The rate between stable and unstable, by bisection, relative to the optimal one by `rate`.
double edge_over(const Rate& rate, int n, double s) {
  return experiments::edge_of_stability(Depth::from_layers(n), s) / rate(layers(n), s);
}

std::vector<Check> c31(Context&, const Rate& rate) {
  std::vector<Check> checks;
  for (int n : {2, 3, 5, 10, 30})
    for (double s : {0.5, 3.0})
      checks.push_back(
          {.quantity = fmt::format(
               "rate at which descent leaves the minimum, found by bisection, × λ_{{max}}, N_{{l}} = "
               "{}, s = {:g}",
               n, s),
           .measured = edge_over(rate, n, s),
           .expected = 2,
           .relation = Relation::within,
           .bound = 1e-4,
           .bound_reason = "bisection to 1e-5 of the rate, and a start 1e-6 beside the minimum, where the "
                           "slope is another by some L times that",
           .wide_reason = "Bisection ends anywhere within it",
           .witness_pair = "TG"});
  const DepthExponent deep = layers(3000);
  checks.push_back({.quantity = "α_{opt} N_{l} s² at N_{l} = 3000, s = 1.5",
                    .measured = rate(deep, 1.5) * 3000 * 1.5 * 1.5,
                    .expected = 1,
                    .relation = Relation::within,
                    .bound = 3.0 / 3000,
                    .bound_reason = "the next order in 1/N_{l}: (1 + 2 ln s)/N_{l}",
                    .witness_pair = "T"});
  // Of the stable rates the fastest is larger: only the end of learning is as steep as lambda_max.
  const auto depth = Depth::from_layers(10);
  double best = 0;
  long fewest = 1'000'000;
  for (double kappa = 0.5; kappa < 1.99; kappa *= 1.01) {
    const auto steps = steps_to_learn(
        flow::ModeDescent(depth, {1, 1e-3, kappa * rate(DepthExponent(depth), 1)}), 1e-3, 1'000'000);
    if (steps && *steps < fewest) {
      fewest = *steps;
      best = kappa;
    }
  }
  checks.push_back(
      {.quantity = fmt::format(
           "fastest stable rate × λ_{{max}} for a mode, N_{{l}} = 10, u_{{0}} = ε = 1e-3: {} steps", fewest),
       .measured = best,
       .expected = 1,
       .relation = Relation::at_least,
       .bound = 1,
       .bound_reason = "“optimal” means 1/λ_{max}; only the end of learning is that steep",
       .witness_pair = "TG"});
  return checks;
}

std::vector<Check> x11(Context&, const Rate& corrected) {
  const int n = 3;
  const double s = 4, exact = edge_over(corrected, n, s), printed = edge_over(printed_rate, n, s);
  return {{.quantity = "α = 1/(N_{l} s²) at N_{l} = 3, s = 4: the edge of stability over 2α, minus 1",
           .measured = std::abs(printed / 2 - 1),
           .expected = 0,
           .relation = Relation::at_least,
           .bound = 0.1,
           .bound_reason = "far beyond the bisection's 1e-5; it depends on the unit of s",
           .witness_pair = "TG",
           .subject = Subject::printed},
          {.quantity = "α = 1/((N_{l} − 1) s^{2 − 2/(N_{l} − 1)}): the same",
           .measured = std::abs(exact / 2 - 1),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 2e-5,
           .bound_reason = "bisection to 1e-5, from a start 1e-6 beside the minimum",
           .witness_pair = "TG",
           .subject = Subject::corrected}};
}

// Gradient steps from eps to s - eps at 1/lambda_max by theory.
using Steps = std::function<double(const DepthExponent&, double s, double eps)>;

double steps_by_theory(const DepthExponent& depth, double s, double eps) {
  return theory::steps_at_optimal_rate(depth, s, eps);
}

// The same by the ODE in ln u, time in units of 1/lambda_max.
double steps_by_ode(int n, double s, double eps) {
  const double most = theory::largest_hessian_eigenvalue(layers(n), s);
  const auto solution = ode::integrate_fully<double>(
      flow::DeepFlow<double>({s, 1}).log_strength(layers(n)), {std::log(eps)},
      base::TimeGrid<double>({0, 2 * theory::steps_at_optimal_rate(layers(n), s, eps) / most}),
      {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-12},
      {ode::crossing_of<double>("learned", 0, std::log(s - eps), true)});
  return solution.hit("learned").time * most;
}

std::vector<Check> c32(Context&, const Steps& steps) {
  const double s = 2, eps = 1e-3 * s;
  base::Worst ode, descent;
  for (int n : {2, 3, 4, 5, 10, 30, 100, 1000})
    ode.see(std::abs(steps_by_ode(n, s, eps) / steps(layers(n), s, eps) - 1));
  for (int n : {3, 5, 10, 100}) {
    const double kappa = 0.02;
    const auto depth = Depth::from_layers(n);
    const flow::ModeDescent small(depth, {s, eps, kappa * theory::optimal_learning_rate(layers(n), s)});
    const auto taken = steps_to_learn(small, eps, 1'000'000);
    descent.see(taken ? std::abs(static_cast<double>(*taken) * kappa / steps(layers(n), s, eps) - 1) : NAN);
  }
  const double three = steps(layers(3), s, eps), limit = steps(DepthExponent::infinite(), s, eps) - three;
  std::vector<Check> checks{
      {.quantity = "largest relative difference of the steps k_{N} at 1/λ_{max}, ODE in ln u, N_{l} = 2 to "
                   "1000, ε = 1e-3 s",
       .measured = ode.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-7,
       .bound_reason =
           "a hundred steps of tolerance 1e-12 in ln u; at s − ε an error of ln u is one of time times 1/ε",
       .wide_reason = "The stepper mostly does better than its tolerance",
       .witness_pair = "TF"},
      {.quantity = "the same for gradient descent at 0.02/λ_{max}, N_{l} = 3 to 100",
       .measured = descent.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 0.03,
       .bound_reason = "first order in the rate, κ = 0.02, and whole steps",
       .witness_pair = "TG"},
      {.quantity = "t_{∞} − t_{3} over s (s − 2ε)/(ε (s − ε))",
       .measured = limit * eps * (s - eps) / (s * (s - 2 * eps)),
       .expected = 1,
       .relation = Relation::within,
       .bound = 1e-12,
       .bound_reason = "rounding",
       .wide_reason = "Rounding is all there is",
       .witness_pair = "T"},
      {.quantity = "t_{1000} − t_{3} by the ODE over t_{∞} − t_{3}: it saturates",
       .measured = (steps_by_ode(1000, s, eps) - steps_by_ode(3, s, eps)) / limit,
       .expected = 1,
       .relation = Relation::within,
       .bound = 0.02,
       .bound_reason = "the first order in 1/N_{l}, 2 ln(s/ε)/N_{l}",
       .witness_pair = "TF"}};
  return checks;
}

using Delay = std::function<double(double s, double eps)>;  // t_inf - t_3 to leading order

std::vector<Check> c33(Context&, const Delay& leading) {
  const double s = 2;
  std::vector<Check> checks;
  for (double eps : {1e-2, 1e-3, 1e-4}) {
    // A depth so large that what is missing of the limit is a few per cent of eps/s.
    const int n = 1'000'000'000 > 1e4 / eps * s ? static_cast<int>(1e4 / eps * s) : 1'000'000'000;
    const double delay = steps_by_ode(n, s, eps * s) - steps_by_ode(3, s, eps * s);
    checks.push_back(
        {.quantity = fmt::format("t_{{N}} − t_{{3}} by the ODE over s/ε, N_{{l}} = {}, ε = {:g} s", n, eps),
         .measured = delay / leading(s, eps * s),
         .expected = 1,
         .relation = Relation::within,
         .bound = 3 * eps,
         .bound_reason = "the next term of s/ε − 1 − ε/s, and 2 ln(s/ε)/N_{l}",
         .witness_pair = "TF"});
  }
  return checks;
}

}  // namespace

std::vector<Claim> claims_on_learning_rates() {
  return {
      {{.id = "C31",
        .section = 2,
        .sentence = "The optimal rate 1/λ_{max} falls as 1/(N_{l} s²) with depth; descent is stable below "
                    "2/λ_{max} exactly, and a mode "
                    "is learned fastest above 1/λ_{max}.",
        .source = "after Eq 17",
        .formula = "α_{opt} = O(1/(N_{l} s²))",
        .witnesses = "STG",
        .algebra = Algebra::part,
        .figures = {"rate"}},
       [](Context& c) { return c31(c, exact_rate); },
       "the asymptote in the place of 1/λ_{max}",
       [](Context& c) { return c31(c, printed_rate); }},
      {{.id = "C32",
        .section = 2,
        .sentence = "At rates 1/λ_{max} the delay of depth is finite: from u_{0} = ε to s − ε, t_{N} − t_{3} "
                    "grows with N_{l} and "
                    "saturates at t_{∞} − t_{3} = s(s − 2ε)/(ε(s − ε)) gradient steps.",
        .source = "after Eq 17",
        .formula = "t_{∞} − t_{3} ~ O(s/ε)",
        .witnesses = "STFG",
        .algebra = Algebra::part,
        .figures = {"delay", "depth"}},
       [](Context& c) { return c32(c, steps_by_theory); },
       "the steps of one layer more",
       [](Context& c) {
         return c32(c, [](const DepthExponent& depth, double s, double eps) {
           if (depth.is_infinite()) return steps_by_theory(depth, s, eps);
           return steps_by_theory(DepthExponent::from_real(depth.weight_matrices() + 1), s, eps);
         });
       }},
      {{.id = "C33",
        .section = 2,
        .sentence = "That delay is inversely proportional to the initial strength: s/ε to leading order.",
        .source = "after Eq 17",
        .formula = "t_{∞} − t_{3} → s/ε",
        .witnesses = "STF",
        .algebra = Algebra::whole,
        .figures = {"delay"}},
       [](Context& c) { return c33(c, theory::leading_delay_of_infinite_depth<double>); },
       "2s/ε in its place",
       [](Context& c) { return c33(c, [](double s, double eps) { return 2 * s / eps; }); }},
      {{.id = "X11",
        .kind = Kind::finite_n,
        .section = 2,
        .sentence = "The optimal learning rate at finite depth.",
        .source = "after Eq 17",
        .formula = "N_{l} = 3",
        .printed = "α_{opt} ~ 1/(N_{l} s²), which at N_{l} = 3 is 1/(3s²)",
        .corrected = "1/((N_{l} − 1) s^{2 − 2/(N_{l} − 1)}), at N_{l} = 3 1/(2s); the printed limit holds",
        .witnesses = "STG",
        .algebra = Algebra::part,
        .figures = {"rate"}},
       [](Context& c) { return x11(c, exact_rate); },
       "the printed form in the place of the corrected one",
       [](Context& c) { return x11(c, printed_rate); }},
  };
}

}  // namespace dln::validation::section_2
