#include "dln/data/hierarchy.hpp"

#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"

namespace dln::data {
namespace {

void check(const HierarchicalTree& tree) {
  base::require(tree.levels >= 1 && tree.levels <= 12, "levels", tree.levels, "an integer from 1 to 12");
  base::require(tree.flip >= 0 && tree.flip <= 1, "flip", tree.flip, "a probability from 0 to 1");
  base::require(tree.features >= 1 && tree.features <= 1'000'000, "features", tree.features,
                "an integer from 1 to 1000000");
  base::require((static_cast<double>(tree.features) * std::ldexp(1.0, tree.levels)) <= 1e8,
                "items x features", tree.features * std::ldexp(1.0, tree.levels),
                "at most 1e8, which fit in memory");
}

int multiplicity(int level) {
  return level == 0 ? 1 : 1 << (level - 1);
}

}  // namespace

Dataset sample(const HierarchicalTree& tree) {
  check(tree);
  const Eigen::Index items = Eigen::Index{1} << tree.levels;
  Dataset dataset{linalg::Matrix::Identity(items, items), linalg::Matrix(tree.features, items)};
  std::vector<double> nodes(static_cast<std::size_t>(2 * items));  // a heap: children of k are 2k and 2k + 1
  for (int feature = 0; feature < tree.features; ++feature) {
    auto stream = base::stream(tree.seed, "hierarchical tree", feature);
    nodes[1] = stream.bernoulli(0.5) ? 1 : -1;
    for (std::size_t k = 2; k < nodes.size(); ++k)
      nodes[k] = stream.bernoulli(tree.flip) ? -nodes[k / 2] : nodes[k / 2];
    for (Eigen::Index item = 0; item < items; ++item)
      dataset.targets(feature, item) = nodes[static_cast<std::size_t>(items + item)];
  }
  return dataset;
}

linalg::Vector expected_singular_values(const HierarchicalTree& tree) {
  check(tree);
  const int depth = tree.levels;
  auto q = [&](int k) { return k < 0 ? 0.0 : std::pow(1 - 2 * tree.flip, 2 * (depth - k)); };
  linalg::Vector values(Eigen::Index{1} << depth);
  Eigen::Index next = 0;
  for (int level = 0; level <= depth; ++level) {
    double eigenvalue = 0;
    for (int k = level; k <= depth; ++k) eigenvalue += std::ldexp(q(k) - q(k - 1), depth - k);
    for (int i = 0; i < multiplicity(level); ++i) values[next++] = std::sqrt(tree.features * eigenvalue);
  }
  return values;
}

std::vector<int> levels_of_modes(const HierarchicalTree& tree) {
  check(tree);
  std::vector<int> levels;
  for (int level = 0; level <= tree.levels; ++level)
    levels.insert(levels.end(), static_cast<std::size_t>(multiplicity(level)), level);
  return levels;
}

}  // namespace dln::data
