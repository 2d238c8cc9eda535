// The kernels behind one_pass.hpp, compiled once for each set of vector instructions. Included by the
// one_pass_*.cpp alone, which say how wide a vector is (kVectorBytes) and in which namespace; nothing of
// the standard library may come in, or a machine without these instructions could be handed a copy of it.
//
// Vectors lie along the columns of the large matrix. A tile of rows and columns of the result stays in
// registers; what the next columns will need is asked for a column's group ahead.
#include "dln/linalg/kernel_vectors.hpp"

namespace dln::linalg::DLN_KERNELS {
namespace {

// R rows of thin^T against C columns of large, m long: result(c, r) = sum_i thin(i, r) large(i, c). On the
// way it asks for the C columns after these if Ask.
template <class Real, int R, int C, bool Ask>
[[gnu::always_inline]] inline void dot_tile(const Real* thin, const Real* large, Real* result, Index m,
                                            Index n) {
  constexpr Index kLine = kLineBytes / static_cast<Index>(sizeof(Real));
  Packed<Real> sums[R][C] = {};
  const auto add = [&](Index i) __attribute__((always_inline)) {
    Packed<Real> x[C];
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) x[c] = load(large + c * m + i);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      const Packed<Real> p = load(thin + r * m + i);
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) sums[r][c] += p * x[c];
    }
  };
  Index i = 0;
  for (; i + kLine <= m; i += kLine) {
    if (Ask)
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) __builtin_prefetch(large + (c + C) * m + i, 0, 2);
#pragma GCC unroll 8
    for (Index k = 0; k < kLine; k += kLanes<Real>) add(i + k);
  }
  for (; i + kLanes<Real> <= m; i += kLanes<Real>) add(i);
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r)
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
      Real sum = 0;
      for (int lane = 0; lane < kLanes<Real>; ++lane) sum += sums[r][c][lane];
      for (Index k = i; k < m; ++k) sum += thin[r * m + k] * large[c * m + k];
      result[c + r * n] = sum;
    }
}

// As many sums as there are registers beside their factors: 32 of 64 bytes, otherwise 16.
constexpr int kDotRows = kVectorBytes == 64 ? 5 : 4;
constexpr int kDotColumns = kVectorBytes == 64 ? 4 : 3;

// All rows for C columns, which stay in cache from the first tile of rows to the last.
template <class Real, int C, bool Ask>
[[gnu::always_inline]] inline void dot_columns(const Real* thin, const Real* large, Real* result, Index r,
                                               Index m, Index n) {
  Index k = 0;
  if (r >= kDotRows) {
    dot_tile<Real, kDotRows, C, Ask>(thin, large, result, m, n);
    k = kDotRows;
  }
  for (; r - k >= kDotRows; k += kDotRows)
    dot_tile<Real, kDotRows, C, false>(thin + k * m, large, result + k * n, m, n);
  if (r - k >= 2) {
    dot_tile<Real, 2, C, false>(thin + k * m, large, result + k * n, m, n);
    k += 2;
  }
  if (r - k >= 2) {
    dot_tile<Real, 2, C, false>(thin + k * m, large, result + k * n, m, n);
    k += 2;
  }
  if (r - k == 1) dot_tile<Real, 1, C, false>(thin + k * m, large, result + k * n, m, n);
}

template <class Real>
void times(const Real* thin, const Real* large, Real* result, Index r, Index m, Index n) {
  constexpr int kColumns = kDotColumns;
  Index j = 0;
  for (; j + 2 * kColumns <= n; j += kColumns)
    dot_columns<Real, kColumns, true>(thin, large + j * m, result + j, r, m, n);
  for (; j + kColumns <= n; j += kColumns)
    dot_columns<Real, kColumns, false>(thin, large + j * m, result + j, r, m, n);
  for (; j < n; ++j) dot_columns<Real, 1, false>(thin, large + j * m, result + j, r, m, n);
}

// C columns of large, `rows` of their rows: the pass through what they were, and their update.
template <class Real, int C>
[[gnu::always_inline]] inline void update_columns(const Real* left, const Real* right, Real* large,
                                                  Real* passed, Index r, Index m, Index rows, bool more) {
  Index i = 0;
  for (; i + kLanes<Real> <= rows; i += kLanes<Real>) {
    Packed<Real> before[C], after[C];
    if (more)
#pragma GCC unroll 4
      for (int c = 0; c < C; ++c) __builtin_prefetch(large + (c + C) * m + i, 1);
#pragma GCC unroll 4
    for (int c = 0; c < C; ++c) after[c] = before[c] = load(large + c * m + i);
    for (Index k = 0; k < r; ++k) {
      Packed<Real> sum = load(passed + k * m + i);
      const Packed<Real> p = load(left + k * m + i);
#pragma GCC unroll 4
      for (int c = 0; c < C; ++c) {
        const Packed<Real> x = right[k + c * r] - Packed<Real>{};
        sum += before[c] * x;
        after[c] += p * x;
      }
      store(passed + k * m + i, sum);
    }
#pragma GCC unroll 4
    for (int c = 0; c < C; ++c) store(large + c * m + i, after[c]);
  }
  for (; i < rows; ++i)
    for (int c = 0; c < C; ++c) {
      const Real before = large[c * m + i];
      Real after = before;
      for (Index k = 0; k < r; ++k) {
        passed[k * m + i] += before * right[k + c * r];
        after += left[k * m + i] * right[k + c * r];
      }
      large[c * m + i] = after;
    }
}

template <class Real>
void update(const Real* left, const Real* right, Real* large, Real* passed, Index r, Index m, Index n) {
  constexpr int kColumns = 4;
  constexpr Index kRows = 128;  // so that `left` and `passed` stay in the first cache
  for (Index i = 0; i < m * r; ++i) passed[i] = 0;
  for (Index i = 0; i < m; i += kRows) {
    const Index rows = m - i < kRows ? m - i : kRows;
    Index j = 0;
    for (; j + kColumns <= n; j += kColumns)
      update_columns<Real, kColumns>(left + i, right + j * r, large + i + j * m, passed + i, r, m, rows,
                                     j + 2 * kColumns <= n);
    for (; j < n; ++j)
      update_columns<Real, 1>(left + i, right + j * r, large + i + j * m, passed + i, r, m, rows, false);
  }
}

}  // namespace

void thin_times_large(const double* t, const double* l, double* x, Index r, Index m, Index n) {
  times(t, l, x, r, m, n);
}
void thin_times_large(const float* t, const float* l, float* x, Index r, Index m, Index n) {
  times(t, l, x, r, m, n);
}
void pass_and_update(const double* a, const double* b, double* l, double* p, Index r, Index m, Index n) {
  update(a, b, l, p, r, m, n);
}
void pass_and_update(const float* a, const float* b, float* l, float* p, Index r, Index m, Index n) {
  update(a, b, l, p, r, m, n);
}

}  // namespace dln::linalg::DLN_KERNELS
