// Ensembles by integration: the flows of many modes side by side, each with steps and an end of its own.
//
//   integrate_strengths   tau u' = L u^{2 - 2/L} (s - u)                       Eq 15; Eq 10 for L = 2
//                         tau u' = u^2 (s - u), infinite depth                 Eq 16, tau for tau/N_l
//   integrate_layers      tau a' = b (s - ab),  tau b' = a (s - ab)            Eq 8
//
// Nothing here knows a closed form: the result is a witness, as that of ode::integrate over the flows of
// deep_flow.hpp and three_layer_flow.hpp is, and with its own method (dop853.hpp) and loop a witness of that
// too. A batch of modes takes one trial step after the other; whoever is done makes room for the next. Every
// mode goes through the same operations whatever its neighbours are and however wide the vectors.
//
// An array has one element per mode, or a single one that serves all; the number of modes is that of the
// results. A value outside its domain throws DomainError with the mode's index; numerical trouble comes back
// as the mode's reason, and its result is then the last state accepted.
//
// The error of a step is held below tolerance x max |x|, x the mode's state, and that of the whole, as
// measured (tests/flow/ensemble_flow_test.cpp), below 2 tolerance (1 + cond), cond = |t u'/u|. Long after s
// is reached stability bounds the steps, not the tolerance.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dln/base/depth.hpp"
#include "dln/ode/integrate.hpp"

namespace dln::flow {

struct EnsembleOptions {
  double tolerance = 1e-10;           // > 0
  double maximum_step = 0;            // 0: none
  double minimum_step = 0;            // 0: 16 eps of a mode's time
  double blow_up_bound = 1e12;        // of max |x|, relative to max(1, |x0|)
  std::size_t step_budget = 100'000;  // a mode's accepted and rejected steps together
};

struct EnsembleRun {
  std::vector<ode::StopReason> reasons;  // one per mode
  ode::Work work;                        // of all modes

  bool complete() const;
  // Throws NumericalError that names the first mode that stopped early, and why.
  void require_complete() const;
};

struct StrengthStarts {
  std::span<const double> singular_value;    // s, any finite number
  std::span<const double> initial_strength;  // u0 >= 0; any finite number for L = 1, 2 and infinity
  std::span<const double> time_constant;     // tau > 0, epochs
};
// u at times t >= 0, finite.
EnsembleRun integrate_strengths(const base::DepthExponent& depth, const StrengthStarts& starts,
                                std::span<const double> times, std::span<double> strengths,
                                const EnsembleOptions& options = {});

struct LayerStarts {
  std::span<const double> a0, b0;          // finite
  std::span<const double> singular_value;  // s, any finite number
  std::span<const double> time_constant;   // tau > 0, epochs
};
EnsembleRun integrate_layers(const LayerStarts& starts, std::span<const double> times, std::span<double> a,
                             std::span<double> b, const EnsembleOptions& options = {});

}  // namespace dln::flow
