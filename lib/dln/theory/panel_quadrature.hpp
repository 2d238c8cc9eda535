// Integrals of smooth positive functions to a few eps in any real type, and up to where such an integral has
// a given value.
#pragma once

#include <boost/math/quadrature/gauss.hpp>
#include <limits>

#include "dln/theory/mode_law.hpp"

namespace dln::theory::detail {

// Gauss-Legendre on panels that are halved until the halves agree with the whole to eps^(3/4) of it: the
// halves' own error is then below eps. For positive integrands.
template <class Real>
class PanelQuadrature {
 public:
  template <class F>
  static Real integral(const F& f, const Real& from, const Real& to) {
    return from == to ? Real(0) : refined(f, from, to, Rule::integrate(f, from, to), 0);
  }

 private:
  // Tabulated for double and long double, else computed once.
  static constexpr int kDigits = std::numeric_limits<Real>::digits10;
  static constexpr unsigned kPoints = kDigits <= 15 ? 15 : kDigits <= 18 ? 20 : kDigits;
  using Rule = boost::math::quadrature::gauss<Real, kPoints>;

  template <class F>
  static Real refined(const F& f, const Real& from, const Real& to, const Real& whole, int depth) {
    using std::pow;
    static const Real tolerance = pow(std::numeric_limits<Real>::epsilon(), Real(3) / 4);
    const Real middle = (from + to) / 2;
    const Real left = Rule::integrate(f, from, middle), right = Rule::integrate(f, middle, to);
    const Real sum = left + right;
    if (!(absolute(Real(sum - whole)) > tolerance * absolute(sum)) || depth == 60) return sum;
    return refined(f, from, middle, left, depth + 1) + refined(f, middle, to, right, depth + 1);
  }
};

// Up to where a slope sums to a target, and what of the target is missing where all of it is not enough.
template <class Real>
struct UpperLimit {
  Real w, missing;
};

// The w from 0 to `most` up to which a positive slope sums to `target`: Newton's method, kept inside by
// bisection, every sum begun from the last w that fell short. A `guess` close below w, or beyond `most`,
// saves it the way there; it may be any number.
template <class Real, class Slope>
UpperLimit<Real> upper_limit(const Slope& slope, const Real& target, const Real& most, const Real& guess) {
  const Real eps = std::numeric_limits<Real>::epsilon();
  Real low = 0, high = most, done = 0, next = guess > 0 ? guess : Real(target / slope(Real(0)));
  bool below_most = false;
  for (int i = 0; i < 1000; ++i) {
    if (!(next < most) && !below_most) {
      const Real all = done + PanelQuadrature<Real>::integral(slope, low, most);
      if (all < target) return {most, Real(target - all)};
      below_most = true;
    }
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (next == low || next == high) break;
    const Real sum = done + PanelQuadrature<Real>::integral(slope, low, next);
    const Real missing = target - sum, step = missing / slope(next);
    if (absolute(step) <= 2 * eps * next || absolute(missing) <= 2 * eps * target)
      return {Real(next + step), Real(0)};
    (missing > 0 ? low : high) = next;
    if (missing > 0) done = sum;
    next += step;
  }
  return {next, Real(0)};
}

}  // namespace dln::theory::detail
