// The Hessian of Eq 14 along equal layers, its largest eigenvalue, the learning rates these allow; the
// curvature of a whole network at its minimum.
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

const symbol s("s"), a("a"), y("y"), L("L");

// Of (s - a_1 ... a_L)^2/2 at a_i = a.
matrix hessian(int n) {
  const matrix layers = symbol_matrix("a", 1, n);
  ex all = 1;
  GiNaC::exmap alike;
  for (int i = 0; i < n; ++i) {
    all *= layers(0, i);
    alike[layers(0, i)] = a;
  }
  const ex energy = pow(s - all, 2) / 2;
  matrix h(n, n);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      h(i, j) = energy.diff(GiNaC::ex_to<symbol>(layers(0, i)))
                    .diff(GiNaC::ex_to<symbol>(layers(0, j)))
                    .subs(alike);
  return h;
}

// (1, ..., 1) and the differences of the first layer and each other, a column each.
matrix eigenvectors(int n) {
  matrix v(n, n);
  for (int i = 0; i < n; ++i) v(i, 0) = 1;
  for (int j = 1; j < n; ++j) {
    v(0, j) = 1;
    v(j, j) = -1;
  }
  return v;
}

Derivation eigenvalues(Variant variant) {
  Proof proof;
  proof.assume("E = (s - a_1 ... a_L)^2/2, tau factored out; a_i = a, u = a^L, u^{1 - 2/L} = a^{L - 2}");
  for (int n = 2; n <= 8; ++n) {
    const int slip = variant == Variant::wrong ? 1 : 0;
    const ex along = (2 * n - 1 - slip) * pow(a, 2 * n - 2) - (n - 1) * s * pow(a, n - 2);
    const ex across = pow(a, n - 2) * (s - pow(a, n));
    std::vector<ex> values(n, across);
    values[0] = along;
    const matrix v = eigenvectors(n);
    proof.identity(
        fmt::format("L = {}: (1, ..., 1) with (2L - 1) u^(2 - 2/L) - (L - 1) s u^(1 - 2/L), and L - 1 "
                    "differences of layers with (s - u) u^(1 - 2/L)",
                    n),
        named("H V"), named("V diag(lambda)", "V\\,\\mathrm{diag}(\\lambda)"),
        hessian(n).mul(v).sub(v.mul(diagonal_matrix(values, n, n))));
    proof.identity("these are L independent vectors", named("|det V|", "|\\det V|"), named("L"),
                   pow(v.determinant(), 2) - n * n);
  }
  return proof.finish();
}

Derivation maximum(Variant variant) {
  Proof proof;
  proof.assume(
      "L >= 2; a = s^{1/L} y, 0 <= y <= 1, that is 0 <= u <= s; eigenvalues in units of s^{2 - 2/L}; Y = "
      "y^{L-2}, a "
      "symbol between 0 and 1");
  const symbol Y("Y");
  const ex along = (2 * L - 1) * Y * Y * y * y - (L - 1) * Y, across = Y * (1 - Y * y * y);
  const ex top = variant == Variant::wrong ? L - 1 : L;
  proof.define("along (1, ..., 1)", named("f"), along);
  proof.define("across", named("g"), across);
  proof.identity("at the minimum, y = Y = 1", named("f(1)"), shown(top),
                 along.subs(GiNaC::lst{y == 1, Y == 1}) - top);
  const ex gap = L * (1 - Y) + (2 * L - 1) * Y * (1 - Y * y * y);
  proof.identity("f never exceeds it: every term is 0 or more", L - along, gap);
  const ex below = L * (1 - Y) + Y + (2 * L - 1) * Y * Y * y * y;
  proof.identity("nor does -f", L + along, below);
  const ex beside = (L - 1) + (1 - Y) + Y * Y * y * y;
  proof.identity("nor does g, which is 0 or more", L - across, beside);
  return proof.finish();
}

Derivation rate(Variant variant) {
  Proof proof;
  const symbol N("N_l"), w("w"), l("l", "\\ell");
  const ex best = 1 / ((N - 1) * pow(s, 2 - 2 / (N - 1)));
  proof.define("1/lambda_max", named("alpha_opt", "\\alpha_{opt}"), best);
  const ex at_three = variant == Variant::wrong ? 1 / s : 1 / (2 * s);
  proof.identity("at N_l = 3", named("alpha_opt(3)", "\\alpha_{opt}(3)"), shown(at_three),
                 best.subs(N == 3) - at_three);
  proof.identity("at N_l = 2", named("alpha_opt(2)", "\\alpha_{opt}(2)"), named("1"), best.subs(N == 2) - 1);
  proof.printed("1/(N_l s^2) at N_l = 3", best.subs(N == 3), 1 / (3 * s * s));
  proof.say("w = 1/(N_l - 1), l = ln s, s^{2 w} = e^{2 w l}");
  const ex ratio = exp(2 * w * l) / (1 / w) * (1 + 1 / w);
  proof.identity("for many layers the two agree: alpha_opt N_l s^2 at w = 0",
                 named("alpha_opt N_l s^2", "\\alpha_{opt}N_l s^2"), named("1"),
                 ratio.expand().subs(w == 0) - 1);
  return proof.finish();
}

