// Infinitely many layers: Eqs 16 and 17 as the limit of Eq 15, and what they leave out at finite depth.
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

using base::DepthExponent;
using flow::DeepFlow;

// How a claim obtains the time of Eq 17 for N_l layers.
using LimitTime = std::function<double(double n, double u0, double uf)>;

double limit_time(double n, double u0, double uf) {
  return time_to_reach(theory::InfiniteDepthMode<double>(n, {kS, u0, kTau}), uf);
}
// Eq 17 without its terms 1/(s u).
double logarithm_only(double n, double u0, double uf) {
  return kTau / (n * kS * kS) * std::log(uf * (kS - u0) / (u0 * (kS - uf)));
}

std::vector<Check> c27(Context& context, const LimitTime& limit) {
  const double u0 = 0.2 * kS, uf = 0.8 * kS;
  const auto gap = [&](int n, double time) { return std::abs(time / limit(n, u0, uf) - 1); };
  const auto by_flow = [&](int n) {
    return gap(n, time_by_ode(DeepFlow<double>({kS, kTau}).log_strength(layers(n)), u0, uf,
                              2 * closed_time(layers(n), u0, uf)));
  };
  std::vector<Check> checks;
  for (int n : {100, 1000})
    checks.push_back(
        {.quantity = fmt::format("gap between Eq 15 and Eq 16 at N_{{l}} = {} over that at {}", n, 3 * n),
         .measured = by_flow(n) / by_flow(3 * n),
         .expected = 3,
         .relation = Relation::within,
         .bound = 30.0 / n,
         .bound_reason = "the next order in 1/N_{l}",
         .witness_pair = "TF"});
  for (int n : {30, 100, 300, 1000}) {
    const std::vector<double> start(static_cast<std::size_t>(n - 1), std::pow(u0, 1.0 / (n - 1)));
    const double at_limit = strengths_of_network(start, {limit(n, u0, uf)}, context.seed())[0];
    checks.push_back(
        {.quantity =
             fmt::format("N_{{l}} |u_{{network}} − u_{{f}}| / s at the time of Eq 17, N_{{l}} = {}", n),
         .measured = n * std::abs(at_limit - uf) / kS,
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 5,
         .bound_reason =
             "first order in 1/N_{l}: one layer of N_{l} and the dropped u^{2/L} = 1 + (2/L) ln u, times the "
             "elapsed N_{l} s² t/τ of about 4",
         .witness_pair = "TN"});
  }
  return checks;
}

std::vector<Check> x10(Context&, const DeepTime& corrected) {
  const int n = 100;
  std::vector<Check> checks;
  for (double s : {0.2, 1.0, 5.0}) {
    const double u0 = 1e-3 * s, uf = 0.9 * s;
    const auto flow = DeepFlow<double>({s, kTau}).log_strength(layers(n));
    const double exact_time = time_to_reach(theory::DeepMode<double>(layers(n), {s, u0, kTau}), uf);
    const double time = time_by_ode(flow, u0, uf, 2 * exact_time);
    const double printed = time_to_reach(theory::InfiniteDepthMode<double>(n, {s, u0, kTau}), uf);
    checks.push_back(
        {.quantity = fmt::format(
             "Eq 17 over the time of the ODE, minus 1: N_{{l}} = 100, u_{{0}} = 1e-3 s, s = {:g}", s),
         .measured = std::abs(printed / time - 1),
         .expected = 0,
         .relation = Relation::at_least,
         .bound = 0.05,
         .bound_reason = "beyond any error of the integration; it depends on the unit of s",
         .witness_pair = "TF",
         .subject = Subject::printed});
    // The same mode in the units of kS: only tau/s^{2 - 2/L} and u0/s matter.
    const double scale = std::pow(kS / s, 2 - 2.0 / (n - 1));
    checks.push_back(
        {.quantity = fmt::format("L = N_{{l}} − 1 and s^{{2 − 2/L}} kept: the same, s = {:g}", s),
         .measured = std::abs(corrected(layers(n), 1e-3 * kS, 0.9 * kS) * scale / time - 1),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 1e-9,
         .bound_reason = "a hundred steps of tolerance 1e-12 in ln u",
         .wide_reason = "The stepper mostly does better than its tolerance",
         .witness_pair = "TF",
         .subject = Subject::corrected});
  }
  return checks;
}

