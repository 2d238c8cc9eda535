// DeepMode: one mode of a network of any depth whose layers are equally strong, a_i = u^{1/L}:
//
//   tau u' = L u^{2 - 2/L} (s - u)                                                  Eq 15
//   t = tau / (L s^{2 - nu}) int_{x0}^{xf} x^{nu - 2} / (1 - x) dx,   x = u/s, nu = 2/L
//
// for L = 1, 2, 3, ... weight matrices and any real L >= 1. The integral is summed without cancellation at
// any depth (depth_integral.hpp); u > s goes the same way in s/u. Its relative error is a few eps, times are
// as exact as uf - u0 and s - uf, however short the interval. u(t) inverts it by Newton's method, within a
// few eps (1 + cond).
//
// u0 = 0 is an unstable fixed point for L >= 2: it stays 0. For 1 < L < 2 Eq 15 has two solutions from there;
// u0 = 0 is refused.
#pragma once

#include <limits>

#include "dln/base/depth.hpp"
#include "dln/theory/depth_integral.hpp"
#include "dln/theory/shallow_mode.hpp"
#include "dln/theory/three_layer_mode.hpp"

namespace dln::theory {

// Invariant: that of Mode, a finite depth, and u0 > 0 where 1 < L < 2. Throws DomainError otherwise.
template <class Real>
class DeepMode : public Mode<Real> {
 public:
  DeepMode(const base::DepthExponent& depth, const ModeNumbers<Real>& numbers)
      : Mode<Real>(numbers), matrices_(depth.weight_matrices()) {
    base::require(!depth.is_infinite(), "L", depth.weight_matrices(),
                  "a finite depth; InfiniteDepthMode is the law of the limit");
    base::require(numbers.initial_strength > 0 || matrices_ == 1 || matrices_ >= 2, "u0",
                  numbers.initial_strength, "more than 0 where 1 < L < 2: there are two solutions from 0");
  }

  const Real& weight_matrices() const { return matrices_; }  // L
  Real nu() const { return 2 / matrices_; }                  // 2/L
  // tau / (L s^{2 - 2/L}): the time in which the integral above grows by one.
  Real time_scale() const {
    const detail::Power<Real> power{2 * matrices_ - 2, matrices_};
    return this->time_constant() / (matrices_ * detail::raised(this->singular_value(), power));
  }

