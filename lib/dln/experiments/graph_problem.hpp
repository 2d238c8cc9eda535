// Items on a graph made ready for the theory: one-hot items in, Gaussian features out.
#pragma once

#include "dln/data/item_graph.hpp"
#include "dln/experiments/learning_problem.hpp"

namespace dln::experiments {

// Sampled features; keeps its examples.
LearningProblem graph_problem(const data::ItemGraph& graph, const data::GraphFeatures& features);
// In expectation: the modes are exactly the Laplacian's.
LearningProblem expected_graph_problem(const data::ItemGraph& graph, const data::GraphFeatures& features);

// The five kinds of structure on about as many items as given, in this order: tree, chain, ring, grid,
// clusters. items : 8, 16 or 32. Throws DomainError.
std::vector<data::ItemGraph> structured_graphs(int items);

}  // namespace dln::experiments