Derivation unequal_minimum(Variant variant) {
  Proof proof;
  const symbol b("b"), mu("mu", "\\mu");
  proof.assume("two layers a, b at a minimum, a b = s");
  const ex energy = pow(s - a * b, 2) / 2;
  matrix h{{energy.diff(a).diff(a), energy.diff(a).diff(b)},
           {energy.diff(b).diff(a), energy.diff(b).diff(b)}};
  for (unsigned i = 0; i < 2; ++i)
    for (unsigned j = 0; j < 2; ++j) h(i, j) = h(i, j).subs(s == a * b);
  const ex top = variant == Variant::wrong ? 2 * a * b : a * a + b * b;
  const ex characteristic = h.sub(identity_matrix(2).mul_scalar(mu)).determinant();
  proof.identity("the eigenvalues of its Hessian are 0 and a^2 + b^2",
                 named("det(H - mu)", "\\det(H - \\mu)"), shown(mu * (mu - (a * a + b * b))),
                 characteristic - mu * (mu - top));
  proof.identity("least where the layers are alike: a square away from 2 s", a * a + b * b - 2 * a * b,
                 pow(a - b, 2));
  return proof.finish();
}

// The derivative of the output W^L ... W^1 (Sigma11 = I) in every weight, a row each entry of the output.
matrix jacobian(const std::vector<matrix>& names, const GiNaC::exmap& minimum) {
  matrix whole = names[0];
  for (std::size_t l = 1; l < names.size(); ++l) whole = names[l].mul(whole);
  matrix j(4, static_cast<unsigned>(4 * names.size()));
  for (unsigned out = 0; out < 4; ++out)
    for (unsigned w = 0; w < j.cols(); ++w)
      j(out, w) =
          whole(out / 2, out % 2).diff(GiNaC::ex_to<symbol>(names[w / 4](w % 4 / 2, w % 2))).subs(minimum);
  return j;
}

Derivation whole_network(Variant variant) {
  Proof proof;
  const symbol r1("r1", "\\rho_1"), r2("r2", "\\rho_2");
  proof.assume(
      "Sigma11 = I, N = 2 ... 2, in the modes of Sigma31; balanced minimum W^l = diag(r1, r2), r_i = "
      "s_i^{1/L}, where "
      "the Hessian is J^T J and has the eigenvalues of J J^T but for zeros");
  for (int n = 2; n <= 4; ++n) {
    std::vector<matrix> names;
    GiNaC::exmap minimum;
    for (int l = 1; l <= n; ++l) {
      names.push_back(symbol_matrix(fmt::format("W{}", l), 2, 2));
      for (unsigned i = 0; i < 2; ++i)
        for (unsigned j = 0; j < 2; ++j)
          minimum[names.back()(i, j)] = i != j ? ex(0) : i == 0 ? ex(r1) : ex(r2);
    }
    const ex r[] = {r1, r2};
    std::vector<ex> values;
    for (unsigned k = 0; k < 2; ++k)
      for (unsigned i = 0; i < 2; ++i) {
        ex sum = 0;
        for (int l = 1; l <= n - (variant == Variant::wrong); ++l)
          sum += pow(r[k], 2 * (n - l)) * pow(r[i], 2 * (l - 1));
        values.push_back(sum);
      }
    const matrix j = jacobian(names, minimum);
    proof.identity(fmt::format("L = {}: one eigenvalue for each pair of output mode k and input mode i", n),
                   named("J J^T", "JJ^T"),
                   named("diag(sum_l s_k^(2(L-l)/L) s_i^(2(l-1)/L))",
                         "\\mathrm{diag}\\Bigl(\\textstyle\\sum_l s_k^{2(L-l)/L}s_i^{2(l-1)/L}\\Bigr)"),
                   j.mul(j.transpose()).sub(diagonal_matrix(values, 4, 4)));
  }
  return proof.finish();
}

