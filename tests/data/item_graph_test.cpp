// Items on graphs: Laplacians against their spectra in closed form, samples against the covariance they are
// drawn from.
#include "dln/data/item_graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace {

using namespace dln::data;
using dln::linalg::Matrix;
using dln::linalg::Vector;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kPi = std::numbers::pi;

Vector sorted(std::vector<double> values) {
  std::ranges::sort(values);
  return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
}

void expect_spectrum(const ItemGraph& graph, std::vector<double> eigenvalues) {
  const Vector expected = sorted(std::move(eigenvalues));
  const auto modes = graph_modes(graph, {});
  ASSERT_EQ(modes.eigenvalues.size(), expected.size()) << graph.name;
  // Backward stability: eps times the largest, a few operations for each item.
  const double rounding = 10 * static_cast<double>(expected.size()) * kEpsilon * (expected.maxCoeff() + 1);
  EXPECT_LE((modes.eigenvalues - expected).cwiseAbs().maxCoeff(), rounding) << graph.name;
  const Matrix l = laplacian(graph);
  EXPECT_LE((l * modes.eigenvectors - modes.eigenvectors * modes.eigenvalues.asDiagonal()).norm(),
            10 * rounding)
      << graph.name;
}

std::vector<double> of_chain(int items) {
  std::vector<double> values;
  for (int k = 0; k < items; ++k) values.push_back(2 - 2 * std::cos(kPi * k / items));
  return values;
}

TEST(ItemGraph, ChainRingAndGridHaveTheirSpectraInClosedForm) {
  for (const int items : {2, 3, 7, 32}) expect_spectrum(chain_graph(items), of_chain(items));
  for (const int items : {3, 4, 9, 32}) {
    std::vector<double> values;
    for (int k = 0; k < items; ++k) values.push_back(2 - 2 * std::cos(2 * kPi * k / items));
    expect_spectrum(ring_graph(items), values);
  }
  // A grid is a product of chains: its eigenvalues are their sums.
  std::vector<double> sums;
  for (const double row : of_chain(3))
    for (const double column : of_chain(5)) sums.push_back(row + column);
  expect_spectrum(grid_graph(3, 5), sums);
}

TEST(ItemGraph, ClustersAndEdgelessItemsToo) {
  const int clusters = 3, size = 5;
  const double between = 0.03;
  std::vector<double> values{0};
  values.insert(values.end(), clusters - 1, between * clusters * size);
  values.insert(values.end(), clusters * (size - 1), size + between * (clusters - 1) * size);
  expect_spectrum(cluster_graph(clusters, size, between), values);
  expect_spectrum(edgeless_graph(4), {0, 0, 0, 0});
}

TEST(ItemGraph, ATreeJoinsEveryNodeToItsParent) {
  const auto tree = binary_tree_graph(3);
  ASSERT_EQ(tree.items.size(), 15u);
  EXPECT_EQ(tree.edges.size(), 14u);
  const Matrix l = laplacian(tree);
  EXPECT_EQ(l.diagonal().head(7), Vector((Vector(7) << 2, 3, 3, 3, 3, 3, 3).finished()));
  EXPECT_EQ(l.diagonal().tail(8), Vector::Ones(8));
  EXPECT_EQ(l(3, 1), -1);
  EXPECT_EQ(l(14, 6), -1);
  EXPECT_EQ(l(14, 5), 0);
  EXPECT_EQ(l.rowwise().sum(), Vector::Zero(15));
  // One piece: a single eigenvalue 0.
  EXPECT_EQ(graph_modes(tree, {}).multiplicity[0], 1);
}

TEST(ItemGraph, ModesAreThoseOfTheCovariance) {
  for (const auto& graph : {chain_graph(6), cluster_graph(2, 4, 0), grid_graph(2, 4), edgeless_graph(3)}) {
    const GraphFeatures features{.sigma = 3, .features = 50};
    const Eigen::Index items = static_cast<Eigen::Index>(graph.items.size());
    const Matrix precision = laplacian(graph) + Matrix::Identity(items, items) / 9;
    const auto correlations = expected_correlations(graph, features);
    const Matrix covariance = correlations.sigma31.transpose() * correlations.sigma31 / 50;
    // Inverting loses a digit for each of the condition's: at most (8 + 1/9) * 9 = 73.
    EXPECT_LE((precision * covariance - Matrix::Identity(items, items)).norm(), 1e3 * 73 * kEpsilon);
    const Vector s = graph_modes(graph, features).singular_values;
    const Vector from_sigma31 = dln::linalg::singular_values(correlations.sigma31).s;
    EXPECT_LE((s - from_sigma31).norm(), 1e3 * kEpsilon * s.norm()) << graph.name;
    EXPECT_NEAR(correlations.target_power, s.squaredNorm(), 1e-12 * s.squaredNorm());
  }
}

