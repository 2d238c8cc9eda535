// UnbalancedDeepMode: one mode of a deep network from any layer strengths a_1, ..., a_L (Eq 14):
//
//   tau a_i' = (s - u) prod_{j != i} a_j,   u = a_1 ... a_L
//
// a_i^2 - a_j^2 is conserved, so the layer m of least size tells all: with kappa_i = a_i^2 - a_m^2 >= 0,
// every other layer is |a_i| = sqrt(y^2 + kappa_i), where y = +-a_m is directed so that u = y prod_{i != m}
// |a_i|. (y and not y^2, which would miss a change of sign: only y can have one.) u increases with y.
//
// What becomes of a start, s > 0: u tends to s, unless two or more layers share the least size and u0 < 0, or
// one of them is 0 with another of them: then u tends to 0, the saddle.
//
// This header: the numbers, what is conserved, and where it ends. unbalanced_deep_mode.hpp: time.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "dln/theory/mode_law.hpp"

namespace dln::theory {

namespace detail {

// The two layers of least size, |y| <= h, u = y h R. h^2 - y^2 is conserved: they move along a hyperbola, by
// a hyperbolic rotation as the two layers of Eq 8 do.
template <class Real>
struct LeastPair {
  Real y, h;

  // Forward, by the angle x >= 0.
  LeastPair turned(const Real& x) const {
    using std::exp, std::expm1;
    if (4 * (y + h) <= h - y) {  // near the saddle's stable manifold y = -h
      const Real r = exp(x), growing = (h + y) * r, shrinking = (h - y) / r;
      return {(growing - shrinking) / 2, (growing + shrinking) / 2};
    }
    const Real q = expm1(x), half = q / (2 * (q + 1)), c = 1 + half * q, d = half * (q + 2);
    return {y * c + h * d, h * c + y * d};  // cosh x = c, sinh x = d
  }
};

// The angle by which `from` is turned into `to`, on the same hyperbola.
template <class Real>
Real angle(const LeastPair<Real>& from, const LeastPair<Real>& to) {
  using std::log, std::log1p;
  const Real rise = to.y - from.y;
  if (rise == 0) return Real(0);
  const Real widening = rise * ((to.y + from.y) / (to.h + from.h));  // of h
  // e^x = (y + h) / (y0 + h0) = (h0 - y0) / (h - y), whichever does not cancel.
  const bool positive = to.y >= 0;
  const Real below = positive ? Real(from.y + from.h) : Real(to.h - to.y);
  const Real growth = (positive ? Real(rise + widening) : Real(rise - widening)) / below;
  if (2 * absolute(growth) < 1) return log1p(growth);
  return log(Real(positive ? (to.y + to.h) / below : (from.h - from.y) / below));
}

}  // namespace detail

// Invariant: two or more finite layer strengths of any sign, s > 0, tau > 0. Throws DomainError otherwise.
template <class Real>
class UnbalancedDeepMode {
 public:
  using real_type = Real;
  struct Numbers {
    std::vector<Real> layers;  // a_1(0), ..., a_L(0)
    Real singular_value;
    Real time_constant;
  };

  explicit UnbalancedDeepMode(Numbers numbers) : numbers_(std::move(numbers)) {
    const auto& a = numbers_.layers;
    base::require(a.size() >= 2, "layers", static_cast<double>(a.size()), "two or more strengths");
    for (const Real& strength : a) base::require(base::is_finite(strength), "a", strength, "a finite number");
    base::require_positive("s", numbers_.singular_value);
    base::require_positive("tau", numbers_.time_constant);
    std::vector<std::size_t> by_size(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) by_size[i] = i;
    std::ranges::stable_sort(by_size, {}, [&](std::size_t i) { return detail::absolute(a[i]); });
    least_ = by_size[0];
    for (const Real& strength : a) kappas_.push_back(squares_above_least(strength));
    for (std::size_t i = 0; i < a.size(); ++i)
      if (i != least_ && a[i] < 0) sign_ = -sign_;
    pair_ = {sign_ * a[least_], detail::absolute(a[by_size[1]])};
    pair_kappa_ = kappas_[by_size[1]];
    initial_strength_ = pair_.y * pair_.h;
    Real product = 1;
    for (std::size_t i : in_range_order({by_size.begin() + 2, by_size.end()})) {
      others_.push_back(kappas_[i]);
      product *= detail::absolute(a[i]);
    }
    initial_strength_ *= product;
  }

  const std::vector<Real>& layers() const { return numbers_.layers; }
  const Real& singular_value() const { return numbers_.singular_value; }
  const Real& time_constant() const { return numbers_.time_constant; }
  const Real& initial_strength() const { return initial_strength_; }
  // s - u0.
  Real initial_gap() const { return numbers_.singular_value - initial_strength_; }
  // Which layer m is of least size, the first of them where several are.
  std::size_t least_layer() const { return least_; }
  // a_i^2 - a_m^2, conserved; 0 for the least layer.
  const std::vector<Real>& conserved() const { return kappas_; }
  // The strength that u tends to: s, or 0 at the saddle.
  Real limit() const {
    const bool held = pair_.h == 0 || (pair_kappa_ == 0 && pair_.y < 0);
    return held ? Real(0) : numbers_.singular_value;
  }

