#include "dln/base/array_tanh.hpp"

#include "dln/base/array_math.hpp"

namespace dln::base::arrays {

// tanh |x| = (e^{2|x|} - 1)/(e^{2|x|} + 1); from 20 on it is 1 to the last digit.
DLN_FOR_EVERY_MACHINE void become_tanh(double* x, std::ptrdiff_t size) {
  for (std::ptrdiff_t i = 0; i < size; ++i) {
    const double magnitude = std::abs(x[i]);
    const auto [value, minus_one] = exponential(2 * (magnitude > 20 ? 20 : magnitude));
    x[i] = std::copysign(minus_one / (value + 1), x[i]);
  }
}

}  // namespace dln::base::arrays
