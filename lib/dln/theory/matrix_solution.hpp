// MatrixSolution: the two-layer flow of Eq 2 with Sigma11 = I, whole matrices at once, from any start with
//
//   W32^T W32 - W21 W21^T = lambda I        (lambda-balanced; lambda = 0: balanced)
//
// Nothing need be decoupled: modes may overlap, compete and pass close to saddles. With
//
//   Q = [W21^T; W32],   F = [[-lambda/2 I, Sigma31^T], [Sigma31, lambda/2 I]],   tau Q' = F Q - Q Q^T Q/2
//   Q Q^T(t) = e^{Ft/tau} Q0 (I + Q0^T G Q0)^{-1} Q0^T e^{Ft/tau},   G = int_0^{t/tau} e^{2Fx} dx
//
// whose lower left block is W32 W21 (Fukumizu 1998; Braun, Domine, Fitzgerald, Saxe 2022, where F has to be
// invertible, which it is not for lambda = 0 and N3 != N1). It says nothing of W21 and W32 themselves, of
// which only Q Q^T is known.
//
// In the bases of Sigma31 = U S V^T, F falls into 2 x 2 blocks with eigenvalues +-l, l^2 = s^2 + lambda^2/4.
// Let lambda >= 0 (else W21^T and W32 change places), a and b rows of V^T W21^T and U^T W32, q = e^{-2 l
// t/tau},
//
//   z = (1 - q)/(l (1 + q) + (1 - q) lambda/2),   E = e^{l t/tau} (1 + q + (1 - q) lambda/(2l))/2.
//
// Then G = L L^T with L triangular, and X = L^T Q0 has the rows
//
//   sqrt(z) a,   sqrt(z) E (b + s z a)
//
// With [X; I] = [P; .] R, P from orthogonal reflections (linalg::graded_basis), the rows of Q times some
// rotation of the hidden units are
//
//   a: p_a/(sqrt(z) E) + s sqrt(z) p_b,   b: p_b/sqrt(z)
//
// Nothing overflows and nothing cancels that does not cancel in the data. Measured against hundreds of
// digits: within 64 eps (1 + condition), condition = sum over all entries x of W21, W32, Sigma31 of |x|
// |df/dx| / |f|. Where a start lies close to the way into a saddle, condition grows like e^{l t/tau}.
//
// Directions without signal are compressed before: hidden units that nothing reaches stay as they are, and of
// the inputs without signal only those that W21 sees matter. At 784-100-10 one W32 W21 takes 0.2 ms.
#pragma once

#include <vector>

#include "dln/linalg/matrix.hpp"

namespace dln::theory {

// How far a pair of weights is from lambda-balanced.
struct LambdaBalance {
  double lambda;    // the mean of the diagonal of W32^T W32 - W21 W21^T
  double residual;  // ||W32^T W32 - W21 W21^T - lambda I||_F / (||W21||_F^2 + ||W32||_F^2), 0 at the origin
};

// Of any pair: w21 : N2 x N1, w32 : N3 x N2. Throws DomainError for shapes that do not compose, empty ones
// and entries that are not finite.
LambdaBalance lambda_balance(const linalg::Matrix& w21, const linalg::Matrix& w32);

// The largest residual with which MatrixSolution takes a start for lambda-balanced; its results err by that
// much times their condition.
inline constexpr double kBalanceTolerance = 1e-12;

// Where a start leads as t -> infinity. A mode grows along f = (k v, u), k = s/(l + lambda/2), an eigenvector
// of F; of those with the largest s the flow learns as many as Q0 reaches independently, f^T Q0, up to N2.
// What it misses, it misses because some combination e of the leading min(N2, r) growing directions has e^T
// Q0 = 0: for square balanced weights whenever det(W32 W21) and det(Sigma31) differ in sign.
struct MatrixOutcome {
  linalg::Matrix end_to_end;            // N3 x N1
  bool least_error;                     // the best approximation of rank min(N2, r), of Eq 7; else a saddle
  double excess;                        // its ||Sigma31 - W32 W21||_F^2/2 above the least, 0 or greater
  std::vector<Eigen::Index> learned;    // how many modes of each of `singular_values` are learned
  std::vector<double> singular_values;  // the distinct ones, descending
  std::vector<Eigen::Index> multiplicity;
  // (N1 + N3) x m, orthonormal: the combinations e. (Equal singular values of which N2 holds a part only are
  // not among these: any part of them will do.)
  linalg::Matrix lacking;
};

// The neural tangent kernel of the network, sum over all weights w of (dy/dw)(x) (dy/dw)(x')^T :
//
//   K(x, x') = (x^T W21^T W21 x') I + (x^T x') W32 W32^T : N3 x N3
struct TangentKernel {
  linalg::Matrix input_factor;           // N1 x m: W21^T W21 is this times its transpose
  linalg::Matrix output_representation;  // W32 W32^T : N3 x N3

