// Eqs 1 to 8 for whole matrices of symbols: gradient, change of variables, cooperation and competition.
#include <ginac/ginac.h>

#include <algorithm>

#include "dln/symbolic/calculus.hpp"
#include "dln/symbolic/proof.hpp"
#include "dln/symbolic/themes.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::matrix;
using GiNaC::symbol;

const symbol tau("tau", "\\tau"), lambda("lambda", "\\lambda");

// Weights, Sigma11 and Sigma31 of a three-layer network, the latter two the sums over two examples.
struct Network {
  matrix w21, w32, inputs, outputs;  // an example a column

  Network(unsigned n1, unsigned n2, unsigned n3)
      : w21(symbol_matrix("W21", n2, n1)),
        w32(symbol_matrix("W32", n3, n2)),
        inputs(symbol_matrix("x", n1, 2)),
        outputs(symbol_matrix("y", n3, 2)) {}

  matrix sigma11() const { return inputs.mul(inputs.transpose()); }
  matrix sigma31() const { return outputs.mul(inputs.transpose()); }
  // E = 1/2 sum |y - W32 W21 x|^2.
  ex error() const { return squared_norm(outputs.sub(product({w32, w21, inputs}))) / 2; }
};

// The directions of Eq 2: W32^T (Sigma31 - W32 W21 Sigma11), (Sigma31 - W32 W21 Sigma11) W21^T.
struct Directions {
  matrix first, second;
};
Directions eq2_field(const matrix& w21, const matrix& w32, const matrix& sigma31, const matrix& sigma11) {
  const matrix missing = sigma31.sub(product({w32, w21, sigma11}));
  return {w32.transpose().mul(missing), missing.mul(w21.transpose())};
}

const Formula kFirstField = named("W32^T (Sigma31 - W32 W21 Sigma11)",
                                  "W^{32\\,T}\\left(\\Sigma^{31} - W^{32}W^{21}\\Sigma^{11}\\right)");
const Formula kSecondField = named("(Sigma31 - W32 W21 Sigma11) W21^T",
                                   "\\left(\\Sigma^{31} - W^{32}W^{21}\\Sigma^{11}\\right)W^{21\\,T}");

Derivation eq1(Variant variant) {
  Proof proof;
  proof.assume(
      "N_1 = 2, N_2 = 2, N_3 = 3, two examples; every entry of W21, W32, x and y a symbol of its own");
  const Network net(2, 2, 3);
  const ex error = (variant == Variant::wrong ? 2 : 1) * net.error();
  proof.say("E = 1/2 sum over the examples of |y - W32 W21 x|^2; Sigma11 = sum x x^T, Sigma31 = sum y x^T");
  const auto [first, second] = eq2_field(net.w21, net.w32, net.sigma31(), net.sigma11());
  proof.identity("minus the gradient in W21, entry by entry, is the bracket of Eq 1",
                 named("-dE/dW21", "-\\partial E/\\partial W^{21}"), kFirstField,
                 first.add(gradient(error, net.w21)));
  proof.identity("and in W32", named("-dE/dW32", "-\\partial E/\\partial W^{32}"), kSecondField,
                 second.add(gradient(error, net.w32)));
  return proof.finish();
}

matrix column(const matrix& m, unsigned j) {
  return GiNaC::ex_to<matrix>(GiNaC::sub_matrix(m, 0, m.rows(), j, 1));
}

