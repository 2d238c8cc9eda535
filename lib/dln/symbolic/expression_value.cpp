// What expressions are worth, in double and in 50 digits.
#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/lambert_w.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <type_traits>

#include "dln/symbolic/applied.hpp"

namespace dln::symbolic {
namespace {

// The type that ode calls FiftyDigits.
using FiftyDigits =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

template <class Real>
Real from_digits(const std::string& digits) {
  if constexpr (std::is_same_v<Real, double>)
    return std::strtod(digits.c_str(), nullptr);
  else
    return Real(digits);
}

template <class Real>
Real lambert(const Real& x) {
  using std::exp;
  if (!(x > -exp(Real(-1)))) return std::numeric_limits<Real>::quiet_NaN();
  return x > std::numeric_limits<Real>::max() ? x : boost::math::lambert_w0(x);
}

}  // namespace

template <class Real>
Evaluator<Real>::Evaluator(const Expression& expression) {
  Places places;
  add(*expression.node(), places);
}

template <class Real>
std::size_t Evaluator<Real>::add(const Expression::Node& node, Places& places) {
  if (const auto found = places.find(&node); found != places.end()) return found->second;
  Instruction instruction{node.operation, node.symbol, 0};
  if (node.left) instruction.left = add(*node.left, places);
  if (node.right) instruction.right = add(*node.right, places);
  instructions_.push_back(instruction);
  results_.push_back(node.operation == Operation::number ? from_digits<Real>(node.digits)
                     : node.operation == Operation::pi   ? boost::math::constants::pi<Real>()
                                                         : Real(0));
  return places[&node] = instructions_.size() - 1;
}

template <class Real>
Real Evaluator<Real>::operator()(std::span<const Real> values) const {
  try {
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
      const auto& [operation, left, right] = instructions_[i];
      if (operation == Operation::number || operation == Operation::pi) continue;
      results_[i] = operation == Operation::symbol ? values[left]
                                                   : applied(operation, results_[left], results_[right],
                                                             [](const Real& x) { return lambert(x); });
    }
    return results_.back();
  } catch (const std::exception&) {  // Boost throws where the C library answers NaN
    return std::numeric_limits<Real>::quiet_NaN();
  }
}

template class Evaluator<double>;
template class Evaluator<FiftyDigits>;

}  // namespace dln::symbolic
