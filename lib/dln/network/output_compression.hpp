// OutputCompression: learning with many outputs, exactly, in the few dimensions that it ever reaches.
//
// Every step of Eqs 1, 2 and 13 changes W^L by a matrix whose columns lie in the span of Sigma31 and of W^L
// itself, so they stay in Q = span [Sigma31, W^L(0)], of at most N_1 + N_L dimensions, for any Sigma11 and
// any depth. With W^L = Q w, the small network (W^1, ..., w) trained on Q^T Sigma31 is the large one: its
// hidden layers are the same, and its outputs are coordinates in Q. The same holds for hidden units of any
// kind below linear outputs, with the examples' targets Y in the place of Sigma31.
#pragma once

#include "dln/data/singular_modes.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::network {

// Invariant: orthonormal columns, or none when compression would not make the network smaller; then every
// function here hands its argument through.
class OutputCompression {
 public:
  // `targets` : N_3 x anything, Sigma31 or the examples' targets; `start` : the network at the start, N_3
  // outputs. Throws DomainError when the numbers of outputs differ.
  OutputCompression(const linalg::Matrix& targets, const LinearNetwork<double>& start);

  bool compresses() const { return basis_.size() > 0; }
  Eigen::Index outputs() const { return outputs_; }  // of the compressed network

  // Q^T m for m : N_3 x anything. These and expand() throw DomainError for another number of outputs.
  linalg::Matrix compress(const linalg::Matrix& m) const;
  data::Correlations compress(const data::Correlations& correlations) const;
  data::SingularModes compress(const data::SingularModes& modes) const;
  // The last matrix compressed, the others copied. Throws DomainError unless the columns of the last matrix
  // lie in the span of Q up to rounding.
  LinearNetwork<double> compress(const LinearNetwork<double>& network) const;
  // The network with all N_3 outputs.
  LinearNetwork<double> expand(const LinearNetwork<double>& compressed) const;

 private:
  LinearNetwork<double> with_last(const LinearNetwork<double>& network, const linalg::Matrix& last) const;

  Eigen::Index outputs_;
  linalg::Matrix basis_;  // Q : N_3 x outputs_
};

}  // namespace dln::network
