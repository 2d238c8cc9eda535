// What every ModeLaw must obey, whatever the law and the real type; and the printed formulas as a witness,
// evaluated in 120 digits, where neither overflow nor cancellation touches them.
#pragma once

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <functional>
#include <vector>

#include "dln/theory/deep_mode.hpp"
#include "dln/theory/infinite_depth_mode.hpp"
#include "dln/theory/shallow_mode.hpp"
#include "dln/theory/three_layer_mode.hpp"
#include "dln/theory/unbalanced_deep_mode.hpp"
#include "dln/theory/unequal_mode.hpp"

namespace dln::theory::suite {

template <unsigned Digits>
using Float = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<Digits>,
                                            boost::multiprecision::et_off>;
using Fifty = Float<50>;
using Wide = Float<120>;

using Arguments = std::vector<Wide>;

// Laws that take more than the numbers of a mode, with what they take beside them fixed.
template <class Real, int Matrices>
struct DeepOf : DeepMode<Real> {
  explicit DeepOf(const ModeNumbers<Real>& numbers)
      : DeepMode<Real>(base::DepthExponent(base::Depth::from_weight_matrices(Matrices)), numbers) {}
};
template <class Real>
struct LimitOf : InfiniteDepthMode<Real> {
  explicit LimitOf(const ModeNumbers<Real>& numbers) : InfiniteDepthMode<Real>(Real(6), numbers) {}
};
// Layers g/2, g, g, ..., and a last one that makes their product u0 exactly: g is a power of 2 near
// u0^{1/L}.
template <class Real, int Matrices>
struct LayersOf : UnbalancedDeepMode<Real> {
  explicit LayersOf(const ModeNumbers<Real>& numbers) : LayersOf(layers_of(numbers), numbers) {}
  LayersOf(std::vector<Real> layers, const ModeNumbers<Real>& numbers)
      : UnbalancedDeepMode<Real>({std::move(layers), numbers.singular_value, numbers.time_constant}) {}

 private:
  static std::vector<Real> layers_of(const ModeNumbers<Real>& numbers) {
    const Real u0 = Mode<Real>(numbers).initial_strength();  // refuses what a law of u0 refuses
    const Real g = exp2(round(log2(static_cast<double>(u0)) / Matrices));
    std::vector<Real> layers(Matrices - 1, g);
    layers.front() /= 2;
    Real last = u0;
    for (const Real& a : layers) last /= a;
    layers.push_back(last);
    return layers;
  }
};

// The same law in 120 digits.
template <class Law>
struct Widened;
template <template <class> class Law, class Real>
struct Widened<Law<Real>> {
  using type = Law<Wide>;
};
template <class Real, int Matrices>
struct Widened<DeepOf<Real, Matrices>> {
  using type = DeepOf<Wide, Matrices>;
};
template <class Real, int Matrices>
struct Widened<LayersOf<Real, Matrices>> {
  using type = LayersOf<Wide, Matrices>;
};

// The law as the paper prints it: of its own numbers (s first, see numbers_of) and, last, a time t or a
// strength uf.
template <class Law>
struct Printed;

template <class Real>
struct Printed<ThreeLayerMode<Real>> {
  static Wide strength(const Arguments& x) {
    const Wide &s = x[0], &u0 = x[1], e = exp(Wide(2 * s * x[3] / x[2]));
    return s * e / (e - 1 + s / u0);  // Eq 12
  }
  static Wide gap(const Arguments& x) {
    const Wide &s = x[0], &u0 = x[1], e = exp(Wide(2 * s * x[3] / x[2]));
    return s * (s / u0 - 1) / (e - 1 + s / u0);  // s minus Eq 12, on one fraction
  }
  static Wide time(const Arguments& x) {
    const Wide &s = x[0], &u0 = x[1], &uf = x[3];
    return x[2] / (2 * s) * log(Wide(uf * (s - u0) / (u0 * (s - uf))));  // Eq 11
  }
};

template <class Real>
struct Printed<ShallowMode<Real>> {
  static Wide strength(const Arguments& x) {
    const Wide e = exp(Wide(-x[3] / x[2]));
    return x[0] * (1 - e) + x[1] * e;
  }
  static Wide gap(const Arguments& x) { return (x[0] - x[1]) * exp(Wide(-x[3] / x[2])); }
  static Wide time(const Arguments& x) { return x[2] * log(Wide((x[0] - x[1]) / (x[0] - x[3]))); }
};

// The hyperbolic solution: xi = tanh(theta/2) is the ratio of the smaller layer to the larger, u = (k/2)
// sinh(theta) with k = |a0^2 - b0^2| > 0 (the factor 1/2 that v3's Supplement A lacks).
template <class Real>
struct Printed<UnequalMode<Real>> {
  struct Hyperbola {
    Wide s, k, rate, xi0;  // rate = sqrt(4 s^2 + k^2)
    explicit Hyperbola(const Arguments& x) : s(x[0]), k(abs(Wide(x[1] * x[1] - x[2] * x[2]))) {
      rate = sqrt(Wide(4 * s * s + k * k));
      xi0 = abs(x[1]) > abs(x[2]) ? x[2] / x[1] : x[1] / x[2];
    }
    Wide strength(const Wide& xi) const { return k * xi / (1 - xi * xi); }
    Wide ratio(const Wide& u) const {  // the root of strength(xi) = u within (-1, 1)
      return 2 * u / (k + sqrt(Wide(k * k + 4 * u * u)));
    }
    Wide clock(const Wide& xi) const {
      return log(abs(Wide((rate + k + 2 * s * xi) / (rate - k - 2 * s * xi)))) / rate;
    }
  };
  static Wide strength(const Arguments& x) {
    const Hyperbola h(x);
    const Wide t = tanh(Wide(h.rate * x[4] / (2 * x[3])));
    return h.strength(
        Wide((h.xi0 * (h.rate - h.k * t) + 2 * h.s * t) / (h.rate + (h.k + 2 * h.s * h.xi0) * t)));
  }
  // xi' = s (1 - xi^2) - k xi has the fixed points (-k +- K)/(2s), and the ratio w of the distances to them
  // decays as e^{-Kt/tau}; s - u = -s (xi - xi_+)(xi - xi_-)/(1 - xi^2).
  static Wide gap(const Arguments& x) {
    const Hyperbola h(x);
    const Wide stable = (h.rate - h.k) / (2 * h.s), unstable = -(h.rate + h.k) / (2 * h.s);
    const Wide w = (h.xi0 - stable) / (h.xi0 - unstable) * exp(Wide(-h.rate * x[4] / x[3]));
    const Wide xi = (stable - w * unstable) / (1 - w), apart = (stable - unstable) / (1 - w);
    return -h.s * w * apart * apart / (1 - xi * xi);
  }
  static Wide time(const Arguments& x) {
    const Hyperbola h(x);
    return x[3] * (h.clock(h.ratio(x[4])) - h.clock(h.xi0));
  }
};

using Function = std::function<Wide(const Arguments&)>;

// Sum over the inputs of |x df/dx| / |f|, by central differences of relative size 1e-30: their error, 1e-60,
// is nothing beside the 120 digits of Wide and the digits that count.
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
  if (!isfinite(exact) || !base::is_finite(value)) return std::numeric_limits<double>::infinity();
  if (abs(exact) < Wide(std::numeric_limits<Real>::min())) return 0;
  const Wide relative = abs(Wide((Wide(value) - exact) / exact));
  const Wide units = relative / (Wide(std::numeric_limits<Real>::epsilon()) * (1 + condition(f, x)));
  return units >= 0 ? static_cast<double>(units)
                    : std::numeric_limits<double>::infinity();  // NaN never passes
}