  // The same in terms of y, for the laws of time.
  const detail::LeastPair<Real>& initial_pair() const { return pair_; }
  // R, the product of the sizes of all layers but the pair.
  Real others(const Real& y) const {
    using std::sqrt;
    static const Real large = sqrt(std::numeric_limits<Real>::max()) / 2, small = 1 / large;
    Real root = 1, square = 1;
    for (const Real& kappa : others_) {
      square *= y * y + kappa;
      if (square > large || square < small) {
        root *= sqrt(square);
        square = 1;
      }
    }
    return others_.empty() ? root : Real(root * sqrt(square));
  }
  Real strength(const detail::LeastPair<Real>& pair) const { return pair.y * pair.h * others(pair.y); }
  // sum_i (u/a_i)^2: tau u' = (s - u) times this.
  Real pull(const detail::LeastPair<Real>& pair) const {
    const Real square = pair.y * pair.y, r = others(pair.y), u = pair.y * pair.h * r;
    Real sum = r * r * (square + pair.h * pair.h);
    if (u != 0)
      for (const Real& kappa : others_) sum += u * (u / (square + kappa));
    return sum;
  }
  // Where the product of all layers is u.
  detail::LeastPair<Real> pair_at(const Real& u) const {
    using std::exp, std::log, std::pow;
    if (u == 0) return {Real(0), partner(Real(0))};
    const Real target = detail::absolute(u), eps = std::numeric_limits<Real>::epsilon();
    // Every other layer is at least y, and at least its sqrt(kappa): y is at most this.
    Real y = pow(target, Real(1) / static_cast<int>(kappas_.size()));
    const Real least = partner(Real(0)) * others(Real(0));
    if (y * least > target) y = target / least;
    // ln u is convex in ln y: Newton's method from above stays above.
    for (int i = 0; i < 2000; ++i) {
      const detail::LeastPair<Real> pair{y, partner(y)};
      const Real value = strength(pair);
      const Real step = base::is_finite(value) ? Real(log(Real(value / target)) / steepness(pair)) : Real(1);
      y *= exp(Real(-step));
      if (!(step > 2 * eps)) break;
    }
    return {u < 0 ? Real(-y) : y, partner(y)};
  }
  // a_1, ..., a_L while the least layer is directed to y.
  std::vector<Real> layers_at(const Real& y) const {
    using std::sqrt;
    std::vector<Real> result;
    for (std::size_t i = 0; i < kappas_.size(); ++i) {
      const Real size = sqrt(Real(y * y + kappas_[i]));
      result.push_back(i == least_ ? Real(sign_ * y) : numbers_.layers[i] < 0 ? Real(-size) : size);
    }
    return result;
  }
  // h where y is.
  Real partner(const Real& y) const {
    using std::sqrt;
    return sqrt(Real(y * y + pair_kappa_));
  }

 private:
  Real squares_above_least(const Real& a) const {
    const Real size = detail::absolute(a), least = detail::absolute(numbers_.layers[least_]);
    return (size - least) * (size + least);
  }
  // d ln u / d ln y, from 1 to L.
  Real steepness(const detail::LeastPair<Real>& pair) const {
    const Real square = pair.y * pair.y;
    Real sum = 1 + square / (pair.h * pair.h);
    for (const Real& kappa : others_) sum += square / (square + kappa);
    return sum;
  }
  // Layers by increasing size, in an order in which their product neither over- nor underflows on its way.
  std::vector<std::size_t> in_range_order(const std::vector<std::size_t>& by_size) const {
    std::vector<std::size_t> order;
    Real product = 1;
    for (std::size_t low = 0, high = by_size.size(); low < high;) {
      order.push_back(product >= 1 ? by_size[low++] : by_size[--high]);
      product *= detail::absolute(numbers_.layers[order.back()]);
    }
    return order;
  }

  Numbers numbers_;
  std::size_t least_ = 0;
  std::vector<Real> kappas_;  // of all layers, in their order
  int sign_ = 1;              // y = sign a_m
  detail::LeastPair<Real> pair_;
  Real pair_kappa_;           // of the layer h
  std::vector<Real> others_;  // kappas of all layers but the pair
  Real initial_strength_;
};

// a_1, ..., a_L where the flow ends: a minimum, or the saddle.
template <class Real>
std::vector<Real> layers_reached(const UnbalancedDeepMode<Real>& m) {
  return m.layers_at(m.pair_at(m.limit()).y);
}

// du/dt at strength u.
template <class Real>
Real rate(const UnbalancedDeepMode<Real>& m, const Number<Real>& u) {
  return (m.singular_value() - u) * m.pull(m.pair_at(u)) / m.time_constant();
}

}  // namespace dln::theory
