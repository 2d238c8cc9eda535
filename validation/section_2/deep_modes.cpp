// One mode at every depth: Eqs 14 to 17, their limit, and how sharply a mode rises.
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
#include "validation/section_2/section_2.hpp"

namespace dln::validation::section_2 {
namespace {

using base::Depth;
using base::DepthExponent;
using flow::DeepFlow;
using linalg::Matrix;

constexpr double kS = 1.7, kTau = 3;  // of the mode that all claims here look at

DepthExponent layers(int n) {
  return DepthExponent(Depth::from_layers(n));
}

// How a claim obtains the time of Eq 15 from u0 to uf.
using DeepTime = std::function<double(const DepthExponent& depth, double u0, double uf)>;

double closed_time(const DepthExponent& depth, double u0, double uf) {
  return time_to_reach(theory::DeepMode<double>(depth, {kS, u0, kTau}), uf);
}
// Were there one matrix more.
double time_of_one_more(const DepthExponent& depth, double u0, double uf) {
  return closed_time(DepthExponent::from_real(depth.weight_matrices() + 1), u0, uf);
}

// Time to uf along a flow of ln u, at a tolerance of 1e-12.
double time_by_ode(const ode::RightHandSide<double>& log_flow, double u0, double uf, double horizon) {
  const auto solution =
      ode::integrate_fully<double>(log_flow, {std::log(u0)}, base::TimeGrid<double>({0, horizon}),
                                   {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-12},
                                   {ode::crossing_of<double>("there", 0, std::log(uf), true)});
  return solution.hit("there").time;
}

// A decoupled chain on Sigma11 = I whose two modes have s and s/2; strengths as given, width 3. Its first
// mode at `times`.
std::vector<double> strengths_of_network(const std::vector<double>& start, const std::vector<double>& times,
                                         std::uint64_t seed) {
  data::Correlations correlations;
  correlations.sigma11 = Matrix::Identity(3, 3);
  auto stream = base::stream(seed, "section 2 deep modes");
  const Matrix u = linalg::haar_orthonormal(4, 2, stream), v = linalg::haar_orthonormal(3, 2, stream);
  correlations.sigma31 = u * Eigen::Vector2d(kS, kS / 2).asDiagonal() * v.transpose();
  const auto modes = data::singular_modes(correlations.sigma31);
  std::vector<Eigen::Index> units(start.size() + 1, 3);
  units.back() = 4;
  Matrix strengths(static_cast<Eigen::Index>(start.size()), 2);
  for (std::size_t l = 0; l < start.size(); ++l)
    strengths.row(static_cast<Eigen::Index>(l)).setConstant(start[l]);
  const auto network = network::decoupled_weights(units, modes, strengths, stream).network;
  std::vector<double> grid{0};
  grid.insert(grid.end(), times.begin(), times.end());
  const auto solution =
      network::gradient_flow_fully(network, correlations, kTau, base::TimeGrid<double>(grid),
                                   {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-14});
  std::vector<double> strength;
  for (std::size_t i = 1; i < grid.size(); ++i) {
    const auto now = network::network_at(network, solution.trajectory.state(i));
    strength.push_back(modes.output.col(0).dot(network::end_to_end(now) * modes.input.col(0)));
  }
  return strength;
}

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
