// UnbalancedDeepMode: one mode of a deep network from any layer strengths a_1, ..., a_L (Eq 14):
//
//   tau a_i' = (s - u) prod_{j != i} a_j,   u = a_1 ... a_L
//
// a_i^2 - a_j^2 is conserved, so the layer m of least size tells all: with kappa_i = a_i^2 - a_m^2 >= 0 and
// P(z) = +-prod_{i != m} sqrt(z^2 + kappa_i),
//
//   tau z' = P(z) (s - z P(z)),   z = a_m;    t = tau int dz / (P(z) (s - z P(z)))
//
// z and not z^2, which would miss a change of sign. By quadrature (Gauss-Kronrod, Boost.Math): below s/2 in
// asinh(z/delta), delta the least sqrt(kappa_i); from there on in ln(u/(s - u)), in which the integrand is
// smooth however close u is to s.
//
// What becomes of a start, s > 0: u tends to s, unless two or more layers share the least size and u0 < 0, or
// one of them is 0 with another of them: then u tends to 0, the saddle.
#pragma once

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <span>
#include <vector>

#include "dln/theory/mode_law.hpp"

namespace dln::theory {

// Invariant: two or more finite layer strengths of any sign, s > 0, tau > 0. Throws DomainError otherwise.
class UnbalancedDeepMode {
 public:
  struct Numbers {
    std::vector<double> layers;  // a_1(0), ..., a_L(0)
    double singular_value;
    double time_constant;
  };

  explicit UnbalancedDeepMode(Numbers numbers) : numbers_(std::move(numbers)) {
    base::require(numbers_.layers.size() >= 2, "layers", static_cast<double>(numbers_.layers.size()),
                  "two or more strengths");
    for (double a : numbers_.layers) base::require(base::is_finite(a), "a", a, "a finite number");
    base::require_positive("s", numbers_.singular_value);
    base::require_positive("tau", numbers_.time_constant);
    const auto smaller = [](double x, double y) { return std::abs(x) < std::abs(y); };
    least_ = static_cast<std::size_t>(std::ranges::min_element(numbers_.layers, smaller) -
                                      numbers_.layers.begin());
    const double z = std::abs(start());
    for (std::size_t i = 0; i < numbers_.layers.size(); ++i)
      if (i != least_) {
        const double a = std::abs(numbers_.layers[i]);
        kappas_.push_back((a - z) * (a + z));
        if (numbers_.layers[i] < 0) sign_ = -sign_;
      }
  }

  const std::vector<double>& layers() const { return numbers_.layers; }
  double singular_value() const { return numbers_.singular_value; }
  double time_constant() const { return numbers_.time_constant; }
  double initial_strength() const { return start() * others(start()); }

  // z(0): the layer of least size.
  double start() const { return numbers_.layers[least_]; }
  std::size_t least_layer() const { return least_; }
  // P(z).
  double others(double z) const {
    double product = sign_;
    for (double kappa : kappas_) product *= std::sqrt(z * z + kappa);
    return product;
  }
  // a_i while the least layer is z.
  double layer(std::size_t i, double z) const {
    if (i == least_) return z;
    const double kappa = kappas_[i < least_ ? i : i - 1];
    return std::copysign(std::sqrt(z * z + kappa), numbers_.layers[i]);
  }
  // sum_i (u/a_i)^2 while the least layer is z: tau u' = (s - u) times this.
  double pull(double z) const {
    double sum = others(z) * others(z);
    for (std::size_t i = 0; i < kappas_.size(); ++i) {
      double product = z;
      for (std::size_t j = 0; j < kappas_.size(); ++j)
        if (j != i) product *= std::sqrt(z * z + kappas_[j]);
      sum += product * product;
    }
    return sum;
  }
  double least_kappa() const { return *std::ranges::min_element(kappas_); }
  double sign() const { return sign_; }

 private:
  Numbers numbers_;
  std::size_t least_ = 0;
  std::vector<double> kappas_;  // of the other layers, in their order
  double sign_ = 1;             // of P
};

namespace detail {

template <class F>
double quadrature(F f, double from, double to) {
  using Rule = boost::math::quadrature::gauss_kronrod<double, 31>;
  return from == to ? 0.0 : Rule::integrate(f, from, to, 7, 1e-14);
}

// With z directed so that P > 0, the flow runs towards u = s > 0 along increasing y = sign z.
struct LeastLayer {
  const UnbalancedDeepMode& m;
  double s = m.singular_value();

  double others(double y) const { return m.sign() * m.others(y); }  // |P|, even in y
  double strength(double y) const { return y * others(y); }

