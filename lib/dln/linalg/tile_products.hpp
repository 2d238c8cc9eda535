// Products of matrices of middling size (a layer of Fig 3, ten rows of a wide network), for which a general
// kernel spends its time packing: tiles of the result stay in registers, the factors are read where they lie.
//
// Sums are fused where the machine can, each entry's in the order of the inner index: the last digits may
// differ between machines of different instruction sets, and do not on the same one, whatever the shape.
#pragma once

#include "dln/linalg/one_pass.hpp"
#include "dln/linalg/tile_product.hpp"

namespace dln::linalg {

// Where these are the faster ones, n x k times k x m: rows for whole vectors, factors that the second cache
// holds.
constexpr bool suits_tiles(Eigen::Index n, Eigen::Index k, Eigen::Index m) {
  return n >= 16 && (n + m) * k <= 1 << 15;
}

// c = start + factor a b. Throws DomainError for instructions that this machine does not have.
template <class Real>
void multiply_tiles(const TileProduct<Real>& product, Instructions with = instructions_here());

// Of Eigen's matrices, maps and blocks: c = start + factor a b, where a, start and c have contiguous columns
// and b is anything in memory, transposed or not. `start` may be c itself.
template <class Real, class A, class B, class S, class C>
void multiply_tiles(const S& start, Real factor, const A& a, const B& b, C&& c) {
  static_assert(!A::IsRowMajor && !S::IsRowMajor);
  const Eigen::Index inner = b.innerStride(), outer = b.outerStride();
  multiply_tiles<Real>({a.data(), a.outerStride(), b.data(), B::IsRowMajor ? outer : inner,
                        B::IsRowMajor ? inner : outer, start.data(), start.outerStride(), c.data(),
                        c.outerStride(), a.rows(), a.cols(), b.cols(), factor});
}
// c = factor a b.
template <class Real, class A, class B, class C>
void multiply_tiles(Real factor, const A& a, const B& b, C&& c) {
  static_assert(!A::IsRowMajor);
  const Eigen::Index inner = b.innerStride(), outer = b.outerStride();
  multiply_tiles<Real>({a.data(), a.outerStride(), b.data(), B::IsRowMajor ? outer : inner,
                        B::IsRowMajor ? inner : outer, nullptr, 0, c.data(), c.outerStride(), a.rows(),
                        a.cols(), b.cols(), factor});
}

// c += factor a, each sum fused where those of products are: adding a product comes to the same as having
// added it.
template <class Real>
void add_fused(Real factor, const Real* a, Real* c, Eigen::Index size) {
  const Real one = 1;
  multiply_tiles<Real>({a, size, &one, 1, 1, c, size, c, size, size, 1, 1, factor});
}

// c = a^T, a : n x m, squares of it at a time in registers. The two lie apart. Throws DomainError likewise.
template <class Real>
void transpose(const Real* a, Real* c, Eigen::Index n, Eigen::Index m,
               Instructions with = instructions_here());
// The same into a matrix of a's transposed size.
template <class A, class C>
void transpose(const A& a, C& c) {
  transpose(a.data(), c.data(), a.rows(), a.cols());
}

// The sum of the squares, in the order of the machine's vectors; of floats in floats but for the last few
// sums. Throws DomainError likewise.
template <class Real>
double squared_norm(const Real* a, Eigen::Index size, Instructions with = instructions_here());

}  // namespace dln::linalg
