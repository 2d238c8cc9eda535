// UnequalMode: one mode of a three-layer network from any two layer strengths (a, b):
//
//   tau a' = b (s - ab),   tau b' = a (s - ab)                                     Eq 8
//
// c = a^2 - b^2 is conserved; u = ab obeys tau u' = p (s - u) with p = a^2 + b^2 = sqrt(c^2 + 4 u^2), and the
// motion is a hyperbolic rotation: a + b grows by the factor r that shrinks a - b. With K = sqrt(4 s^2 +
// c^2), q = e^{-Kt/tau}, g = 1 - q, M = K + 2s, m = K - 2s:
//
//   D = (a0 + b0)^2 g + m + M q,   D' = (a0 - b0)^2 g + M + m q,   r = sqrt(D'/D)
//   a + b = (a0 + b0) r,   a - b = (a0 - b0)/r,   s - u = 4 K^2 q (s - u0) / (D D')
//
// Every term of D and D' is positive, so all signs of a0, b0 and s, c -> 0 and K = 0 go through one form.
// (The hyperbolic form of arXiv 1312.6120v3, Supplement A, reads ab = c sinh(theta); it is (c/2)
// sinh(theta).)
//
// What becomes of a start, s > 0: a0 + b0 != 0 tends to ab = s (a > 0 where a0 + b0 > 0); a0 = -b0, the
// stable manifold of the saddle at the origin, tends to the origin; the origin stays. s < 0 is the same with
// b -> -b.
#pragma once

#include "dln/theory/mode_law.hpp"

namespace dln::theory {

template <class Real>
struct LayerStrengths {
  Real a, b;
};

// Invariant: a0, b0, s finite (any sign), tau finite and greater than 0. Throws DomainError otherwise.
template <class Real>
class UnequalMode {
 public:
  using real_type = Real;
  struct Numbers {
    Real a0, b0;          // initial layer strengths
    Real singular_value;  // any sign, 0 included
    Real time_constant;   // epochs
  };

  explicit UnequalMode(const Numbers& numbers) : numbers_(numbers) {
    base::require(base::is_finite(numbers.a0), "a0", numbers.a0, "a finite number");
    base::require(base::is_finite(numbers.b0), "b0", numbers.b0, "a finite number");
    base::require(base::is_finite(numbers.singular_value), "s", numbers.singular_value, "a finite number");
    base::require_positive("tau", numbers.time_constant);
  }

  const Real& a0() const { return numbers_.a0; }
  const Real& b0() const { return numbers_.b0; }
  const Real& singular_value() const { return numbers_.singular_value; }
  const Real& time_constant() const { return numbers_.time_constant; }
  Real initial_strength() const { return numbers_.a0 * numbers_.b0; }
  // s - u0.
  Real initial_gap() const { return numbers_.singular_value - initial_strength(); }
  // c = a^2 - b^2, conserved (after Eq 9).
  Real conserved() const { return (numbers_.a0 - numbers_.b0) * (numbers_.a0 + numbers_.b0); }
  // The strength that u tends to: s, or 0 from the stable manifold of the origin and from the origin itself.
  Real limit() const {
    const bool leaves =
        numbers_.singular_value > 0 ? numbers_.a0 + numbers_.b0 != 0 : numbers_.a0 != numbers_.b0;
    return leaves ? numbers_.singular_value : Real(0);
  }

 private:
  Numbers numbers_;
};

namespace detail {

// sqrt(x^2 + y^2) for any real type, by scaling rather than by trusting that squares fit.
template <class Real>
Real hypotenuse(const Real& x, const Real& y) {
  using std::sqrt;
  const Real larger = std::max(absolute(x), absolute(y)), smaller = std::min(absolute(x), absolute(y));
  if (larger == 0) return Real(0);
  const Real ratio = smaller / larger;
  return larger * sqrt(Real(1 + ratio * ratio));
}

// K, M = K + 2s and m = K - 2s, the smaller of the two without cancellation: M m = c^2.
template <class Real>
struct HyperbolicRates {
  Real k, sum, difference;
  HyperbolicRates(const Real& s, const Real& c) : k(hypotenuse(Real(2 * s), c)) {
    sum = s >= 0 ? Real(k + 2 * s) : Real(c * (c / (k - 2 * s)));
    difference = s <= 0 ? Real(k - 2 * s) : Real(c * (c / (k + 2 * s)));
  }
};

// The state at time t, in the terms of the head of this file (all divided by K where K = 0).
template <class Real>
struct HyperbolicState {
  Real plus, minus;      // a0 + b0, a0 - b0
  Real d_plus, d_minus;  // D, D'
  Real straight, cross;  // a sqrt(DD') = a0 straight + b0 cross, and the same for b with a0 and b0 exchanged
  Real gap;              // s - u

