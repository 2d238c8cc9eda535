// Where learning starts: small random weights, and the decoupled starts on which the theory is exact.
#pragma once

#include <vector>

#include "dln/base/random.hpp"
#include "dln/data/singular_modes.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::network {

// Entries N(0, deviation^2). Throws DomainError unless deviation > 0.
LinearNetwork<double> small_random_weights(const std::vector<Eigen::Index>& units, double deviation,
                                           base::RandomStream& stream);

// The deviation sqrt(2 u0 / N_2) at which a three-layer network's modes start with effective strength u0 in
// the mean: |a + b|^2 / 4 is what grows (the direction a = b), and a, b in R^{N_2} are independent N(0,
// deviation^2).
double deviation_for_strength(double initial_strength, Eigen::Index hidden_units);

// A start with R_{l+1}^T W^l R_l = D_l diagonal: R_1 = V11, R_{L+1} = U33, the others random orthonormal.
struct DecoupledStart {
  LinearNetwork<double> network;
  std::vector<linalg::Matrix> bases;  // R_1 .. R_{L+1}, one column for each active mode
};

// strengths : L x (active modes), row l - 1 the diagonal of D_l for the leading modes; only as many modes are
// active as the narrowest layer has units, and every other entry of D_l is zero. Throws DomainError.
DecoupledStart decoupled_weights(const std::vector<Eigen::Index>& units, const data::SingularModes& modes,
                                 const linalg::Matrix& strengths, base::RandomStream& stream);

// max over l of ||W^l - R_{l+1} diag(R_{l+1}^T W^l R_l) R_l^T||_F / ||W^l||_F: zero on the invariant
// manifold.
double decoupling_residual(const LinearNetwork<double>& network, const std::vector<linalg::Matrix>& bases);

}  // namespace dln::network
