// The loops behind ensemble.hpp: the laws in a form without branches, over one block of modes. A mode for
// which that form does not keep its digits gets NaN: the scalar law is to answer, or to refuse.
#pragma once

#include <cstddef>

#include "dln/theory/universal_clock.hpp"

namespace dln::theory::detail {

inline constexpr std::size_t kBlock = 256;  // modes: what a block needs stays in the first-level cache

// n <= kBlock elements each. `given` is what the law is asked: a time, or a strength.
struct ModeBlock {
  const double *s, *u0, *tau, *given;
  std::size_t n;
};
void shallow_strengths(const ModeBlock& modes, double* u);  // L = 1
void shallow_times(const ModeBlock& modes, double* t);
void three_layer_strengths(const ModeBlock& modes, double* u);  // L = 2, Eq 12
void three_layer_times(const ModeBlock& modes, double* t);      // Eq 11
void limit_times(const ModeBlock& modes, double* t);            // Eq 17 for N_l = 1
void deep_strengths(const UniversalClock& clock, const ModeBlock& modes, double* u);
void deep_times(const UniversalClock& clock, const ModeBlock& modes, double* t);

struct UnequalBlock {
  const double *a0, *b0, *s, *tau, *t;
  std::size_t n;
};
void unequal_layers(const UnequalBlock& modes, double* a, double* b);
void unequal_strengths(const UnequalBlock& modes, double* u);

}  // namespace dln::theory::detail
