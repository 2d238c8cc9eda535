// report.xml: the verdicts as JUnit XML, which build servers show: a suite a section, a test case a claim.
#pragma once

#include <string>

#include "validation/report.hpp"

namespace dln::validation {

// A claim refuted as printed whose correction holds is a success; one that did not run is an error.
std::string render_junit(const Report& report);

}  // namespace dln::validation
