// Section 2: curvature, learning rates and the steps they take, at any depth.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/flow/mode_descent.hpp"
#include "dln/theory/depth_delay.hpp"
#include "dln/theory/learning_rate.hpp"
#include "tools/quantity_tables.hpp"

namespace dln::tools {
namespace {

base::Depth whole_depth(double n) {
  base::require(n >= 1 && n <= 1e6 && n == std::floor(n), "n", n,
                "a whole number of weight matrices, 1 to 1e6");
  return base::Depth::from_weight_matrices(static_cast<int>(n));
}
base::Depth depth_of(const std::vector<double>& dims) {
  base::require(dims.size() >= 2, "dims", static_cast<double>(dims.size()),
                "two or more sizes, N_1, N_2, ...");
  for (double size : dims)
    base::require(size >= 1 && size == std::floor(size), "dims", size, "whole numbers, 1 or greater");
  return base::Depth::from_weight_matrices(static_cast<int>(dims.size()) - 1);
}

// Gradient descent on one mode at the rate kappa / lambda_max.
flow::ModeDescent descent(double n, double s, double u0, double kappa) {
  base::require_positive("kappa", kappa);
  const auto depth = whole_depth(n);
  return {depth, {s, u0, kappa * theory::optimal_learning_rate(base::DepthExponent(depth), s)}};
}
constexpr double kMostSteps = 1e8;  // some seconds

double strength_after_steps(const Values& v) {
  base::require(v[4] >= 0 && v[4] <= kMostSteps && v[4] == std::floor(v[4]), "k", v[4],
                "a whole number from 0 to 1e8");
  return strength_after(descent(v[0], v[1], v[2], v[3]), static_cast<long>(v[4]));
}
double steps_of_descent(const Values& v) {
  base::require(v[2] > 0 && 2 * v[2] < v[1], "eps", v[2], "a number greater than 0 and less than s/2");
  const double expected = theory::steps_at_optimal_rate(exponent(v[0]), v[1], v[2]);
  base::require(
      expected < kMostSteps, "eps", v[2],
      fmt::format("one that takes fewer than 1e8 steps; this takes about {:.1e} (steps, in closed form)",
                  expected));
  const auto steps = steps_to_learn(descent(v[0], v[1], v[2], 1), v[2], static_cast<long>(kMostSteps));
  if (!steps) throw base::UnreachableError("s - eps: descent stands still, or is lost, before it gets there");
  return static_cast<double>(*steps);
}

double top_of_full_hessian(const Values& v) {
  const auto& dims = v.list(0);
  const auto depth = depth_of(dims);
  const auto& s = v.list(1);
  const double modes = std::min(dims.front(), dims.back());
  base::require(static_cast<double>(s.size()) <= modes, "svals", static_cast<double>(s.size()),
                fmt::format("no more than {} singular values, the lesser of inputs and outputs", modes));
  return theory::pair_hessian_eigenvalue(depth, *std::ranges::max_element(s), *std::ranges::max_element(s));
}

std::vector<Quantity> of_a_modes_hessian() {
  return {
      {"hessian.sym",
       {{"n"}, {"s"}, {"a"}},
       "Hessian of Eq 14 at equal layers a, tau factored out: eigenvalue along (1, ..., 1)",
       [](const Values& v) { return theory::diagonal_hessian(whole_depth(v[0]), v[1], v[2]).symmetric; }},
      {"hessian.anti",
       {{"n"}, {"s"}, {"a"}},
       "its other eigenvalue, n - 1 times",
       [](const Values& v) {
         base::require(v[0] >= 2, "n", v[0], "2 or more; one matrix has no other eigenvalue");
         return theory::diagonal_hessian(whole_depth(v[0]), v[1], v[2]).antisymmetric;
       }},
      {"hessian.max",
       {{"n"}, {"s"}},
       "the largest eigenvalue on the way from 0 to s: n s^(2 - 2/n)",
       [](const Values& v) { return theory::largest_hessian_eigenvalue(exponent(v[0]), v[1]); }},
      {"alpha_opt",
       {{"n"}, {"s"}},
       "1/hessian.max, the paper's optimal learning rate",
       [](const Values& v) { return theory::optimal_learning_rate(exponent(v[0]), v[1]); }},
      {"alpha_max_stable",
       {{"n"}, {"s"}},
       "2/hessian.max, above which gradient descent leaves the minimum",
       [](const Values& v) { return theory::stability_limit(exponent(v[0]), v[1]); }},
  };
}

std::vector<Quantity> steps_and_delays() {
  return {
      {"steps",
       {{"n", kDepth}, {"s"}, {"eps"}},
       "gradient steps at the optimal rate from u0 = eps to s - eps",
       [](const Values& v) { return theory::steps_at_optimal_rate(exponent(v[0]), v[1], v[2]); }},
      {"delay.N_minus_3",
       {{"n", kDepth}, {"s"}, {"eps"}},
       "their excess over three layers (n = 2)",
       [](const Values& v) { return theory::delay_over_three_layers(exponent(v[0]), v[1], v[2]); }},
      {"delay.inf_minus_3",
       {{"s"}, {"eps"}},
       "that of infinite depth, t_inf - t_3",
       [](const Values& v) { return theory::delay_of_infinite_depth(v[0], v[1]); }},
      {"delay.leading",
       {{"s"}, {"eps"}},
       "its leading order s/eps",
       [](const Values& v) { return theory::leading_delay_of_infinite_depth(v[0], v[1]); }},
  };
}

std::vector<Quantity> of_descent_and_rise() {
  return {
      {"gd.u_after_k",
       {{"n"}, {"s"}, {"u0"}, {"kappa"}, {"k"}},
       "strength after k steps of gradient descent at the rate kappa/hessian.max",
       strength_after_steps},
      {"gd.steps_to",
       {{"n"}, {"s"}, {"eps"}},
       "steps of gradient descent at the rate 1/hessian.max from u0 = eps to s - eps",
       steps_of_descent},
      {"rise.ratio",
       {{"n", kDepth}, {"x0"}},
       "(t_90 - t_10) / t_50 of a mode that starts at the share x0 of its s",
       [](const Values& v) { return theory::rise_over_half_time(exponent(v[0]), v[1]); }},
  };
}

std::vector<Quantity> of_a_whole_hessian() {
  return {
      {"fullhess.top",
       {{"dims", kList}, {"svals", kList}},
       "largest Hessian eigenvalue of a network with these layers at a balanced minimum, Sigma11 = I",
       top_of_full_hessian},
      {"fullhess.cross",
       {{"dims", kList}, {"s_out"}, {"s_in"}},
       "its eigenvalue for an output mode of s_out and an input mode of s_in (0 for one that is not there; "
       "not for "
       "modes that a narrow layer leaves out)",
       [](const Values& v) { return theory::pair_hessian_eigenvalue(depth_of(v.list(0)), v[1], v[2]); }},
  };
}

}  // namespace

std::vector<Quantity> quantities_of_rates() {
  return joined({of_a_modes_hessian(), steps_and_delays(), of_descent_and_rise(), of_a_whole_hessian()});
}

}  // namespace dln::tools
