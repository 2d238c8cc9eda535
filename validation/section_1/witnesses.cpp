#include "validation/section_1/witnesses.hpp"

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/mode_strengths.hpp"

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

double network_against_law(const LearningProblem& problem, double a0, double b0, std::uint64_t seed,
                           const std::function<double(double s, double t)>& strength) {
  const auto start = decoupled_start(problem, layer_strengths(problem, a0, b0), seed);
  const linalg::Vector& s = problem.modes.singular_values;
  const Eigen::Index modes = start.bases[0].cols();
  const double slowest = s[modes - 1], effective = (a0 + b0) * (a0 + b0) / 4;
  const auto grid =
      base::TimeGrid<double>::linear(0, (std::log(slowest / effective) + 10) / (2 * slowest), 41);
  const auto flow = network::gradient_flow_fully(start.network, problem.correlations, 1, grid,
                                                 {.relative_tolerance = 1e-10, .absolute_tolerance = 1e-14});
  base::Worst worst;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const auto now = network::network_at(start.network, flow.trajectory.state(i));
    const linalg::Vector strengths = network::mode_strengths(now, problem.modes).strengths;
    for (Eigen::Index k = 0; k < modes; ++k)
      worst.see(std::abs(strengths[k] - strength(s[k], grid[i])) / s[k]);
  }
  return worst.value();
}

ThreeLayerMode<double> closed_form(double s, double u0, double tau) {
  return ThreeLayerMode<double>({.singular_value = s, .initial_strength = u0, .time_constant = tau});
}

theory::UnequalMode<double> unequal_law(double a0, double b0, double s, double tau) {
  return theory::UnequalMode<double>({.a0 = a0, .b0 = b0, .singular_value = s, .time_constant = tau});
}

ode::Options<double> sharp_integration() {
  return {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-15};
}

}  // namespace dln::validation::section_1
