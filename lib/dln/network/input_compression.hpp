// InputCompression: learning from many inputs, exactly, in the few input directions that it ever sees.
//
// Every step of Eqs 1 and 13 changes W^1 by a matrix whose rows lie in the span of Sigma31's rows and of W^1
// Sigma11's. Where Q = span [Sigma31^T, W^1(0)^T] is invariant, Sigma11 Q = Q (Q^T Sigma11 Q), as always on
// whitened inputs, they stay in Q for ever: with W^1 = w Q^T the small network (w, W^2, ...) trained on
// Sigma31 Q and Q^T Sigma11 Q is the large one, and so is its error. Whether it is invariant is found by
// looking, never assumed.
#pragma once

#include "dln/data/singular_modes.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::network {

// Invariant: orthonormal columns, or none when the inputs cannot be made fewer; then every function here
// hands its argument through.
class InputCompression {
 public:
  // Throws DomainError when the numbers of inputs differ, NumericalError when a weight or correlation is not
  // finite.
  InputCompression(const data::Correlations& correlations, const LinearNetwork<double>& start);

  bool compresses() const { return basis_.size() > 0; }

  data::Correlations compress(const data::Correlations& correlations) const;
  // V in coordinates of Q, in whose span it lies.
  data::SingularModes compress(const data::SingularModes& modes) const;
  // The first matrix W^1 Q, and w Q^T, the others copied.
  LinearNetwork<double> compress(const LinearNetwork<double>& network) const;
  LinearNetwork<double> expand(const LinearNetwork<double>& compressed) const;

 private:
  linalg::Matrix basis_;  // Q : N_1 x compressed inputs
};

// What the network sees with its inputs turned to the eigenvectors V of Sigma11: Sigma31 V, diag(V^T Sigma11
// V) and W^1 V, with which it learns exactly as before; a product with Sigma11 becomes a scaling. Throws
// NumericalError when Sigma11 cannot be decomposed.
struct TurnedInputs {
  data::Correlations correlations;
  LinearNetwork<double> start;
};
TurnedInputs turn_inputs(const data::Correlations& correlations, const LinearNetwork<double>& start);

}  // namespace dln::network
