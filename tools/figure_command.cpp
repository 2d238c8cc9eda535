// dln figure: one figure as SVG, with its data and a stand-alone gnuplot script.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "dln/base/atomic_file.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/figure_catalogue.hpp"
#include "tools/run_options.hpp"

namespace dln::tools {
namespace {

struct FigureOptions {
  std::string id;
  std::string out = ".";
  RunOptions run;
};

int run_figure(const FigureOptions& options) {
  const CatalogueEntry& entry = find_figure(options.id);
  const auto context_options = resolve(options.run);
  base::require_writable_directory(options.out);
  ProgressLine progress;
  experiments::MemoryRunStore store;
  validation::Context context(context_options, store, progress);
  if (entry.needs_images) context.require_images();
  const auto drawing = entry.draw(context);
  const auto svg = plots::render_svg(drawing);
  plots::save(drawing, svg, options.out);
  progress.clear();
  for (const char* ending : {"svg", "tsv", "gp"})
    print(fmt::format("{}\n", (std::filesystem::path(options.out) / (drawing.id + "." + ending)).string()));
  return 0;
}

}  // namespace

void add_figure(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<FigureOptions>();
  CLI::App* command =
      app.add_subcommand("figure", "Draw a figure as ID.svg, with its data ID.tsv and script ID.gp");
  command->add_option("id", options->id, "Which; 'dln list figures' shows all")->required();
  command->add_option("--out", options->out, "Folder to write into")->capture_default_str();
  add_run_options(*command, options->run);
  command->footer("Example: dln figure 3l --out figures");
  command->callback([options, &chosen] { chosen = [options] { return run_figure(*options); }; });
}

}  // namespace dln::tools
