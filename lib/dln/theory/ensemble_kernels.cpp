#include "dln/theory/ensemble_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dln::theory::detail {

namespace arrays = base::arrays;

namespace {

constexpr double kAskTheLaw = std::numeric_limits<double>::quiet_NaN();

// Bounds within which products and quotients of a law's numbers stay normal. All comparisons are false for
// NaN;
// `&` rather than `&&`, since a loop that is to become vectors may not branch.
DLN_INLINE bool is_plain(double x) {
  return (x >= 1e-100) & (x <= 1e100);
}
DLN_INLINE bool are_plain(double s, double u0, double tau) {
  return is_plain(s) & is_plain(tau) & (u0 >= 1e-180 * s) & (u0 <= 1e100);
}
DLN_INLINE bool is_between(double u0, double u, double s) {
  return ((u0 < u) & (u < s)) | ((s < u) & (u < u0));
}
// e^{-x} and e^{-x} - 1 for any x >= 0, as if x were 690 beyond it: where u0 >= 1e-180 s, 1e-300 serves for
// 0.
DLN_INLINE arrays::Exponential decay(double x) {
  return arrays::exponential(-std::min(x, 690.0));
}

}  // namespace

DLN_FOR_EVERY_MACHINE
void shallow_strengths(const ModeBlock& m, double* u) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double s = m.s[i], u0 = m.u0[i];
    const auto left = decay(m.given[i] / m.tau[i]);
    const bool plain = is_plain(s) & is_plain(m.tau[i]) & (u0 >= 0) & (u0 <= 1e100) & (m.given[i] >= 0);
    u[i] = plain ? u0 * left.value - s * left.minus_one : kAskTheLaw;
  }
}

DLN_FOR_EVERY_MACHINE
void shallow_times(const ModeBlock& m, double* t) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double s = m.s[i], u0 = m.u0[i], u = m.given[i];
    const bool plain = is_plain(s) & is_plain(m.tau[i]) & (u0 >= 0) & (u0 <= 1e100) & is_between(u0, u, s);
    const double logarithm = arrays::log1p((u - u0) / (s - u));
    t[i] = plain ? m.tau[i] * logarithm : kAskTheLaw;
  }
}

DLN_FOR_EVERY_MACHINE
void three_layer_strengths(const ModeBlock& m, double* u) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double s = m.s[i], u0 = m.u0[i], x = s * (2 * (m.given[i] / m.tau[i]));
    const auto left = decay(x);
    const bool plain = are_plain(s, u0, m.tau[i]) & (m.given[i] >= 0);
    u[i] = plain ? u0 / (left.value - (u0 / s) * left.minus_one) : kAskTheLaw;
  }
}

DLN_FOR_EVERY_MACHINE
void three_layer_times(const ModeBlock& m, double* t) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double s = m.s[i], u0 = m.u0[i], u = m.given[i];
    const bool plain = are_plain(s, u0, m.tau[i]) & is_between(u0, u, s);
    const double logarithm = arrays::log1p((u - u0) / u0 * (s / (s - u)));
    t[i] = plain ? m.tau[i] / (2 * s) * logarithm : kAskTheLaw;
  }
}

DLN_FOR_EVERY_MACHINE
void limit_times(const ModeBlock& m, double* t) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double s = m.s[i], u0 = m.u0[i], u = m.given[i], growth = (u - u0) / u0;
    const bool plain = are_plain(s, u0, m.tau[i]) & (u0 < u) & (u < s);
    const double sum = arrays::log1p(growth * (s / (s - u))) + growth * (s / u);
    t[i] = plain ? m.tau[i] / s / s * sum : kAskTheLaw;
  }
}

namespace {

struct Starts {
  double s[kBlock], x[kBlock], w[kBlock], speed[kBlock], reading[kBlock];
  double doubt[kBlock];  // 0, or NaN
};

// A mode that is not plain runs along as x = 1/2.
DLN_FOR_EVERY_MACHINE
void gather(const ModeBlock& m, Starts& start) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double s = m.s[i], u0 = m.u0[i];
    const bool plain = are_plain(s, u0, m.tau[i]) & (u0 < s) & (m.given[i] >= 0);
    start.doubt[i] = plain ? 0 : kAskTheLaw;
    start.s[i] = plain ? s : 1;
    start.x[i] = plain ? u0 / s : 0.5;
    start.w[i] = plain ? (s - u0) / s : 0.5;
  }
}

DLN_FOR_EVERY_MACHINE
void advance(const ModeBlock& m, const Starts& start, double* f) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double elapsed = m.given[i] / m.tau[i] * start.speed[i];
    f[i] = start.reading[i] + elapsed < 600 ? start.reading[i] + elapsed : 600;  // u = s long before
  }
}

DLN_FOR_EVERY_MACHINE
void conclude(const ModeBlock& m, const Starts& start, const double* x, const double* w, double* u) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double s = m.s[i], u0 = m.u0[i], reached = x[i] <= 0.5 ? s * x[i] : s - s * w[i];
    const double kept = m.given[i] > 0 ? std::clamp(reached, u0, s) : u0;
    u[i] = kept + start.doubt[i];
  }
}

