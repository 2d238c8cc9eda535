#include "tools/budget_figure.hpp"

#include <fmt/format.h>

#include "dln/experiments/error_budget.hpp"
#include "plots/error_budget_figure.hpp"

namespace dln::tools {

plots::Drawing draw_budget(validation::Context& context) {
  const auto& tree = context.tree();
  const auto options = context.time_course(tree, experiments::Start::small_random);
  const auto start = experiments::starting_network(tree, options);
  const auto budget = [&](experiments::Activation activation) {
    return experiments::budget(tree, start,
                               {.learning_rate = options.learning_rate,
                                .initial_strength = options.initial_strength,
                                .activation = activation},
                               context.store(), context.progress());
  };
  const auto linear = budget(experiments::Activation::linear), tanh = budget(experiments::Activation::tanh);
  return plots::error_budget_figure(
      {.id = "budget",
       .title = fmt::format(
           "What parts a run on the {} from theory, mode by mode: half-learning times of one "
           "small random start, λ = {:.3g}, N2 = {}, u0 = {:g}, seed {}.",
           tree.name, options.learning_rate, options.hidden_units, options.initial_strength, options.seed),
       .alternative_text =
           "Two panels of stacked bars, one a mode. Linear network: the finite step delays the first modes "
           "by "
           "two per cent and later ones by less, the mode's own start by some per cent either way, and "
           "competition, little at first, by more and more down the tree, up to more than ten per cent. Tanh "
           "network: the same parts, and above them saturation, which grows down the tree and is the largest "
           "part of most modes. In both the marks of the whole lie on the ends of the bars, lower by what "
           "points down; the remainder is too small to be seen.",
       .panels = {{"linear network", &linear}, {"tanh network, same start", &tanh}}});
}

}  // namespace dln::tools
