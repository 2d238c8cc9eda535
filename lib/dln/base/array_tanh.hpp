// The hyperbolic tangent of whole arrays, by the arithmetic of array_math.hpp: the same digits on every
// machine whatever its vectors, within 3 ulp (tests/base/array_tanh_test.cpp).
#pragma once

#include <cstddef>

namespace dln::base::arrays {

// x[i] = tanh x[i]. Infinities become 1 and -1, NaN stays NaN, zeros keep their sign.
void become_tanh(double* x, std::ptrdiff_t size);

}  // namespace dln::base::arrays
