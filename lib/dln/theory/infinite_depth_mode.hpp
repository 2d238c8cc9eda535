// InfiniteDepthMode: Eq 15 in the limit of many layers, at leading order in their number N_l:
//
//   tau u' = N_l u^2 (s - u)                                                        Eq 16
//   t = tau/N_l [ s^{-2} ln( u_f (s - u0) / (u0 (s - u_f)) ) + 1/(s u0) - 1/(s u_f) ]       Eq 17
//   u(t) = s / (1 + W0(v0 e^{v0 - N_l s^2 t / tau})),   v0 = s/u0 - 1
//
// with Lambert's W0, whose argument is never formed: v = s/u - 1 obeys v + ln v = v0 + ln v0 - N_l s^2 t/tau,
// solved for ln(v0/v). At finite depth Eq 15 has N_l - 1 and s^{2 - 2/L} in the place of N_l and s^2, and a
// factor u^{2/L} that the limit drops.
#pragma once

#include <limits>

#include "dln/theory/deep_mode.hpp"

namespace dln::theory {

// Invariant: that of Mode, and a finite N_l >= 1, which need not be whole. Throws DomainError otherwise.
template <class Real>
class InfiniteDepthMode : public Mode<Real> {
 public:
  InfiniteDepthMode(const Real& layers, const ModeNumbers<Real>& numbers)
      : Mode<Real>(numbers), layers_(layers) {
    base::require(base::is_finite(layers) && layers >= 1, "N_l", layers, "a finite number, 1 or greater");
  }

  const Real& layers() const { return layers_; }  // N_l
  // tau / (N_l s^2).
  Real time_scale() const {
    return this->time_constant() / layers_ / this->singular_value() / this->singular_value();
  }

 private:
  Real layers_;
};

template <class Real>
Real rate(const InfiniteDepthMode<Real>& m, const Number<Real>& u) {
  return m.layers() * u * u * (m.singular_value() - u) / m.time_constant();
}

namespace detail {

// Eq 17. Above s its two terms have opposite signs: there int y / (1 - y) dy, y = s/u, is summed.
template <class Real>
Real limit_time(const InfiniteDepthMode<Real>& m, const Place<Real>& place) {
  require_leaves_origin(m);
  const auto stretch = stretch_to(m, place);
  if (place.gap < 0) return m.time_scale() * depth_integral<Real>({Real(1), Real(1)}, stretch);
  const Real reciprocals = place.rise / m.initial_strength() * (m.singular_value() / place.strength);
  return m.time_scale() * (stretch.log_growth + stretch.log_closing + reciprocals);
}

// x + expm1(-x) = x^2/2 - x^3/6 + ..., without cancellation.
template <class Real>
Real expm1_remainder(const Real& x) {
  using std::expm1;
  if (x > 1) return x + expm1(Real(-x));
  Real term = x * x / 2, sum = term;
  for (int k = 3; absolute(term) > std::numeric_limits<Real>::epsilon() / 8 * sum; ++k) {
    term *= -x / k;
    sum += term;
  }
  return sum;
}

// The d = ln(v0/v) with d + v0 (1 - e^{-d}) = elapsed, by Newton's method. Written with rho0 = 1 + v0 = s/u0,
// so that u0 far above s, near the branch point of W0, loses nothing.
template <class Real>
Real closing_in_limit(const InfiniteDepthMode<Real>& m, const Real& elapsed) {
  using std::exp, std::expm1, std::log, std::sqrt;
  const Real rho = m.singular_value() / m.initial_strength(), v0 = m.initial_gap() / m.initial_strength();
  const auto clock = [&](const Real& d) -> Real {
    return v0 > 0 ? Real(d - v0 * expm1(Real(-d))) : Real(expm1_remainder(d) - rho * expm1(Real(-d)));
  };
  const auto slope = [&](const Real& d) -> Real {
    return v0 > 0 ? Real(1 + v0 * exp(Real(-d))) : Real(rho * exp(Real(-d)) - expm1(Real(-d)));
  };
  // d lies between elapsed and elapsed/rho, its slope between rho and 1.
  Real low = elapsed / rho, high = elapsed;
  if (low > high) std::swap(low, high);
  Real d;
  if (v0 > 0) {
    const Real lambda = log(v0) + v0 - elapsed;  // v + ln v
    d = lambda > 1 ? Real(log(v0) - log(Real(lambda - log(lambda)))) : Real(elapsed - v0);
  } else {
    d = sqrt(Real(2 * elapsed));  // d^2/2 while rho is small
  }
  if (!(d > low && d < high)) d = sqrt(low) * sqrt(high);
  const Real eps = std::numeric_limits<Real>::epsilon();
  for (int i = 0; i < 400 && low < high; ++i) {
    const Real missing = elapsed - clock(d);
    (missing > 0 ? low : high) = d;
    Real next = d + missing / slope(d);
    const bool converged = absolute(Real(next - d)) <= 2 * eps * d;
    if (!(next > low && next < high)) next = converged ? d : Real(sqrt(low) * sqrt(high));
    if (converged || next == d) return next;
    d = next;
  }
  return d;
}

template <class Real>
Place<Real> limit_state(const InfiniteDepthMode<Real>& m, const Real& t) {
  require_time(t);
  const Real &s = m.singular_value(), &u0 = m.initial_strength();
  if (u0 == 0) return {Real(0), s, Real(0)};
  const Real elapsed = t / m.time_scale();
  if (elapsed == 0 || m.initial_gap() == 0) return {u0, m.initial_gap(), Real(0)};
  if (!base::is_finite(elapsed)) return {s, Real(0), m.initial_gap()};
  return place_after(m, closing_in_limit(m, elapsed));
}

}  // namespace detail

template <class Real>
Real strength_at(const InfiniteDepthMode<Real>& m, const Number<Real>& t) {
  return detail::limit_state<Real>(m, t).strength;
}

template <class Real>
Real strength_gap_at(const InfiniteDepthMode<Real>& m, const Number<Real>& t) {
  return detail::limit_state<Real>(m, t).gap;
}

template <class Real>
Real time_to_reach(const InfiniteDepthMode<Real>& m, const Number<Real>& u) {
  if (detail::is_start(m, u)) return Real(0);
  return detail::limit_time(m, detail::place_of<Real>(m, u));
}

template <class Real>
Real half_learning_time(const InfiniteDepthMode<Real>& m) {
  if (2 * m.initial_strength() >= m.singular_value()) return Real(0);
  return detail::limit_time(m, detail::place_at_half(m));
}

template <class Real>
Real learning_time(const InfiniteDepthMode<Real>& m, const Number<Real>& eps) {
  detail::require_accuracy(m, eps);
  if (detail::absolute(m.initial_gap()) <= eps) return Real(0);
  return detail::limit_time(m, detail::place_within<Real>(m, eps));
}

}  // namespace dln::theory
