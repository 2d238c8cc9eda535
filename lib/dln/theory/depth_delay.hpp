// How much later a deep network learns at its own best rate (section 2): the number of gradient steps from u0
// = eps to s - eps at the rate 1/lambda_max, and its excess over three layers, t_N - t_3.
//
//   k_N = F_L(delta, 1 - delta),   F_L = int x^{2/L - 2} / (1 - x) dx,   delta = eps/s
//   k_3 = 2 ln((1 - delta)/delta),   k_inf - k_3 = s (s - 2 eps) / (eps (s - eps)) -> s/eps
//
// k depends on delta alone; a rate kappa/lambda_max divides it by kappa. It grows with depth and saturates:
// finite, not flat.
#pragma once

#include "dln/theory/infinite_depth_mode.hpp"

namespace dln::theory {

namespace detail {
template <class Real>
void require_symmetric_target(const Real& s, const Real& eps) {
  base::require_positive("s", s);
  base::require(base::is_finite(eps) && eps > 0 && 2 * eps < s, "eps", eps,
                "a number greater than 0 and less than s/2");
}
}  // namespace detail

// k_N, in gradient steps. Throws DomainError unless s > 0 and 0 < eps < s/2, eps/s at least the smallest
// normal number.
template <class Real>
Real steps_at_optimal_rate(const base::DepthExponent& depth, const Real& s, const Real& eps) {
  using std::frexp, std::ldexp;
  detail::require_symmetric_target(s, eps);
  // Whatever the unit of s, no power of it leaves the range of Real.
  int unit = 0;
  const Real end = frexp(s, &unit), start = ldexp(eps, -unit);
  base::require(start >= std::numeric_limits<Real>::min(), "eps", eps, "at least 1e-307 times s");
  const ModeNumbers<Real> numbers{end, start, Real(1)};
  if (depth.is_infinite()) {
    const InfiniteDepthMode<Real> limit(Real(1), numbers);
    return learning_time(limit, start) / limit.time_scale();
  }
  const DeepMode<Real> mode(depth, numbers);
  return learning_time(mode, start) / mode.time_scale();
}

// k_inf - k_3. Throws DomainError.
template <class Real>
Real delay_of_infinite_depth(const Real& s, const Real& eps) {
  detail::require_symmetric_target(s, eps);
  return s / eps * ((s - 2 * eps) / (s - eps));
}

// Its leading order s/eps.
template <class Real>
Real leading_delay_of_infinite_depth(const Real& s, const Real& eps) {
  detail::require_symmetric_target(s, eps);
  return s / eps;
}

// k_N - k_3: negative for N_l = 2, 0 for 3. Throws DomainError.
template <class Real>
Real delay_over_three_layers(const base::DepthExponent& depth, const Real& s, const Real& eps) {
  if (depth.is_infinite()) return delay_of_infinite_depth(s, eps);
  const base::DepthExponent three(base::Depth::from_layers(3));
  if (depth == three) return Real(0);
  return steps_at_optimal_rate(depth, s, eps) - steps_at_optimal_rate(three, s, eps);
}

namespace detail {
// Eq 15's integral from x0 to xf, Eq 16's at infinite depth.
template <class Real>
Real depth_integral_between(const base::DepthExponent& depth, const Real& x0, const Real& xf) {
  const ModeNumbers<Real> numbers{Real(1), x0, Real(1)};
  if (depth.is_infinite()) return time_to_reach(InfiniteDepthMode<Real>(Real(1), numbers), xf);
  const DeepMode<Real> mode(depth, numbers);
  return time_to_reach(mode, xf) / mode.time_scale();
}
}  // namespace detail

// (t_90 - t_10) / t_50 of a mode that starts at the share x0 of its s: "learning explodes rapidly" (after Eq
// 15). For x0 -> 0 it tends to ln 9/ln 2 without hidden layers, falls as ln 81/ln(1/x0) with one, and as C
// x0^{1 - 2/L} with more (sharpness_constant). Throws DomainError unless 0 < x0 < 1/2.
template <class Real>
Real rise_over_half_time(const base::DepthExponent& depth, const Real& x0) {
  base::require(base::is_finite(x0) && x0 > 0 && 2 * x0 < 1, "x0", x0,
                "a share of s, more than 0 and less than 1/2");
  return detail::depth_integral_between<Real>(depth, Real(1) / 10, Real(9) / 10) /
         detail::depth_integral_between<Real>(depth, x0, Real(1) / 2);
}

// C_L = (1 - 2/L) F_L(1/10, 9/10): the law above for L > 2. Throws DomainError for other depths.
template <class Real>
Real sharpness_constant(const base::DepthExponent& depth) {
  base::require(depth.weight_matrices() > 2, "L", depth.weight_matrices(), "more than 2");
  return (1 - 2 / Real(depth.weight_matrices())) *
         detail::depth_integral_between<Real>(depth, Real(1) / 10, Real(9) / 10);
}

}  // namespace dln::theory
