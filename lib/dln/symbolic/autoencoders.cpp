// Section 3: where an autoencoder converges, which matrix is diagonal for a consistent task, aligned inputs.
#include <ginac/ginac.h>

#include "dln/symbolic/calculus.hpp"
#include "dln/symbolic/proof.hpp"
#include "dln/symbolic/themes.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::matrix;
using GiNaC::symbol;

const symbol p("p"), q("q"), l1("l1", "\\ell_1"), l2("l2", "\\ell_2"), s1("s1"), s2("s2"), d1("d1"), d2("d2");

// The direction of Eq 2 in W21; that in W32 has the same bracket.
matrix eq2_bracket(const matrix& sigma31, const matrix& whole, const matrix& sigma11) {
  return sigma31.sub(whole.mul(sigma11));
}

Derivation fixed_point(Variant variant) {
  Proof proof;
  proof.assume(
      "N_1 = N_2 = N_3 = 2; Q a plane rotation in p, R_2 one in q; Lambda = diag(l1^2, l2^2), l1, l2 > 0; "
      "Sigma31 = Sigma11 = Q Lambda Q^T");
  const matrix Q = plane_rotation(p), R = plane_rotation(q), root = diagonal_matrix({l1, l2}, 2, 2);
  const matrix sigma = product({Q, root, root, Q.transpose()});
  const Formula bracket = named("Sigma31 - I Sigma11", "\\Sigma^{31} - I\\,\\Sigma^{11}"),
                of_roots =
                    named("Sigma31 - Q Lambda Q^T Sigma11", "\\Sigma^{31} - Q\\Lambda Q^T\\,\\Sigma^{11}");
  const matrix strengths = variant == Variant::wrong ? root : identity_matrix(2);
  const matrix w21 = product({R, strengths, Q.transpose()}), w32 = product({Q, strengths, R.transpose()});
  proof.identity("W21 = R_2 Q^T, W32 = Q R_2^T, of strength 1: the product is the identity and Eq 2 rests",
                 bracket, named("0"), eq2_bracket(sigma, w32.mul(w21), sigma));
  proof.printed("W21 = R_2 sqrt(Lambda) Q^T, so W32 W21 = Q Lambda Q^T", of_roots, named("0"),
                eq2_bracket(sigma, sigma, sigma));
  proof.identity("that is where Eq 2 would rest on inputs with Sigma11 = I",
                 named("Sigma31 - Q Lambda Q^T I", "\\Sigma^{31} - Q\\Lambda Q^T I"), named("0"),
                 eq2_bracket(sigma, sigma, identity_matrix(2)));
  return proof.finish();
}

Derivation bottleneck(Variant variant) {
  Proof proof;
  proof.assume(
      "N_1 = N_3 = 2, N_2 = 1; Q = (q1, q2) a plane rotation in p, Sigma31 = Sigma11 = Q diag(l1, l2) Q^T");
  const matrix Q = plane_rotation(p);
  const matrix sigma = product({Q, diagonal_matrix({l1, l2}, 2, 2), Q.transpose()});
  matrix axis = GiNaC::ex_to<matrix>(GiNaC::sub_matrix(Q, 0, 2, 0, 1));
  if (variant == Variant::wrong) axis = axis.mul_scalar(l1);
  const matrix bracket = eq2_bracket(sigma, axis.mul(axis.transpose()), sigma);
  proof.identity(
      "W21 = q1^T, W32 = q1: the projector on the leading direction rests, in W21",
      named("W32^T (Sigma31 - W32 W21 Sigma11)", "W^{32\\,T}(\\Sigma^{31} - W^{32}W^{21}\\Sigma^{11})"),
      named("0"), axis.transpose().mul(bracket));
  proof.identity(
      "and in W32",
      named("(Sigma31 - W32 W21 Sigma11) W21^T", "(\\Sigma^{31} - W^{32}W^{21}\\Sigma^{11})W^{21\\,T}"),
      named("0"), bracket.mul(axis));
  return proof.finish();
}

