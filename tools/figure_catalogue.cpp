#include "tools/figure_catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dln/base/error.hpp"
#include "plots/figures.hpp"
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
  return plots::time_course_figure(
      {.id = "3l",
       .title = fmt::format(
           "Fig 3 left: strengths of modes while learning the {}, λ = {:.3g}, N2 = {}, u0 = {:g}, seed {}.",
           tree.name, options.learning_rate, options.hidden_units, options.initial_strength, options.seed),
       .alternative_text = "Modes rise one after the other from zero towards their singular values, the "
                           "strongest first: thick curves the closed "
                           "form of Eq 12, dashed ones a linear network trained from small random weights, "
                           "squares the half-learning times of "
                           "Eq 11. The two lie close together for the strong modes; the weakest modes of the "
                           "network come late and mix with "
                           "their near-degenerate neighbours.",
       .problem = &tree,
       .options = options,
       .modes = existing({1, 2, 3, 5, 12, 18, 31}, tree.modes.size()),
       .simulations = {{"linear network, small random start", &course}}});
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
       .simulations = {{"network, small random start", &random_course},
                       {"network, decoupled start", &decoupled_course}}});
}

}  // namespace

const std::vector<CatalogueEntry>& figure_catalogue() {
  static const std::vector<CatalogueEntry> catalogue{
      {"2", "Fig 2: phase portrait of Eq 8", false, draw_2},
      {"3l", "Fig 3 left: mode strengths on the tree, theory and linear network", false, draw_3l},
      {"3w", "the same on whitened images, decoupled and small random start", true, draw_3w},
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
