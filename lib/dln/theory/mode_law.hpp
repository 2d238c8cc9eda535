// ModeLaw: what every closed-form law of one input-output mode can answer.
//
// A mode of strength u, singular value s and time constant tau starts at u0 and tends to s. A law is a
// value that holds these numbers, with free functions of the same names for every law:
//
//   rate(m, u)                du/dt at strength u
//   strength_at(m, t)         u(t), t >= 0
//   strength_gap_at(m, t)     s - u(t), without cancellation however close u is to s; negative for u0 > s
//   time_to_reach(m, u)       the t >= 0 with u(t) = u; 0 for u = u0. Throws UnreachableError unless u = u0
//                             or u lies between u0 and s (s itself is attained only as t -> infinity)
//   half_learning_time(m)     the first t with u(t) >= s/2; 0 when u0 >= s/2 already, u0 > s included
//   learning_time(m, eps)     the first t with |s - u(t)| <= eps, 0 < eps < s: from u0 to s - eps, or down to
//                             s + eps when u0 > s + eps; 0 when u0 is that close already
//
// Units: s, u, u0, eps in strength; t, tau in epochs (batch iterations). Real is double, long double or a
// Boost.Multiprecision float. Arguments outside the domains above throw DomainError.
#pragma once

#include <cmath>
#include <concepts>
#include <type_traits>

#include "dln/base/error.hpp"

namespace dln::theory {

// A number of the law's own real type, to which any other converts: strength_at(m, 3) is as good as 3.0.
template <class Real>
using Number = std::type_identity_t<Real>;

// The numbers of a mode, to be given by name.
template <class Real>
struct ModeNumbers {
  Real singular_value;    // s > 0
  Real initial_strength;  // u0 >= 0
  Real time_constant;     // tau > 0, epochs
};

// The numbers of a mode whose input has variance d > 0 along it (Sigma11 = V D V^T, aligned with the modes):
// the same law with s/d and tau/d, at every depth. Throws DomainError.
template <class Real>
ModeNumbers<Real> with_input_variance(const ModeNumbers<Real>& numbers, const Real& d) {
  base::require_positive("input variance", d);
  return {numbers.singular_value / d, numbers.initial_strength, numbers.time_constant / d};
}

// Invariant: s > 0, u0 >= 0, tau > 0, all finite. Throws DomainError otherwise.
template <class Real>
class Mode {
 public:
  using real_type = Real;

  explicit Mode(const ModeNumbers<Real>& numbers) : numbers_(numbers) {
    base::require_positive("s", numbers.singular_value);
    base::require_non_negative("u0", numbers.initial_strength);
    base::require_positive("tau", numbers.time_constant);
  }

  const Real& singular_value() const { return numbers_.singular_value; }
  const Real& initial_strength() const { return numbers_.initial_strength; }
  const Real& time_constant() const { return numbers_.time_constant; }
  // s - u0.
  Real initial_gap() const { return numbers_.singular_value - numbers_.initial_strength; }

 private:
  ModeNumbers<Real> numbers_;
};

template <class M>
concept ModeLaw = requires(const M& m, const typename M::real_type& x) {
  { m.singular_value() } -> std::convertible_to<typename M::real_type>;
  { m.initial_strength() } -> std::convertible_to<typename M::real_type>;
  { m.time_constant() } -> std::convertible_to<typename M::real_type>;
  { rate(m, x) } -> std::convertible_to<typename M::real_type>;
  { strength_at(m, x) } -> std::convertible_to<typename M::real_type>;
  { strength_gap_at(m, x) } -> std::convertible_to<typename M::real_type>;
  { time_to_reach(m, x) } -> std::convertible_to<typename M::real_type>;
  { half_learning_time(m) } -> std::convertible_to<typename M::real_type>;
  { learning_time(m, x) } -> std::convertible_to<typename M::real_type>;
};

namespace detail {

// Time may be infinite: every law has its limit there.
template <class Real>
void require_time(const Real& t) {
  base::require(t >= 0, "t", t, "a time, 0 or greater");
}

// True when u is the start itself, so that the time to reach it is 0.
// Throws UnreachableError unless u is the start or lies strictly on the way from it to s.
template <class Real>
bool is_start(const Mode<Real>& m, const Real& u) {
  base::require(base::is_finite(u), "uf", u, "a finite number");
  const Real& u0 = m.initial_strength();
  const Real& s = m.singular_value();
  if (u == u0) return true;
  if ((u0 < u && u < s) || (s < u && u < u0)) return false;
  throw base::UnreachableError(
      fmt::format("uf = {}: not reached in finite time from u0 = {}, which tends to s = {}; expected a "
                  "strength from u0 up to, but not including, s",
                  static_cast<double>(u), static_cast<double>(u0), static_cast<double>(s)));
}

// A start at the origin never leaves it where layers multiply.
template <class Real>
void require_leaves_origin(const Mode<Real>& m) {
  if (m.initial_strength() == 0)
    throw base::UnreachableError("u0 = 0: the mode stays at its unstable fixed point 0; expected u0 > 0");
}

template <class Real>
void require_accuracy(const Mode<Real>& m, const Real& eps) {
  base::require(base::is_finite(eps) && eps > 0 && eps < m.singular_value(), "eps", eps,
                "a number greater than 0 and less than s");
}

template <class Real>
Real absolute(const Real& x) {
  return x < 0 ? Real(-x) : x;
}

}  // namespace detail
}  // namespace dln::theory
