// How large a learning rate a mode and a network bear (section 2, before the delay): the Hessian of Eq 14's
// error E = (s - a_1 ... a_L)^2 / 2, the time constant factored out, and of the full network's at a balanced
// minimum and, for two matrices, on the whole way to it.
//
// Along the diagonal a_i = a the eigenvalues are lambda_sym once and lambda_anti L - 1 times; over 0 <= a <=
// s^{1/L} the largest in size is that of the minimum itself,
//
//   lambda_max = L s^{2 - 2/L},    alpha_opt = 1/lambda_max,    stable below 2/lambda_max.
//
// (The paper's alpha_opt ~ 1/(N_l s^2) is the limit of many layers.) Errors carry no 1/tau: rates multiply
// sums.
//
// At a minimum of unequal layers the Hessian is g g^T, g_i = s/a_i: one eigenvalue sum_i (s/a_i)^2 and L - 1
// flat directions. Of all minima the one of equal layers is the flattest.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "dln/base/depth.hpp"
#include "dln/theory/unbalanced_layers.hpp"

namespace dln::theory {

template <class Real>
struct DiagonalHessian {
  Real symmetric;      // once: along (1, ..., 1)
  Real antisymmetric;  // L - 1 times
};

// At a_i = a, for any finite s and a >= 0. Throws DomainError.
template <class Real>
DiagonalHessian<Real> diagonal_hessian(const base::Depth& depth, const Real& s, const Real& a) {
  using std::pow;
  base::require(base::is_finite(s), "s", s, "a finite number");
  base::require_non_negative("a", a);
  const int L = depth.weight_matrices();
  if (L == 1) return {Real(1), Real(0)};
  const Real above = pow(a, Real(L - 2));  // a^{L - 2}, 1 for two matrices
  const Real u = above * a * a;
  return {above * ((2 * L - 1) * u - (L - 1) * s), above * (s - u)};
}

// L s^{2 - 2/L}, for any finite depth. Throws DomainError.
template <class Real>
Real largest_hessian_eigenvalue(const base::DepthExponent& depth, const Real& s) {
  using std::pow;
  base::require(!depth.is_infinite(), "L", depth.weight_matrices(), "a finite depth");
  base::require_positive("s", s);
  const Real L = depth.weight_matrices();
  return L * pow(s, Real(2 - 2 / L));
}

template <class Real>
Real optimal_learning_rate(const base::DepthExponent& depth, const Real& s) {
  return 1 / largest_hessian_eigenvalue(depth, s);
}

// The rate above which gradient descent leaves the minimum.
template <class Real>
Real stability_limit(const base::DepthExponent& depth, const Real& s) {
  return 2 / largest_hessian_eigenvalue(depth, s);
}

// At a minimum a_1 ... a_L = s of any layers: sum_i (s/a_i)^2, least for equal layers. Throws DomainError.
template <class Real>
Real largest_hessian_eigenvalue_at(std::span<const Real> layers) {
  base::require(!layers.empty(), "layers", 0, "at least one");
  Real product = 1, sum = 0;
  for (const Real& a : layers) {
    base::require(base::is_finite(a) && a != 0, "layer strength", a, "a finite number other than 0");
    product *= a;
  }
  for (const Real& a : layers) sum += (product / a) * (product / a);
  return sum;
}

// At the minimum that the flow of Eq 14 reaches from these layers: sqrt(c^2 + 4 s^2) for a pair, c = a^2 -
// b^2. Throws UnreachableError where it ends at the saddle.
template <class Real>
Real largest_hessian_eigenvalue_reached(const UnbalancedDeepMode<Real>& m) {
  if (m.limit() != m.singular_value())
    throw base::UnreachableError(
        "a0: the flow from these layers ends at the saddle u = 0; expected layers from which it reaches s: "
        "u0 > 0, or one layer smaller than all others");
  return m.pull(m.pair_at(m.singular_value()));
}

// The full network at a balanced minimum, inputs of variance d along input mode beta: the eigenvalue of the
// pair of output mode alpha and input mode beta, of strengths u (the singular values where d = 1; 0 for a
// mode that is not there),
//
//   d_beta sum_{l=1}^{L} u_alpha^{2(L-l)/L} u_beta^{2(l-1)/L},   0^0 = 1.
//
// Throws DomainError.
template <class Real>
Real pair_hessian_eigenvalue(const base::Depth& depth, const Real& u_output, const Real& u_input,
                             const Real& input_variance = Real(1)) {
  using std::pow;
  base::require_non_negative("strength of the output mode", u_output);
  base::require_non_negative("strength of the input mode", u_input);
  base::require_non_negative("input variance", input_variance);
  const int L = depth.weight_matrices();
  Real sum = 0;
  for (int l = 1; l <= L; ++l) {
    const Real above = l == L ? Real(1) : Real(pow(u_output, Real(2 * (L - l)) / L));
    const Real below = l == 1 ? Real(1) : Real(pow(u_input, Real(2 * (l - 1)) / L));
    sum += above * below;
  }
  return input_variance * sum;
}

template <class Real>
struct CountedEigenvalue {
  Real value;
  long count;  // >= 0
};

struct ThreeLayerUnits {
  long inputs, hidden, outputs;
};

// The full network of two matrices on its decoupled path, Sigma11 = I: r modes of singular values s_i whose
// two layers both have the strength u_i^{1/2}, n inputs, m hidden units and d outputs, r <= min(n, m, d), and
// nothing to be learned beside those modes. The
// eigenvalues are
//
//   3 u_i - s_i,  s_i - u_i                              once for each mode
//   u_i                                                  n + d - 2r times each
//   u_i - s_i,  s_i - u_i                                m - r times each
//   0                                                    (m - r)(n + d - 2r) times
//   u_i + u_k - (s_i + s_k)/2 +- ((s_i - s_k)^2/4 + u_i u_k)^{1/2},
//   (s_i + s_k)/2 +- ((u_i - u_k - (s_i - s_k)/2)^2 + u_i u_k)^{1/2}     once for each pair i < k
//
// for any finite s_i and u_i >= 0. At u = s these are pair_hessian_eigenvalue's. Throws DomainError.
template <class Real>
std::vector<CountedEigenvalue<Real>> decoupled_hessian_spectrum(const ThreeLayerUnits& units,
                                                                std::span<const Real> singular_values,
                                                                std::span<const Real> strengths) {
  using std::sqrt;
  const auto& [n, m, d] = units;
  const auto r = static_cast<long>(singular_values.size());
  base::require(r >= 1 && r <= std::min({n, m, d}), "modes", r, "1 or more, as the narrowest layer holds");
  base::require(strengths.size() == singular_values.size(), "strengths", strengths.size(),
                "one for each singular value");
  for (const Real& s : singular_values) base::require(base::is_finite(s), "s", s, "a finite number");
  for (const Real& u : strengths) base::require_non_negative("u", u);

  std::vector<CountedEigenvalue<Real>> all{{Real(0), (m - r) * (n + d - 2 * r)}};
  for (std::size_t i = 0; i < singular_values.size(); ++i) {
    const Real &s = singular_values[i], &u = strengths[i];
    all.insert(all.end(), {{3 * u - s, 1}, {s - u, 1}, {u, n + d - 2 * r}, {u - s, m - r}, {s - u, m - r}});
    for (std::size_t k = i + 1; k < singular_values.size(); ++k) {
      const Real mean = (s + singular_values[k]) / 2, half = (s - singular_values[k]) / 2;
      const Real sum = u + strengths[k], difference = u - strengths[k], product = u * strengths[k];
      const Real x = sqrt(half * half + product),
                 y = sqrt((difference - half) * (difference - half) + product);
      all.insert(all.end(), {{sum - mean + x, 1}, {sum - mean - x, 1}, {mean + y, 1}, {mean - y, 1}});
    }
  }
  return all;
}

}  // namespace dln::theory
