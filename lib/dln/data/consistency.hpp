// Consistency: whether a task's input modes are principal components of its inputs, Q = V11 (Eq 18).
//
// B = V^T Sigma11 V (r x r) over the r modes of Sigma31. The paper's check asks whether B is diagonal. That
// is necessary but not sufficient: modes (q_i + q_j)/sqrt 2 of disjoint pairs pass it and are no
// eigenvectors. So each mode is also held against Sigma11 v = d v itself, d = v^T Sigma11 v; ||Sigma11 v - d
// v||/d is the tangent of the angle between v and Sigma11 v.
//
// Modes of equal s span a subspace within which Sigma31 chooses no axes: any rotation of V and U there is as
// good. The one that makes B diagonal within it is judged. Of modes that all share one s (a single mode, say)
// B can always be made diagonal: the printed check is empty, and the invariance alone decides.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dln/data/singular_modes.hpp"

namespace dln::data {

enum class ModeVerdict {
  consistent,   // Sigma11 v keeps 99 % of its squared length along v: invariance residual at most 0.1
  approximate,  // it keeps 90 %: at most 1/3
  misleading,   // it does not, and yet the printed check passes with at most 1/3
  violated,     // the printed check fails too, or is empty
};
std::string_view name_of(ModeVerdict verdict);

struct ModeConsistency {
  double variance = 0;         // d = v^T Sigma11 v
  double off_diagonal = 0;     // ||column of B off its diagonal|| / d; NaN where the check is empty
  double invariance = 0;       // ||Sigma11 v - d v|| / d, never less than off_diagonal
  double alignment = 0;        // largest ||P v||, P the projector on an eigenspace of Sigma11
  Eigen::Index component = 0;  // the first of that eigenspace, from 0, eigenvalues descending
  ModeVerdict verdict = ModeVerdict::violated;
  Eigen::Index equal_modes = 1;       // modes of this s, it included
  Eigen::Index equal_components = 1;  // that eigenspace's dimension
};

// Of a set of orthonormal columns V; NaN for no columns, and no off_diagonal of a single one.
struct ConsistencyResiduals {
  double off_diagonal = 0;  // ||B - diag B||_F / ||diag B||_F; NaN where B is diagonal whatever V is
  double invariance = 0;    // ||Sigma11 V - V diag B||_F / ||diag B||_F
};

struct Consistency {
  linalg::Matrix block;                                      // B : r x r
  ConsistencyResiduals modes;                                // of all r modes
  std::optional<ConsistencyResiduals> without_leading = {};  // of the modes of less than s_1, if any
  double inputs_off_diagonal = 0;                            // Sigma11's own, in the coordinates given
  ConsistencyResiduals random;                               // of as many Haar orthonormal columns
  linalg::Vector variances;                                  // Lambda: Sigma11's eigenvalues, descending
  std::vector<ModeConsistency> by_mode;                      // r

  Eigen::Index count(ModeVerdict verdict) const;
  bool printed_check_is_empty() const;  // all modes share one s
};

// The same modes with V and U turned alike within each subspace of equal s (relative to 1e-9, or to what the
// SVD resolves), so that V^T sigma11 V is diagonal there, descending. Modes of distinct s stay as they are.
SingularModes turned_within_equal_s(const SingularModes& modes, const linalg::Matrix& sigma11);

// sigma11 : N1 x N1 of `correlations`, whose sigma31 the modes are of. Throws DomainError when the shapes do
// not fit, NumericalError when sigma11 is not finite. The seed is that of the random columns.
Consistency consistency(const Correlations& correlations, const SingularModes& modes, std::uint64_t seed = 1);

// The same two residuals for any orthonormal columns v : N1 x r.
ConsistencyResiduals consistency_residuals(const linalg::Matrix& sigma11, const linalg::Matrix& v);

}  // namespace dln::data
