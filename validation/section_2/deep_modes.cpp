// One mode at every depth: Eqs 14 and 15, and how sharply a mode rises.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "dln/base/worst.hpp"
#include "dln/flow/deep_flow.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/depth_delay.hpp"
#include "validation/context.hpp"
#include "validation/section_2/one_mode.hpp"
#include "validation/section_2/section_2.hpp"

namespace dln::validation::section_2 {
namespace {

using base::Depth;
using base::DepthExponent;
using flow::DeepFlow;
using linalg::Matrix;

double largest_distance_of_network(const DepthExponent& depth, double u0, const DeepTime& time,
                                   std::uint64_t seed) {
  const auto matrices = static_cast<std::size_t>(depth.weight_matrices());
  std::vector<double> targets, times;
  for (double share : {0.3, 0.5, 0.9}) {
    targets.push_back(u0 + share * (kS - u0));
    times.push_back(time(depth, u0, targets.back()));
  }
  const std::vector<double> start(matrices, std::pow(u0, 1.0 / static_cast<double>(matrices)));
  const auto strengths = strengths_of_network(start, times, seed);
  base::Worst worst;
  for (std::size_t i = 0; i < targets.size(); ++i) worst.see(std::abs(strengths[i] - targets[i]) / kS);
  return worst.value();
}

std::vector<Check> c25(Context& context, const DeepTime& time) {
  std::vector<Check> checks;
  base::Worst ode;
  for (int n : {2, 3, 4, 5, 10, 30, 100, 300, 1000})
    for (double x0 : {1e-6, 1e-3, 0.3}) {
      const double u0 = x0 * kS, uf = 0.9 * kS, expected = time(layers(n), u0, uf);
      const auto flow = DeepFlow<double>({kS, kTau}).log_strength(layers(n));
      ode.see(std::abs(time_by_ode(flow, u0, uf, 2 * closed_time(layers(n), u0, uf)) / expected - 1));
    }
  checks.push_back(
      {.quantity = "largest relative difference of the time to 0.9 s, ODE in ln u, N_{l} = 2 to 1000, "
                   "u_{0}/s = 1e-6, "
                   "1e-3, 0.3",
       .measured = ode.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-8,
       .bound_reason =
           "a hundred steps of tolerance 1e-12 in ln u; on a plateau the time lost by an error of ln u is "
           "that error times the time left, up to ten times the tolerance a step",
       .wide_reason = "The stepper mostly does better than its tolerance",
       .witness_pair = "TF"});
  base::Worst network;
  for (int n : {2, 3, 5, 10, 30, 100})
    network.see(largest_distance_of_network(layers(n), 0.1 * kS, time, context.seed()));
  checks.push_back({.quantity = "largest |u_{network} − u| / s at the times of 0.3, 0.5 and 0.9 of the way, "
                                "N_{l} = 2 to 100, u_{0}/s "
                                "= 0.1",
                    .measured = network.value(),
                    .expected = 0,
                    .relation = Relation::at_most,
                    .bound = 1e-9,
                    .bound_reason = "hundreds of steps of tolerance 1e-12",
                    .wide_reason = "The stepper mostly does better than its tolerance",
                    .witness_pair = "TN"});
  return checks;
}

std::vector<Check> c26(Context&, const DepthExponent& depth) {
  base::Worst worst;
  for (double x0 : {1e-9, 1e-3, 0.4, 3.0})
    for (double share : {0.1, 0.5, 0.999}) {
      const double u0 = x0 * kS, uf = u0 + share * (kS - u0);
      const theory::ThreeLayerMode<double> three({kS, u0, kTau});
      worst.see(std::abs(closed_time(depth, u0, uf) / time_to_reach(three, uf) - 1));
    }
  const double rate = std::abs(theory::DeepMode<double>(depth, {kS, 0.1, kTau}).nu() - 1);
  return {{.quantity = "largest relative difference between Eq 15's time at N_{l} = 3 and Eq 11",
           .measured = worst.value(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 1e-12,
           .bound_reason = "rounding, 64 eps times a condition of up to 40",
           .wide_reason = "Condition and rounding are seldom at their largest together",
           .witness_pair = "T"},
          {.quantity = "|2/L − 1|: the exponent 2 − 2/L of Eq 15 over that of Eq 10",
           .measured = rate,
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 0,
           .bound_reason = "an identity",
           .witness_pair = "T"}};
}

// The power of u0/s with which rise over half time falls at depth L > 2.
using SharpnessPower = std::function<double(const DepthExponent&)>;

double one_minus_nu(const DepthExponent& depth) {
  return 1 - 2 / depth.weight_matrices();
}

double rise_over_half_by_ode(const DepthExponent& depth, double x0) {
  const auto flow = DeepFlow<double>({1, 1}).log_strength(depth);
  const theory::DeepMode<double> mode(depth, {1, x0, 1});
  const double horizon = 2 * time_to_reach(mode, 0.95);
  const auto time = [&](double u) { return time_by_ode(flow, x0, u, horizon); };
  const double rise = time_by_ode(flow, 0.1, 0.9, horizon);
  return rise / time(0.5);
}

std::vector<Check> c49(Context&, const SharpnessPower& power) {
  std::vector<Check> checks;
  const auto relative = [&](std::string quantity, double measured, double expected, double bound,
                            std::string reason) {
    checks.push_back({.quantity = std::move(quantity),
                      .measured = measured / expected,
                      .expected = 1,
                      .relation = Relation::within,
                      .bound = bound,
                      .bound_reason = std::move(reason),
                      .wide_reason = "The next term is smaller than its bound",
                      .witness_pair = "TF"});
  };
  for (int n : {4, 5, 10, 100}) {
    const double x0 = 1e-6;
    relative(
        fmt::format(
            "(t_{{90}} − t_{{10}})/t_{{50}} over C (u_{{0}}/s)^{{1 − 2/L}}, N_{{l}} = {}, u_{{0}}/s = 1e-6",
            n),
        rise_over_half_by_ode(layers(n), x0),
        theory::sharpness_constant<double>(layers(n)) * std::pow(x0, power(layers(n))), 0.1,
        "the next term of the plateau's time, (u_{0}/s)^{1 − 2/L} times a few");
  }
  relative("the same over ln 81 / ln(s/u_{0} − 1), N_{l} = 3", rise_over_half_by_ode(layers(3), 1e-6),
           std::log(81) / std::log(1e6 - 1), 1e-9, "exact; steps of tolerance 1e-12 in ln u");
  relative("the same over ln 9 / ln 2, N_{l} = 2, u_{0}/s = 1e-9", rise_over_half_by_ode(layers(2), 1e-9),
           std::log(9) / std::log(2), 1e-7, "u_{0}/s, and steps of tolerance 1e-12 in ln u");
  return checks;
}

}  // namespace

std::vector<Claim> claims_on_deep_modes() {
  return {
      {{.id = "C25",
        .section = 2,
        .sentence =
            "With equal layers a mode follows Eq 15 at every depth: closed form, ODE and full network agree.",
        .source = "Eqs 14, 15",
        .formula = "τ du/dt = (N_{l} − 1) u^{2 − 2/(N_{l} − 1)} (s − u)",
        .witnesses = "STFN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c25(c, closed_time); },
       "the closed form has one matrix more",
       [](Context& c) { return c25(c, time_of_one_more); }},
      {{.id = "C26",
        .section = 2,
        .sentence = "Eq 15 at N_{l} = 3 is Eq 10.",
        .source = "after Eq 15",
        .formula = "N_{l} = 3: τ du/dt = 2u (s − u)",
        .witnesses = "ST",
        .algebra = Algebra::whole,
        .figures = {}},
       [](Context& c) { return c26(c, layers(3)); },
       "four layers in the place of three",
       [](Context& c) { return c26(c, layers(4)); }},
      {{.id = "C49",
        .section = 2,
        .sentence = "Learning “explodes rapidly” once it begins: rise time over half time falls as "
                    "(u_{0}/s)^{1 − 2/L} with two or "
                    "more hidden layers, only as 1/ln(s/u_{0}) with one, and not at all without.",
        .source = "after Eq 15",
        .formula = "(t_{90} − t_{10})/t_{50} → C_{L} (u_{0}/s)^{1 − 2/L}",
        .witnesses = "TFN",
        .figures = {}},
       [](Context& c) { return c49(c, one_minus_nu); },
       "the power is 1 − 1/L",
       [](Context& c) {
         return c49(c, [](const DepthExponent& depth) { return 1 - 1 / depth.weight_matrices(); });
       }},
  };
}

}  // namespace dln::validation::section_2
