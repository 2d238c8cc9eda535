#include "tools/start_figures.hpp"

#include <fmt/format.h>

#include <list>

#include "dln/experiments/leading_components.hpp"
#include "dln/theory/gaussian_product.hpp"
#include "plots/critical_period_figure.hpp"
#include "plots/orthogonal_figure.hpp"
#include "plots/perceptual_learning_figure.hpp"

namespace dln::tools {

using validation::Context;

plots::Drawing draw_orthogonal(Context& context) {
  const bool quick = context.effort() == validation::Effort::quick;
  experiments::StartsOptions options;
  options.seed = context.seed();
  if (quick) {
    options.layers = {3, 5, 10, 20, 30};
    options.width = 30;
    options.starts = 2;
  }
  const auto problem =
      experiments::leading_components(context.images(experiments::InputScale::unit_variance), options.width);
  const auto rows =
      experiments::run_starts_against_depth(problem, options, context.store(), context.progress());
  plots::OrthogonalFigure figure{
      .id = "orthogonal",
      .title = fmt::format("Orthogonal and scaled Gaussian starts of gain 1 against depth: {}, width {}, {} "
                           "starts each, highest rate at which the error never rises, seed {}.",
                           problem.name, options.width, options.starts, options.seed),
      .alternative_text =
          "Left: the singular values of an orthogonal product stay at one at every depth; of a Gaussian one "
          "the greatest stays near one, the median falls as a power of ten with every few layers and the "
          "least far faster, both along the lines of random-matrix theory. Right, on logarithmic axes: "
          "learning time from orthogonal starts rises a few times up to 20 layers and is nearly flat beyond; "
          "that from Gaussian starts is a little longer at three layers, several times longer at five, and "
          "triangles mark starts given up at ten times the orthogonal one's epochs.",
      .rows = &rows,
      .log_median = {},
      .log_least = {}};
  const int width = static_cast<int>(options.width);
  for (int layers : options.layers) {
    const double median = (theory::gaussian_product_exponent(width, (width + 1) / 2, options.gain) +
                           theory::gaussian_product_exponent(width, width / 2 + 1, options.gain)) /
                          2;
    figure.log_median.push_back((layers - 2) * median);
    figure.log_least.push_back((layers - 2) * theory::gaussian_product_exponent(width, width, options.gain));
  }
  return plots::orthogonal_figure(figure);
}

plots::Drawing draw_layers(Context& context) {
  std::list<experiments::PerceptualLearning> runs;
  plots::PerceptualLearningFigure figure{
      .id = "layers",
      .title = fmt::format(
          "Perceptual learning, layer by layer: a fine discrimination after a broad task, Σ11 = I, weak mode "
          "0.1 strengthened to 1; before the broad task layers are 0.25 each, or each twice the next higher "
          "one; seed {}.",
          context.seed()),
      .alternative_text =
          "Four panels against the layer, for 2 to 5 layers. Weights change equally and at the same time in "
          "equal layers; where lower layers are stronger, higher layers change more and a little earlier. "
          "Receptive fields change more and later the higher the layer, from equal layers too. Below: tuning "
          "curves over orientation of one unit above each of three layers before and after, which gain a "
          "steep slope at 90 degrees, the more the higher the layer. Theory and network lie on each other.",
      .equal = {},
      .unequal = {},
      .shown = nullptr};
  for (int matrices : {2, 3, 4, 5}) {
    experiments::PerceptualLearningOptions options;
    options.seed = context.seed();
    options.layers = experiments::graded_layers(matrices, 0.25, 1);
    figure.equal.push_back(&runs.emplace_back(experiments::run_perceptual_learning(options)));
    options.layers = experiments::graded_layers(matrices, 0.25, 2);
    figure.unequal.push_back(&runs.emplace_back(experiments::run_perceptual_learning(options)));
  }
  figure.shown = figure.equal[1];
  return plots::perceptual_learning_figure(figure);
}

plots::Drawing draw_critical_period(Context& context) {
  experiments::CriticalPeriodOptions options;
  options.seed = context.seed();
  const std::vector<int> matrices{2, 3, 4, 5};
  std::vector<double> ages;
  for (int i = 0; i <= 20; ++i) ages.push_back(0.5 * i);
  const auto run =
      experiments::run_critical_period(options, matrices, ages, {1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4});
  std::vector<std::vector<double>> random;
  for (int L : matrices) {
    random.emplace_back();
    for (double age : ages)
      random.back().push_back(experiments::later_learning_from_random_weights(options, L, age).epochs);
  }
  return plots::critical_period_figure(
      {.id = "critical-period",
       .title =
           fmt::format("A critical period: lower layers grow by autoencoding from the age at which input "
                       "comes until T_c = {:g} τ, then a task of s = {:g} is learned; v0 = {:g} on the "
                       "left, seed {}.",
                       options.closing_age, options.singular_value, options.initial_strength, options.seed),
       .alternative_text =
           "Left: learning time of the later task against the age at which input comes, for 2 to 5 layers of "
           "weights, on a logarithmic axis. Flat for early ages, it rises from about the age marked by a "
           "dotted line, exponentially and the steeper the deeper, and is flat again beyond the solid line "
           "where the period closes. Crosses, networks from random weights, scatter about the curves. Right: "
           "the slow-down by total deprivation against the strength at birth on logarithmic axes, straight "
           "lines for three layers and more, with the predicted slopes; nearly flat for two.",
       .run = &run,
       .window_end = experiments::window_end(options),
       .closing_age = options.closing_age,
       .from_random_weights = random});
}

}  // namespace dln::tools
