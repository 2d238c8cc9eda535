#include "dln/experiments/graph_problem.hpp"

#include <fmt/format.h>

#include <bit>

#include "dln/base/error.hpp"

namespace dln::experiments {

LearningProblem graph_problem(const data::ItemGraph& graph, const data::GraphFeatures& features) {
  LearningProblem problem;
  problem.examples = data::sample(graph, features);
  problem.correlations = data::correlate(*problem.examples);
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  problem.whiteness_residual = data::whiteness_residual(problem.correlations.sigma11);
  problem.name = fmt::format("{} ({} features)", graph.name, features.features);
  problem.fingerprint = data::fingerprint(problem.correlations);
  return problem;
}

LearningProblem expected_graph_problem(const data::ItemGraph& graph, const data::GraphFeatures& features) {
  LearningProblem problem;
  problem.correlations = data::expected_correlations(graph, features);
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  problem.name = fmt::format("{} (in expectation)", graph.name);
  problem.fingerprint = data::fingerprint(problem.correlations);
  return problem;
}

std::vector<data::ItemGraph> structured_graphs(int items) {
  base::require(items == 8 || items == 16 || items == 32, "items", items, "8, 16 or 32");
  const int levels = std::countr_zero(static_cast<unsigned>(items)) - 1;  // of a tree of items - 1
  const int rows = items == 32 ? 4 : 2, clusters = items == 8 ? 2 : 4;
  return {data::binary_tree_graph(levels), data::chain_graph(items), data::ring_graph(items),
          data::grid_graph(rows, items / rows), data::cluster_graph(clusters, items / clusters, 0.02)};
}

}  // namespace dln::experiments
