// The whole Hessian of a network of any depth on its decoupled path, exact, the residual's part included.
//
// Modes i = 1..r of singular values s_i and strengths u_i, every layer a_i = u_i^{1/L}, inputs of variance
// d_i along mode i (1 where Sigma11 = I), e_i = s_i - d_i u_i the error that is left. In the bases of the
// decoupled start the weights fall into small blocks:
//
//   entry (i, i) of every layer      one block: L d_i a^{2L-2} - (L - 1) e_i a^{L-2} once,
//                                    e_i a^{L-2} L - 1 times (for d = 1 those of Eq 14, diagonal_hessian)
//   entries (i, k), (k, i), i < k    with p = a_i, q = a_k, g_l = p^{L-l} q^{l-1}, x_l = V^l_{ik}, y_l =
//                                    V^l_{ki}, the quadratic form of 2L variables
//                d_k (sum_l g_l x_l)^2 + d_i (sum_l g_{L+1-l} y_l)^2
//                  - 2 sum_{l<m} [e_i p^{L-m+l-1} q^{m-l-1} x_m y_l + e_k q^{L-m+l-1} p^{m-l-1} y_m x_l]
//   W^L's rows beyond the modes      d_i a_i^{2L-2}, N_{L+1} - r times for each mode
//   W^1's columns beyond             d_j a_i^{2L-2}, once for each mode and each further input
//   spare hidden units               e_i a_i^{L-2} and its negative, N_l - r times for each mode and layer
//   all other weights                0 (for L = 1, d_j)
//
// Where d_i = d_k the reflection l -> L + 1 - l parts the 2L variables into two Hankel matrices M_{jl} =
// h(j + l), j, l = 1..L,
//
//   h(j) = d p^{2L-j} q^{j-2} -+ (e_k p^{L-j} q^{j-2} for j <= L, 0 for j = L + 1, e_i p^{2L-j} q^{j-L-2}
//   beyond),
//
// of which L = 2 is decoupled_hessian_spectrum's pair of roots. At a minimum they are g g^T:
// pair_hessian_eigenvalue.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "dln/linalg/decompositions.hpp"
#include "dln/theory/learning_rate.hpp"

namespace dln::theory {

// 1 <= r <= the narrowest layer; s finite, u >= 0. `input_variances` of the modes, then of all further
// inputs, N_1 numbers > 0; none where Sigma11 = I. Nothing is to be learned beside these modes.
struct DecoupledModes {
  std::vector<double> singular_values, strengths;
  std::vector<double> input_variances = {};

