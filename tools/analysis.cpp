#include "tools/analysis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <utility>

#include "dln/base/error.hpp"
#include "dln/network/mode_strengths.hpp"
#include "tools/console.hpp"

namespace dln::tools {
namespace {

namespace fs = std::filesystem;
using Network = network::LinearNetwork<double>;

constexpr Eigen::Index kModesForNoise = 20;
constexpr int kSharpnessSamples = 31;
constexpr double kBudgetTimes = 1.25;  // as long as the run, for runs without one of the causes
constexpr double kSmallStart = 1e-3;   // of the median strength at the end, by default

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
                        names.empty() ? fmt::format("{}", at) : shortened(names[at], 24));
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
  return std::max(median, std::numeric_limits<double>::min());
}

double small_strength(const experiments::LearningProblem& problem) {
  const auto [s, d] = experiments::aligned_modes(problem);
  const auto leading = std::min<Eigen::Index>(10, s.size());
  const linalg::Vector ends = s.head(leading).cwiseQuotient(d.head(leading));
  return kSmallStart * experiments::column_quantiles(ends, 0.5)[0];
}

// The network of the file, in the coordinates of the problem.
Network given_start(const experiments::AnalysisProblem& analysed, const Request& request) {
  try {
    auto network = experiments::in_coordinates_of(analysed, *request.network);
    if (!network::end_to_end(network).allFinite())
      throw base::DataError("its weights are so large that their product overflows; scale them down");
    return network;
  } catch (const base::Error& error) {
    throw base::DataError(fmt::format("cannot start from {}: {}", request.network_file, error.what()));
  }
}

// The network itself, how sharp its error is on the way, and what parts it from theory.
void train(DepthAnalysis& depth, const experiments::AnalysisProblem& analysed, base::Progress& progress) {
  const auto& forecast = depth.forecast;
  depth.run = experiments::record_run(analysed, forecast.network, depth.rate, forecast.epochs, progress);
  if (!depth.settled() || depth.run->epochs.empty()) return;
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
  if (request.network) {
    start.given = given_start(analysis.analysed, request);
    if (!request.strength) start.initial_strength = strength_of(*start.given, problem.modes);
  }
  auto network = experiments::draw_start(problem, start, 0, progress);
  const auto sharpness = experiments::sharpness_ahead(problem, network);
  const double rate = request.rate.value_or(1 / sharpness.largest());
  if (request.rate && rate * sharpness.largest() > 2)
    message(fmt::format(
        "--rate {:g}: N_l = {} is stable below 2/lambda_max = {:.3g} only; expect it not to settle", rate,
        layers, 2 / sharpness.largest()));
  DepthAnalysis depth{.sharpness = sharpness,
                      .rate = rate,
                      .rate_is_ours = !request.rate.has_value(),
                      .forecast = experiments::make_forecast(
                          analysis.analysed, std::move(network),
                          {.start = start, .rate = rate, .most_epochs = request.most}, progress),
                      .assumptions = {},
                      .run = {},
                      .sharpness_course = {},
                      .budget = {}};
  depth.assumptions = experiments::check_assumptions(problem, depth.forecast.network);
  if (simulate) train(depth, analysis.analysed, progress);
  return depth;
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

}  // namespace

Analysis analyze(const AnalyzeOptions& options, const Request& request, const ReadExamples& data,
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

}  // namespace dln::tools
