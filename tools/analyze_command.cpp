// dln analyze: what data of one's own will teach a deep linear network, in which order, when, and at which
// rate; and, if asked, the network trained beside it.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tbb/task_arena.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <set>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "dln/network/mode_strengths.hpp"
#include "tools/analysis.hpp"
#include "tools/build_info.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/data_options.hpp"
#include "tools/network_file.hpp"
#include "tools/report_figures.hpp"
#include "tools/strict_text.hpp"
#include "validation/report_html.hpp"

namespace dln::tools {
namespace {

namespace fs = std::filesystem;
using experiments::StartKind;
using Network = network::LinearNetwork<double>;

constexpr int kMostLayers = 100;
constexpr std::size_t kMostDepths = 6;
constexpr Eigen::Index kModesForNoise = 20;
constexpr int kSharpnessSamples = 31;
constexpr double kBudgetTimes = 1.25;  // as long as the run, for runs without one of the causes
constexpr double kSmallStart = 1e-3;   // of the median strength at the end, by default

struct AnalyzeOptions {
  DataOptions data;
  std::string inputs = "raw", hidden = "100", start = "random", strength = "auto", rate = "auto",
              held_out = "0.1", most = "20000", seed = "1", out = "analysis";
  std::optional<std::string> depth, image;
  bool simulate = false, json = false;
};

// What the command line asks for, once it is known to be sound.
struct Request {
  experiments::InputTreatment treatment = experiments::InputTreatment::raw;
  std::vector<int> layers;
  Eigen::Index hidden = 100;
  StartKind start = StartKind::random;
  std::optional<Network> network;  // of the file named as a start
  std::optional<double> strength, rate;
  double held_out_share = 0;
  std::optional<std::string> held_out_file;
  long most = 0;
  std::uint64_t seed = 1;
  Eigen::Index image_rows = 0, image_columns = 0;
};

experiments::InputTreatment treatment_named(const std::string& name) {
  using experiments::InputTreatment;
  for (auto treatment : {InputTreatment::raw, InputTreatment::centred, InputTreatment::white})
    if (name == name_of(treatment)) return treatment;
  throw base::DomainError(fmt::format("--inputs '{}': expected raw, centred or white", name.substr(0, 60)));
}

std::vector<int> layers_listed(const std::string& text) {
  std::vector<int> layers;
  for (const double value : strict_list("--depth", text)) {
    base::require(value >= 2 && value <= kMostLayers && value == std::floor(value), "--depth", value,
                  fmt::format("whole numbers of layers N_l from 2 to {}", kMostLayers));
    const int depth = static_cast<int>(value);
    if (std::ranges::find(layers, depth) != layers.end())
      throw base::DomainError(fmt::format("--depth {}: {} is named twice", text, depth));
    layers.push_back(depth);
  }
  if (layers.size() > kMostDepths)
    throw base::DomainError(
        fmt::format("--depth {}: {} depths; expected at most {}, a column of a figure each", text,
                    layers.size(), kMostDepths));
  return layers;
}

void set_start(Request& request, const AnalyzeOptions& options) {
  for (auto kind : {StartKind::decoupled, StartKind::random, StartKind::orthogonal, StartKind::pretrained})
    if (options.start == name_of(kind)) {
      request.start = kind;
      return;
    }
  std::error_code trouble;
  if (!fs::exists(options.start, trouble))
    throw base::DomainError(fmt::format(
        "--start '{}': expected decoupled, random, orthogonal, pretrained or a file with weights{}",
        options.start.substr(0, 200),
        suggestion(options.start, {"decoupled", "random", "orthogonal", "pretrained"})));
  request.start = StartKind::given;
  request.network =
      read_weights_file(options.start, static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                                           static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE)));
  const int layers = request.network->depth().layers();
  if (options.depth && request.layers != std::vector<int>{layers})
    throw base::DomainError(fmt::format("--depth {}: expected {}, the layers of the network in {}",
                                        *options.depth, layers, options.start));
  request.layers = {layers};
}