TEST(ItemGraph, TheSampledCovarianceIsTheInverseOfLaplacianPlusPrecision) {
  const auto graph = ring_graph(6);
  const double sigma = 2;
  const Matrix precision = laplacian(graph) + Matrix::Identity(6, 6) / (sigma * sigma);
  for (const int features : {1000, 20'000}) {
    const Matrix y = sample(graph, {sigma, features, 5}).targets;
    // With x = P^{1/2} y white, the entries of sum x x^T / features - I have deviation 1/sqrt(features), on
    // the diagonal sqrt 2 times that; here through P, whose norm is at most 4.25, and five deviations.
    const Matrix measured = precision * (y.transpose() * y / features);
    EXPECT_LE((measured - Matrix::Identity(6, 6)).cwiseAbs().maxCoeff(),
              5 * std::sqrt(2.0) * std::sqrt(4.25 * 4) / std::sqrt(features));
    EXPECT_LE(y.colwise().mean().cwiseAbs().maxCoeff(), 5 * sigma / std::sqrt(features));
  }
}

TEST(ItemGraph, EdgelessItemsAreUnrelatedAndOfDeviationSigma) {
  const int features = 20'000;
  const Matrix y = sample(edgeless_graph(3), {.sigma = 2, .features = features, .seed = 3}).targets;
  const Matrix covariance = y.transpose() * y / features;
  EXPECT_LE((covariance - 4 * Matrix::Identity(3, 3)).cwiseAbs().maxCoeff(),
            5 * 4 * std::sqrt(2.0 / features));
}

TEST(ItemGraph, SampledModesFallIntoTheEigenspaces) {
  const auto graph = cluster_graph(4, 4, 0.05);
  const GraphFeatures features{.features = 10'000, .seed = 2};
  const auto modes = graph_modes(graph, features);
  EXPECT_EQ(modes.multiplicity,
            (std::vector<int>{1, 3, 3, 3, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12}));
  const auto sampled = singular_modes(correlate(sample(graph, features)).sigma31);
  const auto overlaps = eigenspace_overlaps(sampled, modes);
  // An eigenvector turns out of its space by about sqrt(e1 e2 / features) / |e1 - e2| a direction.
  EXPECT_GE(overlaps.minCoeff(), 0.999);
  EXPECT_LE(overlaps.maxCoeff(), 1 + 10 * kEpsilon);
  // Taken as single directions the degenerate ones agree with no basis in particular.
  const Matrix single = (modes.eigenvectors.transpose() * sampled.input).cwiseAbs();
  EXPECT_LT(single.diagonal().tail(15).minCoeff(), 0.9);
  // And modes of another graph are elsewhere.
  EXPECT_LT(eigenspace_overlaps(sampled, graph_modes(chain_graph(16), features)).minCoeff(), 0.5);
}

TEST(ItemGraph, TheSeedDecidesTheSampleAndMoreFeaturesExtendIt) {
  const auto graph = chain_graph(4);
  EXPECT_EQ(sample(graph, {2, 9, 3}).targets, sample(graph, {2, 9, 3}).targets);
  EXPECT_NE(sample(graph, {2, 9, 3}).targets, sample(graph, {2, 9, 4}).targets);
  EXPECT_EQ(sample(graph, {2, 9, 3}).targets, sample(graph, {2, 20, 3}).targets.topRows(9));
  EXPECT_EQ(sample(graph, {2, 9, 3}).inputs, Matrix::Identity(4, 4));
}

TEST(ItemGraph, WhatIsOutsideTheInvariantIsRefused) {
  using dln::base::DomainError;
  for (const int n : {-1, 0, 1, 2001}) {
    EXPECT_THROW(chain_graph(n), DomainError);
    EXPECT_THROW(edgeless_graph(n), DomainError);
  }
  EXPECT_THROW(ring_graph(2), DomainError);
  EXPECT_THROW(grid_graph(0, 5), DomainError);
  EXPECT_THROW(grid_graph(1, 1), DomainError);
  EXPECT_THROW(binary_tree_graph(0), DomainError);
  EXPECT_THROW(binary_tree_graph(10), DomainError);
  EXPECT_THROW(cluster_graph(2, 2, -0.1), DomainError);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(cluster_graph(2, 2, nan), DomainError);
  const std::vector<std::string> items{"a", "b", "c"};
  for (const auto& edges : std::vector<std::vector<ItemGraph::Edge>>{
           {{0, 0}}, {{0, 3}}, {{-1, 0}}, {{0, 1, -1}}, {{0, 1, 0}}, {{0, 1, nan}}, {{0, 1}, {1, 0}}})
    EXPECT_THROW(laplacian({"bad", items, edges}), DomainError);
  for (const GraphFeatures& bad :
       {GraphFeatures{0, 10, 1}, GraphFeatures{nan, 10, 1}, GraphFeatures{1e7, 10, 1}, GraphFeatures{5, 0, 1},
        GraphFeatures{5, 2'000'000, 1}}) {
    EXPECT_THROW(sample(chain_graph(3), bad), DomainError);
    EXPECT_THROW(expected_correlations(chain_graph(3), bad), DomainError);
  }
  // 1/sigma^2 = 1e-12 beside edges of 1e6: nothing of it is left in double.
  EXPECT_THROW(graph_modes({"stiff", items, {{0, 1, 1e6}}}, {.sigma = 1e6}), DomainError);
}

}  // namespace
