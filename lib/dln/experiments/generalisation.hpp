// Generalisation of deep linear networks: targets are those of a teacher of low rank plus noise, Sigma11 = I,
// Sigma31 = Wbar + Z. Training and test error over time, and when to stop, in theory (noisy_teacher.hpp with
// Eqs 12 and 15) and in trained networks.
//
// The teacher's modes stick out of the noise's and are learned first, the noise later: the test error falls
// and rises again. Without hidden layers all modes are learned together.
#pragma once

#include <cstdint>
#include <vector>

#include "dln/base/depth.hpp"
#include "dln/base/progress.hpp"
#include "dln/experiments/run_store.hpp"
#include "dln/linalg/matrix.hpp"
#include "dln/theory/noisy_teacher.hpp"

namespace dln::experiments {

struct GeneralisationOptions {
  Eigen::Index inputs = 400, outputs = 200;        // N_1, N_3
  std::vector<double> teacher = {4, 3, 2.4, 1.8};  // its s, descending
  double noise = 1;                                // sigma: entries of Z are N(0, sigma^2/N_1)
  double initial_strength = 1e-3;                  // u0 of every mode of Sigma31
  std::vector<int> layers = {2, 3, 5, 10};         // N_l
  int draws = 8;                                   // of teacher and noise
  int samples = 180;                // of a curve, from 0 to three times the theory's stopping time
  Eigen::Index modes_together = 5;  // see run_generalisation()
  std::uint64_t seed = 1;

  // Throws DomainError for options out of their domains.
  theory::NoisyTeacher noisy_teacher() const;
};

// Where the test error is least. Times are in units of tau.
struct Stopping {
  double time, error;
};

// The lowest point of the theory's curve, tau = 1. In deep networks the curve falls in steps, one a mode, and
// its lowest point may change from one step to the next as N_1, N_3 or u0 change. Throws DomainError unless
// u0 > 0 and some mode sticks out.
Stopping optimal_stopping(const theory::NoisyTeacher& teacher, const base::Depth& depth,
                          double initial_strength);
theory::LearnedErrors errors_at(const theory::NoisyTeacher& teacher, const base::Depth& depth,
                                double initial_strength, double time);

struct ErrorCurve {
  std::vector<double> training, test;  // at the times of the depth

  // The lowest sample, a parabola through it and its neighbours.
  Stopping stopping(const std::vector<double>& times) const;
};

struct DepthGeneralisation {
  int layers;
  std::vector<double> times;
  ErrorCurve theory;
  Stopping optimum;                 // of the theory
  std::vector<ErrorCurve> trained;  // by draw

  ErrorCurve mean() const;              // over the draws
  std::vector<Stopping> stops() const;  // of every draw
};

// What one draw of Sigma31 shows.
struct SpectrumDraw {
  linalg::Vector singular_values;                  // min(N_1, N_3), descending
  linalg::Vector output_overlaps, input_overlaps;  // |u . u_hat|, |v . v_hat| of every mode of the teacher
  double teacher_in_bulk;  // <Wbar, what is left of Sigma31 without its k leading modes>
};

// One for each of the options' draws, on all cores, each looked up in the store first.
std::vector<SpectrumDraw> draw_spectra(const GeneralisationOptions& options, RunStore& store,
                                       base::Progress& progress);

struct Generalisation {
  std::vector<SpectrumDraw> spectra;        // by draw
  std::vector<DepthGeneralisation> depths;  // by the options' layers
};

// Of every draw the SVD, and its gradient flow (Eqs 2, 13) at every depth from a decoupled start. Such a
// network, in the bases of its modes, is exactly a direct sum of networks of fewer modes each; they are
// trained one by one, `modes_together` in hidden layers as wide, in random bases. Draws in parallel on all
// cores; each is looked up in the store first. Throws DomainError for options out of their domains,
// NumericalError when a flow stops early.
Generalisation run_generalisation(const GeneralisationOptions& options, RunStore& store,
                                  base::Progress& progress);

// Whole networks of one hidden layer of `hidden_units` from small random weights, whose modes grow from u0 in
// the mean: one curve a draw, at `times`, on the draws of run_generalisation().
std::vector<ErrorCurve> run_random_generalisation(const GeneralisationOptions& options,
                                                  Eigen::Index hidden_units, const std::vector<double>& times,
                                                  RunStore& store, base::Progress& progress);

// A draw: Wbar in random bases, uniform, and Z.
struct NoisyTargets {
  linalg::Matrix teacher, sigma31;  // Wbar and Wbar + Z : N_3 x N_1
  linalg::Matrix output, input;     // the teacher's vectors: N_3 x k, N_1 x k
};
NoisyTargets draw_targets(const GeneralisationOptions& options, int draw);

}  // namespace dln::experiments
