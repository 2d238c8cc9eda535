#include "dln/data/consistency_examples.hpp"

#include <cmath>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::data {
namespace {

void require_descending(std::string_view name, const linalg::Vector& values) {
  base::require(values.size() >= 1, fmt::format("number of {}", name), static_cast<double>(values.size()),
                "one or more");
  for (Eigen::Index k = 0; k < values.size(); ++k) {
    base::require_positive(name, values[k]);
    base::require(k == 0 || values[k] <= values[k - 1], name, values[k], "values in descending order");
  }
}

void check(const ConsistencyExample& example) {
  require_descending("variances", example.variances);
  require_descending("singular values", example.singular_values);
  const Eigen::Index inputs = example.variances.size(), r = example.singular_values.size();
  const bool pairs = example.modes == TaskModes::misleading;
  base::require(pairs ? 2 * r <= inputs : r <= inputs, "number of singular values", static_cast<double>(r),
                pairs ? "at most half as many as inputs" : "at most as many as inputs");
  base::require(example.outputs >= r, "outputs", static_cast<double>(example.outputs),
                "at least as many as singular values");
}

// v_1 .. v_r : N1 x r, out of the components q.
linalg::Matrix input_modes(const ConsistencyExample& example, const linalg::Matrix& q) {
  const Eigen::Index r = example.singular_values.size();
  switch (example.modes) {
    case TaskModes::leading:
      return q.leftCols(r);
    case TaskModes::minor:
      return q.rightCols(r);
    case TaskModes::random:
      break;
    case TaskModes::misleading:
      return (q.leftCols(r) + q.rightCols(r).rowwise().reverse()) * std::sqrt(0.5);
  }
  auto stream = base::stream(example.seed, "consistency example, modes");
  return linalg::haar_orthonormal(q.rows(), r, stream);
}

}  // namespace

std::string_view name_of(TaskModes modes) {
  switch (modes) {
    case TaskModes::leading:
      return "leading components";
    case TaskModes::minor:
      return "minor components";
    case TaskModes::random:
      return "random modes";
    case TaskModes::misleading:
      return "pairs of components";
  }
  return "unknown";
}

Dataset sample(const ConsistencyExample& example) {
  check(example);
  const Eigen::Index inputs = example.variances.size(), r = example.singular_values.size();
  auto q_stream = base::stream(example.seed, "consistency example, components");
  auto u_stream = base::stream(example.seed, "consistency example, outputs");
  const auto q = linalg::haar_orthonormal(inputs, inputs, q_stream);
  const auto u = linalg::haar_orthonormal(example.outputs, r, u_stream);
  const auto v = input_modes(example, q);
  const linalg::Vector spread = example.variances.cwiseSqrt();
  // Sigma31 Sigma11^{-1} x_k = U S V^T q_k / sqrt(Lambda_k).
  const linalg::Matrix in_components = (v.transpose() * q) * spread.cwiseInverse().asDiagonal();
  return {q * spread.asDiagonal(), u * (example.singular_values.asDiagonal() * in_components)};
}

}  // namespace dln::data
