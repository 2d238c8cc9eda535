// How many eigenvalues of a matrix have a positive real part, by Routh's array: in any precision, without the
// eigenvalues themselves.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace dln::validation {

template <class Real>
using SquareMatrix = std::vector<std::vector<Real>>;

// c[0] = 1, c[1], ..., c[n] of det(x I - A) = sum c[k] x^{n-k}, by Faddeev and LeVerrier.
template <class Real>
std::vector<Real> characteristic_polynomial(const SquareMatrix<Real>& a) {
  const std::size_t n = a.size();
  SquareMatrix<Real> m(n, std::vector<Real>(n, Real(0)));
  std::vector<Real> c{Real(1)};
  for (std::size_t k = 1; k <= n; ++k) {
    for (std::size_t i = 0; i < n; ++i) m[i][i] += c.back();
    SquareMatrix<Real> product(n, std::vector<Real>(n, Real(0)));
    Real trace(0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        for (std::size_t l = 0; l < n; ++l) product[i][j] += a[i][l] * m[l][j];
    for (std::size_t i = 0; i < n; ++i) trace += product[i][i];
    c.push_back(-trace / Real(static_cast<long>(k)));
    m = product;
  }
  return c;
}

// The number of eigenvalues with a positive real part, by the signs in the first column of Routh's array; NaN
// where one of them is 0.
template <class Real>
double sign_changes(const std::vector<Real>& c) {
  std::vector<Real> above, below;
  for (std::size_t k = 0; k < c.size(); ++k) (k % 2 == 0 ? above : below).push_back(c[k]);
  int changes = 0;
  for (std::size_t row = 1; row < c.size(); ++row) {
    if (!(below[0] < 0 || below[0] > 0)) return std::nan("");
    changes += (below[0] > 0) != (above[0] > 0);
    std::vector<Real> next;
    for (std::size_t k = 1; k < above.size(); ++k)
      next.push_back(above[k] - above[0] / below[0] * (k < below.size() ? below[k] : Real(0)));
    above = std::move(below);
    below = next.empty() ? std::vector<Real>{Real(0)} : std::move(next);
  }
  return changes;
}

// Of the matrix moved a little to either side, which must agree: an eigenvalue on the imaginary axis, to a
// millionth of the largest entry, belongs to neither side, and the answer is NaN.
template <class Real>
double unstable_directions(const SquareMatrix<Real>& a) {
  using std::abs;
  Real size(0);
  for (const auto& row : a)
    for (const Real& entry : row) size = std::max(size, Real(abs(entry)));
  const auto moved = [&](const Real& shift) {
    SquareMatrix<Real> b = a;
    for (std::size_t k = 0; k < b.size(); ++k) b[k][k] += shift;
    return sign_changes(characteristic_polynomial(b));
  };
  const double left = moved(-size / Real(1e6)), right = moved(size / Real(1e6));
  return left == right ? left : std::nan("");
}

}  // namespace dln::validation
