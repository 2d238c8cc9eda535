// A network of images' sizes, 784-1000-...-1000-10, decoupled and close to what it will learn; and one step
// of it by plain products.
#pragma once

#include "dln/data/correlations.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::compare {

struct Chain {
  data::Correlations correlations;
  network::LinearNetwork<double> network;
};
// Sigma11 diagonal, as in its eigenbasis; W^1 carries only the ten modes of Sigma31.
Chain decoupled_chain(std::size_t layers, Eigen::Index inputs, Eigen::Index width);

// Eq 13 in the ten-row order by Eigen's products.
void plain_step(network::LinearNetwork<double>& network, const data::Correlations& correlations, double rate);

}  // namespace dln::compare