// A mode of singular value s and time constant tau that starts with strength u0.
template <class Law>
Law make(const typename Law::real_type& s, const typename Law::real_type& u0,
         const typename Law::real_type& tau) {
  if constexpr (requires(const Law& m) { m.a0(); }) {
    using std::sqrt;
    using Real = typename Law::real_type;
    const Real a0 = sqrt(Real(2 * u0));  // layers in the proportion 2 : 1
    return Law({.a0 = a0, .b0 = a0 / 2, .singular_value = s, .time_constant = tau});
  } else {
    return Law({.singular_value = s, .initial_strength = u0, .time_constant = tau});
  }
}

// The same mode, begun where it is at time t.
template <class Law>
Law begun_at(const Law& m, const typename Law::real_type& t) {
  if constexpr (requires { m.least_layer(); }) {
    return Law(layers_at(m, t), {m.singular_value(), m.initial_strength(), m.time_constant()});
  } else if constexpr (requires { m.a0(); }) {
    const auto [a, b] = layers_at(m, t);
    return Law({.a0 = a, .b0 = b, .singular_value = m.singular_value(), .time_constant = m.time_constant()});
  } else {
    return make<Law>(m.singular_value(), strength_at(m, t), m.time_constant());
  }
}

// The range the laws are promised on: s 1e-3..1e3, u0/s 1e-12..1 - 1e-12 and above 1, tau 0.1..100.
template <class Law, class Visit>
void for_each_mode(Visit visit) {
  using Real = typename Law::real_type;
  const Real ratios[] = {Real(1e-12),    Real(1e-6),      Real(1e-3),      Real(0.3), Real(0.5), Real(0.9),
                         1 - Real(1e-6), 1 - Real(1e-12), 1 + Real(1e-12), Real(1.5), Real(1e3), Real(1e6)};
  for (Real s : {Real(1e-3), Real(0.7), Real(30), Real(1e3)})
    for (Real ratio : ratios)
      for (Real tau : {Real(0.1), Real(3), Real(100)}) visit(make<Law>(s, Real(ratio * s), tau));
}

// The law's own numbers, s first and tau last.
template <class Law>
Arguments numbers_of(const Law& m) {
  if constexpr (requires { m.a0(); })
    return {Wide(m.singular_value()), Wide(m.a0()), Wide(m.b0()), Wide(m.time_constant())};
  else
    return {Wide(m.singular_value()), Wide(m.initial_strength()), Wide(m.time_constant())};
}

}  // namespace dln::theory::suite
