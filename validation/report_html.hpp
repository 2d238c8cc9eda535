// report.html: the report for people, one self-contained page: no script, no network, figures inline.
#pragma once

#include <string>

#include "validation/report.hpp"

namespace dln::validation {

std::string render_html(const Report& report);

}  // namespace dln::validation
