// Vectors of kVectorBytes for the kernels of this room, compiled once for each set of instructions; nothing
// of the standard library may come in, or a machine without these instructions could be handed a copy of it.
#pragma once

namespace dln::linalg::DLN_KERNELS {
namespace {

using Index = long;

template <class Real>
struct Vectors;
template <>
struct Vectors<double> {
  typedef double Packed __attribute__((vector_size(kVectorBytes)));
  typedef double Anywhere __attribute__((vector_size(kVectorBytes), aligned(8), may_alias));
};
template <>
struct Vectors<float> {
  typedef float Packed __attribute__((vector_size(kVectorBytes)));
  typedef float Anywhere __attribute__((vector_size(kVectorBytes), aligned(4), may_alias));
};
template <class Real>
using Packed = typename Vectors<Real>::Packed;
template <class Real>
constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(Real));
constexpr int kLineBytes = 64;

template <class Real>
[[gnu::always_inline]] inline Packed<Real> load(const Real* from) {
  return *reinterpret_cast<const typename Vectors<Real>::Anywhere*>(from);
}
template <class Real>
[[gnu::always_inline]] inline void store(Real* to, Packed<Real> value) {
  *reinterpret_cast<typename Vectors<Real>::Anywhere*>(to) = value;
}

// 0, 1, .., N - 1, as indices of lanes.
template <int... I>
struct Lanes {};
template <int N, int... I>
struct Count : Count<N - 1, N - 1, I...> {};
template <int... I>
struct Count<0, I...> {
  using Type = Lanes<I...>;
};

}  // namespace
}  // namespace dln::linalg::DLN_KERNELS
