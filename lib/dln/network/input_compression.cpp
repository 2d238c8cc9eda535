#include "dln/network/input_compression.hpp"

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/chain_gradient.hpp"

namespace dln::network {
namespace {

using linalg::Matrix;

double allowed_residual(Eigen::Index inputs) {
  return 32 * std::numeric_limits<double>::epsilon() * std::sqrt(static_cast<double>(inputs));
}

// The columns of both, each matrix taken as of unit size.
Matrix side_by_side(const Matrix& a, const Matrix& b) {
  Matrix both(a.rows(), a.cols() + b.cols());
  const auto unit = [](const Matrix& m) { return m.norm() > 0 ? Matrix(m / m.norm()) : m; };
  both << unit(a), unit(b);
  return both;
}

LinearNetwork<double> with_first(const LinearNetwork<double>& network, const Matrix& first) {
  auto units = network.units();
  units.front() = first.cols();
  LinearNetwork<double> changed(units);
  changed.weight(1) = first;
  for (int l = 2; l <= network.depth().weight_matrices(); ++l) changed.weight(l) = network.weight(l);
  return changed;
}

}  // namespace

InputCompression::InputCompression(const data::Correlations& correlations,
                                   const LinearNetwork<double>& start) {
  const auto& sigma11 = correlations.sigma11;
  const auto inputs = start.inputs();
  base::require(correlations.sigma31.cols() == inputs, "inputs of Sigma31",
                static_cast<double>(correlations.sigma31.cols()),
                fmt::format("{}, those of the network", inputs));
  if (correlations.sigma31.rows() + start.weight(1).rows() >= inputs) return;
  const auto svd = linalg::singular_values(
      side_by_side(correlations.sigma31.transpose(), Matrix(start.weight(1)).transpose()));
  const Eigen::Index rank = (svd.s.array() > allowed_residual(inputs) * svd.s[0]).count();
  if (rank == 0) return;
  const Matrix basis = svd.u.leftCols(rank), image = sigma11 * basis;
  const double outside = (image - basis * (basis.transpose() * image)).norm();
  if (outside <= allowed_residual(inputs) * image.norm()) basis_ = basis;
}

data::Correlations InputCompression::compress(const data::Correlations& correlations) const {
  if (!compresses()) return correlations;
  auto small = correlations;
  small.sigma11 = basis_.transpose() * correlations.sigma11 * basis_;
  small.sigma31 = correlations.sigma31 * basis_;
  // A multiple of the identity stays one, without the rounding.
  if (const double c = correlations.sigma11(0, 0);
      correlations.sigma11 == c * Matrix::Identity(basis_.rows(), basis_.rows()))
    small.sigma11 = c * Matrix::Identity(basis_.cols(), basis_.cols());
  return small;
}

data::SingularModes InputCompression::compress(const data::SingularModes& modes) const {
  auto small = modes;
  if (compresses()) small.input = basis_.transpose() * modes.input;
  return small;
}

LinearNetwork<double> InputCompression::compress(const LinearNetwork<double>& network) const {
  if (!compresses()) return network;
  base::require(network.inputs() == basis_.rows(), "inputs to be compressed",
                static_cast<double>(network.inputs()), fmt::format("{}", basis_.rows()));
  return with_first(network, network.weight(1) * basis_);
}

LinearNetwork<double> InputCompression::expand(const LinearNetwork<double>& compressed) const {
  if (!compresses()) return compressed;
  base::require(compressed.inputs() == basis_.cols(), "inputs to be expanded",
                static_cast<double>(compressed.inputs()), fmt::format("{}", basis_.cols()));
  return with_first(compressed, compressed.weight(1) * basis_.transpose());
}

TurnedInputs turn_inputs(const data::Correlations& correlations, const LinearNetwork<double>& start) {
  require_fitting(start.units(), correlations);
  const auto eigen = linalg::symmetric_eigen(correlations.sigma11);
  auto turned = correlations;
  turned.sigma11 = eigen.values.asDiagonal();
  turned.sigma31 = correlations.sigma31 * eigen.vectors;
  return {turned, with_first(start, start.weight(1) * eigen.vectors)};
}

}  // namespace dln::network
