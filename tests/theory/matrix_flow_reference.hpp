// What MatrixSolution is held against: Eq 2 itself, integrated in 50 digits, and the closed form as it is
// written, in hundreds of digits. Neither shares a line with it: no eigenvalues, no orthogonal reflections.
#pragma once

#include <vector>

#include "dln/linalg/matrix.hpp"

namespace dln::theory::reference {

struct Start {
  linalg::Matrix w21, w32, sigma31;  // tau = 1
};

// W21^T W21, W32 W32^T and W32 W21 at one time.
struct Products {
  linalg::Matrix inputs, outputs, map;
};

// W21' = W32^T (Sigma31 - W32 W21), W32' = (Sigma31 - W32 W21) W21^T by Taylor series of order 30, each step
// to 1e-36 of the weights. `times` ascending.
std::vector<Products> integrated(const Start& start, const std::vector<double>& times);

// Of each product f: the sum over the entries x of W21, W32, Sigma31 of |x| ||df/dx|| / ||f||.
struct Conditions {
  double inputs, outputs, map;
};

struct Conditioned {
  double time;
  Products products;
  Conditions conditions;
};

// e^{Ft} Q0 (I + Q0^T G Q0)^{-1} Q0^T e^{Ft}, its two series summed over a tiny time and doubled; conditions
// by central differences. At last/2^k for every k of `halvings`, which descend; in 120 digits for s last up
// to 40, or 420 up to 320.
std::vector<Conditioned> by_formula(const Start& start, double last, const std::vector<int>& halvings);

}  // namespace dln::theory::reference
