// TimeGrid: the times at which a solution is wanted, the first of them being the start.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "dln/base/error.hpp"

namespace dln::base {

// Invariant: at least one time; all finite; strictly increasing.
template <class Real = double>
class TimeGrid {
 public:
  // Throws DomainError when `times` is empty, not finite or not strictly increasing.
  explicit TimeGrid(std::vector<Real> times) : times_(std::move(times)) {
    if (times_.empty()) throw DomainError("time grid: expected at least one time, got none");
    for (std::size_t i = 0; i < times_.size(); ++i) {
      require(is_finite(times_[i]), "time", times_[i], "a finite number");
      if (i > 0) require(times_[i] > times_[i - 1], "time", times_[i], "times that increase strictly");
    }
  }

  // `count` >= 2 equally spaced times from `first` to `last`, both included exactly.
  static TimeGrid linear(Real first, Real last, int count) {
    require(count >= 2, "number of times", count, "2 or more");
    std::vector<Real> times(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
      times[static_cast<std::size_t>(i)] = first + (last - first) * Real(i) / Real(count - 1);
    times.back() = last;
    return TimeGrid(std::move(times));
  }

  const std::vector<Real>& times() const { return times_; }
  std::size_t size() const { return times_.size(); }
  Real front() const { return times_.front(); }
  Real back() const { return times_.back(); }
  Real operator[](std::size_t i) const { return times_[i]; }
  auto begin() const { return times_.begin(); }
  auto end() const { return times_.end(); }

 private:
  std::vector<Real> times_;
};

}  // namespace dln::base
