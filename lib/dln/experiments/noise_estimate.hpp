// How much of a measured Sigma31 is noise, and which of its modes stick out of it: from its singular values
// alone.
//
// Assumes white inputs, Sigma11 = I, targets that are a teacher of few modes plus noise of independent
// entries with one variance, and N_1, N_3 of tens at least. Noise that is correlated, or differs from output
// to output, spreads its bulk, and some of it is then taken for a teacher. A teacher's modes below the
// threshold sigma A^{1/4} are not seen, nor are they in a forecast: its error is relative to the modes that
// are.
#pragma once

#include <vector>

#include "dln/linalg/matrix.hpp"
#include "dln/theory/noisy_teacher.hpp"

namespace dln::experiments {

struct NoiseEstimate {
  double noise;                 // sigma: entries of the noise are N(0, sigma^2/N_1)
  double edge;                  // the least singular value that sticks out
  std::vector<double> teacher;  // s of the modes above it, descending, corrected for what noise adds to them
};

// sigma from the median of the singular values over that of the noise's spectrum (Gavish and Donoho 2014),
// those that stick out set aside; the edge is the one that the largest of pure noise of known sigma exceeds
// in 1 % of draws (Tracy and Widom's law, Johnstone 2001); with sigma estimated, 3 to 4 % of them do.
// `singular_values`: all min(N_1, N_3) of them, in any order. Throws DomainError for another number of them,
// for less than 10, values that are negative or not finite, or a median of 0.
NoiseEstimate estimate_noise(const linalg::Vector& singular_values, Eigen::Index inputs,
                             Eigen::Index outputs);

// What theory is to expect of it: optimal_stopping() of this forecasts when to stop, in units of tau.
theory::NoisyTeacher visible_teacher(const NoiseEstimate& estimate, Eigen::Index inputs,
                                     Eigen::Index outputs);

}  // namespace dln::experiments
