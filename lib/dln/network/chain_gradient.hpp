// ChainGradient: minus the gradient of the squared error, Eq 1 for two matrices and Eq 13 for any number:
//
//   G^l = (W^L ... W^{l+1})^T [ Sigma31 - W^L ... W^1 Sigma11 ] (W^{l-1} ... W^1)^T
//
// in the cheap order: every intermediate has as few rows as the network has outputs, and nothing of size
// hidden x hidden is formed but the gradient itself. Correlations, never examples: the cost is independent of
// P.
#pragma once

#include "dln/data/correlations.hpp"
#include "dln/network/linear_network.hpp"
#include "dln/network/training_path.hpp"

namespace dln::network {

// Fused or general, for a network of these units: by what ChainGradient does with most of its weights.
TrainingPath gradient_path(const std::vector<Eigen::Index>& units, data::InputForm inputs);

// Keeps its workspace from call to call: as many rows as there are outputs, for every layer twice. Real is
// double or float; the error is summed in double.
template <class Real>
class ChainGradient {
 public:
  using Network = LinearNetwork<Real>;

  // Throws DomainError when the sizes of network and correlations do not compose.
  ChainGradient(const data::Correlations& correlations, const Network& shape);

  // direction = -dE/dW, E = 1/2 sum_mu ||y - W^L...W^1 x||^2 in the normalisation of the correlations.
  void operator()(const Network& network, Network& direction);

  // The same in two halves, for a step in place that needs no second copy of the weights: look() reads the
  // weights once, after which the error is known; step() moves what was looked at by W^l += rate G^l, all
  // layers from the old weights, reading and writing each once.
  void look(const Network& network);
  void step(Network& network, Real rate);

  // Whether the step does the same arithmetic as adding rate times the direction, to the last bit, and in
  // less time: two matrices on white inputs that fit into the second cache (Fig 3).
  bool fused() const { return fused_; }
  TrainingPath path() const { return gradient_path(units_, inputs_); }

  // ||Sigma31 - W^L...W^1 Sigma11||_F of the last call.
  double error_correlation_norm() const;
  // That matrix itself: N_{L+1} x N_1.
  typename Network::ConstView error_correlation() const;
  // E of the last call.
  double squared_error() const;
  // ||Sigma31||_F: the first of these at zero weights.
  double target_correlation_norm() const { return static_cast<double>(sigma31_.norm()); }
  // By which a rate that multiplies sums over the examples multiplies G^l (data::sum_factor).
  double sum_factor() const { return sum_factor_; }

 private:
  using Matrix = typename Network::Matrix;

  // Of a fused step, on cache lines: Sigma31, the error, W32^T.
  typename Network::View targets() { return {room_.data(), units_[2], units_[0]}; }
  typename Network::View error() {
    return {room_.data() + padded(units_[2] * units_[0]), units_[2], units_[0]};
  }
  typename Network::View transposed() {
    return {room_.data() + 2 * padded(units_[2] * units_[0]), units_[1], units_[2]};
  }
  static Eigen::Index padded(Eigen::Index size) { return (size + 15) / 16 * 16; }

  Matrix& above(int l) { return backward_[static_cast<std::size_t>(l)]; }
  Matrix& below(int l) { return forward_[static_cast<std::size_t>(l)]; }

  data::InputForm inputs_;
  bool fused_ = false;
  Matrix sigma11_;  // whole, one column for a diagonal, nothing for the identity
  Matrix sigma31_;
  double target_power_, sum_factor_;
  std::vector<Eigen::Index> units_;
  std::vector<Matrix> backward_;  // [l] = W^L ... W^{l+1} : N_{L+1} x N_{l+1}, l = 0 .. L-1
  std::vector<Matrix> forward_;   // [l] = E (W^l ... W^1)^T : N_{L+1} x N_{l+1}, l = 0 .. L-1
  Matrix transposed_, product_;
  linalg::AlignedVector<Real> room_;
};
template <class Real>
ChainGradient(const data::Correlations&, const LinearNetwork<Real>&) -> ChainGradient<Real>;

extern template class ChainGradient<double>;
extern template class ChainGradient<float>;

// Throws DomainError unless a network of these units leads from the inputs of the correlations to their
// outputs.
void require_fitting(const std::vector<Eigen::Index>& units, const data::Correlations& correlations);

// 1/2 sum ||y - W^L...W^1 x||^2 in the normalisation of the correlations.
double squared_error(const LinearNetwork<double>& network, const data::Correlations& correlations);

}  // namespace dln::network
