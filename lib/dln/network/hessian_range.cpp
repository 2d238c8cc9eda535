#include "dln/network/hessian_range.hpp"

#include <numeric>
#include <type_traits>

#include "dln/linalg/tile_products.hpp"

namespace dln::network {

using linalg::inner_products;
using linalg::Matrix;
using linalg::multiply_tiles;
using linalg::Vector;

Eigen::Index hessian_factors(const std::vector<Eigen::Index>& units) {
  return units.back() *
         (units.front() + 2 * std::accumulate(units.begin() + 1, units.end() - 1, Eigen::Index{0}));
}

HessianRange::HessianRange(const HessianProduct& hessian)
    : units_(hessian.units()),
      inputs_(data::input_form(hessian.correlations().sigma11)),
      sigma11_(hessian.correlations().sigma11),
      moved_(units_.front(), units_.back()) {
  for (int l = 1; l + 1 < static_cast<int>(units_.size()); ++l) {
    Layer layer{hessian.left_of(l), hessian.right_of(l), {}, {}, hessian.at().weight(l), {}};
    layer.left_left = inner_products(layer.left, layer.left);
    layer.right_right = inner_products(layer.right, layer.right);
    layer.transposed.resize(layer.weight.cols(), layer.weight.rows());
    linalg::transpose(layer.weight, layer.transposed);
    layers_.push_back(std::move(layer));
  }
}

// One after the other: Y of layer 1, X of layer 1, Y of layer 2, ... Y of layer L.
template <class V>
auto HessianRange::y(V& factors, int l) const {
  Eigen::Index before = units_.front();
  for (int k = 2; k <= l; ++k) before += 2 * units_[static_cast<std::size_t>(k) - 1];
  const Eigen::Index rows = units_[static_cast<std::size_t>(l) - 1], n = units_.back();
  using Map = std::conditional_t<std::is_const_v<V>, ConstView, View>;
  return Map(factors.data() + (before - rows) * n, rows, n);
}
template <class V>
auto HessianRange::x(V& factors, int l) const {
  auto beside = y(factors, l);
  const Eigen::Index rows = units_[static_cast<std::size_t>(l)], n = units_.back();
  return decltype(beside)(beside.data() + beside.size(), rows, n);
}

void HessianRange::see(const Vector& factors, Vector& seen) {
  const int matrices = static_cast<int>(units_.size()) - 1;
  for (int l = 1; l < matrices; ++l) {
    const Layer& layer = layers_[static_cast<std::size_t>(l) - 1];
    const Matrix by_x = inner_products(layer.left, Matrix(x(factors, l))),
                 by_y = inner_products(layer.right, Matrix(y(factors, l)));
    auto of_x = x(seen, l), of_y = y(seen, l);
    multiply_tiles(1.0, x(factors, l), layer.right_right, of_x);
    multiply_tiles(of_x, 1.0, layer.left, by_y.transpose(), of_x);
    multiply_tiles(1.0, y(factors, l), layer.left_left, of_y);
    multiply_tiles(of_y, 1.0, layer.right, by_x.transpose(), of_y);
  }
  y(seen, matrices) = y(factors, matrices);  // left of W^L stands the identity
}

void HessianRange::pass_inputs(const Matrix& moved, View& result) {
  if (inputs_ == data::InputForm::white)
    result = moved;
  else if (inputs_ == data::InputForm::diagonal)
    result = sigma11_.diagonal().asDiagonal() * moved;
  else
    multiply_tiles(1.0, sigma11_, moved, result);
}

// B'_{l-1} = B'_l W^l + B_l V^l down to B'_0, F'_0 = -B'_0 Sigma11, and F'_l = F'_{l-1} W^l^T + F_{l-1} V^l^T
// up again; factors hold -B'_l and -F'_{l-1}.
void HessianRange::multiply(const Vector& seen, Vector& factors) {
  const int matrices = static_cast<int>(units_.size()) - 1;
  if (matrices == 1) moved_ = y(seen, 1);
  for (int l = matrices - 1; l >= 1; --l) {
    auto above = x(factors, l);
    if (l == matrices - 1) above = -y(seen, matrices);
    const Matrix& transposed = layers_[static_cast<std::size_t>(l) - 1].transposed;
    if (l == 1) {
      multiply_tiles(y(seen, l), -1.0, transposed, above, moved_);
    } else {
      auto below = x(factors, l - 1);
      multiply_tiles(y(seen, l), -1.0, transposed, above, below);
      below = -below;
    }
  }
  auto first = y(factors, 1);
  pass_inputs(moved_, first);
  for (int l = 1; l < matrices; ++l) {
    const Matrix& weight = layers_[static_cast<std::size_t>(l) - 1].weight;
    auto next = y(factors, l + 1);
    next = -x(seen, l);
    multiply_tiles(next, 1.0, weight, y(factors, l), next);
  }
}

LinearNetwork<double> HessianRange::network(const Vector& factors) const {
  LinearNetwork<double> v(units_);
  const int matrices = static_cast<int>(units_.size()) - 1;
  for (int l = 1; l < matrices; ++l) {
    const Layer& layer = layers_[static_cast<std::size_t>(l) - 1];
    auto weight = v.weight(l);
    multiply_tiles(1.0, x(factors, l), layer.right.transpose(), weight);
    multiply_tiles(weight, 1.0, layer.left, y(factors, l).transpose(), weight);
  }
  v.weight(matrices) = y(factors, matrices).transpose();
  return v;
}

}  // namespace dln::network
