// Batch gradient descent, Eq 1 (and its chain form): W^l += learning_rate * G^l, all layers from the old
// weights.
#pragma once

#include <functional>
#include <string>

#include "dln/network/chain_gradient.hpp"

namespace dln::network {

struct DescentOptions {
  double learning_rate = 0;         // > 0; multiplies the sum over examples, whatever the normalisation
  long max_iterations = 1'000'000;  // >= 0
  long observe_every = 1;           // >= 1
  double divergence_bound = 1e3;    // of ||Sigma31 - W Sigma11|| over its value at the start (or ||Sigma31||)
};

// What an observer sees before the update of each observed iteration (and once at the last).
struct DescentState {
  long iteration;  // 0, 1, ...: also the time in epochs
  const LinearNetwork<double>& network;
  double descent_speed;  // -dE/dt per epoch, E in the correlations' normalisation: tau^-1 ||gradient||^2
};
// Returns false to stop.
using DescentObserver = std::function<bool(const DescentState&)>;

enum class DescentStop { observer, max_iterations, diverged };

struct DescentResult {
  LinearNetwork<double> network;
  DescentStop reason;
  long iterations;         // updates done; on divergence, the iteration at which it was noticed
  TrainingPath path = {};  // fused or general; nothing from descend_by, which does not know

  std::string brief() const;
};

// Throws DomainError for options out of their domains or shapes that do not compose.
DescentResult descend(LinearNetwork<double> network, const data::Correlations& correlations,
                      const DescentOptions& options, const DescentObserver& observer = {});

// The same by a gradient of the caller's, whose error an observer may look at: it is that of the network
// seen.
DescentResult descend(ChainGradient<double>& gradient, LinearNetwork<double> network,
                      const DescentOptions& options, const DescentObserver& observer = {});

// descend(), for callers who need every iteration: throws NumericalError with brief() when it diverged.
DescentResult descend_fully(LinearNetwork<double> network, const data::Correlations& correlations,
                            const DescentOptions& options, const DescentObserver& observer = {});

// What descent follows: writes minus the gradient, for sums over the examples, into `direction` and returns
// the size of the error that is left, by which divergence is noticed.
using LearningRule =
    std::function<double(const LinearNetwork<double>& network, LinearNetwork<double>& direction)>;

// The same rule for iterations that nobody observes: look() returns the size of the error, step() moves the
// weights it looked at by rate times the direction, to the last bit as fused sums give it. Both or neither.
struct FusedSteps {
  std::function<double(const LinearNetwork<double>& network)> look;
  std::function<void(LinearNetwork<double>& network, double rate)> step;
};

// Batch gradient descent by any rule; `scale` is the size of the error at zero weights.
DescentResult descend_by(const LearningRule& rule, double scale, LinearNetwork<double> network,
                         const DescentOptions& options, const DescentObserver& observer = {},
                         const FusedSteps& fused = {});

// Descent of wide networks in place: no second copy of the weights, and each is read twice and written once
// an iteration. `gradient` is kept by the caller, who may come back for more.
struct InPlaceResult {
  DescentStop reason;
  long iterations;  // updates done; on divergence, the iteration at which it was noticed
};
// Sees every iteration before its update (and the last without one), with the error E in the correlations'
// normalisation. Returns false to stop.
using ErrorObserver = std::function<bool(long iteration, double squared_error)>;
// options.observe_every is 1. Throws DomainError for options out of their domains.
template <class Real>
InPlaceResult descend_in_place(ChainGradient<Real>& gradient, LinearNetwork<Real>& network,
                               const DescentOptions& options, const ErrorObserver& observer = {});

}  // namespace dln::network