Starts starts_of(const UniversalClock& clock, const ModeBlock& m) {
  Starts start;
  gather(m, start);
  clock.speeds(start.s, start.speed, m.n);
  clock.readings(start.x, start.w, start.reading, m.n);
  return start;
}

DLN_FOR_EVERY_MACHINE
void ends_of(const ModeBlock& m, const Starts& start, double* x, double* w) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const bool plain = (start.doubt[i] == 0) & (m.u0[i] < m.given[i]) & (m.given[i] < m.s[i]);
    x[i] = plain ? m.given[i] / m.s[i] : start.x[i];
    w[i] = plain ? (m.s[i] - m.given[i]) / m.s[i] : start.w[i];
  }
}

// A way shorter than a quarter of what the readings are made of is left to the law, which sums it term by
// term.
DLN_FOR_EVERY_MACHINE
void subtract(const ModeBlock& m, const Starts& start, const double* end, double* t) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double elapsed = end[i] - start.reading[i];
    const double size = std::max(std::max(std::abs(end[i]), std::abs(start.reading[i])), 2.0);
    t[i] = m.tau[i] * (elapsed / start.speed[i]) + (4 * elapsed >= size ? start.doubt[i] : kAskTheLaw);
  }
}

}  // namespace

void deep_strengths(const UniversalClock& clock, const ModeBlock& m, double* u) {
  const Starts start = starts_of(clock, m);
  double f[kBlock], x[kBlock], w[kBlock];
  advance(m, start, f);
  clock.places(f, x, w, m.n);
  conclude(m, start, x, w, u);
}

void deep_times(const UniversalClock& clock, const ModeBlock& m, double* t) {
  const Starts start = starts_of(clock, m);
  double f[kBlock], x[kBlock], w[kBlock];
  ends_of(m, start, x, w);
  clock.readings(x, w, f, m.n);
  subtract(m, start, f, t);
}

namespace {

// unequal_mode.hpp's state at time t, with R = 1/sqrt(D D'): a + b = (a0 + b0) D' R, a - b = (a0 - b0) D R.
struct Turned {
  double a, b, gap;
  double doubt;  // 0, or NaN
};
DLN_INLINE Turned turned(double a0, double b0, double s, double tau, double t) {
  const double plus = a0 + b0, minus = a0 - b0, c = minus * plus, twice = std::abs(2 * s);
  const double k = std::sqrt(twice * twice + c * c), larger = k + twice, smaller = c * (c / larger);
  const double sum = s >= 0 ? larger : smaller, difference = s >= 0 ? smaller : larger;
  const auto [q, minus_g] = decay(k * (t / tau));
  const double d_plus = difference - plus * plus * minus_g + sum * q;
  const double d_minus = sum - minus * minus * minus_g + difference * q;
  const double product = d_plus * d_minus, root = 1 / std::sqrt(product), gap0 = s - a0 * b0;
  const double growing = plus * d_minus * root, shrinking = minus * d_plus * root;
  const double straight = k * (1 + q) - (a0 * a0 + b0 * b0) * minus_g, cross = -2 * gap0 * minus_g;
  // The smaller layer by its own sum, save near the stable manifold.
  const double leaving = s >= 0 ? plus : minus, staying = s >= 0 ? minus : plus;
  const bool near_manifold = 4 * std::abs(leaving) <= std::abs(staying);
  const bool a_is_larger = std::abs(a0) >= std::abs(b0);
  const double by_sum_a = (a0 * straight + b0 * cross) * root, by_sum_b = (b0 * straight + a0 * cross) * root;
  const double by_turn_a = (growing + shrinking) / 2, by_turn_b = (growing - shrinking) / 2;
  const bool plain = (std::abs(a0) <= 1e30) & (std::abs(b0) <= 1e30) & (twice <= 1e30) & (k >= 1e-30) &
                     is_plain(tau) & (t >= 0) & (product >= 1e-200) & (product <= 1e200);
  return {(near_manifold | a_is_larger) ? by_turn_a : by_sum_a,
          (near_manifold | !a_is_larger) ? by_turn_b : by_sum_b, (2 * k * root) * (2 * k * root) * q * gap0,
          plain ? 0 : kAskTheLaw};
}

}  // namespace

DLN_FOR_EVERY_MACHINE
void unequal_layers(const UnequalBlock& m, double* __restrict a, double* __restrict b) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const auto now = turned(m.a0[i], m.b0[i], m.s[i], m.tau[i], m.t[i]);
    a[i] = now.a + now.doubt;
    b[i] = now.b + now.doubt;
  }
}

DLN_FOR_EVERY_MACHINE
void unequal_strengths(const UnequalBlock& m, double* __restrict u) {
  for (std::size_t i = 0; i < m.n; ++i) {
    const double s = m.s[i];
    const auto now = turned(m.a0[i], m.b0[i], s, m.tau[i], m.t[i]);
    const bool near_end = ((2 * std::abs(now.gap) <= std::abs(s)) | (s * now.gap <= 0)) & (s != 0);
    const double reached = near_end ? s - now.gap : now.a * now.b;
    u[i] = reached + now.doubt;
  }
}

}  // namespace dln::theory::detail
