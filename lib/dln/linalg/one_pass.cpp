#include "dln/linalg/one_pass.hpp"

#include "dln/base/error.hpp"

namespace dln::linalg {

#define DLN_DECLARE_KERNELS(set)                                                          \
  namespace set {                                                                         \
  void thin_times_large(const double*, const double*, double*, long, long, long);         \
  void thin_times_large(const float*, const float*, float*, long, long, long);            \
  void pass_and_update(const double*, const double*, double*, double*, long, long, long); \
  void pass_and_update(const float*, const float*, float*, float*, long, long, long);     \
  }
DLN_DECLARE_KERNELS(kernels_baseline)
#ifdef DLN_X86_KERNELS
DLN_DECLARE_KERNELS(kernels_avx2)
DLN_DECLARE_KERNELS(kernels_avx512)
#endif
#undef DLN_DECLARE_KERNELS

namespace {

template <class Real>
struct Kernels {
  void (*times)(const Real*, const Real*, Real*, long, long, long);
  void (*update)(const Real*, const Real*, Real*, Real*, long, long, long);
};

template <class Real>
Kernels<Real> kernels(Instructions with) {
  base::require(supported(with), "instruction set", static_cast<int>(with), "one that this machine has");
#ifdef DLN_X86_KERNELS
  if (with == Instructions::avx512)
    return {kernels_avx512::thin_times_large, kernels_avx512::pass_and_update};
  if (with == Instructions::avx2) return {kernels_avx2::thin_times_large, kernels_avx2::pass_and_update};
#endif
  return {kernels_baseline::thin_times_large, kernels_baseline::pass_and_update};
}

}  // namespace

bool supported([[maybe_unused]] Instructions set) {
#ifdef DLN_X86_KERNELS
  if (set == Instructions::avx512) return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma");
  if (set == Instructions::avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return set == Instructions::baseline;
}

Instructions instructions_here() {
  static const Instructions best = supported(Instructions::avx512) ? Instructions::avx512
                                   : supported(Instructions::avx2) ? Instructions::avx2
                                                                   : Instructions::baseline;
  return best;
}

template <class Real>
void thin_times_large(const Real* thin, const Real* large, Real* result, Eigen::Index r, Eigen::Index m,
                      Eigen::Index n, Instructions with) {
  kernels<Real>(with).times(thin, large, result, r, m, n);
}

template <class Real>
void pass_and_update(const Real* left, const Real* right, Real* large, Real* passed, Eigen::Index r,
                     Eigen::Index m, Eigen::Index n, Instructions with) {
  kernels<Real>(with).update(left, right, large, passed, r, m, n);
}

template void thin_times_large(const double*, const double*, double*, Eigen::Index, Eigen::Index,
                               Eigen::Index, Instructions);
template void thin_times_large(const float*, const float*, float*, Eigen::Index, Eigen::Index, Eigen::Index,
                               Instructions);
template void pass_and_update(const double*, const double*, double*, double*, Eigen::Index, Eigen::Index,
                              Eigen::Index, Instructions);
template void pass_and_update(const float*, const float*, float*, float*, Eigen::Index, Eigen::Index,
                              Eigen::Index, Instructions);

}  // namespace dln::linalg
