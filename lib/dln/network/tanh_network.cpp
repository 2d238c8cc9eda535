#include "dln/network/tanh_network.hpp"

#include "dln/base/error.hpp"

namespace dln::network {
namespace {

void require_three_layers(const LinearNetwork<double>& weights, Eigen::Index inputs) {
  base::require(weights.depth().weight_matrices() == 2, "weight matrices of a tanh network",
                weights.depth().weight_matrices(), "2");
  base::require(weights.inputs() == inputs, "inputs of the tanh network",
                static_cast<double>(weights.inputs()), fmt::format("{}, as the examples have", inputs));
}

bool is_identity(const linalg::Matrix& m) {
  return m.rows() == m.cols() && m.isIdentity(0);
}

}  // namespace

TanhGradient::TanhGradient(const data::Dataset& examples, const LinearNetwork<double>& shape)
    : examples_(examples), one_hot_(is_identity(examples.inputs)) {
  require_three_layers(shape, examples.inputs.rows());
  base::require(shape.outputs() == examples.targets.rows(), "outputs of the tanh network",
                static_cast<double>(shape.outputs()),
                fmt::format("{}, as the targets have", examples.targets.rows()));
  base::require(examples.inputs.cols() == examples.targets.cols(), "number of targets",
                static_cast<double>(examples.targets.cols()),
                fmt::format("{}, one for each input", examples.inputs.cols()));
}

void TanhGradient::operator()(const LinearNetwork<double>& weights, LinearNetwork<double>& direction) {
  const auto w21 = weights.weight(1), w32 = weights.weight(2);
  if (one_hot_)
    hidden_ = w21.array().tanh();
  else {
    hidden_.noalias() = w21 * examples_.inputs;
    hidden_ = hidden_.array().tanh();
  }
  residual_ = examples_.targets;
  residual_.noalias() -= w32 * hidden_;
  direction.weight(2).noalias() = residual_ * hidden_.transpose();
  backward_.noalias() = w32.transpose() * residual_;
  backward_.array() *= 1 - hidden_.array().square();
  if (one_hot_)
    direction.weight(1) = backward_;
  else
    direction.weight(1).noalias() = backward_ * examples_.inputs.transpose();
}

linalg::Matrix tanh_correlation(const LinearNetwork<double>& weights, const linalg::Matrix& inputs) {
  require_three_layers(weights, inputs.rows());
  const linalg::Matrix hidden = (weights.weight(1) * inputs).array().tanh();
  // N_2 x N_1 first: nothing of size N_3 x P is formed.
  const linalg::Matrix correlation = hidden * inputs.transpose();
  return weights.weight(2) * correlation;
}

DescentResult descend_tanh(LinearNetwork<double> weights, const data::Dataset& examples,
                           const DescentOptions& options, const DescentObserver& observer) {
  TanhGradient gradient(examples, weights);
  const LearningRule rule = [&](const LinearNetwork<double>& at, LinearNetwork<double>& direction) {
    gradient(at, direction);
    return gradient.residual_norm();
  };
  return descend_by(rule, examples.targets.norm(), std::move(weights), options, observer);
}

}  // namespace dln::network