void set_held_out(Request& request, const std::string& text) {
  double share = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), share);
  std::error_code none;
  if (trouble == std::errc() && end == text.data() + text.size()) {
    base::require(share >= 0 && share <= 0.9, "--held-out", share, "a share from 0 to 0.9, or a file");
    request.held_out_share = share;
  } else if (fs::exists(text, none)) {
    request.held_out_file = text;
  } else {
    throw base::DomainError(
        fmt::format("--held-out '{}': expected a share from 0 to 0.9, or a file of the same kind as DATA",
                    text.substr(0, 200)));
  }
}

void set_image(Request& request, const std::optional<std::string>& text) {
  if (!text) return;
  const auto at = text->find('x');
  if (at == std::string::npos)
    throw base::DomainError(
        fmt::format("--image '{}': expected rows x columns, as in 28x28", text->substr(0, 60)));
  request.image_rows = strict_int("--image, rows", std::string_view(*text).substr(0, at), 1, 8192);
  request.image_columns = strict_int("--image, columns", std::string_view(*text).substr(at + 1), 1, 8192);
}

std::optional<double> positive_or_auto(std::string_view name, const std::string& text) {
  if (text == "auto") return std::nullopt;
  const double value = strict_number(name, text);
  base::require_positive(name, value);
  return value;
}

Request resolve(const AnalyzeOptions& options) {
  Request request;
  request.treatment = treatment_named(options.inputs);
  request.layers = layers_listed(options.depth.value_or("2,3,5"));
  request.hidden = strict_int("--hidden", options.hidden, 1, 4096);
  request.strength = positive_or_auto("--u0", options.strength);
  request.rate = positive_or_auto("--rate", options.rate);
  request.most = strict_int("--at-most", options.most, 1, 1'000'000);
  request.seed = strict_count("--seed", options.seed);
  set_held_out(request, options.held_out);
  set_image(request, options.image);
  if (options.out.empty()) throw base::DomainError("--out '': expected the name of a folder");
  set_start(request, options);
  if (request.start == StartKind::pretrained &&
      std::ranges::find(request.layers, 2) != request.layers.end()) {
    if (options.depth)
      throw base::DomainError(fmt::format(
          "--depth {}: expected 3 or more layers for --start pretrained; autoencoders train hidden layers",
          *options.depth));
    std::erase(request.layers, 2);
  }
  return request;
}

struct Read {
  data::ExampleSource source;  // drained
  data::SplitCorrelations split;
};

Read read(const AnalyzeOptions& options, const Request& request, base::Progress& progress) {
  Read result;
  try {
    result.source = open_data(options.data);
    result.split = data::correlate_split(result.source, request.held_out_share, request.seed, progress);
    if (!result.split.learned.sigma11.allFinite() || !result.split.learned.sigma31.allFinite())
      throw base::DataError("its values are so large that their products overflow; scale them down");
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
  result.split.held_out = data::correlate(source, progress);
  return result;
}

// Outputs that a mode raises and lowers most: "+7 +9 −5" by class, or by name.
std::string strongest(const linalg::Vector& weights, const std::vector<std::string>& names,
                      std::size_t count) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(weights.size()));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Eigen::Index>(i);
  std::ranges::stable_sort(order, std::greater(), [&](Eigen::Index i) { return std::abs(weights[i]); });
  std::string text;
  for (std::size_t i = 0; i < std::min(count, order.size()); ++i) {
    const double weight = weights[order[i]];
    if (std::abs(weight) < 0.2 * std::abs(weights[order[0]])) break;
    const auto at = static_cast<std::size_t>(order[i]);
    text += fmt::format("{}{}{}", text.empty() ? "" : "  ", weight < 0 ? "−" : "+",
                        names.empty() ? fmt::format("{}", at) : names[at].substr(0, 24));
  }
  return text;
}

