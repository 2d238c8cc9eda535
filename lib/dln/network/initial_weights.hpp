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

// Every W^l = gain times orthonormal columns, or rows where it is wider than high, uniform over all such: all
// singular values of a product of square ones are gain^L. Throws DomainError unless gain > 0.
LinearNetwork<double> orthogonal_weights(const std::vector<Eigen::Index>& units, double gain,
                                         base::RandomStream& stream);

// Entries of W^l : N(0, gain^2 / N_l), by the units it reads: at gain 1 the mean square of an activity is
// the same in every layer. Throws DomainError unless gain > 0.
LinearNetwork<double> scaled_gaussian_weights(const std::vector<Eigen::Index>& units, double gain,
                                              base::RandomStream& stream);

// The deviation sqrt(2 u0 / N_2) at which a three-layer network's modes start with effective strength u0 in
// the mean: |a + b|^2 / 4 is what grows (the direction a = b), and a, b in R^{N_2} are independent N(0,
// deviation^2).
double deviation_for_strength(double initial_strength, Eigen::Index hidden_units);

// A start with R_{l+1}^T W^l R_l = D_l diagonal: R_1 = V11, R_{L+1} = U33, the others random orthonormal.
struct DecoupledStart {
  LinearNetwork<double> network;
  std::vector<linalg::Matrix> bases;  // R_1 .. R_{L+1}, one column for each active mode (or more, see below)
};

// strengths : L x (active modes), row l - 1 the diagonal of D_l for the leading modes; only as many modes are
// active as the narrowest layer has units, and every other entry of D_l is zero. Throws DomainError.
DecoupledStart decoupled_weights(const std::vector<Eigen::Index>& units, const data::SingularModes& modes,
                                 const linalg::Matrix& strengths, base::RandomStream& stream);

// Makes D_1 rectangular: W^1 also carries `strength` in every further input direction that the first hidden
// layer holds, min(N_1, N_2) in all, into directions of that layer which no other weight reaches. R_1 and R_2
// gain a column for each, R_1 those of V11 completed to a basis of the inputs. Throws DomainError for modes
// other than the start's.
void carry_all_inputs(DecoupledStart& start, const data::SingularModes& modes, double strength);

// A start with W^{l+1}^T W^{l+1} = W^l W^l^T for every pair of neighbours whose end-to-end map is `map` :
// N_{L+1} x N_1: with map = U S V^T, W^l = R_{l+1} S^{1/L} R_l^T, R_1 = V, R_{L+1} = U, the others random
// orthonormal. Throws DomainError when the shapes do not fit, or the map has a higher rank than the narrowest
// layer holds.
LinearNetwork<double> balanced_weights(const std::vector<Eigen::Index>& units, const linalg::Matrix& map,
                                       base::RandomStream& stream);

// max over l of ||W^{l+1}^T W^{l+1} - W^l W^l^T||_F / ||W^l W^l^T||_F: zero for balanced weights, and 0 for a
// single matrix, which has no neighbour.
double balance_residual(const LinearNetwork<double>& network);

// max over l of ||W^l - R_{l+1} diag(R_{l+1}^T W^l R_l) R_l^T||_F / ||W^l||_F: zero on the invariant
// manifold.
double decoupling_residual(const LinearNetwork<double>& network, const std::vector<linalg::Matrix>& bases);

}  // namespace dln::network
