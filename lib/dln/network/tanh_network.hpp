// The tanh network of Fig 3: one hidden layer of tanh units below linear outputs, yhat = W32 tanh(W21 x).
//
// Its weights are those of a three-layer LinearNetwork, W^1 = W21 : N_2 x N_1 and W^2 = W32 : N_3 x N_2.
// Unlike a linear network it learns from the examples themselves, not from their correlations.
#pragma once

#include "dln/data/dataset.hpp"
#include "dln/network/gradient_descent.hpp"

namespace dln::network {

// Minus the gradient of 1/2 sum_mu ||y - W32 tanh(W21 x)||^2. Keeps its workspace from call to call; the
// examples must outlive it.
class TanhGradient {
 public:
  // Throws DomainError unless the network has two matrices that fit the examples.
  TanhGradient(const data::Dataset& examples, const LinearNetwork<double>& shape);

  void operator()(const LinearNetwork<double>& weights, LinearNetwork<double>& direction);

  // The same in two halves: look() answers every example, step() moves what was looked at by rate times the
  // direction, in place; the weights are then, to the last bit, those to which it was added by add_fused.
  void look(const LinearNetwork<double>& weights);
  void step(LinearNetwork<double>& weights, double rate);
  // Whether that pays: everything fits into the second cache.
  bool fused() const { return fused_; }
  TrainingPath path() const;

  // ||Y - Yhat||_F of the last call: the root of twice the error.
  double residual_norm() const { return residual_.norm(); }

 private:
  void multiply(const auto& a, const auto& b, auto&& c) const;
  void go_back(const LinearNetwork<double>& weights);

  const data::Dataset& examples_;
  bool fused_;
  bool one_hot_;                                 // the inputs are the identity: one product less, twice
  linalg::Matrix hidden_, residual_, backward_;  // N_2 x P, N_3 x P, N_2 x P
  linalg::Matrix transposed_;                    // W32^T
};

// sum_mu yhat x^T : N_3 x N_1, the network's own input-output correlation. Where Sigma11 = I it is what the
// end-to-end map is to a linear network.
linalg::Matrix tanh_correlation(const LinearNetwork<double>& weights, const linalg::Matrix& inputs);

// Eq 1 for the tanh network: descend() by TanhGradient.
DescentResult descend_tanh(LinearNetwork<double> weights, const data::Dataset& examples,
                           const DescentOptions& options, const DescentObserver& observer = {});

}  // namespace dln::network
