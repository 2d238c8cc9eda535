// What a product by tiles is told; apart from tile_products.hpp because the kernels, which may include
// nothing of the standard library, are told the same.
#pragma once

namespace dln::linalg {

// c = start + factor a b, c : n x m, a : n x k, b : k x m. Columns of a, start and c are contiguous and
// `..step` apart; entry (l, j) of b is at b[l b_row + j b_column]. No start: zero. Neither factor overlaps c;
// start may be c.
template <class Real>
struct TileProduct {
  const Real* a;
  long a_step;
  const Real* b;
  long b_row, b_column;
  const Real* start;
  long start_step;
  Real* c;
  long c_step;
  long n, k, m;
  Real factor;
};

}  // namespace dln::linalg
