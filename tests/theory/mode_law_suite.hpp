// What every ModeLaw must obey, whatever the law and the real type; and the printed formulas as a witness,
// evaluated in 120 digits, where neither overflow nor cancellation touches them.
#pragma once

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <functional>
#include <vector>

#include "dln/theory/shallow_mode.hpp"
#include "dln/theory/three_layer_mode.hpp"

namespace dln::theory::suite {

template <unsigned Digits>
using Float = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<Digits>, boost::multiprecision::et_off>;
using Fifty = Float<50>;
using Wide = Float<120>;

// The law as the paper prints it. Primary template: every law must say.
template <class Law>
struct Printed;

template <class Real>
struct Printed<ThreeLayerMode<Real>> {
  using InWide = ThreeLayerMode<Wide>;
  static Wide strength(Wide s, Wide u0, Wide tau, Wide t) {
    const Wide e = exp(Wide(2 * s * t / tau));
    return s * e / (e - 1 + s / u0);  // Eq 12
  }
  static Wide gap(Wide s, Wide u0, Wide tau, Wide t) {
    const Wide e = exp(Wide(2 * s * t / tau));
    return s * (s / u0 - 1) / (e - 1 + s / u0);  // s minus Eq 12, on one fraction
  }
  static Wide time(Wide s, Wide u0, Wide tau, Wide uf) {
    return tau / (2 * s) * log(Wide(uf * (s - u0) / (u0 * (s - uf))));  // Eq 11
  }
};

template <class Real>
struct Printed<ShallowMode<Real>> {
  using InWide = ShallowMode<Wide>;
  static Wide strength(Wide s, Wide u0, Wide tau, Wide t) {
    const Wide e = exp(Wide(-t / tau));
    return s * (1 - e) + u0 * e;
  }
  static Wide gap(Wide s, Wide u0, Wide tau, Wide t) { return (s - u0) * exp(Wide(-t / tau)); }
  static Wide time(Wide s, Wide u0, Wide tau, Wide uf) { return tau * log(Wide((s - u0) / (s - uf))); }
};

using Arguments = std::vector<Wide>;
using Function = std::function<Wide(const Arguments&)>;

// Sum over the inputs of |x df/dx| / |f|, by central differences of relative size 1e-30: their error, 1e-60, is
// nothing beside the 120 digits of Wide and the digits that count.
inline Wide condition(const Function& f, const Arguments& x) {
  const Wide h("1e-30");
  Wide sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    Arguments above = x, below = x;
    above[i] *= 1 + h;
    below[i] *= 1 - h;
    sum += abs(Wide((f(above) - f(below)) / (2 * h)));
  }
  return sum / abs(f(x));
}

// |value - f(x)| / |f(x)| in units of eps (1 + cond): the number that must stay below 64. Results below the
// smallest normal number of Real are exempt.
template <class Real>
double error_in_units(const Real& value, const Function& f, const Arguments& x) {
  const Wide exact = f(x);
  if (abs(exact) < Wide(std::numeric_limits<Real>::min())) return 0;
  const Wide relative = abs(Wide((Wide(value) - exact) / exact));
  return static_cast<double>(Wide(relative / (Wide(std::numeric_limits<Real>::epsilon()) * (1 + condition(f, x)))));
}

// The range the laws are promised on: s 1e-3..1e3, u0/s 1e-12..1 - 1e-12 and above 1, tau 0.1..100.
template <class Law, class Visit>
void for_each_mode(Visit visit) {
  using Real = typename Law::real_type;
  const Real ratios[] = {Real(1e-12), Real(1e-6), Real(1e-3), Real(0.3),           Real(0.5),   Real(0.9),
                         1 - Real(1e-6), 1 - Real(1e-12), 1 + Real(1e-12), Real(1.5), Real(1e3), Real(1e6)};
  for (Real s : {Real(1e-3), Real(0.7), Real(30), Real(1e3)})
    for (Real ratio : ratios)
      for (Real tau : {Real(0.1), Real(3), Real(100)})
        visit(Law({.singular_value = s, .initial_strength = ratio * s, .time_constant = tau}));
}

template <class Law>
Arguments numbers_of(const Law& m) {
  return {Wide(m.singular_value()), Wide(m.initial_strength()), Wide(m.time_constant())};
}

}  // namespace dln::theory::suite
