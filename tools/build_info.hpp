// What this program was built from, for provenance and --version.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dln::tools {

std::string version();

// Name and version of the program, its source revision, compiler and libraries; gnuplot as found now.
std::vector<std::pair<std::string, std::string>> software();

// The model name of the processor this runs on, or "unknown".
std::string processor();

}  // namespace dln::tools
