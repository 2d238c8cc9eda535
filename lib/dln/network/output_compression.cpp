#include "dln/network/output_compression.hpp"

#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/linalg/tile_products.hpp"

namespace dln::network {

OutputCompression::OutputCompression(const linalg::Matrix& targets, const LinearNetwork<double>& start)
    : outputs_(start.outputs()) {
  base::require(targets.rows() == start.outputs(), "rows of the targets", static_cast<double>(targets.rows()),
                fmt::format("{}, the outputs of the network", start.outputs()));
  const auto last = start.weight(start.depth().weight_matrices());
  if (targets.cols() + last.cols() >= start.outputs()) return;
  linalg::Matrix reached(start.outputs(), targets.cols() + last.cols());
  reached << targets, last;
  basis_ = linalg::orthonormal_basis(reached);
  outputs_ = basis_.cols();
}

linalg::Matrix OutputCompression::compress(const linalg::Matrix& m) const {
  if (!compresses()) return m;
  base::require(m.rows() == basis_.rows(), "outputs to be compressed", static_cast<double>(m.rows()),
                fmt::format("{}, as the targets have", basis_.rows()));
  return linalg::inner_products(basis_, m);
}

data::Correlations OutputCompression::compress(const data::Correlations& correlations) const {
  auto small = correlations;
  small.sigma31 = compress(correlations.sigma31);
  return small;
}

data::SingularModes OutputCompression::compress(const data::SingularModes& modes) const {
  auto small = modes;
  small.output = compress(modes.output);
  return small;
}

LinearNetwork<double> OutputCompression::compress(const LinearNetwork<double>& network) const {
  if (!compresses()) return network;
  const linalg::Matrix last = network.weight(network.depth().weight_matrices());
  const linalg::Matrix small = compress(last);
  linalg::Matrix missed(last.rows(), last.cols());
  linalg::multiply_tiles(last, -1.0, basis_, small, missed);
  const double outside = missed.norm();
  const double allowed = 1e3 * std::numeric_limits<double>::epsilon() *
                         std::sqrt(static_cast<double>(last.rows())) * last.norm();
  base::require(outside <= allowed, "weights outside the span of targets and start", outside,
                fmt::format("at most {:.3g}, rounding", allowed));
  return with_last(network, small);
}

LinearNetwork<double> OutputCompression::expand(const LinearNetwork<double>& compressed) const {
  if (!compresses()) return compressed;
  base::require(compressed.outputs() == outputs_, "outputs to be expanded",
                static_cast<double>(compressed.outputs()), fmt::format("{}, the compressed ones", outputs_));
  return with_last(compressed, basis_ * compressed.weight(compressed.depth().weight_matrices()));
}

LinearNetwork<double> OutputCompression::with_last(const LinearNetwork<double>& network,
                                                   const linalg::Matrix& last) const {
  auto units = network.units();
  units.back() = last.rows();
  LinearNetwork<double> changed(units);
  const int matrices = network.depth().weight_matrices();
  for (int l = 1; l < matrices; ++l) changed.weight(l) = network.weight(l);
  changed.weight(matrices) = last;
  return changed;
}

}  // namespace dln::network
