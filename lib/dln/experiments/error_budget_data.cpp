#include "dln/experiments/error_budget_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/experiments/decoupled_fit.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/input_compression.hpp"
#include "dln/network/output_compression.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

// Of the vectors a, b and of what of the weights lies outside the modes: do any two of different modes meet?
// Where none does, the competition terms of Eq 5 vanish, and go on vanishing.
bool modes_meet(const Network& start, const data::SingularModes& modes) {
  const Matrix a = start.weight(1) * modes.input, b = start.weight(2).transpose() * modes.output;
  const Matrix spare_a = start.weight(1) - a * modes.input.transpose(),
               spare_b = start.weight(2).transpose() - b * modes.output.transpose();
  double meeting = 0;
  const auto see = [&](const Matrix& x, const Matrix& y, bool same_modes) {
    Matrix gram = x.transpose() * y;
    if (same_modes) gram.diagonal().setZero();
    meeting = std::max(meeting, gram.cwiseAbs().maxCoeff());
  };
  for (const Matrix* x : {&a, &b}) {
    for (const Matrix* y : {&a, &b}) see(*x, *y, true);
    see(*x, spare_a, false);
    see(*x, spare_b, false);
  }
  const double size = std::max(a.colwise().squaredNorm().maxCoeff(), b.colwise().squaredNorm().maxCoeff());
  return meeting > kOffAlready * size;
}

BudgetInput input_of(const BudgetData& given) {
  const Matrix &sigma11 = given.correlations.sigma11, &v = given.modes.input;
  const Vector& d = given.variances;
  const Matrix identity = Matrix::Identity(sigma11.rows(), sigma11.rows());
  if ((sigma11 - d[0] * identity).norm() <= kOffAlready * sigma11.norm()) return BudgetInput::white;
  const Vector turned = (sigma11 * v - v * d.asDiagonal()).colwise().norm().transpose();
  return (turned.array() <= kOffAlready * d.array()).all() ? BudgetInput::aligned : BudgetInput::as_given;
}

// Decoupled, with layers u0^{1/L} of every mode and a positive product.
bool is_nominal(const BudgetData& given, double u0) {
  const auto fit = fit_decoupled(given.start, given.modes);
  const double layer = std::pow(u0, 1.0 / given.start.depth().weight_matrices());
  Vector product = Vector::Ones(fit.strengths[0].size());
  bool same = fit.worst() <= kOffAlready;
  for (const Vector& strengths : fit.strengths) {
    same = same && ((strengths.array().abs() - layer).abs() <= kOffAlready * layer).all();
    product.array() *= strengths.array();
  }
  return same && (product.array() > 0).all();
}

}  // namespace

BudgetData as_given(const data::Correlations& c, const data::SingularModes& modes, const Network& start) {
  const Eigen::Index inputs = c.sigma31.cols(), outputs = c.sigma31.rows();
  if (c.sigma11.rows() != inputs || c.sigma11.cols() != inputs || modes.input.rows() != inputs ||
      modes.output.rows() != outputs || modes.size() == 0 || start.inputs() != inputs ||
      start.outputs() != outputs)
    throw base::DomainError(fmt::format(
        "network from {} to {} units, {} modes, Sigma31 {} x {}, Sigma11 {} x {}: expected sizes that "
        "compose",
        start.inputs(), start.outputs(), modes.size(), outputs, inputs, c.sigma11.rows(), c.sigma11.cols()));
  base::require(network::flat(start).allFinite(), "weights of the start",
                std::numeric_limits<double>::quiet_NaN(), "finite numbers");
  const network::OutputCompression few(c.sigma31, start);
  BudgetData data{few.compress(c), few.compress(modes), few.compress(start), {}};
  if (data::input_form(c.sigma11) == data::InputForm::correlated) {
    const auto eigen = linalg::symmetric_eigen(c.sigma11);
    data.correlations.sigma11 = eigen.values.asDiagonal();
    data.correlations.sigma31 *= eigen.vectors;
    data.modes.input = eigen.vectors.transpose() * data.modes.input;
    data.start.weight(1) = (data.start.weight(1) * eigen.vectors).eval();
  }
  const Vector diagonal = data.correlations.sigma11.diagonal();
  data.variances = data.modes.input.cwiseAbs2().transpose() * diagonal;
  base::require(data.variances.minCoeff() > 0, "least variance of a mode's input", data.variances.minCoeff(),
                "more than 0");
  return data;
}

