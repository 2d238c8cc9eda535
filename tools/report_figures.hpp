// Figures on their way into a report: rendered, saved beside it, or told to be missing.
#pragma once

#include <filesystem>

#include "plots/drawing.hpp"
#include "validation/report.hpp"

namespace dln::tools {

// Saves ID.svg, ID.tsv and ID.gp in folder/figures. Where gnuplot is missing or fails the numbers are written
// all the same and the figure says so, as does a message. Throws WriteError.
validation::Figure report_figure(const plots::Drawing& drawing, const std::filesystem::path& folder);

}  // namespace dln::tools
