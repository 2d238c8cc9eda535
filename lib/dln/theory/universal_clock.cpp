#include "dln/theory/universal_clock.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace dln::theory::detail {

namespace arrays = base::arrays;

namespace {

using Polynomial = ClockNumbers::Polynomial;
constexpr int kTerms = ClockNumbers::kTerms;
constexpr double kSpacing = 0.5;   // of the table's nodes in xi
constexpr double kLastNode = 40;   // beyond, z - xi is constant to e^{-40}
constexpr double kFirstNode = 30;  // -q xi there: before, z = xi to e^{-30}

// cos(pi m / (2 kTerms)), every cosine that a fit needs.
long double cosine(int m) {
  static const auto table = [] {
    std::array<long double, 4 * kTerms> values;
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = std::cos(std::numbers::pi_v<long double> * static_cast<long double>(i) / (2 * kTerms));
    return values;
  }();
  return table[static_cast<std::size_t>(m) % table.size()];
}

// The polynomial in v through sum((1 + v)/4) at Chebyshev's nodes of -1 <= v <= 1. The sums are analytic up
// to v = 3: an error of 5.8^{-23} = 2e-18. Of the roundings in the values only long double's are left.
template <class Sum>
Polynomial fitted(const Sum& sum) {
  std::array<long double, kTerms> values{}, result{}, before{}, now{};  // T_{k-1} and T_k in powers of v
  for (int j = 0; j < kTerms; ++j) values[j] = sum((1 + cosine(2 * j + 1)) / 4);
  now[0] = 1;
  for (int k = 0; k < kTerms; ++k) {
    long double coefficient = 0;
    for (int j = 0; j < kTerms; ++j) coefficient += values[j] * cosine(k * (2 * j + 1));
    coefficient *= (k == 0 ? 1.0L : 2.0L) / kTerms;
    for (int i = 0; i < kTerms; ++i) result[i] += coefficient * now[i];
    std::array<long double, kTerms> next{};
    for (int i = 0; i + 1 < kTerms; ++i) next[i + 1] = (k == 0 ? 1 : 2) * now[i];
    for (int i = 0; i < kTerms; ++i) next[i] -= k == 0 ? 0 : before[i];
    before = now;
    now = next;
  }
  Polynomial rounded;
  std::copy(result.begin(), result.end(), rounded.begin());
  return rounded;
}

constexpr int kSummed = 62;  // 2^-62 is beyond the last digit

// sum_k x^k/(nu + 1 + k).
long double rising_sum(long double nu, long double x) {
  long double sum = 0;
  for (int k = kSummed; k >= 0; --k) sum = sum * x + 1 / (nu + 1 + k);
  return sum;
}
// sum_{j > 0} c_j w^{j - 1}/j.
long double closing_sum(long double nu, long double w) {
  long double sum = 0, term = 1;  // c_j w^{j - 1}
  for (int j = 1; j <= kSummed; ++j) {
    term *= (j + 1 - nu) / j;
    sum += term / j;
    term *= w;
  }
  return sum;
}
// C, by both forms of F at 1/2.
long double constant_of(long double nu, long double q) {
  constexpr long double half = 0.5L, log_half = -std::numbers::ln2_v<long double>;
  const long double power = std::pow(half, nu);
  const long double low = -power / half / q + (nu > 0 ? std::expm1(nu * log_half) / nu : log_half) +
                          half * power * rising_sum(nu, half);
  return low + log_half + half * closing_sum(nu, half);
}

// Written out, since a loop inside a loop would not become vectors.
template <std::size_t... Is>
DLN_INLINE double value(const Polynomial& polynomial, double v, std::index_sequence<Is...>) {
  double sum = polynomial[kTerms - 1];
  ((sum = sum * v + polynomial[kTerms - 2 - Is]), ...);
  return sum;
}
DLN_INLINE double value(const Polynomial& polynomial, double v) {
  return value(polynomial, v, std::make_index_sequence<kTerms - 1>());
}

// F and its slope in z.
struct Reading {
  double f, slope;
};
DLN_INLINE Reading reading(const ClockNumbers& c, double x, double w) {
  const auto power = arrays::raised(x, c.nu);
  const double slope = power.value / x;
  const double second = c.nu.value > 0 ? power.minus_one / c.nu.value : arrays::log(x);
  const double rising = x * power.value * value(c.rising, 4 * std::min(x, 0.5) - 1);
  const double near = std::min(w, 0.5);
  const double closing = c.constant - (arrays::log(w) + near * value(c.closing, 4 * near - 1));
  return {x <= 0.5 ? (rising + second) - slope / c.q : closing, slope};
}

// x and w at z.
struct Shares {
  double x, w;
};
DLN_INLINE Shares shares_at(double z) {
  const double q = arrays::exponential(-std::min(std::abs(z), 690.0)).value;
  const double large = 1 / (1 + q), small = q * large;
  return {z < 0 ? small : large, z < 0 ? large : small};
}

// The change of z that brings F to f, to the fourth order of the step: F''/F' = -q w, w' = -x w.
DLN_INLINE double step_to(const ClockNumbers& c, double f, const Shares& at) {
  const auto now = reading(c, at.x, at.w);
  const double newton = std::clamp((f - now.f) / now.slope, -1.0, 1.0), bend = c.q * at.w;
  return newton + newton * newton * (bend / 2 + newton * bend * (2 * bend - at.x) / 6);
}

DLN_FOR_EVERY_MACHINE
void speeds_of(const ClockNumbers& c, const double* s, double* speed, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    speed[i] = c.matrices * (s[i] * s[i] / arrays::raised(s[i], c.nu).value);
}

DLN_FOR_EVERY_MACHINE
void readings_at(const ClockNumbers& c, const double* x, const double* w, double* f, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) f[i] = reading(c, x[i], w[i]).f;
}

