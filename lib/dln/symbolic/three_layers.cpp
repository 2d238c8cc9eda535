// Eqs 8 to 12: the two layer strengths of a mode, their product, its course in time and the inverse of that.
#include <ginac/ginac.h>

#include "dln/symbolic/calculus.hpp"
#include "dln/symbolic/proof.hpp"
#include "dln/symbolic/themes.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::symbol;

const symbol a("a"), b("b"), s("s"), u("u"), u0("u0", "u_0"), uf("uf", "u_f"), tau("tau", "\\tau"),
    eps("eps", "\\varepsilon");
// E = e^{2st/tau} is transcendental over the rational functions of s and tau: a symbol with E' = 2 s E/tau.
const symbol E("E");

const ex kEnergy = pow(s - a * b, 2) / (2 * tau);                       // Eq 9
const Motion kEq8{{a, b*(s - a * b) / tau}, {b, a*(s - a * b) / tau}};  // Eq 8
const ex kEq12 = s * E / (E - 1 + s / u0);                              // as printed
const ex kArgument = uf * (s - u0) / (u0 * (s - uf));                   // of the logarithm in Eq 11
const Formula kTime = named("t = tau/(2s) ln", "t = \\frac{\\tau}{2s}\\ln");

void give_eq8(Proof& proof) {
  proof.define("Eq 8, first layer", named("tau a'", "\\tau a'"), b * (s - a * b));
  proof.define("Eq 8, second layer", named("tau b'", "\\tau b'"), a * (s - a * b));
}

Derivation eq9(Variant variant) {
  Proof proof;
  proof.assume("tau > 0; E carries the 1/tau, so that a' = -dE/da");
  proof.define("Eq 9", named("E"), kEnergy);
  const ex other = variant == Variant::wrong ? a : b;
  proof.identity("downhill in a: Eq 8, first layer", named("-dE/da", "-\\partial E/\\partial a"),
                 shown(other * (s - a * b) / tau), -kEnergy.diff(a) - other * (s - a * b) / tau);
  proof.identity("downhill in b: Eq 8, second layer", named("-dE/db", "-\\partial E/\\partial b"),
                 shown(a * (s - a * b) / tau), -kEnergy.diff(b) - a * (s - a * b) / tau);
  return proof.finish();
}

Derivation conserved(Variant variant) {
  Proof proof;
  give_eq8(proof);
  const ex quantity = variant == Variant::wrong ? ex(a * a + b * b) : ex(a * a - b * b);
  proof.define("the quantity of Noether's theorem", named("c"), quantity);
  proof.identity("its rate along Eq 8 vanishes", named("c'"), named("0"), rate_of(quantity, kEq8));
  return proof.finish();
}

Derivation stable_manifold(Variant variant) {
  Proof proof;
  give_eq8(proof);
  const ex sign = variant == Variant::wrong ? -1 : 1;
  proof.identity("a + b grows by a factor of its own: from 0 it stays 0",
                 named("tau (a + b)'", "\\tau (a + b)'"), named("(a + b) (s - a b)", "(a + b)(s - ab)"),
                 tau * rate_of(a + b, kEq8) - sign * (a + b) * (s - a * b));
  const ex product_rate = tau * rate_of(a * b, kEq8);
  proof.identity("on a = -b, where u = -a^2 < 0, the product rises to 0, never to s > 0",
                 named("tau u'", "\\tau u'"), named("-2 u (s - u)"),
                 product_rate.subs(b == -a) - (-2 * u * (s - u)).subs(u == -a * a));
  return proof.finish();
}

Derivation eq10(Variant variant) {
  Proof proof;
  give_eq8(proof);
  proof.define("the strength of the mode", named("u"), a * b);
  const ex rate = tau * rate_of(a * b, kEq8), factor = variant == Variant::wrong ? 1 : 2;
  proof.identity("its rate, for any two layers", named("tau u'", "\\tau u'"),
                 named("(a^2 + b^2) (s - u)", "(a^2 + b^2)(s - u)"), rate - (a * a + b * b) * (s - a * b));
  proof.identity("on a = b, where a^2 = u: Eq 10", named("tau u'", "\\tau u'"), shown(factor * u * (s - u)),
                 rate.subs(b == a) - (factor * u * (s - u)).subs(u == a * a));
  proof.identity("a = b is kept", named("(a - b)' on a = b", "(a - b)'\\big|_{a=b}"), named("0"),
                 rate_of(a - b, kEq8).subs(b == a));
  return proof.finish();
}

Derivation eq12(Variant variant) {
  Proof proof;
  proof.assume(
      "s > 0, u0 > 0, tau > 0; E = exp(2 s t/tau) is a symbol whose rate is 2 s E/tau, and 1 at t = 0");
  const ex pace = variant == Variant::wrong ? s / tau : 2 * s / tau;
  proof.define("Eq 12 as printed", named("u"), kEq12);
  proof.identity("it starts at u0", named("u(0)"), shown(u0), kEq12.subs(E == 1) - u0);
  const ex rate = neat(rate_of(kEq12, {{E, pace * E}}));
  proof.define("its rate of change", named("u'"), rate);
  proof.identity("Eq 10 holds along it", named("tau u'", "\\tau u'"), shown(2 * u * (s - u)),
                 tau * rate - 2 * kEq12 * (s - kEq12));
  return proof.finish();
}

