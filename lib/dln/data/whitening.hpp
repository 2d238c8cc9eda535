// Whitening on the span of the data: the change of input coordinates x -> T x after which Sigma11 is a
// multiple of the identity, as section 1.1 assumes.
#pragma once

#include "dln/data/correlations.hpp"

namespace dln::data {

// Inputs in coordinates along their principal components, without the directions that no input has: those
// whose eigenvalue is below 1e-12 of the largest, the rounding of sums over the examples.
struct PrincipalComponents {
  Correlations correlations;  // sigma11 exactly diagonal, r x r, descending
  linalg::Matrix basis;       // N1 x r, orthonormal columns
};
// Throws DataError when all inputs are zero.
PrincipalComponents in_principal_components(const Correlations& raw);

enum class WhiteScale {
  identity,       // Sigma11 = I in the sums of Eq 2: the paper's own assumption
  unit_variance,  // Sigma11 = P I: every whitened input has mean square 1
};

struct Whitened {
  Correlations correlations;  // of T x; sigma11 is exactly I or P I
  linalg::Matrix transform;   // T : r x N1, r = dimension of the data's span
  Eigen::Index dropped = 0;   // N1 - r directions without data
  double residual = 0;        // ||T Sigma11 T^T / c - I||_F / ||I||_F as computed, c = 1 or P
};

// Directions whose eigenvalue is below 1e-12 of the largest are not in the span. `correlations` must be
// sums (DomainError). Throws NumericalError when the residual exceeds 1e-6, DataError when all inputs are
// zero.
Whitened whiten(const Correlations& correlations, WhiteScale scale);

}  // namespace dln::data
