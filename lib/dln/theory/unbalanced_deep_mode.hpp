// The time of UnbalancedDeepMode (Eq 14 from unequal layers), by quadrature, and its inverse.
//
// The two layers of least size turn along their hyperbola by an angle x, the others follow: with R the
// product of the others' sizes,
//
//   tau x' = R (s - u),   u = y h R,   y = y0 cosh x + h0 sinh x,   h = h0 cosh x + y0 sinh x
//
// Two layers are Eq 8, R = 1; layers that share the least size, h0 = |y0|, are no special case. Time is
// int dx / (R (s - u)) while u < s/2. From there on it is int d(ln d) d / (R (s - u)), d the angle that is
// left until u = s; the integrand tends to a constant as d -> 0, and s - u is summed in d from terms of one
// sign, so that nothing cancels however close u is to s.
#pragma once

#include <optional>

#include "dln/theory/panel_quadrature.hpp"
#include "dln/theory/unbalanced_layers.hpp"

namespace dln::theory {

namespace detail {

constexpr double kShortOf = 1e-12;  // by which a guess from double stays below

// The last stretch of the way to u = s > 0, and all of it from u0 > s. The place is told by q = e^|d| - 1, d
// the angle that is left; `side` is 1 below s, -1 above.
template <class Real>
class Approach {
 public:
  Approach(const UnbalancedDeepMode<Real>& m, int side)
      : m_(m), side_(side), end_(m.pair_at(m.singular_value())), slope_(m.pull(end_) / m.others(end_.y)) {
    for (const Real& kappa : m.conserved()) weights_.push_back(1 / (end_.y * end_.y + kappa));
  }

  struct Place {
    Real y, strength, gap;
  };
  Place place(const Real& q) const {
    using std::sqrt;
    const Real sinh_d = side_ * (q / (q + 1) * (q + 2) / 2), tanh_half_d = side_ * (q / (q + 2));
    const Real rise = sinh_d * (end_.h - end_.y * tanh_half_d);  // y at the end, less y
    const Real y = end_.y - rise, squares = rise * (end_.y + y);
    Real closed = 0;  // 1 - (u/s)^2 = 1 - prod (1 - squares/(a_i at the end)^2), from terms of one sign
    for (const Real& weight : weights_) closed += squares * weight * (1 - closed);
    const Real gap = m_.singular_value() * closed / (1 + sqrt(Real(1 - closed)));
    return {y, m_.singular_value() - gap, gap};
  }

  // The q at which s - u = gap, by Newton's method in the logarithms.
  Real left_at(const Real& gap) const {
    using std::exp, std::expm1, std::log;
    if (gap == 0) return Real(0);
    const Real s = m_.singular_value(), eps = std::numeric_limits<Real>::epsilon();
    const bool near_end = 2 * absolute(gap) <= s;
    Real q = near_end ? Real(absolute(gap) / slope_)
                      : Real(expm1(absolute(angle(m_.pair_at(Real(s - gap)), end_))));
    Real last = 1;
    for (int i = 0; i < 100; ++i) {
      const Place now = place(q);
      const Real velocity = m_.pull({now.y, m_.partner(now.y)}) / m_.others(now.y);  // du/dx
      const Real power = q / (1 + q) * (velocity / absolute(now.gap));               // d ln|gap| / d ln q
      const Real step = log(Real(now.gap / gap)) / power;
      q *= exp(Real(-step));
      if (absolute(step) <= 2 * eps || (i > 4 && absolute(step) >= last)) break;
      last = absolute(step);
    }
    return q;
  }

  // Time over tau while q falls from q0 to q1.
  Real time(const Real& q0, const Real& q1) const {
    using std::log;
    return PanelQuadrature<Real>::integral(slope_from(q0), Real(0), Real(log(Real(q0 / q1))));
  }
  // q after `elapsed` over tau; 0 where it underflows. `guess` as in upper_limit().
  Real after(const Real& q0, const Real& elapsed, const Real& guess) const {
    using std::exp, std::log;
    const Real most = log(q0) - log(std::numeric_limits<Real>::min());
    const Real begin = guess > 0 ? Real(log(Real(q0 / guess)) * (1 - kShortOf)) : Real(0);
    const UpperLimit<Real> w = upper_limit(slope_from(q0), elapsed, most, begin);
    return w.missing > 0 ? Real(0) : Real(q0 * exp(Real(-w.w)));
  }

