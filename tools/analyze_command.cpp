// dln analyze: what data of one's own will teach a deep linear network, in which order, when, and at which
// rate; and, if asked, the network trained beside it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "tools/analysis.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/provenance.hpp"
#include "tools/report_figures.hpp"
#include "validation/report_html.hpp"

namespace dln::tools {
namespace {

namespace fs = std::filesystem;

// All that an analysis may have.
constexpr std::array kFigureIds{
    "spectrum", "modes", "forecast", "depth-outlook", "layer-growth", "sharpness-course", "error-budget"};

ReadExamples read(const AnalyzeOptions& options, const Request& request, base::Progress& progress) {
  ReadExamples result;
  try {
    result.source = open_data(options.data);
    result.split = data::correlate_split(result.source, request.held_out_share, request.seed, progress);
    require_representable(result.split.learned);
  } catch (const base::DataError& error) {
    rethrow_named(options.data, error);
  }
  if (!request.held_out_file) return result;
  // The same columns and scale, the classes that were found; its labels are found beside it by name.
  const DataOptions other{
      .path = *request.held_out_file,
      .labels = {},
      .targets = {},
      .target_columns = options.data.target_columns,
      .classes = result.source.classes > 0 ? std::to_string(result.source.classes) : options.data.classes,
      .scale = options.data.scale};
  auto source = open_data(other);
  if (source.input_size != result.source.input_size || source.target_size != result.source.target_size)
    throw base::DataError(fmt::format(
        "{}: {} inputs and {} targets; expected {} and {}, as {} has", other.path, source.input_size,
        source.target_size, result.source.input_size, result.source.target_size, options.data.path));
  if (!source.input_names.empty() && !result.source.input_names.empty() &&
      source.input_names != result.source.input_names)
    throw base::DataError(fmt::format("{}: its input columns are {}; expected {}, in this order, as {} has",
                                      other.path, fmt::join(source.input_names, ", "),
                                      fmt::join(result.source.input_names, ", "), options.data.path));
  result.split.held_out = data::correlate(source, progress);
  return result;
}

validation::Provenance provenance(const AnalyzeOptions& options, const Analysis& analysis,
                                  const data::ExampleSource& source,
                                  std::chrono::system_clock::time_point started) {
  auto p = provenance_of(started, analysis.seed, all_threads());
  p.options = {{"data", options.data.path},
               {"inputs", options.inputs},
               {"depth", options.depth.value_or("default")},
               {"hidden units", options.hidden.value_or("default")},
               {"start", options.start},
               {"u0", options.strength},
               {"rate", options.rate},
               {"held out", options.held_out},
               {"at most", options.most},
               {"simulate", options.simulate ? "yes" : "no"},
               {"out", options.out}};
  const auto& problem = analysis.analysed.problem;
  const bool white = analysis.treatment == experiments::InputTreatment::white;
  p.inputs.push_back(input_data(problem, white ? problem.whiteness_residual : std::nan(""), source.files));
  return p;
}

// The folder of a report, made before the work begins; what a run that fails leaves empty is taken away.
class ReportFolder {
 public:
  explicit ReportFolder(fs::path folder) : folder_(std::move(folder)) {
    base::require_writable_directory(folder_ / "figures");
  }
  ~ReportFolder() {
    std::error_code trouble;  // of a folder that is not empty, which stays
    fs::remove(folder_ / "figures", trouble);
    fs::remove(folder_, trouble);
  }
  ReportFolder(const ReportFolder&) = delete;
  ReportFolder& operator=(const ReportFolder&) = delete;

 private:
  fs::path folder_;
};

// Figures of an earlier analysis that this one does not have.
void remove_others(const fs::path& folder, const std::vector<validation::Figure>& figures) {
  for (const char* id : kFigureIds)
    if (std::ranges::none_of(figures, [&](const auto& figure) { return figure.id == id; }))
      for (const char* ending : {".svg", ".tsv", ".gp"}) fs::remove(folder / (std::string(id) + ending));
}

int run_analyze(const AnalyzeOptions& options) {
  auto request = resolve(options);
  const fs::path folder = options.out;
  const ReportFolder made(folder);
  const auto started = std::chrono::system_clock::now();
  ProgressLine progress;
  const auto data = read(options, request, progress);
  if (!options.image) {
    request.image_rows = data.source.image_rows;
    request.image_columns = data.source.image_columns;
  } else if (request.image_rows * request.image_columns != data.source.input_size) {
    throw base::DomainError(fmt::format("--image {}: {} pixels; expected {}, the inputs of {}",
                                        *options.image, request.image_rows * request.image_columns,
                                        data.source.input_size, options.data.path));
  }
  const auto analysis = analyze(options, request, data, progress);
  std::vector<validation::Figure> figures;
  for (const auto& drawing : analysis_drawings(analysis, request.image_rows, request.image_columns)) {
    progress.report("drawing figure " + drawing.id, 0);
    figures.push_back(report_figure(drawing, folder));
  }
  progress.clear();
  remove_others(folder / "figures", figures);
  const auto json = analysis_json(analysis);
  const auto report =
      analysis_report(analysis, std::move(figures), provenance(options, analysis, data.source, started));
  base::write_files(
      {{folder / "analysis.json", json}, {folder / "report.html", validation::render_html(report)}});
  if (options.json) {
    print(json);
    return 0;
  }
  for (const auto& sentence : findings(analysis)) print(sentence + "\n");
  print(fmt::format("Report: {}\n", fs::absolute(folder / "report.html").lexically_normal().string()));
  return 0;
}

}  // namespace

void add_analyze(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<AnalyzeOptions>();
  CLI::App* command = app.add_subcommand(
      "analyze",
      "What your data will teach a deep linear network: what, in which order, when, at which rate");
  add_data_options(*command, options->data);
  command->add_option("--depth", options->depth, "Layers N_l, as in 2,3,5 (the default), each 2 to 100");
  command->add_option("--hidden", options->hidden, "Units in every hidden layer, 1 to 4096 (default: 100)");
  command
      ->add_option("--start", options->start,
                   "random, decoupled, orthogonal, pretrained, or a file with weights, .npz (W1, W2, ...) or "
                   ".json (W0)")
      ->capture_default_str();
  command
      ->add_option("--u0", options->strength, "Strength of a mode at the start; auto: 1e-3 of the median end")
      ->capture_default_str();
  command
      ->add_option("--rate", options->rate,
                   "Learning rate, times a sum over examples; auto: 1/lambda_max of each depth")
      ->capture_default_str();
  command->add_option("--inputs", options->inputs, "raw, centred or white")->capture_default_str();
  command->add_flag("--simulate", options->simulate,
                    "Train the networks too, and hold them against the forecast");
  command
      ->add_option("--held-out", options->held_out,
                   "Share of the examples to hold out, or a file with others")
      ->capture_default_str();
  command->add_option("--image", options->image, "Inputs are images of rows x columns, as in 28x28");
  command->add_option("--at-most", options->most, "Epochs to look ahead at most")->capture_default_str();
  command->add_option("--seed", options->seed, "Seed of starts and of what is held out")
      ->capture_default_str();
  command->add_option("--out", options->out, "Folder for report.html, analysis.json and figures/")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print analysis.json in the place of sentences");
  command->footer(
      "Example: dln analyze mine.csv --target-columns label --simulate --out analysis\n"
      "From NumPy: numpy.savez('mine.npz', x=x, y=y), a row an example; weights: numpy.savez('start.npz', "
      "W1=..., "
      "W2=...), outputs x inputs.");
  command->callback([options, &chosen] { chosen = [options] { return run_analyze(*options); }; });
}

}  // namespace dln::tools
