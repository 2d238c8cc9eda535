// Products of a matrix of few rows (the error of a network with ten outputs, say) with a large one, each in a
// single pass over the large one, which is where the time goes: a step of Eq 13 needs no more than one pass
// that reads the weights and one that reads and writes them.
//
// Column-major throughout; matrices of few rows come transposed (n^T : the long side contiguous). Sums are
// taken in the order of the machine's vectors, with fused operations where it has them: the last digits may
// differ between machines of different instruction sets, and do not on the same one.
#pragma once

#include "dln/linalg/matrix.hpp"

namespace dln::linalg {

// Up to this many rows these are the faster ones; a general product wins beyond.
constexpr Eigen::Index kThinRows = 24;

// The vector instructions for which there are kernels of their own.
enum class Instructions { baseline, avx2, avx512 };
bool supported(Instructions set);
// The best of them on this machine.
Instructions instructions_here();

// Both throw DomainError for instructions that this machine does not have.
//
// (thin large)^T: thin^T : m x r, large : m x n, result^T : n x r. One pass that reads `large`.
template <class Real>
void thin_times_large(const Real* thin, const Real* large, Real* result, Eigen::Index r, Eigen::Index m,
                      Eigen::Index n, Instructions with = instructions_here());

// (right large^T)^T with `large` as it was, and then large += left^T right, in one pass that reads and writes
// it: left^T : m x r, right : r x n, large : m x n, passed^T : m x r.
template <class Real>
void pass_and_update(const Real* left, const Real* right, Real* large, Real* passed, Eigen::Index r,
                     Eigen::Index m, Eigen::Index n, Instructions with = instructions_here());

// a^T b for columns that are many times longer than a vector.
inline Matrix inner_products(const Matrix& a, const Matrix& b) {
  Matrix result(a.cols(), b.cols());
  thin_times_large(b.data(), a.data(), result.data(), b.cols(), a.rows(), a.cols());
  return result;
}

}  // namespace dln::linalg