Derivation time_constant(Variant variant) {
  Proof proof;
  proof.assume("N_1 = N_2 = N_3 = 1, two examples, P = 2; t in epochs: the step of Eq 1 takes a time of 1");
  const Network net(1, 1, 1);
  matrix step(1, 1);  // of W21, Eq 1 read literally: a sum over the examples
  for (unsigned mu = 0; mu < 2; ++mu) {
    const matrix x = column(net.inputs, mu), y = column(net.outputs, mu);
    const matrix missing = y.mul(x.transpose()).sub(product({net.w32, net.w21, x, x.transpose()}));
    step = step.add(net.w32.transpose().mul(missing).mul_scalar(lambda));
  }
  const matrix field = eq2_field(net.w21, net.w32, net.sigma31(), net.sigma11()).first;
  const Formula change = named("(1/lambda) Delta W21", "\\frac{1}{\\lambda}\\,\\Delta W^{21}"),
                too_long = named("(P/lambda) Delta W21", "\\frac{P}{\\lambda}\\,\\Delta W^{21}");
  const ex right = variant == Variant::wrong ? 3 / lambda : 1 / lambda;
  proof.identity("with tau = 1/lambda the step of Eq 1 is that of Eq 2", change, kFirstField,
                 step.mul_scalar(right).sub(field));
  proof.printed("with tau = P/lambda, as after Eq 2, it is P times too long", too_long, kFirstField,
                step.mul_scalar(2 / lambda).sub(field));
  return proof.finish();
}

Derivation eq4(Variant variant) {
  Proof proof;
  proof.assume("N_1 = 2, N_2 = 2, N_3 = 3, Sigma11 = I, Sigma31 = U S V^T");
  proof.assume(
      "V a plane rotation in p, cos = (1 - p^2)/(1 + p^2), and U a rotation of space in q1, q2, q3 by "
      "Cayley's "
      "formula: all but half turns; a reflection turns the sign of a column of U or V, and of a row of B");
  const symbol p("p"), q1("q1"), q2("q2"), q3("q3"), s1("s1"), s2("s2");
  const matrix V = plane_rotation(p), U = space_rotation(q1, q2, q3), S = diagonal_matrix({s1, s2}, 3, 2);
  const matrix b21 = symbol_matrix("B21", 2, 2), b32 = symbol_matrix("B32", 3, 2);
  const matrix to_modes = variant == Variant::wrong ? V : V.transpose();  // W21 = B21 V^T
  const matrix sigma31 = product({U, S, V.transpose()});
  proof.identity("V is orthogonal", named("V^T V", "V^T V"), named("I"),
                 V.transpose().mul(V).sub(identity_matrix(2)));
  proof.identity("and so is U", named("U^T U", "U^T U"), named("I"),
                 U.transpose().mul(U).sub(identity_matrix(3)));
  proof.say("W21 = B21 V^T and W32 = U B32 move by Eq 2; B21' = W21' V and B32' = U^T W32'");
  const auto [first, second] = eq2_field(b21.mul(to_modes), U.mul(b32), sigma31, identity_matrix(2));
  const auto [modes21, modes32] = eq2_field(b21, b32, S, identity_matrix(2));
  proof.identity("Eq 4, first layer", named("tau B21'", "\\tau \\bar W^{21}{}'"),
                 named("B32^T (S - B32 B21)", "\\bar W^{32\\,T}(S - \\bar W^{32}\\bar W^{21})"),
                 first.mul(V).sub(modes21));
  proof.identity("Eq 4, second layer", named("tau B32'", "\\tau \\bar W^{32}{}'"),
                 named("(S - B32 B21) B21^T", "(S - \\bar W^{32}\\bar W^{21})\\bar W^{21\\,T}"),
                 U.transpose().mul(second).sub(modes32));
  return proof.finish();
}

// a^alpha are the columns of B21, b^alpha the rows of B32.
struct Modes {
  matrix b21, b32;
  std::vector<ex> s;  // s_alpha, 0 where there is no such mode