  HyperbolicState(const UnequalMode<Real>& m, const Real& t) {
    using std::exp, std::expm1;
    require_time(t);
    const Real s = m.singular_value(), u0 = m.initial_strength();
    plus = m.a0() + m.b0();
    minus = m.a0() - m.b0();
    const HyperbolicRates<Real> rates(s, m.conserved());
    const Real squares = m.a0() * m.a0() + m.b0() * m.b0();
    if (rates.k == 0) {
      const Real h = t / m.time_constant();
      if (!base::is_finite(h)) {  // the algebraic decay has come to its end, the origin
        plus = minus = gap = straight = cross = Real(0);
        d_plus = d_minus = Real(1);
        return;
      }
      d_plus = 2 + plus * plus * h;
      d_minus = 2 + minus * minus * h;
      straight = 2 + squares * h;
      cross = -2 * u0 * h;
      gap = -u0 * (2 / d_plus) * (2 / d_minus);
      return;
    }
    const Real exponent = -rates.k * (t / m.time_constant());
    const Real q = exp(exponent), g = -expm1(exponent);
    d_plus = plus * plus * g + rates.difference + rates.sum * q;
    d_minus = minus * minus * g + rates.sum + rates.difference * q;
    straight = squares * g + rates.k * (1 + q);
    cross = 2 * (s - u0) * g;
    // On the stable manifold D or D' vanishes with q, and s - u tends to s.
    const bool vanishes = d_plus == 0 || d_minus == 0;
    gap = vanishes ? s : Real((2 * rates.k / d_plus) * (2 * rates.k / d_minus) * q * (s - u0));
  }

