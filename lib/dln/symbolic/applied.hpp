// What an Operation does to its operands, be they numbers or GiNaC's expressions. Internal to symbolic.
#pragma once

#include <cmath>

#include "dln/symbolic/expression.hpp"

namespace dln::symbolic {

// `y` is looked at by operations of two operands alone. `lambert` is W_0 in T. Of a number, pi or a symbol,
// which have no operands, the answer is `x`.
template <class T, class Lambert>
T applied(Operation operation, const T& x, const T& y, const Lambert& lambert) {
  using std::asinh, std::atan, std::cos, std::cosh, std::exp, std::log, std::pow, std::sin, std::sinh,
      std::sqrt, std::tan, std::tanh;
  switch (operation) {
    case Operation::negate:
      return -x;
    case Operation::add:
      return x + y;
    case Operation::subtract:
      return x - y;
    case Operation::multiply:
      return x * y;
    case Operation::divide:
      return x / y;
    case Operation::power:
      return pow(x, y);
    case Operation::exp:
      return exp(x);
    case Operation::log:
      return log(x);
    case Operation::sqrt:
      return sqrt(x);
    case Operation::sin:
      return sin(x);
    case Operation::cos:
      return cos(x);
    case Operation::tan:
      return tan(x);
    case Operation::sinh:
      return sinh(x);
    case Operation::cosh:
      return cosh(x);
    case Operation::tanh:
      return tanh(x);
    case Operation::asinh:
      return asinh(x);
    case Operation::atan:
      return atan(x);
    case Operation::lambertw:
      return lambert(x);
    case Operation::number:
    case Operation::pi:
    case Operation::symbol:
      break;
  }
  return x;
}

}  // namespace dln::symbolic
