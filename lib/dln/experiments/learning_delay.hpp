// How late a network learns its modes (Fig 3 right), and why: delay = (t_sim - t_theory) / t_theory at half
// learning, t_theory being Eq 11 from u0.
//
// Three causes, each measured by a run of its own, multiply:
//
//   1 + delay = (1 + seed) (1 + Euler) (1 + rest)
//
//   seed   the mode's own start |a + b|^2 / 4 is not u0: Eq 11 from it, over Eq 11 from u0
//   Euler  a finite learning rate: a <- a + lambda a (s - a^2) over Eq 11, from that start
//   rest   the whole network over that iteration: competition between modes (and, in a tanh network,
//          saturation of the hidden units)
#pragma once

#include "dln/experiments/time_course.hpp"

namespace dln::experiments {

struct LearningDelays {
  linalg::Matrix total, seed, euler, rest;  // runs x learnable modes; NaN where a mode was never learned
};

// For the half times of run_random_starts() with the same options: run 0 in row 0.
LearningDelays attribute_delays(const LearningProblem& problem, const TimeCourseOptions& options,
                                const linalg::Matrix& half_times);

// Epochs until a <- a + lambda a (s - a^2) brings u = a^2 from u0 to s/2, seen every `sample_every` epochs
// and interpolated like the network's. Throws DomainError unless 0 < u0 < s/2 and 0 < lambda s < 1.
double euler_half_time(double singular_value, double initial_strength, double learning_rate,
                       long sample_every);

// Mean and standard deviation down each column: over the runs, for each mode. NaN where any run is NaN.
struct MeanAndDeviation {
  linalg::Vector mean, deviation;
};
MeanAndDeviation over_runs(const linalg::Matrix& values);

}  // namespace dln::experiments
