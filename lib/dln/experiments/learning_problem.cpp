#include "dln/experiments/learning_problem.hpp"

#include <fmt/format.h>

#include "dln/data/whitening.hpp"

namespace dln::experiments {

LearningProblem tree_problem(const data::HierarchicalTree& tree) {
  auto correlations = data::correlate(data::sample(tree));
  auto modes = data::singular_modes(correlations.sigma31);
  const double residual = data::whiteness_residual(correlations.sigma11);
  auto name = fmt::format("tree ({} items, {} features)", correlations.sigma31.cols(), tree.features);
  return {std::move(name), std::move(correlations), std::move(modes), residual, {}};
}

LearningProblem whitened_images_problem(const std::filesystem::path& images,
                                        const std::optional<std::filesystem::path>& labels,
                                        base::Progress& progress) {
  data::SourceOptions options;
  options.labels = labels;
  auto source = data::open_dataset(images, options);
  const auto raw = data::correlate(source, progress);
  auto white = data::whiten(raw, data::WhiteScale::identity);
  auto modes = data::singular_modes(white.correlations.sigma31);
  auto name = fmt::format("whitened images ({} examples, {} inputs)", raw.examples, white.transform.rows());
  return {std::move(name), std::move(white.correlations), std::move(modes), white.residual, source.files};
}

}  // namespace dln::experiments
