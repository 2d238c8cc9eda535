// Formulas in this house's plain text as LaTeX: "sum_alpha s_alpha^{2 - 2/L}" is "\sum_{\alpha}
// s_{\alpha}^{2 - 2/L}".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dln::symbolic {

// A Greek letter or a function: tau, Sigma, ln, sqrt.
bool is_formula_name(std::string_view word);

// Nothing when a bracket is left open or a character has no meaning. A quotient stays a slash; W21 and
// Sigma11 carry their numbers above, other letters below.
std::optional<std::string> formula_latex(std::string_view text);

}  // namespace dln::symbolic
