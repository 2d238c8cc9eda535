// Logarithm, exponential and power in plain arithmetic without branches, for loops over arrays.
//
// A compiler turns such a loop into vector instructions of any width; each element goes through the same
// operations whatever the width, so results do not depend on the machine, on the length of the array or on
// the place in it. Errors stay below 2 ulp on the ranges stated (tests/base/array_math_test.cpp); nothing
// is checked here, the callers keep to the ranges.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "dln/base/every_machine.hpp"

namespace dln::base::arrays {

#define DLN_INLINE [[gnu::always_inline]] inline

// x = 2^exponent mantissa, mantissa from sqrt(1/2) to sqrt(2), for normal x > 0.
struct Binary {
  double exponent, mantissa;
};
DLN_INLINE Binary split(double x) {
  constexpr std::uint64_t bias = std::uint64_t{1023} << 52;
  constexpr std::uint64_t root_half = std::bit_cast<std::uint64_t>(std::numbers::sqrt2 / 2);
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t biased = (bits - root_half + bias) >> 52;
  // A whole number below 2^52 becomes a double by standing in the last bits of 2^52.
  const double exponent = std::bit_cast<double>(biased | 0x4330000000000000) - (4503599627370496.0 + 1023);
  return {exponent, std::bit_cast<double>(bits - (biased << 52) + bias)};
}

// ln m by the odd series in (m - 1)/(m + 1), at most 0.172 here.
DLN_INLINE double log_mantissa(double m) {
  const double f = m - 1, r = f / (2 + f), z = r * r, half_square = 0.5 * f * f;
  double series = 2.0 / 21;
  for (int k = 19; k >= 3; k -= 2) series = series * z + 2.0 / k;
  return f - (half_square - r * (half_square + z * series));
}

// ln 2 in two parts, the first with 20 trailing zeros: its product with an exponent is exact.
inline constexpr double kLog2High = 0x1.62e42feep-1, kLog2Low = 0x1.a39ef35793c76p-33;

// ln x for normal x > 0.
DLN_INLINE double log(double x) {
  const auto [exponent, mantissa] = split(x);
  return exponent * kLog2High + (log_mantissa(mantissa) + exponent * kLog2Low);
}

// ln(1 + x) for 0 <= x < 2^1000.
DLN_INLINE double log1p(double x) {
  const double whole = 1 + x;
  return log(whole) + (x < 1e15 ? (x - (whole - 1)) / whole : 0);
}

// e^r - 1 for |r| <= 0.36.
DLN_INLINE double expm1_near_zero(double r) {
  double series = 1.0 / 6227020800;
  constexpr std::array factorials = {479001600.0, 39916800.0, 3628800.0, 362880.0, 40320.0,
                                     5040.0,      720.0,      120.0,     24.0,     6.0};
  for (double factorial : factorials) series = series * r + 1 / factorial;
  return r + r * r * (0.5 + r * series);
}

// The whole number nearest to x, |x| < 2^51, and two to its power where that is a normal number.
struct Whole {
  double value, power_of_two;
};
DLN_INLINE Whole nearest(double x) {
  constexpr double shift = 0x1.8p52;  // its last bit is one
  const double shifted = x + shift;
  const auto bits = std::bit_cast<std::uint64_t>(shifted);
  return {shifted - shift, std::bit_cast<double>((bits + 1023) << 52)};
}

// e^x and e^x - 1.
struct Exponential {
  double value, minus_one;
};
// For |x| <= 700.
DLN_INLINE Exponential exponential(double x) {
  const auto [n, scale] = nearest(x * std::numbers::log2e);
  const double part = expm1_near_zero((x - n * kLog2High) - n * kLog2Low);
  return {scale * part + scale, scale * part + (scale - 1)};
}

// A power p = numerator/denominator in [-1, 1] with what its rounding lost: `high` times an exponent is
// exact, high + low is p.
struct SplitPower {
  double value, high, low;

  SplitPower(double numerator, double denominator)
      : value(numerator / denominator),
        high(std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) & ~std::uint64_t{0xffff})),
        low(std::fma(-high, denominator, numerator) / denominator) {}
};

// x^p and x^p - 1 for normal x > 0.
DLN_INLINE Exponential raised(double x, const SplitPower& p) {
  const auto [exponent, mantissa] = split(x);
  const double by_mantissa = p.value * log_mantissa(mantissa), product = exponent * p.high;
  const auto [n, scale] = nearest(product + by_mantissa * std::numbers::log2e);
  const double rest = (product - n) * std::numbers::ln2;
  const double part = expm1_near_zero(rest + (by_mantissa + exponent * p.low * std::numbers::ln2));
  return {scale * part + scale, scale * part + (scale - 1)};
}

}  // namespace dln::base::arrays
