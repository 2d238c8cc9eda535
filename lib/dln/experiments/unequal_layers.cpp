#include "dln/experiments/unequal_layers.hpp"

#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/flow/deep_flow.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/unbalanced_deep_mode.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using Mode = theory::UnbalancedDeepMode<double>;

const ode::Options<double> kTolerance{.relative_tolerance = 1e-11, .absolute_tolerance = 1e-13};

// Largest difference between two columns in how far they are from their first row.
double spread(const Matrix& squares) {
  base::Worst worst;
  for (Eigen::Index k = 0; k < squares.rows(); ++k) {
    const Eigen::RowVectorXd change = squares.row(k) - squares.row(0);
    worst.see(change.maxCoeff() - change.minCoeff());
  }
  return worst.value();
}

Matrix along_theory(const Mode& mode, const base::TimeGrid<double>& grid) {
  Matrix layers(static_cast<Eigen::Index>(grid.size()), static_cast<Eigen::Index>(mode.layers().size()));
  for (Eigen::Index k = 0; k < layers.rows(); ++k) {
    const auto now = layers_at(mode, grid[static_cast<std::size_t>(k)]);
    layers.row(k) = Eigen::Map<const Eigen::RowVectorXd>(now.data(), layers.cols());
  }
  return layers;
}

Matrix along_flow(const UnequalLayersOptions& options, const base::TimeGrid<double>& grid) {
  const flow::DeepFlow<double> flow({options.singular_value, options.time_constant});
  const auto solution = ode::integrate_fully<double>(flow.layers(), options.layers, grid, kTolerance);
  Matrix layers(static_cast<Eigen::Index>(grid.size()), static_cast<Eigen::Index>(options.layers.size()));
  for (Eigen::Index k = 0; k < layers.rows(); ++k) {
    const auto now = solution.trajectory.state(static_cast<std::size_t>(k));
    layers.row(k) = Eigen::Map<const Eigen::RowVectorXd>(now.data(), layers.cols());
  }
  return layers;
}

// Strengths of the first mode in every layer, and ||W^l||_F^2.
struct NetworkRun {
  Matrix strengths, squares;
};

NetworkRun along_network(const UnequalLayersOptions& options, const base::TimeGrid<double>& grid) {
  auto stream = base::stream(options.seed, "unequal layers");
  const Eigen::Index width = options.width, L = static_cast<Eigen::Index>(options.layers.size());
  const Matrix u = linalg::haar_orthonormal(width, 2, stream), v = linalg::haar_orthonormal(width, 2, stream);
  data::Correlations correlations;
  correlations.sigma11 = Matrix::Identity(width, width);
  correlations.sigma31 = options.singular_value * u * Eigen::Vector2d(1, 0.5).asDiagonal() * v.transpose();
  Matrix strengths(L, 2);
  for (Eigen::Index l = 0; l < L; ++l) {
    strengths(l, 0) = options.layers[static_cast<std::size_t>(l)];
    strengths(L - 1 - l, 1) = std::abs(strengths(l, 0));
  }
  const std::vector<Eigen::Index> units(static_cast<std::size_t>(L) + 1, width);
  const auto start =
      network::decoupled_weights(units, data::singular_modes(correlations.sigma31), strengths, stream);
  const auto solution =
      network::gradient_flow_fully(start.network, correlations, options.time_constant, grid, kTolerance);
  NetworkRun run{Matrix(static_cast<Eigen::Index>(grid.size()), L),
                 Matrix(static_cast<Eigen::Index>(grid.size()), L)};
  for (Eigen::Index k = 0; k < run.strengths.rows(); ++k) {
    const auto now =
        network::network_at(start.network, solution.trajectory.state(static_cast<std::size_t>(k)));
    for (Eigen::Index l = 0; l < L; ++l) {
      const auto weight = now.weight(static_cast<int>(l) + 1);
      const auto &below = start.bases[static_cast<std::size_t>(l)],
                 &above = start.bases[static_cast<std::size_t>(l) + 1];
      run.strengths(k, l) = above.col(0).dot(weight * below.col(0));
      run.squares(k, l) = weight.squaredNorm();
    }
  }
  return run;
}

}  // namespace

UnequalLayers run_unequal_layers(const UnequalLayersOptions& options) {
  base::require(options.completion > 0 && options.completion < 1, "completion", options.completion,
                "a share of s greater than 0 and less than 1");
  base::require(options.width >= 2, "width", options.width, "2 or more units");
  const Mode mode({options.layers, options.singular_value, options.time_constant});
  base::require_non_negative("duration", options.duration);
  const double duration = options.duration > 0
                              ? options.duration
                              : time_to_reach(mode, options.completion * options.singular_value);
  const auto grid = base::TimeGrid<double>::linear(0, duration, options.samples);

  UnequalLayers result;
  result.epochs = grid.times();
  result.theory = along_theory(mode, grid);
  result.flow = along_flow(options, grid);
  const auto network = along_network(options, grid);
  result.network = network.strengths;
  const auto end = layers_reached(mode);
  for (std::size_t i = 0; i < end.size(); ++i) {
    const double start = options.layers[i];
    result.layers.push_back(
        {start, end[i], std::abs(end[i]) / std::abs(start) - 1, half_change_time(mode, i)});
  }
  result.growth = (end[0] - options.layers[0]) * (end[0] + options.layers[0]);
  result.flow_spread = spread(result.flow.cwiseAbs2());
  result.network_spread = spread(network.squares);
  return result;
}

}  // namespace dln::experiments