 private:
  Real matrices_;
};

template <class Real>
Real rate(const DeepMode<Real>& m, const Number<Real>& u) {
  using std::pow;
  return m.weight_matrices() * pow(u, Real(2 - m.nu())) * (m.singular_value() - u) / m.time_constant();
}

namespace detail {

// A place on the way from u0 to s: u, s - u and u - u0, each without cancellation.
template <class Real>
struct Place {
  Real strength, gap, rise;
};

// ln(u/u0).
template <class Real>
Real log_growth(const Real& u0, const Place<Real>& place) {
  using std::log, std::log1p;
  return 2 * absolute(place.rise) < u0 ? log1p(Real(place.rise / u0)) : log(Real(place.strength / u0));
}

// The stretch from u0 to a place, in y = u/s below s and y = s/u above.
template <class Real>
Stretch<Real> stretch_to(const Mode<Real>& m, const Place<Real>& place) {
  using std::log1p;
  const Real &s = m.singular_value(), &u0 = m.initial_strength(), gap0 = m.initial_gap();
  const Real closed = place.rise / place.gap, growth = log_growth(u0, place);
  if (place.gap > 0)
    return {u0 / s, place.strength / s, gap0 / s, place.gap / s, place.rise / s, growth, log1p(closed)};
  return {s / u0,
          s / place.strength,
          -gap0 / u0,
          -place.gap / place.strength,
          -place.rise / u0 * (s / place.strength),
          -growth,
          log1p(Real(closed * (s / u0)))};
}

// Eq 15's integral from u0 to a place.
template <class Real>
Real depth_clock(const DeepMode<Real>& m, const Place<Real>& place) {
  const Real& n = m.weight_matrices();
  const Power<Real> power{place.gap > 0 ? Real(2 - 2 * n) : Real(n - 2), n};  // nu - 2, 1 - nu
  return depth_integral(power, stretch_to(m, place));
}

template <class Real>
Real depth_time(const DeepMode<Real>& m, const Place<Real>& place) {
  require_leaves_origin(m);
  return m.time_scale() * depth_clock(m, place);
}

template <class Real>
Place<Real> place_at_half(const Mode<Real>& m) {
  const Real half = m.singular_value() / 2;
  return {half, half, Real(half - m.initial_strength())};
}
// Where |s - u| = eps.
template <class Real>
Place<Real> place_within(const Mode<Real>& m, const Real& eps) {
  const Real gap = m.initial_gap() > 0 ? eps : Real(-eps);
  return {Real(m.singular_value() - gap), gap, Real(m.initial_gap() - gap)};
}
template <class Real>
Place<Real> place_of(const Mode<Real>& m, const Real& u) {
  return {u, Real(m.singular_value() - u), Real(u - m.initial_strength())};
}

// Where (s - u)/u has fallen by e^{-closing}.
template <class Real>
Place<Real> place_after(const Mode<Real>& m, const Real& closing) {
  using std::exp, std::expm1;
  const Real &s = m.singular_value(), &u0 = m.initial_strength(), gap0 = m.initial_gap();
  const Real q = exp(Real(-closing)), p = -expm1(Real(-closing));
  const Real whole = gap0 > 0 ? Real(u0 + gap0 * q) : Real(u0 * p + s * q);
  const Real rise = u0 / whole * (gap0 * p);
  return {2 * absolute(rise) < u0 ? Real(u0 + rise) : Real(s * (u0 / whole)), s * (gap0 * q / whole), rise};
}

// The closing at which Eq 15's integral is `elapsed`. Its slope, x^{nu - 1} below s and (s/u)^{1 - nu} above,
// runs from its value at u0 to 1, which brackets the root.
template <class Real>
Real closing_after(const DeepMode<Real>& m, const Real& elapsed) {
  using std::exp, std::expm1, std::log, std::pow, std::sqrt;
  const Real &s = m.singular_value(), &u0 = m.initial_strength();
  const bool below = m.initial_gap() > 0;
  const Real power = below ? Real(m.nu() - 1) : Real(1 - m.nu());
  const Real y0 = below ? Real(u0 / s) : Real(s / u0);
  const Real slope0 = pow(y0, power);
  Real low = elapsed / slope0, high = elapsed;
  if (low > high) std::swap(low, high);
  // A start that is exact for L = 2, and right on the plateau and long after it: all of the integral but its
  // leading power is taken as ln[y (1 - y0) / (y0 (1 - y))].
  const Real left = slope0 + power * elapsed;  // y^power, were the leading power all
  Real closing = high;
  if (below && power < 0) {
    closing = left > 1
                  ? Real(log(left) / power - log(y0))
                  : Real(elapsed - (power == 0 ? Real(0) : expm1(Real(power * log(y0))) / -power) - log(y0));
  }
  if (!(closing > low && closing < high)) closing = sqrt(low) * sqrt(high);
  const Real eps = std::numeric_limits<Real>::epsilon();
  for (int i = 0; i < 400 && low < high; ++i) {
    const auto now = place_after(m, closing);
    const Real missing = elapsed - depth_clock(m, now);
    (missing > 0 ? low : high) = closing;
    const Real slope = pow(Real(below ? now.strength / s : s / now.strength), power);
    Real next = closing + missing / slope;
    const bool converged = absolute(Real(next - closing)) <= 2 * eps * closing;
    if (!(next > low && next < high)) next = converged ? closing : Real(sqrt(low) * sqrt(high));
    if (converged || next == closing) return next;
    closing = next;
  }
  return closing;
}

template <class Real>
Place<Real> depth_state(const DeepMode<Real>& m, const Real& t) {
  require_time(t);
  const Real &s = m.singular_value(), &u0 = m.initial_strength();
  if (u0 == 0 && m.weight_matrices() > 1) return {Real(0), s, Real(0)};
  const Real elapsed = t / m.time_scale();
  if (elapsed == 0 || m.initial_gap() == 0) return {u0, m.initial_gap(), Real(0)};
  if (!base::is_finite(elapsed)) return {s, Real(0), m.initial_gap()};
  return place_after(m, closing_after(m, elapsed));
}

template <class Real>
ShallowMode<Real> shallow(const DeepMode<Real>& m) {
  return ShallowMode<Real>({m.singular_value(), m.initial_strength(), m.time_constant()});
}

}  // namespace detail

template <class Real>
Real strength_at(const DeepMode<Real>& m, const Number<Real>& t) {
  if (m.weight_matrices() == 1) return strength_at(detail::shallow(m), t);
  return detail::depth_state<Real>(m, t).strength;
}

template <class Real>
Real strength_gap_at(const DeepMode<Real>& m, const Number<Real>& t) {
  if (m.weight_matrices() == 1) return strength_gap_at(detail::shallow(m), t);
  return detail::depth_state<Real>(m, t).gap;
}

template <class Real>
Real time_to_reach(const DeepMode<Real>& m, const Number<Real>& u) {
  if (m.weight_matrices() == 1) return time_to_reach(detail::shallow(m), u);
  if (detail::is_start(m, u)) return Real(0);
  return detail::depth_time(m, detail::place_of<Real>(m, u));
}

template <class Real>
Real half_learning_time(const DeepMode<Real>& m) {
  if (m.weight_matrices() == 1) return half_learning_time(detail::shallow(m));
  if (2 * m.initial_strength() >= m.singular_value()) return Real(0);
  return detail::depth_time(m, detail::place_at_half(m));
}

template <class Real>
Real learning_time(const DeepMode<Real>& m, const Number<Real>& eps) {
  if (m.weight_matrices() == 1) return learning_time(detail::shallow(m), eps);
  detail::require_accuracy(m, eps);
  if (detail::absolute(m.initial_gap()) <= eps) return Real(0);
  return detail::depth_time(m, detail::place_within<Real>(m, eps));
}

}  // namespace dln::theory
