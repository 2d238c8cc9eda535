#include "tools/sharpness_figures.hpp"

#include <fmt/format.h>

#include "plots/sharpness_figure.hpp"

namespace dln::tools {
namespace {

using experiments::SharpnessRun;
using experiments::Start;
using validation::Context;

constexpr double kKappa = 1.2;  // of the runs on the tree: 2/rate stays in the picture

experiments::SharpnessRunOptions on_the_tree(Context& context, int layers, Start start) {
  return {.depth = base::Depth::from_layers(layers),
          .hidden_units = context.tree().modes.size(),
          .start = start,
          .kappa = kKappa,
          .samples = context.effort() == validation::Effort::quick ? 13 : 31,
          .seed = context.seed()};
}

plots::SharpnessFigure::Course course_of(Context& context, int layers, const SharpnessRun& run) {
  plots::SharpnessFigure::Course course{layers, &run, {}, {}};
  for (int k = 0; k <= 240; ++k) course.epochs.push_back(run.plan.following.duration * k / 240);
  course.theory = experiments::predicted_sharpness(
      context.tree(), on_the_tree(context, layers, Start::decoupled), course.epochs);
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
  const auto three = run_sharpness(tree, on_the_tree(context, 3, Start::decoupled));
  const auto five = run_sharpness(tree, on_the_tree(context, 5, Start::decoupled));
  const auto random = plan_sharpness(tree, on_the_tree(context, 3, Start::small_random));
  const auto from_random = experiments::sharpness_along(tree.correlations, random.start,
                                                        experiments::Way::descent, random.following);
  const auto fine =
      experiments::run_hessian_spectrum({.duration = 8, .samples = 161, .seed = context.seed()});
  const auto points =
      experiments::run_hessian_spectrum({.duration = 8, .samples = 21, .seed = context.seed()});
  plots::SharpnessFigure figure{
      .id = "sharpness",
      .title = fmt::format("Sharpness of the error along training on the {}, u0 = {:g} and {:g} of the least "
                           "s, seed {}; whole "
                           "spectrum of a small network; what descent does past the limit 2/λmax.",
                           tree.name, on_the_tree(context, 3, Start::decoupled).share,
                           on_the_tree(context, 5, Start::decoupled).share, context.seed()),
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
      .courses = {course_of(context, 3, three), course_of(context, 5, five)},
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
