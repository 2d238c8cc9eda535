// UniversalClock: Eq 15 and its limit, Eq 16, for all modes of one depth at once. With x = u/s, w = 1 - x,
// nu = 2/L and time in units of tau/(L s^{2 - nu}), every mode below s runs through one function:
//
//   F(x) = int x^{nu - 2} / (1 - x) dx,   elapsed = F(x) - F(x0)
//        = x^{nu - 1}/(nu - 1) + (x^nu - 1)/nu + x^{nu + 1} sum_k x^k/(nu + 1 + k)            x <= 1/2
//        = C - ln w - sum_j c_j w^j / j,   (1 - w)^{nu - 2} = sum_j c_j w^j                   x >= 1/2
//
// with ln x in the place of (x^nu - 1)/nu for nu = 0. Both sums are polynomials to the last digit, found once
// per depth. In z = ln(x/w), F' = x^{nu - 1}. The inverse begins with a cubic table of z over
//
//   xi = -ln(1 - (1 - nu) F)/(1 - nu) for F < 0,   xi = F for F >= 0,
//
// which differs from z by a smooth step, and ends with one step of order four.
//
// F is rounded to a few eps x^{nu - 1}, no more than a rounding of u costs, so that times and strengths come
// out within a few eps (1 + cond).
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "dln/base/array_math.hpp"
#include "dln/base/depth.hpp"

namespace dln::theory::detail {

// What F needs to know of a depth.
struct ClockNumbers {
  static constexpr int kTerms = 23;
  using Polynomial = std::array<double, kTerms>;

  explicit ClockNumbers(const base::DepthExponent& depth);

  base::arrays::SplitPower nu;
  double q;                    // 1 - nu
  double matrices;             // L; 1 in the limit of Eq 16, whose N_l belongs to tau
  Polynomial rising, closing;  // the sums divided by x^{nu + 1} and w, in 4x - 1 and 4w - 1
  double constant;             // C
};

class UniversalClock {
 public:
  // For 1 < L < 3 the first two terms of F cancel, or nearly.
  static bool serves(const base::DepthExponent& depth) { return depth.weight_matrices() >= 3; }
  explicit UniversalClock(const base::DepthExponent& depth);

  // Arrays of n elements each. L s^{2 - nu}; s and s^2 normal numbers.
  void speeds(const double* s, double* speed, std::size_t n) const;
  // F at x and w = 1 - x, both normal numbers.
  void readings(const double* x, const double* w, double* f, std::size_t n) const;
  // The x and w at which F is f, w as exact as x. -1e200 < f <= 600.
  void places(const double* f, double* x, double* w, std::size_t n) const;

 private:
  ClockNumbers numbers_;
  double first_;                    // xi at the first node, next to which z = xi
  std::vector<double> z_, growth_;  // at the nodes: z and what it gains to the next at the slope there
};

}  // namespace dln::theory::detail
