// Products with large matrices by vectors of 32 bytes.
#define DLN_KERNELS kernels_avx2
constexpr int kVectorBytes = 32;
#include "dln/linalg/one_pass_kernels.hpp"
#include "dln/linalg/tile_kernels.hpp"
