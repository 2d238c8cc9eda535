// Random starts of order one at every depth: orthogonal matrices, and Gaussian ones scaled by the units they
// read. The singular values of their product, and how long a full network learns from them, each at its best
// rate.
//
// At gain 1 both keep the size of a typical activity from layer to layer. A product of orthogonal matrices
// keeps every single direction; one of Gaussian matrices does so in the mean only: with each layer more of
// its singular values vanish, and with them the gradient.
#pragma once

#include <optional>
#include <vector>

#include "dln/experiments/learning_problem.hpp"
#include "dln/experiments/run_store.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::experiments {

enum class ScaledStart { orthogonal, gaussian };
std::string_view name_of(ScaledStart start);

struct StartsOptions {
  std::vector<int> layers = {3, 5, 10, 20, 30, 50, 70, 100};  // N_l, 3 or more
  Eigen::Index width = 100;                                   // units of every hidden layer
  int starts = 5;                                             // of each kind at each depth
  double gain = 1;
  double remaining = 0.01;  // learned: this share is left of the error that can be learned away
  double patience = 10;     // a Gaussian start is given up after this many times the orthogonal one's epochs
  long max_epochs = 100'000;  // of an orthogonal one
  std::uint64_t seed = 1;
};

// One start trained at the highest stable rate of a grid whose neighbours are 10 % apart: the highest at
// which the error never rises until it has learned or been given up. At a lower one it only takes longer.
struct StartRun {
  double kappa;  // rate = kappa / (c L), Sigma11 = c I: in units of about 1/lambda_max at unit strengths
  long epochs;   // at which it learned or was given up
  bool learned;
  // ln of the singular values of the product of all square matrices, N_l - 2 of them: greatest, median (of an
  // even number the mean of two), least.
  double log_greatest, log_median, log_least;
};

struct StartsRow {
  int layers;
  std::vector<StartRun> orthogonal, gaussian;  // by start
};

// Median over the starts, infinite where fewer than half have learned.
double median_epochs(const std::vector<StartRun>& runs);

// Rows in the order of the depths, on all cores; the same numbers whatever the number of threads. Each start
// is looked up in the store first. Throws DomainError for options out of their domains, or unless the inputs
// are as many as the width and white, Sigma11 = c I; NumericalError when an orthogonal start does not learn
// within max_epochs.
std::vector<StartsRow> run_starts_against_depth(const LearningProblem& problem, const StartsOptions& options,
                                                RunStore& store, base::Progress& progress);

// The start of one run.
network::LinearNetwork<double> scaled_start(const LearningProblem& problem, const StartsOptions& options,
                                            ScaledStart kind, int layers, int number);

}  // namespace dln::experiments
