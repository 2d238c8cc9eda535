// Eq 13 for whole chains of matrices of symbols: gradient, the product in it, balance, decoupled starts.
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

matrix symmetric(const std::string& name, unsigned size) {
  matrix m = symbol_matrix(name, size, size);
  for (unsigned i = 0; i < size; ++i)
    for (unsigned j = 0; j < i; ++j) m(i, j) = m(j, i);
  return m;
}

// W^1 ... W^L : N_{l+1} x N_l, any symmetric Sigma11 and any Sigma31.
struct Chain {
  std::vector<matrix> weights;
  matrix sigma11, sigma31;

  explicit Chain(const std::vector<unsigned>& sizes)
      : sigma11(symmetric("c", sizes.front())), sigma31(symbol_matrix("m", sizes.back(), sizes.front())) {
    for (std::size_t l = 1; l < sizes.size(); ++l)
      weights.push_back(symbol_matrix(fmt::format("W{}", l), sizes[l], sizes[l - 1]));
  }
  int matrices() const { return static_cast<int>(weights.size()); }
  unsigned size(int l) const { return l == 1 ? sigma11.rows() : weights[l - 2].rows(); }  // N_l

  // W^b ... W^{a+1} W^a, the identity of N_a for a > b.
  matrix run(int a, int b) const {
    matrix all = identity_matrix(size(a));
    for (int l = a; l <= b; ++l) all = weights[l - 1].mul(all);
    return all;
  }
  // As printed: W^b W^{b-1} ... W^{a-1} W^a, where W^0 = I.
  matrix printed_run(int a, int b) const {
    if (a > b) return identity_matrix(size(a));
    matrix all = weights[a - 1];
    for (int l = std::max(a - 1, 1); l <= b; ++l) all = weights[l - 1].mul(all);
    return all;
  }
  // The squared error, but for its constant: 1/2 tr(W Sigma11 W^T) - tr(W Sigma31^T).
  ex error() const {
    const matrix whole = run(1, matrices());
    return product({whole, sigma11, whole.transpose()}).trace() / 2 - whole.mul(sigma31.transpose()).trace();
  }
  // tau W^l' by Eq 13, with either reading of the product.
  using Run = matrix (Chain::*)(int, int) const;
  matrix direction(int l, Run run_of) const {
    const matrix above = (this->*run_of)(l + 1, matrices()), whole = (this->*run_of)(1, matrices());
    const matrix below = (this->*run_of)(1, l - 1);
    return product({above.transpose(), sigma31.sub(whole.mul(sigma11)), below.transpose()});
  }
  Motion motion() const {
    Motion all;
    for (int l = 1; l <= matrices(); ++l) append(all, weights[l - 1], direction(l, &Chain::run));
    return all;
  }
};

Formula rate_name(int l) {
  return named(fmt::format("tau W{}'", l), fmt::format("\\tau\\frac{{d}}{{dt}}W^{{{}}}", l));
}
const Formula kEq13 =
    named("Pi(l+1..L)^T (Sigma31 - Pi(1..L) Sigma11) Pi(1..l-1)^T",
          "\\Bigl(\\prod_{i=l+1}^{L}W^i\\Bigr)^{T}\\Bigl[\\Sigma^{31} - \\Bigl(\\prod_{i=1}^{L}W^i\\Bigr)"
          "\\Sigma^{11}\\Bigr]\\Bigl(\\prod_{i=1}^{l-1}W^i\\Bigr)^{T}");

