#include "dln/linalg/tile_products.hpp"

#include "dln/base/error.hpp"

namespace dln::linalg {

#define DLN_DECLARE_KERNELS(set)                   \
  namespace set {                                  \
  void multiply_tiles(const TileProduct<double>&); \
  void multiply_tiles(const TileProduct<float>&);  \
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

}  // namespace dln::linalg
