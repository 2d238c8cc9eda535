// Features of items on a graph, the Gaussian graphical model of semantic data: a feature is smooth along the
// edges,
//
//   y ~ N(0, C),   C = (L + I/sigma^2)^{-1},   L = D - W the graph's Laplacian
//
// so that neighbours come to share it. The modes are L's eigenvectors, with s = sqrt(features / (lambda +
// 1/sigma^2)) in expectation: the smoother an eigenvector, the stronger its mode. 1/sigma^2 makes C regular
// for any graph, whether or not it hangs together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dln/data/correlations.hpp"
#include "dln/data/singular_modes.hpp"

namespace dln::data {

// Invariant of what the functions here accept: 2 to 2000 items; edges between two different items, no pair of
// them twice, weights greater than 0 and at most 1e12.
struct ItemGraph {
  struct Edge {
    Eigen::Index a, b;  // positions in `items`
    double weight = 1;
  };
  std::string name;                // as reports call it
  std::vector<std::string> items;  // their names
  std::vector<Edge> edges;
};

// Each throws DomainError for sizes outside the invariant.
ItemGraph chain_graph(int items);             // items >= 2, each joined to the next
ItemGraph ring_graph(int items);              // items >= 3, the last joined to the first
ItemGraph grid_graph(int rows, int columns);  // both >= 1: neighbours above, below and beside
ItemGraph binary_tree_graph(int levels);      // 2^{levels + 1} - 1 items: leaves and all their ancestors
ItemGraph edgeless_graph(int items);          // C = sigma^2 I: a flat spectrum, a control
// `clusters` >= 1 of `size` >= 1 items, joined by 1 within a cluster and by `between` >= 0 across: 0 for
// clusters that know nothing of each other.
ItemGraph cluster_graph(int clusters, int size, double between);

// L : items x items. This and everything below throws DomainError for a graph outside the invariant.
linalg::Matrix laplacian(const ItemGraph& graph);

// How features are drawn.
struct GraphFeatures {
  double sigma = 5;     // standard deviation of an item without neighbours, 1e-6 to 1e6
  int features = 1000;  // N3 >= 1
  std::uint64_t seed = 1;
};

// L's eigenvectors, from smooth to rough, and the modes they are in expectation.
struct GraphModes {
  linalg::Vector eigenvalues;      // lambda of L, ascending from 0: items
  linalg::Matrix eigenvectors;     // orthonormal columns; any basis within an eigenspace
  linalg::Vector singular_values;  // s in expectation, descending
  std::vector<int> eigenspace;     // 0, 1, ...: which; eigenvalues equal to 1e-9 of the largest share one
  std::vector<int> multiplicity;   // of that eigenspace
};
// Throws DomainError for a sigma so large that 1/sigma^2 is lost beside the weights.
GraphModes graph_modes(const ItemGraph& graph, const GraphFeatures& features);

// ||P_k v_k||, P_k the projector on the eigenspace of eigenvector k: 1 where sampled mode k lies in it,
// however the basis within is chosen. One number for each sampled mode (rank of Sigma31 may be less than the
// items).
linalg::Vector eigenspace_overlaps(const SingularModes& sampled, const GraphModes& modes);

// inputs = I (one-hot items, so Sigma11 = I), targets : features x items, every feature from a stream of its
// own.
Dataset sample(const ItemGraph& graph, const GraphFeatures& features);

// Sigma11 = I, Sigma31 = (features C)^{1/2} : items x items: the correlations whose modes are those of
// graph_modes() exactly. They learn as any number of features with this covariance would.
Correlations expected_correlations(const ItemGraph& graph, const GraphFeatures& features);

}  // namespace dln::data