Derivation eq13(Variant variant) {
  Proof proof;
  proof.assume("every entry of W^1 ... W^L, Sigma31 and the symmetric Sigma11 a symbol of its own");
  proof.say(
      "E = 1/2 tr(W Sigma11 W^T) - tr(W Sigma31^T) and a constant, W = W^L ... W^1: half the squared error; "
      "Pi(a..b) = W^b ... W^{a+1} W^a, I for a > b");
  for (const auto& sizes : {std::vector<unsigned>{2, 2, 1, 2}, {1, 2, 2, 2, 1}}) {
    const Chain chain(sizes);
    const ex error = chain.error() * (variant == Variant::wrong ? 2 : 1);
    for (int l = 1; l <= chain.matrices(); ++l)
      proof.identity(fmt::format("L = {}, N = {}: minus the gradient in W^{}", chain.matrices(),
                                 fmt::join(sizes, ", "), l),
                     rate_name(l), kEq13,
                     chain.direction(l, &Chain::run).add(gradient(error, chain.weights[l - 1])));
  }
  return proof.finish();
}

Derivation printed_product(Variant variant) {
  Proof proof;
  proof.assume("L = 3, N = 1, 1, 1, 1, so that every product is conformable; W^0 = 1");
  proof.say("Eq 13 with its products written out, tau W^l' = Pi(l+1..3)^T (...) Pi(1..l-1)^T");
  const Chain chain({1, 1, 1, 1});
  const ex error = chain.error();
  const std::string bracket = " (Sigma31 - W3 W2 W1 Sigma11)",
                    latex = "\\bigl(\\Sigma^{31} - W^3 W^2 W^1\\,\\Sigma^{11}\\bigr)";
  const std::vector<Formula> eq13{
      named("(W3 W2)^T" + bracket, "(W^3 W^2)^T" + latex),
      named("W3^T" + bracket + " W1^T", "(W^3)^T" + latex + "(W^1)^T"),
      named(bracket.substr(1) + " (W2 W1)^T", latex + "(W^2 W^1)^T"),
  };
  const int slip = variant == Variant::wrong ? 1 : 0;
  for (int l = 1; l <= 3; ++l)
    proof.identity(fmt::format("W^b ... W^(a+1) W^a: minus the gradient in W^{}", l), rate_name(l),
                   eq13[l - 1],
                   chain.direction(l, slip == 1 ? &Chain::printed_run : &Chain::run)
                       .add(gradient(error, chain.weights[l - 1])));
  proof.printed("W^b ... W^(a-1) W^a: in W^1", rate_name(1),
                named("(W3 W2 W1 W2)^T (Sigma31 - W3 W2 W1 W1 Sigma11)",
                      "(W^3 W^2 W^1 W^2)^T\\bigl(\\Sigma^{31} - W^3 W^2 W^1 W^1\\,\\Sigma^{11}\\bigr)"),
                chain.direction(1, &Chain::printed_run).add(gradient(error, chain.weights[0])));
  return proof.finish();
}

Derivation balance(Variant variant) {
  Proof proof;
  proof.assume("Eq 13, any Sigma11 and Sigma31; every entry a symbol of its own");
  for (const auto& sizes : {std::vector<unsigned>{2, 2, 3}, {2, 3, 2, 2}}) {
    const Chain chain(sizes);
    const Motion motion = chain.motion();
    for (int l = 1; l < chain.matrices(); ++l) {
      const matrix &low = chain.weights[l - 1], &high = chain.weights[l];
      const matrix above = high.transpose().mul(high), below = low.mul(low.transpose());
      const matrix kept = variant == Variant::wrong ? above.add(below) : above.sub(below);
      proof.identity(fmt::format("N = {}, l = {}", fmt::join(sizes, ", "), l),
                     named("(W^(l+1)^T W^(l+1) - W^l W^l^T)'",
                           "\\frac{d}{dt}\\left(W^{l+1\\,T}W^{l+1} - W^lW^{l\\,T}\\right)"),
                     named("0"), rate_of(kept, motion));
    }
  }
  return proof.finish();
}

// cos and sin as a symbol each, bound by their squares: cheaper than rational rotations where there are many.
matrix bound_rotation(Proof& proof, int number) {
  const symbol c(fmt::format("c{}", number)), s(fmt::format("z{}", number));
  proof.bind(s, s * s + c * c - 1);
  return {{c, -s}, {s, c}};
}

