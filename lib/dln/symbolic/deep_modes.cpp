// Eqs 14 to 17: the layer strengths of a deep mode, their product, the limit of many layers, the times.
#include <fmt/format.h>
#include <ginac/ginac.h>

#include "dln/symbolic/calculus.hpp"
#include "dln/symbolic/depth_integral.hpp"
#include "dln/symbolic/proof.hpp"
#include "dln/symbolic/themes.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::symbol;

const symbol s("s"), u("u"), u0("u0", "u_0"), uf("uf", "u_f"), tau("tau", "\\tau"), L("L"), N("N_l");

std::vector<symbol> layers(int n) {
  std::vector<symbol> a;
  for (int i = 1; i <= n; ++i) a.emplace_back(fmt::format("a{}", i), fmt::format("a_{{{}}}", i));
  return a;
}

ex product_of(const std::vector<symbol>& a) {
  ex all = 1;
  for (const symbol& layer : a) all *= layer;
  return all;
}

// a_i' = -dE/da_i of Eq 14.
Motion downhill(const std::vector<symbol>& a) {
  const ex energy = pow(s - product_of(a), 2) / (2 * tau);
  Motion motion;
  for (const symbol& layer : a) motion.emplace_back(layer, -energy.diff(layer));
  return motion;
}

Derivation conserved(Variant variant) {
  Proof proof;
  proof.say("E = (s - a_1 ... a_L)^2/(2 tau), a_i' = -dE/da_i, Eq 14");
  const int sign = variant == Variant::wrong ? 1 : -1;
  for (int n = 2; n <= 6; ++n) {
    const auto a = layers(n);
    const Motion motion = downhill(a);
    GiNaC::matrix rates(n, n);
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < i; ++j) rates(i, j) = rate_of(a[i] * a[i] + sign * a[j] * a[j], motion);
    proof.identity(fmt::format("L = {}, every pair of layers", n),
                   named("(a_i^2 - a_j^2)'", "(a_i^2 - a_j^2)'"), named("0"), rates);
  }
  return proof.finish();
}

Derivation product_rate(Variant variant) {
  Proof proof;
  proof.say("E = (s - a_1 ... a_L)^2/(2 tau), a_i' = -dE/da_i, Eq 14; u = a_1 ... a_L");
  for (int n = 2; n <= 6; ++n) {
    const auto a = layers(n);
    ex sum = 0;
    for (const symbol& layer : a) sum += 1 / (layer * layer);
    const ex all = product_of(a), power = variant == Variant::wrong ? 1 : 2;
    proof.identity(fmt::format("L = {}, any layers", n), named("tau u'", "\\tau u'"),
                   named("u^2 (1/a_1^2 + ... + 1/a_L^2) (s - u)", "u^2\\textstyle\\sum_i a_i^{-2}\\,(s - u)"),
                   tau * rate_of(all, downhill(a)) - pow(all, power) * sum * (s - all));
  }
  return proof.finish();
}

Derivation eq15(Variant variant) {
  Proof proof;
  const symbol x("x"), X("X");
  proof.say("all layers alike, a_i = x, u = x^L, u^{2 - 2/L} = x^{2L - 2}");
  const int slip = variant == Variant::wrong ? 1 : 0;
  for (int n = 1; n <= 8; ++n) {
    const auto a = layers(n);
    GiNaC::exmap alike;
    for (const symbol& layer : a) alike[layer] = x;
    const ex rate = tau * rate_of(product_of(a), downhill(a)).subs(alike);
    proof.identity(fmt::format("L = {}, from the gradient of Eq 14 in every layer", n),
                   named("tau u'", "\\tau u'"), shown(n * pow(x, 2 * n - 2) * (s - pow(x, n))),
                   rate - (n - slip) * pow(x, 2 * n - 2) * (s - pow(x, n)));
  }
  proof.say(
      "any L: X = x^L is transcendental over the rational functions of x and L, with rate L X x'/x; u = X");
  const ex velocity = X / x * (s - X) / tau;  // -dE/da_i at a_i = x: the product of the others is X/x
  const ex rate = rate_of(X, {{x, velocity}, {X, L * X / x * velocity}});
  proof.identity("from tau x' = (X/x)(s - X), with u^{2 - 2/L} = (X/x)^2: Eq 15", named("tau u'", "\\tau u'"),
                 named("L u^(2 - 2/L) (s - u)", "L\\,u^{2 - 2/L}(s - u)"),
                 tau * rate - (L - slip) * pow(X / x, 2) * (s - X));
  return proof.finish();
}

