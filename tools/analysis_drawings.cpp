// The figures of dln analyze.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/experiments/rate_advice.hpp"
#include "dln/theory/deep_mode.hpp"
#include "plots/error_budget_figure.hpp"
#include "plots/forecast_figures.hpp"
#include "tools/analysis.hpp"

namespace dln::tools {
namespace {

constexpr Eigen::Index kPictures = 10;

std::vector<plots::ModePicture> pictures_of(const Analysis& a, Eigen::Index rows, Eigen::Index columns) {
  std::vector<plots::ModePicture> pictures;
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  for (Eigen::Index k = 0; k < std::min(kPictures, a.modes().size()); ++k) {
    const linalg::Vector pattern = a.analysed.pattern * a.modes().input.col(k);
    pictures.push_back({a.descriptions[static_cast<std::size_t>(k)].outputs,
                        Eigen::Map<const RowMajor>(pattern.data(), rows, columns)});
  }
  return pictures;
}

// Modes to draw in one panel: the first three, and others of falling strength, six at most.
std::vector<Eigen::Index> drawn_modes(Eigen::Index modes) {
  if (modes <= 6) {
    std::vector<Eigen::Index> all;
    for (Eigen::Index k = 0; k < modes; ++k) all.push_back(k);
    return all;
  }
  const Eigen::Index last = std::min<Eigen::Index>(modes, 10) - 1;
  return {0, 1, 2, (2 + last) / 2, last};
}

// By the closed form of Eq 15 from decoupled starts; mode numbers as everywhere.
plots::DepthOutlook outlook_of(const Analysis& a) {
  const auto aligned = experiments::aligned_modes(a.analysed.problem);
  const auto leading = std::min<Eigen::Index>(10, aligned.singular_values.size());
  const experiments::AlignedModes modes{aligned.singular_values.head(leading),
                                        aligned.input_variances.head(leading)};
  const Eigen::Index narrowest = *std::ranges::min_element(a.depths.front().forecast.network.units());
  const double u0 = a.depths.front().forecast.start.initial_strength;
  plots::DepthOutlook outlook{{2, 3, 4, 5, 6, 8, 10, 14, 20, 30, 50, 70, 100}, {}, {}, {}, u0};
  for (const int layers : outlook.layers) {
    const double lambda =
        experiments::sharpness_at_theory_end(a.analysed.problem, base::Depth::from_layers(layers), narrowest);
    double first = std::numeric_limits<double>::infinity(), last = 0;
    for (Eigen::Index k = 0; k < leading; ++k) {
      const auto numbers = theory::with_input_variance(
          theory::ModeNumbers<double>{modes.singular_values[k], u0, lambda}, modes.input_variances[k]);
      const double half = half_learning_time(
          theory::DeepMode<double>(base::DepthExponent(base::Depth::from_layers(layers)), numbers));
      first = std::min(first, half);
      last = std::max(last, half);
    }
    outlook.largest_eigenvalues.push_back(lambda);
    outlook.first_half.push_back(first);
    outlook.last_half.push_back(last);
  }
  return outlook;
}

plots::Drawing sharpness_course_of(const Analysis& a) {
  std::vector<plots::SharpnessPanel> panels;
  for (const auto& depth : a.depths)
    if (depth.sharpness_course)
      panels.push_back({depth.layers(), &*depth.sharpness_course, depth.sharpness.theory_end,
                        depth.sharpness.least_error});
  return plots::sharpness_course_figure(panels);
}

plots::Drawing budgets_of(const Analysis& a) {
  plots::ErrorBudgetFigure figure{
      .id = "error-budget",
      .title =
          "What parts the run from the closed form: of each mode, the difference of half times in per cent "
          "of "
          "theory's, by cause.",
      .alternative_text =
          "One panel a depth. Bars of several patterns stacked for each mode, one pattern a cause, and "
          "the whole difference as marks beside them.",
      .panels = {}};
  for (const auto& depth : a.depths)
    if (depth.budget && std::isfinite(depth.budget->ratio))
      figure.panels.push_back({fmt::format("N_l = {}", depth.layers()), &*depth.budget});
  return plots::error_budget_figure(figure);
}

}  // namespace

std::vector<plots::Drawing> analysis_drawings(const Analysis& analysis, Eigen::Index image_rows,
                                              Eigen::Index image_columns) {
  std::vector<plots::Drawing> drawings{plots::spectrum_figure(analysis.modes(), analysis.consistency)};
  if (image_rows > 0)
    drawings.push_back(plots::mode_pictures_figure(pictures_of(analysis, image_rows, image_columns)));
  std::vector<plots::ForecastColumn> columns;
  for (const auto& depth : analysis.depths)
    columns.push_back({&depth.forecast, depth.run ? &*depth.run : nullptr, analysis.held_out_at_zero()});
  drawings.push_back(plots::forecast_figure(columns, drawn_modes(analysis.modes().size())));
  drawings.push_back(plots::depth_outlook_figure(outlook_of(analysis)));
  const auto any = [&](auto has) { return std::ranges::any_of(analysis.depths, has); };
  if (any([](const auto& depth) { return depth.run && depth.run->epochs.size() > 1; }))
    drawings.push_back(plots::layer_growth_figure(columns));
  if (any([](const auto& depth) { return depth.sharpness_course.has_value(); }))
    drawings.push_back(sharpness_course_of(analysis));
  if (any([](const auto& depth) { return depth.budget && std::isfinite(depth.budget->ratio); }))
    drawings.push_back(budgets_of(analysis));
  return drawings;
}

}  // namespace dln::tools