Derivation decoupled(Variant variant) {
  Proof proof;
  proof.assume(
      "L = 3, N = 2, 2, 2, 2; W^l = R_{l+1} D_l R_l^T, D_l diagonal, R_l plane rotations by cos and sin, "
      "reduced "
      "by cos^2 + sin^2 = 1; Sigma31 = R_4 S R_1^T, Sigma11 = R_1 D R_1^T");
  std::vector<matrix> r;
  for (int i = 1; i <= 4; ++i) r.push_back(bound_rotation(proof, i));
  const matrix S = diagonal_matrix({symbol("s1"), symbol("s2")}, 2, 2);
  const matrix inputs = diagonal_matrix({symbol("d1"), symbol("d2")}, 2, 2);
  Chain modes({2, 2, 2, 2}), chain({2, 2, 2, 2});
  for (int l = 1; l <= 3; ++l) {
    modes.weights[l - 1] =
        diagonal_matrix({symbol(fmt::format("a{}", l)), symbol(fmt::format("b{}", l))}, 2, 2);
    chain.weights[l - 1] = product({r[l], modes.weights[l - 1], r[l - 1].transpose()});
  }
  modes.sigma31 = S;
  modes.sigma11 = inputs;
  chain.sigma31 = product({r[3], S, r[0].transpose()});
  chain.sigma11 = product({r[0], inputs, (variant == Variant::wrong ? r[0] : r[0].transpose())});
  const symbol &a1 = GiNaC::ex_to<symbol>(modes.weights[0](0, 0)),
               &a2 = GiNaC::ex_to<symbol>(modes.weights[1](0, 0)),
               &a3 = GiNaC::ex_to<symbol>(modes.weights[2](0, 0));
  for (int l = 1; l <= 3; ++l)
    proof.identity(fmt::format("Eq 13 in W^{0} turns D_{0} alone, and as the diagonal chain moves", l),
                   named(fmt::format("R_{1}^T tau W{0}' R_{0}", l, l + 1),
                         fmt::format("R_{1}^T\\,\\tau\\frac{{d}}{{dt}}W^{{{0}}}\\,R_{0}", l, l + 1)),
                   named(fmt::format("tau D_{}'", l), fmt::format("\\tau\\frac{{d}}{{dt}}D_{}", l)),
                   product({r[l].transpose(), chain.direction(l, &Chain::run), r[l - 1]})
                       .sub(modes.direction(l, &Chain::run)));
  const matrix first = modes.direction(1, &Chain::run);
  const ex expected = a2 * a3 * (S(0, 0) - inputs(0, 0) * a1 * a2 * a3);
  proof.identity("of which a mode is Eq 14, with s - d u on inputs of variance d",
                 named("tau a_1'", "\\tau a_1'"), shown(expected), first(0, 0) - expected);
  return proof.finish();
}

}  // namespace

std::vector<Entry> deep_network_derivations() {
  return {
      {"eq13-gradient",
       "Eq 13",
       "Eq 13 runs down the gradient, three and four matrices",
       {"C20"},
       "the squared error without its half",
       eq13},
      {"x4-product",
       "Eq 13",
       "The product under Eq 13 ends in W^{a+1} W^a",
       {"C20", "X4"},
       "the correction is the printed form",
       printed_product},
      {"eq13-balance",
       "Eq 13",
       "W^{l+1}^T W^{l+1} - W^l W^l^T is conserved, any Sigma11",
       {"C21"},
       "the sum in the place of the difference",
       balance},
      {"eq13-decoupled",
       "Eqs 13, 14",
       "Decoupled starts stay decoupled, and their modes obey Eq 14",
       {"C22", "C23"},
       "Sigma11 is not diagonal in R_1",
       decoupled},
  };
}

}  // namespace dln::symbolic
