// report.md: the verdicts as Markdown, for a wiki or a comment on a change.
#pragma once

#include <string>

#include "validation/report.hpp"

namespace dln::validation {

std::string render_markdown(const Report& report);

}  // namespace dln::validation