DLN_FOR_EVERY_MACHINE
void improve(const ClockNumbers& c, const double* f, double* z, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) z[i] += step_to(c, f[i], shares_at(z[i]));
}

DLN_FOR_EVERY_MACHINE
void coordinates(double q, const double* f, double* xi, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    xi[i] = std::max(f[i], 0.0) - arrays::log(1 - q * std::min(f[i], 0.0)) / q;
}

// Hermite's cubic: the chord, and what the two slopes depart from it. z takes the place of xi.
DLN_FOR_EVERY_MACHINE
void look_up(const std::vector<double>& nodes, const std::vector<double>& growth, double first, double* z,
             std::size_t n) {
  const double last = first + kSpacing * static_cast<double>(nodes.size() - 1), before_last = last - 1e-9;
  for (std::size_t i = 0; i < n; ++i) {
    const double xi = z[i], inside = std::clamp(xi, first, before_last), place = (inside - first) / kSpacing;
    const int k = static_cast<int>(place);
    const double h = place - k, g = 1 - h, line = nodes[k + 1] - nodes[k];
    const double bend = g * (growth[k] - line) - h * (growth[k + 1] - line);
    z[i] = nodes[k] + h * (line + g * bend) + (xi - inside);
  }
}

DLN_FOR_EVERY_MACHINE
void finish(const ClockNumbers& c, const double* f, const double* z, double* x, double* w, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto at = shares_at(z[i]);
    const double step = step_to(c, f[i], at);
    const double growth = step * (1 + step * (0.5 + step * (1.0 / 6 + step / 24)));  // e^step - 1
    const double whole = 1 / (1 + at.x * growth);
    x[i] = at.x + at.x * (at.w * growth * whole);
    w[i] = at.w - at.w * (at.x * growth * whole);
  }
}

}  // namespace

ClockNumbers::ClockNumbers(const base::DepthExponent& depth)
    : nu(depth.is_infinite() ? 0 : 2, depth.is_infinite() ? 1 : depth.weight_matrices()),
      q(depth.is_infinite() ? 1 : (depth.weight_matrices() - 2) / depth.weight_matrices()),
      matrices(depth.is_infinite() ? 1 : depth.weight_matrices()),
      constant(0) {
  const long double numerator = depth.is_infinite() ? 0 : 2,
                    exact_nu = numerator / (numerator > 0 ? depth.weight_matrices() : 1);
  rising = fitted([&](long double x) { return rising_sum(exact_nu, x); });
  closing = fitted([&](long double w) { return closing_sum(exact_nu, w); });
  constant = static_cast<double>(constant_of(exact_nu, 1 - exact_nu));
}

UniversalClock::UniversalClock(const base::DepthExponent& depth) : numbers_(depth) {
  const double q = numbers_.q;
  // A node at xi = 0, where the coordinate has a kink.
  const int before = static_cast<int>(std::ceil(kFirstNode / q / kSpacing));
  first_ = -before * kSpacing;
  const auto nodes = static_cast<std::size_t>(before + static_cast<int>(kLastNode / kSpacing) + 1);
  std::vector<double> f(nodes);
  z_.resize(nodes);
  growth_.resize(nodes);
  for (std::size_t i = 0; i < nodes; ++i) {
    z_[i] = first_ + kSpacing * static_cast<double>(i);
    f[i] = z_[i] < 0 ? -std::expm1(-q * z_[i]) / q : z_[i];
  }
  for (int step = 0; step < 6; ++step) improve(numbers_, f.data(), z_.data(), nodes);
  for (std::size_t i = 0; i < nodes; ++i) {
    const auto at = shares_at(z_[i]);
    growth_[i] = kSpacing * (f[i] < 0 ? 1 - q * f[i] : 1) / reading(numbers_, at.x, at.w).slope;
  }
}

void UniversalClock::speeds(const double* s, double* speed, std::size_t n) const {
  speeds_of(numbers_, s, speed, n);
}

void UniversalClock::readings(const double* x, const double* w, double* f, std::size_t n) const {
  readings_at(numbers_, x, w, f, n);
}

void UniversalClock::places(const double* f, double* x, double* w, std::size_t n) const {
  coordinates(numbers_.q, f, x, n);
  look_up(z_, growth_, first_, x, n);
  finish(numbers_, f, x, x, w, n);
}

}  // namespace dln::theory::detail
