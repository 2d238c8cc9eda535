// DecoupledFit: how far a start is from the decoupled ones, W^l = R_{l+1} D_l R_l^T with R_1 = V, R_{L+1} = U
// and D_l diagonal (section 2), whatever its own bases R_2 .. R_L are.
//
// These are looked for by alternating least squares: with its neighbours fixed, the best R_l is the
// orthogonal factor of W^{l-1} R_{l-1} D_{l-1} + W^l^T R_{l+1} D_l. The distance is therefore an upper bound,
// and rounding for a start that is decoupled.
#pragma once

#include <vector>

#include "dln/data/singular_modes.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::experiments {

struct DecoupledFit {
  std::vector<linalg::Matrix> bases;      // R_1 .. R_{L+1}, one column for each active mode
  std::vector<linalg::Vector> strengths;  // diagonals of D_1 .. D_L
  // ||W^l - R_{l+1} D_l R_l^T||_F / ||W^l||_F of every layer, 0 where W^l = 0. What no other weight ever
  // reaches is left out: W^1 from inputs without a mode to hidden directions without one, and likewise W^L.
  std::vector<double> residuals;

  double worst() const;
};

// Modes beyond the narrowest layer are inactive. Throws DomainError when the network's inputs or outputs are
// not those of the modes, NumericalError for weights that are not finite.
DecoupledFit fit_decoupled(const network::LinearNetwork<double>& start, const data::SingularModes& modes);

// Neighbours [first, first + size) of the modes, s descending.
struct ModeGroup {
  Eigen::Index first, size;
};
// Runs of two modes or more each of which is within `tolerance` (relative) of the one before.
std::vector<ModeGroup> equal_modes(const linalg::Vector& singular_values, double tolerance);

// The same modes, V and U turned alike within each group so that a start decoupled in some basis of the group
// is decoupled in this one: Sigma31 chooses none there.
data::SingularModes turned_to_start(const data::SingularModes& modes, const std::vector<ModeGroup>& groups,
                                    const network::LinearNetwork<double>& start);

}  // namespace dln::experiments
