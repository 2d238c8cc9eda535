#include "tools/run_options.hpp"

#include <CLI/CLI.hpp>

#include "dln/base/error.hpp"
#include "tools/journal.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {

void add_run_options(CLI::App& command, RunOptions& options) {
  command
      .add_option("--effort", options.effort,
                  "quick (small data, seconds), standard (the paper's own scale) or full (long studies)")
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Seed of every random stream")->capture_default_str();
  command.add_option(
      "--images", options.images,
      "IDX or IDX.gz images to use instead of Fashion-MNIST, such as MNIST's train-images-idx3-ubyte.gz");
  command.add_option("--labels", options.labels, "Their labels, when these are not found by name");
  command.add_option("--journal", options.journal,
                     "File to which results are added as they come; after an interruption the same command "
                     "goes on from it");
}

validation::ContextOptions resolve(const RunOptions& options) {
  validation::ContextOptions resolved;
  resolved.effort = validation::effort_from_name(options.effort);
  resolved.seed = strict_count("--seed", options.seed);
  if (options.labels && !options.images)
    throw base::DomainError(fmt::format("--labels {}: expected --images with it", *options.labels));
  if (options.images) resolved.images = *options.images;
  if (options.labels) resolved.labels = *options.labels;
  if (options.journal && options.journal->empty())
    throw base::DomainError("--journal '': expected the name of a file");
  return resolved;
}

std::unique_ptr<experiments::RunStore> open_store(const RunOptions& options) {
  if (options.journal) return std::make_unique<Journal>(*options.journal);
  return std::make_unique<experiments::MemoryRunStore>();
}

}  // namespace dln::tools
