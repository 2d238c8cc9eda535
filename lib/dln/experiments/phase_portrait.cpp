#include "dln/experiments/phase_portrait.hpp"

#include <cmath>

#include "dln/flow/three_layer_flow.hpp"

namespace dln::experiments {
namespace {

PhasePortrait::Curve branch_of_minima(double s, double extent, double sign) {
  PhasePortrait::Curve curve;
  constexpr int kPoints = 121;
  const double first = std::log(s / extent), last = std::log(extent);
  for (int i = 0; i < kPoints; ++i) {
    const double a = sign * std::exp(first + (last - first) * i / (kPoints - 1));
    curve.push_back({a, s / a});
  }
  return curve;
}

}  // namespace

PhasePortrait draw_phase_portrait(const PhasePortraitOptions& options) {
  base::require_positive("s", options.singular_value);
  base::require_positive("extent", options.extent);
  base::require(options.arrows >= 2, "arrows", options.arrows, "2 or more");
  base::require(options.extent * options.extent > options.singular_value, "extent", options.extent,
                "more than sqrt(s), so that the minima ab = s are in view");
  const flow::ThreeLayerFlow<double> flow({options.singular_value, options.time_constant});
  const auto field = flow.layers();

  PhasePortrait portrait;
  for (int i = 0; i < options.arrows; ++i)
    for (int j = 0; j < options.arrows; ++j) {
      const double step = 2 * options.extent / (options.arrows - 1);
      const std::array<double, 2> x{-options.extent + i * step, -options.extent + j * step};
      std::array<double, 2> dx{};
      field(x, dx, 0);
      portrait.field.push_back({x[0], x[1], dx[0], dx[1]});
    }
  for (double sign : {-1.0, 1.0})
    portrait.minima.push_back(branch_of_minima(options.singular_value, options.extent, sign));
  portrait.stable_manifold = {{-options.extent, options.extent}, {options.extent, -options.extent}};
  const auto grid = base::TimeGrid<double>::linear(0, options.duration, 241);
  for (const auto& start : options.starts) {
    const auto solution = ode::integrate_fully<double>(field, {start[0], start[1]}, grid);
    PhasePortrait::Curve curve;
    for (std::size_t k = 0; k < solution.trajectory.size(); ++k)
      curve.push_back({solution.trajectory.state(k)[0], solution.trajectory.state(k)[1]});
    portrait.trajectories.push_back(std::move(curve));
  }
  return portrait;
}

}  // namespace dln::experiments