// Of |diag(S1, S2) - W2 W1|^2/2, all matrices 2 x 2, at W1 = W2 = diag(r1, r2), less mu times the identity.
matrix characteristic(const ex& S1, const ex& S2, const ex& r1, const ex& r2, const symbol& mu) {
  const matrix names[] = {symbol_matrix("W1", 2, 2), symbol_matrix("W2", 2, 2)};
  const ex energy = squared_norm(diagonal_matrix({S1, S2}, 2, 2).sub(names[1].mul(names[0]))) / 2;
  GiNaC::exmap path;
  std::vector<ex> weights;
  for (const matrix& w : names)
    for (unsigned i = 0; i < 4; ++i) {
      weights.push_back(w(i / 2, i % 2));
      path[weights.back()] = i == 0 ? r1 : i == 3 ? r2 : ex(0);
    }
  matrix h(8, 8);
  for (unsigned i = 0; i < 8; ++i)
    for (unsigned j = 0; j < 8; ++j)
      h(i, j) =
          energy.diff(GiNaC::ex_to<symbol>(weights[i])).diff(GiNaC::ex_to<symbol>(weights[j])).subs(path) -
          (i == j ? ex(mu) : ex(0));
  return h;
}

Derivation decoupled_path(Variant variant) {
  Proof proof;
  const symbol S1("s1"), S2("s2"), r1("r1", "\\rho_1"), r2("r2", "\\rho_2"), mu("mu", "\\mu");
  proof.assume(
      "Sigma11 = I, N = 2, 2, 2, in the modes of Sigma31, W21 = W32 = diag(r1, r2), strengths u_i = r_i^2 "
      "anywhere on the "
      "way; mu an eigenvalue of the 8 x 8 Hessian");
  const ex u1 = r1 * r1, u2 = r2 * r2, three = variant == Variant::wrong ? 2 : 3;
  const auto own = [&](const ex& target, const ex& u) {
    return (mu - (three * u - target)) * (mu - (target - u));
  };
  const auto quadratic = [&](const ex& sum, const ex& square) {  // of (sum +- sqrt(square))/2
    return pow(mu - sum / 2, 2) - square / 4;
  };
  const ex pair = quadratic(2 * (u1 + u2) - (S1 + S2), 4 * u1 * u2 + pow(S1 - S2, 2)) *
                  quadratic(S1 + S2, pow(2 * (u1 - u2) - (S1 - S2), 2) + 4 * u1 * u2);
  const Formula determinant = named("det(H - mu)", "\\det(H - \\mu)");
  proof.identity(
      "two modes: 3u - s and s - u of each; of the pair (2(u1 + u2) - (s1 + s2) +- sqrt(4 u1 u2 + (s1 - "
      "s2)^2))/2 and "
      "(s1 + s2 +- sqrt((2(u1 - u2) - (s1 - s2))^2 + 4 u1 u2))/2",
      determinant, named("the product over these", "\\prod(\\mu_i - \\mu)"),
      characteristic(S1, S2, r1, r2, mu).determinant() - own(S1, u1) * own(S2, u2) * pair);
  const ex spare = pow(mu - u1, 2) * (pow(mu, 2) - pow(u1 - S1, 2)) * mu * mu;
  proof.identity("one mode, and room to spare: besides 3u - s and s - u, u twice, u - s, s - u, and 0 twice",
                 determinant, named("the product over these", "\\prod(\\mu_i - \\mu)"),
                 characteristic(S1, 0, r1, 0, mu).determinant() - own(S1, u1) * spare);
  return proof.finish();
}

}  // namespace

std::vector<Entry> hessian_derivations() {
  return {
      {"hessian-eigenvalues",
       "section 2",
       "The Hessian of Eq 14 along equal layers, L = 2 ... 8",
       {"C30"},
       "2L - 2 in the place of 2L - 1",
       eigenvalues},
      {"hessian-maximum",
       "section 2",
       "Between 0 and s the largest eigenvalue is L s^{2 - 2/L}, at the minimum",
       {"C30"},
       "(L - 1) s^{2 - 2/L}",
       maximum},
      {"x11-optimal-rate",
       "section 2",
       "The best rate is 1/((N_l - 1) s^{2 - 2/(N_l - 1)}), and 1/(N_l s^2) for many layers",
       {"C31", "X11"},
       "1/s at N_l = 3",
       rate},
      {"hessian-unequal",
       "section 2",
       "Of two layers the balanced minimum is the flattest",
       {"C31"},
       "2 s for any two layers",
       unequal_minimum},
      {"hessian-network",
       "section 2",
       "Every eigenvalue at a balanced minimum of a whole network, L = 2, 3, 4",
       {"C30", "C46"},
       "a layer is left out",
       whole_network},
      {"hessian-path",
       "section 2",
       "Every eigenvalue of a three-layer network on its decoupled way",
       {"C46"},
       "2u - s in the place of 3u - s",
       decoupled_path},
  };
}

}  // namespace dln::symbolic
