// Learning times at the optimal rate: t_infinity - t_3 (section 2).
#include <ginac/ginac.h>

#include "dln/symbolic/calculus.hpp"
#include "dln/symbolic/proof.hpp"
#include "dln/symbolic/themes.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::symbol;

const symbol s("s"), u0("u0", "u_0"), uf("uf", "u_f"), N("N_l"), eps("eps", "\\varepsilon"),
    ell("l", "\\ell");

Derivation delay(Variant variant) {
  Proof proof;
  proof.assume(
      "steps of size 1/lambda_max from u0 = eps to u_f = s - eps, 0 < eps < s/2; l = ln(u_f (s - u0)/(u0 (s "
      "- u_f))), "
      "the logarithm of both Eq 11 and Eq 17");
  const ex eq11 = uf * (s - u0) / (u0 * (s - uf)), eq17 = uf * (u0 - s) / (u0 * (uf - s));
  proof.identity("it is the same logarithm", eq11, eq17);
  const ex three = ell / (2 * s) / (1 / (2 * s));  // Eq 11 over tau, over the rate 1/(2s)
  const ex rate = variant == Variant::wrong ? 1 / (N * s) : 1 / (N * s * s);
  const ex infinite = (ell / (s * s) + 1 / (s * u0) - 1 / (s * uf)) / N / rate;
  proof.define("steps at three layers: Eq 11 over tau and the rate 1/(2 s)", named("k_3"), three);
  proof.define("steps of infinitely many: Eq 17 over tau and the rate 1/(N_l s^2)",
               named("k_inf", "k_\\infty"), infinite);
  const ex gap = infinite - three;
  proof.identity("their difference is free of the logarithm and of N_l",
                 named("k_inf - k_3", "k_\\infty - k_3"), shown(s / u0 - s / uf), gap - (s / u0 - s / uf));
  const ex exact = s * (s - 2 * eps) / (eps * (s - eps));
  proof.identity("from eps to s - eps", named("k_inf - k_3", "k_\\infty - k_3"), shown(exact),
                 gap.subs(GiNaC::lst{u0 == eps, uf == s - eps}) - exact);
  const ex remainder = -eps * eps / (s * (s - eps));
  proof.identity("in powers of eps: s/eps leads", named("k_inf - k_3", "k_\\infty - k_3"),
                 named("s/eps - 1 - eps/s - eps^2/(s (s - eps))",
                       "\\frac{s}{\\varepsilon} - 1 - \\frac{\\varepsilon}{s} - "
                       "\\frac{\\varepsilon^2}{s(s-\\varepsilon)}"),
                 exact - (s / eps - 1 - eps / s + remainder));
  return proof.finish();
}

Derivation deep_start(Variant variant) {
  Proof proof;
  const symbol x("x"), X("X"), S("S"), n("L");
  proof.assume("x = u/s, X = x^{2/L}, S = s^{2/L}; steps of size alpha = 1/lambda_max = S/(L s^2)");
  const ex rate = n * pow(s * x, 2) / (S * X) * (s - s * x);  // tau u' of Eq 15
  const ex alpha = S / (n * (variant == Variant::wrong ? ex(s) : pow(s, 2)));
  proof.define("Eq 15", named("tau u'", "\\tau u'"), rate);
  proof.identity("its share of s in a step, alpha tau u'/s", named("dx per step", "dx/dk"),
                 named("x^(2 - 2/L) (1 - x)", "x^{2 - 2/L}(1 - x)"), alpha * rate / s - x * x / X * (1 - x));
  return proof.finish();
}

}  // namespace

std::vector<Entry> depth_delay_derivations() {
  return {
      {"depth-delay",
       "section 2",
       "Infinite depth costs s (s - 2 eps)/(eps (s - eps)) more steps than three layers, about s/eps",
       {"C32", "C33"},
       "the rate 1/(N_l s)",
       delay},
      {"depth-delay-shares",
       "section 2",
       "At the optimal rate the number of steps depends on u0/s and u_f/s alone",
       {"C32"},
       "the rate 1/(L s)",
       deep_start},
  };
}

}  // namespace dln::symbolic
