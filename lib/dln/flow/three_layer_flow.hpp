// The reduced flow of one mode of a three-layer network, written from its energy alone:
//
//   E(a, b) = (s - ab)^2 / (2 tau)                                   Eq 9
//   a' = -dE/da = b (s - ab) / tau,   b' = -dE/db = a (s - ab)/tau   Eq 8
//   u = ab with a = b:  u' = a'b + ab' = 2u (s - u) / tau            Eq 10
//
// Nothing here knows a closed form: these right-hand sides are integrated, and the result is a witness.
#pragma once

#include <span>

#include "dln/base/error.hpp"
#include "dln/ode/integrate.hpp"

namespace dln::flow {

// Invariant: tau > 0; s any finite number. Throws DomainError.
template <class Real>
class ThreeLayerFlow {
 public:
  struct Numbers {
    Real singular_value;
    Real time_constant;  // epochs
  };

  explicit ThreeLayerFlow(const Numbers& numbers) : s_(numbers.singular_value), tau_(numbers.time_constant) {
    base::require(base::is_finite(s_), "s", s_, "a finite number");
    base::require_positive("tau", tau_);
  }

  // Eq 9. 1/tau is part of E.
  Real energy(const Real& a, const Real& b) const {
    const Real gap = s_ - a * b;
    return gap * gap / (2 * tau_);
  }

  // Eq 8: the state is (a, b).
  ode::RightHandSide<Real> layers() const {
    return [s = s_, tau = tau_](std::span<const Real> x, std::span<Real> dxdt, Real) {
      const Real &a = x[0], &b = x[1];
      const Real pull = (s - a * b) / tau;
      dxdt[0] = b * pull;
      dxdt[1] = a * pull;
    };
  }

  // Eq 10: the state is (u).
  ode::RightHandSide<Real> strength() const {
    return [s = s_, tau = tau_](std::span<const Real> x, std::span<Real> dxdt, Real) {
      dxdt[0] = 2 * x[0] * (s - x[0]) / tau;
    };
  }

  // Eq 10 for l = ln u: the state is (l), l' = 2 (s - e^l)/tau. For plateaus, where u is tiny.
  ode::RightHandSide<Real> log_strength() const {
    return [s = s_, tau = tau_](std::span<const Real> x, std::span<Real> dxdt, Real) {
      using std::exp;
      dxdt[0] = 2 * (s - exp(x[0])) / tau;
    };
  }

 private:
  Real s_, tau_;
};

}  // namespace dln::flow
