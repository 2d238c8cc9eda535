// One network, any chain and any correlations, followed to high accuracy: its gradient flow (Eqs 2 and 13) at
// the times asked for, or the iterates of Eq 1; and how much the way it takes amplifies errors.
#pragma once

#include <optional>
#include <vector>

#include "dln/base/progress.hpp"
#include "dln/data/singular_modes.hpp"
#include "dln/network/linear_network.hpp"
#include "dln/network/mode_strengths.hpp"

namespace dln::experiments {

struct NetworkRun {
  std::vector<double> moments;               // times, or iteration counts
  std::vector<std::vector<double>> weights;  // at each, the buffer of a network of the start's shape
};

struct FlowOptions {
  double time_constant = 1;           // tau > 0
  double relative_tolerance = 1e-12;  // from 1e-14 to 1e-3
  bool check = true;                  // measure amplification and agreement: some twenty times the work
};

struct FlowAccuracy {
  // Largest growth of a small deviation: max|dW(t)| at any moment, over the max|dW| put in at the start or on
  // the way, both relative to max|W| at their time. A flow that passes close to a saddle waits there for as
  // long as the deviation from its way in takes to grow, and so amplifies every error by as much.
  double amplification;
  // max|dW| / max|W| over all moments between two integrators that share nothing but the gradient, Fehlberg
  // 7(8) and Bulirsch-Stoer.
  double agreement;
};

struct FlowRun {
  NetworkRun run;
  std::optional<FlowAccuracy> accuracy;
};

// The flow from `start` at time 0, at `times` >= 0 that increase strictly. Throws DomainError for these or
// for options out of their domains, NumericalError when the integration cannot reach the last time.
FlowRun follow_flow(const network::LinearNetwork<double>& start, const data::Correlations& correlations,
                    const std::vector<double>& times, const FlowOptions& options, base::Progress& progress);

// The iterates of Eq 1 after `steps` >= 0 updates, strictly increasing. Throws DomainError; NumericalError
// that names the iteration when the rate is too large for descent to converge.
NetworkRun follow_descent(const network::LinearNetwork<double>& start, const data::Correlations& correlations,
                          const std::vector<long>& steps, double learning_rate, base::Progress& progress);

// The strengths of all modes at each moment: moments x (r strengths, then the leak).
linalg::Matrix strengths_along(const NetworkRun& run, const network::LinearNetwork<double>& shape,
                               const data::SingularModes& modes);

}  // namespace dln::experiments