ex eq15_rate(const ex& matrices) {
  return matrices * pow(u, 2 - 2 / matrices) * (s - u);
}

Derivation three_layers(Variant variant) {
  Proof proof;
  proof.define("Eq 15", named("tau u'", "\\tau u'"), eq15_rate(L));
  const ex at = variant == Variant::wrong ? 1 : 2;
  proof.identity("N_l = 3, L = 2: Eq 10", named("tau u' at L = 2", "\\tau u'\\big|_{L=2}"),
                 shown(2 * u * (s - u)), eq15_rate(at) - 2 * u * (s - u));
  proof.identity("N_l = 2, L = 1: no hidden layer, an exponential approach",
                 named("tau u' at L = 1", "\\tau u'\\big|_{L=1}"), shown(s - u), eq15_rate(1) - (s - u));
  return proof.finish();
}

Derivation closed_form(Variant variant) {
  Proof proof;
  proof.assume(
      "tau > 0, s > 0, y = (u/s)^(1/L), u0 and u_f on the same side of s, beyond it arctan as the angle of "
      "(1 - y cos, y sin); t = tau/(L s^{2 - 2/L}) [F(y)]");
  proof.assume("cos and sin of 2 pi k/L are reduced in the field of w = 2 cos(2 pi/L)");
  for (int n = 1; n <= 12; ++n) prove_depth_integral(proof, n, variant == Variant::wrong);
  return proof.finish();
}

Derivation limit(Variant variant) {
  Proof proof;
  const symbol w("w"), l("l", "\\ell");
  proof.assume("u > 0, l = ln u, w = 1/(N_l - 1); then u^{-2/(N_l - 1)} = e^{-2 w l} is entire in w");
  const ex ratio = exp(-2 * w * l) / (1 + w);  // (N_l - 1)/N_l = 1/(1 + w)
  proof.define("Eq 15 over Eq 16, (N_l - 1) u^{2 - 2/(N_l - 1)} (s - u) over N_l u^2 (s - u)", named("ratio"),
               ratio);
  proof.identity("as N_l grows, w -> 0", named("ratio at w = 0", "\\mathrm{ratio}(0)"), named("1"),
                 ratio.subs(w == 0) - 1);
  const ex slope = variant == Variant::wrong ? -2 * l : -2 * l - 1;
  proof.identity("with an error of first order in w, so O(1/N_l)",
                 named("d ratio/dw", "d\\,\\mathrm{ratio}/dw"), shown(slope),
                 ratio.diff(w).subs(w == 0) - slope);
  return proof.finish();
}

Derivation finite_depth(Variant variant) {
  Proof proof;
  proof.define("Eq 15, as Eq 14 gives it", named("tau u'", "\\tau u'"),
               (N - 1) * pow(u, 2 - 2 / (N - 1)) * (s - u));
  const ex exact = eq15_rate(2),
           right = variant == Variant::wrong ? ex(3 * u * (s - u)) : ex(2 * u * (s - u));
  proof.identity("at N_l = 3", named("tau u'", "\\tau u'"), shown(right), exact - right);
  proof.printed("Eq 16, N_l u^2 (s - u), read at N_l = 3", exact, 3 * u * u * (s - u));
  return proof.finish();
}

const ex kEq17 = tau / N * (log(uf * (u0 - s) / (u0 * (uf - s))) / (s * s) + 1 / (s * u0) - 1 / (s * uf));

