// 10^4 modes, s from 0.5 to 10 from u0 = 1e-3, and 10^4 pairs of layers on Eq 8: what both closed forms and
// integrators are asked for.
#pragma once

#include <vector>

#include "dln/base/depth.hpp"
#include "dln/theory/ensemble.hpp"

namespace dln::compare {

using Array = std::vector<double>;

constexpr int kInfinite = 0;  // stands for infinite depth at N_l = 100

// Times about half learning, and u there from the law in long double.
struct Modes {
  int matrices;
  base::DepthExponent depth;
  Array s, u0{1e-3}, tau, times, exact;

  Modes(int matrices, std::size_t count);
  std::size_t size() const { return s.size(); }
  theory::ModeArrays arrays() const { return {s, u0, tau}; }
  double rate(double u, double singular_value) const;  // du/dt
  double error(const Array& u) const;                  // the largest, relative to s
  std::string title() const;                           // "Eq 15, L = 3"
};

// Eq 8, s = 3, from a and b between -2 and 2 to t = 4.
struct Pairs {
  Array a0, b0, a, b, s{3}, tau{1}, time{4};  // a and b at the end, by the law in long double

  explicit Pairs(std::size_t count);
  std::size_t size() const { return a0.size(); }
  double error(const Array& a_found, const Array& b_found) const;  // the largest
};

}  // namespace dln::compare
