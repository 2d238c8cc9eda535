// TrainingPath: which arithmetic trained a network, and why that one: a result says it.
#pragma once

#include <string>
#include <vector>

#include "dln/linalg/matrix.hpp"

namespace dln::network {

enum class PathKind {
  compressed,  // a smaller network, exactly the same (HiddenCompression, InputCompression, OutputCompression)
  fused,       // the whole one, its weights read twice and written once an epoch
  general,     // the whole one, by general products
};

struct TrainingPath {
  PathKind kind = PathKind::general;
  std::string reason = {};  // "1000 hidden units act as 10, the start is block-invariant to 2e-16"

  // "compressed: 1000 hidden units act as 10, ...".
  std::string brief() const;
};

// Of a network of `whole` units of which one of `trained` units was trained, by the arithmetic that its
// gradient names. `residual`: how far the start is from invariant, relative to its weights. Where nothing was
// made smaller, `looked` says that it was tried.
TrainingPath path_of(const std::vector<Eigen::Index>& whole, const std::vector<Eigen::Index>& trained,
                     double residual, bool looked, const TrainingPath& arithmetic);

}  // namespace dln::network
