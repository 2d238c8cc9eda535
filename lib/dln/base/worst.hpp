// Worst: the largest of many deviations. NaN once any of them is, and NaN while there is none: neither a NaN
// nor an empty sample may pass for agreement.
#pragma once

#include <cmath>
#include <limits>

namespace dln::base {

class Worst {
 public:
  void see(double deviation) {
    // Written so that a NaN, old or new, stays.
    if (!seen_ || (!std::isnan(value_) && !(deviation <= value_))) value_ = deviation;
    seen_ = true;
  }
  double value() const { return value_; }

 private:
  bool seen_ = false;
  double value_ = std::numeric_limits<double>::quiet_NaN();
};

inline double worst_of(double a, double b) {
  Worst worst;
  worst.see(a);
  worst.see(b);
  return worst.value();
}

}  // namespace dln::base
