// What the runs of an error budget run on: a problem and a start with what parts them from the closed form's
// assumptions switched off.
#pragma once

#include <compare>

#include "dln/data/singular_modes.hpp"
#include "dln/network/linear_network.hpp"

namespace dln::experiments {

// What the inputs of a run are: no further from theory than each says.
enum class BudgetInput {
  white,     // Sigma11 = c I, c the geometric mean of the modes' variances
  aligned,   // Sigma11 = V diag(d) V^T and its own block on the complement: the modes made eigenvectors
  as_given,  // Sigma11
};

// Which causes act in a run; the finite step always does, and is taken off by extrapolation.
struct Situation {
  bool seed = true;         // two matrices: P = |a + b|^2/4 is the mode's own; off: u0, |a - b| left alone
  bool imbalance = true;    // two matrices: M = |a - b|^2/4 is the mode's own; off: 0
  bool competition = true;  // two matrices: modes learn together; off: each by itself
  bool start = true;  // another depth: the start is the given one; off: each mode by itself, layers u0^{1/L}
  BudgetInput input = BudgetInput::as_given;
  bool tanh = false;  // of the hidden units; with everything else on
  auto operator<=>(const Situation&) const = default;
};

// Relative sizes below this are off: half times move by less than their rounding. Sums over many examples
// round Sigma11 to less.
inline constexpr double kOffAlready = 1e-9;

// A problem and a start in coordinates in which Sigma11 is diagonal and outputs are few: the same network.
struct BudgetData {
  data::Correlations correlations;
  data::SingularModes modes;
  network::LinearNetwork<double> start;
  linalg::Vector variances;  // d = v^T Sigma11 v of every mode
};

// Throws DomainError for shapes that do not compose or a start that is not finite.
BudgetData as_given(const data::Correlations& correlations, const data::SingularModes& modes,
                    const network::LinearNetwork<double>& start);
BudgetData aligned(const BudgetData& given);
BudgetData white(const BudgetData& given);

// Each cause false that is off already, to kOffAlready, in the leading `learnable` modes.
Situation causes_present(const BudgetData& given, double initial_strength, Eigen::Index learnable);

// (a + b)/2 and (a - b)/2 of every mode of two matrices, a = W21 v and b = W32^T u: columns in R^{N_2}, of
// squares P and M.
struct ModeParts {
  linalg::Matrix growing, shrinking;
};
ModeParts parts_of(const BudgetData& data);

// The start of a situation: P of the leading modes made u0, M made 0, as it says. A mode without a growing
// part stays without.
network::LinearNetwork<double> prepared_start(const BudgetData& data, const Situation& situation,
                                              double initial_strength, Eigen::Index learnable);

}  // namespace dln::experiments
