// Assumptions: which of the paper's assumptions a problem and a start meet, and which closed form is left.
//
//   white       Sigma11 = c I (section 1.1 has c = 1)
//   consistent  the modes' input vectors are eigenvectors of Sigma11 (Eq 18)
//   decoupled   W^l = R_{l+1} D_l R_l^T, R_1 = V, R_{L+1} = U, in some bases R_2 .. R_L
//   balanced    W^{l+1}^T W^{l+1} = W^l W^l^T; of two matrices also up to lambda I
//   enough      no layer is narrower than the rank of Sigma31, and no direction in which a mode grows is
//               missing from the start
//
// Each is a number held against a bound below; the findings say both and what follows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dln/data/consistency.hpp"
#include "dln/experiments/decoupled_fit.hpp"
#include "dln/experiments/learning_problem.hpp"

namespace dln::experiments {

// Relative residuals up to here are an assumption met exactly: sums over a million examples round to less,
// and half times shift by less than a millionth of an epoch.
inline constexpr double kAssumptionMet = 1e-9;
// Eq 18 holds well enough for its law to be of use: the verdict `consistent` of data::Consistency.
inline constexpr double kNearlyConsistent = 0.1;
// s equal to this share span one subspace, as in data::Consistency.
inline constexpr double kEqualModes = 1e-9;
// s closer than this are learned at times that differ by less than a random start scatters them (a few
// per cent): their order and their axes are the start's.
inline constexpr double kNearModes = 0.05;
// A growing direction this much weaker than the strongest is missing: its u0, the square, is rounding.
inline constexpr double kMissingDirection = 1.5e-8;
// A start is small when no layer's own part of a mode exceeds this share of its final strength: then modes
// grow by themselves for most of their way.
inline constexpr double kSmallStart = 0.01;

enum class ClosedForm {
  decoupled,        // Eq 15 for every mode by itself (Eq 12 for two matrices), equal or unequal layers
  aligned,          // the same with s/d and tau/d, d the mode's own input variance
  matrix_solution,  // two matrices, Sigma11 = c I, lambda-balanced: modes may overlap as they like
  single_mode,      // two matrices: Eq 8 for every mode by itself, from its own a = W21 v and b = W32^T u
  none,
};
std::string_view name_of(ClosedForm form);

struct Assumptions {
  // The data.
  double input_scale = 0;            // c = tr Sigma11 / N1
  double whiteness = 0;              // ||Sigma11 - c I||_F / ||c I||_F
  double whiteness_of_identity = 0;  // ||Sigma11 - I||_F / ||I||_F: in these sums
  linalg::Vector input_variances;    // d = v^T Sigma11 v of every mode
  linalg::Vector invariance;         // ||Sigma11 v - d v|| / d of every mode: Eq 18
  std::vector<ModeGroup> equal_modes, near_modes;
  // The start.
  std::vector<double> decoupling;         // of every layer: DecoupledFit::residuals
  std::vector<linalg::Vector> strengths;  // of every layer, active modes: the nearest decoupled start's
  std::vector<double> balance;  // of W^{l+1}^T W^{l+1} - W^l W^l^T, relative to the sum of both norms: L - 1
  std::optional<double> lambda = {};  // of two matrices, W32^T W32 - W21 W21^T nearest to lambda I
  double lambda_residual = 0;         // of that, relative likewise; NaN for another depth
  // What can be learned.
  Eigen::Index rank = 0, narrowest = 0, learnable = 0;
  Eigen::Index missing_directions = 0;  // learnable modes that the start cannot grow, in number
  double weakest_direction = 0;         // least over largest singular value of V_+^T Q0; NaN where not judged
  // The choice.
  ClosedForm form = ClosedForm::none;
  bool exact = false;  // false: it holds in a limit, and the findings say which
  std::vector<std::string> findings;

  bool white() const { return whiteness <= kAssumptionMet; }
  bool consistent() const { return invariance.maxCoeff() <= kAssumptionMet; }
  bool decoupled() const;
};

// Throws DomainError for shapes that do not compose or a start that is not finite, NumericalError for data
// that are not.
Assumptions check_assumptions(const LearningProblem& problem, const network::LinearNetwork<double>& start);

}  // namespace dln::experiments
