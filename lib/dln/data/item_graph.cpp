#include "dln/data/item_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::data {
namespace {

using linalg::Matrix;
using linalg::Vector;

constexpr int kMostItems = 2000;

void check_items(double items) {
  base::require(items >= 2 && items <= kMostItems, "items", items, "an integer from 2 to 2000");
}

void check(const ItemGraph& graph) {
  check_items(static_cast<double>(graph.items.size()));
  const auto items = static_cast<Eigen::Index>(graph.items.size());
  std::set<std::pair<Eigen::Index, Eigen::Index>> pairs;
  for (const auto& edge : graph.edges) {
    for (const Eigen::Index end : {edge.a, edge.b})
      base::require(end >= 0 && end < items, "end of an edge", static_cast<double>(end),
                    "the position of an item");
    base::require(edge.a != edge.b, "both ends of an edge", static_cast<double>(edge.a),
                  "two different items");
    base::require(edge.weight > 0 && edge.weight <= 1e12, "weight of an edge", edge.weight,
                  "a number greater than 0 and at most 1e12");
    if (!pairs.insert(std::minmax(edge.a, edge.b)).second)
      throw base::DomainError(fmt::format("edge {} - {}: given twice; expected one edge a pair",
                                          graph.items[static_cast<std::size_t>(edge.a)],
                                          graph.items[static_cast<std::size_t>(edge.b)]));
  }
}

void check(const GraphFeatures& features, std::size_t items) {
  base::require(features.sigma >= 1e-6 && features.sigma <= 1e6, "sigma", features.sigma,
                "a number from 1e-6 to 1e6");
  base::require(features.features >= 1 && features.features <= 1'000'000, "features", features.features,
                "an integer from 1 to 1000000");
  const double size = features.features * static_cast<double>(items);
  base::require(size <= 1e8, "items x features", size, "at most 1e8, which fit in memory");
}

ItemGraph numbered(std::string name, int items) {
  check_items(items);
  ItemGraph graph{std::move(name), {}, {}};
  for (int i = 1; i <= items; ++i) graph.items.push_back(std::to_string(i));
  return graph;
}

// C^{1/2}: no choice of a basis within an eigenspace changes it.
Matrix root_of_covariance(const GraphModes& modes, double sigma) {
  const Vector roots = (modes.eigenvalues.array() + 1 / (sigma * sigma)).rsqrt();
  return modes.eigenvectors * roots.asDiagonal() * modes.eigenvectors.transpose();
}

// Equal ones share a number: those within `tolerance` of their neighbour.
std::vector<int> group(const Vector& ascending, double tolerance) {
  std::vector<int> groups{0};
  for (Eigen::Index k = 1; k < ascending.size(); ++k)
    groups.push_back(groups.back() + (ascending[k] - ascending[k - 1] > tolerance ? 1 : 0));
  return groups;
}

}  // namespace

ItemGraph chain_graph(int items) {
  auto graph = numbered(fmt::format("chain of {}", items), items);
  for (int i = 0; i + 1 < items; ++i) graph.edges.push_back({i, i + 1});
  return graph;
}

ItemGraph ring_graph(int items) {
  base::require(items >= 3, "items", items, "3 or more, to close a ring");
  auto graph = chain_graph(items);
  graph.name = fmt::format("ring of {}", items);
  graph.edges.push_back({items - 1, 0});
  return graph;
}

ItemGraph grid_graph(int rows, int columns) {
  base::require(rows >= 1 && rows <= kMostItems, "rows", rows, "an integer from 1 to 2000");
  base::require(columns >= 1 && columns <= kMostItems, "columns", columns, "an integer from 1 to 2000");
  auto graph = numbered(fmt::format("grid of {} by {}", rows, columns), rows * columns);
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) {
      const int here = i * columns + j;
      if (j + 1 < columns) graph.edges.push_back({here, here + 1});
      if (i + 1 < rows) graph.edges.push_back({here, here + columns});
    }
  return graph;
}

ItemGraph binary_tree_graph(int levels) {
  base::require(levels >= 1 && levels <= 9, "levels", levels, "an integer from 1 to 9");
  const int items = (2 << levels) - 1;
  auto graph = numbered(fmt::format("tree of {}", items), items);
  for (int child = 1; child < items; ++child) graph.edges.push_back({(child - 1) / 2, child});
  return graph;
}

ItemGraph edgeless_graph(int items) {
  return numbered(fmt::format("{} items without edges", items), items);
}

