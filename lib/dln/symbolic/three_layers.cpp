// Eqs 8 to 12: the two layer strengths of a mode, their product, its course in time and the inverse of that.
#include <ginac/ginac.h>

#include "dln/symbolic/calculus.hpp"
#include "dln/symbolic/proof.hpp"
#include "dln/symbolic/themes.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::symbol;

const symbol s("s"), u("u"), u0("u0", "u_0"), uf("uf", "u_f"), tau("tau", "\\tau"), t("t");
// E = e^{2st/tau} is transcendental over the rational functions of s, t, tau: a symbol with E' = 2 s E/tau.
const symbol E("E");

Derivation eq12(Variant variant) {
  Proof proof;
  proof.assume(
      "s > 0, u0 > 0, tau > 0; E = exp(2 s t/tau) is a symbol whose rate is 2 s E/tau, and 1 at t = 0");
  const ex pace = variant == Variant::wrong ? s / tau : 2 * s / tau;
  const Motion time{{E, pace * E}};
  const ex course = s * E / (E - 1 + s / u0);
  proof.define("Eq 12 as printed", named("u"), course);
  const ex rate = rate_of(course, time).normal();
  proof.define("its rate of change", named("u'"), rate);
  proof.identity("Eq 10, tau u' = 2 u (s - u), holds along it", named("tau u'", "\\tau u'"),
                 shown(2 * u * (s - u)), tau * rate - 2 * course * (s - course));
  proof.identity("it starts at u0", course.subs(E == 1), u0);
  return proof.finish();
}

}  // namespace

std::vector<Entry> three_layer_derivations() {
  return {
      {"eq12",
       "Eq 12",
       "Eq 12 solves Eq 10 from u0",
       {"C12"},
       "e^{st/tau} in the place of e^{2st/tau}",
       eq12},
  };
}

}  // namespace dln::symbolic
