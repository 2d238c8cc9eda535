// Eq 14 from unequal layers: what is conserved, and how every layer moves.
#include <fmt/format.h>

#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/experiments/unequal_layers.hpp"
#include "dln/flow/deep_flow.hpp"
#include "dln/theory/deep_mode.hpp"
#include "dln/theory/unbalanced_deep_mode.hpp"
#include "validation/context.hpp"
#include "validation/section_2/section_2.hpp"

namespace dln::validation::section_2 {
namespace {

using flow::DeepFlow;

constexpr double kS = 1.7, kTau = 3;  // of the mode that both claims look at

// Largest change of a_i^2 - sign a_j^2 between two sets of layers.
double largest_drift(std::span<const double> before, std::span<const double> after, double sign) {
  base::Worst worst;
  for (std::size_t i = 0; i < before.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const auto difference = [&](std::span<const double> a) { return a[i] * a[i] - sign * a[j] * a[j]; };
      worst.see(std::abs(difference(after) - difference(before)));
    }
  return worst.value();
}

std::vector<Check> c24(Context&, double sign) {
  const std::vector<double> a0{0.2, -0.5, 0.9, 1.3};
  const std::vector<double> times{0, 1, 5, 20};
  const auto solution =
      ode::integrate_fully<double>(DeepFlow<double>({kS, kTau}).layers(), a0, base::TimeGrid<double>(times),
                                   {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-14});
  const theory::UnbalancedDeepMode<double> mode({a0, kS, kTau});
  base::Worst by_flow, by_theory;
  for (std::size_t i = 1; i < times.size(); ++i) {
    by_flow.see(largest_drift(a0, solution.trajectory.state(i), sign));
    by_theory.see(largest_drift(a0, layers_at(mode, times[i]), sign));
  }
  return {{.quantity =
               "largest change of a_{i}² − a_{j}² along the flow of Eq 14, four unequal layers, one negative",
           .measured = by_flow.value(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 1e-10,
           .bound_reason = "a hundred steps of tolerance 1e-12",
           .wide_reason = "The stepper mostly does better than its tolerance",
           .witness_pair = "F"},
          {.quantity = "the same along the closed form",
           .measured = by_theory.value(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 1e-14,
           .bound_reason = "rounding of squares of size 1",
           .wide_reason = "Rounding is below its largest",
           .witness_pair = "T"}};
}

// How a claim obtains the time from layers a0 to strength uf.
using UnbalancedTime = std::function<double(const std::vector<double>& a0, double uf)>;

double unbalanced_time(const std::vector<double>& a0, double uf) {
  return time_to_reach(theory::UnbalancedDeepMode<double>({a0, kS, kTau}), uf);
}
// The layers taken to be equal, with the same product.
double as_if_balanced(const std::vector<double>& a0, double uf) {
  double u0 = 1;
  for (double a : a0) u0 *= a;
  const auto depth = base::DepthExponent::from_real(static_cast<double>(a0.size()));
  return time_to_reach(theory::DeepMode<double>(depth, {kS, std::abs(u0), kTau}), uf);
}

experiments::UnequalLayers run_for(const std::vector<double>& a0, double duration, std::uint64_t seed) {
  return experiments::run_unequal_layers({.layers = a0,
                                          .singular_value = kS,
                                          .time_constant = kTau,
                                          .duration = duration,
                                          .samples = 9,
                                          .seed = seed});
}

Check within(std::string quantity, double measured, const char* witnesses) {
  return {.quantity = std::move(quantity),
          .measured = measured,
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 1e-9,
          .bound_reason = "a hundred steps of tolerance 1e-11",
          .wide_reason = "The stepper mostly does better than its tolerance",
          .witness_pair = witnesses};
}

std::vector<Check> c47(Context& context, const UnbalancedTime& time) {
  base::Worst ode, network;
  for (const std::vector<double>& a0 : {std::vector<double>{0.1, 0.4},
                                        {0.2, 0.5, 0.9},
                                        {-0.1, 0.5, 0.9},
                                        {0.3, 0.3, 0.9, 1.1, 0.7},
                                        {0.02, 2, 0.002, 0.2, 1.1}}) {
    const double uf = 0.8 * kS;
    const auto run = run_for(a0, time(a0, uf), context.seed());
    const auto last = run.flow.rows() - 1;
    ode.see(std::abs(run.flow.row(last).prod() - uf) / kS);
    network.see(std::abs(run.network.row(last).prod() - uf) / kS);
  }
  // All layers all along: rising, through zero, from an axis, and into the saddle, where two layers tie.
  base::Worst layers_ode, layers_network, spread_ode, spread_network;
  for (const std::vector<double>& a0 :
       {std::vector<double>{0.02, 2, 0.002, 0.2, 1.1}, {-0.1, 0.5, 0.9}, {0, 0.4, 0.7}, {-0.5, 0.5, 0.9}}) {
    const theory::UnbalancedDeepMode<double> mode({a0, kS, kTau});
    const bool learns = mode.limit() == kS;
    const auto run = run_for(a0, learns ? time_to_reach(mode, 0.9 * kS) : 8, context.seed());
    layers_ode.see((run.flow - run.theory).cwiseAbs().maxCoeff());
    layers_network.see((run.network - run.theory).cwiseAbs().maxCoeff());
    spread_ode.see(run.flow_spread);
    spread_network.see(run.network_spread);
  }
  const std::string at = "at the time of 0.8 s, 2, 3 and 5 layers, one through zero, five over three decades";
  const std::string along =
      ", on the way to 0.9 s: five layers over three decades, one through zero, one from an axis; and two "
      "that tie and end at the saddle";
  return {within("largest |u_{ODE} − u| / s " + at, ode.value(), "TF"),
          within("largest |u_{network} − u| / s " + at, network.value(), "TN"),
          within("largest |a_{i,ODE} − a_{i}|" + along, layers_ode.value(), "TF"),
          within("largest |a_{i,network} − a_{i}|" + along, layers_network.value(), "TN"),
          within("largest difference between layers in the change of a_{i}² along the ODE",
                 spread_ode.value(), "F"),
          within("the same of ‖W^{l}‖² in the full network", spread_network.value(), "N")};
}

}  // namespace

std::vector<Claim> claims_on_unequal_layers() {
  return {
      {{.id = "C24",
        .section = 2,
        .sentence = "a_{i}² − a_{j}² is conserved by Eq 14 for every pair of layers.",
        .source = "after Eq 14",
        .formula = "d/dt (a_{i}² − a_{j}²) = 0",
        .witnesses = "STF",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c24(c, 1); },
       "the sum in the place of the difference",
       [](Context& c) { return c24(c, -1); }},
      {{.id = "C47",
        .section = 2,
        .sentence = "From unequal layers a mode follows one quadrature over its smallest layer, at any depth "
                    "and through zero; a_{i}² changes by the same amount in every layer.",
        .source = "Eq 14, beyond the paper",
        .formula = "τ dz/dt = P(z) (s − z P(z)), P(z) = ±Π √(z² + κ_{i})",
        .witnesses = "STFN",
        .algebra = Algebra::part,
        .figures = {"unequal"}},
       [](Context& c) { return c47(c, unbalanced_time); },
       "the layers are taken to be equal",
       [](Context& c) { return c47(c, as_if_balanced); }},
  };
}

}  // namespace dln::validation::section_2