  Modes(unsigned n1, unsigned n2, unsigned n3)
      : b21(symbol_matrix("a", n2, n1)), b32(symbol_matrix("b", n3, n2)), s(std::max(n1, n3)) {
    for (unsigned k = 0; k < std::min(n1, n3); ++k) s[k] = symbol("s" + std::to_string(k + 1));
  }
  unsigned inputs() const { return b21.cols(); }
  unsigned outputs() const { return b32.rows(); }
  matrix strengths() const {
    const unsigned n = std::min(inputs(), outputs());
    return diagonal_matrix(std::vector<ex>(s.begin(), s.begin() + n), outputs(), inputs());
  }
  ex a(unsigned i, unsigned alpha) const { return alpha < inputs() ? b21(i, alpha) : ex(0); }
  ex b(unsigned i, unsigned alpha) const { return alpha < outputs() ? b32(alpha, i) : ex(0); }
  // a^alpha . b^beta
  ex overlap(unsigned alpha, unsigned beta) const {
    ex sum = 0;
    for (unsigned i = 0; i < b21.rows(); ++i) sum += a(i, alpha) * b(i, beta);
    return sum;
  }
  // Eq 6.
  ex energy() const {
    ex sum = 0;
    for (unsigned alpha = 0; alpha < inputs(); ++alpha)
      for (unsigned beta = 0; beta < outputs(); ++beta)
        sum += pow((alpha == beta ? s[alpha] : ex(0)) - overlap(alpha, beta), 2);
    return sum / (2 * tau);
  }
  // tau a^alpha' of Eq 5, gamma over `range` modes, as a column each.
  matrix eq5_first(unsigned range) const {
    matrix m(b21.rows(), inputs());
    for (unsigned alpha = 0; alpha < inputs(); ++alpha)
      for (unsigned i = 0; i < m.rows(); ++i) {
        m(i, alpha) = (s[alpha] - overlap(alpha, alpha)) * b(i, alpha);
        for (unsigned gamma = 0; gamma < range; ++gamma)
          if (gamma != alpha) m(i, alpha) -= b(i, gamma) * overlap(alpha, gamma);
      }
    return m;
  }
  // tau b^alpha' as a row each.
  matrix eq5_second(unsigned range) const {
    matrix m(outputs(), b32.cols());
    for (unsigned alpha = 0; alpha < outputs(); ++alpha)
      for (unsigned i = 0; i < m.cols(); ++i) {
        m(alpha, i) = (s[alpha] - overlap(alpha, alpha)) * a(i, alpha);
        for (unsigned gamma = 0; gamma < range; ++gamma)
          if (gamma != alpha) m(alpha, i) -= a(i, gamma) * overlap(gamma, alpha);
      }
    return m;
  }
};

const Formula kFirstRate = named("tau a^alpha'", "\\tau\\,\\frac{d}{dt}a^\\alpha");
const Formula kSecondRate = named("tau b^alpha'", "\\tau\\,\\frac{d}{dt}b^\\alpha");
// The competition runs over gamma != alpha from 1 to `last`.
Formula eq5_first_to(const std::string& last) {
  return named("(s_alpha - a^alpha.b^alpha) b^alpha - sum_{gamma != alpha, gamma <= " + last +
                   "} b^gamma (a^alpha.b^gamma)",
               "(s_\\alpha - a^\\alpha\\cdot b^\\alpha)\\,b^\\alpha - \\sum_{\\gamma\\ne\\alpha}^{" + last +
                   "} b^\\gamma(a^\\alpha\\cdot b^\\gamma)");
}
Formula eq5_second_to(const std::string& last) {
  return named("(s_alpha - a^alpha.b^alpha) a^alpha - sum_{gamma != alpha, gamma <= " + last +
                   "} a^gamma (b^alpha.a^gamma)",
               "(s_\\alpha - a^\\alpha\\cdot b^\\alpha)\\,a^\\alpha - \\sum_{\\gamma\\ne\\alpha}^{" + last +
                   "} a^\\gamma(b^\\alpha\\cdot a^\\gamma)");
}
const Formula kEq5First = eq5_first_to("N_3"), kEq5Second = eq5_second_to("N_1");

