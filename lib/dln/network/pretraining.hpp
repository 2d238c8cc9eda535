// Greedy layerwise pretraining (section 3): every hidden layer is first the code of a linear autoencoder that
// reconstructs the layer below it. With W21 : N_2 x N_1 and W32 : N_1 x N_2 these are Eqs 1 and 2 at
//
//   Sigma31 = Sigma11 = Sigma:   dW21 ~ W32^T (I - W32 W21) Sigma,   dW32 ~ (I - W32 W21) Sigma W21^T,
//
// Sigma_1 = Sigma11 of the inputs and, one layer up, Sigma_{l+1} = W^l Sigma_l W^l^T of the trained layer.
// The encoders W21 are kept, one above the other, as W^1, ..., W^{L-1}; the decoders are thrown away.
#pragma once

#include <string>
#include <vector>

#include "dln/base/progress.hpp"
#include "dln/base/random.hpp"
#include "dln/data/singular_modes.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::network {

// Minus the gradient of E = 1/2 sum ||x - W32 W21 x||^2 in the cheap order: nothing of size N_1 x N_1 is
// formed, which makes it a fourth of the work of ChainGradient at N_2 = N_1 / 4. Keeps its workspace from
// call to call; sigma must outlive it.
class AutoencoderGradient {
 public:
  // sigma : N_1 x N_1, symmetric. Throws DomainError unless the network leads from N_1 over N_2 back to N_1.
  AutoencoderGradient(const linalg::Matrix& sigma, const LinearNetwork<double>& shape);

  void operator()(const LinearNetwork<double>& autoencoder, LinearNetwork<double>& direction);

  // E of the last call, and at zero weights, tr Sigma / 2.
  double error() const { return error_; }
  double error_at_zero() const { return trace_ / 2; }

 private:
  const linalg::Matrix& sigma_;
  bool diagonal_;  // exactly: a scaling in the place of a product
  double trace_, error_ = 0;
  linalg::Matrix encoded_;                // W21 Sigma : N_2 x N_1
  linalg::Matrix code_, decoder_square_;  // W21 Sigma W21^T and W32^T W32 : N_2 x N_2, lower triangles
};

enum class Dynamics {
  descent,  // Eq 1
  flow,     // Eq 2 with tau = 1/learning_rate, for as long
};

struct PretrainingOptions {
  double learning_rate = 0;  // > 0; multiplies the sum over examples
  long epochs = 1000;        // >= 1, of every autoencoder at most
  // An autoencoder also stops when an epoch lowers its error by less than this share of it; 0: never. The
  // flow goes all the way.
  double settled = 0;
  double deviation = 0.01;       // > 0, of the random weights from which autoencoders start
  double last_deviation = 0.01;  // >= 0, of W^L, which no autoencoder trains; 0 leaves it zero
  Dynamics dynamics = Dynamics::descent;
};

struct PretrainedLayer {
  long epochs = 0;
  bool settled = false;                       // it stopped for this, not for the number of epochs
  double start_error = 0;                     // E at zero weights
  double error = 0;                           // E at the end
  LinearNetwork<double> autoencoder{{1, 1}};  // W21, W32
  linalg::Matrix sigma;                       // of its inputs, Sigma_l : N_l x N_l
};

struct Pretraining {
  LinearNetwork<double> network;        // W^1 .. W^{L-1} from autoencoders, W^L random small or zero
  std::vector<PretrainedLayer> layers;  // L - 1
  // The stop rule and rate, and what they led to, in one line.
  std::string brief;

  long epochs() const;  // of all autoencoders together
};

// A start of the given units {N_1, ..., N_{L+1}}, L >= 2. Throws DomainError for options out of their domains
// or units that do not fit sigma11 : N_1 x N_1 (a sum over the examples), NumericalError when an autoencoder
// diverges.
Pretraining pretrained_weights(const std::vector<Eigen::Index>& units, const linalg::Matrix& sigma11,
                               const PretrainingOptions& options, base::RandomStream& stream,
                               base::Progress& progress);

// How strongly an autoencoder holds the principal components of its inputs: q_k^T W32 W21 q_k in the order of
// falling variance d_k, with Sigma = sum_k d_k q_k q_k^T.
struct ComponentStrengths {
  linalg::Vector variances;  // d_k
  linalg::Vector strengths;
};
ComponentStrengths component_strengths(const LinearNetwork<double>& autoencoder, const linalg::Matrix& sigma);

// How far the lower layers of a start are from decoupled for the task with these modes: with P the map
// W^l ... W^1 and G = P^T P, the largest over l = 1 .. L-1 of ||G V - V diag(V^T G V)||_F / ||diag(V^T G
// V)||. It is zero exactly when W^l ... W^1 = R_{l+1} D V11^T in the directions of the modes, whatever the
// orthonormal R_{l+1}. The matrix on top is left out: no autoencoder has seen it.
double pretraining_residual(const LinearNetwork<double>& network, const data::SingularModes& modes);

}  // namespace dln::network
