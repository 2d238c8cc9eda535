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

}  // namespace dln::network
