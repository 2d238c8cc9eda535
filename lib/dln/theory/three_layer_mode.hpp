// ThreeLayerMode: one mode of a three-layer network with equal layer strengths a = b, u = ab:
//
//   tau u' = 2 u (s - u)                                             Eq 10
//   t = tau/(2s) ln[ u_f (s - u0) / (u0 (s - u_f)) ]                 Eq 11
//   u(t) = s / (1 + (s/u0 - 1) e^{-2st/tau})                         Eq 12, rearranged
//
// The printed Eq 12 overflows once 2st/tau > 709; only decaying exponentials are formed here. Relative
// errors stay within a few eps (1 + cond), cond being the sum of |x df/dx| / |f| over the inputs x.
// u0 > s decreases to s. u0 = 0 is the unstable fixed point: it stays 0, and nothing else is reached.
#pragma once

#include <limits>

#include "dln/theory/mode_law.hpp"

namespace dln::theory {

template <class Real>
class ThreeLayerMode : public Mode<Real> {
 public:
  using Mode<Real>::Mode;
};

template <class Real>
Real rate(const ThreeLayerMode<Real>& m, const Number<Real>& u) {
  return 2 * u * (m.singular_value() - u) / m.time_constant();
}

namespace detail {

// u(t) by Eq 12 with x = 2st/tau, q = e^{-x} and p = 1 - q, in a form whose parts neither overflow nor lose
// digits below the smallest normal number. The gap s - u is ((s - u0)/u0) q u.
template <class Real>
struct LogisticState {
  Real strength, gap;
};

template <class Real>
LogisticState<Real> logistic_state(const ThreeLayerMode<Real>& m, const Real& t) {
  using std::exp, std::expm1, std::log;
  require_time(t);
  const Real& s = m.singular_value();
  const Real& u0 = m.initial_strength();
  if (u0 == 0) return {Real(0), s};
  const Real elapsed = 2 * (t / m.time_constant()), x = s * elapsed;
  const Real q = exp(Real(-x)), p = -expm1(Real(-x));
  if (u0 <= s && q > Real(1e-100)) {
    const Real u = u0 / ((u0 / s) * p + q);
    return {u, Real(m.initial_gap() * (u / u0) * q)};
  }
  if (u0 <= s) {  // q alone may be below the smallest normal number where v = q s/u0 is not
    const Real v = exp(Real(log(s) - log(u0) - x));
    return {Real(s / (p + v)), Real(m.initial_gap() * (v / (p + v)))};
  }
  const bool short_time = x < std::numeric_limits<Real>::min() / std::numeric_limits<Real>::epsilon();
  const Real u = 1 / ((short_time ? elapsed : Real(p / s)) + q / u0);
  return {u, Real((m.initial_gap() / u0) * q * u)};
}

// Eq 11 for a rise u_f - u0 that ends at s - u_f = gap; both have the sign of s - u0.
template <class Real>
Real logistic_time(const ThreeLayerMode<Real>& m, const Real& rise, const Real& gap) {
  using std::log, std::log1p;
  const Real& s = m.singular_value();
  const Real growth = rise / m.initial_strength(), closing = s / gap;
  const Real product = growth * closing;
  const Real logarithm = base::is_finite(product)
                             ? Real(log1p(product))
                             : Real(log(absolute(rise)) - log(m.initial_strength()) + log(absolute(closing)));
  return m.time_constant() / (2 * s) * logarithm;
}

}  // namespace detail

template <class Real>
Real strength_at(const ThreeLayerMode<Real>& m, const Number<Real>& t) {
  return detail::logistic_state<Real>(m, t).strength;
}

template <class Real>
Real strength_gap_at(const ThreeLayerMode<Real>& m, const Number<Real>& t) {
  return detail::logistic_state<Real>(m, t).gap;
}

template <class Real>
Real time_to_reach(const ThreeLayerMode<Real>& m, const Number<Real>& u) {
  if (detail::is_start(m, u)) return Real(0);
  detail::require_leaves_origin(m);
  return detail::logistic_time(m, Real(u - m.initial_strength()), Real(m.singular_value() - u));
}

template <class Real>
Real half_learning_time(const ThreeLayerMode<Real>& m) {
  const Real half = m.singular_value() / 2;
  if (m.initial_strength() >= half) return Real(0);
  detail::require_leaves_origin(m);
  return detail::logistic_time(m, Real(half - m.initial_strength()), half);
}

template <class Real>
Real learning_time(const ThreeLayerMode<Real>& m, const Number<Real>& eps) {
  detail::require_accuracy(m, eps);
  const Real gap0 = m.initial_gap();
  if (detail::absolute(gap0) <= eps) return Real(0);
  detail::require_leaves_origin(m);
  const Real gap = gap0 > 0 ? eps : Real(-eps);
  return detail::logistic_time(m, Real(gap0 - gap), gap);
}

// The claim after Eq 11: from u0 = eps to s - eps takes t -> (tau/s) ln(s/eps) as eps -> 0.
// Invariant: s > 0, tau > 0, 0 < eps < s/2. Throws DomainError otherwise.
template <class Real>
class SymmetricLearning {
 public:
  struct Numbers {
    Real singular_value, time_constant, eps;
  };
  explicit SymmetricLearning(const Numbers& numbers) : numbers_(numbers) {
    base::require_positive("s", numbers.singular_value);
    base::require_positive("tau", numbers.time_constant);
    base::require(base::is_finite(numbers.eps) && numbers.eps > 0 && numbers.eps < numbers.singular_value / 2,
                  "eps", numbers.eps, "a number greater than 0 and less than s/2");
  }

  // (tau/s) ln((s - eps)/eps).
  Real exact_time() const {
    using std::log, std::log1p;
    const Real excess = (numbers_.singular_value - 2 * numbers_.eps) / numbers_.eps;
    return scale() * (base::is_finite(excess) ? Real(log1p(excess))
                                              : Real(log(numbers_.singular_value) - log(numbers_.eps)));
  }
  // (tau/s) ln(s/eps).
  Real asymptotic_time() const {
    using std::log;
    const Real ratio = numbers_.singular_value / numbers_.eps;
    return scale() * (base::is_finite(ratio) ? Real(log(ratio))
                                             : Real(log(numbers_.singular_value) - log(numbers_.eps)));
  }
  // exact - asymptotic = (tau/s) ln(1 - eps/s) = -(tau/s)(eps/s) + ..., without their cancellation.
  Real error() const {
    using std::log1p;
    return scale() * log1p(Real(-numbers_.eps / numbers_.singular_value));
  }

 private:
  Real scale() const { return numbers_.time_constant / numbers_.singular_value; }
  Numbers numbers_;
};

}  // namespace dln::theory
