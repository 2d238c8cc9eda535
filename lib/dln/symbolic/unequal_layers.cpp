// Eq 8 from two unequal layers: hyperbolic coordinates, the time, and the course for every sign.
#include <ginac/ginac.h>

#include "dln/symbolic/calculus.hpp"
#include "dln/symbolic/proof.hpp"
#include "dln/symbolic/themes.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::symbol;

const symbol s("s"), tau("tau", "\\tau"), K("K");
const symbol g("g");  // sqrt(c), c = a^2 - b^2 > 0
const symbol h("h");  // e^{theta/2}

const ex kCosh = (h + 1 / h) / 2, kSinh = (h - 1 / h) / 2;                                // of theta/2
const ex kCoshWhole = (h * h + 1 / (h * h)) / 2, kSinhWhole = (h * h - 1 / (h * h)) / 2;  // of theta

void give_coordinates(Proof& proof) {
  proof.assume(
      "c = a^2 - b^2 > 0 and a > 0 (exchange a and b, or turn both signs, otherwise); g = sqrt(c); h = "
      "e^{theta/2} is "
      "transcendental, with rate h theta'/2");
  proof.define("first layer, sqrt(c) cosh(theta/2)", named("a"), g * kCosh);
  proof.define("second layer, sqrt(c) sinh(theta/2)", named("b"), g * kSinh);
}

// h' when tau theta' = 2s - factor c sinh(theta).
Motion angle_motion(const ex& factor) {
  return {{h, h / 2 * (2 * s - factor * g * g * kSinhWhole) / tau}};
}

Derivation hyperbolic(Variant variant) {
  Proof proof;
  give_coordinates(proof);
  const ex a = g * kCosh, b = g * kSinh, factor = variant == Variant::wrong ? 2 : 1;
  proof.identity("they lie on the hyperbola", named("a^2 - b^2"), named("c"), a * a - b * b - g * g);
  proof.identity("the strength of the mode", named("a b", "ab"),
                 named("(c/2) sinh(theta)", "\\frac{c}{2}\\sinh\\theta"), a * b - g * g / 2 * kSinhWhole);
  const Motion motion = angle_motion(factor);
  proof.say(factor == 1 ? "let tau theta' = 2s - c sinh(theta)" : "let tau theta' = 2s - 2c sinh(theta)");
  proof.identity("Eq 8 holds for the first layer", named("tau a'", "\\tau a'"),
                 named("b (s - a b)", "b(s - ab)"), tau * rate_of(a, motion) - b * (s - a * b));
  proof.identity("and for the second", named("tau b'", "\\tau b'"), named("a (s - a b)", "a(s - ab)"),
                 tau * rate_of(b, motion) - a * (s - a * b));
  return proof.finish();
}

Derivation supplement(Variant variant) {
  Proof proof;
  give_coordinates(proof);
  const ex product = g * g * kCosh * kSinh, half = variant == Variant::wrong ? ex(1) : ex(1) / 2;
  proof.printed("v3, Supplement A", named("a b", "ab"), named("c sinh(theta)", "c\\sinh\\theta"),
                product - g * g * kSinhWhole);
  proof.identity("the factor 1/2 is missing there", named("a b", "ab"),
                 named("(c/2) sinh(theta)", "\\frac{c}{2}\\sinh\\theta"),
                 product - half * g * g * kSinhWhole);
  return proof.finish();
}

Derivation hyperbolic_time(Variant variant) {
  Proof proof;
  proof.assume("c > 0, K = sqrt(c^2 + 4 s^2): reduced by K^2 = c^2 + 4 s^2; xi = tanh(theta/2) = b/a");
  const symbol c("c"), xi("xi", "\\xi");
  const ex twice = variant == Variant::wrong ? 1 : 2;
  proof.bind(K, K * K - c * c - 4 * s * s);
  const ex half_angle = kSinh / kCosh;
  const Motion motion{{h, h / 2 * (2 * s - c * kSinhWhole) / tau}};
  const ex velocity = (s * (1 - xi * xi) - c * xi) / tau;
  proof.identity("from tau theta' = 2s - c sinh(theta), with h = e^{theta/2}", named("tau xi'", "\\tau\\xi'"),
                 shown(s * (1 - xi * xi) - c * xi),
                 rate_of(half_angle, motion) - velocity.subs(xi == half_angle));
  const ex time = tau / K * log((K + c + twice * s * xi) / (K - c - twice * s * xi));
  proof.define("the time from xi = 0, and between any two points by difference", named("t"), time);
  proof.identity("dt/dxi is 1/xi'", named("dt/dxi xi'", "\\frac{dt}{d\\xi}\\xi'"), named("1"),
                 time.diff(xi) * velocity - 1);
  return proof.finish();
}

