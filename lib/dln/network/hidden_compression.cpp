#include "dln/network/hidden_compression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::network {
namespace {

using linalg::Matrix;

constexpr Eigen::Index kFirstGuess = 16, kProbes = 4;

double allowed_residual(Eigen::Index units) {
  return 32 * std::numeric_limits<double>::epsilon() * std::sqrt(static_cast<double>(units));
}

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, base::RandomStream& stream) {
  return Matrix::NullaryExpr(rows, columns, [&] { return stream.normal(); });
}

// An orthonormal basis of the columns of `below` : N_l x N_{l-1} and of the rows of `above` : N_{l+1} x N_l,
// found from what they make of random vectors; empty when that is no less than the whole space.
Matrix reached_directions(const auto& below, const auto& above, base::RandomStream& stream) {
  const Eigen::Index units = below.rows();
  const double of_below = below.norm(), of_above = above.norm();
  const auto images = [&](Eigen::Index count) {  // from both, each taken as of unit size
    Matrix sum = Matrix::Zero(units, count);
    if (of_below > 0) sum.noalias() += below * gaussian(below.cols(), count, stream) / of_below;
    if (of_above > 0) sum.noalias() += above.transpose() * gaussian(above.rows(), count, stream) / of_above;
    return sum;
  };
  const Matrix probes = images(kProbes);
  for (Eigen::Index guess = kFirstGuess; guess < units; guess = std::min(2 * guess, units - 1)) {
    const auto svd = linalg::singular_values(images(guess));
    const double smallest = allowed_residual(units) * svd.s[0];
    const Eigen::Index rank = std::max<Eigen::Index>(1, (svd.s.array() > smallest).count());
    const Matrix basis = svd.u.leftCols(rank);
    const double missed = (probes - basis * (basis.transpose() * probes)).norm();
    if (rank < guess && missed <= allowed_residual(units) * probes.norm()) return basis;
    if (guess == units - 1) break;
  }
  return {};
}

}  // namespace

HiddenCompression::HiddenCompression(const LinearNetwork<double>& start)
    : full_units_(start.units()), units_(start.units()), bases_(start.units().size()) {
  const int matrices = start.depth().weight_matrices();
  for (double weight : start.buffer())
    if (!std::isfinite(weight))
      throw base::NumericalError("weights to be compressed: expected finite numbers");
  for (int layer = 2; layer <= matrices; ++layer) {
    auto stream = base::stream(1, "directions reached by a layer", layer);
    const auto i = static_cast<std::size_t>(layer - 1);
    bases_[i] = reached_directions(start.weight(layer - 1), start.weight(layer), stream);
    if (bases_[i].size() > 0) units_[i] = bases_[i].cols();
  }
  base::Worst worst;
  worst.see(0);
  const auto small = compress(start), again = expand(small);
  for (int l = 1; l <= matrices; ++l)
    if (const double size = start.weight(l).norm(); size > 0)
      worst.see((again.weight(l) - start.weight(l)).norm() / size);
  residual_ = worst.value();
  if (!(residual_ <= allowed_residual(*std::ranges::max_element(full_units_)))) {  // the probes were fooled
    units_ = full_units_;
    bases_.assign(bases_.size(), Matrix());
    residual_ = 0;
  }
}

LinearNetwork<double> HiddenCompression::compress(const LinearNetwork<double>& network) const {
  if (network.units() != full_units_)
    throw base::DomainError(fmt::format("network of {} units: expected {}", fmt::join(network.units(), "-"),
                                        fmt::join(full_units_, "-")));
  LinearNetwork<double> small(units_);
  for (int l = 1; l <= network.depth().weight_matrices(); ++l) {
    Matrix w = network.weight(l);
    if (basis(l).size() > 0) w = w * basis(l);
    if (basis(l + 1).size() > 0) w = basis(l + 1).transpose() * w;
    small.weight(l) = w;
  }
  return small;
}

LinearNetwork<double> HiddenCompression::expand(const LinearNetwork<double>& compressed) const {
  if (compressed.units() != units_)
    throw base::DomainError(fmt::format("network of {} units: expected {}",
                                        fmt::join(compressed.units(), "-"), fmt::join(units_, "-")));
  LinearNetwork<double> large(full_units_);
  for (int l = 1; l <= compressed.depth().weight_matrices(); ++l) {
    Matrix w = compressed.weight(l);
    if (basis(l).size() > 0) w = w * basis(l).transpose();
    if (basis(l + 1).size() > 0) w = basis(l + 1) * w;
    large.weight(l) = w;
  }
  return large;
}

std::string HiddenCompression::brief() const {
  return fmt::format("{}, from {}; residual {:.1g}", fmt::join(units_, "-"), fmt::join(full_units_, "-"),
                     residual_);
}

}  // namespace dln::network