Derivation eq5(Variant variant) {
  Proof proof;
  proof.assume(
      "N_1 = 2, N_2 = 2, N_3 = 3; s_3 = 0, every other strength and every entry a symbol of its own");
  const Modes modes(2, 2, 3);
  const auto [first, second] = eq2_field(modes.b21, modes.b32, modes.strengths(), identity_matrix(2));
  const unsigned range = variant == Variant::wrong ? 1 : 3;
  proof.identity("the columns of Eq 4, gamma = 1 ... N_3", kFirstRate, kEq5First,
                 first.sub(modes.eq5_first(range)));
  proof.identity("the rows of Eq 4, gamma = 1 ... N_1", kSecondRate, kEq5Second,
                 second.sub(modes.eq5_second(2)));
  return proof.finish();
}

Derivation eq6(Variant variant) {
  Proof proof;
  proof.assume("N_1 = 2, N_2 = 2, N_3 = 3; s_3 = 0; E carries the 1/tau, so that a' = -dE/da");
  const Modes modes(2, 2, 3);
  proof.say(
      "E = 1/(2 tau) sum_alpha (s_alpha - a^alpha.b^alpha)^2 + 1/(2 tau) sum_{alpha != beta} "
      "(a^alpha.b^beta)^2");
  const ex energy = modes.energy() * (variant == Variant::wrong ? 2 : 1);
  proof.identity("downhill in a^alpha: Eq 5",
                 named("-tau dE/da^alpha", "-\\tau\\,\\partial E/\\partial a^\\alpha"), kEq5First,
                 modes.eq5_first(3).add(gradient(energy * tau, modes.b21)));
  proof.identity("downhill in b^alpha: Eq 5",
                 named("-tau dE/db^alpha", "-\\tau\\,\\partial E/\\partial b^\\alpha"), kEq5Second,
                 modes.eq5_second(2).add(gradient(energy * tau, modes.b32)));
  return proof.finish();
}

Derivation competition_range(Variant variant) {
  Proof proof;
  proof.assume(
      "N_2 = 2; N_1 = 2, N_3 = 3 in the first two steps, N_1 = 3, N_3 = 2 in the others; the third mode has "
      "s = 0");
  const Modes wide(2, 2, 3), tall(3, 2, 2);
  const matrix first = eq2_field(wide.b21, wide.b32, wide.strengths(), identity_matrix(2)).first;
  const matrix second = eq2_field(tall.b21, tall.b32, tall.strengths(), identity_matrix(3)).second;
  const unsigned n1 = variant == Variant::wrong ? 2 : 3;
  proof.identity("gamma = 1 ... N_3 in the first equation", kFirstRate, kEq5First,
                 first.sub(wide.eq5_first(3)));
  proof.printed("read as gamma = 1 ... N_1", kFirstRate, eq5_first_to("N_1"), first.sub(wide.eq5_first(2)));
  proof.identity("gamma = 1 ... N_1 in the second equation", kSecondRate, kEq5Second,
                 second.sub(tall.eq5_second(n1)));
  proof.printed("read as gamma = 1 ... N_3", kSecondRate, eq5_second_to("N_3"),
                second.sub(tall.eq5_second(2)));
  return proof.finish();
}

