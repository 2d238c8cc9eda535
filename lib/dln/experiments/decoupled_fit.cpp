#include "dln/experiments/decoupled_fit.hpp"

#include <algorithm>

#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

// A decoupled start is found in the first; from elsewhere the rest brings the distance to its third digit.
constexpr int kSweeps = 20;

// The orthonormal columns nearest to m's; where m has none, any that complete them.
Matrix orthogonal_factor(const Matrix& m) {
  const auto svd = linalg::singular_values(m);
  return svd.u * svd.v.transpose();
}

std::size_t at(int l) {
  return static_cast<std::size_t>(l - 1);
}

// D_l = diag(R_{l+1}^T W^l R_l).
void measure_strengths(DecoupledFit& fit, const Network& start) {
  for (int l = 1; l <= start.depth().weight_matrices(); ++l)
    fit.strengths[at(l)] =
        fit.bases[at(l + 1)].cwiseProduct(start.weight(l) * fit.bases[at(l)]).colwise().sum().transpose();
}

double residual(const DecoupledFit& fit, const Network& start, int l) {
  const Matrix weight = start.weight(l);
  if (weight.norm() == 0) return 0;
  const Matrix &into = fit.bases[at(l + 1)], &from = fit.bases[at(l)];
  Matrix rest = weight - into * fit.strengths[at(l)].asDiagonal() * from.transpose();
  if (start.depth().weight_matrices() > 1 && (l == 1 || l == start.depth().weight_matrices())) {
    Matrix unreached = rest - into * (into.transpose() * rest);
    unreached -= (unreached * from) * from.transpose();
    rest -= unreached;
  }
  return rest.norm() / weight.norm();
}

}  // namespace

double DecoupledFit::worst() const {
  base::Worst worst;
  for (const double residual : residuals) worst.see(residual);
  return worst.value();
}

DecoupledFit fit_decoupled(const Network& start, const data::SingularModes& modes) {
  base::require(start.inputs() == modes.input.rows(), "inputs of the network",
                static_cast<double>(start.inputs()),
                fmt::format("{}, as the modes have", modes.input.rows()));
  base::require(start.outputs() == modes.output.rows(), "outputs of the network",
                static_cast<double>(start.outputs()),
                fmt::format("{}, as the modes have", modes.output.rows()));
  const int matrices = start.depth().weight_matrices();
  const Eigen::Index active = std::min(modes.size(), std::ranges::min(start.units()));
  DecoupledFit fit;
  fit.strengths.resize(static_cast<std::size_t>(matrices));
  fit.bases.push_back(modes.input.leftCols(active));
  for (int l = 1; l < matrices; ++l)
    fit.bases.push_back(orthogonal_factor(start.weight(l) * fit.bases.back()));
  fit.bases.push_back(modes.output.leftCols(active));
  measure_strengths(fit, start);
  for (int sweep = 0; sweep < kSweeps; ++sweep)
    for (int l = matrices; l >= 2; --l) {  // R_l, from the outputs down: the first pass came from the inputs
      const Matrix from_below = start.weight(l - 1) * fit.bases[at(l - 1)],
                   from_above = start.weight(l).transpose() * fit.bases[at(l + 1)];
      // A first guess of a strength may be exactly zero where that of the mode is not.
      const double some = sweep == 0 ? 1e-3 * (from_below.norm() + from_above.norm()) : 0;
      const auto weighted = [&](const Vector& d) {
        return d.unaryExpr([&](double x) { return x < 0 ? x - some : x + some; }).eval();
      };
      fit.bases[at(l)] = orthogonal_factor(from_below * weighted(fit.strengths[at(l - 1)]).asDiagonal() +
                                           from_above * weighted(fit.strengths[at(l)]).asDiagonal());
      measure_strengths(fit, start);
    }
  for (int l = 1; l <= matrices; ++l) fit.residuals.push_back(residual(fit, start, l));
  return fit;
}

std::vector<ModeGroup> equal_modes(const Vector& s, double tolerance) {
  std::vector<ModeGroup> groups;
  for (Eigen::Index k = 1; k < s.size(); ++k) {
    if (!(s[k - 1] - s[k] <= tolerance * s[k - 1])) continue;
    if (!groups.empty() && groups.back().first + groups.back().size == k)
      ++groups.back().size;
    else
      groups.push_back({k - 1, 2});
  }
  return groups;
}

data::SingularModes turned_to_start(const data::SingularModes& modes, const std::vector<ModeGroup>& groups,
                                    const Network& start) {
  const int matrices = start.depth().weight_matrices();
  data::SingularModes turned = modes;
  for (const auto& [first, size] : groups) {
    const Matrix v = modes.input.middleCols(first, size), u = modes.output.middleCols(first, size);
    const Matrix from = start.weight(1) * v, into = start.weight(matrices).transpose() * u;
    const Matrix map = u.transpose() * network::end_to_end(start) * v;
    // All three are diagonal in the basis sought; weights without a common measure, lest eigenvalues
    // coincide in the sum that do not in each.
    Matrix sum = Matrix::Zero(size, size);
    const auto add = [&](const Matrix& m, double weight) {
      if (m.norm() > 0) sum += weight / m.norm() * (m + m.transpose());
    };
    add(map, 1);
    add(from.transpose() * from, 0.6180339887);
    add(into.transpose() * into, 0.2718281828);
    const Matrix turn = linalg::symmetric_eigen(sum).vectors;
    turned.input.middleCols(first, size) = v * turn;
    turned.output.middleCols(first, size) = u * turn;
  }
  return turned;
}

}  // namespace dln::experiments
