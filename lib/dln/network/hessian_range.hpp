// HessianRange: the range of the Hessian in few numbers.
//
// By hessian.hpp, (H V)^l = X^T F_{l-1} + B_l^T Y with factors X = -B'_l : N_{L+1} x N_{l+1} and Y =
// -F'_{l-1} : N_{L+1} x N_l that alone depend on V. Every eigenvector but those of the eigenvalue zero has
// this form, and a network of few outputs and wide layers has far fewer such factors than weights. H V in its
// turn depends only on the products
//
//   F_{l-1} V^l^T = F_{l-1} F_{l-1}^T X + (F_{l-1} Y^T) B_l,   B_l V^l = (B_l X^T) F_{l-1} + B_l B_l^T Y
//
// of N_{L+1} rows ("seen"), which are also the gradient of |V|^2 / 2 by X and Y: for two networks of this
// form V.V' = X'.(F V^T) + Y'.(B V), summed over the layers. So products, lengths and angles are had without
// one matrix as large as the weights.
#pragma once

#include "dln/network/hessian.hpp"

namespace dln::network {

// How many factors there are: N_{L+1} (N_1 + 2 (N_2 + ... + N_L)).
Eigen::Index hessian_factors(const std::vector<Eigen::Index>& units);

// Keeps its workspace from call to call; the product's correlations must outlive it.
class HessianRange {
 public:
  explicit HessianRange(const HessianProduct& hessian);

  Eigen::Index size() const { return hessian_factors(units_); }  // of `factors` and of `seen`

  // What H sees of the network with these factors. The two lie apart.
  void see(const linalg::Vector& factors, linalg::Vector& seen);
  // Factors of H V by what it sees of V.
  void multiply(const linalg::Vector& seen, linalg::Vector& factors);
  // V itself.
  LinearNetwork<double> network(const linalg::Vector& factors) const;

 private:
  using View = Eigen::Map<linalg::Matrix>;
  using ConstView = Eigen::Map<const linalg::Matrix>;

  // X^T : N_{l+1} x N_{L+1}, l = 1 .. L - 1, and Y^T : N_l x N_{L+1}, l = 1 .. L, within a vector of factors.
  template <class Vector>
  auto x(Vector& factors, int l) const;
  template <class Vector>
  auto y(Vector& factors, int l) const;
  void pass_inputs(const linalg::Matrix& moved, View& result);  // Sigma11 moved

  // Of one layer below the last.
  struct Layer {
    linalg::Matrix left, right;             // B_l^T, F_{l-1}^T
    linalg::Matrix left_left, right_right;  // B_l B_l^T, F_{l-1} F_{l-1}^T
    linalg::Matrix weight, transposed;      // W^l and its transpose
  };

  std::vector<Eigen::Index> units_;
  data::InputForm inputs_;
  const linalg::Matrix& sigma11_;
  std::vector<Layer> layers_;
  linalg::Matrix moved_;  // B'_{0}^T
};

}  // namespace dln::network
