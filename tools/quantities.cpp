#include "tools/quantities.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/theory/three_layer_mode.hpp"
#include "dln/theory/unequal_mode.hpp"
#include "tools/quantity_tables.hpp"
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

std::vector<Quantity> quantities_of_section_1() {
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

base::DepthExponent exponent(double n) {
  if (n == std::numeric_limits<double>::infinity()) return base::DepthExponent::infinite();
  base::require(n >= 1, "n", n, "a number of weight matrices, 1 or greater");
  return base::DepthExponent::from_real(n);
}

std::vector<Quantity> joined(std::vector<std::vector<Quantity>> tables) {
  std::vector<Quantity> all;
  for (auto& table : tables) std::ranges::move(table, std::back_inserter(all));
  return all;
}

const std::vector<Quantity>& quantities() {
  static const auto all = joined({quantities_of_section_1(), quantities_of_depth(), quantities_of_rates()});
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
