// SingularModes: the input-output modes of Eq 3, Sigma31 = sum_alpha s_alpha u_alpha v_alpha^T.
#pragma once

#include "dln/data/correlations.hpp"

namespace dln::data {

// Invariant: orthonormal columns; r = rank of Sigma31 modes, those with s above max(N1, N3) eps s_1; s
// descending.
struct SingularModes {
  linalg::Matrix output;           // U33's first r columns: N3 x r
  linalg::Vector singular_values;  // s: r
  linalg::Matrix input;            // V11's first r columns: N1 x r

  Eigen::Index size() const { return singular_values.size(); }
};

// Throws NumericalError when sigma31 is not finite, DataError when it is zero: nothing is to be learned from
// it.
SingularModes singular_modes(const linalg::Matrix& sigma31);

// U^T w V : r x r, the end-to-end map w : N3 x N1 in the fixed basis of the modes. Its diagonal holds the
// mode strengths, the rest is what leaks between modes.
linalg::Matrix in_mode_basis(const linalg::Matrix& w, const SingularModes& modes);

}  // namespace dln::data
