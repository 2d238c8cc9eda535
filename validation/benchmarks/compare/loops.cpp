#include "validation/benchmarks/compare/loops.hpp"

#include <boost/numeric/odeint.hpp>

#ifdef DLN_WITH_GSL
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

#include <memory>
#endif

namespace dln::compare {
namespace {

template <class Field>
Array by_odeint(const Field& field, Array x, double end, double first_step) {
  namespace odeint = boost::numeric::odeint;
  const auto stepper = odeint::make_controlled<odeint::runge_kutta_dopri5<Array>>(1e-12, 1e-8);
  odeint::integrate_adaptive(stepper, field, x, 0.0, end, first_step);
  return x;
}

}  // namespace

Entrant looped(const std::function<void()>& run, const std::function<double()>& error) {
  run();
  return {[run](double least) { return timed(least, run); }, error()};
}

void strengths_by_odeint(const Modes& modes, Array& u) {
  u.clear();
  for (std::size_t i = 0; i < modes.size(); ++i) {
    const auto field = [&modes, s = modes.s[i]](const Array& x, Array& slope, double) {
      slope[0] = modes.rate(x[0], s);
    };
    u.push_back(by_odeint(field, {modes.u0[0]}, modes.times[i], 1e-4 * modes.times[i])[0]);
  }
}

void layers_by_odeint(const Pairs& pairs, Array& a, Array& b) {
  const auto field = [](const Array& x, Array& slope, double) {
    const double pull = 3 - x[0] * x[1];
    slope[0] = x[1] * pull;
    slope[1] = x[0] * pull;
  };
  a.clear();
  b.clear();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const Array end = by_odeint(field, {pairs.a0[i], pairs.b0[i]}, pairs.time[0], 1e-3);
    a.push_back(end[0]);
    b.push_back(end[1]);
  }
}

#ifdef DLN_WITH_GSL
void layers_by_gsl(const Pairs& pairs, Array& a, Array& b) {
  const auto field = [](double, const double x[], double slope[], void*) -> int {
    const double pull = 3 - x[0] * x[1];
    slope[0] = x[1] * pull;
    slope[1] = x[0] * pull;
    return GSL_SUCCESS;
  };
  gsl_set_error_handler_off();
  gsl_odeiv2_system system{field, nullptr, 2, nullptr};
  const std::unique_ptr<gsl_odeiv2_driver, void (*)(gsl_odeiv2_driver*)> driver(
      gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-3, 1e-12, 1e-8),
      gsl_odeiv2_driver_free);
  a.clear();
  b.clear();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    double t = 0, x[2] = {pairs.a0[i], pairs.b0[i]};
    gsl_odeiv2_driver_reset_hstart(driver.get(), 1e-3);
    if (gsl_odeiv2_driver_apply(driver.get(), &t, pairs.time[0], x) != GSL_SUCCESS)
      throw PeerFailed("GSL did not reach the end");
    a.push_back(x[0]);
    b.push_back(x[1]);
  }
}
#else
void layers_by_gsl(const Pairs&, Array&, Array&) {
  throw PeerMissing("GSL");
}
#endif

}  // namespace dln::compare
