// dln data: the data sets of the theory, made (tree, graphs) or looked at (info).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "dln/data/hierarchy.hpp"
#include "dln/data/singular_modes.hpp"
#include "dln/data/whitening.hpp"
#include "tools/commands.hpp"
#include "tools/console.hpp"
#include "tools/data_options.hpp"
#include "tools/graph_data.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

struct TreeOptions {
  std::string levels = "5", flip = "0.1", features = "1000", seed = "1";
  std::optional<std::string> out;
};

std::string features_table(const data::Dataset& dataset) {
  std::string tsv = "item";
  for (Eigen::Index i = 0; i < dataset.targets.rows(); ++i) tsv += fmt::format("\tfeature_{}", i + 1);
  tsv += '\n';
  for (Eigen::Index j = 0; j < dataset.targets.cols(); ++j) {
    tsv += std::to_string(j + 1);
    for (Eigen::Index i = 0; i < dataset.targets.rows(); ++i)
      tsv += dataset.targets(i, j) > 0 ? "\t1" : "\t-1";
    tsv += '\n';
  }
  return tsv;
}

int run_tree(const TreeOptions& options) {
  const data::HierarchicalTree tree{.levels = strict_int("--levels", options.levels, 1, 12),
                                    .flip = strict_number("--flip", options.flip),
                                    .features = strict_int("--features", options.features, 1, 1'000'000),
                                    .seed = strict_count("--seed", options.seed)};
  const auto dataset = data::sample(tree);
  const auto modes = data::singular_modes(data::correlate(dataset).sigma31);
  const auto expected = data::expected_singular_values(tree);
  const auto levels = data::levels_of_modes(tree);
  if (options.out) base::write_file(*options.out, features_table(dataset));
  print("mode\ttree_level\ts\ts_in_expectation\n");
  for (Eigen::Index k = 0; k < modes.size(); ++k)
    print(fmt::format("{}\t{}\t{:.17g}\t{:.17g}\n", k + 1, levels[static_cast<std::size_t>(k)],
                      modes.singular_values[k], expected[k]));
  return 0;
}

void print_spectrum(std::string_view name, const data::SingularModes& modes) {
  for (Eigen::Index k = 0; k < modes.size(); ++k)
    print(fmt::format("{}\t{}\t{:.17g}\n", name, k + 1, modes.singular_values[k]));
}

int run_info(const DataOptions& options) {
  ProgressLine progress;
  const auto read = read_data(options, progress);
  const auto& [source, correlations] = read;
  data::Whitened white;
  data::SingularModes modes, white_modes;
  try {
    white = data::whiten(correlations, data::WhiteScale::identity);
    modes = data::singular_modes(correlations.sigma31);
    white_modes = data::singular_modes(white.correlations.sigma31);
  } catch (const base::DataError& error) {
    rethrow_named(options, error);
  }
  progress.clear();
  for (const auto& file : source.files)
    print(fmt::format("file\t{}\t{} bytes, CRC-32 {:08x}\n", file.path, file.bytes, file.crc32));
  print(fmt::format("examples\tP\t{}\ninputs\tN1\t{}\ntargets\tN3\t{}\n", correlations.examples,
                    source.input_size, source.target_size));
  print(fmt::format("kind of targets\t\t{}\n", targets_of(source)));
  for (const auto& note : notes_on(read.source, read.correlations)) print(fmt::format("note\t\t{}\n", note));
  print(fmt::format("span of the inputs\trank\t{}\n", white.transform.rows()));
  print(fmt::format("residual of whitening\t||Sigma11 - I||/||I||\t{:.3g}\n", white.residual));
  print_spectrum("s of Sigma31", modes);
  print_spectrum("s of Sigma31, whitened", white_modes);
  return 0;
}

}  // namespace

void add_data(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("data", "Make or look at data");
  command->require_subcommand(1);
  command->footer(
      "Examples: dln data tree --levels 4 --features 300; dln data clusters --clusters 4 --size 8;\n"
      "          dln data graph mine.txt; dln data info mine.csv");

  auto tree = std::make_shared<TreeOptions>();
  CLI::App* tree_command =
      command->add_subcommand("tree", "Sample the hierarchical diffusion tree; print its singular values");
  tree_command->add_option("--levels", tree->levels, "Levels of the binary tree, 1 to 12: 2^levels items")
      ->capture_default_str();
  tree_command->add_option("--flip", tree->flip, "Probability to flip on an edge")->capture_default_str();
  tree_command->add_option("--features", tree->features, "Features of an item")->capture_default_str();
  tree_command->add_option("--seed", tree->seed, "Seed")->capture_default_str();
  tree_command->add_option("--out", tree->out,
                           "Also write the features to this file, tab-separated, a line an item");
  tree_command->footer("Example: dln data tree --levels 4 --features 300 --out features.tsv");
  tree_command->callback([tree, &chosen] { chosen = [tree] { return run_tree(*tree); }; });
  add_graph_data(*command, chosen);

  auto info = std::make_shared<DataOptions>();
  CLI::App* info_command =
      command->add_subcommand("info", "Sizes, checksums and singular values of a data set");
  add_data_options(*info_command, *info);
  info_command->footer("Example: dln data info mine.csv --target-columns label");
  info_command->callback([info, &chosen] { chosen = [info] { return run_info(*info); }; });
}

}  // namespace dln::tools
