#include <fmt/format.h>

#include "dln/theory/depth_delay.hpp"
#include "plots/figures.hpp"

namespace dln::plots {
namespace {

using Curve = std::vector<std::array<double, 2>>;

// With tau = lambda_max, time is counted in steps at 1/lambda_max.
Curve curve_of(const auto& mode, double end) {
  Curve curve;
  for (int i = 0; i <= 600; ++i) {
    const double steps = end * i / 600;
    curve.push_back({steps, strength_at(mode, steps * mode.time_scale())});
  }
  return curve;
}

}  // namespace

Drawing depth_curves_figure(const DepthCurvesFigure& figure) {
  static const char* const kLooks[] = {"dt (2,3)",      "dt 1",     "dt (10,4)", "dt (5,4)",
                                       "dt (10,4,2,4)", "dt (4,2)", "dt (14,3)"};
  const double end = 1.1 * theory::steps_at_optimal_rate(base::DepthExponent::infinite(), 1.0, figure.share);
  const theory::ModeNumbers<double> numbers{1, figure.share, 1};
  Script script(figure.id, 900, 600);
  std::string tsv = "N_l\tsteps\tu_over_s\n", plot = "plot ";
  std::vector<Curve> curves;
  const auto add = [&](const std::string& name, Curve curve, const std::string& look) {
    for (const auto& [steps, u] : curve) tsv += fmt::format("{}\t{:.17g}\t{:.17g}\n", name, steps, u);
    plot += fmt::format("{}'-' with lines {} title 'N_l = {}'", curves.empty() ? "" : ", ", look,
                        name == "inf" ? "∞" : name);
    curves.push_back(std::move(curve));
  };
  for (std::size_t i = 0; i < figure.layers.size(); ++i) {
    const base::DepthExponent depth(base::Depth::from_layers(figure.layers[i]));
    add(std::to_string(figure.layers[i]), curve_of(theory::DeepMode<double>(depth, numbers), end),
        fmt::format("lw 2.4 {} lc rgb '#c2181b'", kLooks[i % 7]));
  }
  add("inf", curve_of(theory::InfiniteDepthMode<double>(1.0, numbers), end), "lw 3.2 dt 1 lc rgb '#222222'");
  script.line(fmt::format("set xrange [0:{:g}]; set yrange [0:1.05]", end))
      .line("set xlabel 'time (gradient steps at 1/λ_{max})'; set ylabel 'strength of the mode u/s'")
      .line(
          "set key outside top center horizontal maxcols 4 Left reverse samplen 4 font ',14'; set tmargin 5");
  script.line(plot);
  for (const auto& curve : curves) script.curve(curve);
  return {figure.id, figure.title, figure.alternative_text, script.text(), tsv};
}

}  // namespace dln::plots
