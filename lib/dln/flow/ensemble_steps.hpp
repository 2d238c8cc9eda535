// One trial step of a batch of modes at once (ensemble_flow.hpp): the loops that become vector instructions.
#pragma once

#include <array>
#include <cstddef>

#include "dln/base/array_math.hpp"
#include "dln/flow/dop853.hpp"

namespace dln::flow::detail {

inline constexpr std::size_t kLanes = 128;
using Row = std::array<double, kLanes>;

// Slopes of n modes with numbers s and pace = 1/tau: the right-hand sides. x and slope are of one row per
// component.
struct Slice {
  const double *s, *pace;
  std::size_t n;
};
void eq15_shallow(const Slice& modes, const double* u, double* slope);  // L = 1
void eq10(const Slice& modes, const double* u, double* slope);
void eq16(const Slice& modes, const double* u, double* slope);
// NaN for u < 0. excess: 1 - 2/L.
void eq15(double matrices, const base::arrays::SplitPower& excess, const Slice& modes, const double* u,
          double* slope);
void eq8(const Slice& modes, const double* a, const double* b, double* slope_a, double* slope_b);

// What a component has in every lane.
struct Component {
  Row x, next, place;
  std::array<Row, dop853::kStages + 1> slopes;  // the last one at `next`
};

// place = x + h sum_j weights[j] slopes[j].
void advance(const dop853::Weights& weights, std::size_t stages, const Component& from, const Row& h,
             std::size_t n, Row& place);

// The error of the step relative to tolerance x size, and by what to multiply h so that it becomes 0.9^8.
struct Judgement {
  Row error, factor;
};
void judge(const Component* components, std::size_t count, const Row& h, double tolerance, std::size_t n,
           Judgement& judgement);

}  // namespace dln::flow::detail
