// Gradient descent on one mode of two matrices whose layers may differ, Eq 8 in discrete time: both from the
// old strengths,
//
//   a <- a + rate b (s - ab),   b <- b + rate a (s - ab).
#pragma once

#include <cmath>

#include "dln/base/error.hpp"

namespace dln::flow {

// Invariant: s > 0, rate > 0, both finite. Throws DomainError otherwise.
class PairDescent {
 public:
  struct Layers {
    double a, b;
  };

  PairDescent(double singular_value, double learning_rate, Layers start)
      : singular_value_(singular_value), rate_(learning_rate), layers_(start) {
    base::require_positive("s", singular_value);
    base::require_positive("rate", learning_rate);
  }

  const Layers& layers() const { return layers_; }
  double gap() const { return singular_value_ - layers_.a * layers_.b; }  // s - u
  // a^2 + b^2, the eigenvalue of the Hessian at a minimum.
  double pull() const { return layers_.a * layers_.a + layers_.b * layers_.b; }
  double imbalance() const { return (layers_.a - layers_.b) * (layers_.a + layers_.b); }  // a^2 - b^2

  void step() {
    const double change = rate_ * gap();
    layers_ = {layers_.a + change * layers_.b, layers_.b + change * layers_.a};
  }

 private:
  double singular_value_, rate_;
  Layers layers_;
};

}  // namespace dln::flow
