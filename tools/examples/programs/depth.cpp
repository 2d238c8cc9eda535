// What depth costs: the largest eigenvalue of the Hessian, the best learning rate, and at this rate the
// gradient steps from u = eps to s - eps. They grow with depth and saturate: the delay over three layers
// stays finite.
#include <cstdio>

#include "dln/theory/depth_delay.hpp"
#include "dln/theory/learning_rate.hpp"

using dln::base::Depth;
using dln::base::DepthExponent;

int main() {
  const double s = 2, eps = 0.01;
  std::printf("%8s %12s %12s %12s %12s\n", "layers", "lambda_max", "best_rate", "steps", "delay");
  for (const int layers : {3, 4, 5, 10, 20, 50, 100, 1000}) {
    const DepthExponent depth(Depth::from_layers(layers));
    std::printf("%8d %12.8g %12.8g %12.8g", layers, dln::theory::largest_hessian_eigenvalue(depth, s),
                dln::theory::optimal_learning_rate(depth, s),
                dln::theory::steps_at_optimal_rate(depth, s, eps));
    std::printf(" %12.8g\n", dln::theory::delay_over_three_layers(depth, s, eps));
  }
  // t_inf - t_3 = s (s - 2 eps) / (eps (s - eps)), about s/eps.
  std::printf("%8s %12s %12s %12.8g %12.8g\n", "infinite", "-", "-",
              dln::theory::steps_at_optimal_rate(DepthExponent::infinite(), s, eps),
              dln::theory::delay_of_infinite_depth(s, eps));
  std::printf("s/eps = %g\n", dln::theory::leading_delay_of_infinite_depth(s, eps));
}
