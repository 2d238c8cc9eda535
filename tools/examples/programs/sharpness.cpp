// How sharp the error is on the way of a network of four layers: the largest eigenvalue of its whole Hessian
// by Lanczos, beside the closed form on the decoupled path; and what descent does above 2/lambda_max.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "dln/network/hessian.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/decoupled_hessian.hpp"
#include "dln/theory/past_the_limit.hpp"

int main() {
  // Two modes, s = 2 and 1, of three inputs and outputs; Sigma11 = I.
  dln::data::Correlations correlations{.sigma11 = dln::linalg::Matrix::Identity(3, 3),
                                       .sigma31 = dln::linalg::Matrix::Zero(3, 3)};
  correlations.sigma31(0, 0) = 2;
  correlations.sigma31(1, 1) = 1;
  const auto modes = dln::data::singular_modes(correlations.sigma31);

  std::printf("%6s %16s %16s\n", "u/s", "network", "closed_form");
  for (const double share : {0.01, 0.1, 0.3, 0.6, 0.9, 1.0}) {
    dln::linalg::Matrix layers(3, 2);  // a_l = u^{1/3} in each of the three matrices
    layers.col(0).setConstant(std::cbrt(2 * share));
    layers.col(1).setConstant(std::cbrt(1 * share));
    auto random = dln::base::stream(1, "sharpness");
    const auto start = dln::network::decoupled_weights({3, 5, 5, 3}, modes, layers, random);
    const auto top = dln::network::top_hessian_eigenvalue(start.network, correlations);
    const auto spectrum =
        dln::theory::decoupled_hessian_spectrum({3, 5, 5, 3}, {{2, 1}, {2 * share, 1 * share}});
    const auto largest =
        std::ranges::max_element(spectrum, [](const auto& a, const auto& b) { return a.value < b.value; });
    std::printf("%6.2f %16.8g %16.8g\n", share, top.value, largest->value);
  }
  const double kappa = 2.2;  // rate x lambda_max, above 2: a mode of two matrices, s = 1, goes to and fro
  double a = 0.9;
  for (int step = 0; step < 2001; ++step) a += kappa / 2 * a * (1 - a * a);
  const double next = a + kappa / 2 * a * (1 - a * a);
  const auto cycle = dln::theory::balanced_cycle(1.0, kappa);
  std::printf("cycle of descent %.8g %.8g closed form %.8g %.8g\n", std::min(a * a, next * next),
              std::max(a * a, next * next), cycle.low, cycle.high);
}
