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

LearningProblem whitened_images_problem(const std::filesystem::path& images,
                                        const std::optional<std::filesystem::path>& labels,
                                        base::Progress& progress) {
  data::SourceOptions options;
  options.labels = labels;
  auto source = data::open_dataset(images, options);
  const auto raw = data::correlate(source, progress);
  try {
    auto white = data::whiten(raw, data::WhiteScale::identity);
    auto modes = data::singular_modes(white.correlations.sigma31);
    if (modes.size() < 2) throw base::DataError("one mode only; expected images of at least two classes");
    auto name = fmt::format("whitened images ({} examples, {} inputs)", raw.examples, white.transform.rows());
    const auto fingerprint = data::fingerprint(white.correlations);
    return {std::move(name),
            std::move(white.correlations),
            std::move(modes),
            white.residual,
            source.files,
            fingerprint,
            {}};
  } catch (const base::DataError& error) {
    throw base::DataError(fmt::format("cannot use {}: {}", images.string(), error.what()));
  }
}

}  // namespace dln::experiments
