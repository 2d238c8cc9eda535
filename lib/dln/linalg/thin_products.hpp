// Products of matrices that are thin: few rows of the result (the outputs of a network) or a short inner
// dimension, for which a general kernel spends its time packing the large factor. That one is read once, as
// it lies.
//
// Every entry is summed in the order of the inner index, with neither fused nor reordered operations, so that
// the numbers are the same on every machine; wider vectors are used where there are any.
#pragma once

#include "dln/linalg/matrix.hpp"

namespace dln::linalg {

// Entry (i, j) at data[i row_step + j column_step].
struct StridedView {
  const double* data;
  Eigen::Index rows, columns, row_step, column_step;
};

// Of any Eigen matrix, map or block with entries in memory, transposed or not.
template <class Dense>
StridedView strided(const Dense& m) {
  const Eigen::Index inner = m.innerStride(), outer = m.outerStride();
  return {m.data(), m.rows(), m.cols(), Dense::IsRowMajor ? outer : inner, Dense::IsRowMajor ? inner : outer};
}

// Up to which number of rows, or twice as long an inner dimension, these are the faster ones.
constexpr Eigen::Index kThin = 48;

enum class Into { fresh, sum };  // c = ..., c += ...

// c = factor a b or c += factor a b, c column-major with `column_step` from column to column, apart from a
// and b.
void multiply_thin(double factor, const StridedView& a, const StridedView& b, Into into, double* c,
                   Eigen::Index column_step);

}  // namespace dln::linalg
