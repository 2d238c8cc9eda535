// dln data chain|ring|grid|clusters|gaussian-tree|edgeless|graph: features on a graph, their modes beside the
// Laplacian's.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "dln/base/atomic_file.hpp"
#include "dln/base/error.hpp"
#include "dln/data/edge_list.hpp"
#include "tools/console.hpp"
#include "tools/data_options.hpp"
#include "tools/graph_data.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

// What every kind of graph shares; the defaults are those of the report.
struct FeatureOptions {
  std::string sigma = "5", features = "1000", seed = "1";
  std::optional<std::string> out;
};

constexpr int kMostItems = 2000, kMostFeatures = 1'000'000;

// `limits` as text: 1e12 is easier to read than its digits.
double number_within(std::string_view what, std::string_view text, double least, double most,
                     std::string_view limits) {
  const double value = strict_number(what, text);
  base::require(value >= least && value <= most, what, value, limits);
  return value;
}

// A line an item, so that its features are read across. Names of items hold no tab.
std::string features_table(const data::ItemGraph& graph, const data::Dataset& dataset) {
  std::string tsv = "item";
  for (Eigen::Index i = 0; i < dataset.targets.rows(); ++i) tsv += fmt::format("\tfeature_{}", i + 1);
  tsv += '\n';
  for (Eigen::Index j = 0; j < dataset.targets.cols(); ++j) {
    tsv += graph.items[static_cast<std::size_t>(j)];
    for (Eigen::Index i = 0; i < dataset.targets.rows(); ++i)
      tsv += fmt::format("\t{:.17g}", dataset.targets(i, j));
    tsv += '\n';
  }
  return tsv;
}

// A graph made here is one without a heading.
int run_graph(const data::EdgeList& list, const FeatureOptions& options) {
  const auto& graph = list.graph;
  const data::GraphFeatures features{
      .sigma = number_within("--sigma", options.sigma, 1e-6, 1e6, "a number from 1e-6 to 1e6"),
      .features = strict_int("--features", options.features, 1, kMostFeatures),
      .seed = strict_count("--seed", options.seed)};
  const auto expected = data::graph_modes(graph, features);
  const auto dataset = data::sample(graph, features);
  const auto sampled = data::singular_modes(data::correlate(dataset).sigma31);
  const auto overlaps = data::eigenspace_overlaps(sampled, expected);
  if (options.out) base::write_file(*options.out, features_table(graph, dataset));
  print("mode\ts\ts_in_expectation\tlaplacian_eigenvalue\tmultiplicity\toverlap_with_eigenspace\n");
  for (Eigen::Index k = 0; k < sampled.size(); ++k)
    print(fmt::format("{}\t{:.17g}\t{:.17g}\t{:.17g}\t{}\t{:.17g}\n", k + 1, sampled.singular_values[k],
                      expected.singular_values[k], expected.eigenvalues[k],
                      expected.multiplicity[static_cast<std::size_t>(k)], overlaps[k]));
  if (!list.heading.empty())
    print(fmt::format("\nThe line '{}' was taken for a heading and skipped: it names no edge.\n",
                      list.heading.substr(0, 60)));
  return 0;
}

// One word of `dln data`: its own options come from `add`, which returns what makes the graph of them.
using GraphMaker = std::function<data::EdgeList()>;

void add_kind(CLI::App& data, Action& chosen, const std::string& word, const std::string& sentence,
              const std::string& example, const std::function<GraphMaker(CLI::App&)>& add) {
  CLI::App* command = data.add_subcommand(word, sentence);
  const GraphMaker make = add(*command);
  auto options = std::make_shared<FeatureOptions>();
  command
      ->add_option("--sigma", options->sigma, "Standard deviation of an item without neighbours, 1e-6 to 1e6")
      ->capture_default_str();
  command->add_option("--features", options->features, "Features of an item")->capture_default_str();
  command->add_option("--seed", options->seed, "Seed")->capture_default_str();
  command->add_option("--out", options->out,
                      "Also write the features to this file, tab-separated, a line an item");
  command->footer("Example: dln data " + example);
  command->callback([=, &chosen] { chosen = [=] { return run_graph(make(), *options); }; });
}

