// The kernel behind tile_products.hpp, compiled once for each set of vector instructions as
// one_pass_kernels.hpp is. Vectors lie along the columns of a and c; entries of b are spread over a vector.
#include "dln/linalg/kernel_vectors.hpp"
#include "dln/linalg/tile_product.hpp"

namespace dln::linalg::DLN_KERNELS {
namespace {

// As many sums as registers hold beside their factors: 32 registers of 64 bytes, otherwise 16.
constexpr int kTileVectors = kVectorBytes == 64 ? 4 : 2;
constexpr int kTileColumns = kVectorBytes == 64 ? 5 : 4;

// Rows i .. i + V lanes of C columns from j on. Of the last vector, only the `written` last lanes are
// written: the others have been by another tile.
template <class Real, int V, int C>
[[gnu::always_inline]] inline void tile(const TileProduct<Real>& p, Index i, Index j, Index written) {
  Packed<Real> sums[C][V] = {};
  const Real* a = p.a + i;
  const Real* b = p.b + j * p.b_column;
  for (Index l = 0; l < p.k; ++l, a += p.a_step, b += p.b_row) {
    Packed<Real> x[V];
#pragma GCC unroll 8
    for (int v = 0; v < V; ++v) x[v] = load(a + v * kLanes<Real>);
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
      const Packed<Real> y = b[c * p.b_column] - Packed<Real>{};
#pragma GCC unroll 8
      for (int v = 0; v < V; ++v) sums[c][v] += x[v] * y;
    }
  }
  const Packed<Real> factor = p.factor - Packed<Real>{};
#pragma GCC unroll 8
  for (int c = 0; c < C; ++c)
#pragma GCC unroll 8
    for (int v = 0; v < V; ++v) {
      const Index row = i + v * kLanes<Real>;
      Real* to = p.c + (j + c) * p.c_step + row;
      const Packed<Real> start = p.start ? load(p.start + (j + c) * p.start_step + row) : Packed<Real>{};
      const Packed<Real> value = start + factor * sums[c][v];
      if (V > 1 || written == kLanes<Real>)
        store(to, value);
      else
        for (Index lane = kLanes<Real> - written; lane < kLanes<Real>; ++lane) to[lane] = value[lane];
    }
}

// The same in one row, for matrices of fewer rows than a vector has.
template <class Real>
void single_rows(const TileProduct<Real>& p, Index j) {
  for (Index i = 0; i < p.n; ++i) {
    Real sum = 0;
    for (Index l = 0; l < p.k; ++l) sum += p.a[i + l * p.a_step] * p.b[l * p.b_row + j * p.b_column];
    p.c[i + j * p.c_step] = (p.start ? p.start[i + j * p.start_step] : Real(0)) + p.factor * sum;
  }
}

// The rows from i on that fill whole tiles of V vectors.
template <class Real, int V>
[[gnu::always_inline]] inline void tiles_of(const TileProduct<Real>& p, Index i) {
  Index j = 0;
  for (; j + kTileColumns <= p.m; j += kTileColumns) tile<Real, V, kTileColumns>(p, i, j, kLanes<Real>);
  if (p.m - j >= 2) {
    tile<Real, V, 2>(p, i, j, kLanes<Real>);
    j += 2;
  }
  for (; j < p.m; ++j) tile<Real, V, 1>(p, i, j, kLanes<Real>);
}

template <class Real>
void product_by_tiles(const TileProduct<Real>& p) {
  constexpr Index kRows = kTileVectors * kLanes<Real>;
  if (p.n < kLanes<Real>) {
    for (Index j = 0; j < p.m; ++j) single_rows(p, j);
    return;
  }
  Index i = 0;
  for (; i + kRows <= p.n; i += kRows) tiles_of<Real, kTileVectors>(p, i);
  if (kTileVectors > 2 && i + 2 * kLanes<Real> <= p.n) {
    tiles_of<Real, 2>(p, i);
    i += 2 * kLanes<Real>;
  }
  if (i + kLanes<Real> <= p.n) {
    tiles_of<Real, 1>(p, i);
    i += kLanes<Real>;
  }
  if (i == p.n) return;
  // The rest: the last vector of rows once more, of which only what is new is written.
  Index j = 0;
  for (; j + kTileColumns <= p.m; j += kTileColumns)
    tile<Real, 1, kTileColumns>(p, p.n - kLanes<Real>, j, p.n - i);
  for (; j < p.m; ++j) tile<Real, 1, 1>(p, p.n - kLanes<Real>, j, p.n - i);
}

// Two rows of a square, D lanes apart: what lies beside its diagonal of D x D blocks changes places.
template <int D, class Real, int... I>
[[gnu::always_inline]] inline void change_places(Packed<Real>& x, Packed<Real>& y, Lanes<I...>) {
  constexpr int n = kLanes<Real>;
  const Packed<Real> upper = __builtin_shufflevector(x, y, ((I & D) ? I - D + n : I)...);
  y = __builtin_shufflevector(x, y, ((I & D) ? I + n : I + D)...);
  x = upper;
}

template <int D, class Real>
[[gnu::always_inline]] inline void transpose_blocks(Packed<Real>* rows) {
  if constexpr (D < kLanes<Real>) {
#pragma GCC unroll 16
    for (int r = 0; r < kLanes<Real>; ++r)
      if (!(r & D)) change_places<D, Real>(rows[r], rows[r + D], typename Count<kLanes<Real>>::Type());
    transpose_blocks<2 * D, Real>(rows);
  }
}

template <class Real>
void transpose_matrix(const Real* a, Real* c, Index n, Index m) {
  constexpr int kSide = kLanes<Real>;
  const Index rows = n / kSide * kSide, columns = m / kSide * kSide;
  for (Index j = 0; j < columns; j += kSide)
    for (Index i = 0; i < rows; i += kSide) {
      Packed<Real> square[kSide];
#pragma GCC unroll 16
      for (int k = 0; k < kSide; ++k) square[k] = load(a + i + (j + k) * n);
      transpose_blocks<1, Real>(square);
#pragma GCC unroll 16
      for (int k = 0; k < kSide; ++k) store(c + j + (i + k) * m, square[k]);
    }
  for (Index j = 0; j < m; ++j)
    for (Index i = j < columns ? rows : 0; i < n; ++i) c[j + i * m] = a[i + j * n];
}

template <class Real>
double sum_of_squares(const Real* a, Index size) {
  constexpr int kSums = 8;
  Packed<Real> sums[kSums] = {};
  Index i = 0;
  for (; i + kSums * kLanes<Real> <= size; i += kSums * kLanes<Real>)
#pragma GCC unroll 8
    for (int k = 0; k < kSums; ++k) {
      const Packed<Real> x = load(a + i + k * kLanes<Real>);
      sums[k] += x * x;
    }
  double sum = 0;
  for (; i < size; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(a[i]);
  for (int k = 1; k < kSums; ++k) sums[0] += sums[k];
  for (int lane = 0; lane < kLanes<Real>; ++lane) sum += static_cast<double>(sums[0][lane]);
  return sum;
}

}  // namespace

void transpose(const double* a, double* c, Index n, Index m) {
  transpose_matrix(a, c, n, m);
}
void transpose(const float* a, float* c, Index n, Index m) {
  transpose_matrix(a, c, n, m);
}
double squared_norm(const double* a, Index size) {
  return sum_of_squares(a, size);
}
double squared_norm(const float* a, Index size) {
  return sum_of_squares(a, size);
}

void multiply_tiles(const TileProduct<double>& p) {
  product_by_tiles(p);
}
void multiply_tiles(const TileProduct<float>& p) {
  product_by_tiles(p);
}

}  // namespace dln::linalg::DLN_KERNELS
