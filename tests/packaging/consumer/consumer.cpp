// Half-learning time of one mode, from the closed form and from the reduced flow.
#include <cmath>
#include <cstdio>

#include "dln/flow/three_layer_flow.hpp"
#include "dln/theory/three_layer_mode.hpp"

int main() {
  const dln::theory::ThreeLayerMode<double> mode(
      {.singular_value = 2, .initial_strength = 1e-3, .time_constant = 5});
  const double closed_form = half_learning_time(mode);
  const auto solution = dln::ode::integrate_fully<double>(
      dln::flow::ThreeLayerFlow<double>({2, 5}).strength(), {1e-3}, dln::base::TimeGrid<double>({0, 100}), {},
      {dln::ode::crossing_of<double>("half", 0, 1)});
  const double integrated = solution.hit("half").time;
  std::printf("half learned at t = %.12g (closed form), %.12g (integrated)\n", closed_form, integrated);
  return std::abs(closed_form - integrated) < 1e-8 ? 0 : 1;
}
