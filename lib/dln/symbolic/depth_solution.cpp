#include "dln/symbolic/depth_solution.hpp"

#include "dln/symbolic/depth_integral.hpp"
#include "dln/symbolic/proof.hpp"

namespace dln::symbolic {

DepthSolution solve_depth(base::Depth depth) {
  base::require(depth.layers() <= kDeepestSolution, "N_l", depth.layers(),
                fmt::format("{} layers or fewer", kDeepestSolution));
  const int n = depth.weight_matrices();
  Proof proof;
  proof.assume(
      "tau > 0, s > 0, y = (u/s)^(1/L), u0 and u_f on the same side of s, beyond it arctan as the angle of "
      "(1 - y cos, y sin)");
  prove_depth_integral(proof, n, false);
  Derivation derivation = proof.finish();
  derivation.name = fmt::format("eq15-at-{}-layers", depth.layers());
  derivation.title = fmt::format("Eq 15 solved for {} layers, L = {} weight matrices", depth.layers(), n);
  derivation.equation = "Eq 15";
  derivation.claims = {"C25"};
  return {shown_antiderivative(n), shown_time(n), cpp_of_time(n), std::move(derivation)};
}

}  // namespace dln::symbolic
