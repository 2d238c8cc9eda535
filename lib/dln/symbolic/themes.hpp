// The derivations by theme, one .cpp file each; derivations() puts them into the paper's order.
#pragma once

#include <vector>

#include "dln/symbolic/derivations.hpp"

namespace dln::symbolic {

std::vector<Entry> three_layer_network_derivations();
std::vector<Entry> three_layer_derivations();
std::vector<Entry> unequal_layer_derivations();
std::vector<Entry> matrix_solution_derivations();
std::vector<Entry> deep_network_derivations();
std::vector<Entry> deep_mode_derivations();
std::vector<Entry> hessian_derivations();
std::vector<Entry> depth_delay_derivations();
std::vector<Entry> autoencoder_derivations();

}  // namespace dln::symbolic
