#include "dln/linalg/thin_products.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define DLN_WIDE_VECTORS
#define DLN_UNROLL _Pragma("GCC unroll 4")
#else
#define DLN_UNROLL
#endif

namespace dln::linalg {
namespace {

using Eigen::Index;
using Four = double __attribute__((vector_size(4 * sizeof(double))));

constexpr Index kGroups = 3;  // of four rows: with four columns, as many sums as there are registers
constexpr Index kPanel = 4 * kGroups;

// A panel of up to twelve rows of `factor a`, the rows of one column beside each other, filled up with zeros.
void pack(double factor, const StridedView& a, Index first, Index rows, Index padded, double* panel) {
  for (Index l = 0; l < a.columns; ++l)
    for (Index i = 0; i < padded; ++i)
      panel[l * padded + i] = i < rows ? factor * a.data[(first + i) * a.row_step + l * a.column_step] : 0.0;
}

// All of a.
struct Panels {
  const double* packed;
  Index rows, inner;
};

namespace plain {
#include "dln/linalg/thin_kernel.inc"
}

#ifdef DLN_WIDE_VECTORS
#pragma GCC push_options
#pragma GCC target("avx2")
namespace wide {
#include "dln/linalg/thin_kernel.inc"
}
#pragma GCC pop_options

// Chosen when the program starts.
const auto multiply_panels = __builtin_cpu_supports("avx2") ? wide::multiply_panels : plain::multiply_panels;
#else
using plain::multiply_panels;
#endif

}  // namespace

void multiply_thin(double factor, const StridedView& a, const StridedView& b, Into into, double* c,
                   Index column_step) {
  thread_local std::vector<double> packed;
  packed.resize(static_cast<std::size_t>((a.rows + 3) / 4 * 4 * a.columns));
  double* panel = packed.data();
  for (Index first = 0; first < a.rows; first += kPanel) {
    const Index rows = std::min(a.rows - first, kPanel), padded = (rows + 3) / 4 * 4;
    pack(factor, a, first, rows, padded, panel);
    panel += padded * a.columns;
  }
  multiply_panels({packed.data(), a.rows, a.columns}, b, into, c, column_step);
}

}  // namespace dln::linalg