 private:
  // tau dt/dw where q = q0 e^{-w}.
  auto slope_from(const Real& q0) const {
    return [this, q0](const Real& w) {
      using std::exp;
      const Real q = q0 * exp(Real(-w));
      const Place now = place(q);
      return Real(q / ((1 + q) * m_.others(now.y) * absolute(now.gap)));
    };
  }

  const UnbalancedDeepMode<Real>& m_;
  int side_;
  LeastPair<Real> end_;
  Real slope_;                 // du/dx at the end
  std::vector<Real> weights_;  // 1/a_i^2 there
};

// tau dt/dx at the angle x from the start, for strengths up to s/2.
template <class Real>
auto early_slope(const UnbalancedDeepMode<Real>& m) {
  return [&m](const Real& x) {
    const LeastPair<Real> pair = m.initial_pair().turned(x);
    const Real r = m.others(pair.y);
    return Real(1 / (r * (m.singular_value() - pair.y * pair.h * r)));
  };
}

// Time over tau to strength u <= s/2, from u0 <= s/2.
template <class Real>
Real early_time(const UnbalancedDeepMode<Real>& m, const Real& u) {
  return PanelQuadrature<Real>::integral(early_slope(m), Real(0), angle(m.initial_pair(), m.pair_at(u)));
}

template <class Real>
using UnbalancedPlace = typename Approach<Real>::Place;

template <class Real>
UnbalancedPlace<Real> unbalanced_place(const UnbalancedDeepMode<Real>& m, const Real& t);

// In many digits: the same in double, to begin from. None where the numbers do not fit.
template <class Real>
std::optional<UnbalancedPlace<double>> rounded_place(const UnbalancedDeepMode<Real>& m, const Real& t) {
  if constexpr (std::numeric_limits<Real>::digits <= 64) {
    return std::nullopt;
  } else {
    std::vector<double> layers;
    for (const Real& a : m.layers()) layers.push_back(static_cast<double>(a));
    const auto s = static_cast<double>(m.singular_value()), tau = static_cast<double>(m.time_constant());
    const bool fits = s > 0 && tau > 0 && std::isfinite(s) && std::isfinite(tau) &&
                      std::ranges::all_of(layers, [](double a) { return std::isfinite(a); });
    if (!fits) return std::nullopt;
    return unbalanced_place(UnbalancedDeepMode<double>({layers, s, tau}), static_cast<double>(t));
  }
}

template <class Real>
UnbalancedPlace<Real> unbalanced_place(const UnbalancedDeepMode<Real>& m, const Real& t) {
  using std::log;
  require_time(t);
  const Real s = m.singular_value(), u0 = m.initial_strength(), end = m.limit();
  const LeastPair<Real>& start = m.initial_pair();
  Real elapsed = t / m.time_constant(), gap = m.initial_gap();
  if (elapsed == 0 || gap == 0 || start.h == 0) return {start.y, u0, gap};
  if (!base::is_finite(elapsed)) return {m.pair_at(end).y, end, Real(s - end)};
  const auto rounded = rounded_place(m, t);
  if (2 * u0 < s) {
    // To the saddle |y| falls as e^{-x}, until it underflows.
    const Real most = end == 0 ? Real(log(start.h) - log(std::numeric_limits<Real>::min()))
                               : angle(start, m.pair_at(Real(s / 2)));
    const Real guess =
        rounded ? Real(angle(start, m.pair_at(Real(rounded->strength))) * (1 - kShortOf)) : Real(0);
    const UpperLimit<Real> x = upper_limit(early_slope(m), elapsed, most, guess);
    if (end == 0 && x.missing > 0) return {Real(0), Real(0), s};
    if (!(x.missing > 0)) {
      const LeastPair<Real> pair = start.turned(x.w);
      const Real u = m.strength(pair);
      return {pair.y, u, Real(s - u)};
    }
    elapsed = x.missing;
    gap = s / 2;
  }
  const Approach<Real> approach(m, gap > 0 ? 1 : -1);
  const bool guessed = rounded && rounded->gap * static_cast<double>(gap) > 0;
  const Real guess = guessed ? approach.left_at(Real(rounded->gap)) : Real(0);
  return approach.place(approach.after(approach.left_at(gap), elapsed, guess));
}

// Time to strength u with gap = s - u, on the way from u0 to its limit.
template <class Real>
Real unbalanced_time(const UnbalancedDeepMode<Real>& m, const Real& u, const Real& gap) {
  const Real s = m.singular_value(), u0 = m.initial_strength();
  const bool early = 2 * u0 < s;
  if (early && 2 * u <= s) return m.time_constant() * early_time(m, u);
  const Approach<Real> approach(m, gap > 0 ? 1 : -1);
  const Real begun = early ? early_time(m, Real(s / 2)) : Real(0);
  const Real q0 = approach.left_at(early ? Real(s / 2) : m.initial_gap());
  return m.time_constant() * (begun + approach.time(q0, approach.left_at(gap)));
}

}  // namespace detail

template <class Real>
Real strength_at(const UnbalancedDeepMode<Real>& m, const Number<Real>& t) {
  return detail::unbalanced_place<Real>(m, t).strength;
}

template <class Real>
Real strength_gap_at(const UnbalancedDeepMode<Real>& m, const Number<Real>& t) {
  return detail::unbalanced_place<Real>(m, t).gap;
}

// a_1(t), ..., a_L(t).
template <class Real>
std::vector<Real> layers_at(const UnbalancedDeepMode<Real>& m, const Number<Real>& t) {
  return m.layers_at(detail::unbalanced_place<Real>(m, t).y);
}

// Throws UnreachableError unless u lies on the way from u0 to where it tends.
template <class Real>
Real time_to_reach(const UnbalancedDeepMode<Real>& m, const Number<Real>& u) {
  base::require(base::is_finite(u), "uf", u, "a finite number");
  const Real u0 = m.initial_strength(), end = m.limit();
  if (u == u0) return Real(0);
  if (!((u0 < u && u < end) || (end < u && u < u0)))
    throw base::UnreachableError(
        fmt::format("uf = {}: not reached in finite time from u0 = {}, which tends to {}; expected a "
                    "strength between these",
                    static_cast<double>(u), static_cast<double>(u0), static_cast<double>(end)));
  return detail::unbalanced_time<Real>(m, u, Real(m.singular_value() - u));
}

template <class Real>
Real half_learning_time(const UnbalancedDeepMode<Real>& m) {
  const Real half = m.singular_value() / 2;
  return m.initial_strength() >= half ? Real(0) : time_to_reach(m, half);
}

template <class Real>
Real learning_time(const UnbalancedDeepMode<Real>& m, const Number<Real>& eps) {
  const Real s = m.singular_value(), gap0 = m.initial_gap();
  base::require(base::is_finite(eps) && eps > 0 && eps < s, "eps", eps,
                "a number greater than 0 and less than s");
  if (detail::absolute(gap0) <= eps) return Real(0);
  const Real gap = gap0 > 0 ? Real(eps) : Real(-eps);
  if (m.limit() != s) return time_to_reach(m, Real(s - gap));  // says why not
  return detail::unbalanced_time<Real>(m, Real(s - gap), gap);
}

// When layer i, counted from 0, has done half of its change on the way to where the flow ends; 0 for one that
// ends where it began. A layer of greater size gets there later. Throws DomainError for i >= L.
template <class Real>
Real half_change_time(const UnbalancedDeepMode<Real>& m, std::size_t i) {
  using std::sqrt;
  base::require(i < m.layers().size(), "layer", static_cast<double>(i), "less than the number of layers");
  const Real y0 = m.initial_pair().y, y1 = m.pair_at(m.limit()).y;
  if (y1 == y0) return Real(0);
  Real y = (y0 + y1) / 2;
  if (i != m.least_layer()) {
    // Half way of sqrt(y^2 + kappa); on the first way down where it ends smaller than it began.
    const Real size0 = detail::absolute(m.layers()[i]), size1 = sqrt(Real(y1 * y1 + m.conserved()[i]));
    const Real half = (y1 - y0) * ((y1 + y0) / (size1 + size0)) / 2;
    if (half == 0) return Real(0);
    y = sqrt(Real(y0 * y0 + half * (2 * size0 + half)));
    if (half < 0 && y0 < 0) y = -y;
  }
  return time_to_reach(m, m.strength({y, m.partner(y)}));
}

}  // namespace dln::theory
