// The two-layer flow with Sigma11 = I as a matrix Riccati equation, and its solution.
#include <fmt/format.h>
#include <ginac/ginac.h>

#include "dln/symbolic/calculus.hpp"
#include "dln/symbolic/proof.hpp"
#include "dln/symbolic/themes.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::matrix;
using GiNaC::symbol;

matrix stacked(const matrix& top, const matrix& bottom) {
  matrix all(top.rows() + bottom.rows(), top.cols());
  for (unsigned j = 0; j < all.cols(); ++j)
    for (unsigned i = 0; i < all.rows(); ++i)
      all(i, j) = i < top.rows() ? top(i, j) : bottom(i - top.rows(), j);
  return all;
}

// F = [[-lambda/2 I, Sigma31^T], [Sigma31, lambda/2 I]]
matrix generator(const matrix& sigma31, const ex& lambda) {
  const unsigned n1 = sigma31.cols(), n3 = sigma31.rows();
  matrix F(n1 + n3, n1 + n3);
  for (unsigned i = 0; i < n1; ++i) F(i, i) = -lambda / 2;
  for (unsigned i = 0; i < n3; ++i) {
    F(n1 + i, n1 + i) = lambda / 2;
    for (unsigned j = 0; j < n1; ++j) F(n1 + i, j) = F(j, n1 + i) = sigma31(i, j);
  }
  return F;
}

// Q' by Eq 2 minus F Q - Q Q^T Q/2, tau = 1.
matrix riccati_residual(const matrix& w21, const matrix& w32, const ex& lambda, const ex& half) {
  const matrix sigma31 = symbol_matrix("m", w32.rows(), w21.cols());
  const matrix missing = sigma31.sub(w32.mul(w21));
  const matrix Q = stacked(w21.transpose(), w32);
  const matrix rate = stacked(missing.transpose().mul(w32), missing.mul(w21.transpose()));
  const matrix cubic = product({Q, Q.transpose(), Q}).mul_scalar(half);
  return rate.sub(generator(sigma31, lambda).mul(Q).sub(cubic));
}

const Formula kRate = named("tau Q'", "\\tau Q'"), kRight = named("F Q - Q Q^T Q/2", "FQ - \\tfrac12 QQ^TQ");

Derivation riccati(Variant variant) {
  Proof proof;
  proof.assume(
      "Sigma11 = I, any Sigma31; W32^T W32 - W21 W21^T = lambda I; Q = [W21^T; W32], F = [[-lambda/2 I, "
      "Sigma31^T], "
      "[Sigma31, lambda/2 I]]");
  const ex half = variant == Variant::wrong ? ex(1) : ex(1) / 2;
  const matrix a = symbol_matrix("a", 1, 2), b = symbol_matrix("b", 3, 1);
  proof.identity("N = 2, 1, 3: one hidden unit, where the balance is a number, lambda = |b|^2 - |a|^2", kRate,
                 kRight, riccati_residual(a, b, squared_norm(b) - squared_norm(a), half));
  const matrix w21 = symbol_matrix("a", 2, 2), R = plane_rotation(symbol("p"));
  proof.identity("N = 2, 2, 2: lambda = 0, W32 = R W21^T, R a plane rotation", kRate, kRight,
                 riccati_residual(w21, R.mul(w21.transpose()), 0, half));
  proof.say("so P = Q Q^T, with W32 W21 as its lower left block, obeys tau P' = F P + P F - P^2");
  return proof.finish();
}

Derivation solution(Variant variant) {
  Proof proof;
  proof.assume(
      "F = diag(f_1, ..., f_n), as in its own eigenbasis, tau = 1; E_i = e^{f_i t} are transcendental, with "
      "rates f_i E_i, "
      "and 1 at t = 0");
  proof.say(
      "P = e^{Ft} Q0 M^{-1} Q0^T e^{Ft}, M = I + Q0^T G Q0, G = int_0^t e^{2Fx} dx = (e^{2Ft} - 1)/(2F)");
  for (const auto& [n, hidden] : {std::pair{3, 1}, {2, 2}}) {
    std::vector<ex> f, E, G;
    Motion time;
    GiNaC::exmap start;
    for (int i = 1; i <= n; ++i) {
      const symbol fi(fmt::format("f{}", i)), Ei(fmt::format("E{}", i));
      f.push_back(fi);
      E.push_back(Ei);
      G.push_back((Ei * Ei - 1) / (2 * fi));
      time.emplace_back(Ei, fi * Ei);
      start[Ei] = 1;
    }
    const matrix F = diagonal_matrix(f, n, n), A = diagonal_matrix(E, n, n),
                 Q0 = symbol_matrix("q", n, hidden);
    const matrix M = identity_matrix(hidden).add(product({Q0.transpose(), diagonal_matrix(G, n, n), Q0}));
    const matrix P = product({A, Q0, M.inverse(), Q0.transpose(), A});
    matrix at_start = P;
    for (unsigned i = 0; i < P.rows(); ++i)
      for (unsigned j = 0; j < P.cols(); ++j) at_start(i, j) = P(i, j).subs(start);
    proof.identity(fmt::format("Q of {} rows, {} hidden units: the start", n, hidden), named("P(0)"),
                   named("Q0 Q0^T", "Q_0Q_0^T"), at_start.sub(Q0.mul(Q0.transpose())));
    const matrix square = P.mul(P).mul_scalar(variant == Variant::wrong ? 2 : 1);
    proof.identity("and the equation", named("tau P'", "\\tau P'"), named("F P + P F - P^2", "FP + PF - P^2"),
                   rate_of(P, time).sub(F.mul(P).add(P.mul(F)).sub(square)));
  }
  return proof.finish();
}

}  // namespace

std::vector<Entry> matrix_solution_derivations() {
  return {
      {"riccati",
       "Eq 2",
       "The two-layer flow of balanced weights is a matrix Riccati equation",
       {"C45"},
       "Q Q^T Q without its half",
       riccati},
      {"riccati-solution",
       "Eq 2",
       "Its solution in closed form",
       {"C45"},
       "2 P^2 in the place of P^2",
       solution},
  };
}

}  // namespace dln::symbolic