Derivation hyperbolic_course(Variant variant) {
  Proof proof;
  const symbol c("c"), T("T"), xi0("xi0", "\\xi_0");
  proof.assume(
      "K = sqrt(c^2 + 4 s^2): reduced by K^2 = c^2 + 4 s^2; T = tanh(K t/(2 tau)) is transcendental, with "
      "rate "
      "K (1 - T^2)/(2 tau), and 0 at t = 0");
  proof.bind(K, K * K - c * c - 4 * s * s);
  const ex pull = variant == Variant::wrong ? s : 2 * s;
  const ex course = (xi0 * (K - c * T) + pull * T) / (K + (c + 2 * s * xi0) * T);
  proof.define("the course of b/a", named("xi", "\\xi"), course);
  proof.identity("it starts at xi0", named("xi(0)", "\\xi(0)"), shown(xi0), course.subs(T == 0) - xi0);
  const ex rate = rate_of(course, {{T, K * (1 - T * T) / (2 * tau)}});
  proof.identity("and solves the equation of the hyperbolic angle", named("tau xi'", "\\tau\\xi'"),
                 named("s (1 - xi^2) - c xi", "s(1 - \\xi^2) - c\\,\\xi"),
                 tau * rate - (s * (1 - course * course) - c * course));
  return proof.finish();
}

// Along D'/D = r^2 the layers are a + b = (a0 + b0) r, a - b = (a0 - b0)/r.
Derivation every_sign(Variant variant) {
  Proof proof;
  const symbol P("P"), N("N"), q("q");
  proof.assume(
      "P = a0 + b0, N = a0 - b0, any signs; K = sqrt(P^2 N^2 + 4 s^2); q = e^{-Kt/tau} is transcendental, "
      "with "
      "rate -K q/tau, and 1 at t = 0");
  proof.bind(K, K * K - P * P * N * N - 4 * s * s);
  const ex D = P * P * (1 - q) + (K - 2 * s) + (K + 2 * s) * q;
  const ex D1 = N * N * (1 - q) + (K + 2 * s) + (K - 2 * s) * q;
  proof.define("a denominator", named("D"), D);
  proof.define("a numerator", named("D'", "D'"), D1);
  proof.identity("r^2 = D'/D starts at 1", named("D'/D at t = 0", "(D'/D)(0)"), named("1"),
                 (D1 / D).subs(q == 1) - 1);
  const Motion time{{q, -K * q / tau}};
  const ex strength = (P * P * D1 / D - N * N * D / D1) / 4;
  proof.say("u = ((a + b)^2 - (a - b)^2)/4 = (P^2 D'/D - N^2 D/D')/4 along it");
  const ex growth = (rate_of(D1, time) / D1 - rate_of(D, time) / D) / 2;
  const ex target = variant == Variant::wrong ? ex(2 * s) : ex(s);
  proof.identity("a + b = P r grows at the rate (s - u)/tau and a - b = N/r shrinks at it: Eq 8",
                 named("tau r'/r", "\\tau r'/r"), named("s - u"), tau * growth - (target - strength));
  return proof.finish();
}

}  // namespace

std::vector<Entry> unequal_layer_derivations() {
  return {
      {"eq8-hyperbolic",
       "Eq 8, a != b",
       "Hyperbolic coordinates solve Eq 8 with tau theta' = 2s - c sinh(theta)",
       {"C11"},
       "tau theta' = 2s - 2c sinh(theta)",
       hyperbolic},
      {"x8-supplement",
       "v3, Supplement A",
       "In hyperbolic coordinates a b is (c/2) sinh(theta), not c sinh(theta)",
       {"C11", "X8"},
       "the correction is the printed form",
       supplement},
      {"eq8-hyperbolic-time",
       "Eq 8, a != b",
       "The time along a hyperbola is a logarithm in tanh(theta/2)",
       {"C11"},
       "s xi in the place of 2 s xi",
       hyperbolic_time},
      {"eq8-hyperbolic-course",
       "Eq 8, a != b",
       "The course along a hyperbola, explicit in t",
       {"C11"},
       "s T in the place of 2 s T",
       hyperbolic_course},
      {"eq8-every-sign",
       "Eq 8, a != b",
       "One closed form of Eq 8 for every sign of a, b and s",
       {"C11"},
       "the target is 2s",
       every_sign},
  };
}

}  // namespace dln::symbolic
