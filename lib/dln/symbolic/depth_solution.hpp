// Eq 15 solved for a whole number L of weight matrices, y = (u/s)^{1/L}, phi_k = 2 pi k/L:
//
//   t = tau/(L s^{2 - 2/L}) [F(y)] from y0 to yf
//   F = -L/(L - 2) y^{2 - L} - ln|1 - y| - [L even] ln(1 + y)
//       - sum over 0 < k < L/2 of cos(2 phi_k) ln(1 - 2 y cos(phi_k) + y^2)
//                               - 2 sin(2 phi_k) arctan(y sin(phi_k) / (1 - y cos(phi_k)))
//
// with 2 ln y in the place of the power for L = 2 and -ln|1 - y| alone for L = 1. The partial fractions run
// over the L-th roots of unity; that they are right is proven for each L in the field of cos(2 pi/L).
#pragma once

#include <string>

#include "dln/base/depth.hpp"
#include "dln/symbolic/derivation.hpp"

namespace dln::symbolic {

struct DepthSolution {
  Formula antiderivative;  // F(y)
  Formula time;            // t in F
  std::string cpp;  // double eq15_time_N_l(double u0, double uf, double s, double tau), self-contained C++
  Derivation derivation;
};

// L = 41 takes ten seconds to prove, deeper ones minutes.
constexpr int kDeepestSolution = 42;  // layers

// Throws base::DomainError beyond kDeepestSolution.
DepthSolution solve_depth(base::Depth depth);

}  // namespace dln::symbolic
