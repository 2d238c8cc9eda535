// The data that swept networks learn.
#include <fmt/format.h>

#include "dln/base/error.hpp"
#include "dln/experiments/analysis_problem.hpp"
#include "dln/experiments/graph_problem.hpp"
#include "tools/data_options.hpp"
#include "tools/sweep/sweep_experiment.hpp"
#include "validation/context.hpp"

namespace dln::tools {
namespace {

using experiments::AnalysisProblem, experiments::LearningProblem;

// The graphs of structured_graphs(), on 2^levels items or as near as they come.
data::ItemGraph graph_named(const std::string& kind, int levels) {
  const int items = 1 << levels;
  if (kind == "chain") return data::chain_graph(items);
  if (kind == "ring") return data::ring_graph(items);
  if (kind == "grid") return data::grid_graph(1 << (levels / 2), 1 << (levels - levels / 2));
  return data::cluster_graph(std::max(1, items / 4), 4, 0.1);
}

experiments::InputScale image_scale(const std::string& name) {
  if (name == "raw") return experiments::InputScale::raw;
  if (name == "unit-variance") return experiments::InputScale::unit_variance;
  if (name == "white") return experiments::InputScale::sum_white;
  throw base::DomainError(
      fmt::format("scale = \"{}\": expected raw, unit-variance or white for images", name));
}

experiments::InputTreatment treatment(const std::string& name) {
  if (name == "raw") return experiments::InputTreatment::raw;
  if (name == "centred") return experiments::InputTreatment::centred;
  if (name == "white") return experiments::InputTreatment::white;
  throw base::DomainError(fmt::format("scale = \"{}\": expected raw, centred or white for a file", name));
}

// Fashion-MNIST where images are not named.
std::filesystem::path path_of(const std::string& data, const std::string& file) {
  if (!file.empty()) return file;
  if (data == "file")
    throw base::DataError("data = \"file\": expected file = \"...\" with it, such as mine.csv");
  base::SilentProgress silent;
  experiments::MemoryRunStore nothing;
  const validation::Context context({}, nothing, silent);
  context.require_images();
  return context.images_path();
}

LearningProblem images(const Coordinates& at) {
  base::SilentProgress silent;
  std::optional<std::filesystem::path> labels;
  if (!at.word("labels").empty()) labels = at.word("labels");
  return experiments::images_problem(path_of("images", at.word("file")), labels,
                                     image_scale(at.word("scale")), silent);
}

AnalysisProblem own_data(const Coordinates& at) {
  DataOptions options{
      .path = at.word("file"), .labels = {}, .targets = {}, .target_columns = {}, .classes = {}, .scale = {}};
  if (!at.word("labels").empty()) options.labels = at.word("labels");
  if (!at.word("target_columns").empty()) options.target_columns = at.word("target_columns");
  base::SilentProgress silent;
  auto source = open_data(options);
  const auto split = data::correlate_split(source, at.real("held_out"),
                                           static_cast<std::uint64_t>(at.whole("data_seed")), silent);
  require_representable(split.learned);
  auto analysed = experiments::analysis_problem(split, treatment(at.word("scale")));
  analysed.problem.name = at.word("file");
  return analysed;
}

AnalysisProblem build(const Coordinates& at) {
  const auto& kind = at.word("data");
  const auto seed = static_cast<std::uint64_t>(at.whole("data_seed"));
  const int levels = static_cast<int>(at.whole("levels")), features = static_cast<int>(at.whole("features"));
  if (kind == "file") return own_data(at);
  AnalysisProblem analysed;
  analysed.problem =
      kind == "images" ? images(at)
      : kind == "tree"
          ? experiments::tree_problem(
                {.levels = levels, .flip = at.real("flip"), .features = features, .seed = seed})
          : experiments::graph_problem(graph_named(kind, levels), {.features = features, .seed = seed});
  return analysed;
}

}  // namespace

std::vector<SweepParameter> data_parameters(const std::string& data, const std::string& scale) {
  return {
      word("data", data, {"tree", "chain", "ring", "grid", "clusters", "images", "file"},
           "what is learned: Fig 3's tree, Gaussian features on a graph, images with labels, or a table"),
      whole("levels", 5, 1, 10, "tree, graphs: 2^levels items (clusters: 4 at least)"),
      real("flip", 0.1, 0, 1, "tree: chance that a feature changes on an edge"),
      whole("features", 1000, 1, 1'000'000, "tree, graphs: outputs N3"),
      whole("data_seed", 1, 0, kLargestSeed, "tree, graphs: seed of the features"),
      text("file", "",
           "images: IDX, unless given Fashion-MNIST; file: CSV, NPY, NPZ or IDX; from the current folder"),
      text("labels", "", "images, file: labels when these are not found by name"),
      text("target_columns", "", "file: columns with targets, by name or number"),
      non_negative("held_out", 0, 0.9, "file: share of the examples held out, chosen by data_seed"),
      word("scale", scale, {"raw", "centred", "unit-variance", "white"},
           "images, file: what becomes of the inputs before learning")};
}

SweepDataCache::Data swept_data(const Coordinates& at, SweepDataCache& cache) {
  std::string key;
  for (const auto& parameter : data_parameters()) key += toml_text(at[parameter.name]) + ' ';
  return cache.get(key, [&] { return build(at); });
}

std::shared_ptr<const experiments::LearningProblem> swept_problem(const Coordinates& at,
                                                                  SweepDataCache& cache) {
  const auto data = swept_data(at, cache);
  return {data, &data->problem};
}

std::vector<std::filesystem::path> files_of_data(const std::string& data, const std::string& file,
                                                 const std::string& labels) {
  if (data != "images" && data != "file") return {};
  data::SourceOptions options;
  if (!labels.empty()) options.targets = labels;
  std::vector<std::filesystem::path> paths;
  for (const auto& identity : data::open_dataset(path_of(data, file), options).files)
    paths.push_back(identity.path);
  return paths;
}

}  // namespace dln::tools