  linalg::Matrix operator()(const linalg::Vector& x, const linalg::Vector& other) const;
};

// Invariant: the start is lambda-balanced to kBalanceTolerance, all entries finite, tau > 0. A lambda below
// the rounding of the weights' squares is 0, and so are singular values below that of Sigma31, 4 sqrt(max(N1,
// N3)) eps s_1; as t -> infinity those that differ by less are equal, and a growing direction is missed that
// Q0 reaches with less than its own rounding and imbalance.
class MatrixSolution {
 public:
  // w21 : N2 x N1, w32 : N3 x N2, sigma31 : N3 x N1. Throws DomainError.
  MatrixSolution(const linalg::Matrix& w21, const linalg::Matrix& w32, const linalg::Matrix& sigma31,
                 double time_constant);

  double balance() const { return flipped_ ? -lambda_ : lambda_; }  // lambda
  double time_constant() const { return tau_; }

  // All at t >= 0, infinity included. Throw DomainError for other t.
  linalg::Matrix gram_at(double t) const;                   // Q Q^T : (N1 + N3) x (N1 + N3)
  linalg::Matrix end_to_end_at(double t) const;             // W32 W21 : N3 x N1
  linalg::Matrix input_representation_at(double t) const;   // W21^T W21 : N1 x N1
  linalg::Matrix output_representation_at(double t) const;  // W32 W32^T : N3 x N3
  TangentKernel tangent_kernel_at(double t) const;

  MatrixOutcome outcome() const;

 private:
  // One of W21^T and W32, N x N2, in a basis of what it reaches.
  struct Side {
    linalg::Matrix basis;  // N x (r + k): singular vectors of Sigma31, then directions without signal
    linalg::Matrix start;  // (r + k) x n: the weights there, from the hidden directions that move
    linalg::Matrix still;  // N x N2, or empty: those that never move
  };
  // Rows of Q at one time, in the bases of the sides, rotated in the hidden units.
  struct Rows {
    linalg::Matrix lower, upper;  // of the side with -lambda/2 in F, and of that with +lambda/2
  };
  // The end of growth, a set of equal eigenvalues after the other.
  struct Growth {
    linalg::Matrix rows;                // of P as t -> infinity, (r + k) x n
    std::vector<Eigen::Index> learned;  // dimensions of each set
    linalg::Matrix lacking;             // coefficients of the combinations e in the normalised f, r' x m
  };

  void compress_hidden_units();
  double rate(Eigen::Index mode) const;   // l
  double ratio(Eigen::Index mode) const;  // k = s/(l + lambda/2)
  Rows rows_at(double t) const;
  Rows rows_after(double duration) const;
  linalg::Matrix growing_rows() const;
  Growth grow() const;
  Rows rows_in_the_end(const Growth& growth) const;
  linalg::Matrix map_of(const Rows& rows) const;  // W32 W21
  linalg::Matrix factor(const Side& side, const linalg::Matrix& rows) const;
  const Side& inputs() const { return flipped_ ? upper_ : lower_; }
  const Side& outputs() const { return flipped_ ? lower_ : upper_; }
  const linalg::Matrix& inputs_of(const Rows& rows) const { return flipped_ ? rows.upper : rows.lower; }
  const linalg::Matrix& outputs_of(const Rows& rows) const { return flipped_ ? rows.lower : rows.upper; }

  double tau_, lambda_ = 0, residual_ = 0, size_ = 0;  // lambda_ >= 0; size_ = ||Q0||_F
  bool flipped_ = false;                               // balance() < 0: W21^T is the upper side
  linalg::Vector s_;                                   // r > 0 numbers, or none
  std::vector<Eigen::Index> sets_;                     // how many of s_ are equal, set after set
  Eigen::Index hidden_;                                // N2
  Side lower_, upper_;
};

}  // namespace dln::theory
