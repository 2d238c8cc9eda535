#include "tools/generalisation_figures.hpp"

#include <fmt/format.h>

#include "plots/generalisation_figure.hpp"
#include "validation/section_5/generalisation_runs.hpp"

namespace dln::tools {

plots::Drawing draw_generalisation(validation::Context& context) {
  const auto options = validation::section_5::generalisation_options(context);
  const auto found = experiments::run_generalisation(options, context.store(), context.progress());
  std::vector<plots::GeneralisationFigure::Overlaps> overlaps;
  const double threshold = options.noisy_teacher().spectrum().threshold();
  for (const double share : {0.4, 0.7, 0.9, 1.0, 1.1, 1.25, 1.4, 1.6, 1.9, 2.3, 2.8, 3.4, 4.0}) {
    auto single = options;
    single.teacher = {share * threshold};
    overlaps.push_back(
        {share * threshold, experiments::draw_spectra(single, context.store(), context.progress())});
  }
  return plots::generalisation_figure(
      {.id = "generalisation",
       .title = fmt::format("Learning from a noisy teacher: N1 = {}, N3 = {}, {} modes of s = {:g}, noise σ "
                            "= {:g}, u0 = {:g}, {} "
                            "draws, decoupled starts, gradient flow, seed {}.",
                            options.inputs, options.outputs, options.teacher.size(),
                            fmt::join(options.teacher, ", "), options.noise, options.initial_strength,
                            options.draws, options.seed),
       .alternative_text =
           "Four panels. (a) The noise's singular values fill a bulk under the curve of Marchenko and "
           "Pastur; four "
           "of the teacher stand to its right where theory has them. (b) The test error falls, reaches its "
           "least and rises; without hidden layers it hardly falls, with one or more it falls to a fifth. "
           "Points of "
           "trained networks lie on theory's lines. (c) The least test error drops from two layers to three "
           "and "
           "stays there up to ten, while the stopping time grows many times over; draws scatter about both "
           "lines. "
           "(d) Overlaps are near zero below a threshold and rise steeply above it to one.",
       .options = options,
       .found = &found,
       .overlaps = std::move(overlaps),
       .shown = {2, 3, 5, 10}});
}

}  // namespace dln::tools
