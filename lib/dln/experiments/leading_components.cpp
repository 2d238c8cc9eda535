#include "dln/experiments/leading_components.hpp"

#include <fmt/format.h>

#include "dln/base/error.hpp"

namespace dln::experiments {

LearningProblem leading_components(const LearningProblem& problem, Eigen::Index count) {
  const auto& all = problem.correlations;
  base::require(all.sigma11.isDiagonal(0), "off the diagonal of Sigma11", 1, "zeros: components as inputs");
  base::require(count >= 1 && count <= all.sigma11.rows(), "components", static_cast<double>(count),
                fmt::format("1 to {}", all.sigma11.rows()));
  LearningProblem some = problem;
  some.correlations.sigma11 = all.sigma11.topLeftCorner(count, count);
  some.correlations.sigma31 = all.sigma31.leftCols(count);
  some.correlations.input_mean = {};
  some.modes = data::singular_modes(some.correlations.sigma31);
  some.fingerprint = data::fingerprint(some.correlations);
  some.name = fmt::format("{}, their leading {} components", problem.name, count);
  some.examples.reset();
  return some;
}

}  // namespace dln::experiments