Derivation eq17(Variant variant) {
  Proof proof;
  proof.assume("tau > 0, s > 0, u0 and u_f both between 0 and s, or both above s");
  const ex time = kEq17 + (variant == Variant::wrong ? tau / N * 2 / (s * uf) : ex(0));
  proof.define("Eq 17", named("t"), time);
  proof.identity("at u_f = u0 no time has passed", named("t(u0)", "t(u_0)"), named("0"),
                 kEq17.subs(uf == u0));
  const ex pace = tau / (N * uf * uf * (s - uf));
  proof.identity("by the inverse function, dt/du = tau/(N_l u^2 (s - u)): Eq 16", named("dt/du_f", "dt/du_f"),
                 shown(pace), time.diff(uf) - pace);
  return proof.finish();
}

Derivation lambert(Variant variant) {
  Proof proof;
  const symbol v("v"), v0("v0", "v_0"), t("t");
  proof.assume(
      "v = s/u - 1 solves v + ln v = v0 + ln v0 - N_l s^2 t/tau, v0 = s/u0 - 1: v = W(v0 e^{v0 - N_l s^2 "
      "t/tau})");
  const ex factor = variant == Variant::wrong ? 1 : 2;
  const ex relation = v + log(v) - (v0 + log(v0) - N * pow(s, factor) * t / tau);
  proof.define("the relation, as a function that stays 0", named("R"), relation);
  const ex rate = -relation.diff(t) / relation.diff(v);  // v' by the implicit function
  const ex strength = s / (1 + v);
  proof.define("the strength", named("u"), strength);
  proof.identity("Eq 16 holds along it", named("tau u'", "\\tau u'"),
                 named("N_l u^2 (s - u)", "N_l u^2 (s - u)"),
                 tau * strength.diff(v) * rate - N * strength * strength * (s - strength));
  proof.identity("it starts at u0", named("u(0)"), shown(u0), strength.subs(v == s / u0 - 1) - u0);
  proof.identity(
      "with C = N_l s^2 t/tau + ln(u0/(s - u0)) - s/u0 the argument v0 e^{v0 - N_l s^2 t/tau} is e^{-1 - C}: "
      "its factor",
      named("(s - u0)/u0", "(s - u_0)/u_0"), named("v0", "v_0"), (s - u0) / u0 - (s / u0 - 1));
  proof.identity("and its exponent", named("s/u0 - 1", "s/u_0 - 1"), named("v0", "v_0"),
                 (s - u0) / u0 - s / u0 + 1);
  return proof.finish();
}

}  // namespace

std::vector<Entry> deep_mode_derivations() {
  return {
      {"eq14-conserved",
       "Eq 14",
       "a_i^2 - a_j^2 is conserved, two to six layers",
       {"C24", "C47"},
       "a_i^2 + a_j^2",
       conserved},
      {"eq14-product",
       "Eq 14",
       "The rate of the product of two to six layers",
       {"C23"},
       "u in the place of u^2",
       product_rate},
      {"eq15",
       "Eq 15",
       "Eq 14 with equal layers is Eq 15, L = 1 ... 8 and any L",
       {"C25"},
       "L - 1 for L",
       eq15},
      {"eq15-three-layers",
       "Eqs 10, 15",
       "Eq 15 at N_l = 3 is Eq 10",
       {"C26"},
       "L = 1 for three layers",
       three_layers},
      {"eq15-closed-form",
       "Eq 15",
       "Eq 15 solved by partial fractions over the roots of unity, L = 1 ... 12",
       {"C25"},
       "a pair of roots is left out",
       closed_form},
      {"eq16-limit",
       "Eq 16",
       "Eq 16 is the limit of Eq 15, to O(1/N_l)",
       {"C27"},
       "an error of -2 ln(u)/N_l",
       limit},
      {"x10-finite-depth",
       "Eqs 16, 17",
       "At finite depth the factor is N_l - 1 and the power 2 - 2/(N_l - 1)",
       {"C27", "X10"},
       "3 in the place of 2",
       finite_depth},
      {"eq17", "Eq 17", "Eq 17 is the time of Eq 16", {"C28"}, "the sign of 1/(s u_f) is turned", eq17},
      {"eq17-inverse",
       "Eq 17",
       "Eq 17 inverted by the Lambert function",
       {"C28"},
       "s t in the place of s^2 t",
       lambert},
  };
}

}  // namespace dln::symbolic
