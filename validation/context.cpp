#include "validation/context.hpp"

#include "dln/base/error.hpp"
#include "dln/experiments/depth_prediction.hpp"

namespace dln::validation {

std::string_view name_of(Effort effort) {
  switch (effort) {
    case Effort::quick:
      return "quick";
    case Effort::standard:
      return "standard";
    case Effort::full:
      return "full";
  }
  return "unknown";
}

Effort effort_from_name(std::string_view name) {
  for (Effort effort : {Effort::quick, Effort::standard, Effort::full})
    if (name == name_of(effort)) return effort;
  throw base::DomainError(fmt::format("effort '{}': expected quick, standard or full", name));
}

Context::Context(ContextOptions options, experiments::RunStore& store, base::Progress& progress)
    : options_(std::move(options)), store_(store), progress_(progress) {}

std::filesystem::path Context::images_path() const {
  if (options_.images) return *options_.images;
  const std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
  return folder / (effort() == Effort::quick ? "t10k-images-idx3-ubyte.gz" : "train-images-idx3-ubyte.gz");
}

void Context::require_images() const {
  if (!std::filesystem::exists(images_path()))
    throw base::DataError(
        fmt::format("cannot read {}: no such file; install Debian's package dataset-fashion-mnist, "
                    "or name a file with --images",
                    images_path().string()));
}

data::ExampleSource Context::open_images() const {
  require_images();
  data::SourceOptions options;
  options.targets = options_.labels;
  return data::open_dataset(images_path(), options);
}

data::HierarchicalTree Context::tree_shape() const {
  if (effort() == Effort::quick) return {.levels = 4, .features = 300, .seed = seed()};
  return {.seed = seed()};
}

const experiments::LearningProblem& Context::tree() {
  if (!tree_) tree_ = experiments::tree_problem(tree_shape());
  return *tree_;
}

const data::Correlations& Context::raw_images() {
  if (!raw_images_) {
    auto source = open_images();
    raw_images_ = data::correlate(source, progress_);
    image_files_ = source.files;
  }
  return *raw_images_;
}

const experiments::LearningProblem& Context::images(experiments::InputScale scale) {
  if (const auto found = images_.find(scale); found != images_.end()) return found->second;
  const auto& raw = raw_images();
  try {
    return images_.emplace(scale, experiments::scaled_problem(raw, scale, image_files_)).first->second;
  } catch (const base::DataError& error) {
    throw base::DataError(fmt::format("cannot use {}: {}", images_path().string(), error.what()));
  }
}

const experiments::LearningProblem& Context::images() {
  return images(experiments::InputScale::sum_white);
}

experiments::DepthSweepOptions Context::depth_sweep(const experiments::LearningProblem& problem) const {
  experiments::DepthSweepOptions options;
  options.seed = seed();
  options.first_layer = options_.first_layer;
  const double share = static_cast<double>(problem.correlations.examples) / 60000;
  options.error_threshold *= share;
  for (double rate : experiments::paper_rates()) options.rates.push_back(rate / share);
  if (effort() == Effort::quick) {
    options.layers = {3, 5, 10, 20, 50, 100};
    options.hidden_units = 50;
  }
  return options;
}

experiments::DepthSweepOptions Context::depth_sweep_about_stability(experiments::InputScale scale) {
  using experiments::InputScale, experiments::stability_grid;
  auto options = depth_sweep(images(scale));
  options.rates.clear();
  options.kappas = scale == InputScale::raw             ? stability_grid(0.3, 60, 1.1)
                   : scale == InputScale::unit_variance ? stability_grid(0.5, 8, 1.05)
                                                        : stability_grid(1.5, 2.8, 1.1);
  if (scale != InputScale::sum_white) return options;
  options.layers = {3, 10, 20, 36};
  if (effort() != Effort::quick) options.layers.insert(options.layers.end(), {64, 100});
  return options;
}

std::vector<const experiments::LearningProblem*> Context::used_problems() const {
  std::vector<const experiments::LearningProblem*> used;
  if (tree_) used.push_back(&*tree_);
  for (const auto& [scale, problem] : images_) used.push_back(&problem);
  return used;
}

experiments::TimeCourseOptions Context::time_course(const experiments::LearningProblem& problem,
                                                    experiments::Start start) const {
  experiments::TimeCourseOptions options;
  options.start = start;
  options.seed = seed();
  // lambda = 0.5e-3 goes with the paper's s_1 of about 80; smaller data keep lambda s_1, and with it the size
  // of every O(lambda) effect.
  if (problem.modes.singular_values[0] < 60) options.learning_rate *= 80 / problem.modes.singular_values[0];
  return options;
}

int Context::random_starts() const {
  switch (effort()) {
    case Effort::quick:
      return 5;
    case Effort::standard:
      return 20;
    case Effort::full:
      return 100;
  }
  return 0;
}

}  // namespace dln::validation
