// How strongly a network holds each input-output mode, measured in the fixed basis of Sigma31.
#pragma once

#include "dln/data/singular_modes.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::network {

struct ModeStrengths {
  linalg::Vector strengths;  // diagonal of U^T W V: r numbers
  double leak;               // ||its off-diagonal part||_F / ||Sigma31||_F: 0 while the modes stay decoupled
};

ModeStrengths mode_strengths(const LinearNetwork<double>& network, const data::SingularModes& modes);
// The same of the tanh network with these weights, from its own correlation sum_mu yhat x^T.
ModeStrengths tanh_mode_strengths(const LinearNetwork<double>& weights, const linalg::Matrix& inputs,
                                  const data::SingularModes& modes);

// |a + b|^2 / 4 of every mode of a three-layer network, a = W21 v and b = W32^T u in R^{N_2}: the part of a
// start that grows (the direction a = b), which Eq 12 takes as u0. Throws DomainError for another depth.
linalg::Vector growing_strengths(const LinearNetwork<double>& network, const data::SingularModes& modes);

}  // namespace dln::network
