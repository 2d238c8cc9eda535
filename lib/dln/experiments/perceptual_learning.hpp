// Perceptual learning in a deep network: how much each layer changes, and when, while a network that knows a
// broad task learns a fine discrimination.
//
// The model, which is ours. Inputs are channels tuned to orientation, 0 to 180 degrees, white (Sigma11 = I).
// The broad task reports the first harmonics of orientation, modes of equal strength; the fine one, which of
// two close orientations was shown, is a weak mode along the difference of two narrow bumps. Both are learned
// until the weak mode is (its strength is `completion` of `weak`); then the weak mode is strengthened to
// `fine` and learning goes on (Eq 13).
//
// Weights: ||W^l||_F^2 grows alike in every layer on any data, so an order between layers needs layers that
// are unequal to begin with, which is an assumption: from a small start they are equal.
// Receptive fields, the rows of W^l ... W^1, are products: their fine component has the gain a_1 ... a_l, and
// changes the more the higher the layer, equal layers or not.
#pragma once

#include <cstdint>
#include <vector>

#include "dln/linalg/matrix.hpp"

namespace dln::experiments {

enum class PerceptualStart {
  decoupled,       // every mode in every layer at options.layers: what Eq 14 describes
  random_weights,  // W^l with entries N(0, a_l^2 / hidden units)
};

struct PerceptualLearningOptions {
  std::vector<double> layers{0.25, 0.25, 0.25};        // a_1, ..., a_L > 0 at the start of the broad task
  PerceptualStart start = PerceptualStart::decoupled;  // of the network
  double broad = 1, weak = 0.1, fine = 1;              // singular values, > 0, weak < fine
  double time_constant = 1;                            // tau, epochs
  int harmonics = 2;                                   // of the broad task, 1 or more: two modes each
  int channels = 36, hidden = 16;                      // units
  double orientation = 90;                             // of the fine task, degrees
  double separation = 12;                              // of the two bumps' centres, degrees; each as wide
  double completion = 0.99;                            // of the weak, and then of the fine mode, in (0, 1)
  int samples = 401;                                   // times during the fine task, 2 or more
  std::uint64_t seed = 1;
};

// One layer during the fine task; times in epochs from its start, half of the change made by its end.
struct LayerChange {
  double weight_before;  // of the fine mode: a_l, or ||W^l||_F for random weights
  double weight_change;  // relative: of a_l, or ||W^l - W^l before||_F / ||W^l before||_F for random weights
  double weight_half_time;
  double gain_before, gain_after;  // of the fine component of receptive fields, |W^l ... W^1 v|
  double gain_half_time;
  double square_growth;  // of a_l^2, or ||W^l||_F^2 in a network
};

struct ReceptiveField {
  linalg::Vector before, after;  // by channel
};

struct PerceptualLearning {
  std::vector<double> epochs;  // during the fine task
  linalg::Matrix theory, flow,
      network;  // samples x L: a_l of the fine mode (network: none from random weights)
  std::vector<LayerChange> by_theory, by_network;
  std::vector<double> orientations;              // of the channels, degrees
  linalg::Vector fine_direction;                 // v, of length 1
  std::vector<ReceptiveField> receptive_fields;  // in every layer, of the unit that changes most
};

// Throws DomainError for options out of domain, UnreachableError where a mode already is beyond what it is to
// learn, NumericalError when an integration stops early.
PerceptualLearning run_perceptual_learning(const PerceptualLearningOptions& options = {});

// L layers of geometric mean `mean`, each `ratio` times the next higher one.
std::vector<double> graded_layers(int matrices, double mean, double ratio);

}  // namespace dln::experiments
