// report.json: the report for programs. Numbers that are not finite are strings; only "provenance" changes
// from run to run.
#pragma once

#include <string>

#include "validation/report.hpp"

namespace dln::validation {

std::string render_json(const Report& report);

}  // namespace dln::validation
