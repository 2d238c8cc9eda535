// dln figure: one figure as SVG, with its data and a stand-alone gnuplot script.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/figure_catalogue.hpp"
#include "tools/run_options.hpp"

namespace dln::tools {
namespace {

struct FigureOptions {
  std::string id;
  std::string out = ".";
  std::optional<std::string> first_layer;
  RunOptions run;
};

experiments::FirstLayer first_layer(const FigureOptions& options, const CatalogueEntry& entry) {
  using experiments::FirstLayer;
  if (!options.first_layer) return FirstLayer::active_modes;
  if (!entry.of_depth_sweep)
    throw base::DomainError(
        fmt::format("--first-layer {}: figure {} has no such choice; expected 4l, 4r or 4k",
                    options.first_layer->substr(0, 60), entry.id));
  for (auto choice : {FirstLayer::active_modes, FirstLayer::all_inputs})
    if (*options.first_layer == name_of(choice)) return choice;
  throw base::DomainError(
      fmt::format("--first-layer '{}': expected active or all", options.first_layer->substr(0, 60)));
}

int run_figure(const FigureOptions& options) {
  const CatalogueEntry& entry = find_figure(options.id);
  auto context_options = resolve(options.run);
  if (options.run.images && !entry.needs_images)
    throw base::DomainError(fmt::format("--images: figure {} is not drawn from images", entry.id));
  context_options.first_layer = first_layer(options, entry);
  base::require_writable_directory(options.out);
  ProgressLine progress;
  const auto store = open_store(options.run);
  validation::Context context(context_options, *store, progress);
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
  command->add_option(
      "--first-layer", options->first_layer,
      "Of Fig 4: which input directions W^1 carries at the start, active (those of the modes; "
      "default) or all (as many as the first hidden layer holds: slow on a wide one)");
  add_run_options(*command, options->run);
  command->footer("Example: dln figure 3l --out figures");
  command->callback([options, &chosen] { chosen = [options] { return run_figure(*options); }; });
}

}  // namespace dln::tools
