// When is each mode of a three-layer network half learned? Eq 11 says it; Boost.Odeint follows Eq 10 there.
#include <boost/numeric/odeint.hpp>
#include <cstdio>
#include <vector>

#include "dln/theory/three_layer_mode.hpp"

namespace odeint = boost::numeric::odeint;

int main() {
  const double u0 = 1e-4, tau = 10;
  std::printf("%4s %14s %14s %14s\n", "s", "t_half", "u_Eq12", "u_odeint");
  for (const double s : {4.0, 2.0, 1.0, 0.5}) {
    const dln::theory::ThreeLayerMode<double> mode(
        {.singular_value = s, .initial_strength = u0, .time_constant = tau});
    const double t_half = half_learning_time(mode);  // Eq 11: twice the s, half the time

    std::vector<double> u{u0};
    const auto eq10 = [&](const std::vector<double>& x, std::vector<double>& dxdt, double) {
      dxdt[0] = 2 * x[0] * (s - x[0]) / tau;
    };
    using Stepper = odeint::runge_kutta_fehlberg78<std::vector<double>>;
    odeint::integrate_adaptive(odeint::make_controlled<Stepper>(1e-13, 1e-13), eq10, u, 0.0, t_half, 0.1);

    std::printf("%4.1f %14.8g %14.8g %14.8g\n", s, t_half, strength_at(mode, t_half), u[0]);
  }
}