  // a (sign = 1) or b (sign = -1) as half the sum or difference of a + b and a - b.
  Real by_rotation(int sign) const {
    using std::sqrt;
    const Real growing = plus == 0 ? Real(0) : Real(plus * sqrt(Real(d_minus / d_plus)));
    const Real shrinking = minus == 0 ? Real(0) : Real(minus * sqrt(Real(d_plus / d_minus)));
    return (growing + sign * shrinking) / 2;
  }
};

// The layer of larger size never suffers from cancellation in by_rotation; the smaller one does, unless the
// start lies near the stable manifold (or is the origin), where it is the other form that cancels.
template <class Real>
LayerStrengths<Real> layers(const UnequalMode<Real>& m, const HyperbolicState<Real>& state) {
  using std::sqrt;
  const bool near_manifold = m.singular_value() >= 0 ? 4 * absolute(state.plus) <= absolute(state.minus)
                                                     : 4 * absolute(state.minus) <= absolute(state.plus);
  const bool a_is_larger = absolute(m.a0()) >= absolute(m.b0());
  LayerStrengths<Real> result{state.by_rotation(1), state.by_rotation(-1)};
  if (near_manifold) return result;
  const Real scale = sqrt(state.d_plus) * sqrt(state.d_minus);
  if (a_is_larger)
    result.b = (m.b0() * state.straight + m.a0() * state.cross) / scale;
  else
    result.a = (m.a0() * state.straight + m.b0() * state.cross) / scale;
  return result;
}

}  // namespace detail

// du/dt at strength u on this mode's hyperbola; on the stable manifold and elsewhere alike.
template <class Real>
Real rate(const UnequalMode<Real>& m, const Number<Real>& u) {
  return detail::hypotenuse(m.conserved(), Real(2 * u)) * (m.singular_value() - u) / m.time_constant();
}

// (a, b) at time t >= 0.
template <class Real>
LayerStrengths<Real> layers_at(const UnequalMode<Real>& m, const Number<Real>& t) {
  return detail::layers(m, detail::HyperbolicState<Real>(m, t));
}

template <class Real>
Real strength_gap_at(const UnequalMode<Real>& m, const Number<Real>& t) {
  return detail::HyperbolicState<Real>(m, t).gap;
}

template <class Real>
Real strength_at(const UnequalMode<Real>& m, const Number<Real>& t) {
  const detail::HyperbolicState<Real> state(m, t);
  const Real s = m.singular_value();
  const bool near_end = 2 * detail::absolute(state.gap) <= detail::absolute(s) || s * state.gap <= 0;
  if (near_end && s != 0) return s - state.gap;
  const auto [a, b] = detail::layers(m, state);
  return a * b;
}

namespace detail {

// True when u is the start itself; throws UnreachableError unless u is the start or strictly on the way from
// it.
template <class Real>
bool is_start(const UnequalMode<Real>& m, const Real& u) {
  base::require(base::is_finite(u), "uf", u, "a finite number");
  const Real u0 = m.initial_strength(), limit = m.limit();
  if (u == u0) return true;
  if ((u0 < u && u < limit) || (limit < u && u < u0)) return false;
  throw base::UnreachableError(fmt::format(
      "uf = {}: not reached in finite time from a0 = {}, b0 = {}, whose strength tends from {} to {}; "
      "expected a strength between these",
      static_cast<double>(u), static_cast<double>(m.a0()), static_cast<double>(m.b0()),
      static_cast<double>(u0), static_cast<double>(limit)));
}

// Time to strength uf, of which the caller knows the rise uf - u0 and the gap s - uf without cancellation.
template <class Real>
Real hyperbolic_time(const UnequalMode<Real>& m, Real uf, Real rise, Real gap) {
  using std::log1p;
  Real u0 = m.initial_strength(), s = m.singular_value();
  const Real c = m.conserved();
  if (c == 0 ? u0 < 0 : s < 0) {  // the same motion with b -> -b
    for (Real* value : {&u0, &s, &uf, &rise, &gap}) *value = -*value;
  }
  const HyperbolicRates<Real> rates(s, c);
  const Real p0 = hypotenuse(c, Real(2 * u0)), pf = hypotenuse(c, Real(2 * uf));
  const auto plus_squared = [&c](const Real& u,
                                 const Real& p) {  // (a + b)^2 at strength u, without cancellation
    return u >= 0 ? Real(p + 2 * u) : Real(c * (c / (p - 2 * u)));
  };
  const Real y0 = plus_squared(u0, p0), yf = plus_squared(uf, pf);
  const Real x = 2 * (rise / gap) * ((yf + y0) / (pf + p0)) * ((rates.k + pf) / (rates.sum + yf)) /
                 (y0 + rates.difference);
  return rates.k == 0 ? Real(m.time_constant() * x)
                      : Real(m.time_constant() / rates.k * log1p(Real(rates.k * x)));
}

}  // namespace detail

// The t >= 0 with u(t) = u; 0 for u = u0. Throws UnreachableError unless u = u0 or u lies strictly between u0
// and limit().
template <class Real>
Real time_to_reach(const UnequalMode<Real>& m, const Number<Real>& u) {
  if (detail::is_start(m, u)) return Real(0);
  return detail::hyperbolic_time(m, u, Real(u - m.initial_strength()), Real(m.singular_value() - u));
}

// The first t at which u has passed s/2 on its way to s: with u >= s/2 for s > 0, u <= s/2 for s < 0; 0 when
// it has at the start. Throws DomainError for s = 0, UnreachableError when u never gets there.
template <class Real>
Real half_learning_time(const UnequalMode<Real>& m) {
  const Real s = m.singular_value(), u0 = m.initial_strength(), half = s / 2;
  base::require(s != 0, "s", s, "a number other than 0, which has no half");
  if (s > 0 ? u0 >= half : u0 <= half) return Real(0);
  if (detail::is_start(m, half)) return Real(0);
  return detail::hyperbolic_time(m, half, Real(half - u0), half);
}

// The first t with |s - u(t)| <= eps, 0 < eps < |s|; 0 when u is that close at the start. Throws
// UnreachableError when u never gets there.
template <class Real>
Real learning_time(const UnequalMode<Real>& m, const Number<Real>& eps) {
  const Real s = m.singular_value(), gap0 = m.initial_gap();
  base::require(base::is_finite(eps) && eps > 0 && eps < detail::absolute(s), "eps", eps,
                "a number greater than 0 and less than |s|");
  if (detail::absolute(gap0) <= eps) return Real(0);
  const Real gap = gap0 > 0 ? Real(eps) : Real(-eps);
  if (m.limit() != s) detail::is_start(m, Real(s - gap));  // throws: u tends to 0 instead
  return detail::hyperbolic_time(m, Real(s - gap), Real(gap0 - gap), gap);
}

}  // namespace dln::theory
