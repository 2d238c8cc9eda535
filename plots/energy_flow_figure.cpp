#include <fmt/format.h>

#include <algorithm>

#include "plots/figures.hpp"

namespace dln::plots {
namespace {

using Curve = std::vector<std::array<double, 2>>;

std::string table(const experiments::EnergyFlow& flow) {
  std::string tsv = "epoch\tcooperation\tcompetition\tdescent_speed\n";
  for (std::size_t i = 0; i < flow.epochs.size(); ++i)
    tsv += fmt::format("{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\n", flow.epochs[i], flow.cooperation[i],
                       flow.competition[i], flow.descent_speed[i]);
  tsv += "\n# saddles passed\nepoch\tactive_modes\tdistance\tnegative_directions\n";
  for (const auto& saddle : flow.saddles)
    tsv += fmt::format("{:.17g}\t{}\t{:.17g}\t{}\n", saddle.epoch, saddle.active, saddle.distance,
                       saddle.negative_directions);
  return tsv;
}

Curve curve_of(const experiments::EnergyFlow& flow, const std::vector<double>& values) {
  Curve curve;
  const std::size_t stride = std::max<std::size_t>(1, values.size() / 600);
  for (std::size_t i = 0; i < values.size(); i += stride) curve.push_back({flow.epochs[i], values[i]});
  return curve;
}

}  // namespace

Drawing energy_flow_figure(const EnergyFlowFigure& figure) {
  const auto& flow = *figure.flow;
  Script script(figure.id, 900, 600);
  double floor = 1;
  for (double value : flow.cooperation) floor = std::min(floor, value);
  script.line(fmt::format("set xrange [0:{}]; set logscale y; set format y '10^{{%T}}'", flow.epochs.back()))
      .line(fmt::format("set yrange [{:g}:2]", std::max(1e-8, floor / 3)))
      .line("set xlabel 'time t (epochs)'; set ylabel 'energy of Eq 6 / its value at the start'")
      .line("set key outside top center horizontal Left reverse samplen 3 font ',14'")
      .line("set tmargin 5");
  for (const auto& saddle : flow.saddles) {
    script.line(fmt::format(
        "set arrow from {0},graph 0 to {0},graph 1 nohead lw 1.2 dt (2,4) lc rgb '#666666'", saddle.epoch));
    script.line(
        fmt::format("set label '{{/*0.85 {} learned}}' at {},graph 0.03 rotate by 90 left offset 0.8,0",
                    saddle.active, saddle.epoch));
  }
  script.line(
      "plot '-' with lines lw 3 lc rgb '#c2181b' title 'cooperation, Σ_α (s_α − a^α·b^α)²', "
      "'-' with lines lw 2.2 dt (7,4) lc rgb '#12339c' title 'competition, Σ_{α≠β} (a^α·b^β)²', "
      "NaN with lines lw 1.2 dt (2,4) lc rgb '#666666' title 'saddles passed'");
  script.curve(curve_of(flow, flow.cooperation)).curve(curve_of(flow, flow.competition));
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(flow)};
}

}  // namespace dln::plots