std::vector<ModeDescription> describe(const Analysis& analysis, const data::ExampleSource& source,
                                      bool images) {
  std::vector<ModeDescription> all;
  std::vector<std::string> inputs = source.input_names;
  if (inputs.empty())
    for (Eigen::Index i = 0; i < source.input_size; ++i) inputs.push_back(fmt::format("x{}", i + 1));
  for (Eigen::Index k = 0; k < std::min<Eigen::Index>(10, analysis.modes().size()); ++k)
    all.push_back({images ? std::string()
                          : strongest(analysis.analysed.pattern * analysis.modes().input.col(k), inputs, 4),
                   strongest(analysis.modes().output.col(k), source.target_names, 4)});
  return all;
}

// What of the start of a network of one's own takes the place of u0: the median over the leading modes of the
// part that grows, or of the strength where no more is known.
double strength_of(const Network& network, const data::SingularModes& modes) {
  linalg::Vector strengths =
      network.depth().weight_matrices() == 2
          ? network::growing_strengths(network, modes)
          : linalg::Vector(network::mode_strengths(network, modes).strengths.cwiseAbs());
  strengths.conservativeResize(std::min<Eigen::Index>(10, strengths.size()));
  const double median = experiments::column_quantiles(strengths, 0.5)[0];
  return std::max(median, 1e-12);
}

double small_strength(const experiments::LearningProblem& problem) {
  const auto [s, d] = experiments::aligned_modes(problem);
  const auto leading = std::min<Eigen::Index>(10, s.size());
  const linalg::Vector ends = s.head(leading).cwiseQuotient(d.head(leading));
  return kSmallStart * experiments::column_quantiles(ends, 0.5)[0];
}

// The network itself, how sharp its error is on the way, and what parts it from theory.
void train(DepthAnalysis& depth, const experiments::AnalysisProblem& analysed, base::Progress& progress) {
  const auto& forecast = depth.forecast;
  depth.run = experiments::record_run(analysed, forecast.network, depth.rate, forecast.epochs, progress);
  if (!depth.settled()) return;
  const double last = depth.run->epochs.back();
  if (last < 1) return;
  progress.report("sharpness", 0);
  depth.sharpness_course = experiments::sharpness_along(
      analysed.problem.correlations, forecast.network, experiments::Way::descent,
      {.learning_rate = depth.rate, .duration = last, .samples = kSharpnessSamples, .tolerance = 1e-4});
  experiments::MemoryRunStore store;
  depth.budget = experiments::budget(analysed.problem, forecast.network,
                                     {.learning_rate = depth.rate,
                                      .initial_strength = forecast.start.initial_strength,
                                      .max_epochs = static_cast<long>(std::ceil(kBudgetTimes * last))},
                                     store, progress);
}

DepthAnalysis analyze_depth(const Analysis& analysis, const Request& request, int layers, bool simulate,
                            base::Progress& progress) {
  const auto& problem = analysis.analysed.problem;
  experiments::StartOptions start{
      .kind = request.start,
      .depth = base::Depth::from_layers(layers),
      .hidden_units = request.hidden,
      .initial_strength = request.strength ? *request.strength : small_strength(problem),
      .seed = request.seed};
  Eigen::Index narrowest = layers == 2 ? problem.modes.size() : request.hidden;
  if (request.network) {
    start.given = experiments::in_coordinates_of(analysis.analysed, *request.network);
    narrowest = *std::ranges::min_element(request.network->units());
    if (!request.strength) start.initial_strength = strength_of(*start.given, problem.modes);
  }
  const auto sharpness = experiments::end_sharpness(problem, start.depth, narrowest);
  const double rate = request.rate.value_or(1 / sharpness.theory);
  if (request.rate && rate * sharpness.theory > 2)
    message(fmt::format(
        "--rate {:g}: N_l = {} is stable below 2/lambda_max = {:.3g} only; expect it not to settle", rate,
        layers, 2 / sharpness.theory));
  DepthAnalysis depth{
      .sharpness = sharpness,
      .rate = rate,
      .rate_is_ours = !request.rate.has_value(),
      .forecast = experiments::make_forecast(
          analysis.analysed, {.start = start, .rate = rate, .most_epochs = request.most}, progress),
      .assumptions = {},
      .run = {},
      .sharpness_course = {},
      .budget = {}};
  depth.assumptions = experiments::check_assumptions(problem, depth.forecast.network);
  if (simulate) train(depth, analysis.analysed, progress);
  return depth;
}