Derivation consistency(Variant variant) {
  Proof proof;
  proof.assume(
      "Sigma31 = U S V^T with singular vectors in the columns of V, a plane rotation in p; Sigma11 = V D "
      "V^T, which "
      "is Eq 18, Q = V");
  const matrix V = plane_rotation(p), D = diagonal_matrix({d1, d2}, 2, 2);
  const matrix sigma11 = product({V, D, V.transpose()});
  const matrix right = variant == Variant::wrong ? product({V.transpose(), sigma11, V.transpose()})
                                                 : product({V.transpose(), sigma11, V});
  proof.identity("diagonal", named("V^T Sigma11 V", "V^T\\Sigma^{11}V"), named("D"), right.sub(D));
  const matrix other = product({V, sigma11, V.transpose()});
  proof.printed("V Sigma11 V^T is diagonal: its entry off the diagonal",
                named("(V Sigma11 V^T)_12", "(V\\Sigma^{11}V^T)_{12}"), named("0"), other(0, 1));
  return proof.finish();
}

Derivation modes(Variant variant) {
  Proof proof;
  proof.assume("U and V plane rotations in q and p, columns u_alpha and v_alpha; S = diag(s1, s2)");
  const matrix U = plane_rotation(q), V = plane_rotation(p), S = diagonal_matrix({s1, s2}, 2, 2);
  const matrix right = variant == Variant::wrong ? product({U, S, V}) : product({U, S, V.transpose()});
  const Formula action = named("(U S V^T) v_alpha", "(U S V^T)\\,v_\\alpha"),
                as_printed = named("(U S V) v_alpha", "(U S V)\\,v_\\alpha"),
                image = named("s_alpha u_alpha", "s_\\alpha u_\\alpha");
  proof.identity("Sigma31 = U S V^T takes v_alpha to s_alpha u_alpha, as in Eq 3", action, image,
                 right.mul(V).sub(U.mul(S)));
  proof.printed("Sigma31 = U S V, section 3", as_printed, image, product({U, S, V}).mul(V).sub(U.mul(S)));
  return proof.finish();
}

Derivation aligned(Variant variant) {
  Proof proof;
  const symbol s("s"), d("d"), a("a"), b("b"), tau("tau", "\\tau"), u("u");
  proof.assume("an input of variance d along the mode: Sigma11 v = d v");
  const ex energy = (d * pow(s / d - a * b, 2)) / 2;  // half the squared error but for a constant
  const Motion motion{{a, -energy.diff(a) / tau}, {b, -energy.diff(b) / tau}};
  proof.define("its part of the error, but for a constant", named("E"), energy);
  const ex product_rate = (tau * rate_of(a * b, motion)).subs(b == a);
  const ex end = variant == Variant::wrong ? ex(s) : s / d;
  proof.identity("two equal layers", named("tau u'", "\\tau u'"), shown(2 * u * (s - d * u)),
                 product_rate - (2 * u * (s - d * u)).subs(u == a * a));
  proof.identity("at rest at u = s/d", named("2 u (s - d u)", "2u(s - d\\,u)"), named("0"),
                 (2 * u * (s - d * u)).subs(u == end));
  return proof.finish();
}

}  // namespace

std::vector<Entry> autoencoder_derivations() {
  return {
      {"aligned-inputs",
       "section 3",
       "On inputs of variance d along it a mode approaches s/d",
       {"C36"},
       "an end at s",
       aligned},
      {"x2-autoencoder",
       "section 3",
       "An autoencoder converges to the identity with strengths 1, not to Q Lambda Q^T",
       {"C36", "X2"},
       "strengths sqrt(Lambda)",
       fixed_point},
      {"autoencoder-bottleneck",
       "section 3",
       "With fewer hidden units it rests at the projector on the principal subspace",
       {"C36"},
       "strength l1 in the place of 1",
       bottleneck},
      {"x3-consistency",
       "Eq 18",
       "For a consistent task V^T Sigma11 V is diagonal, not V Sigma11 V^T",
       {"C38", "X3"},
       "V^T Sigma11 V^T",
       consistency},
      {"x12-modes",
       "Eq 3, section 3",
       "Sigma31 is U S V^T, not U S V",
       {"X12"},
       "the correction is the printed form",
       modes},
  };
}

}  // namespace dln::symbolic
