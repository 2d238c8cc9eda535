#include "dln/network/hessian.hpp"

#include <algorithm>

#include "dln/base/error.hpp"
#include "dln/linalg/thin_products.hpp"
#include "dln/linalg/tile_products.hpp"
#include "dln/network/chain_gradient.hpp"

namespace dln::network {
namespace {

using linalg::Into;
using linalg::Matrix;
using linalg::Vector;
using Network = LinearNetwork<double>;

constexpr std::size_t kDenseWeights = 4096;

void require_finite(const Network& network) {
  for (int l = 1; l <= network.depth().weight_matrices(); ++l)
    if (!network.weight(l).allFinite())
      throw base::DomainError(
          fmt::format("W^{} holds a value that is not finite: expected finite weights", l));
}

void require_units(const Network& network, const std::vector<Eigen::Index>& units, const char* what) {
  if (network.units() != units)
    throw base::DomainError(fmt::format("{} of {} units: expected {}, as the weights have", what,
                                        fmt::join(network.units(), "-"), fmt::join(units, "-")));
}

// c = factor a b or c += factor a b, where a has few rows, or few columns.
template <class A, class B, class C>
void multiply(double factor, const A& a, const B& b, Into into, C&& c) {
  if (std::min(a.rows(), a.cols() / 2) <= linalg::kThin)
    linalg::multiply_thin(factor, linalg::strided(a), linalg::strided(b), into, c.data(), c.outerStride());
  else if (into == Into::fresh)
    c.noalias() = factor * a * b;
  else
    c.noalias() += factor * a * b;
}

// Whether tiles do best: few outputs beside a layer of some vectors.
bool in_tiles(Eigen::Index outputs, Eigen::Index units) {
  return outputs <= linalg::kThinRows && units >= 16;
}

}  // namespace

HessianProduct::HessianProduct(const data::Correlations& correlations, const Network& at)
    : correlations_(correlations), at_(at), inputs_(data::input_form(correlations.sigma11)) {
  const Eigen::Index n = at.outputs();
  require_fitting(at.units(), correlations);
  require_finite(at);
  const int matrices = at.depth().weight_matrices();
  for (int l = 0; l < matrices; ++l) {
    backward_.push_back(Matrix::Zero(2 * n, at.units()[static_cast<std::size_t>(l)]));
    forward_.push_back(backward_.back());
  }
  auto back = [&](int l) { return backward_[static_cast<std::size_t>(l)].topRows(n); };
  auto forth = [&](int l) { return forward_[static_cast<std::size_t>(l)].bottomRows(n); };
  back(matrices - 1) = at.weight(matrices);
  for (int l = matrices - 1; l >= 1; --l) multiply(1, back(l), at.weight(l), Into::fresh, back(l - 1));
  forth(0) = correlations.sigma31;
  multiply(-1, back(0), correlations.sigma11, Into::sum, forth(0));
  for (int l = 1; l < matrices; ++l)
    multiply(1, forth(l - 1), at.weight(l).transpose(), Into::fresh, forth(l));
}

Matrix HessianProduct::left_of(int l) const {
  return backward_[static_cast<std::size_t>(l)].topRows(at_.outputs()).transpose();
}
Matrix HessianProduct::right_of(int l) const {
  return forward_[static_cast<std::size_t>(l) - 1].bottomRows(at_.outputs()).transpose();
}

// B'_l and F'_l.
void HessianProduct::move_chains(const Network& direction) {
  const Eigen::Index n = at_.outputs();
  const int matrices = at_.depth().weight_matrices();
  auto back = [&](int l) -> Matrix& { return backward_[static_cast<std::size_t>(l)]; };
  auto forth = [&](int l) -> Matrix& { return forward_[static_cast<std::size_t>(l)]; };

  back(matrices - 1).bottomRows(n) = direction.weight(matrices);
  for (int l = matrices - 1; l >= 1; --l) {
    multiply(1, back(l).bottomRows(n), at_.weight(l), Into::fresh, back(l - 1).bottomRows(n));
    multiply(1, back(l).topRows(n), direction.weight(l), Into::sum, back(l - 1).bottomRows(n));
  }
  if (inputs_ == data::InputForm::white)
    forth(0).topRows(n) = -back(0).bottomRows(n);
  else if (inputs_ == data::InputForm::diagonal)
    forth(0).topRows(n) = -back(0).bottomRows(n) * correlations_.sigma11.diagonal().asDiagonal();
  else if (in_tiles(n, at_.inputs())) {  // Sigma11 is symmetric: the long sides contiguous
    long_.resize(at_.inputs(), n);
    linalg::multiply_tiles(-1.0, correlations_.sigma11, back(0).bottomRows(n).transpose(), long_);
    forth(0).topRows(n) = long_.transpose();
  } else
    multiply(-1, back(0).bottomRows(n), correlations_.sigma11, Into::fresh, forth(0).topRows(n));
  for (int l = 1; l < matrices; ++l) {
    multiply(1, forth(l - 1).topRows(n), at_.weight(l).transpose(), Into::fresh, forth(l).topRows(n));
    multiply(1, forth(l - 1).bottomRows(n), direction.weight(l).transpose(), Into::sum, forth(l).topRows(n));
  }
}

void HessianProduct::operator()(const Network& direction, Network& product) {
  require_units(direction, units(), "direction");
  require_units(product, units(), "product");
  move_chains(direction);
  const int matrices = at_.depth().weight_matrices();
  // Left of W^L stands the identity, whose derivative is zero. backward_[l] is to the left of W^l.
  for (int l = 1; l < matrices; ++l) {
    const auto &left = backward_[static_cast<std::size_t>(l)],
               &right = forward_[static_cast<std::size_t>(l) - 1];
    if (in_tiles(at_.outputs(), left.cols())) {
      long_ = left.transpose();
      linalg::multiply_tiles(-1.0, long_, right, product.weight(l));
    } else
      multiply(-1, left.transpose(), right, Into::fresh, product.weight(l));
  }
  product.weight(matrices) = -forward_.back().topRows(at_.outputs());
}

Matrix dense_hessian(const Network& network, const data::Correlations& correlations) {
  const std::size_t weights = network.buffer().size();
  if (weights > kDenseWeights)
    throw base::DomainError(fmt::format(
        "whole Hessian of {} weights: expected {} at most; products with a vector have no such limit",
        weights, kDenseWeights));
  HessianProduct product(correlations, network);
  Network direction(network.units()), column(network.units());
  Matrix hessian(weights, weights);
  for (std::size_t i = 0; i < weights; ++i) {
    direction.buffer()[i] = 1;
    product(direction, column);
    hessian.col(static_cast<Eigen::Index>(i)) = flat(column);
    direction.buffer()[i] = 0;
  }
  return hessian;
}

}  // namespace dln::network
