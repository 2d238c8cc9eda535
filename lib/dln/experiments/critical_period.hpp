// A critical period in a deep network: lower layers that learn from their input alone, but only while they
// are young, and what it costs a later task when the input comes late.
//
// The model, which is ours. A mode of L layers starts with every layer at the strength sqrt(v0).
//   1. Each of the L - 1 lower layers grows as the encoder of an autoencoder (Eq 10 with s = 1; its decoder
//      starts as strong): a_l = sqrt(v), tau v' = 2 v (1 - v), from the age at which the input comes until
//      the age T_c at which this learning closes. Without input nothing grows. All lower layers are taken to
//      see input of variance 1 at the same time; the last layer waits at sqrt(v0).
//   2. At T_c or any time later a task of singular value s is learned by all layers (Eq 14, Sigma11 = I).
//
// It shows how strong lower layers speed up a later task and how the loss depends on age and depth. That
// this learning closes at T_c is put in, not explained; and a closed layer does learn the later task.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace dln::experiments {

struct CriticalPeriodOptions {
  double initial_strength = 1e-3;  // v0, of a lower layer's autoencoder, greater than 0 and less than 1
  double closing_age = 8;          // T_c >= 0, epochs
  double singular_value = 1;       // s of the task
  double time_constant = 1;        // tau, epochs; 2 / tau is the rate of growth
  double completion = 0.9;         // the task is learned at this share of s, in (0, 1)
  int width = 4;                   // of every layer of the network, 2 or more
  std::uint64_t seed = 1;          // of the network's bases
};

// What became of one network.
struct LaterLearning {
  double strength;  // v of a lower layer's autoencoder at T_c
  double epochs;    // from the onset of the task until it is learned
};

// By closed form, by the reduced flows, and by a full network: layer by layer an autoencoder trained on white
// input, its encoders stacked below a last layer, all trained on two modes, of s and s/2. `matrices` is L, 2
// or more; `input_age` the age >= 0 at which the input comes, at or beyond T_c: never. Throw DomainError for
// values out of domain, NumericalError when an integration stops early.
LaterLearning later_learning_by_theory(const CriticalPeriodOptions& options, int matrices, double input_age);
LaterLearning later_learning_by_flow(const CriticalPeriodOptions& options, int matrices, double input_age);
LaterLearning later_learning_by_network(const CriticalPeriodOptions& options, int matrices, double input_age);
// The same network with autoencoders and a last layer that start from random weights: deviations sqrt(2
// v0/width) and sqrt(v0/width). Only roughly the same, whatever the accuracy: strengths differ between
// directions.
LaterLearning later_learning_from_random_weights(const CriticalPeriodOptions& options, int matrices,
                                                 double input_age);

// The age T_c - tau/2 ln(1/v0 - 1) at which input must have come for lower layers to be half grown, v = 1/2,
// when learning closes. Less than 0 where the period is too short for that.
double window_end(const CriticalPeriodOptions& options);

// Learning times against the age at which input comes, at one depth.
struct CriticalPeriodCurve {
  int matrices;
  std::vector<double> input_ages;
  std::vector<LaterLearning> theory, flow, network;
};

// Total deprivation over none: by which the later task takes longer.
struct SlowDown {
  int matrices;
  double initial_strength;  // v0
  double theory, flow, network;
};

struct CriticalPeriod {
  std::vector<CriticalPeriodCurve> curves;
  // Against v0 at every depth. For L > 2 it tends to a constant times v0^{-(L-2)/2}, which is u0^{-(1 - 2/L)}
  // for a mode that starts from u0 = v0^{L/2}; for L = 2 to a multiple of ln(1/v0).
  std::vector<SlowDown> slow_downs;
};

// On all cores. Where v0 changes, T_c is taken as long after the end of the window as in `options`. Throws
// as the functions above do.
CriticalPeriod run_critical_period(const CriticalPeriodOptions& options, const std::vector<int>& matrices,
                                   const std::vector<double>& input_ages,
                                   const std::vector<double>& initial_strengths);

}  // namespace dln::experiments
