#include "tools/quantities.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/flow/mode_descent.hpp"
#include "dln/theory/depth_delay.hpp"
#include "dln/theory/infinite_depth_mode.hpp"
#include "dln/theory/learning_rate.hpp"
#include "dln/theory/three_layer_mode.hpp"
#include "dln/theory/unbalanced_deep_mode.hpp"
#include "dln/theory/unequal_mode.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

using Mode = theory::ThreeLayerMode<double>;
using Symmetric = theory::SymmetricLearning<double>;

Mode mode(double s, double u0, double tau) {
  return Mode({.singular_value = s, .initial_strength = u0, .time_constant = tau});
}

theory::UnequalMode<double> unequal(double a0, double b0, double s, double tau) {
  return theory::UnequalMode<double>({.a0 = a0, .b0 = b0, .singular_value = s, .time_constant = tau});
}

constexpr auto kList = ParameterKind::list;
constexpr auto kDepth = ParameterKind::depth;

// n weight matrices: any real number of at least 1, or infinity.
base::DepthExponent exponent(double n) {
  if (n == std::numeric_limits<double>::infinity()) return base::DepthExponent::infinite();
  base::require(n >= 1, "n", n, "a number of weight matrices, 1 or greater");
  return base::DepthExponent::from_real(n);
}
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
theory::DeepMode<double> deep(double n, double s, double u0, double tau) {
  return {exponent(n), {.singular_value = s, .initial_strength = u0, .time_constant = tau}};
}
theory::InfiniteDepthMode<double> limit(double layers, double s, double u0, double tau) {
  return {layers, {.singular_value = s, .initial_strength = u0, .time_constant = tau}};
}
theory::UnbalancedDeepMode<double> unbalanced(const std::vector<double>& a0, double s, double tau) {
  base::require(a0.size() >= 2, "strengths in a0", static_cast<double>(a0.size()), "two or more");
  return theory::UnbalancedDeepMode<double>({a0, s, tau});
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

double layer_at(const Values& v) {
  const auto mode = unbalanced(v.list(0), v[1], v[2]);
  const double index = v[4], layers = static_cast<double>(v.list(0).size());
  base::require(index >= 1 && index <= layers && index == std::floor(index), "index", index,
                fmt::format("a layer from 1 to {}", layers));
  return layers_at(mode, v[3])[static_cast<std::size_t>(index) - 1];
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

std::vector<Quantity> table_of_section_2() {
  using base::DepthExponent;
  return {
      {"eq15.t",
       {{"n"}, {"u0"}, {"uf"}, {"s"}, {"tau"}},
       "time in which a mode of n weight matrices goes from u0 to uf (Eq 15)",
       [](const Values& v) { return time_to_reach(deep(v[0], v[3], v[1], v[4]), v[2]); }},
      {"eq15.u",
       {{"n"}, {"u0"}, {"s"}, {"tau"}, {"t"}},
       "strength of such a mode at time t",
       [](const Values& v) { return strength_at(deep(v[0], v[2], v[1], v[3]), v[4]); }},
      {"eq15.s_minus_u",
       {{"n"}, {"u0"}, {"s"}, {"tau"}, {"t"}},
       "s - u, without cancellation near s",
       [](const Values& v) { return strength_gap_at(deep(v[0], v[2], v[1], v[3]), v[4]); }},
      {"eq17.t",
       {{"N_l"}, {"u0"}, {"uf"}, {"s"}, {"tau"}},
       "time from u0 to uf in the limit of many layers (Eq 17)",
       [](const Values& v) { return time_to_reach(limit(v[0], v[3], v[1], v[4]), v[2]); }},
      {"eq17.u",
       {{"N_l"}, {"u0"}, {"s"}, {"tau"}, {"t"}},
       "strength at time t in that limit",
       [](const Values& v) { return strength_at(limit(v[0], v[2], v[1], v[3]), v[4]); }},
      {"eq17.s_minus_u",
       {{"N_l"}, {"u0"}, {"s"}, {"tau"}, {"t"}},
       "s - u, without cancellation near s",
       [](const Values& v) { return strength_gap_at(limit(v[0], v[2], v[1], v[3]), v[4]); }},
      {"mode_lambda.u",
       {{"n"}, {"u0"}, {"s"}, {"lam"}, {"tau"}, {"t"}},
       "strength at time t of a mode along which the input has variance lam",
       [](const Values& v) {
         const theory::ModeNumbers<double> numbers{v[2], v[1], v[4]};
         return strength_at(theory::DeepMode<double>(exponent(v[0]), with_input_variance(numbers, v[3])),
                            v[5]);
       }},
      {"unequal.a",
       {{"a0", kList}, {"s"}, {"tau"}, {"t"}, {"index"}},
       "strength of layer `index` = 1, 2, ... at time t from unequal layers a0 (Eq 14)",
       layer_at},
      {"unequal.u",
       {{"a0", kList}, {"s"}, {"tau"}, {"t"}},
       "the product of all layers",
       [](const Values& v) { return strength_at(unbalanced(v.list(0), v[1], v[2]), v[3]); }},
      {"unequal.t",
       {{"a0", kList}, {"s"}, {"tau"}, {"uf"}},
       "time in which the product reaches uf",
       [](const Values& v) { return time_to_reach(unbalanced(v.list(0), v[1], v[2]), v[3]); }},
      {"unequal.lambda_max",
       {{"a0", kList}, {"s"}},
       "largest Hessian eigenvalue of Eq 14, tau factored out, at the minimum that the flow from a0 reaches",
       [](const Values& v) {
         return theory::largest_hessian_eigenvalue_reached(unbalanced(v.list(0), v[1], 1));
       }},
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

std::vector<Quantity> table() {
  return {
      {"eq8.a",
       {{"a0"}, {"b0"}, {"s"}, {"tau"}, {"t"}},
       "strength a of the first layer at time t, from any a0 and b0 (Eq 8)",
       [](const Values& v) { return layers_at(unequal(v[0], v[1], v[2], v[3]), v[4]).a; }},
      {"eq8.b",
       {{"a0"}, {"b0"}, {"s"}, {"tau"}, {"t"}},
       "strength b of the second layer",
       [](const Values& v) { return layers_at(unequal(v[0], v[1], v[2], v[3]), v[4]).b; }},
      {"eq8.u",
       {{"a0"}, {"b0"}, {"s"}, {"tau"}, {"t"}},
       "their product u = ab",
       [](const Values& v) { return strength_at(unequal(v[0], v[1], v[2], v[3]), v[4]); }},
      {"eq8.s_minus_u",
       {{"a0"}, {"b0"}, {"s"}, {"tau"}, {"t"}},
       "s - u, without cancellation near s",
       [](const Values& v) { return strength_gap_at(unequal(v[0], v[1], v[2], v[3]), v[4]); }},
      {"eq8.t",
       {{"a0"}, {"b0"}, {"s"}, {"tau"}, {"uf"}},
       "time in which u = ab reaches uf",
       [](const Values& v) { return time_to_reach(unequal(v[0], v[1], v[2], v[3]), v[4]); }},
      {"eq11.t",
       {{"u0"}, {"uf"}, {"s"}, {"tau"}},
       "time in which a three-layer mode goes from u0 to uf (Eq 11)",
       [](const Values& v) { return time_to_reach(mode(v[2], v[0], v[3]), v[1]); }},
      {"eq12.u",
       {{"u0"}, {"s"}, {"tau"}, {"t"}},
       "strength of a three-layer mode at time t (Eq 12)",
       [](const Values& v) { return strength_at(mode(v[1], v[0], v[2]), v[3]); }},
      {"eq12.s_minus_u",
       {{"u0"}, {"s"}, {"tau"}, {"t"}},
       "s - u at time t, without cancellation near s",
       [](const Values& v) { return strength_gap_at(mode(v[1], v[0], v[2]), v[3]); }},
      {"claim11.t_exact",
       {{"s"}, {"tau"}, {"eps"}},
       "time from u0 = eps to s - eps, exactly",
       [](const Values& v) {
         return Symmetric({v[0], v[1], v[2]}).exact_time();
       }},
      {"claim11.t_asym",
       {{"s"}, {"tau"}, {"eps"}},
       "its limit (tau/s) ln(s/eps) as eps -> 0",
       [](const Values& v) {
         return Symmetric({v[0], v[1], v[2]}).asymptotic_time();
       }},
      {"claim11.error",
       {{"s"}, {"tau"}, {"eps"}},
       "exact time minus its limit, without cancellation",
       [](const Values& v) {
         return Symmetric({v[0], v[1], v[2]}).error();
       }},
  };
}

}  // namespace

const std::vector<Quantity>& quantities() {
  static const std::vector<Quantity> all = [] {
    auto both = table();
    std::ranges::move(table_of_section_2(), std::back_inserter(both));
    return both;
  }();
  return all;
}

const Quantity& find_quantity(std::string_view name) {
  const auto found = std::ranges::find(quantities(), name, &Quantity::name);
  if (found != quantities().end()) return *found;
  std::vector<std::string> names;
  for (const Quantity& quantity : quantities()) names.push_back(quantity.name);
  throw base::DomainError(
      fmt::format("quantity '{}': unknown{}{}", name.substr(0, 60), suggestion(name, names),
                  suggestion(name, names).empty() ? "; 'dln list quantities' names them all" : ""));
}

std::string Parameter::shown() const {
  return name + (kind == ParameterKind::list ? "[]" : kind == ParameterKind::depth ? "|inf" : "");
}

std::string Quantity::shown_parameters(std::string_view separator) const {
  std::vector<std::string> shown;
  for (const Parameter& parameter : parameters) shown.push_back(parameter.shown());
  return fmt::format("{}", fmt::join(shown, separator));
}

double evaluate(const Quantity& quantity, const Values& values) {
  double value = 0;
  try {
    value = quantity.value(values);
  } catch (const base::Error&) {
    throw;
  } catch (const std::exception&) {  // a library's own word for numbers that left the range of a double
    throw base::DomainError(fmt::format(
        "{}: a number on the way is beyond the range of a double; expected parameters nearer to 1",
        quantity.name));
  }
  if (!std::isfinite(value))
    throw base::DomainError(fmt::format("{}: the result is beyond the range of a double", quantity.name));
  return value;
}

}  // namespace dln::tools