  // y with y |P(y)| = u: the product increases with y.
  double at_strength(double u) const {
    const auto L = static_cast<double>(m.layers().size());
    double low = 0, high = std::pow(std::abs(u), 1 / L);  // every other factor is at least y
    const double target = std::abs(u);
    double y = high;
    for (int i = 0; i < 200; ++i) {
      const double value = strength(y);
      (value > target ? high : low) = y;
      // d ln u / d ln y lies between 1 and L.
      double slope = 1;
      for (std::size_t k = 0; k < m.layers().size(); ++k)
        if (k != m.least_layer()) slope += y * y / (m.layer(k, y) * m.layer(k, y));
      double next = y * (1 - (value - target) / (value * slope));
      if (!(next > low && next < high)) next = (low + high) / 2;
      if (std::abs(next - y) <= 1e-16 * y) break;
      y = next;
    }
    return std::copysign(y, u);
  }

  // Time over tau from y0 to y1, both with strengths up to s/2.
  double early(double y0, double y1) const {
    const double delta = std::sqrt(m.least_kappa());
    if (!(delta > 0))  // y keeps its sign: d ln y, P vanishes with y
      return quadrature(
                 [&](double l) {
                   const double y = std::copysign(std::exp(l), y0);
                   return std::abs(y) / (others(y) * (s - strength(y)));
                 },
                 std::log(std::abs(y0)), std::log(std::abs(y1))) *
             (y0 > 0 ? 1 : -1);
    return quadrature(
        [&](double theta) {
          const double y = delta * std::sinh(theta);
          return delta * std::cosh(theta) / (others(y) * (s - strength(y)));
        },
        std::asinh(y0 / delta), std::asinh(y1 / delta));
  }
  // Time over tau between strengths on the same side of s: dt = u / (s pull) d ln(u/|s - u|).
  double late(double u0, double gap0, double u1, double gap1) const {
    const double side = gap0 > 0 ? 1 : -1;
    return quadrature([&](double l) { return late_slope(s / (1 + side * std::exp(-l))); },
                      std::log(u0 / std::abs(gap0)), std::log(u1 / std::abs(gap1)));
  }
  double late_slope(double u) const { return u / (s * m.pull(at_strength(u))); }

