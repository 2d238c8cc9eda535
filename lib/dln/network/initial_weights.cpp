#include "dln/network/initial_weights.hpp"

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::network {

LinearNetwork<double> small_random_weights(const std::vector<Eigen::Index>& units, double deviation,
                                           base::RandomStream& stream) {
  base::require_positive("deviation", deviation);
  LinearNetwork<double> network(units);
  for (double& weight : network.buffer()) weight = deviation * stream.normal();
  return network;
}

LinearNetwork<double> orthogonal_weights(const std::vector<Eigen::Index>& units, double gain,
                                         base::RandomStream& stream) {
  base::require_positive("gain", gain);
  LinearNetwork<double> network(units);
  for (int l = 1; l <= network.depth().weight_matrices(); ++l) {
    auto weight = network.weight(l);
    if (weight.rows() >= weight.cols())
      weight = gain * linalg::haar_orthonormal(weight.rows(), weight.cols(), stream);
    else
      weight = gain * linalg::haar_orthonormal(weight.cols(), weight.rows(), stream).transpose();
  }
  return network;
}

LinearNetwork<double> scaled_gaussian_weights(const std::vector<Eigen::Index>& units, double gain,
                                              base::RandomStream& stream) {
  base::require_positive("gain", gain);
  LinearNetwork<double> network(units);
  for (int l = 1; l <= network.depth().weight_matrices(); ++l) {
    auto weight = network.weight(l);
    const double deviation = gain / std::sqrt(static_cast<double>(weight.cols()));
    for (double& entry : weight.reshaped()) entry = deviation * stream.normal();
  }
  return network;
}

double deviation_for_strength(double initial_strength, Eigen::Index hidden_units) {
  base::require_positive("u0", initial_strength);
  base::require(hidden_units >= 1, "hidden units", static_cast<double>(hidden_units), "1 or more");
  return std::sqrt(2 * initial_strength / static_cast<double>(hidden_units));
}

DecoupledStart decoupled_weights(const std::vector<Eigen::Index>& units, const data::SingularModes& modes,
                                 const linalg::Matrix& strengths, base::RandomStream& stream) {
  LinearNetwork<double> network(units);
  const int matrices = network.depth().weight_matrices();
  if (strengths.rows() != matrices || strengths.cols() > modes.size() || !strengths.allFinite())
    throw base::DomainError(
        fmt::format("strengths {} x {}: expected one finite row for each of {} matrices and at most {} modes",
                    strengths.rows(), strengths.cols(), matrices, modes.size()));
  if (network.inputs() != modes.input.rows() || network.outputs() != modes.output.rows())
    throw base::DomainError(fmt::format("network from {} to {} units: expected {} to {}, as the modes have",
                                        network.inputs(), network.outputs(), modes.input.rows(),
                                        modes.output.rows()));
  const Eigen::Index active = std::min(strengths.cols(), *std::ranges::min_element(units));
  std::vector<linalg::Matrix> bases{modes.input.leftCols(active)};
  for (std::size_t l = 1; l + 1 < units.size(); ++l)
    bases.push_back(linalg::haar_orthonormal(units[l], active, stream));
  bases.push_back(modes.output.leftCols(active));
  for (int l = 1; l <= matrices; ++l) {
    const auto i = static_cast<std::size_t>(l);
    network.weight(l) = bases[i] * strengths.row(l - 1).head(active).asDiagonal() * bases[i - 1].transpose();
  }
  return {std::move(network), std::move(bases)};
}

void carry_all_inputs(DecoupledStart& start, const data::SingularModes& modes, double strength) {
  base::require(std::isfinite(strength), "strength", strength, "a finite number");
  auto& inputs = start.bases.at(0);
  auto& hidden = start.bases.at(1);
  const Eigen::Index active = hidden.cols(), all = std::min(inputs.rows(), hidden.rows());
  if (start.network.depth().weight_matrices() < 2 || modes.input.rows() != inputs.rows() ||
      active > modes.size() || inputs != modes.input.leftCols(active))
    throw base::DomainError("start: expected one of three layers or more that was made with these modes");
  inputs = linalg::completed_basis(modes.input).leftCols(all).eval();
  hidden = linalg::completed_basis(hidden).leftCols(all).eval();
  start.network.weight(1).noalias() +=
      strength * hidden.rightCols(all - active) * inputs.rightCols(all - active).transpose();
}

LinearNetwork<double> balanced_weights(const std::vector<Eigen::Index>& units, const linalg::Matrix& map,
                                       base::RandomStream& stream) {
  LinearNetwork<double> network(units);
  if (map.rows() != network.outputs() || map.cols() != network.inputs())
    throw base::DomainError(fmt::format("end-to-end map {} x {}: expected {} x {}, outputs by inputs",
                                        map.rows(), map.cols(), network.outputs(), network.inputs()));
  const auto svd = linalg::singular_values(map);
  const Eigen::Index held = std::min(svd.s.size(), *std::ranges::min_element(units));
  const double beyond = svd.s.tail(svd.s.size() - held).sum();
  base::require(beyond <= 1e-12 * svd.s.sum(), "singular values beyond the narrowest layer, in sum", beyond,
                fmt::format("0: the map's rank may be {} at most", held));
  const int matrices = network.depth().weight_matrices();
  const linalg::Vector strengths = svd.s.head(held).array().pow(1.0 / matrices);
  linalg::Matrix before = svd.v.leftCols(held);
  for (int l = 1; l <= matrices; ++l) {
    linalg::Matrix after = l == matrices
                               ? linalg::Matrix(svd.u.leftCols(held))
                               : linalg::haar_orthonormal(units[static_cast<std::size_t>(l)], held, stream);
    network.weight(l) = after * strengths.asDiagonal() * before.transpose();
    before = std::move(after);
  }
  return network;
}

double balance_residual(const LinearNetwork<double>& network) {
  base::Worst largest;
  largest.see(0);
  for (int l = 1; l < network.depth().weight_matrices(); ++l) {
    const linalg::Matrix below = network.weight(l) * network.weight(l).transpose();
    const linalg::Matrix above = network.weight(l + 1).transpose() * network.weight(l + 1);
    largest.see((above - below).norm() / below.norm());
  }
  return largest.value();
}

double decoupling_residual(const LinearNetwork<double>& network, const std::vector<linalg::Matrix>& bases) {
  base::Worst largest;
  for (int l = 1; l <= network.depth().weight_matrices(); ++l) {
    const auto i = static_cast<std::size_t>(l);
    const linalg::Matrix weight = network.weight(l);
    const linalg::Vector diagonal = (bases[i].transpose() * weight * bases[i - 1]).diagonal();
    const Eigen::Index n = diagonal.size();
    const linalg::Matrix decoupled =
        bases[i].leftCols(n) * diagonal.asDiagonal() * bases[i - 1].leftCols(n).transpose();
    largest.see((weight - decoupled).norm() / weight.norm());
  }
  return largest.value();
}

}  // namespace dln::network
