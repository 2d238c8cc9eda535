// A derivation in report.html: folded to its verdict, opened to its assumptions and its steps.
#pragma once

#include <string>

#include "validation/symbolic_witness.hpp"

namespace dln::validation {

std::string render_html(const DerivationRecord& derivation);

}  // namespace dln::validation
