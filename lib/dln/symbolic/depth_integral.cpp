#include "dln/symbolic/depth_integral.hpp"

#include <ginac/ginac.h>

#include <algorithm>
#include <tuple>

#include "dln/base/error.hpp"
#include "dln/symbolic/calculus.hpp"
#include "dln/symbolic/proof.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::symbol;

// The L-th cyclotomic polynomial: x^L - 1 without the factors of the divisors of L.
ex cyclotomic(int n, const symbol& x) {
  ex p = pow(x, n) - 1;
  for (int d = 1; d < n; ++d)
    if (n % d == 0) p = quo(p.expand(), cyclotomic(d, x), x);
  return p.expand();
}

// 2 cos(k phi) as a polynomial in w = 2 cos(phi).
ex twice_cos(int k, const symbol& w) {
  ex before = 2, now = w;
  if (k == 0) return before;
  for (int i = 1; i < k; ++i) std::tie(before, now) = std::pair(now, (w * now - before).expand());
  return now;
}

// sin(k phi)/sin(phi), likewise.
ex sine_ratio(int k, const symbol& w) {
  ex before = 0, now = 1;
  if (k == 0) return before;
  for (int i = 1; i < k; ++i) std::tie(before, now) = std::pair(now, (w * now - before).expand());
  return now;
}

// The monic polynomial over the integers of which w = 2 cos(2 pi/n) is a root, n >= 3: the cyclotomic
// polynomial is x^{d/2} times a polynomial in x + 1/x.
ex minimal_polynomial(int n, const symbol& w) {
  const symbol x("x");
  const ex phi = cyclotomic(n, x);
  const int half = phi.degree(x) / 2;
  ex p = phi.coeff(x, half);
  for (int k = 1; k <= half; ++k) p += phi.coeff(x, half + k) * twice_cos(k, w);
  return p.expand();
}

// cos and sin of 2 pi/L as algebraic numbers.
class Roots {
 public:
  Roots(Proof& proof, int matrices)
      : proof_(proof), matrices_(matrices), w_("w"), sine_("sigma", "\\sigma"), polynomial_(w_ - 2) {
    if (matrices < 3) return;
    polynomial_ = minimal_polynomial(matrices, w_);
    proof.bind(w_, polynomial_);
    proof.bind(sine_, sine_ * sine_ - 1 + w_ * w_ / 4);
  }
  ex cosine(int k) const { return rem(twice_cos(k % matrices_, w_), polynomial_, w_).expand() / 2; }
  ex sine(int k) const { return sine_ * rem(sine_ratio(k % matrices_, w_), polynomial_, w_).expand(); }
  ex reduced(const ex& e) const { return proof_.reduced(e); }
  std::string polynomial() const { return shown(polynomial_).text; }

 private:
  Proof& proof_;
  int matrices_;
  symbol w_, sine_;
  ex polynomial_;
};

// F term by term.
std::vector<ex> terms(int n, const symbol& y, const Roots& roots, bool slip) {
  std::vector<ex> all;
  if (n == 2) all.push_back(2 * log(y));
  if (n > 2) all.push_back(-ex(n) / (n - 2) * pow(y, 2 - n));
  if (!slip || n > 1) all.push_back(-log(1 - y));
  if (n % 2 == 0 && (!slip || n > 2)) all.push_back(-log(1 + y));
  for (int k : root_pairs(n)) {
    if (slip && k == root_pairs(n).back()) continue;
    const ex c = roots.cosine(k), s = roots.sine(k);
    all.push_back(-roots.cosine(2 * k) * log(1 - 2 * y * c + y * y));
    all.push_back(2 * roots.sine(2 * k) * atan(y * s / (1 - y * c)));
  }
  return all;
}

// dividend/divisor, from the lowest power of y on, every coefficient reduced as it comes: what is left over
// shows in the coefficients beyond the difference of the degrees.
ex quotient(const ex& dividend, const ex& divisor, const symbol& y, const Roots& roots) {
  const ex lowest = divisor.coeff(y, 0);
  if (!GiNaC::is_a<GiNaC::numeric>(lowest) || lowest.is_zero()) return quo(dividend, divisor, y);
  const int degree = dividend.degree(y) - divisor.degree(y);
  std::vector<ex> coefficients;
  ex sum = 0;
  for (int j = 0; j <= degree; ++j) {
    ex next = dividend.coeff(y, j);
    for (int i = 1; i <= std::min(j, divisor.degree(y)); ++i)
      next -= divisor.coeff(y, i) * coefficients[j - i];
    coefficients.push_back(roots.reduced(next / lowest));
    sum += coefficients.back() * pow(y, j);
  }
  return sum.expand();
}

// dF/dy times y^{L-1} (1 - y^L), a polynomial: each term's own denominator divides that, which is checked; so
// no common denominator of all the terms is ever formed.
ex cleared_slope(int n, const symbol& y, const Roots& roots, bool slip) {
  const ex clearing = (pow(y, n - 1) * (1 - pow(y, n))).expand();
  ex sum = 0;
  for (const ex& term : terms(n, y, roots, slip)) {
    const ex parts = roots.reduced(term.diff(y)).numer_denom(), divisor = parts.op(1).expand();
    const ex factor = quotient(clearing, divisor, y, roots);
    if (!roots.reduced(clearing - divisor * factor).is_zero())
      throw base::NumericalError(
          "a partial fraction of Eq 15's integral has a denominator that does not divide 1 - y^L");
    sum += roots.reduced(parts.op(0) * factor);
  }
  return roots.reduced(sum);
}

}  // namespace

std::vector<int> root_pairs(int matrices) {
  std::vector<int> pairs;
  for (int k = 1; 2 * k < matrices; ++k) pairs.push_back(k);
  return pairs;
}

void prove_depth_integral(Proof& proof, int n, bool slip) {
  const symbol y("y"), sigma("s^(1/L)", "s^{1/L}"), tau("tau", "\\tau");
  const Roots roots(proof, n);
  const std::string field = n < 3 ? "" : "; w = 2 cos(2 pi/L) is a root of " + roots.polynomial();
  const std::string number = std::to_string(n);
  const ex target = n * pow(y, 1 - n) / (1 - pow(y, n));
  proof.identity("L = " + number + field, named("dF/dy", "dF/dy"), shown(target),
                 (cleared_slope(n, y, roots, slip) - n) / (pow(y, n - 1) * (1 - pow(y, n))));
  // Eq 15 with u = s y^L and s = sigma^L: u' = L s y^{L-1} y'.
  const ex s = pow(sigma, n), u = s * pow(y, n);
  const ex rate = n * pow(sigma * y, 2 * n - 2) * (s - u) / tau / (n * s * pow(y, n - 1));
  const ex pace = tau / (n * pow(sigma, 2 * n - 2)) * target;
  proof.identity("dt/dy = tau/(L s^{2 - 2/L}) dF/dy is 1/y' of Eq 15",
                 named("dt/dy y'", "\\frac{dt}{dy}\\,y'"), named("1"), pace * rate - 1);
}

}  // namespace dln::symbolic
