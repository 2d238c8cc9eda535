// The scalar quantities of the theory by name, for `dln eval`: a stable interface that other programs script
// against.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dln::tools {

struct Quantity {
  std::string name;                     // "eq12.u"
  std::vector<std::string> parameters;  // in the order in which `value` takes them
  std::string sentence;
  std::function<double(std::span<const double>)> value;  // throws base::DomainError
};

const std::vector<Quantity>& quantities();

// Throws base::DomainError with the nearest name.
const Quantity& find_quantity(std::string_view name);

// quantity.value(values), for one finite value a parameter. Throws base::DomainError when the result is not
// finite.
double evaluate(const Quantity& quantity, std::span<const double> values);

}  // namespace dln::tools
