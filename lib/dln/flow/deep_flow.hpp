// The reduced flow of one mode of a deep network, written from its energy alone:
//
//   E(a_1, ..., a_L) = (s - a_1 ... a_L)^2 / (2 tau),  a_i' = -dE/da_i                    Eq 14
//   u = a^L with a_i = a:  u' = L a^{L-1} a' = L u^{2 - 2/L} (s - u) / tau                Eq 15
//   and its limit of many layers, at leading order:  u' = N_l u^2 (s - u) / tau           Eq 16
//
// Nothing here knows a closed form: these right-hand sides are integrated, and the result is a witness.
//
// How good a witness, measured over N_l = 2 to 1000 and the limit, u0/s = 1e-6 to 5, tolerances 1e-6 to 1e-12
// (tests/experiments/flow_accuracy_test.cpp):
//
//   |u/u_exact - 1| <= C tolerance (1 + cond),   cond = |t u'/u|
//
// since an error made on the plateau grows as u'/u does. cond is of the order of ln(s/u0) for one hidden
// layer, but of (s/u0)^{1 - 2/L} for more: at u0/s = 1e-6, tolerance 1e-8 and u = s/2 a deep mode is off by
// 1e-5 to 1e-3. C is
//
//   in u       2 for dopri5 and fehlberg78, 50 for bulirsch_stoer, with an absolute tolerance of tolerance x
//              u0: one not far below u0 does not follow the plateau;
//   in ln u    20 for dopri5, 50 for bulirsch_stoer, but 3000 for fehlberg78, whose estimate compares the
//              slopes at the ends of a step and misses part of what a growing u'/u does in between;
//   of layers  that in u times L: the errors of the layers add up.
//
// The same holds while u stays at s thereafter, except for bulirsch_stoer: up to 2e4 tolerances.
#pragma once

#include <cmath>
#include <span>

#include "dln/base/depth.hpp"
#include "dln/ode/integrate.hpp"

namespace dln::flow {

// Invariant: tau > 0; s any finite number. Throws DomainError.
template <class Real>
class DeepFlow {
 public:
  struct Numbers {
    Real singular_value;
    Real time_constant;  // epochs
  };

  explicit DeepFlow(const Numbers& numbers) : s_(numbers.singular_value), tau_(numbers.time_constant) {
    base::require(base::is_finite(s_), "s", s_, "a finite number");
    base::require_positive("tau", tau_);
  }

  // Eq 14. 1/tau is part of E.
  Real energy(std::span<const Real> layers) const {
    Real gap = s_ - product(layers);
    return gap * gap / (2 * tau_);
  }

  // Eq 14's flow: the state is (a_1, ..., a_L), for as many layers as it has.
  ode::RightHandSide<Real> layers() const {
    return [*this](std::span<const Real> x, std::span<Real> dxdt, Real) {
      const Real pull = (s_ - product(x)) / tau_;
      for (std::size_t i = 0; i < x.size(); ++i) {
        dxdt[i] = pull;
        for (std::size_t j = 0; j < x.size(); ++j)
          if (j != i) dxdt[i] *= x[j];
      }
    };
  }

  // Eq 15: the state is (u).
  ode::RightHandSide<Real> strength(const base::DepthExponent& depth) const {
    return [*this, L = finite(depth)](std::span<const Real> x, std::span<Real> dxdt, Real) {
      using std::pow;
      dxdt[0] = L * pow(x[0], Real(2 - 2 / L)) * (s_ - x[0]) / tau_;
    };
  }

  // Eq 15 for l = ln u: the state is (l). For plateaus, where u is tiny.
  ode::RightHandSide<Real> log_strength(const base::DepthExponent& depth) const {
    return [*this, L = finite(depth)](std::span<const Real> x, std::span<Real> dxdt, Real) {
      using std::exp;
      dxdt[0] = L * exp(Real(x[0] * (1 - 2 / L))) * (s_ - exp(x[0])) / tau_;
    };
  }

  // Eq 16: the state is (u).
  ode::RightHandSide<Real> strength_in_limit(const Real& layers) const {
    return [*this, layers](std::span<const Real> x, std::span<Real> dxdt, Real) {
      dxdt[0] = layers * x[0] * x[0] * (s_ - x[0]) / tau_;
    };
  }

  // Eq 16 for l = ln u.
  ode::RightHandSide<Real> log_strength_in_limit(const Real& layers) const {
    return [*this, layers](std::span<const Real> x, std::span<Real> dxdt, Real) {
      using std::exp;
      const Real u = exp(x[0]);
      dxdt[0] = layers * u * (s_ - u) / tau_;
    };
  }

 private:
  static Real product(std::span<const Real> layers) {
    Real u = 1;
    for (const Real& a : layers) u *= a;
    return u;
  }
  static Real finite(const base::DepthExponent& depth) {
    base::require(!depth.is_infinite(), "L", depth.weight_matrices(), "a finite depth");
    return Real(depth.weight_matrices());
  }

  Real s_, tau_;
};

}  // namespace dln::flow
