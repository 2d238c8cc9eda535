#include "dln/experiments/learning_problem.hpp"

#include <fmt/format.h>

#include "dln/base/error.hpp"
#include "dln/data/whitening.hpp"

namespace dln::experiments {

LearningProblem tree_problem(const data::HierarchicalTree& tree) {
  auto examples = data::sample(tree);
  auto correlations = data::correlate(examples);
  auto modes = data::singular_modes(correlations.sigma31);
  const double residual = data::whiteness_residual(correlations.sigma11);
  auto name = fmt::format("tree ({} items, {} features)", correlations.sigma31.cols(), tree.features);
  const auto fingerprint = data::fingerprint(correlations);
  return {std::move(name), std::move(correlations), std::move(modes), residual, {},
          fingerprint,     std::move(examples)};
}

namespace {

std::string_view name_of(InputScale scale) {
  return scale == InputScale::raw             ? "raw images"
         : scale == InputScale::unit_variance ? "images of unit variance"
                                              : "whitened images";
}

}  // namespace

LearningProblem scaled_problem(const data::Correlations& raw, InputScale scale,
                               std::vector<data::FileIdentity> files) {
  LearningProblem problem;
  if (scale == InputScale::raw) {
    problem.correlations = data::in_principal_components(raw).correlations;
  } else {
    auto white = data::whiten(
        raw, scale == InputScale::sum_white ? data::WhiteScale::identity : data::WhiteScale::unit_variance);
    problem.correlations = std::move(white.correlations);
    problem.whiteness_residual = white.residual;
  }
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  if (problem.modes.size() < 2)
    throw base::DataError("one mode only; expected images of at least two classes");
  problem.name = fmt::format("{} ({} examples, {} inputs)", name_of(scale), raw.examples,
                             problem.correlations.sigma31.cols());
  problem.files = std::move(files);
  problem.fingerprint = data::fingerprint(problem.correlations);
  return problem;
}

LearningProblem images_problem(const std::filesystem::path& images,
                               const std::optional<std::filesystem::path>& labels, InputScale scale,
                               base::Progress& progress) {
  data::SourceOptions options;
  options.targets = labels;
  auto source = data::open_dataset(images, options);
  const auto raw = data::correlate(source, progress);
  try {
    return scaled_problem(raw, scale, source.files);
  } catch (const base::DataError& error) {
    throw base::DataError(fmt::format("cannot use {}: {}", images.string(), error.what()));
  }
}

}  // namespace dln::experiments
