// The singular values of a product of n x n Gaussian matrices, entries N(0, g^2/n), as their number L grows
// (Newman 1986): the i-th falls as e^{mu_i L},
//
//   mu_i = [ln(2 g^2/n) + psi((n - i + 1)/2)] / 2,   i = 1 .. n.
//
// The mean of ln|det| is L sum_i mu_i at any L. With g = 1 all mu_i < 0 but the first few, which are about 0.
#pragma once

#include <boost/math/special_functions/digamma.hpp>
#include <cmath>

#include "dln/base/error.hpp"

namespace dln::theory {

// mu_i. Throws DomainError unless 1 <= i <= n and gain > 0.
inline double gaussian_product_exponent(int width, int i, double gain = 1) {
  base::require(width >= 1, "width", width, "1 or more units");
  base::require(i >= 1 && i <= width, "singular value number", i, fmt::format("1 to {}", width));
  base::require_positive("gain", gain);
  return (std::log(2 * gain * gain / width) + boost::math::digamma((width - i + 1) / 2.0)) / 2;
}

}  // namespace dln::theory
