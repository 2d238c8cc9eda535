// Where the energy of Eq 6 goes along one run from small random weights, and which saddles the run passes.
//
// Cooperation (sum over modes of (s - a.b)^2) is what is still to be learned; competition (sum over pairs of
// (a.b)^2) is what modes do to each other meanwhile. A saddle is passed where learning all but stops before a
// rise: there the network is near a critical point in which some modes are fully learned and the others not
// at all (section 1.2).
#pragma once

#include "dln/experiments/time_course.hpp"

namespace dln::experiments {

struct SaddlePassage {
  double epoch;              // of the least speed
  Eigen::Index active;       // modes with more than half of their s
  double distance;           // ||W - sum over active modes of s u v^T||_F / ||Sigma31||_F
  long negative_directions;  // of the critical point's Hessian: ways out
};

struct EnergyFlow {
  std::vector<double> epochs;
  std::vector<double> cooperation, competition;  // the two sums of Eq 6 over their total at the start
  std::vector<double> descent_speed;             // -dE/dt per epoch
  // In order of time, the origin being the first; a lull near the minimum itself is none.
  std::vector<SaddlePassage> saddles;
};

// A linear network on these data, as run_time_course() runs it. Throws DomainError for a tanh network.
EnergyFlow run_energy_flow(const LearningProblem& problem, const TimeCourseOptions& options);

}  // namespace dln::experiments