Derivation decoupled(Variant variant) {
  Proof proof;
  proof.assume(
      "N_1 = N_2 = 2, N_3 = 3, s_3 = 0; a^alpha = a_alpha r^alpha, b^alpha = b_alpha r^alpha for alpha = 1, "
      "2, "
      "b^3 = 0; r^1, r^2 orthonormal: the columns of a plane rotation in p");
  const symbol p("p"), a1("a1", "a_1"), a2("a2", "a_2"), b1("b1", "b_1"), b2("b2", "b_2");
  const Modes modes(2, 2, 3);
  const matrix r = plane_rotation(p), a = diagonal_matrix({a1, a2}, 2, 2);
  const matrix b21 = r.mul(a), b32 = diagonal_matrix({b1, b2}, 3, 2).mul(r.transpose());
  const auto [first, second] = eq2_field(b21, b32, modes.strengths(), identity_matrix(2));
  const ex &s1 = modes.s[0], &s2 = modes.s[1];
  const bool wrong = variant == Variant::wrong;
  const matrix rates_a = diagonal_matrix({(wrong ? a1 : b1) * (s1 - a1 * b1), b2 * (s2 - a2 * b2)}, 2, 2);
  const matrix rates_b = diagonal_matrix({a1 * (s1 - a1 * b1), a2 * (s2 - a2 * b2)}, 3, 2);
  proof.identity("a^alpha keeps its direction r^alpha, and a_alpha moves by Eq 8", kFirstRate,
                 named("b_alpha (s_alpha - a_alpha b_alpha) r^alpha",
                       "b_\\alpha(s_\\alpha - a_\\alpha b_\\alpha)\\,r^\\alpha"),
                 first.sub(r.mul(rates_a)));
  proof.identity("so does b^alpha; b^3 stays 0", kSecondRate,
                 named("a_alpha (s_alpha - a_alpha b_alpha) r^alpha",
                       "a_\\alpha(s_\\alpha - a_\\alpha b_\\alpha)\\,r^\\alpha"),
                 second.sub(rates_b.mul(r.transpose())));
  return proof.finish();
}

Derivation families(Variant variant) {
  Proof proof;
  proof.assume(
      "N_1 = N_2 = N_3 = 2; r^1, r^2 the columns of a plane rotation in p; only mode 2 active, of two hidden "
      "units");
  const symbol p("p"), a2("a2", "a_2");
  const Modes modes(2, 2, 2);
  const matrix r = plane_rotation(p);
  const ex partner = (variant == Variant::wrong ? modes.s[0] : modes.s[1]) / a2;
  const matrix b21 = r.mul(diagonal_matrix({0, a2}, 2, 2)),
               b32 = diagonal_matrix({0, partner}, 2, 2).mul(r.transpose());
  const auto [first, second] = eq2_field(b21, b32, modes.strengths(), identity_matrix(2));
  proof.identity(
      "a_2 b_2 = s_2 and the rest 0 is a fixed point, one mode short of N_2: C(N_1, N_2) misses it",
      kFirstRate, named("0"), first);
  proof.identity("in both layers", kSecondRate, named("0"), second);
  return proof.finish();
}

}  // namespace

std::vector<Entry> three_layer_network_derivations() {
  return {
      {"eq1-gradient",
       "Eq 1",
       "Eq 1 steps down the gradient of half the squared error",
       {"C1"},
       "the squared error without its half",
       eq1},
      {"x1-time-constant",
       "Eq 2",
       "tau is 1/lambda with sums over the examples and t in epochs, not P/lambda",
       {"C1", "X1"},
       "tau = 3/lambda",
       time_constant},
      {"eq4", "Eqs 2, 3, 4", "Eq 2 in the modes of Sigma31 is Eq 4", {"C2"}, "W21 = B21 V", eq4},
      {"eq5",
       "Eqs 4, 5",
       "Eq 5 is Eq 4 by columns and rows",
       {"C3", "C4"},
       "no competition but with mode 1",
       eq5},
      {"eq6-gradient",
       "Eqs 5, 6",
       "Eq 5 runs down the energy of Eq 6",
       {"C3"},
       "the energy without its half",
       eq6},
      {"x9-competition-range",
       "Eq 5",
       "Competition runs over the N_3 output modes in one equation and the N_1 input modes in the other",
       {"C3", "X9"},
       "gamma = 1 ... N_3 in the second equation",
       competition_range},
      {"eq8-restriction",
       "Eqs 5, 8",
       "Decoupled modes stay decoupled, and each obeys Eq 8",
       {"C7", "C8"},
       "a in the place of b in the first layer",
       decoupled},
      {"x5-families",
       "section 1.2",
       "There are fixed points with fewer active modes than hidden units",
       {"C5", "X5"},
       "a_2 b_2 = s_1",
       families},
  };
}

}  // namespace dln::symbolic
