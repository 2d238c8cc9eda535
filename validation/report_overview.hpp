// What a reader of a report sees first: every claim in a row, to be filtered by verdict and section, and the
// errata by themselves.
#pragma once

#include <string>
#include <string_view>

#include "validation/report.hpp"

namespace dln::validation {

// Rules for the page's style by which the choices above the table hide rows: no script is needed.
std::string filter_style(const Report& report);
std::string overview_html(const Report& report);
// As printed, the evidence, and what is right; nothing where nothing was printed wrong.
std::string errata_html(const Report& report);

// Which share of its bound a check uses, 1 at the bound; not a number where one is not there.
double share_of_bound(const Check& check);

}  // namespace dln::validation
