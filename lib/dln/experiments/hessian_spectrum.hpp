// The whole spectrum of the Hessian along the decoupled path of a small network: what its own weights give as
// the gradient flow moves them, and the strengths at which the closed form gives the same.
#pragma once

#include <cstdint>
#include <vector>

#include "dln/linalg/matrix.hpp"
#include "dln/theory/decoupled_hessian.hpp"

namespace dln::experiments {

struct SpectrumOptions {
  std::vector<long> units{3, 4, 3, 2};          // N_1, ..., N_{L+1}; 4096 weights at most
  std::vector<double> singular_values{2, 1.3};  // of the modes, descending, all different
  std::vector<double> initial_strengths{0.02, 0.05};
  std::vector<double> input_variances = {};  // along the modes, then of further inputs; none: Sigma11 = I
  double duration = 9;                       // of the flow, tau = 1
  int samples = 10;                          // 2 or more
  std::uint64_t seed = 1;                    // of the bases
};

struct SpectrumCourse {
  std::vector<double> times;
  std::vector<theory::DecoupledModes> law;  // at each, strengths by Eq 15's closed form
  linalg::Matrix network;                   // samples x weights, each row descending
};

// Throws DomainError for options out of their domains.
SpectrumCourse run_hessian_spectrum(const SpectrumOptions& options = {});

// The modes after time t, tau = 1, each by its own law from the strengths given.
theory::DecoupledModes modes_after(double t, const std::vector<long>& units, theory::DecoupledModes start);

// All eigenvalues, each as often as it occurs, descending.
linalg::Vector listed(const std::vector<theory::CountedEigenvalue<double>>& spectrum);

}  // namespace dln::experiments