validation::Provenance provenance(const AnalyzeOptions& options, const Analysis& analysis,
                                  const data::ExampleSource& source,
                                  std::chrono::system_clock::time_point started) {
  validation::Provenance p;
  p.software = software();
  p.cpu = processor();
  p.threads = static_cast<unsigned>(tbb::this_task_arena::max_concurrency());
  p.started =
      fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(started)));
  p.seed = analysis.seed;
  p.options = {{"data", options.data.path},
               {"inputs", options.inputs},
               {"depth", options.depth.value_or("default")},
               {"hidden units", options.hidden},
               {"start", options.start},
               {"u0", options.strength},
               {"rate", options.rate},
               {"held out", options.held_out},
               {"at most", options.most},
               {"simulate", options.simulate ? "yes" : "no"},
               {"out", options.out}};
  const auto& problem = analysis.analysed.problem;
  validation::InputData data{
      problem.name,
      static_cast<long>(problem.correlations.sigma31.cols()),
      static_cast<long>(problem.correlations.sigma31.rows()),
      static_cast<long>(problem.modes.size()),
      problem.correlations.examples,
      analysis.treatment == experiments::InputTreatment::white ? problem.whiteness_residual : std::nan(""),
      {},
      problem.fingerprint};
  for (const auto& file : source.files) data.files.push_back({file.path, file.bytes, file.crc32});
  p.inputs.push_back(std::move(data));
  return p;
}

// Where there are modes enough to tell noise by.
std::optional<experiments::NoiseEstimate> noise_in(const experiments::LearningProblem& problem) {
  const auto& sigma31 = problem.correlations.sigma31;
  if (std::min(sigma31.rows(), sigma31.cols()) < kModesForNoise || problem.modes.size() < kModesForNoise)
    return {};
  linalg::Vector all = linalg::Vector::Zero(std::min(sigma31.rows(), sigma31.cols()));
  all.head(problem.modes.size()) = problem.modes.singular_values;
  return experiments::estimate_noise(all, sigma31.cols(), sigma31.rows());
}

Analysis analyze(const AnalyzeOptions& options, const Request& request, const Read& data,
                 base::Progress& progress) {
  Analysis analysis{.data_name = fs::path(options.data.path).filename().string(),
                    .targets = targets_of(data.source),
                    .notes = notes_on(data.source, data.split.learned),
                    .treatment = request.treatment,
                    .analysed = {},
                    .consistency = {},
                    .descriptions = {},
                    .depths = {},
                    .noise = {},
                    .examples_held_out = data.split.held_out ? data.split.held_out->examples : 0,
                    .seed = request.seed,
                    .most_epochs = request.most};
  if (analysis.data_name.empty()) analysis.data_name = options.data.path;
  try {
    analysis.analysed = experiments::analysis_problem(data.split, request.treatment);
    // Modes of equal s have no axes of their own: they take those along which inputs vary independently.
    auto& problem = analysis.analysed.problem;
    problem.modes = data::turned_within_equal_s(problem.modes, problem.correlations.sigma11);
  } catch (const base::DataError& error) {
    rethrow_named(options.data, error);
  }
  const auto& problem = analysis.analysed.problem;
  analysis.consistency = data::consistency(problem.correlations, problem.modes, request.seed);
  analysis.descriptions = describe(analysis, data.source, request.image_rows > 0);
  if (request.treatment == experiments::InputTreatment::white) analysis.noise = noise_in(problem);
  for (const int layers : request.layers)
    analysis.depths.push_back(analyze_depth(analysis, request, layers, options.simulate, progress));
  return analysis;
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
  command->add_option("--hidden", options->hidden, "Units in every hidden layer, 1 to 4096")
      ->capture_default_str();
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
