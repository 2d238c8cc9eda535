// Properties that hold for all values of a kind, tried on random ones by rapidcheck: 200 each, the same in
// every run. RC_PARAMS, if set, says otherwise ("seed=... max_success=...", or what a failure prints, to
// repeat it).
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdlib>

namespace dln {

template <class Property>
void for_all(const Property& property) {
  ::setenv("RC_PARAMS", "seed=1 max_success=200", 0);
  EXPECT_TRUE(rc::check(property));
}

// 10^x for x evenly in [low, high].
inline double size_between(double low, double high) {
  return std::pow(10, low + (high - low) * *rc::gen::inRange(0, 10001) / 10000.0);
}
inline double share() {  // in (0, 1)
  return *rc::gen::inRange(1, 10000) / 10000.0;
}

}  // namespace dln
