// Which layer moves when: one mode of a deep network from unequal layers (Eq 14), by closed form, by its flow
// and in a full decoupled network.
//
// a_l^2 changes by the same amount in every layer, so the least layer changes most: by sqrt(1 + y/a_l^2) - 1
// of its size when a_l^2 has grown by y; and a layer is half way the later, the greater it is.
#pragma once

#include <cstdint>
#include <vector>

#include "dln/linalg/matrix.hpp"

namespace dln::experiments {

struct UnequalLayersOptions {
  std::vector<double> layers{0.24, 0.06, 0.96, 0.12, 0.48};  // a_1(0), ..., a_L(0), two or more, of any sign
  double singular_value = 1;                                 // s > 0
  double time_constant = 1;                                  // tau, epochs
  double completion = 0.99;                                  // the run ends at this share of s, in (0, 1),
  double duration = 0;                                       // or after so many epochs, where not 0
  int samples = 161;                                         // times, 2 or more
  int width = 4;                                             // units of every layer of the network, 2 or more
  std::uint64_t seed = 1;                                    // of the network's bases
};

struct UnequalLayers {
  std::vector<double> epochs;
  linalg::Matrix theory, flow, network;  // samples x L: a_l at these times
  struct Layer {
    double start, end;       // a_l(0) and where it tends
    double relative_change;  // of |a_l|; infinite from 0
    double half_time;        // at which half of end - start is done, epochs
  };
  std::vector<Layer> layers;
  double growth;  // y, of a_l^2 from the start to where it tends
  // Largest difference between two layers in how much a_l^2 has changed; for the network in how much
  // ||W^l||_F^2 has.
  double flow_spread, network_spread;
};

// The network has a second mode, of s/2, which starts from the sizes of the layers in reverse order; Sigma11
// = I. Throws DomainError for options out of domain, UnreachableError for a start that ends at the saddle or
// already is closer to s, NumericalError when an integration stops early.
UnequalLayers run_unequal_layers(const UnequalLayersOptions& options = {});

}  // namespace dln::experiments
