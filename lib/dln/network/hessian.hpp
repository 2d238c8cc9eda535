// HessianProduct: the exact Hessian of the squared error of the full network, by products with a direction,
//
//   E = 1/2 sum_mu ||y - W^L ... W^1 x||^2,    (H V)^l = d/dt (dE/dW^l)(W + t V) at t = 0,
//
// at any weights, the residual's part included, for any Sigma11, depth and widths. With the two chains of
// Eq 13,
//
//   B_l = W^L ... W^{l+1},   F_l = (Sigma31 - B_0 Sigma11) (W^l ... W^1)^T,   -dE/dW^l = B_l^T F_{l-1},
//
// and a dash for the derivative along V, the product rule gives
//
//   B'_L = 0,                B'_{l-1} = B'_l W^l + B_l V^l,
//   F'_0 = -B'_0 Sigma11,    F'_l = F'_{l-1} W^l^T + F_{l-1} V^l^T,
//   (H V)^l = -(B'_l^T F_{l-1} + B_l^T F'_{l-1}).
//
// As in chain_gradient.hpp every intermediate has as few rows as the network has outputs, and nothing of size
// hidden x hidden is formed but the result: a product takes twice the
// multiplications of a gradient.
#pragma once

#include <cstdint>
#include <string>

#include "dln/data/correlations.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::network {

// Computes the chains that depend on the weights once, and keeps its workspace from product to product. The
// correlations must outlive it; the weights are copied.
class HessianProduct {
 public:
  // Throws DomainError when the sizes of network and correlations do not compose, or a weight is not finite.
  HessianProduct(const data::Correlations& correlations, const LinearNetwork<double>& at);

  // product = H direction, in the normalisation of the correlations. All three networks have the same units:
  // throws DomainError otherwise.
  void operator()(const LinearNetwork<double>& direction, LinearNetwork<double>& product);

  const std::vector<Eigen::Index>& units() const { return at_.units(); }

  // The chains of the weights beside W^l, transposed: B_l^T : N_{l+1} x N_{L+1}, l < L, and F_{l-1}^T : N_l x
  // N_{L+1}.
  linalg::Matrix left_of(int l) const;
  linalg::Matrix right_of(int l) const;
  const LinearNetwork<double>& at() const { return at_; }
  const data::Correlations& correlations() const { return correlations_; }

 private:
  void move_chains(const LinearNetwork<double>& direction);

  const data::Correlations& correlations_;
  LinearNetwork<double> at_;
  data::InputForm inputs_;
  // One above the other, so that (H V)^l is a single product: 2 N_{L+1} x N_{l+1}, l = 0 .. L-1.
  std::vector<linalg::Matrix> backward_;  // [l] = (B_l; B'_l)
  std::vector<linalg::Matrix> forward_;   // [l] = (F'_l; F_l)
  linalg::Matrix long_;                   // one of these transposed
};

// The whole matrix H, column by column, in the order of LinearNetwork::buffer(): for small networks. Throws
// DomainError beyond 4096 weights, and as HessianProduct does.
linalg::Matrix dense_hessian(const LinearNetwork<double>& network, const data::Correlations& correlations);

struct TopEigenvalueOptions {
  double tolerance = 1e-8;  // > 0, of the residual below; the eigenvalue errs by its square over the gap
  int max_products = 2000;  // >= 2, with the Hessian
  int basis = 64;           // >= 2, vectors held at a time, each as large as the network or its HessianRange
  std::uint64_t seed = 1;   // of the random start
};

enum class TopEigenvalueStop { converged, max_products };

struct TopEigenvalue {
  double value;                  // the algebraically largest eigenvalue
  LinearNetwork<double> vector;  // its eigenvector, of length 1
  double residual;               // ||H v - value v|| / |value|, by a product with v; 0 for H = 0
  int products;                  // with the Hessian
  TopEigenvalueStop reason;

  std::string brief() const;
};

// The sharpness of the error at these weights: the algebraically largest eigenvalue of its Hessian, by
// Lanczos iteration from a random start, in the few numbers of HessianRange where they are few. It is never
// negative: each diagonal block of H, the error being a convex parabola in each single W^l, is positive
// semidefinite. Throws DomainError for options out of their domains and as HessianProduct does,
// NumericalError when a product overflows.
TopEigenvalue top_hessian_eigenvalue(const LinearNetwork<double>& network,
                                     const data::Correlations& correlations,
                                     const TopEigenvalueOptions& options = {});

}  // namespace dln::network
