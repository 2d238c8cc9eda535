#include "tests/theory/matrix_flow_reference.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <utility>

namespace dln::theory::reference {
namespace {

namespace mp = boost::multiprecision;
template <unsigned Digits>
using Wide = mp::number<mp::cpp_bin_float<Digits>, mp::et_off>;

// A matrix of any number type, column by column.
template <class Real>
struct Grid {
  int rows, cols;
  std::vector<Real> v;

  Grid(int r, int c) : rows(r), cols(c), v(static_cast<std::size_t>(r * c)) {}
  explicit Grid(const linalg::Matrix& m) : Grid(static_cast<int>(m.rows()), static_cast<int>(m.cols())) {
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = Real(m.data()[i]);
  }
  Real& operator()(int i, int j) { return v[static_cast<std::size_t>(j * rows + i)]; }
  const Real& operator()(int i, int j) const { return v[static_cast<std::size_t>(j * rows + i)]; }

  Grid transposed() const {
    Grid t(cols, rows);
    for (int j = 0; j < cols; ++j)
      for (int i = 0; i < rows; ++i) t(j, i) = (*this)(i, j);
    return t;
  }
  Grid block(int row, int col, int r, int c) const {
    Grid b(r, c);
    for (int j = 0; j < c; ++j)
      for (int i = 0; i < r; ++i) b(i, j) = (*this)(row + i, col + j);
    return b;
  }
  linalg::Matrix rounded() const {
    linalg::Matrix m(rows, cols);
    for (std::size_t i = 0; i < v.size(); ++i) m.data()[i] = static_cast<double>(v[i]);
    return m;
  }
  Real norm() const {
    Real sum(0);
    for (const Real& x : v) sum += x * x;
    return sqrt(sum);
  }
};

template <class Real>
void add_product(Grid<Real>& sum, const Grid<Real>& a, const Grid<Real>& b) {
  for (int j = 0; j < b.cols; ++j)
    for (int k = 0; k < a.cols; ++k)
      for (int i = 0; i < a.rows; ++i) sum(i, j) += a(i, k) * b(k, j);
}
template <class Real>
Grid<Real> operator*(const Grid<Real>& a, const Grid<Real>& b) {
  Grid<Real> c(a.rows, b.cols);
  add_product(c, a, b);
  return c;
}
template <class Real>
Grid<Real> plus(Grid<Real> a, const Grid<Real>& b, const Real& factor) {
  for (std::size_t i = 0; i < a.v.size(); ++i) a.v[i] += factor * b.v[i];
  return a;
}
template <class Real>
Grid<Real> identity(int n) {
  Grid<Real> one(n, n);
  for (int i = 0; i < n; ++i) one(i, i) = 1;
  return one;
}

// a x = b by Gaussian elimination; x replaces b.
template <class Real>
void solve(Grid<Real> a, Grid<Real>& b) {
  for (int k = 0; k < a.rows; ++k) {
    int pivot = k;
    for (int i = k; i < a.rows; ++i)
      if (abs(a(i, k)) > abs(a(pivot, k))) pivot = i;
    for (int j = 0; j < a.cols; ++j) std::swap(a(k, j), a(pivot, j));
    for (int j = 0; j < b.cols; ++j) std::swap(b(k, j), b(pivot, j));
    for (int i = 0; i < a.rows; ++i) {
      if (i == k) continue;
      const Real factor = a(i, k) / a(k, k);
      for (int j = k; j < a.cols; ++j) a(i, j) -= factor * a(k, j);
      for (int j = 0; j < b.cols; ++j) b(i, j) -= factor * b(k, j);
    }
  }
  for (int i = 0; i < a.rows; ++i)
    for (int j = 0; j < b.cols; ++j) b(i, j) /= a(i, i);
}

// ------------------------------------------------------------------------------------------ Eq 2 integrated

using Fifty = Wide<50>;
using Series = std::vector<Grid<Fifty>>;
constexpr int kOrder = 30;

Grid<Fifty> coefficient_of_product(const Series& a, const Series& b, int k) {
  Grid<Fifty> sum(a[0].rows, b[0].cols);
  for (int j = 0; j <= k; ++j)
    add_product(sum, a[static_cast<std::size_t>(j)], b[static_cast<std::size_t>(k - j)]);
  return sum;
}

struct Expansion {
  Series w21, w32;

