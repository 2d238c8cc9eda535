#include "dln/network/chain_gradient.hpp"

#include "dln/base/error.hpp"
#include "dln/linalg/small_products.hpp"

namespace dln::network {
namespace {

using linalg::Matrix;

// Compressed networks have ten units a layer, say, and a hundred layers: a general product would spend its
// time packing.
bool small(Eigen::Index rows, Eigen::Index inner, Eigen::Index columns) {
  return linalg::few_rows(rows) && inner * columns <= 1 << 14;
}

// c = a b.
void multiply(const Matrix& a, const auto& b, auto&& c) {
  if (small(a.rows(), a.cols(), b.cols()))
    linalg::multiply_small(a.data(), b.data(), c.data(), a.rows(), a.cols(), b.cols());
  else
    c.noalias() = a * b;
}
// c = a b^T.
void multiply_by_transpose(const Matrix& a, const auto& b, Matrix& c) {
  if (small(a.rows(), a.cols(), b.rows()))
    linalg::multiply_small_by_transpose(a.data(), b.data(), c.data(), a.rows(), a.cols(), b.rows());
  else
    c.noalias() = a * b.transpose();
}
// c = a^T b, with room for a^T.
void multiply_transposed(const Matrix& a, const Matrix& b, auto&& c, Matrix& transposed) {
  if (small(a.cols(), a.rows(), b.cols())) {
    transposed = a.transpose();
    linalg::multiply_small(transposed.data(), b.data(), c.data(), a.cols(), a.rows(), b.cols());
  } else {
    c.noalias() = a.transpose() * b;
  }
}

}  // namespace

ChainGradient::ChainGradient(const data::Correlations& correlations, const LinearNetwork<double>& shape)
    : correlations_(correlations),
      inputs_(correlations.sigma11.isIdentity(0)   ? Inputs::white
              : correlations.sigma11.isDiagonal(0) ? Inputs::diagonal
                                                   : Inputs::correlated),
      backward_(static_cast<std::size_t>(shape.depth().weight_matrices())),
      forward_(backward_.size()) {
  if (shape.inputs() != correlations.sigma31.cols() || shape.outputs() != correlations.sigma31.rows())
    throw base::DomainError(
        fmt::format("network from {} inputs to {} outputs: Sigma31 is {} x {}, expected {} x {}",
                    shape.inputs(), shape.outputs(), correlations.sigma31.rows(), correlations.sigma31.cols(),
                    shape.outputs(), shape.inputs()));
  for (int l = 0; l < shape.depth().weight_matrices(); ++l) {
    const Eigen::Index units = shape.units()[static_cast<std::size_t>(l)];
    backward_[static_cast<std::size_t>(l)].resize(shape.outputs(), units);
    forward_[static_cast<std::size_t>(l)].resize(shape.outputs(), units);
  }
}

void ChainGradient::operator()(const LinearNetwork<double>& network, LinearNetwork<double>& direction) {
  const int matrices = network.depth().weight_matrices();
  auto at = [](auto& list, int l) -> auto& {
    return list[static_cast<std::size_t>(l)];
  };

  at(backward_, matrices - 1) = network.weight(matrices);
  for (int l = matrices - 1; l >= 1; --l) multiply(at(backward_, l), network.weight(l), at(backward_, l - 1));

  at(forward_, 0) = correlations_.sigma31;
  if (inputs_ == Inputs::white)
    at(forward_, 0) -= at(backward_, 0);
  else if (inputs_ == Inputs::diagonal)
    at(forward_, 0) -= at(backward_, 0) * correlations_.sigma11.diagonal().asDiagonal();
  else
    at(forward_, 0).noalias() -= at(backward_, 0) * correlations_.sigma11;
  for (int l = 1; l < matrices; ++l)
    multiply_by_transpose(at(forward_, l - 1), network.weight(l), at(forward_, l));

  // backward_[l] holds the factor left of W^l for l < L; left of W^L stands the identity.
  for (int l = 1; l < matrices; ++l)
    multiply_transposed(at(backward_, l), at(forward_, l - 1), direction.weight(l), transposed_);
  direction.weight(matrices) = at(forward_, matrices - 1);
}

// With W the end-to-end map, ||y||^2 - 2 W.Sigma31 + W Sigma11.W = ||y||^2 - W.(Sigma31 + (Sigma31 - W
// Sigma11)).
double ChainGradient::squared_error() const {
  const double explained =
      (backward_.front().array() * (correlations_.sigma31 + forward_.front()).array()).sum();
  return 0.5 * (correlations_.target_power - explained);
}

double squared_error(const LinearNetwork<double>& network, const data::Correlations& correlations) {
  const linalg::Matrix map = end_to_end(network);
  const double cross = (correlations.sigma31.array() * map.array()).sum();
  const double power = ((map * correlations.sigma11).array() * map.array()).sum();
  return 0.5 * (correlations.target_power - 2 * cross + power);
}

}  // namespace dln::network
