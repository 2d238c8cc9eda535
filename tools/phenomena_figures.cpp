#include "tools/phenomena_figures.hpp"

#include <fmt/format.h>

#include "plots/differentiation_figure.hpp"
#include "plots/transitions_figure.hpp"
#include "validation/section_4/structured_data.hpp"

namespace dln::tools {
namespace {

using experiments::Differentiation;
using experiments::LearningProblem;
using experiments::TransitionRun;
using validation::Context;

// A deep and a shallow run on one problem, in the plane of the deep one.
struct Pair {
  std::vector<TransitionRun> runs;
  Differentiation deep, shallow;

  Pair(Context& context, const LearningProblem& problem, int layers, const std::vector<Eigen::Index>& after) {
    auto options = validation::section_4::transition_options(context, layers);
    auto shallow_options = validation::section_4::transition_options(context, 2);
    options.keep_answers = shallow_options.keep_answers = true;
    runs = experiments::run_transitions({&problem}, {options, shallow_options}, context.progress())[0];
    deep = experiments::differentiate(problem, runs[0], after);
    shallow = experiments::differentiate(problem, runs[1], after, deep.axes);
  }
};

plots::DifferentiationFigure::Row row_of(const std::string& name, const Pair& pair, int layers, int groups) {
  const auto items = pair.deep.places[0].cols();
  std::vector<int> group_of;
  for (Eigen::Index item = 0; item < items; ++item)
    group_of.push_back(static_cast<int>(item * groups / items));
  return {.name = name,
          .deep = {layers, &pair.runs[0], &pair.deep},
          .shallow = {2, &pair.runs[1], &pair.shallow},
          .groups = std::move(group_of)};
}

}  // namespace

plots::Drawing draw_stages(Context& context) {
  auto data = validation::section_4::structured_data(context);
  std::vector<int> layers{2, 3, 5};
  if (context.effort() != validation::Effort::quick) layers.push_back(10);
  std::vector<experiments::TransitionOptions> options;
  for (const int n : layers) options.push_back(validation::section_4::transition_options(context, n));
  std::vector<const LearningProblem*> problems;
  for (const auto& problem : data.sampled) problems.push_back(&problem);
  problems.push_back(&data.flat);
  const auto runs = experiments::run_transitions(problems, options, context.progress());
  plots::TransitionsFigure figure{
      .id = "stages",
      .title = fmt::format(
          "Stages of learning on structured data: total error and modes, with and without hidden layers; {}; "
          "decoupled start, u0 = {:g} of the least s, gradient flow, seed {}.",
          data.sampled[1].name.substr(data.sampled[1].name.find('(')), options[0].share, context.seed()),
      .alternative_text =
          "Six columns: tree, chain, ring, grid, clusters, and items without edges. Above, the error on a "
          "logarithmic axis: without hidden layers a straight line, with them steps, the more and the "
          "sharper "
          "the deeper the network; on items without edges a single step at every depth. Middle: without "
          "hidden "
          "layers all modes rise together from the start. Below: with three they rise one after the other, "
          "each "
          "at a stroke.",
      .columns = {},
      .layers = layers,
      .shown = 2,
      .modes = {0, 1, 2, 4, 8, 15, 23, 31}};
  for (std::size_t i = 0; i < problems.size(); ++i) figure.columns.push_back({problems[i], &runs[i]});
  return plots::transitions_figure(figure);
}

plots::Drawing draw_differentiation(Context& context) {
  constexpr int kLayers = 5;
  const auto& tree = context.tree();
  const auto data = validation::section_4::structured_data(context);
  const auto& clusters = data.sampled[4];
  const Pair on_tree(context, tree, kLayers, {1, 2, 4, tree.modes.size()}),
      on_clusters(context, clusters, kLayers, {1, 2, 4, clusters.modes.size()});
  return plots::differentiation_figure(
      {.id = "differentiation",
       .title =
           fmt::format("Progressive differentiation: a network of {} layers tells broad categories apart "
                       "before narrow ones, one without hidden layers all at once; a symbol for each quarter "
                       "of the items, circles to diamonds in their order; decoupled start, "
                       "gradient flow, seed {}.",
                       kLayers, context.seed()),
       .alternative_text =
           "Two rows, the hierarchical tree and clusters. Matrices of similarity at four times: blank while "
           "only what all items share is known; then large blocks; then smaller blocks within them; at the "
           "end "
           "the diagonal too. Paths of the items in the plane: in the deep network they leave the centre "
           "together, branch by branch; in the shallow one each goes straight to its place.",
       .rows = {row_of(tree.name, on_tree, kLayers, 4), row_of(clusters.name, on_clusters, kLayers, 4)}});
}

}  // namespace dln::tools
