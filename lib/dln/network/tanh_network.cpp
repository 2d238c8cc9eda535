#include "dln/network/tanh_network.hpp"

#include "dln/base/array_tanh.hpp"
#include "dln/base/error.hpp"
#include "dln/linalg/tile_products.hpp"

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
  const Eigen::Index hidden = shape.units()[1], answers = examples.targets.cols();
  const auto suit = [&](Eigen::Index n, Eigen::Index k, Eigen::Index m) {
    return linalg::suits_tiles(n, k, m);
  };
  fused_ = suit(shape.outputs(), hidden, answers) && suit(shape.outputs(), answers, hidden) &&
           suit(hidden, shape.outputs(), answers) && suit(hidden, shape.inputs(), answers) &&
           suit(hidden, answers, shape.inputs());
  hidden_.resize(hidden, answers);
  backward_.resize(hidden, answers);
  residual_.resize(shape.outputs(), answers);
}

void TanhGradient::multiply(const auto& a, const auto& b, auto&& c) const {
  if (fused_)
    linalg::multiply_tiles(1.0, a, b, c);
  else
    c.noalias() = a * b;
}

void TanhGradient::look(const LinearNetwork<double>& weights) {
  const auto w21 = weights.weight(1), w32 = weights.weight(2);
  if (one_hot_)
    hidden_ = w21;
  else
    multiply(w21, examples_.inputs, hidden_);
  base::arrays::become_tanh(hidden_.data(), hidden_.size());
  if (fused_) return linalg::multiply_tiles(examples_.targets, -1.0, w32, hidden_, residual_);
  residual_ = examples_.targets;
  residual_.noalias() -= w32 * hidden_;
}

TrainingPath TanhGradient::path() const {
  if (fused_)
    return {PathKind::fused,
            fmt::format("weights and answers to {} examples stay in the cache", hidden_.cols())};
  return {PathKind::general,
          fmt::format("answers to {} examples are more than the cache holds", hidden_.cols())};
}

void TanhGradient::go_back(const LinearNetwork<double>& weights) {
  transposed_.resize(weights.weight(2).cols(), weights.weight(2).rows());
  linalg::transpose(weights.weight(2), transposed_);
  multiply(transposed_, residual_, backward_);
  backward_.array() *= 1 - hidden_.array().square();
}

void TanhGradient::operator()(const LinearNetwork<double>& weights, LinearNetwork<double>& direction) {
  look(weights);
  go_back(weights);
  multiply(residual_, hidden_.transpose(), direction.weight(2));
  if (one_hot_)
    direction.weight(1) = backward_;
  else
    multiply(backward_, examples_.inputs.transpose(), direction.weight(1));
}

void TanhGradient::step(LinearNetwork<double>& weights, double rate) {
  auto w21 = weights.weight(1), w32 = weights.weight(2);
  go_back(weights);
  linalg::multiply_tiles(w32, rate, residual_, hidden_.transpose(), w32);
  if (one_hot_)
    linalg::add_fused(rate, backward_.data(), w21.data(), w21.size());
  else
    linalg::multiply_tiles(w21, rate, backward_, examples_.inputs.transpose(), w21);
}

linalg::Matrix tanh_correlation(const LinearNetwork<double>& weights, const linalg::Matrix& inputs) {
  require_three_layers(weights, inputs.rows());
  linalg::Matrix hidden = weights.weight(1) * inputs;
  base::arrays::become_tanh(hidden.data(), hidden.size());
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
  FusedSteps fused;
  if (gradient.fused())
    fused = {[&](const LinearNetwork<double>& at) {
               gradient.look(at);
               return gradient.residual_norm();
             },
             [&](LinearNetwork<double>& moved, double rate) { gradient.step(moved, rate); }};
  auto result = descend_by(rule, examples.targets.norm(), std::move(weights), options, observer, fused);
  result.path = gradient.path();
  return result;
}

}  // namespace dln::network
