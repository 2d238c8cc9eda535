// HiddenCompression: learning in wide hidden layers, exactly, in the few directions that it ever reaches.
//
// If W^l = Q_{l+1} w^l Q_l^T for every l, with orthonormal columns in Q_2, ..., Q_L (and Q_1 = I, Q_{L+1} =
// I), then so is every gradient of Eq 13, Q_{l+1} (...) Q_l^T, and the small network (w^1, ..., w^L) follows
// the large one for ever: layer l of it is Q_l's columns. So Q_l spans the columns of W^{l-1} and the rows of
// W^l at the start. A decoupled start whose W^1 carries only the active modes needs no more than their
// number; one whose W^1 carries every input mode needs N_1 directions in the first hidden layer. Which it is,
// is found by looking at the weights, never assumed.
#pragma once

#include <vector>

#include "dln/linalg/matrix.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::network {

// Invariant: orthonormal columns in every basis; a layer that cannot be made smaller has none.
class HiddenCompression {
 public:
  // Looks at every hidden layer. Throws NumericalError when a weight is not finite.
  explicit HiddenCompression(const LinearNetwork<double>& start);

  // Of the compressed network: N_1, then one size a hidden layer, then N_{L+1}.
  const std::vector<Eigen::Index>& units() const { return units_; }
  bool compresses() const { return units_ != full_units_; }
  // The largest part of a weight matrix outside its bases, relative to the matrix: rounding.
  double residual() const { return residual_; }

  // w^l = Q_{l+1}^T W^l Q_l and its inverse on such networks. Throw DomainError for other sizes.
  LinearNetwork<double> compress(const LinearNetwork<double>& network) const;
  LinearNetwork<double> expand(const LinearNetwork<double>& compressed) const;
  // "784-10-10-10, from 784-1000-1000-10; residual 3e-16".
  std::string brief() const;

 private:
  const linalg::Matrix& basis(int layer) const { return bases_[static_cast<std::size_t>(layer - 1)]; }
  Eigen::Index full(int layer) const { return full_units_[static_cast<std::size_t>(layer - 1)]; }

  std::vector<Eigen::Index> full_units_, units_;
  std::vector<linalg::Matrix> bases_;  // [l - 1] : N_l x units()[l - 1], empty for the identity
  double residual_ = 0;
};

}  // namespace dln::network
