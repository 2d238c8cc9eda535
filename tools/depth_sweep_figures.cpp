#include "tools/depth_sweep_figures.hpp"

#include <fmt/format.h>

#include <list>

#include "dln/experiments/depth_prediction.hpp"
#include "plots/figures.hpp"

namespace dln::tools {
namespace {

using experiments::DepthSweepOptions;
using experiments::DepthSweepRow;
using experiments::InputScale;
using experiments::LearningProblem;
using validation::Context;
using Which = std::optional<std::size_t> DepthSweepRow::*;

double nothing() {
  return std::numeric_limits<double>::quiet_NaN();
}

// "slopes of lambda from 20 layers on: stable -0.83, of all -0.74, 1/lambda_max -0.90".
std::string slopes(const std::vector<DepthSweepRow>& rows, const std::vector<double>& largest_eigenvalues) {
  std::vector<int> layers;
  std::vector<double> optimal;
  for (double largest : largest_eigenvalues) optimal.push_back(1 / largest);
  for (const auto& row : rows) layers.push_back(row.layers);
  const auto of = [&](Which which) {
    std::vector<double> rates;
    for (const auto& row : rows) rates.push_back(row.*which ? row.runs[*(row.*which)].rate : nothing());
    return experiments::slope_with_depth(layers, rates);
  };
  return fmt::format("slopes from 20 layers on: stable {:.2f}, of all {:.2f}, 1/λmax {:.2f}",
                     of(&DepthSweepRow::best_stable), of(&DepthSweepRow::best),
                     experiments::slope_with_depth(layers, optimal));
}

// The sweeps of a figure and what is drawn of them.
struct Sweeps {
  std::list<std::vector<DepthSweepRow>> rows;  // where the figure finds them
  plots::DepthSweepFigure figure;

  void add(Context& context, InputScale scale, const DepthSweepOptions& options) {
    const LearningProblem& problem = context.images(scale);
    rows.push_back(experiments::run_depth_sweep(problem, options, context.store(), context.progress()));
    const double ratio =
        options.kappas.empty() ? options.rates[0] / options.rates[1] : options.kappas[1] / options.kappas[0];
    plots::DepthSweepPanel panel{problem.name, &rows.back(), {}, ratio};
    for (const auto& row : rows.back())
      panel.largest_eigenvalues.push_back(experiments::largest_aligned_eigenvalue(problem, row.layers));
    panel.note = slopes(rows.back(), panel.largest_eigenvalues);
    figure.first_layer = options.first_layer;
    figure.panels.push_back(std::move(panel));
  }
};

// Where Sigma11 = I the paper's rates are far below 1/lambda_max at small depth and far above it at large.
Sweeps on_the_papers_grid(Context& context) {
  Sweeps sweeps;
  for (const auto scale : {InputScale::raw, InputScale::unit_variance})
    sweeps.add(context, scale, context.depth_sweep(context.images(scale)));
  sweeps.add(context, InputScale::sum_white, context.depth_sweep_about_stability(InputScale::sum_white));
  return sweeps;
}

std::string title(Context& context, std::string_view what) {
  const auto options = context.depth_sweep(context.images(InputScale::raw));
  return fmt::format(
      "{}: {} hidden units a layer, decoupled start, u0 = {:g}, W1 carrying {} input directions, until the "
      "error falls below {:g}, seed {}.",
      what, options.hidden_units, options.initial_strength,
      options.first_layer == experiments::FirstLayer::active_modes ? "the modes'" : "all",
      options.error_threshold, options.seed);
}

}  // namespace

plots::Drawing draw_4l(Context& context) {
  auto sweeps = on_the_papers_grid(context);
  auto& panels = sweeps.figure.panels;
  panels[0].note = panels[1].note = "rates as in the paper; bars: a step of 1.44 between them";
  panels[2].note = "Σ11 = I; rates about 2/λmax; bars: a step of 10 %";
  sweeps.figure.id = "4l";
  sweeps.figure.title = title(context, "Fig 4 left: learning time against depth");
  sweeps.figure.alternative_text =
      "Learning time in epochs against the number of layers, each at its best rate. On raw images it climbs "
      "from three to some ten layers and then stays within a band up to a hundred; on images of unit "
      "variance "
      "it climbs and saturates likewise. On images whitened to the identity, at rates scaled to 1/λmax, it "
      "takes tens of thousands of epochs and is still climbing at a hundred layers.";
  return plots::depth_times_figure(sweeps.figure);
}

plots::Drawing draw_4r(Context& context) {
  auto sweeps = on_the_papers_grid(context);
  sweeps.figure.id = "4r";
  sweeps.figure.title = title(context, "Fig 4 right: best learning rate against depth");
  sweeps.figure.alternative_text =
      "Best learning rate against the number of layers on logarithmic axes. On raw images it rises up to "
      "some "
      "ten layers and then falls; the best rate of all lies far above 2/λmax, the best whose error never "
      "rises "
      "near 1/λmax. On whitened images of either scale the latter follows 2/λmax all along, falling about as "
      "one over the number of layers.";
  return plots::depth_rates_figure(sweeps.figure);
}

plots::Drawing draw_4k(Context& context) {
  Sweeps sweeps;
  for (const auto scale : {InputScale::raw, InputScale::unit_variance, InputScale::sum_white})
    sweeps.add(context, scale, context.depth_sweep_about_stability(scale));
  sweeps.figure.id = "4k";
  sweeps.figure.title = title(context, "Fig 4 in units of 1/λmax: best learning rates on a fine grid");
  sweeps.figure.alternative_text =
      "Best learning rate times the largest eigenvalue of the Hessian against the number of layers. On "
      "whitened images of either scale the best rate whose error never rises lies at about two, the edge of "
      "stability, from some ten layers on, and the best rate of all somewhat above. On raw images the former "
      "lies "
      "at about one, while the best of all climbs from four to thirty.";
  return plots::depth_kappas_figure(sweeps.figure);
}

}  // namespace dln::tools
