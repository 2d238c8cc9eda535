// Depth: the number of layers N_l of a network, or of its weight matrices L = N_l - 1 (section 2).
//
// The two numbers differ by one and are confused easily, so neither is ever a bare int in a signature.
#pragma once

#include <compare>
#include <limits>

#include "dln/base/error.hpp"

namespace dln::base {

// Invariant: at least one weight matrix.
class Depth {
 public:
  // N_l >= 2 layers of units, input and output included. Throws DomainError.
  static Depth from_layers(int layers) {
    require(layers >= 2, "number of layers N_l", layers, "2 or more");
    return Depth(layers - 1);
  }
  // L >= 1 weight matrices. Throws DomainError.
  static Depth from_weight_matrices(int matrices) {
    require(matrices >= 1, "number of weight matrices L", matrices, "1 or more");
    return Depth(matrices);
  }

  int layers() const { return matrices_ + 1; }
  int weight_matrices() const { return matrices_; }
  auto operator<=>(const Depth&) const = default;

 private:
  explicit Depth(int matrices) : matrices_(matrices) {}
  int matrices_;
};

// The L of Eq 15, tau u' = L u^{2 - 2/L} (s - u), which makes sense for any real L >= 1 and for L = infinity.
// Invariant: L >= 1, possibly infinite, never NaN.
class DepthExponent {
 public:
  explicit DepthExponent(Depth depth) : matrices_(depth.weight_matrices()) {}
  static DepthExponent from_real(double matrices) {
    require(is_finite(matrices) && matrices >= 1, "L", matrices, "a finite number, 1 or greater");
    return DepthExponent(matrices);
  }
  static DepthExponent infinite() { return DepthExponent(std::numeric_limits<double>::infinity()); }

  bool is_infinite() const { return matrices_ == std::numeric_limits<double>::infinity(); }
  double weight_matrices() const { return matrices_; }
  // 2 - 2/L, the power of u in Eq 15.
  double growth_power() const { return 2 - 2 / matrices_; }
  auto operator<=>(const DepthExponent&) const = default;

 private:
  explicit DepthExponent(double matrices) : matrices_(matrices) {}
  double matrices_;
};

}  // namespace dln::base
