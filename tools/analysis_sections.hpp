// The sections of the report of dln analyze.
#pragma once

#include "tools/analysis.hpp"

namespace dln::tools {

// "–" where there is no number.
std::string cell(double value, const char* format = "{:.4g}");

validation::Section assumptions_section(const Analysis& a);
validation::Section depth_section(const Analysis& a);
validation::Section layers_section(const Analysis& a);
validation::Section budget_section(const Analysis& a);
validation::Section noise_section(const Analysis& a);

}  // namespace dln::tools
