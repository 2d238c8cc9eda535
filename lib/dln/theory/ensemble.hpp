// Ensembles: the closed forms of many modes at once, at the speed of memory rather than of calls.
//
//   strengths_at(depth, modes, times, u)      u(t) of Eq 15 at any depth, of Eq 16 at infinite depth
//   times_to_reach(depth, modes, u, times)    t(u) of the same
//   layers_at(modes, times, a, b)             Eq 8 from any two layers
//   strengths_at(modes, times, u)             u = ab of the same
//
// The laws themselves stand in deep_mode.hpp, infinite_depth_mode.hpp, shallow_mode.hpp, three_layer_mode.hpp
// and unequal_mode.hpp, and remain the last word: a mode outside the range where the array form keeps its
// digits (u0 > s for L >= 3, 1 < L < 3 other than 2, a short way to go, numbers of extreme size) is answered
// by them. Elsewhere the two agree (tests/theory/ensemble_test.cpp): times to 8 eps, strengths to 8 roundings
// of t and of u, layers to 8 eps of the larger. A mode's result does not depend on its neighbours, nor, where
// the array form answers, on the machine.
//
// An array has one element per mode, or a single one that serves all; the number of modes is that of the
// results. At infinite depth tau stands for tau/N_l. Times may be infinite. A value outside its law's domain
// throws that law's DomainError or UnreachableError, with the mode's index before its message; the results
// are then unspecified. Arrays of other sizes throw DomainError.
//
// Each call with L >= 3 first tabulates its depth, some 50 us: for few modes ask the laws themselves.
#pragma once

#include <span>

#include "dln/base/depth.hpp"

namespace dln::theory {

struct ModeArrays {
  std::span<const double> singular_value;    // s > 0
  std::span<const double> initial_strength;  // u0 >= 0
  std::span<const double> time_constant;     // tau > 0, epochs
};

void strengths_at(const base::DepthExponent& depth, const ModeArrays& modes, std::span<const double> times,
                  std::span<double> strengths);
void times_to_reach(const base::DepthExponent& depth, const ModeArrays& modes,
                    std::span<const double> strengths, std::span<double> times);

struct UnequalModeArrays {
  std::span<const double> a0, b0;          // initial layer strengths
  std::span<const double> singular_value;  // any sign, 0 included
  std::span<const double> time_constant;   // tau > 0, epochs
};

void layers_at(const UnequalModeArrays& modes, std::span<const double> times, std::span<double> a,
               std::span<double> b);
void strengths_at(const UnequalModeArrays& modes, std::span<const double> times, std::span<double> strengths);

}  // namespace dln::theory