  double variance(std::size_t i) const { return input_variances.empty() ? 1 : input_variances[i]; }
  double gap(std::size_t i) const { return singular_values[i] - variance(i) * strengths[i]; }  // e_i
};

namespace detail {

// One pair of modes: a_i, a_k; e_i, e_k; d_i, d_k.
struct ModePair {
  int L;
  double p, q, e_i, e_k, d_i, d_k;
};

inline double power(double x, int n) {
  return n == 0 ? 1 : std::pow(x, n);
}  // 0^0 = 1

// The block on vectors even (sign = 1) or odd (-1) under the reflection, d_i = d_k.
inline linalg::Matrix hankel_block(const ModePair& m, int sign) {
  const int L = m.L;
  linalg::Matrix block(L, L);
  for (int j = 2; j <= 2 * L; ++j) {
    double h = m.d_i * power(m.p, 2 * L - j) * power(m.q, j - 2);
    if (j <= L) h -= sign * m.e_k * power(m.p, L - j) * power(m.q, j - 2);
    if (j >= L + 2) h -= sign * m.e_i * power(m.p, 2 * L - j) * power(m.q, j - L - 2);
    for (int l = std::max(1, j - L); l <= std::min(L, j - 1); ++l) block(l - 1, j - l - 1) = h;
  }
  return block;
}

// The block on (x, y).
inline linalg::Matrix whole_block(const ModePair& m) {
  const int L = m.L;
  linalg::Vector g(L);
  for (int l = 1; l <= L; ++l) g[l - 1] = power(m.p, L - l) * power(m.q, l - 1);
  const linalg::Vector reversed = g.reverse();
  linalg::Matrix block(2 * L, 2 * L);
  block.topLeftCorner(L, L) = m.d_k * g * g.transpose();
  block.bottomRightCorner(L, L) = m.d_i * reversed * reversed.transpose();
  for (int above = 1; above <= L; ++above)    // of x
    for (int below = 1; below <= L; ++below)  // of y
      block(above - 1, L + below - 1) =
          above > below   ? -m.e_i * power(m.p, L - above + below - 1) * power(m.q, above - below - 1)
          : above < below ? -m.e_k * power(m.q, L - below + above - 1) * power(m.p, below - above - 1)
                          : 0;
  block.bottomLeftCorner(L, L) = block.topRightCorner(L, L).transpose();
  return block;
}

inline void append_pair(const ModePair& m, std::vector<CountedEigenvalue<double>>& all) {
  const auto append = [&](const linalg::Matrix& block) {
    for (const double value : linalg::symmetric_eigen(block).values) all.push_back({value, 1});
  };
  if (m.d_i != m.d_k) return append(whole_block(m));
  append(hankel_block(m, 1));
  append(hankel_block(m, -1));
}

inline void require_fitting(const std::vector<long>& units, const DecoupledModes& modes) {
  base::require(units.size() >= 2, "layers of units", units.size(), "2 or more");
  const auto r = static_cast<long>(modes.singular_values.size());
  base::require(r >= 1 && r <= *std::ranges::min_element(units), "modes", r,
                "1 or more, as the narrowest layer holds");
  base::require(modes.strengths.size() == modes.singular_values.size(), "strengths", modes.strengths.size(),
                "one for each singular value");
  base::require(
      modes.input_variances.empty() || static_cast<long>(modes.input_variances.size()) == units.front(),
      "input variances", modes.input_variances.size(), "none, or one for each input");
  for (const double s : modes.singular_values) base::require(base::is_finite(s), "s", s, "a finite number");
  for (const double u : modes.strengths) base::require_non_negative("u", u);
  for (const double d : modes.input_variances) base::require_positive("input variance", d);
}

// What stands beside mode i alone.
inline void append_mode(const std::vector<long>& units, const DecoupledModes& modes, std::size_t i,
                        std::vector<CountedEigenvalue<double>>& all) {
  const int L = static_cast<int>(units.size()) - 1;
  const auto r = static_cast<long>(modes.singular_values.size());
  const double a = std::pow(modes.strengths[i], 1.0 / L), d = modes.variance(i), e = modes.gap(i);
  const double steep = power(a, 2 * L - 2), rest = L == 1 ? 0 : e * power(a, L - 2);
  all.insert(all.end(), {{L * d * steep - (L - 1) * rest, 1}, {rest, L - 1}, {d * steep, units.back() - r}});
  if (modes.input_variances.empty()) all.push_back({steep, units.front() - r});
  for (auto j = static_cast<std::size_t>(r); j < modes.input_variances.size(); ++j)
    all.push_back({modes.variance(j) * steep, 1});
  for (int l = 1; l < L; ++l) {
    const long spare = units[static_cast<std::size_t>(l)] - r;
    all.insert(all.end(), {{rest, spare}, {-rest, spare}});
  }
}

}  // namespace detail

// All eigenvalues, as many as there are weights in a network of `units` = {N_1, ..., N_{L+1}}. Throws
// DomainError.
inline std::vector<CountedEigenvalue<double>> decoupled_hessian_spectrum(const std::vector<long>& units,
                                                                         const DecoupledModes& modes) {
  detail::require_fitting(units, modes);
  const int L = static_cast<int>(units.size()) - 1;
  const std::size_t r = modes.singular_values.size();
  std::vector<CountedEigenvalue<double>> all;
  for (std::size_t i = 0; i < r; ++i) {
    detail::append_mode(units, modes, i, all);
    for (std::size_t k = i + 1; k < r; ++k)
      detail::append_pair({L, std::pow(modes.strengths[i], 1.0 / L), std::pow(modes.strengths[k], 1.0 / L),
                           modes.gap(i), modes.gap(k), modes.variance(i), modes.variance(k)},
                          all);
  }
  long weights = 0, counted = 0;
  for (std::size_t l = 1; l < units.size(); ++l) weights += units[l] * units[l - 1];
  for (const auto& [value, count] : all) counted += count;
  if (L > 1) {
    all.push_back({0, weights - counted});
  } else {
    const long spare = units.back() - static_cast<long>(r);
    for (auto j = r; j < static_cast<std::size_t>(units.front()); ++j)
      all.push_back({modes.variance(j), spare});
  }
  return all;
}

// The sharpness of the error there: the largest of them. Throws DomainError.
inline double largest_decoupled_hessian_eigenvalue(const std::vector<long>& units,
                                                   const DecoupledModes& modes) {
  double largest = 0;  // the Hessian's trace is never negative
  for (const auto& [value, count] : decoupled_hessian_spectrum(units, modes))
    if (count > 0) largest = std::max(largest, value);
  return largest;
}

}  // namespace dln::theory
