#include "tools/report_figures.hpp"

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "tools/console.hpp"

namespace dln::tools {

validation::Figure report_figure(const plots::Drawing& drawing, const std::filesystem::path& folder) {
  validation::Figure figure{.id = drawing.id,
                            .title = drawing.title,
                            .alternative_text = drawing.alternative_text,
                            .svg = {},
                            .svg_file = "figures/" + drawing.id + ".svg",
                            .tsv_file = "figures/" + drawing.id + ".tsv",
                            .gp_file = "figures/" + drawing.id + ".gp",
                            .status = "drawn"};
  try {
    figure.svg = plots::render_svg(drawing);
    plots::save(drawing, figure.svg, folder / "figures");
  } catch (const base::ExternalProgramError& error) {
    // The numbers are there all the same; only the picture is missing, and an older one would not belong to
    // them.
    std::filesystem::remove(folder / figure.svg_file);
    figure.status = fmt::format("missing: {}", error.what());
    figure.svg_file.clear();
    base::write_files({{folder / figure.tsv_file, drawing.tsv}, {folder / figure.gp_file, drawing.gp}});
    message(fmt::format("figure {} is missing from the report: {}", drawing.id, error.what()));
  }
  return figure;
}

}  // namespace dln::tools
