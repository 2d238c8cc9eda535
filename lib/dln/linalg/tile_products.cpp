#include "dln/linalg/tile_products.hpp"

#include "dln/base/error.hpp"

namespace dln::linalg {

#define DLN_DECLARE_KERNELS(set)                      \
  namespace set {                                     \
  void multiply_tiles(const TileProduct<double>&);    \
  void multiply_tiles(const TileProduct<float>&);     \
  void transpose(const double*, double*, long, long); \
  void transpose(const float*, float*, long, long);   \
  double squared_norm(const double*, long);           \
  double squared_norm(const float*, long);            \
  }
DLN_DECLARE_KERNELS(kernels_baseline)
#ifdef DLN_X86_KERNELS
DLN_DECLARE_KERNELS(kernels_avx2)
DLN_DECLARE_KERNELS(kernels_avx512)
#endif
#undef DLN_DECLARE_KERNELS

template <class Real>
void multiply_tiles(const TileProduct<Real>& product, Instructions with) {
  base::require(supported(with), "instruction set", static_cast<int>(with), "one that this machine has");
#ifdef DLN_X86_KERNELS
  if (with == Instructions::avx512) return kernels_avx512::multiply_tiles(product);
  if (with == Instructions::avx2) return kernels_avx2::multiply_tiles(product);
#endif
  kernels_baseline::multiply_tiles(product);
}
template void multiply_tiles(const TileProduct<double>&, Instructions);
template void multiply_tiles(const TileProduct<float>&, Instructions);

template <class Real>
void transpose(const Real* a, Real* c, Eigen::Index n, Eigen::Index m, Instructions with) {
  base::require(supported(with), "instruction set", static_cast<int>(with), "one that this machine has");
#ifdef DLN_X86_KERNELS
  if (with == Instructions::avx512) return kernels_avx512::transpose(a, c, n, m);
  if (with == Instructions::avx2) return kernels_avx2::transpose(a, c, n, m);
#endif
  kernels_baseline::transpose(a, c, n, m);
}
template void transpose(const double*, double*, Eigen::Index, Eigen::Index, Instructions);
template void transpose(const float*, float*, Eigen::Index, Eigen::Index, Instructions);

template <class Real>
double squared_norm(const Real* a, Eigen::Index size, Instructions with) {
  base::require(supported(with), "instruction set", static_cast<int>(with), "one that this machine has");
#ifdef DLN_X86_KERNELS
  if (with == Instructions::avx512) return kernels_avx512::squared_norm(a, size);
  if (with == Instructions::avx2) return kernels_avx2::squared_norm(a, size);
#endif
  return kernels_baseline::squared_norm(a, size);
}
template double squared_norm(const double*, Eigen::Index, Instructions);
template double squared_norm(const float*, Eigen::Index, Instructions);

}  // namespace dln::linalg
