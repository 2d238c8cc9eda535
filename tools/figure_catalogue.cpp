#include "tools/figure_catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dln/base/error.hpp"
#include "plots/figures.hpp"
#include "tools/budget_figure.hpp"
#include "tools/consistency_figures.hpp"
#include "tools/depth_sweep_figures.hpp"
#include "tools/generalisation_figures.hpp"
#include "tools/phenomena_figures.hpp"
#include "tools/pretraining_figures.hpp"
#include "tools/sharpness_figures.hpp"
#include "tools/start_figures.hpp"
#include "tools/strict_text.hpp"

namespace dln::tools {
namespace {

using experiments::Start;
using validation::Context;

plots::Drawing draw_2(Context&) {
  const experiments::PhasePortraitOptions options;
  return plots::phase_portrait_figure(experiments::draw_phase_portrait(options), options);
}

// The modes wanted, 1-based, as far as the data have them.
std::vector<Eigen::Index> existing(std::initializer_list<Eigen::Index> wanted, Eigen::Index available) {
  std::vector<Eigen::Index> modes;
  for (Eigen::Index mode : wanted)
    if (mode <= available) modes.push_back(mode - 1);
  return modes;
}

plots::Drawing draw_3l(Context& context) {
  const auto& tree = context.tree();
  auto options = context.time_course(tree, Start::small_random);
  options.completion = 0.999;  // so that curves do not end within the picture
  const auto course = experiments::run_time_course(tree, options);
  options.activation = experiments::Activation::tanh;
  const auto tanh_course = experiments::run_time_course(tree, options);
  return plots::time_course_figure(
      {.id = "3l",
       .title = fmt::format(
           "Fig 3 left: strengths of modes while learning the {}, λ = {:.3g}, N2 = {}, u0 = {:g}, seed {}.",
           tree.name, options.learning_rate, options.hidden_units, options.initial_strength, options.seed),
       .alternative_text =
           "Modes rise one after the other from zero towards their singular values, the "
           "strongest first: thick curves the closed "
           "form of Eq 12, dashed ones a linear network trained from small random weights, "
           "dotted ones a tanh network from the same weights, squares the half-learning times "
           "of Eq 11. All lie close together for the strong modes; the weakest modes come "
           "late, in the tanh network latest, and mix with their near-degenerate neighbours.",
       .problem = &tree,
       .options = options,
       .modes = existing({1, 2, 3, 5, 12, 18, 31}, tree.modes.size()),
       .simulations = {{"linear network, small random start", &course, plots::Look::blue_dashes},
                       {"tanh network, same start", &tanh_course, plots::Look::green_dots}}});
}

// Mean over the modes of each level, for each column the mean over the runs.
linalg::Vector level_means(const std::vector<int>& levels, const linalg::Matrix& of_runs) {
  linalg::Vector sums = linalg::Vector::Zero(levels.back() + 1), counts = sums;
  for (Eigen::Index k = 0; k < of_runs.cols(); ++k) {
    sums[levels[static_cast<std::size_t>(k)]] += of_runs.col(k).mean();
    counts[levels[static_cast<std::size_t>(k)]] += 1;
  }
  return sums.cwiseQuotient(counts);
}

plots::Drawing draw_3r(Context& context) {
  const auto& tree = context.tree();
  // The paper's 100 starts; for the panel against u0 fewer do, and quick effort makes do with fewer still.
  const bool quick = context.effort() == validation::Effort::quick;
  const int starts = quick ? 20 : 100, starts_each = 20;
  auto options = context.time_course(tree, Start::small_random);
  const auto delays = [&](experiments::Activation activation, double u0, int runs) {
    auto mine = options;
    mine.activation = activation;
    mine.initial_strength = u0;
    const auto found = experiments::run_random_starts(tree, mine, runs, context.store(), context.progress());
    return experiments::attribute_delays(tree, mine, found.half_times);
  };
  using experiments::Activation;
  const auto levels = data::levels_of_modes(context.tree_shape());
  const std::vector<double> strengths{1e-12, 1e-10, 1e-9, 1e-8, 1e-6, 1e-4, 1e-3};
  const auto count = static_cast<Eigen::Index>(strengths.size());
  linalg::Matrix linear(count, levels.back() + 1), tanh = linear;
  for (Eigen::Index i = 0; i < count; ++i) {
    const double u0 = strengths[static_cast<std::size_t>(i)];
    linear.row(i) = level_means(levels, delays(Activation::linear, u0, starts_each).total);
    tanh.row(i) = level_means(levels, delays(Activation::tanh, u0, starts_each).total);
  }
  return plots::learning_delay_figure(
      {.id = "3r",
       .title = fmt::format("Fig 3 right: delay of learning, mean and standard deviation over {} random "
                            "starts on the {}; right panel {} starts at each u0; λ = {:.3g}, seed {}.",
                            starts, tree.name, starts_each, options.learning_rate, options.seed),
       .alternative_text =
           "Left: against the number of the mode the delay of the linear network stays below two per cent "
           "for "
           "the strong modes and climbs to some ten per cent, level by level of the tree; that of the tanh "
           "network climbs to some thirty. The parts of the linear delay are drawn as lines: the finite step "
           "falls with the mode's number, the mode's own start scatters about zero, competition grows. "
           "Right: "
           "the delays of linear levels shrink as u0 falls; those of the last tanh levels fall below zero.",
       .levels = levels,
       .linear = delays(Activation::linear, options.initial_strength, starts),
       .tanh = delays(Activation::tanh, options.initial_strength, starts),
       .initial_strengths = strengths,
       .linear_by_level = linear,
       .tanh_by_level = tanh});
}

plots::Drawing draw_3e(Context& context) {
  const auto& tree = context.tree();
  auto options = context.time_course(tree, Start::small_random);
  options.initial_strength = 1e-12;  // so small a start passes its saddles close by
  const auto flow = experiments::run_energy_flow(tree, options);
  return plots::energy_flow_figure(
      {.id = "3e",
       .title = fmt::format(
           "Energy of Eq 6 along one run on the {}, λ = {:.3g}, N2 = {}, u0 = {:g}, seed {}.", tree.name,
           options.learning_rate, options.hidden_units, options.initial_strength, options.seed),
       .alternative_text =
           "The cooperative energy, what is still to be learned, falls in steps; the competitive energy "
           "rises with each step and falls again, staying far below. Dotted vertical lines mark the saddles "
           "that the run passes, where learning all but stops, each with its number of learned modes.",
       .flow = &flow});
}

plots::Drawing draw_3w(Context& context) {
  const auto& images = context.images();
  auto random = context.time_course(images, Start::small_random);
  random.completion = 0.9999;
  auto decoupled = random;
  decoupled.start = Start::decoupled;
  const auto random_course = experiments::run_time_course(images, random);
  const auto decoupled_course = experiments::run_time_course(images, decoupled);
  return plots::time_course_figure(
      {.id = "3w",
       .title = fmt::format("The time course of Fig 3 on {}, λ = {:.3g}, N2 = {}, u0 = {:g}, seed {}.",
                            images.name, random.learning_rate, random.hidden_units, random.initial_strength,
                            random.seed),
       .alternative_text = "Modes rise along sigmoids to their singular values, which lie within a factor of "
                           "about two, so that their rises "
                           "overlap. Thick curves are the closed form of Eq 12; circles, a network from a "
                           "decoupled start, fall on them but for "
                           "the small delay of its finite steps; dashed curves, a network from small random "
                           "weights, run close by.",
       .problem = &images,
       .options = random,
       .modes = existing({1, 4, 7, 8, 9, 10}, images.modes.size()),
       .simulations = {{"network, small random start", &random_course, plots::Look::blue_dashes},
                       {"network, decoupled start", &decoupled_course, plots::Look::blue_circles}}});
}

plots::Drawing draw_depth(Context&) {
  return plots::depth_curves_figure(
      {.id = "depth",
       .title = "A mode at every depth by Eqs 15 and 16, each at its optimal rate 1/λmax, from u0 = 0.01 s.",
       .alternative_text =
           "Strength against gradient steps. The curve of two layers rises at once; with each layer the "
           "plateau is longer "
           "and the rise at its end sharper, and the curves crowd towards that of infinitely many layers.",
       .share = 0.01,
       .layers = {2, 3, 4, 6, 10, 30, 100}});
}

plots::Drawing draw_delay(Context&) {
  return plots::depth_delay_figure(
      {.id = "delay",
       .title = "How much later a deep network learns than one of three layers, each at the rate 1/λmax, "
                "from u0 to s − u0.",
       .alternative_text =
           "Two panels of the excess in gradient steps, on logarithmic axes. Left, against the number of "
           "layers for four initial strengths: each curve rises and levels off at its dotted limit, which is "
           "about s over u0. Right, against s over u0: the limit of infinitely many layers follows the "
           "straight line s over u0; 100, 10 and 5 layers follow it while u0 is large and bend below it, the "
           "sooner the fewer they are, into straight lines of smaller slope.",
       .shares = {0.1, 1e-2, 1e-3, 1e-4},
       .layers = {4,  5,   6,   7,   8,   10,  13,   17,   22,   30,    40,    55,
                  75, 100, 140, 200, 300, 500, 1000, 2000, 5000, 10000, 30000, 100000},
       .layers_against_strength = {100, 10, 5}});
}

plots::Drawing draw_rate(Context&) {
  experiments::ModeRateOptions options;
  const double share = options.initial_strength;
  const auto unit = run_mode_rates(options);
  options.singular_value = 4;
  options.initial_strength = 4 * share;
  const auto four = run_mode_rates(options);
  return plots::learning_rate_figure(
      {.id = "rate",
       .title = fmt::format("Learning rates of one mode against depth, gradient descent from u0 = {:g} s to "
                            "within as much of s.",
                            share),
       .alternative_text =
           "Three panels against the number of layers. Left, rates on logarithmic axes: the edge of "
           "stability "
           "lies on 2/λmax at every depth and the fastest rate between 1/λmax and it, all falling as one "
           "over "
           "the number of layers. Centre, the same times λmax: the edge at 2, the fastest rate rising from 1 "
           "without hidden layers to 1.86, the same points for another singular value. Right, the steps: "
           "descent at 1/λmax lies on the exact law, which rises and levels off at a thousand; the fastest "
           "rate needs a little more than half as many.",
       .share = share,
       .modes = {{1, &unit}, {4, &four}}});
}

plots::Drawing draw_unequal(Context& context) {
  experiments::UnequalLayersOptions options;
  options.seed = context.seed();
  const auto rising = experiments::run_unequal_layers(options);
  options.layers = {-0.2, 0.5, 0.9};
  const auto through_zero = experiments::run_unequal_layers(options);
  return plots::unequal_layers_figure(
      {.id = "unequal",
       .title =
           fmt::format("Which layer moves when: a mode of s = 1, τ = 1 from unequal layers, seed {}. Left: "
                       "five, each twice the last; middle: three, one of them negative; right: a_l² "
                       "grows by the same y in every layer.",
                       options.seed),
       .alternative_text =
           "Left: strengths of five layers against time. The least layer moves first and most, the greatest "
           "last and hardly at all; black squares, where half of a layer's change is done, move right with "
           "its size. Middle: a negative layer rises through zero while the two others first shrink and then "
           "grow. Right: the relative change falls with the square of the layer's size, points on a curve. "
           "Closed form, flow and network lie on each other.",
       .rising = &rising,
       .through_zero = &through_zero});
}

}  // namespace

const std::vector<CatalogueEntry>& figure_catalogue() {
  static const std::vector<CatalogueEntry> catalogue{
      {"2", "Fig 2: phase portrait of Eq 8", false, draw_2},
      {"3l", "Fig 3 left: mode strengths on the tree, theory, linear and tanh network", false, draw_3l},
      {"3r", "Fig 3 right: delays of random starts and their parts, against mode and u0", false, draw_3r},
      {"3e", "along one run: energy of cooperation and competition, saddles passed", false, draw_3e},
      {"3w", "Fig 3 left on whitened images: decoupled and small random start", true, draw_3w},
      {"budget", "what parts a run from theory, mode by mode: step, start, competition, saturation", false,
       draw_budget},
      {"4l", "Fig 4 left: learning time against depth, on real images", true, draw_4l, true},
      {"4r", "Fig 4 right: best learning rate against depth, on real images", true, draw_4r, true},
      {"4k", "Fig 4 in units of 1/lambda_max: best stable and best of all, on a fine grid", true, draw_4k,
       true},
      {"5l", "Fig 5 left: submatrix of Sigma11 of real images, in pixels", true, draw_5l},
      {"5c", "Fig 5 centre: V11^T Sigma11 V11 of real images, over the task's modes", true, draw_5c},
      {"5r", "Fig 5 right: pretrained and random start on real images, at one rate and at the best of each",
       true, draw_5r},
      {"5x", "pretrained and random start against the scale of the start and against depth", true, draw_5x},
      {"depth", "learning curves of a mode for N_l = 2 to 100 and infinity", false, draw_depth},
      {"delay", "t_N - t_3 against depth and against s/u0, and its limit", false, draw_delay},
      {"rate", "learning rates of a mode against depth: edge of stability, fastest rate, steps", false,
       draw_rate},
      {"unequal", "which layer moves when, from unequal layers", false, draw_unequal},
      {"stages", "stages of learning on graphs: error and modes, with and without hidden layers", false,
       draw_stages},
      {"differentiation", "items told apart, broad categories first: similarity and paths", false,
       draw_differentiation},
      {"orthogonal", "orthogonal and Gaussian starts against depth: singular values, learning time", true,
       draw_orthogonal},
      {"layers", "perceptual learning: size and timing of change in every layer", false, draw_layers},
      {"critical-period", "learning time of a later task against the age at which input comes", false,
       draw_critical_period},
      {"generalisation", "noisy teacher: spectrum, training and test error over time, when to stop", false,
       draw_generalisation},
      {"sharpness", "sharpness along training, whole spectrum, and descent past 2/lambda_max", false,
       draw_sharpness},
  };
  return catalogue;
}

const CatalogueEntry& find_figure(std::string_view id) {
  const auto found = std::ranges::find(figure_catalogue(), id, &CatalogueEntry::id);
  if (found != figure_catalogue().end()) return *found;
  std::vector<std::string> ids;
  for (const auto& entry : figure_catalogue()) ids.push_back(entry.id);
  throw base::DomainError(
      fmt::format("figure '{}': unknown; expected one of {}", id.substr(0, 60), fmt::join(ids, ", ")));
}

}  // namespace dln::tools
