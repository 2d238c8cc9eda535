// The scalar quantities of the theory by name, for `dln eval`: a stable interface that other programs script
// against.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dln::tools {

enum class ParameterKind {
  number,
  depth,  // a number, or infinity
  list,   // one number or more
};
struct Parameter {
  std::string name;
  ParameterKind kind = ParameterKind::number;

  // "s", "n|inf", "a0[]".
  std::string shown() const;
};

// One value for every parameter, in order.
class Values {
 public:
  explicit Values(std::vector<std::vector<double>> values) : values_(std::move(values)) {}
  double operator[](std::size_t i) const { return values_[i].at(0); }
  const std::vector<double>& list(std::size_t i) const { return values_[i]; }

 private:
  std::vector<std::vector<double>> values_;
};

struct Quantity {
  std::string name;                   // "eq12.u"
  std::vector<Parameter> parameters;  // in the order in which `value` takes them
  std::string sentence;
  std::function<double(const Values&)> value;  // throws base::DomainError

  std::string shown_parameters(std::string_view separator) const;  // "u0, s, tau, t"
};

const std::vector<Quantity>& quantities();

// Throws base::DomainError with the nearest name.
const Quantity& find_quantity(std::string_view name);

// quantity.value(values). Throws base::DomainError when the result is not finite.
double evaluate(const Quantity& quantity, const Values& values);

}  // namespace dln::tools
