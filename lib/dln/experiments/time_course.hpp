// The time course of learning in a three-layer network (Fig 3 left): gradient descent on a problem, the
// strength of every mode along the way, and what Eqs 11 and 12 predict for it.
#pragma once

#include <cstdint>
#include <vector>

#include "dln/experiments/learning_problem.hpp"
#include "dln/experiments/run_store.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/theory/three_layer_mode.hpp"

namespace dln::experiments {

enum class Start {
  decoupled,     // on the invariant manifold, a = b = sqrt(u0) in every mode: the theory is exact up to
                 // O(lambda)
  small_random,  // entries N(0, 2 u0 / N_2): every mode's growing part |a + b|^2 / 4 has mean u0
};

enum class Activation {
  linear,
  tanh,  // of the hidden units, Fig 3's green curves; needs a problem that keeps its examples
};

struct TimeCourseOptions {
  Eigen::Index hidden_units = 32;  // N_2
  double learning_rate = 0.5e-3;   // lambda
  double initial_strength = 1e-6;  // u0
  Start start = Start::small_random;
  Activation activation = Activation::linear;
  double completion = 0.99;  // stop once every learnable mode has this share of its s
  long max_epochs = 100'000;
  long sample_every = 4;  // epochs
  std::uint64_t seed = 1;
  std::uint64_t run = 0;  // which start of this seed
};

struct TimeCourse {
  std::vector<double> epochs;
  linalg::Matrix strengths;           // samples x modes
  std::vector<double> leak;           // off-diagonal part in the modes' basis, relative to Sigma31
  std::vector<double> descent_speed;  // -dE/dt per epoch
  linalg::Vector half_times;          // epochs to s/2, interpolated; NaN for a mode that did not get there
  network::DescentStop reason;
  long iterations = 0;
  network::TrainingPath path;          // which arithmetic ran, and why
  Eigen::Index simulated_outputs = 0;  // N_3, or fewer where fewer are exactly the same (OutputCompression)
};

// min(N_2, modes): how many modes the network can learn (Eq 7).
Eigen::Index learnable_modes(const LearningProblem& problem, const TimeCourseOptions& options);

// The network at epoch 0 of such a run.
network::LinearNetwork<double> starting_network(const LearningProblem& problem,
                                                const TimeCourseOptions& options);

// From that network, or from one of the caller's own (N_1 - N_2 - N_3 units). Throws DomainError for a tanh
// network on a problem that does not keep its examples.
TimeCourse run_time_course(const LearningProblem& problem, const TimeCourseOptions& options);
TimeCourse run_time_course(const LearningProblem& problem, const TimeCourseOptions& options,
                           network::LinearNetwork<double> start);

// Eq 12's law for mode k = 0, 1, ... of the problem under these options.
theory::ThreeLayerMode<double> predicted_mode(const LearningProblem& problem,
                                              const TimeCourseOptions& options, Eigen::Index k);
// tau/(2s) ln(s/u0 - 1) for every learnable mode.
linalg::Vector predicted_half_times(const LearningProblem& problem, const TimeCourseOptions& options);

// What is kept of many random starts.
struct RandomStarts {
  linalg::Matrix half_times;  // runs x modes, epochs; NaN for a mode that was not learned
  std::vector<int> plateaus;  // of the total error, by PlateauRule; one count a run
};

// run = 0, 1, ..., runs - 1 on all cores, each looked up in the store first. The same numbers whatever the
// number of threads.
RandomStarts run_random_starts(const LearningProblem& problem, const TimeCourseOptions& options, int runs,
                               RunStore& store, base::Progress& progress);

// Pairs of modes whose predicted half times differ by more than `separation` (relative to the later one).
struct LearningOrder {
  long pairs = 0;         // separated pairs, over all runs
  long out_of_order = 0;  // of these, learned in the other order, or not learned at all
};
LearningOrder count_order(const linalg::Vector& predicted, const linalg::Matrix& measured, double separation);

}  // namespace dln::experiments
