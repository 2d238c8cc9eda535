// Derivations as LaTeX, to include in a document that uses amsmath.
#pragma once

#include <string>

#include "dln/symbolic/depth_solution.hpp"

namespace dln::tools {

std::string as_latex(const symbolic::Derivation& derivation);
// t and the antiderivative F.
std::string as_latex(const symbolic::DepthSolution& solution);

}  // namespace dln::tools
