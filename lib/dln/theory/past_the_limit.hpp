// What gradient descent does past the limit of stability, rate > 2/lambda_max, in closed form.
//
// One mode of two matrices, a <- a + rate b e, b <- b + rate a e, e = s - ab (Eq 8 in discrete time). With
// equal layers, kappa = rate x lambda_max = 2 rate s and z = u/s the map is a cubic: z stays at 1 below kappa
// = 2; beyond, u goes to and fro between the two roots of
//
//   z^2 - (1 + 2/kappa) z + 4/kappa^2 = 0,      z = [kappa + 2 +- ((kappa + 6)(kappa - 2))^{1/2}] / (2
//   kappa),
//
// whose slope along the map is 9 - 2 (1 + kappa/2)^2: they attract up to kappa = 2 (5^{1/2} - 1) = 2.472.
// Then periods double, chaos follows, and at kappa = 4, where the map is Chebyshev's cubic, the extremes of u
// reach the repelling cycle a -> -a, a^2 = s + 2/rate: beyond, almost every start diverges.
//
// With unequal layers
//
//   c = a^2 - b^2 becomes c (1 - rate^2 e^2),
//   H = a^2 + b^2 + rate s e - 4/rate becomes H (1 - rate^2 s e + rate^2 e^2),
//
// the last factor positive while rate s < 2: inside the ellipse H < 0 descent stays bounded for ever. A
// minimum ab = s lies inside when its own eigenvalue a^2 + b^2 = (c^2 + 4 s^2)^{1/2} is below 4/rate, and
// holds descent when it is below 2/rate. Between the two descent leaves it, c shrinks, and it settles at a
// flatter minimum: from a little above 2/rate just as far below, to first order.
//
// At every depth L >= 2 the cycle is born attracting, u/s = 1 +- L (3 (kappa - 2) / (4 (L - 1)(5L -
// 4)))^{1/2} to leading order in kappa - 2.
#pragma once

#include <cmath>

#include "dln/base/depth.hpp"

namespace dln::theory {

// Bounds of kappa between which the cycle of two attracts, and beyond which descent diverges: equal layers,
// two matrices.
inline constexpr double kStableKappa = 2;
inline constexpr double kCycleKappa = 2.4721359549995796;  // 2 (5^{1/2} - 1)
inline constexpr double kBoundedKappa = 4;

template <class Real>
struct StrengthCycle {
  Real low, high;  // u
};

// The cycle of two of a balanced mode of two matrices; it attracts below kCycleKappa. Throws DomainError
// unless s > 0 and kappa >= 2.
template <class Real>
StrengthCycle<Real> balanced_cycle(const Real& s, const Real& kappa) {
  using std::sqrt;
  base::require_positive("s", s);
  base::require(base::is_finite(kappa) && kappa >= 2, "kappa", kappa, "2 or more: below there is no cycle");
  const Real high = (kappa + 2 + sqrt((kappa + 6) * (kappa - 2))) / (2 * kappa);
  return {s * (4 / (kappa * kappa * high)), s * high};
}

// |u/s - 1| on the cycle of a balanced mode, to leading order in kappa - 2. Throws DomainError for less than
// two matrices or kappa < 2.
template <class Real>
Real cycle_amplitude(const base::Depth& depth, const Real& kappa) {
  using std::sqrt;
  const int L = depth.weight_matrices();
  base::require(L >= 2, "L", L, "2 or more: without hidden layers nothing holds a cycle");
  base::require(base::is_finite(kappa) && kappa >= 2, "kappa", kappa, "2 or more: below there is no cycle");
  return L * sqrt(3 * (kappa - 2) / Real(4 * (L - 1) * (5 * L - 4)));
}

// H above: descent at this rate from layers a, b never leaves where it is negative or zero. Throws
// DomainError unless 0 < rate s < 2.
template <class Real>
Real escape_margin(const Real& s, const Real& rate, const Real& a, const Real& b) {
  base::require_positive("s", s);
  base::require(base::is_finite(rate) && rate > 0 && rate * s < 2, "rate", rate,
                "more than 0 and less than 2/s: beyond, no ellipse holds descent");
  return a * a + b * b + rate * s * (s - a * b) - 4 / rate;
}

// The largest |a^2 - b^2| at whose minimum descent stays, 2 (1/rate^2 - s^2)^{1/2}. Throws DomainError unless
// 0 < rate <= 1/s: beyond, no minimum holds it.
template <class Real>
Real settling_imbalance(const Real& s, const Real& rate) {
  using std::sqrt;
  base::require_positive("s", s);
  base::require(base::is_finite(rate) && rate > 0 && rate * s <= 1, "rate", rate,
                "more than 0 and at most 1/s: beyond, no minimum holds descent");
  return 2 * sqrt((1 / rate - s) * (1 / rate + s));
}

}  // namespace dln::theory
