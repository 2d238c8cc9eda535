// Derivatives, motions and small matrices of symbols, for the .cpp files of this room (see proof.hpp).
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace GiNaC {
class ex;
class matrix;
class symbol;
}  // namespace GiNaC

namespace dln::symbolic {

// x' for each symbol x that moves.
using Motion = std::vector<std::pair<GiNaC::symbol, GiNaC::ex>>;
// df/dt along the motion: sum over x of df/dx x'.
GiNaC::ex rate_of(const GiNaC::ex& f, const Motion& motion);

// The irreducible factors of a polynomial over the rationals, each expanded: factor() leaves them half
// collected, now in one symbol and now in another.
GiNaC::ex factored(const GiNaC::ex& polynomial);
// Numerator and denominator in factors, to be read.
GiNaC::ex neat(const GiNaC::ex& rational);

// rows x cols symbols NAME11, NAME12, ...
GiNaC::matrix symbol_matrix(const std::string& name, unsigned rows, unsigned cols);
GiNaC::matrix diagonal_matrix(const std::vector<GiNaC::ex>& entries, unsigned rows, unsigned cols);
GiNaC::matrix identity_matrix(unsigned size);
// The product from left to right of conformable matrices.
GiNaC::matrix product(const std::vector<GiNaC::matrix>& factors);
GiNaC::matrix difference(const GiNaC::matrix& a, const GiNaC::matrix& b);
GiNaC::ex squared_norm(const GiNaC::matrix& m);
// df/dm, an entry each; m's entries are symbols.
GiNaC::matrix gradient(const GiNaC::ex& f, const GiNaC::matrix& m);
// The motion of every entry of m by the same entry of `rates`.
void append(Motion& motion, const GiNaC::matrix& m, const GiNaC::matrix& rates);
// dm/dt along the motion, an entry each.
GiNaC::matrix rate_of(const GiNaC::matrix& m, const Motion& motion);

// Every rotation of the plane but that by a half turn: cos = (1 - p^2)/(1 + p^2), sin = 2p/(1 + p^2).
GiNaC::matrix plane_rotation(const GiNaC::symbol& p);
// Every rotation of space but the half turns, by Cayley's (I - A)^{-1} (I + A), A skew with entries p, q, r.
GiNaC::matrix space_rotation(const GiNaC::symbol& p, const GiNaC::symbol& q, const GiNaC::symbol& r);

}  // namespace dln::symbolic
