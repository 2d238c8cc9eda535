#include "tools/sharpness_figures.hpp"

#include <fmt/format.h>

#include "plots/sharpness_figure.hpp"

namespace dln::tools {
namespace {

using experiments::SharpnessRun;
using experiments::Start;
using validation::Context;

constexpr double kKappa = 1.2;  // of the runs on the tree: 2/rate stays in the picture

// Until the strongest modes are learned, by when the top eigenvalue is where it will stay.
constexpr double kShown = 0.3;  // of the time of the last mode

struct OnTheTree {
  experiments::SharpnessRunOptions options;
  double learned;  // epochs until the last mode is
};
OnTheTree on_the_tree(Context& context, int layers) {
  experiments::SharpnessRunOptions options{.depth = base::Depth::from_layers(layers),
                                           .hidden_units = context.tree().modes.size(),
                                           .kappa = kKappa,
                                           .samples = context.effort() == validation::Effort::quick ? 13 : 31,
                                           .seed = context.seed()};
  const double learned = plan_sharpness(context.tree(), options).following.duration;
  options.duration = kShown * learned;
  return {options, learned};
}

plots::SharpnessFigure::Course course_of(Context& context, const OnTheTree& tree, const SharpnessRun& run) {
  plots::SharpnessFigure::Course course{tree.options.depth.layers(), &run, tree.learned, {}, {}};
  for (int k = 0; k <= 240; ++k) course.epochs.push_back(tree.options.duration * k / 240);
  course.theory = experiments::predicted_sharpness(context.tree(), tree.options, course.epochs);
  return course;
}

plots::SharpnessFigure::Settled settled(double balanced_kappa, bool network, int count, std::uint64_t seed) {
  const experiments::SettlingOptions options{.balanced_kappa = balanced_kappa,
                                             .nudge = network ? 1e-4 : 1e-6};
  plots::SharpnessFigure::Settled all{balanced_kappa, network, {}};
  for (int i = 0; i < count; ++i) {
    const double least = std::max(1.0, balanced_kappa);
    const double kappa = least + (4.1 - least) * i / (count - 1);
    all.runs.push_back(network ? experiments::settle_network(kappa, options, seed)
                               : experiments::settle_pair(kappa, options));
  }
  return all;
}

}  // namespace

plots::Drawing draw_sharpness(Context& context) {
  const auto& tree = context.tree();
  const auto on_three = on_the_tree(context, 3), on_five = on_the_tree(context, 5);
  const auto three = run_sharpness(tree, on_three.options), five = run_sharpness(tree, on_five.options);
  auto random = on_three.options;
  random.start = Start::small_random;
  const auto plan = plan_sharpness(tree, random);
  const auto from_random =
      experiments::sharpness_along(tree.correlations, plan.start, experiments::Way::descent, plan.following);
  const auto fine =
      experiments::run_hessian_spectrum({.duration = 4, .samples = 161, .seed = context.seed()});
  const auto points =
      experiments::run_hessian_spectrum({.duration = 4, .samples = 21, .seed = context.seed()});
  plots::SharpnessFigure figure{
      .id = "sharpness",
      .title =
          fmt::format("Sharpness of the error: its top eigenvalue while learning the {} at κ = {:g}, u0 = "
                      "{:g} of the least s, "
                      "seed {}; every eigenvalue of a small network; what descent does past the limit κ = 2.",
                      tree.name, kKappa, on_three.options.share, context.seed()),
      .alternative_text =
          "Four panels. Top eigenvalue over λmax against time: with three layers it starts at one half, "
          "dips, and "
          "rises to one, with five it rises from nearly zero; points of the network on the closed form's "
          "curve, "
          "2/rate above. All eigenvalues of a small network against time, points on lines. Strengths that "
          "descent "
          "visits against κ: one up to 2, a fork of two on the closed form up to 2.47, then more and more in "
          "bands that reach the dividing line at 4, beyond which there are none. How steep the minimum is "
          "that "
          "descent ends in against the one it began beside: equal up to 2, then falling below 2, none beyond "
          "4.",
      .data = tree.name,
      .courses = {course_of(context, on_three, three), course_of(context, on_five, five)},
      .spectrum = {experiments::SpectrumOptions{}.units, &fine, &points},
      .visited = {},
      .settled = {settled(1, false, 63, context.seed()), settled(1.5, false, 53, context.seed()),
                  settled(1.9, false, 45, context.seed()), settled(1.5, true, 27, context.seed())}};
  figure.courses[0].random = &from_random;
  for (int i = 0; i <= 120; ++i)
    figure.visited.push_back(experiments::visited_strengths(1.8 + 2.3 * i / 120, {.kept = 24}));
  return plots::sharpness_figure(figure);
}

}  // namespace dln::tools
