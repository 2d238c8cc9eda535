// Trajectory: the states x(t_0), x(t_1), ... of a system, each of the same dimension.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dln/base/error.hpp"

namespace dln::base {

// Invariant: size() states of dimension() numbers each, kept one after the other.
template <class Real = double>
class Trajectory {
 public:
  explicit Trajectory(std::size_t dimension) : dimension_(dimension) {}

  // Throws DomainError when the state is not of this trajectory's dimension.
  void append(Real time, std::span<const Real> state) {
    require(state.size() == dimension_, "state dimension", static_cast<double>(state.size()),
            fmt::format("{}", dimension_));
    times_.push_back(time);
    values_.insert(values_.end(), state.begin(), state.end());
  }

  std::size_t size() const { return times_.size(); }
  std::size_t dimension() const { return dimension_; }
  const std::vector<Real>& times() const { return times_; }
  Real time(std::size_t i) const { return times_.at(i); }
  std::span<const Real> state(std::size_t i) const {
    return std::span<const Real>(values_).subspan(i * dimension_, dimension_);
  }
  std::span<const Real> final_state() const { return state(size() - 1); }
  // x_k at every time, k = 0 .. dimension() - 1.
  std::vector<Real> component(std::size_t k) const {
    std::vector<Real> values;
    for (std::size_t i = 0; i < size(); ++i) values.push_back(state(i)[k]);
    return values;
  }

 private:
  std::size_t dimension_;
  std::vector<Real> times_;
  std::vector<Real> values_;
};

}  // namespace dln::base
