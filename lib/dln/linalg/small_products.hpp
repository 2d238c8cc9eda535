// Products of matrices with few rows (ten, say), for which a general kernel spends its time packing.
// Column-major, no overlap between c and the factors. Every entry is summed in the order of the inner index,
// with neither fused nor reordered operations, so that the numbers are the same on every machine; wider
// vectors are used where there are any.
#pragma once

#include "dln/linalg/matrix.hpp"

namespace dln::linalg {

constexpr Eigen::Index kFewRows = 15;
// Where these are the faster ones: multiples of eight are the general kernel's strength. Others may not be
// multiplied here.
constexpr bool few_rows(Eigen::Index n) {
  return n <= kFewRows && n % 8 != 0;
}

// c = a b: n x m, n x k times k x m.
void multiply_small(const double* a, const double* b, double* c, Eigen::Index n, Eigen::Index k,
                    Eigen::Index m);
// c = a b^T: n x m, n x k times the transpose of m x k.
void multiply_small_by_transpose(const double* a, const double* b, double* c, Eigen::Index n, Eigen::Index k,
                                 Eigen::Index m);

}  // namespace dln::linalg