std::vector<Check> c28(Context&, const LimitTime& time) {
  base::Worst times, strengths;
  const double n = 30;
  const auto flow = DeepFlow<double>({kS, kTau}).log_strength_in_limit(n);
  for (double x0 : {1e-4, 0.05, 0.4, 3.0})
    for (double share : {0.2, 0.5, 0.95}) {
      const double u0 = x0 * kS, uf = u0 + share * (kS - u0);
      const theory::InfiniteDepthMode<double> mode(n, {kS, u0, kTau});
      const double by_ode = time_by_ode(flow, u0, uf, 2 * limit_time(n, u0, uf));
      times.see(std::abs(time(n, u0, uf) / by_ode - 1));
      // An error of t moves u by u' times it.
      const double swing = std::abs(rate(mode, uf)) * by_ode / kS;
      strengths.see(std::abs(strength_at(mode, time(n, u0, uf)) - uf) / kS / (1 + swing));
    }
  return {{.quantity =
               "largest relative difference between Eq 17's time and the ODE of Eq 16, u_{0}/s = 1e-4 to 3",
           .measured = times.value(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 1e-9,
           .bound_reason = "a hundred steps of tolerance 1e-12 in ln u",
           .wide_reason = "The stepper mostly does better than its tolerance",
           .witness_pair = "TF"},
          {.quantity = "largest |u(t(u_{f})) − u_{f}| / s, u(t) by Lambert's W_{0}, over 1 + |t u'/s|",
           .measured = strengths.value(),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 1e-13,
           .bound_reason = "rounding",
           .wide_reason = "Inverse and time round alike",
           .witness_pair = "T"}};
}

std::vector<Check> c29(Context&, const DeepTime& time) {
  const double u0 = 0.1 * kS, uf = 0.9 * kS;
  std::vector<Check> checks;
  for (int n : {1000, 10000}) {
    const auto flow = DeepFlow<double>({kS, kTau}).log_strength(layers(n));
    checks.push_back({.quantity = fmt::format(
                          "time of the ODE at N_{{l}} = {} over that of Eq 15 at {}, same τ", n, 10 * n),
                      .measured = time_by_ode(flow, u0, uf, 2 * closed_time(layers(n), u0, uf)) /
                                  time(layers(10 * n), u0, uf),
                      .expected = 10,
                      .relation = Relation::within,
                      .bound = 200.0 / n,
                      .bound_reason = "t ∝ 1/N_{l}; the next order in 1/N_{l}, times ten",
                      .wide_reason = "Its factor is below its largest",
                      .witness_pair = "TF"});
  }
  return checks;
}

}  // namespace

std::vector<Claim> claims_on_infinite_depth() {
  return {
      {{.id = "C27",
        .section = 2,
        .sentence = "Eq 16 is the limit of Eq 15 for many layers; the two differ by O(1/N_{l}).",
        .source = "Eq 16",
        .formula = "τ du/dt → N_{l} u² (s − u)",
        .witnesses = "STFN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c27(c, limit_time); },
       "the terms 1/(s u) are left out of Eq 17",
       [](Context& c) { return c27(c, logarithm_only); }},
      {{.id = "C28",
        .section = 2,
        .sentence = "Eq 17 integrates Eq 16, and its inverse is s / (1 + W_{0}(v_{0} e^{v_{0} − N_{l} s² "
                    "t/τ})), v_{0} = s/u_{0} − 1.",
        .source = "Eq 17",
        .formula =
            "t = (τ/N_{l}) [s^{−2} ln(u_{f}(u_{0} − s)/(u_{0}(u_{f} − s))) + 1/(s u_{0}) − 1/(s u_{f})]",
        .witnesses = "STF",
        .algebra = Algebra::whole,
        .figures = {}},
       [](Context& c) { return c28(c, limit_time); },
       "the terms 1/(s u) are left out of Eq 17",
       [](Context& c) { return c28(c, logarithm_only); }},
      {{.id = "C29",
        .section = 2,
        .sentence = "At fixed τ the learning time tends to 0 with depth, as 1/N_{l}.",
        .source = "after Eq 17",
        .formula = "t → 0 as N_{l} → ∞",
        .witnesses = "TF",
        .figures = {}},
       [](Context& c) { return c29(c, closed_time); },
       "the time is taken at twice the depth",
       [](Context& c) {
         return c29(c, [](const DepthExponent& depth, double u0, double uf) {
           return closed_time(DepthExponent::from_real(2 * depth.weight_matrices()), u0, uf);
         });
       }},
      {{.id = "X10",
        .kind = Kind::finite_n,
        .section = 2,
        .sentence = "The prefactor of Eqs 16 and 17 at finite depth.",
        .source = "Eqs 16, 17",
        .formula = "N_{l} = 100",
        .printed = "N_{l} and s²: off by 8 to 15 % at N_{l} = 100, u_{0} = 10^{−3} s, by an amount that "
                   "depends on units",
        .corrected =
            "N_{l} − 1 and s^{2 − 2/(N_{l} − 1)}, and the factor u^{2/(N_{l} − 1)}; the printed limit holds",
        .witnesses = "STF",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return x10(c, closed_time); },
       "the corrected form has one matrix more",
       [](Context& c) { return x10(c, time_of_one_more); }},
  };
}

}  // namespace dln::validation::section_2
