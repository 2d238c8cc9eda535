// Fig 5 right: how soon a deep network learns from pretrained weights and from random ones, the epochs of
// pretraining counted.
//
// Both start from entries N(0, sigma^2): the random network as it is, the pretrained one by way of its
// autoencoders (network/pretraining.hpp) and with such a matrix on top. Which of them learns sooner depends
// on the rates allowed, on sigma and on the data: each start is run at the rate of its pretraining and on a
// grid of rates of its own.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "dln/experiments/depth_sweep.hpp"
#include "dln/network/pretraining.hpp"

namespace dln::experiments {

struct PretrainingStudy {
  int layers = 5;                   // N_l >= 3
  Eigen::Index hidden_units = 200;  // in every hidden layer
  double deviation = 0.01;          // sigma > 0
  long pretraining_epochs = 1000;   // K >= 1, of every autoencoder: (N_l - 2) K in all
  // Rates are given as kappa = rate * d_1, d_1 the largest variance of the inputs. An autoencoder's Hessian
  // reaches 2 d_1, where both its matrices hold the first component: it is fastest at 1/2, stable below 1.
  double pretraining_kappa = 0.5;
  std::vector<double> kappas;  // > 0, of learning, for each start by itself; empty: 0.5 to 120, 1.25 apart
  double error_threshold = 1.3e4;  // of 1/2 the summed squared error: learned below it
  long max_epochs = 40'000;
  double patience = 1.5;     // as in DepthSweepOptions
  bool at_same_rate = true;  // also both at pretraining_kappa, which may take long
  bool curves = true;        // the error along the way too, which takes the best run once more
  std::uint64_t seed = 1;
};

// The error along one run: at 600 epochs at most from 0 to the one at which it had learned.
struct LearningCurve {
  std::vector<double> epochs, errors;
};

struct TimedRun {
  double kappa = 0, rate = 0;
  double epochs = 0;    // of learning alone
  LearningCurve curve;  // of `same_rate` and `best`, if asked for
};

struct StartRuns {
  long pretraining_epochs = 0;  // of all autoencoders; 0 for a random start
  // Nothing where no run learned within the epochs allowed.
  std::optional<TimedRun> same_rate, best, best_stable;  // the last: of those whose error never rose
  // a_l along each mode of the task, modes x L: what it makes of the mode on its way up.
  linalg::Matrix layer_strengths;

  // Pretraining included; NaN for nothing.
  double total(const std::optional<TimedRun>& run) const;
};

struct PretrainedComponents {
  double epochs = 0, error_share = 0;  // E at the end over E at zero weights
  double learned = 0;                  // components held with strength above 1/2
  double most = 0;                     // largest strength
};

struct StartComparison {
  StartRuns random, pretrained;
  std::vector<PretrainedComponents> autoencoders;
  double decoupling_residual = 0;  // network::pretraining_residual of the pretrained start

  // How many times sooner the pretrained start learns; NaN where one of the two did not.
  using Which = std::optional<TimedRun> StartRuns::*;
  double gain(Which which) const;
};

// Looked up in the store first. Sigma11 may have any form; it is the sum over the examples. Throws
// DomainError for options out of their domains, NumericalError when an autoencoder diverges.
StartComparison compare_starts(const LearningProblem& problem, const PretrainingStudy& study, RunStore& store,
                               base::Progress& progress);
// Several, on all cores; the same numbers whatever the number of threads.
std::vector<StartComparison> compare_starts(const LearningProblem& problem,
                                            const std::vector<PretrainingStudy>& studies, RunStore& store,
                                            base::Progress& progress);

// The error by theory where every mode learns by itself (section 3, Eq 18): inputs of variance d = v^T
// Sigma11 v along it, unequal layers (Eq 14) from `layer_strengths`, tau = 1/rate.
//   E = 1/2 [ sum ||y||^2 - sum_alpha (2 s u - d u^2) ],   u -> s/d.
// Its least value is larger than the network's unless the modes are principal components.
std::vector<double> aligned_error(const LearningProblem& problem, const linalg::Matrix& layer_strengths,
                                  double rate, const std::vector<double>& epochs);
double least_aligned_error(const LearningProblem& problem);
// 1/2 [ sum ||y||^2 - sum of the squares of the leading `rank` singular values of Sigma31 Sigma11^{-1/2} ], 0
// at least: of any linear map of that rank, or of any at all.
double least_error(const LearningProblem& problem,
                   Eigen::Index rank = std::numeric_limits<Eigen::Index>::max());

}  // namespace dln::experiments