  Expansion(const Grid<Fifty>& w21_now, const Grid<Fifty>& w32_now, const Grid<Fifty>& sigma31)
      : w21{w21_now}, w32{w32_now} {
    Series missing, w21t{w21_now.transposed()}, w32t{w32_now.transposed()};
    for (int k = 0; k < kOrder; ++k) {
      const Grid<Fifty> none(sigma31.rows, sigma31.cols);
      missing.push_back(plus(k == 0 ? sigma31 : none, coefficient_of_product(w32, w21, k), Fifty(-1)));
      const Fifty share = Fifty(1) / (k + 1);
      auto next21 = coefficient_of_product(w32t, missing, k),
           next32 = coefficient_of_product(missing, w21t, k);
      for (auto* next : {&next21, &next32})
        for (Fifty& x : next->v) x *= share;
      w21t.push_back(next21.transposed());
      w32t.push_back(next32.transposed());
      w21.push_back(std::move(next21));
      w32.push_back(std::move(next32));
    }
  }
  // At which the last terms are 1e-36 of the first.
  Fifty step() const {
    double least = 1e300;
    for (int k : {kOrder - 1, kOrder}) {
      const auto i = static_cast<std::size_t>(k);
      const Fifty last = w21[i].norm() + w32[i].norm(), first = w21[0].norm() + w32[0].norm();
      if (last > 0)
        least = std::min(least, std::exp((std::log(1e-36) + static_cast<double>(log(first / last))) / k));
    }
    return Fifty(least);
  }
  static Grid<Fifty> at(const Series& series, const Fifty& h) {
    Grid<Fifty> sum = series.back();
    for (std::size_t k = series.size() - 1; k-- > 0;) sum = plus(series[k], sum, h);
    return sum;
  }
};

// ------------------------------------------------------------------------------------------ the formula

// The arguments of the formula, one long list of numbers to differentiate by.
template <class Real>
struct Arguments {
  Grid<Real> w21, w32, sigma31;
  std::size_t count() const { return w21.v.size() + w32.v.size() + sigma31.v.size(); }
  Real& entry(std::size_t i) {
    for (auto* m : {&w21, &w32, &sigma31}) {
      if (i < m->v.size()) return m->v[i];
      i -= m->v.size();
    }
    throw std::out_of_range("entry");
  }
};

template <class Real>
Grid<Real> generator(const Arguments<Real>& x) {
  Real trace(0);
  for (const Real& w : x.w32.v) trace += w * w;
  for (const Real& w : x.w21.v) trace -= w * w;
  const Real half = trace / x.w21.rows / 2;
  const int n1 = x.w21.cols, n3 = x.w32.rows;
  Grid<Real> f(n1 + n3, n1 + n3);
  for (int i = 0; i < n1 + n3; ++i) f(i, i) = i < n1 ? Real(-half) : half;
  for (int i = 0; i < n3; ++i)
    for (int j = 0; j < n1; ++j) f(n1 + i, j) = f(j, n1 + i) = x.sigma31(i, j);
  return f;
}

// Q Q^T at last/2^k for k in `halvings`, which descend.
template <class Real>
std::vector<Grid<Real>> grams(const Arguments<Real>& x, double last, const std::vector<int>& halvings) {
  const Grid<Real> f = generator(x);
  const int n = f.rows,
            doublings = std::max(
                halvings.front(),
                24 + static_cast<int>(std::ceil(std::log2(1 + last * static_cast<double>(f.norm())))));
  const Real h = ldexp(Real(last), -doublings);
  Grid<Real> power = identity<Real>(n), growth = power, integral = power;  // (2Fh)^k/k!, e^{Fh}, G/h
  Real half(1);
  for (int k = 1; power.norm() > std::numeric_limits<Real>::epsilon() * ldexp(Real(1), -k); ++k) {
    power = power * f;
    for (Real& p : power.v) p *= 2 * h / k;
    half /= 2;
    growth = plus(growth, power, half);
    integral = plus(integral, power, Real(Real(1) / (k + 1)));
  }
  for (Real& g : integral.v) g *= h;
  const int n1 = x.w21.cols;
  Grid<Real> q0(n, x.w21.rows);
  for (int j = 0; j < q0.cols; ++j)
    for (int i = 0; i < n; ++i) q0(i, j) = i < n1 ? x.w21(j, i) : x.w32(i - n1, j);
  std::vector<Grid<Real>> result;
  for (int left = doublings;; --left) {
    for (int k : halvings)
      if (k == left) {
        Grid<Real> inverse_part = growth * q0, transposed = inverse_part.transposed();
        solve(plus(identity<Real>(q0.cols), q0.transposed() * (integral * q0), Real(1)), transposed);
        result.push_back(inverse_part * transposed);
      }
    if (left == 0) return result;
    growth = growth * growth;
    integral = plus(integral, growth * integral, Real(1));
  }
}

template <class Real>
std::vector<Conditioned> evaluated(const Start& start, double last, const std::vector<int>& halvings) {
  Arguments<Real> x{Grid<Real>(start.w21), Grid<Real>(start.w32), Grid<Real>(start.sigma31)};
  const int n1 = x.w21.cols, n3 = x.w32.rows;
  const auto parts = [&](const Grid<Real>& gram) {
    return std::vector{gram.block(0, 0, n1, n1), gram.block(n1, n1, n3, n3), gram.block(n1, 0, n3, n1)};
  };
  const auto centre = grams(x, last, halvings);
  std::vector<std::vector<Real>> sums(centre.size(), std::vector<Real>(3));
  for (std::size_t i = 0; i < x.count(); ++i) {
    const Real kept = x.entry(i), step = abs(kept) * Real("1e-40");
    if (kept == 0) continue;
    x.entry(i) = kept + step;
    const auto over = grams(x, last, halvings);
    x.entry(i) = kept - step;
    const auto under = grams(x, last, halvings);
    x.entry(i) = kept;
    for (std::size_t t = 0; t < centre.size(); ++t) {
      const auto difference = parts(plus(over[t], under[t], Real(-1)));
      for (std::size_t p = 0; p < 3; ++p) sums[t][p] += difference[p].norm() / (2 * step) * abs(kept);
    }
  }
  std::vector<Conditioned> result;
  for (std::size_t t = 0; t < centre.size(); ++t) {
    const auto at = parts(centre[t]);
    const auto condition = [&](std::size_t p) {
      return static_cast<double>(Real(sums[t][p] / at[p].norm()));
    };
    result.push_back({std::ldexp(last, -halvings[t]),
                      {at[0].rounded(), at[1].rounded(), at[2].rounded()},
                      {condition(0), condition(1), condition(2)}});
  }
  return result;
}

double spectral_bound(const Start& start) {
  return start.sigma31.norm() +
         std::abs(start.w32.squaredNorm() - start.w21.squaredNorm()) / static_cast<double>(start.w21.rows());
}

}  // namespace

std::vector<Products> integrated(const Start& start, const std::vector<double>& times) {
  Grid<Fifty> w21(start.w21), w32(start.w32);
  const Grid<Fifty> sigma31(start.sigma31);
  std::vector<Products> result;
  Fifty now(0);
  for (double t : times) {
    while (now < t) {
      const Expansion expansion(w21, w32, sigma31);
      const Fifty left = Fifty(t) - now, step = expansion.step(), h = step < left ? step : left;
      w21 = Expansion::at(expansion.w21, h);
      w32 = Expansion::at(expansion.w32, h);
      now = step < left ? Fifty(now + h) : Fifty(t);
    }
    result.push_back(
        {(w21.transposed() * w21).rounded(), (w32 * w32.transposed()).rounded(), (w32 * w21).rounded()});
  }
  return result;
}

std::vector<Conditioned> by_formula(const Start& start, double last, const std::vector<int>& halvings) {
  return last * spectral_bound(start) <= 80 ? evaluated<Wide<120>>(start, last, halvings)
                                            : evaluated<Wide<420>>(start, last, halvings);
}

}  // namespace dln::theory::reference
