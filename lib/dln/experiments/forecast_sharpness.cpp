// How sharp the error will be where learning begins and where it ends.
#include <algorithm>

#include "dln/experiments/forecast.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/hessian.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

// Of rank k: the best in the metric of Sigma11, from the SVD of Sigma31 Sigma11^{-1/2}.
Matrix best_map(const LearningProblem& problem, Eigen::Index rank) {
  const Vector scale = problem.correlations.sigma11.diagonal().cwiseSqrt().cwiseInverse();
  const auto svd = linalg::singular_values(problem.correlations.sigma31 * scale.asDiagonal());
  const Eigen::Index held = std::min(rank, svd.s.size());
  return svd.u.leftCols(held) * svd.s.head(held).asDiagonal() * svd.v.leftCols(held).transpose() *
         scale.asDiagonal();
}

double sharpness_at(const LearningProblem& problem, base::Depth depth, const Matrix& map, Eigen::Index rank) {
  std::vector<Eigen::Index> units(static_cast<std::size_t>(depth.layers()), rank);
  units.front() = map.cols();
  units.back() = map.rows();
  auto stream = base::stream(1, "end sharpness");
  return network::top_hessian_eigenvalue(network::balanced_weights(units, map, stream), problem.correlations,
                                         {.tolerance = 1e-6})
      .value;
}

}  // namespace

double sharpness_at_theory_end(const LearningProblem& problem, base::Depth depth, Eigen::Index narrowest) {
  const auto& modes = problem.modes;
  const Eigen::Index held = std::min(narrowest, modes.size());
  const auto [s, d] = aligned_modes(problem);
  const Vector ends = s.head(held).cwiseQuotient(d.head(held));
  return sharpness_at(
      problem, depth,
      modes.output.leftCols(held) * ends.asDiagonal() * modes.input.leftCols(held).transpose(), held);
}

SharpnessAhead sharpness_ahead(const LearningProblem& problem, const Network& start) {
  const Eigen::Index narrowest = *std::ranges::min_element(start.units());
  const Eigen::Index held = std::min(narrowest, problem.modes.size());
  return {network::top_hessian_eigenvalue(start, problem.correlations, {.tolerance = 1e-4}).value,
          sharpness_at_theory_end(problem, start.depth(), narrowest),
          sharpness_at(problem, start.depth(), best_map(problem, held), held)};
}

}  // namespace dln::experiments
