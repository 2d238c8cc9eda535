// The one checked SVD, symmetric eigendecomposition and QR of the house.
//
// Eigen returns uninitialised values for a matrix that holds a NaN; every function here looks at the
// input, at info() and at the result, and throws NumericalError rather than pass nonsense on.
#pragma once

#include "dln/base/random.hpp"
#include "dln/linalg/matrix.hpp"

namespace dln::linalg {

// a = u diag(s) v^T with r = min(rows, cols): u : rows x r, s descending, v : cols x r.
// Signs are fixed: the entry of largest size in each column of v is positive.
struct SingularValues {
  Matrix u;
  Vector s;
  Matrix v;
};
SingularValues singular_values(const Matrix& a);

// a = vectors diag(values) vectors^T for symmetric a (its lower triangle is read), values descending.
struct SymmetricEigen {
  Vector values;
  Matrix vectors;
};
SymmetricEigen symmetric_eigen(const Matrix& a);

// `columns` <= `rows` orthonormal columns in R^rows, uniform (Haar) over all such sets: the Q of a
// Gaussian matrix with the signs of R's diagonal absorbed.
Matrix haar_orthonormal(Eigen::Index rows, Eigen::Index columns, base::RandomStream& stream);

// min(rows, columns) orthonormal columns whose span contains the columns of `a`, whatever its rank: the thin
// Q of its QR decomposition.
Matrix orthonormal_basis(const Matrix& a);

// R, min(rows, columns) x columns with R^T R = a^T a up to rounding: the columns of `a` in the coordinates of
// some orthonormal basis of their span, where the basis itself is not wanted.
Matrix coordinates_in_own_span(const Matrix& a);

// An orthonormal basis of the whole space, square, whose first columns are the given orthonormal ones.
Matrix completed_basis(const Matrix& columns);

}  // namespace dln::linalg
