// ShallowMode: one mode of a network without hidden layers (L = 1): tau u' = s - u.
//
// u(t) = s (1 - e^{-t/tau}) + u0 e^{-t/tau}: no plateau and no stage (Eq 15 at N_l = 2).
#pragma once

#include "dln/theory/mode_law.hpp"

namespace dln::theory {

template <class Real>
class ShallowMode : public Mode<Real> {
 public:
  using Mode<Real>::Mode;
};

template <class Real>
Real rate(const ShallowMode<Real>& m, const Number<Real>& u) {
  return (m.singular_value() - u) / m.time_constant();
}

template <class Real>
Real strength_at(const ShallowMode<Real>& m, const Number<Real>& t) {
  using std::exp, std::expm1;
  detail::require_time(t);
  const Real elapsed = t / m.time_constant();
  return -m.singular_value() * expm1(Real(-elapsed)) + m.initial_strength() * exp(Real(-elapsed));
}

template <class Real>
Real strength_gap_at(const ShallowMode<Real>& m, const Number<Real>& t) {
  using std::exp;
  detail::require_time(t);
  return m.initial_gap() * exp(Real(-t / m.time_constant()));
}

template <class Real>
Real time_to_reach(const ShallowMode<Real>& m, const Number<Real>& u) {
  using std::log1p;
  if (detail::is_start(m, u)) return Real(0);
  return m.time_constant() * log1p(Real((u - m.initial_strength()) / (m.singular_value() - u)));
}

template <class Real>
Real half_learning_time(const ShallowMode<Real>& m) {
  using std::log1p;
  const Real& s = m.singular_value();
  const Real shortfall = s - 2 * m.initial_strength();
  if (shortfall <= 0) return Real(0);
  return m.time_constant() * log1p(Real(shortfall / s));
}

template <class Real>
Real learning_time(const ShallowMode<Real>& m, const Number<Real>& eps) {
  using std::log1p;
  detail::require_accuracy(m, eps);
  const Real excess = detail::absolute(m.initial_gap()) - eps;
  if (excess <= 0) return Real(0);
  return m.time_constant() * log1p(Real(excess / eps));
}

}  // namespace dln::theory
