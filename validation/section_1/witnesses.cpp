#include "validation/section_1/witnesses.hpp"

#include <algorithm>

namespace dln::validation::section_1 {

using experiments::LearningProblem;
using linalg::Matrix;
using theory::ThreeLayerMode;

std::vector<Eigen::Index> units_of(const LearningProblem& problem, Eigen::Index hidden) {
  return {problem.correlations.sigma31.cols(), hidden, problem.correlations.sigma31.rows()};
}

network::DecoupledStart decoupled_start(const LearningProblem& problem, const Matrix& strengths,
                                        std::uint64_t seed) {
  auto stream = base::stream(seed, "decoupled start of a claim");
  return network::decoupled_weights(units_of(problem, 32), problem.modes, strengths, stream);
}

Matrix layer_strengths(const LearningProblem& problem, double a, double b) {
  Matrix strengths(2, std::min<Eigen::Index>(32, problem.modes.size()));
  strengths.row(0).setConstant(a);
  strengths.row(1).setConstant(b);
  return strengths;
}

Matrix layers_in_bases(const network::LinearNetwork<double>& n, const std::vector<Matrix>& bases) {
  Matrix layers(2, bases[0].cols());
  for (int l = 1; l <= 2; ++l) {
    const auto i = static_cast<std::size_t>(l);
    layers.row(l - 1) = (bases[i].transpose() * n.weight(l) * bases[i - 1]).diagonal().transpose();
  }
  return layers;
}

ThreeLayerMode<double> closed_form(double s, double u0, double tau) {
  return ThreeLayerMode<double>({.singular_value = s, .initial_strength = u0, .time_constant = tau});
}

}  // namespace dln::validation::section_1
