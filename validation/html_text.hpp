// Pieces of HTML that the parts of a report share.
#pragma once

#include <string>
#include <string_view>

#include "validation/claim.hpp"

namespace dln::validation {

// Text as text, whatever it holds.
std::string escape(std::string_view text);
// The light markup of claims, _{...} and ^{...} as subscripts and superscripts; the rest escaped.
std::string typeset(std::string_view text);
// -1.2e-07 as −1.2·10^−7, and plain numbers where they are short.
std::string number_html(double x);
std::string verdict_html(Verdict verdict);
std::string digits_html(const std::optional<double>& digits);
// "T N" for "TN".
std::string spaced(const Witnesses& witnesses);

}  // namespace dln::validation
