// Products with large matrices by vectors of 16 bytes.
#define DLN_KERNELS kernels_baseline
constexpr int kVectorBytes = 16;
#include "dln/linalg/one_pass_kernels.hpp"
#include "dln/linalg/tile_kernels.hpp"
