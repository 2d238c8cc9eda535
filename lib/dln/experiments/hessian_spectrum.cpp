#include "dln/experiments/hessian_spectrum.hpp"

#include <algorithm>
#include <cmath>

#include "dln/network/gradient_flow.hpp"
#include "dln/network/hessian.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/deep_mode.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;

struct SmallProblem {
  data::Correlations correlations;
  network::LinearNetwork<double> start;
};

SmallProblem problem_of(const SpectrumOptions& options, const std::vector<Eigen::Index>& units) {
  auto stream = base::stream(options.seed, "Hessian spectrum");
  const auto r = static_cast<Eigen::Index>(options.singular_values.size());
  const Matrix inputs = linalg::haar_orthonormal(units.front(), units.front(), stream);
  const data::SingularModes modes{linalg::haar_orthonormal(units.back(), r, stream),
                                  Eigen::Map<const Vector>(options.singular_values.data(), r),
                                  inputs.leftCols(r)};
  data::Correlations correlations;
  correlations.sigma11 = Matrix::Identity(units.front(), units.front());
  if (!options.input_variances.empty())
    correlations.sigma11 =
        inputs * Eigen::Map<const Vector>(options.input_variances.data(), units.front()).asDiagonal() *
        inputs.transpose();
  correlations.sigma31 = modes.output * modes.singular_values.asDiagonal() * modes.input.transpose();
  const auto L = static_cast<Eigen::Index>(units.size()) - 1;
  const Vector layers =
      Eigen::Map<const Vector>(options.initial_strengths.data(), r).array().pow(1.0 / static_cast<double>(L));
  return {std::move(correlations),
          network::decoupled_weights(units, modes, layers.transpose().replicate(L, 1), stream).network};
}

}  // namespace

SpectrumCourse run_hessian_spectrum(const SpectrumOptions& options) {
  const theory::DecoupledModes modes{options.singular_values, options.initial_strengths,
                                     options.input_variances};
  theory::decoupled_hessian_spectrum(options.units, modes);  // refuses what does not fit
  const std::vector<Eigen::Index> units(options.units.begin(), options.units.end());
  const auto problem = problem_of(options, units);
  const auto grid = base::TimeGrid<double>::linear(0, options.duration, options.samples);
  const auto solution =
      network::gradient_flow_fully(problem.start, problem.correlations, 1, grid,
                                   {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-14});
  SpectrumCourse course{grid.times(), {}, Matrix(options.samples, problem.start.buffer().size())};
  for (std::size_t k = 0; k < grid.size(); ++k) {
    const auto at = network::network_at(problem.start, solution.trajectory.state(k));
    course.law.push_back(modes_after(grid[k], options.units, modes));
    course.network.row(static_cast<Eigen::Index>(k)) =
        linalg::symmetric_eigen(network::dense_hessian(at, problem.correlations)).values.transpose();
  }
  return course;
}

theory::DecoupledModes modes_after(double t, const std::vector<long>& units, theory::DecoupledModes start) {
  const base::DepthExponent depth(base::Depth::from_weight_matrices(static_cast<int>(units.size()) - 1));
  for (std::size_t i = 0; i < start.strengths.size(); ++i) {
    const theory::ModeNumbers<double> numbers{start.singular_values[i], start.strengths[i], 1};
    start.strengths[i] =
        strength_at(theory::DeepMode<double>(depth, with_input_variance(numbers, start.variance(i))), t);
  }
  return start;
}

Vector listed(const std::vector<theory::CountedEigenvalue<double>>& spectrum) {
  std::vector<double> all;
  for (const auto& [value, count] : spectrum) all.insert(all.end(), static_cast<std::size_t>(count), value);
  std::ranges::sort(all, std::greater<>());
  return Eigen::Map<const Vector>(all.data(), static_cast<Eigen::Index>(all.size()));
}

}  // namespace dln::experiments
