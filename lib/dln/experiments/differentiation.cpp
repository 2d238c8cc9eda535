#include "dln/experiments/differentiation.hpp"

#include <cmath>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;

Matrix centred(const Matrix& answers) {
  return answers.colwise() - answers.rowwise().mean();
}

// The first sample at which mode k has 95 % of its s; the run ends beyond that for every mode.
std::size_t sample_after(const LearningProblem& problem, const TransitionRun& run, Eigen::Index mode) {
  base::require(mode >= 1 && mode <= run.strengths.cols(), "mode", static_cast<double>(mode),
                "the number of a mode, from 1");
  const double level = 0.95 * problem.modes.singular_values[mode - 1];
  Eigen::Index i = 0;
  while (i + 1 < run.strengths.rows() && !(run.strengths(i, mode - 1) >= level)) ++i;
  return static_cast<std::size_t>(i);
}

Matrix principal_axes(const std::vector<Matrix>& answers) {
  Matrix scatter = Matrix::Zero(answers[0].rows(), answers[0].rows());
  for (const Matrix& now : answers) {
    const Matrix c = centred(now);
    scatter += c * c.transpose();
  }
  return linalg::symmetric_eigen(scatter).vectors.leftCols(2);
}

}  // namespace

Differentiation differentiate(const LearningProblem& problem, const TransitionRun& run,
                              const std::vector<Eigen::Index>& after, const Matrix& axes) {
  if (run.answers.empty()) throw base::DomainError("differentiation: expected a run that kept its answers");
  const Matrix goal = centred(problem.modes.output.transpose() * problem.correlations.sigma31);
  const double mean_square = goal.squaredNorm() / static_cast<double>(goal.cols());
  Differentiation found;
  found.axes = axes.size() > 0 ? axes : principal_axes(run.answers);
  for (const Matrix& answers : run.answers)
    found.places.push_back(found.axes.transpose() * centred(answers) / std::sqrt(mean_square));
  for (const Eigen::Index mode : after) {
    found.snapshots.push_back(sample_after(problem, run, mode));
    const Matrix answers = centred(run.answers[found.snapshots.back()]);
    found.similarity.push_back(answers.transpose() * answers / mean_square);
  }
  return found;
}

}  // namespace dln::experiments
