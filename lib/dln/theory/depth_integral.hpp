// The integral of Eq 15 over a stretch of y in (0, 1), for any real power -2 < p <= 1:
//
//   F = int_{y0}^{yf} y^p / (1 - y) dy
//
// summed in terms of one sign, powers of y where y is small and powers of w = 1 - y where y is near 1, and
// every difference formed from yf - y0 itself: nothing cancels, however short the stretch.
#pragma once

#include <limits>

#include "dln/theory/mode_law.hpp"

namespace dln::theory::detail {

// A stretch, with what would be lost if it were formed from the ends: 1 - y at both, yf - y0, and the
// logarithms of yf/y0 and (1 - y0)/(1 - yf).
template <class Real>
struct Stretch {
  Real y0, yf, w0, wf, length, log_growth, log_closing;
};

// above/below, with what its rounding lost.
template <class Real>
struct Power {
  Real above, below;
  Real value() const { return above / below; }
  Real plus(int k) const { return (above + k * below) / below; }
};

// y^power. The rounding of 2/3 alone would cost ln(y) eps, a thousand units next to y = 1e-300.
template <class Real>
Real raised(const Real& y, const Power<Real>& power) {
  using std::fma, std::log, std::pow;
  const Real p = power.value();
  const Real lost = fma(Real(-p), power.below, power.above) / power.below;
  return lost == 0 ? Real(pow(y, p)) : Real(pow(y, p) * (1 + lost * log(y)));
}

// (yf^p - y0^p) / p, ln(yf/y0) for p = 0; by expm1 where the two are close, which they are for small p too.
template <class Real>
Real power_difference(const Power<Real>& power, const Real& y0, const Real& yf, const Real& log_growth) {
  using std::expm1;
  const Real p = power.value();
  if (p == 0) return log_growth;
  const Real exponent = p * log_growth;
  if (2 * absolute(exponent) < 1) return raised(y0, power) * (expm1(exponent) / p);
  return (raised(yf, power) - raised(y0, power)) / p;
}

// sum over k >= 0 of (yf^p - y0^p) / p, p = power + 1 + k, for yf well below 1.
template <class Real>
Real power_sum(const Power<Real>& power, const Stretch<Real>& x) {
  const auto shifted = [&](int k) { return Power<Real>{power.above + k * power.below, power.below}; };
  const auto part = [&](int k) { return power_difference(shifted(k), x.y0, x.yf, x.log_growth); };
  Real last = part(3), sum = part(1) + part(2) + last;
  // yf^{p+1} - y0^{p+1} = yf (yf^p - y0^p) + y0^p (yf - y0).
  Real difference = power.plus(3) * last, low = raised(x.y0, shifted(3));
  for (int k = 4; k < 1000; ++k) {
    difference = x.yf * difference + low * x.length;
    low *= x.y0;
    const Real next = difference / power.plus(k);
    sum += next;
    if (next <= std::numeric_limits<Real>::epsilon() / 8 * sum) break;
  }
  return sum;
}

// ln(w0/wf) + sum over j >= 1 of c_j (w0^j - wf^j) / j with (1 - w)^power = sum c_j w^j, for w0 well below 1.
template <class Real>
Real closing_sum(const Power<Real>& power, const Stretch<Real>& x) {
  const Real p = power.value();
  Real sum = x.log_closing, coefficient = 1, difference = 0, low = 1;
  for (int j = 1; j < 1000; ++j) {
    coefficient *= (j - 1 - p) / j;
    difference = x.w0 * difference + low * x.length;  // w0^j - wf^j
    low *= x.wf;
    const Real next = coefficient * difference / j;
    sum += next;
    if (absolute(next) <= std::numeric_limits<Real>::epsilon() / 8 * sum) break;
  }
  return sum;
}

// Either sum serves between 0.4 and 0.6, so that a stretch is cut at 1/2 only where both parts are long.
template <class Real>
Real depth_integral(const Power<Real>& power, const Stretch<Real>& x) {
  using std::log;
  if (5 * x.yf <= 3) return power_sum(power, x);
  if (5 * x.y0 >= 2) return closing_sum(power, x);
  const Real half = Real(1) / 2, growth = -log(Real(2 * x.y0)), closing = -log(Real(2 * x.wf));
  return power_sum<Real>(power, {x.y0, half, x.w0, half, half - x.y0, growth, Real(0)}) +
         closing_sum<Real>(power, {half, x.yf, half, x.wf, half - x.wf, Real(0), closing});
}

}  // namespace dln::theory::detail
