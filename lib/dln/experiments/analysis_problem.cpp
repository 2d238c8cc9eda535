#include "dln/experiments/analysis_problem.hpp"

#include <fmt/format.h>

#include "dln/base/error.hpp"
#include "dln/data/whitening.hpp"

namespace dln::experiments {
namespace {

using data::Correlations;
using linalg::Matrix;

// Of T x and y.
Correlations transformed(const Correlations& c, const Matrix& transform) {
  Correlations result = c;
  result.sigma11 = transform * c.sigma11 * transform.transpose();
  result.sigma31 = c.sigma31 * transform.transpose();
  if (c.input_mean.size() == transform.cols()) result.input_mean = transform * c.input_mean;
  return result;
}

// Of x - x0 and y - y0.
Correlations shifted(const Correlations& c, const linalg::Vector& x0, const linalg::Vector& y0) {
  const auto p = static_cast<double>(c.examples);
  const linalg::Vector &x = c.input_mean, &y = c.target_mean;
  Correlations result = c;
  result.sigma11 += p * (x0 * x0.transpose() - x * x0.transpose() - x0 * x.transpose());
  result.sigma31 += p * (y0 * x0.transpose() - y * x0.transpose() - y0 * x.transpose());
  result.target_power += p * (y0.squaredNorm() - 2 * y0.dot(y));
  result.input_mean = x - x0;
  result.target_mean = y - y0;
  return result;
}

// How many inputs with a square of their own `pattern` hardly reaches, of correlations diag(kept) in it.
Eigen::Index unresolved(const Correlations& all, const Matrix& pattern, const linalg::Vector& kept) {
  const linalg::Vector reached = pattern.cwiseAbs2() * kept, own = all.sigma11.diagonal();
  return (own.array() > 0 && reached.array() < 0.5 * own.array()).count();
}

}  // namespace

std::string_view name_of(InputTreatment treatment) {
  switch (treatment) {
    case InputTreatment::raw:
      return "raw";
    case InputTreatment::centred:
      return "centred";
    case InputTreatment::white:
      return "white";
  }
  return "unknown";
}

AnalysisProblem analysis_problem(const data::SplitCorrelations& split, InputTreatment treatment) {
  const bool centre = treatment == InputTreatment::centred;
  const Correlations all = centre ? data::centred(split.learned) : split.learned;
  if (all.sigma11.isZero(0))
    throw base::DataError(centre ? "its inputs are the same in every example; expected some that differ"
                                 : "its inputs are all zero; expected some that are not");
  AnalysisProblem analysed;
  auto& problem = analysed.problem;
  if (treatment == InputTreatment::white) {
    auto white = data::whiten(all, data::WhiteScale::identity);
    problem.correlations = std::move(white.correlations);
    problem.whiteness_residual = white.residual;
    analysed.transform = std::move(white.transform);
    // T = D^{-1/2} Q^T, so that T^+ = Q D^{1/2} = (T's rows over their squared lengths)^T.
    analysed.pattern =
        (analysed.transform.rowwise().squaredNorm().cwiseInverse().asDiagonal() * analysed.transform)
            .transpose();
  } else {
    auto [correlations, basis] = data::in_principal_components(all);
    problem.correlations = std::move(correlations);
    analysed.transform = basis.transpose();
    analysed.pattern = std::move(basis);
  }
  analysed.unresolved_inputs = unresolved(all, analysed.pattern, problem.correlations.sigma11.diagonal());
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  problem.fingerprint = data::fingerprint(problem.correlations);
  problem.name = fmt::format(
      "{} ({} examples, {} inputs)",
      treatment == InputTreatment::raw ? "inputs as they are" : fmt::format("{} inputs", name_of(treatment)),
      all.examples, problem.correlations.sigma31.cols());
  if (split.held_out) {
    const Correlations out =
        centre ? shifted(*split.held_out, split.learned.input_mean, split.learned.target_mean)
               : *split.held_out;
    analysed.held_out = transformed(out, analysed.transform);
  }
  return analysed;
}

network::LinearNetwork<double> in_coordinates_of(const AnalysisProblem& analysed,
                                                 const network::LinearNetwork<double>& own) {
  base::require(own.inputs() == analysed.pattern.rows(), "inputs of the network",
                static_cast<double>(own.inputs()),
                fmt::format("{}, as the data have", analysed.pattern.rows()));
  base::require(own.outputs() == analysed.problem.correlations.sigma31.rows(), "outputs of the network",
                static_cast<double>(own.outputs()),
                fmt::format("{}, as the data have", analysed.problem.correlations.sigma31.rows()));
  std::vector<Matrix> weights;
  for (int l = 1; l <= own.depth().weight_matrices(); ++l) weights.emplace_back(own.weight(l));
  weights.front() = weights.front() * analysed.pattern;
  return network::LinearNetwork<double>::from_matrices(weights);
}

double squared_error_of_map(const Matrix& map, const Correlations& c) {
  return 0.5 *
         (c.target_power - 2 * map.cwiseProduct(c.sigma31).sum() + (map * c.sigma11).cwiseProduct(map).sum());
}

}  // namespace dln::experiments