BudgetData aligned(const BudgetData& given) {
  const Matrix& v = given.modes.input;
  const Eigen::Index modes = v.cols(), rest = v.rows() - modes;
  Matrix basis(v.rows(), v.rows());
  Vector diagonal(v.rows());
  basis.leftCols(modes) = v;
  diagonal.head(modes) = given.variances;
  if (rest > 0) {
    const Matrix others = linalg::completed_basis(v).rightCols(rest);
    const auto eigen = linalg::symmetric_eigen(others.transpose() * given.correlations.sigma11 * others);
    basis.rightCols(rest) = others * eigen.vectors;
    diagonal.tail(rest) = eigen.values;
  }
  BudgetData data = given;
  data.correlations.sigma11 = diagonal.asDiagonal();
  data.correlations.sigma31 *= basis;
  data.correlations.sigma31.rightCols(rest).setZero();
  data.modes.input = Matrix::Identity(v.rows(), modes);
  data.start.weight(1) = (data.start.weight(1) * basis).eval();
  return data;
}

BudgetData white(const BudgetData& given) {
  BudgetData data = given;
  const Eigen::Index inputs = given.start.inputs();
  // Between the modes' own: with the largest of them weak modes would end where they start, with the least
  // the strong ones would be too steep for the rate.
  const double variance = std::exp(given.variances.array().log().mean());
  data.variances.setConstant(variance);
  data.correlations.sigma11 = variance * Matrix::Identity(inputs, inputs);
  const network::InputCompression few(data.correlations, data.start);
  data.modes = few.compress(data.modes);
  data.correlations = few.compress(data.correlations);
  data.start = few.compress(data.start);
  return data;
}

Situation causes_present(const BudgetData& given, double u0, Eigen::Index learnable) {
  Situation full;
  full.input = input_of(given);
  if (given.start.depth().weight_matrices() != 2) {
    full.seed = full.imbalance = full.competition = false;
    full.start = !is_nominal(given, u0);
    return full;
  }
  full.start = false;
  const auto [growing, shrinking] = parts_of(given);
  const auto p = growing.leftCols(learnable).colwise().squaredNorm().array();
  const auto m = shrinking.leftCols(learnable).colwise().squaredNorm().array();
  full.seed = !((p - u0).abs() <= kOffAlready * u0).all();
  full.imbalance = !(m <= kOffAlready * u0).all();
  full.competition = modes_meet(given.start, given.modes);
  return full;
}

ModeParts parts_of(const BudgetData& data) {
  const Matrix a = data.start.weight(1) * data.modes.input,
               b = data.start.weight(2).transpose() * data.modes.output;
  return {(a + b) / 2, (a - b) / 2};
}

Network prepared_start(const BudgetData& data, const Situation& situation, double u0,
                       Eigen::Index learnable) {
  if (data.start.depth().weight_matrices() != 2 || (situation.seed && situation.imbalance)) return data.start;
  const auto [growing, shrinking] = parts_of(data);
  Matrix more = Matrix::Zero(growing.rows(), growing.cols()), less = more;  // added to the two parts
  for (Eigen::Index k = 0; k < learnable; ++k) {
    const double size = growing.col(k).norm();
    if (!situation.seed && size > 0) more.col(k) = (std::sqrt(u0) / size - 1) * growing.col(k);
    if (!situation.imbalance) less.col(k) = -shrinking.col(k);
  }
  Network changed = data.start;
  changed.weight(1) += (more + less) * data.modes.input.transpose();
  changed.weight(2) += data.modes.output * (more - less).transpose();
  return changed;
}

}  // namespace dln::experiments
