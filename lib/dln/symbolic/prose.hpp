// Sentences as LaTeX: "lambda = |b|^2 - |a|^2 for W^{-1}" is "$\lambda = |b|^2 - |a|^2$ for $W^{-1}$".
//
// The notation of this house's sentences and no other: single letters, Greek names, functions, numbers and
// what holds them together, between words of English. `a` is a letter unless a word of English follows it.
#pragma once

#include <string>
#include <string_view>

namespace dln::symbolic {

// A formula that cannot be read, such as one with a bracket left open, is shown as it stands, in \texttt{}.
std::string prose_latex(std::string_view sentence);

// Text with LaTeX's own characters made harmless.
std::string escaped_latex(std::string_view text);

}  // namespace dln::symbolic
