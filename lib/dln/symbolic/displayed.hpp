// Displayed equations in LaTeX (amsmath) that stay within the line of a page: a long sum is broken over
// several lines, and over pages.
#pragma once

#include <string>

namespace dln::symbolic {

// How wide a formula is set, in points at 10 pt, within some 15 percent, rather too wide than too narrow.
double typeset_width(const std::string& latex);

// `lhs = rhs`, or another relation: \[ ... \] where it fits, else align* with a line for as many terms as
// fit.
std::string displayed(const std::string& lhs, const std::string& relation, const std::string& rhs);

}  // namespace dln::symbolic