Derivation eq11(Variant variant) {
  Proof proof;
  proof.assume("s > 0, tau > 0, u0 and u_f both between 0 and s, or both above s");
  const ex time = tau / (variant == Variant::wrong ? s : 2 * s) * log(kArgument);
  proof.define("Eq 11", named("t"), time);
  proof.identity("at u_f = u0 no time has passed", named("t(u0)", "t(u_0)"), named("0"), time.subs(uf == u0));
  proof.identity("by the inverse function, dt/du = tau/(2 u (s - u)): Eq 10", named("dt/du_f", "dt/du_f"),
                 shown(tau / (2 * uf * (s - uf))), time.diff(uf) - tau / (2 * uf * (s - uf)));
  proof.identity("with u_f from Eq 12 the logarithm is that of E = exp(2 s t/tau): each inverts the other",
                 shown(kArgument), shown(E), kArgument.subs(uf == kEq12) - E);
  return proof.finish();
}

Derivation symmetric_time(Variant variant) {
  Proof proof;
  proof.assume("0 < eps < s/2; u0 = eps, u_f = s - eps");
  const ex inside = kArgument.subs(GiNaC::lst{u0 == eps, uf == s - eps}), ratio = (s - eps) / eps;
  proof.identity("the argument of the logarithm in Eq 11 is a square, so t = (tau/s) ln((s - eps)/eps)",
                 shown(inside), shown(pow(ratio, 2)), inside - pow(ratio, 2));
  proof.identity("so t - (tau/s) ln(s/eps) = (tau/s) ln(1 - eps/s)", shown(ratio / (s / eps)),
                 shown(1 - eps / s), ratio / (s / eps) - (1 - eps / s));
  const ex error = tau / s * log(1 - eps / s);
  proof.identity("which is 0 at eps = 0", named("error at eps = 0", "\\mathrm{error}(0)"), named("0"),
                 error.subs(eps == 0));
  const ex first = variant == Variant::wrong ? -tau / s : -tau / (s * s);
  proof.identity("with first coefficient in eps", named("d error/d eps", "d\\,\\mathrm{error}/d\\varepsilon"),
                 shown(first), error.diff(eps).subs(eps == 0) - first);
  proof.identity(
      "and second", named("(1/2) d^2 error/d eps^2", "\\tfrac12 d^2\\mathrm{error}/d\\varepsilon^2"),
      shown(-tau / (2 * pow(s, 3))), error.diff(eps, 2).subs(eps == 0) / 2 + tau / (2 * pow(s, 3)));
  return proof.finish();
}

Derivation scaling(Variant variant) {
  Proof proof;
  const symbol x0("x0", "x_0"), xf("xf", "x_f");
  proof.assume("u0 = x0 s and u_f = x_f s: the same shares of every s");
  const ex start = variant == Variant::wrong ? x0 : x0 * s;
  const ex inside = kArgument.subs(GiNaC::lst{u0 == start, uf == xf * s});
  const ex shares = xf * (1 - x0) / (x0 * (1 - xf));
  proof.identity("the logarithm in Eq 11 then knows the shares alone, so t is inversely proportional to s",
                 shown(kArgument), shown(shares), inside - shares);
  return proof.finish();
}

Derivation sigmoid(Variant variant) {
  Proof proof;
  proof.assume("0 < u0 < s/2");
  const ex tenth = ex(1) / 10, late = variant == Variant::wrong ? ex(8) / 10 : 9 * tenth;
  const ex rise =
      kArgument.subs(GiNaC::lst{u0 == tenth * s, uf == late * s}, GiNaC::subs_options::no_pattern);
  proof.identity("from s/10 to 9 s/10 the argument of the logarithm in Eq 11 is 81, whatever s and u0",
                 shown(kArgument), named("81"), rise - 81);
  proof.identity("from u0 to s/2 it is s/u0 - 1; so rise over half time is ln 81 / ln(s/u0 - 1)",
                 shown(kArgument), shown(s / u0 - 1), kArgument.subs(uf == s / 2) - (s / u0 - 1));
  return proof.finish();
}

}  // namespace

std::vector<Entry> three_layer_derivations() {
  return {
      {"eq9-gradient",
       "Eqs 8, 9",
       "Eq 8 runs down the energy of Eq 9",
       {},
       "b becomes a in the first layer",
       eq9},
      {"conserved-difference",
       "after Eq 9",
       "a^2 - b^2 is conserved by Eq 8",
       {"C9"},
       "a^2 + b^2",
       conserved},
      {"x6-stable-manifold",
       "after Eq 9",
       "The product a b does not approach s from a = -b",
       {"C10", "X6"},
       "the factor of a + b has the other sign",
       stable_manifold},
      {"eq10", "Eq 10", "Eq 8 with equal layers is Eq 10", {"C12"}, "u (s - u) without the 2", eq10},
      {"eq11", "Eq 11", "Eq 11 inverts Eq 12", {"C12"}, "tau/s in the place of tau/(2s)", eq11},
      {"eq11-small-eps",
       "after Eq 11",
       "From eps to s - eps learning takes (tau/s) ln(s/eps), less (tau/s)(eps/s) and smaller",
       {"C13"},
       "an error of -(tau/s) eps",
       symmetric_time},
      {"eq11-scaling",
       "after Eq 11",
       "Learning time is inversely proportional to s",
       {"C14"},
       "u0 the same for all s",
       scaling},
      {"eq12",
       "Eq 12",
       "Eq 12 solves Eq 10 from u0",
       {"C12"},
       "e^{st/tau} in the place of e^{2st/tau}",
       eq12},
      {"eq12-sharpness",
       "after Eq 12",
       "The sigmoid's rise takes ln 81/ln(s/u0 - 1) of its half time",
       {"C15"},
       "a rise to 8 s/10",
       sigmoid},
  };
}

}  // namespace dln::symbolic
