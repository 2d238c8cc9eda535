// The hierarchical diffusion tree of Fig 3: items are the leaves of a binary tree, a feature diffuses from
// the root to the leaves, and nearby leaves come to share it.
//
// Each feature is +1 or -1 at the root with equal chance and flips with probability `flip` on every edge.
#pragma once

#include <cstdint>

#include "dln/data/dataset.hpp"

namespace dln::data {

struct HierarchicalTree {
  int levels = 5;       // D: 2^D leaves; 1 to 12
  double flip = 0.1;    // in [0, 1]
  int features = 1000;  // N3 >= 1
  std::uint64_t seed = 1;
};

// inputs = I (one-hot items, so Sigma11 = I), targets : features x 2^D of +-1. Throws DomainError.
Dataset sample(const HierarchicalTree& tree);

// The singular values of Sigma31 in expectation, descending, 2^D of them: s = sqrt(features * eigenvalue of
// the items' expected covariance). With q_k = (1 - 2 flip)^{2 (D - k)} the covariance of two items whose last
// common ancestor lies at depth k, Delta_k = q_k - q_{k-1} and q_{-1} = 0, level l of the tree has the
// eigenvalue sum_{k >= l} 2^{D-k} Delta_k, 1 time for l = 0 and 2^{l-1} times for l >= 1.
linalg::Vector expected_singular_values(const HierarchicalTree& tree);

// The tree level (0 = what all items share, D = what tells siblings apart) of each of those values.
std::vector<int> levels_of_modes(const HierarchicalTree& tree);

}  // namespace dln::data
