#include "dln/linalg/small_products.hpp"

#include "dln/base/every_machine.hpp"

namespace dln::linalg {
namespace {

// c[0..n) += a[0..n) x for a column of c; the inner loop of everything here.
[[gnu::always_inline]] inline void add_column(const double* __restrict a, double x, double* __restrict c,
                                              Eigen::Index n) {
  for (Eigen::Index i = 0; i < n; ++i) c[i] += a[i] * x;
}

// With the number of rows known to the compiler, columns of c stay in registers.
template <int N>
[[gnu::always_inline]] inline void product(const double* __restrict a, const double* __restrict b,
                                           double* __restrict c, Eigen::Index k, Eigen::Index m,
                                           Eigen::Index step_in_k, Eigen::Index step_in_m) {
  for (Eigen::Index j = 0; j < m; ++j) {
    double sum[N] = {};
    const double* x = b + j * step_in_m;
    for (Eigen::Index l = 0; l < k; ++l) add_column(a + l * N, x[l * step_in_k], sum, N);
    for (int i = 0; i < N; ++i) c[j * N + i] = sum[i];
  }
}

// The number of rows, 1 to kFewRows, made known to the compiler.
template <int N = 1>
[[gnu::always_inline]] inline void any_product(const double* a, const double* b, double* c, Eigen::Index n,
                                               Eigen::Index k, Eigen::Index m, Eigen::Index step_in_k,
                                               Eigen::Index step_in_m) {
  if constexpr (N <= kFewRows) {
    if constexpr (N % 8 != 0)
      if (n == N) return product<N>(a, b, c, k, m, step_in_k, step_in_m);
    any_product<N + 1>(a, b, c, n, k, m, step_in_k, step_in_m);
  }
}

}  // namespace

DLN_FOR_EVERY_MACHINE void multiply_small(const double* a, const double* b, double* c, Eigen::Index n,
                                          Eigen::Index k, Eigen::Index m) {
  if (k > kFewRows || m > kFewRows) return any_product(a, b, c, n, k, m, 1, k);
  double transposed[kFewRows * kFewRows];  // read across, it is faster than down by more than this costs
  for (Eigen::Index j = 0; j < m; ++j)
    for (Eigen::Index l = 0; l < k; ++l) transposed[l * m + j] = b[j * k + l];
  any_product(a, transposed, c, n, k, m, m, 1);
}

DLN_FOR_EVERY_MACHINE void multiply_small_by_transpose(const double* a, const double* b, double* c,
                                                       Eigen::Index n, Eigen::Index k, Eigen::Index m) {
  any_product(a, b, c, n, k, m, m, 1);
}

}  // namespace dln::linalg
