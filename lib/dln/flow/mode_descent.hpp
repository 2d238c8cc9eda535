// Gradient descent on one mode of a deep network with equal layers, Eq 14 in discrete time: all layers from
// the old strengths,
//
//   a <- a + rate a^{L-1} (s - a^L),   u = a^L.
//
// Rounding of a counts L times in u, so what is rounded off a is carried along.
#pragma once

#include <cmath>
#include <optional>

#include "dln/base/depth.hpp"

namespace dln::flow {

// Invariant: s > 0, u0 >= 0, rate > 0, all finite. Throws DomainError otherwise.
class ModeDescent {
 public:
  struct Numbers {
    double singular_value;
    double initial_strength;
    double learning_rate;  // multiplies minus the gradient of (s - u)^2 / 2
  };

  ModeDescent(base::Depth depth, const Numbers& numbers)
      : numbers_(numbers),
        matrices_(depth.weight_matrices()),
        a_(std::pow(numbers.initial_strength, 1.0 / matrices_)) {
    base::require_positive("s", numbers.singular_value);
    base::require_non_negative("u0", numbers.initial_strength);
    base::require_positive("rate", numbers.learning_rate);
    if (a_ > 0) rest_ = (numbers.initial_strength / std::pow(a_, matrices_) - 1) / matrices_ * a_;
  }

  double strength() const { return power(matrices_); }
  double gap() const { return numbers_.singular_value - strength(); }  // s - u
  // False when nothing changed: nothing ever will again.
  bool step() {
    const double others = power(matrices_ - 1), before = a_;
    const double rest = rest_;
    const double change = numbers_.learning_rate * others * (numbers_.singular_value - others * a_) + rest_;
    a_ += change;
    rest_ = change - (a_ - before);
    return a_ != before || rest_ != rest;
  }

 private:
  // (a + rest)^p.
  double power(int p) const {
    return a_ > 0 ? std::pow(a_, p) * (1 + p * (rest_ / a_)) : std::pow(a_ + rest_, p);
  }

  Numbers numbers_;
  int matrices_;
  double a_;         // of every layer
  double rest_ = 0;  // what is left of it after rounding
};

// u after `steps` updates.
inline double strength_after(ModeDescent descent, long steps) {
  for (long k = 0; k < steps && descent.step(); ++k) {
  }
  return descent.strength();
}

// The first k with |s - u| <= eps (to jump over s is not to have learned it), none within `limit` updates or
// once u is no longer finite or stands still.
inline std::optional<long> steps_to_learn(ModeDescent descent, double eps, long limit) {
  for (long k = 0; k <= limit; ++k) {
    const double gap = descent.gap();
    if (std::abs(gap) <= eps) return k;
    if (!std::isfinite(gap) || !descent.step()) return {};
  }
  return {};
}

}  // namespace dln::flow
