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

namespace dln::network {

// Keeps its workspace from call to call. The correlations must outlive it.
class ChainGradient {
 public:
  // Throws DomainError when the sizes of network and correlations do not compose.
  ChainGradient(const data::Correlations& correlations, const LinearNetwork<double>& shape);

  // direction = -dE/dW, E = 1/2 sum_mu ||y - W^L...W^1 x||^2 in the normalisation of the correlations.
  void operator()(const LinearNetwork<double>& network, LinearNetwork<double>& direction);

  // ||Sigma31 - W^L...W^1 Sigma11||_F of the last call.
  double error_correlation_norm() const { return forward_.front().norm(); }
  // E of the last call.
  double squared_error() const;

 private:
  const data::Correlations& correlations_;
  // Exactly the identity, one product less; exactly diagonal, a scaling in its place.
  enum class Inputs { white, diagonal, correlated } inputs_;
  std::vector<linalg::Matrix> backward_;  // [l] = W^L ... W^{l+1} : N_{L+1} x N_{l+1}, l = 0 .. L-1
  std::vector<linalg::Matrix> forward_;   // [l] = E (W^l ... W^1)^T : N_{L+1} x N_{l+1}, l = 0 .. L-1
  linalg::Matrix transposed_;
};

// 1/2 sum ||y - W^L...W^1 x||^2 in the normalisation of the correlations.
double squared_error(const LinearNetwork<double>& network, const data::Correlations& correlations);

}  // namespace dln::network