std::shared_ptr<std::string> number(CLI::App& command, const std::string& name, const char* standard,
                                    const std::string& sentence) {
  auto text = std::make_shared<std::string>(standard);
  command.add_option(name, *text, sentence)->capture_default_str();
  return text;
}

void add_rows(CLI::App& data, Action& chosen) {
  add_kind(data, chosen, "chain", "Items in a row, each joined to the next; print its modes",
           "chain --items 32 --features 1000 --out features.tsv", [](CLI::App& c) {
             const auto items = number(c, "--items", "32", "Items, 2 to 2000");
             return [=]() -> data::EdgeList {
               return {data::chain_graph(strict_int("--items", *items, 2, kMostItems)), {}};
             };
           });
  add_kind(data, chosen, "ring", "A chain whose last item is joined to the first",
           "ring --items 32 --sigma 5", [](CLI::App& c) {
             const auto items = number(c, "--items", "32", "Items, 3 to 2000");
             return [=]() -> data::EdgeList {
               return {data::ring_graph(strict_int("--items", *items, 3, kMostItems)), {}};
             };
           });
  add_kind(data, chosen, "grid", "Items in rows and columns, joined to their neighbours",
           "grid --rows 4 --columns 8", [](CLI::App& c) {
             const auto rows = number(c, "--rows", "4", "Rows"),
                        columns = number(c, "--columns", "8", "Columns");
             return [=]() -> data::EdgeList {
               return {data::grid_graph(strict_int("--rows", *rows, 1, kMostItems),
                                        strict_int("--columns", *columns, 1, kMostItems)),
                       {}};
             };
           });
}

void add_groups(CLI::App& data, Action& chosen) {
  add_kind(data, chosen, "clusters", "Groups of items that are all joined, and weakly to all others",
           "clusters --clusters 4 --size 8 --between 0.02", [](CLI::App& c) {
             const auto clusters = number(c, "--clusters", "4", "Clusters"),
                        size = number(c, "--size", "8", "Items of each"),
                        between = number(c, "--between", "0.02", "Weight of edges across; 1 within");
             return [=]() -> data::EdgeList {
               return {data::cluster_graph(
                           strict_int("--clusters", *clusters, 1, kMostItems),
                           strict_int("--size", *size, 1, kMostItems),
                           number_within("--between", *between, 0, 1e12, "a number from 0 to 1e12")),
                       {}};
             };
           });
  add_kind(data, chosen, "gaussian-tree",
           "A binary tree whose nodes, leaves or not, are all items with Gaussian features",
           "gaussian-tree --levels 4", [](CLI::App& c) {
             const auto levels = number(c, "--levels", "4", "Levels below the root, 1 to 9");
             return [=]() -> data::EdgeList {
               return {data::binary_tree_graph(strict_int("--levels", *levels, 1, 9)), {}};
             };
           });
  add_kind(data, chosen, "edgeless", "Items that have nothing to do with each other: a flat spectrum",
           "edgeless --items 32", [](CLI::App& c) {
             const auto items = number(c, "--items", "32", "Items, 2 to 2000");
             return [=]() -> data::EdgeList {
               return {data::edgeless_graph(strict_int("--items", *items, 2, kMostItems)), {}};
             };
           });
}

void add_file(CLI::App& data, Action& chosen) {
  add_kind(data, chosen, "graph", "A graph of your own: a file of edges, 'a b [weight]' or 'a,b[,weight]'",
           "graph mine.txt --out features.tsv", [](CLI::App& c) {
             auto path = std::make_shared<std::string>();
             c.add_option("file", *path, "Edge list; # starts a comment, a name alone declares an item")
                 ->required();
             return [=]() -> data::EdgeList { return data::read_edge_list(*path); };
           });
}

}  // namespace

void add_graph_data(CLI::App& data, Action& chosen) {
  add_rows(data, chosen);
  add_groups(data, chosen);
  add_file(data, chosen);
}

}  // namespace dln::tools
