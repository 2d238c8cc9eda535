// The critical points of learning in a three-layer network (section 1.2), by which modes are active.
//
// At a critical point k <= min(N_2, r) of the r modes of Sigma31 are active, a^al.b^al = s_al, and the others
// vanish. Its energy surface curves downwards in
//
//   (N_2 - k)(r - k) + #{ (i, j) : i active, j inactive, s_j > s_i }
//
// directions: each spare hidden unit can take up each inactive mode, and an active mode can give way to a
// stronger inactive one. None is left only where the strongest min(N_2, r) modes are active, the outcome of
// learning (Eq 7). (The paper counts the C(N_1, N_2) families with N_2 active modes; there are sum_k C(r, k)
// in all.)
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "dln/base/error.hpp"

namespace dln::theory {

// Which modes are active: one flag a mode, in the order of the singular values.
using ActiveModes = std::vector<bool>;

// The number of negative eigenvalues of the Hessian at that critical point. `singular_values` s_1 > s_2 > ...
// > 0. Throws DomainError when they do not decrease strictly to above 0, when the sizes differ, or when more
// modes are active than hidden units can hold.
inline long negative_directions(std::span<const double> singular_values, const ActiveModes& active,
                                long hidden_units) {
  const auto modes = static_cast<long>(singular_values.size());
  base::require(static_cast<long>(active.size()) == modes, "number of flags",
                static_cast<double>(active.size()), fmt::format("{}, one for each singular value", modes));
  for (std::size_t i = 0; i < singular_values.size(); ++i) {
    base::require_positive("s", singular_values[i]);
    if (i > 0)
      base::require(singular_values[i] < singular_values[i - 1], "s", singular_values[i],
                    "values that decrease strictly");
  }
  const long held = std::count(active.begin(), active.end(), true);
  base::require(held <= hidden_units, "active modes", held,
                fmt::format("at most {}, the hidden units", hidden_units));
  long directions = (hidden_units - held) * (modes - held), stronger_inactive = 0;
  for (const bool is_active : active) {  // from the strongest mode on
    if (is_active)
      directions += stronger_inactive;
    else
      ++stronger_inactive;
  }
  return directions;
}

// Every choice of at most `hidden_units` active modes out of `modes` <= 20. Throws DomainError.
inline std::vector<ActiveModes> families_of_critical_points(int modes, int hidden_units) {
  base::require(modes >= 1 && modes <= 20, "modes", modes, "1 to 20");
  std::vector<ActiveModes> families;
  for (std::uint32_t bits = 0; bits < (1u << modes); ++bits) {
    ActiveModes active;
    for (int k = 0; k < modes; ++k) active.push_back((bits >> k & 1) != 0);
    if (std::count(active.begin(), active.end(), true) <= hidden_units) families.push_back(std::move(active));
  }
  return families;
}

}  // namespace dln::theory
