// Lambda-balanced starts for the tests of the matrix solution.
#pragma once

#include <algorithm>
#include <cmath>

#include "dln/linalg/decompositions.hpp"
#include "tests/theory/matrix_flow_reference.hpp"

namespace dln::theory {

struct Shape {
  Eigen::Index n1, n2, n3;
};

// Sigma31 with these singular values, min(N1, N3) or fewer, in random bases.
inline linalg::Matrix with_singular_values(const Shape& shape, const std::vector<double>& s,
                                           base::RandomStream& stream) {
  const auto rank = static_cast<Eigen::Index>(s.size());
  if (rank == 0) return linalg::Matrix::Zero(shape.n3, shape.n1);
  return linalg::haar_orthonormal(shape.n3, rank, stream) *
         Eigen::Map<const linalg::Vector>(s.data(), rank).asDiagonal() *
         linalg::haar_orthonormal(shape.n1, rank, stream).transpose();
}

// W21 = H diag(x) V^T, W32 = U diag(y) H^T with y^2 - x^2 = lambda, the smaller of x and y within a factor of
// three of `size`; U, V, H random. lambda > 0 needs N3 >= N2, lambda < 0 N1 >= N2.
inline reference::Start balanced_start(const Shape& shape, const linalg::Matrix& sigma31, double size,
                                       double lambda, base::RandomStream& stream) {
  const auto [n1, n2, n3] = shape;
  const Eigen::Index x_held = lambda < 0 ? n2 : std::min({n1, n2, n3}),
                     y_held = lambda > 0 ? n2 : std::min({n1, n2, n3});
  linalg::Vector smaller = linalg::Vector::Zero(n2);
  for (Eigen::Index k = 0; k < std::min({n1, n2, n3}); ++k) smaller[k] = size * (0.5 + stream.uniform());
  const linalg::Vector larger = (smaller.array().square() + std::abs(lambda)).sqrt();
  const auto& x = lambda < 0 ? larger : smaller;
  const auto& y = lambda < 0 ? smaller : larger;
  const linalg::Matrix hidden = linalg::haar_orthonormal(n2, n2, stream);
  return {hidden.leftCols(x_held) * x.head(x_held).asDiagonal() *
              linalg::haar_orthonormal(n1, x_held, stream).transpose(),
          linalg::haar_orthonormal(n3, y_held, stream) * y.head(y_held).asDiagonal() *
              hidden.leftCols(y_held).transpose(),
          sigma31};
}

}  // namespace dln::theory
