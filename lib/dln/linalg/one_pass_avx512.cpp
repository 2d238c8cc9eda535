// Products with large matrices by vectors of 64 bytes.
#define DLN_KERNELS kernels_avx512
constexpr int kVectorBytes = 64;
#include "dln/linalg/one_pass_kernels.hpp"
#include "dln/linalg/tile_kernels.hpp"
