// Section 2: strengths and times of a mode in networks of any depth.
#include <fmt/format.h>

#include <cmath>

#include "dln/base/error.hpp"
#include "dln/theory/deep_mode.hpp"
#include "dln/theory/infinite_depth_mode.hpp"
#include "dln/theory/learning_rate.hpp"
#include "dln/theory/unbalanced_deep_mode.hpp"
#include "tools/quantity_tables.hpp"

namespace dln::tools {
namespace {

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

double layer_at(const Values& v) {
  const auto mode = unbalanced(v.list(0), v[1], v[2]);
  const double index = v[4], layers = static_cast<double>(v.list(0).size());
  base::require(index >= 1 && index <= layers && index == std::floor(index), "index", index,
                fmt::format("a layer from 1 to {}", layers));
  return layers_at(mode, v[3])[static_cast<std::size_t>(index) - 1];
}

std::vector<Quantity> equal_layers() {
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
  };
}

std::vector<Quantity> unequal_layers() {
  return {
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
  };
}

}  // namespace

std::vector<Quantity> quantities_of_depth() {
  return joined({equal_layers(), unequal_layers()});
}

}  // namespace dln::tools
