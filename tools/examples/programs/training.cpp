// Trains a three-layer network on four items of a hierarchy by gradient descent (Eq 1) from a decoupled
// start, and holds the strength of each mode against Eq 12.
#include <cstdio>

#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/network/mode_strengths.hpp"
#include "dln/theory/three_layer_mode.hpp"

int main() {
  // Canary, robin; rose, daisy: what is true of all, of animals or plants, of one of them.
  dln::data::Dataset items{dln::linalg::Matrix::Identity(4, 4), dln::linalg::Matrix(7, 4)};
  items.targets << 1, 1, 1, 1,  //
      1, 1, 0, 0, 0, 0, 1, 1,   //
      1, 0, 0, 0, 0, 1, 0, 0,   //
      0, 0, 1, 0, 0, 0, 0, 1;
  const auto correlations = dln::data::correlate(items);
  const auto modes = dln::data::singular_modes(correlations.sigma31);

  const double u0 = 1e-3, rate = 1e-4;
  auto random = dln::base::stream(1, "training");
  const dln::linalg::Matrix strengths =
      dln::linalg::Matrix::Constant(2, modes.size(), std::sqrt(u0));  // both layers of each mode
  auto start = dln::network::decoupled_weights({4, 16, 7}, modes, strengths, random);

  std::printf("%7s %5s %10s %10s\n", "epoch", "mode", "trained", "Eq12");
  const auto observe = [&](const dln::network::DescentState& state) {
    const auto trained = dln::network::mode_strengths(state.network, modes).strengths;
    for (Eigen::Index i = 0; i < modes.size(); ++i) {
      const dln::theory::ThreeLayerMode<double> mode({.singular_value = modes.singular_values[i],
                                                      .initial_strength = u0,
                                                      .time_constant = time_constant(rate, correlations)});
      std::printf("%7ld %5td %10.6g %10.6g\n", state.iteration, i + 1, trained[i],
                  strength_at(mode, state.iteration));
    }
    return true;
  };
  dln::network::descend_fully(start.network, correlations,
                              {.learning_rate = rate, .max_iterations = 40000, .observe_every = 8000},
                              observe);
}