ItemGraph cluster_graph(int clusters, int size, double between) {
  base::require(clusters >= 1 && clusters <= kMostItems, "clusters", clusters, "an integer from 1 to 2000");
  base::require(size >= 1 && size <= kMostItems, "items of a cluster", size, "an integer from 1 to 2000");
  base::require(between >= 0 && between <= 1e12, "weight between clusters", between,
                "a number from 0 to 1e12");
  auto graph = numbered(fmt::format("{} clusters of {}", clusters, size), clusters * size);
  for (int i = 0; i < clusters * size; ++i)
    for (int j = i + 1; j < clusters * size; ++j) {
      const double weight = i / size == j / size ? 1 : between;
      if (weight > 0) graph.edges.push_back({i, j, weight});
    }
  return graph;
}

Matrix laplacian(const ItemGraph& graph) {
  check(graph);
  const auto items = static_cast<Eigen::Index>(graph.items.size());
  Matrix l = Matrix::Zero(items, items);
  for (const auto& [a, b, weight] : graph.edges) {
    l(a, a) += weight;
    l(b, b) += weight;
    l(a, b) -= weight;
    l(b, a) -= weight;
  }
  return l;
}

GraphModes graph_modes(const ItemGraph& graph, const GraphFeatures& features) {
  check(features, graph.items.size());
  const auto eigen = linalg::symmetric_eigen(laplacian(graph));
  GraphModes modes;
  // No eigenvalue of a Laplacian is negative but by rounding.
  modes.eigenvalues = eigen.values.reverse().cwiseMax(0);
  modes.eigenvectors = eigen.vectors.rowwise().reverse();
  const double largest = modes.eigenvalues[modes.eigenvalues.size() - 1];
  const double precision = 1 / (features.sigma * features.sigma);
  base::require(precision >= 1e6 * std::numeric_limits<double>::epsilon() * largest, "sigma", features.sigma,
                "a smaller number: 1/sigma^2 is lost beside the weights of the edges");
  modes.singular_values = (features.features / (modes.eigenvalues.array() + precision)).sqrt();
  modes.eigenspace = group(modes.eigenvalues, 1e-9 * largest);
  for (const int space : modes.eigenspace)
    modes.multiplicity.push_back(static_cast<int>(std::ranges::count(modes.eigenspace, space)));
  return modes;
}

Vector eigenspace_overlaps(const SingularModes& sampled, const GraphModes& modes) {
  base::require(sampled.input.rows() == modes.eigenvectors.rows(), "inputs of the sampled modes",
                static_cast<double>(sampled.input.rows()), "as many as the graph has items");
  Vector overlaps = Vector::Zero(sampled.size());
  const Matrix projections = modes.eigenvectors.transpose() * sampled.input;
  for (Eigen::Index k = 0; k < sampled.size(); ++k) {
    for (Eigen::Index j = 0; j < projections.rows(); ++j)
      if (modes.eigenspace[static_cast<std::size_t>(j)] == modes.eigenspace[static_cast<std::size_t>(k)])
        overlaps[k] += projections(j, k) * projections(j, k);
    overlaps[k] = std::min(std::sqrt(overlaps[k]), 1.0);  // but for rounding
  }
  return overlaps;
}

Dataset sample(const ItemGraph& graph, const GraphFeatures& features) {
  const Matrix root = root_of_covariance(graph_modes(graph, features), features.sigma);
  const Eigen::Index items = root.rows();
  Dataset dataset{Matrix::Identity(items, items), Matrix(features.features, items)};
  for (int feature = 0; feature < features.features; ++feature) {
    auto stream = base::stream(features.seed, "graph features", feature);
    Vector z(items);
    for (double& value : z) value = stream.normal();
    dataset.targets.row(feature) = (root * z).transpose();
  }
  return dataset;
}

Correlations expected_correlations(const ItemGraph& graph, const GraphFeatures& features) {
  const auto modes = graph_modes(graph, features);
  Correlations correlations;
  correlations.sigma11 = Matrix::Identity(modes.eigenvectors.rows(), modes.eigenvectors.rows());
  correlations.sigma31 =
      std::sqrt(static_cast<double>(features.features)) * root_of_covariance(modes, features.sigma);
  correlations.target_power = modes.singular_values.squaredNorm();
  correlations.examples = graph.items.size();
  return correlations;
}

}  // namespace dln::data