  // The coordinate of `early` in which roots are sought, and back.
  double coordinate(double y) const {
    const double delta = std::sqrt(m.least_kappa());
    return delta > 0 ? std::asinh(y / delta) : std::log(std::abs(y));
  }
  double from_coordinate(double c, double like) const {
    const double delta = std::sqrt(m.least_kappa());
    return delta > 0 ? delta * std::sinh(c) : std::copysign(std::exp(c), like);
  }
};

// x in [low, high] with increasing f(x) = target, Newton's method kept inside by bisection.
template <class F, class Slope>
double increasing_root(F f, Slope slope, double target, double low, double high) {
  double x = (low + high) / 2;
  for (int i = 0; i < 200; ++i) {
    const double missing = target - f(x);
    (missing > 0 ? low : high) = x;
    double next = x + missing / slope(x);
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (std::abs(next - x) <= 1e-16 * std::max(1.0, std::abs(x)) || !(low < high)) return next;
    x = next;
  }
  return x;
}

struct UnbalancedState {
  double least, strength, gap;  // y, u, s - u
};

inline bool stays(const UnbalancedDeepMode& m) {
  return m.start() == 0 && m.least_kappa() == 0;
}
// Two layers share the least size, and the flow brings them to 0.
inline bool ends_at_saddle(const UnbalancedDeepMode& m) {
  return m.least_kappa() == 0 && m.sign() * m.start() < 0;
}

inline UnbalancedState unbalanced_state(const UnbalancedDeepMode& m, double t) {
  require_time(t);
  const LeastLayer flow{m};
  const double s = m.singular_value(), y0 = m.sign() * m.start(), u0 = flow.strength(y0), gap0 = s - u0;
  double elapsed = t / m.time_constant();
  if (stays(m)) return {0, 0, s};
  if (elapsed == 0 || gap0 == 0) return {y0, u0, gap0};
  const auto early_slope = [&](double y) {
    const double delta = std::sqrt(m.least_kappa());
    return (delta > 0 ? std::hypot(y, delta) : std::abs(y)) / (flow.others(y) * (s - flow.strength(y)));
  };
  const auto early_root = [&](double low, double high, double direction) {
    const double c = increasing_root(
        [&](double x) { return flow.early(y0, flow.from_coordinate(direction * x, y0)); },
        [&](double x) { return early_slope(flow.from_coordinate(direction * x, y0)); }, elapsed, low, high);
    const double y = flow.from_coordinate(direction * c, y0), u = flow.strength(y);
    return UnbalancedState{y, u, s - u};
  };
  if (ends_at_saddle(m)) {
    if (!base::is_finite(elapsed)) return {0, 0, s};
    const double low = -flow.coordinate(y0);
    double reach = 1;
    while (low + reach < 700 && flow.early(y0, flow.from_coordinate(-(low + reach), y0)) < elapsed)
      reach *= 2;
    return low + reach < 700 ? early_root(low, low + reach, -1) : UnbalancedState{0, 0, s};
  }
  if (!base::is_finite(elapsed)) return {flow.at_strength(s), s, 0};
  double u_from = u0, gap_from = gap0;
  if (u0 < s / 2) {
    const double y_half = flow.at_strength(s / 2), until_half = flow.early(y0, y_half);
    if (elapsed <= until_half) return early_root(flow.coordinate(y0), flow.coordinate(y_half), 1);
    elapsed -= until_half;
    u_from = gap_from = s / 2;
  }
  const double side = gap_from > 0 ? 1 : -1, start = std::log(u_from / std::abs(gap_from));
  const auto strength = [&](double l) { return s / (1 + side * std::exp(-l)); };
  const auto clock = [&](double l) {
    return quadrature([&](double x) { return flow.late_slope(strength(x)); }, start, l);
  };
  double reach = 1;
  while (start + reach < 740 && clock(start + reach) < elapsed) reach *= 2;
  const double l = increasing_root(
      clock, [&](double x) { return flow.late_slope(strength(x)); }, elapsed, start, start + reach);
  const double q = std::exp(-l), u = strength(l);
  return {flow.at_strength(u), u, side * q * u};
}

}  // namespace detail

inline double strength_at(const UnbalancedDeepMode& m, double t) {
  return detail::unbalanced_state(m, t).strength;
}
inline double strength_gap_at(const UnbalancedDeepMode& m, double t) {
  return detail::unbalanced_state(m, t).gap;
}
// a_1(t), ..., a_L(t).
inline std::vector<double> layers_at(const UnbalancedDeepMode& m, double t) {
  const double z = m.sign() * detail::unbalanced_state(m, t).least;
  std::vector<double> layers;
  for (std::size_t i = 0; i < m.layers().size(); ++i) layers.push_back(m.layer(i, z));
  return layers;
}

inline double rate(const UnbalancedDeepMode& m, double u) {
  const detail::LeastLayer flow{m};
  return (m.singular_value() - u) * m.pull(flow.at_strength(u)) / m.time_constant();
}

namespace detail {
inline double unbalanced_time(const UnbalancedDeepMode& m, double u, double gap) {
  const LeastLayer flow{m};
  const double s = m.singular_value(), y0 = m.sign() * m.start(), u0 = flow.strength(y0);
  if (u0 > s || u0 >= s / 2) return m.time_constant() * flow.late(u0, s - u0, u, gap);
  if (u <= s / 2) return m.time_constant() * flow.early(y0, flow.at_strength(u));
  return m.time_constant() * (flow.early(y0, flow.at_strength(s / 2)) + flow.late(s / 2, s / 2, u, gap));
}
}  // namespace detail

// Throws UnreachableError unless u lies on the way from u0 to where it tends.
inline double time_to_reach(const UnbalancedDeepMode& m, double u) {
  base::require(base::is_finite(u), "uf", u, "a finite number");
  const double s = m.singular_value(), u0 = m.initial_strength();
  if (u == u0) return 0;
  const double end = detail::stays(m) ? u0 : detail::ends_at_saddle(m) ? 0 : s;
  if (!((u0 < u && u < end) || (end < u && u < u0)))
    throw base::UnreachableError(fmt::format(
        "uf = {}: not reached in finite time from u0 = {}, which tends to {}; expected a strength between", u,
        u0, end));
  return detail::unbalanced_time(m, u, s - u);
}

inline double half_learning_time(const UnbalancedDeepMode& m) {
  const double s = m.singular_value();
  return 2 * m.initial_strength() >= s ? 0 : time_to_reach(m, s / 2);
}

inline double learning_time(const UnbalancedDeepMode& m, double eps) {
  const double s = m.singular_value(), u0 = m.initial_strength();
  base::require(base::is_finite(eps) && eps > 0 && eps < s, "eps", eps,
                "a number greater than 0 and less than s");
  if (std::abs(s - u0) <= eps) return 0;
  const double gap = u0 < s ? eps : -eps;
  if (detail::stays(m) || detail::ends_at_saddle(m)) return time_to_reach(m, s - gap);  // says why not
  return detail::unbalanced_time(m, s - gap, gap);
}

}  // namespace dln::theory
