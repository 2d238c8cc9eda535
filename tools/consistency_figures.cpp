#include "tools/consistency_figures.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dln/data/consistency.hpp"
#include "plots/consistency_figure.hpp"

namespace dln::tools {
namespace {

using data::ModeVerdict;
using validation::Context;

// The same of the images as they are and of centred ones.
template <class PanelOf>
std::vector<plots::MatrixPanel> both(Context& context, PanelOf panel_of) {
  const auto& raw = context.raw_images();
  return {panel_of("as they are", raw), panel_of("centred", data::centred(raw))};
}

}  // namespace

plots::Drawing draw_5l(Context& context) {
  const auto& raw = context.raw_images();
  const Eigen::Index inputs = raw.sigma11.rows(), count = std::min<Eigen::Index>(28, inputs),
                     first = std::min(inputs / 2, inputs - count);
  const auto panel = [&](const char* name, const data::Correlations& c) {
    return plots::MatrixPanel{
        name,
        fmt::format("all of Σ11: off-diagonal / diagonal = {:.2g}", linalg::off_diagonal_ratio(c.sigma11)),
        c.sigma11.block(first, first, count, count), static_cast<int>(first) + 1};
  };
  return plots::matrix_figure(
      {.id = "5l",
       .title = fmt::format(
           "Fig 5 left: submatrix of Σ11, inputs {} to {} of {}{}, of {} images, each entry over "
           "the root of the product of its two diagonal entries.",
           first + 1, first + count, inputs, inputs == 784 ? " (the 15th row of pixels)" : "", raw.examples),
       .alternative_text =
           "Two maps of a matrix. As they are, neighbouring pixels and distant ones are all positively "
           "correlated: dark nearly everywhere. Centred, a dark band along the diagonal remains, and distant "
           "pixels are anticorrelated: lighter, marked by a bar.",
       .axis = "input (pixel)",
       .panels = both(context, panel)});
}

plots::Drawing draw_5c(Context& context) {
  const auto panel = [&](const char* name, const data::Correlations& c) {
    const auto found = data::consistency(c, data::singular_modes(c.sigma31), context.seed());
    const auto note =
        fmt::format("off-diagonal / diagonal = {:.2g}; of {} modes {} consistent, {} approximately",
                    found.modes.off_diagonal, found.by_mode.size(), found.count(ModeVerdict::consistent),
                    found.count(ModeVerdict::approximate));
    return plots::MatrixPanel{name, note, found.block, 1};
  };
  return plots::matrix_figure(
      {.id = "5c",
       .title = fmt::format(
           "Fig 5 centre: V11^T Σ11 V11 over all modes of the task, of {} images, each entry over "
           "the root of the product of its two diagonal entries.",
           context.raw_images().examples),
       .alternative_text =
           "Two maps of a matrix with a number in every cell: ones on the diagonal, and off it numbers of "
           "both "
           "signs, small between the leading modes and larger between the weak ones; larger altogether for "
           "centred images.",
       .axis = "mode α of Σ31",
       .panels = both(context, panel)});
}

}  // namespace dln::tools
