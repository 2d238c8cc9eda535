// report.html: the report for people, one self-contained page: no script, no network, figures inline.
#pragma once

#include <string>
#include <string_view>

#include "validation/report.hpp"

namespace dln::validation {

std::string render_html(const Report& report);

// Plain text with _{...} and ^{...} as HTML, everything else escaped.
std::string typeset(std::string_view text);

}  // namespace dln::validation
