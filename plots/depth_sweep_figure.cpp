#include <fmt/format.h>

#include <cmath>

#include "plots/figures.hpp"

namespace dln::plots {
namespace {

using experiments::DepthSweepRow;
using experiments::SweepOutcome;
using experiments::SweepRun;
using Curve = std::vector<std::array<double, 2>>;
using Bars = std::vector<std::array<double, 4>>;  // x, y, low, high

std::string_view name_of(SweepOutcome outcome) {
  switch (outcome) {
    case SweepOutcome::learned:
      return "learned";
    case SweepOutcome::given_up:
      return "given up";
    case SweepOutcome::diverged:
      return "diverged";
    case SweepOutcome::slower:
      return "left: a higher rate had learned";
  }
  return "unknown";
}

std::string table(const DepthSweepFigure& figure) {
  std::string tsv = "data\tN_l\trate\toutcome\tepoch\terror_never_rose\tlambda_max\n";
  for (const auto& panel : figure.panels)
    for (std::size_t i = 0; i < panel.rows->size(); ++i)
      for (const SweepRun& run : (*panel.rows)[i].runs)
        tsv += fmt::format("{}\t{}\t{:.17g}\t{}\t{}{}\t{}\t{:.17g}\n", panel.name, (*panel.rows)[i].layers,
                           run.rate, name_of(run.outcome), run.outcome == SweepOutcome::learned ? "" : "> ",
                           run.epoch, run.monotone ? "yes" : "no", panel.largest_eigenvalues[i]);
  return tsv;
}

using Which = std::optional<std::size_t> DepthSweepRow::*;

// Between two rates of the grid there may be a better one: the time is no longer than found, and the rate
// within half a step of the grid.
Bars times(const DepthSweepPanel& panel, Which which) {
  Bars bars;
  for (const auto& row : *panel.rows)
    if (row.*which) {
      const auto epoch = static_cast<double>(row.runs[*(row.*which)].epoch);
      bars.push_back({static_cast<double>(row.layers), epoch, epoch / std::sqrt(panel.rate_ratio), epoch});
    }
  return bars;
}
Bars rates(const DepthSweepPanel& panel, Which which) {
  Bars bars;
  for (const auto& row : *panel.rows)
    if (row.*which) {
      const double rate = row.runs[*(row.*which)].rate, half_step = std::sqrt(panel.rate_ratio);
      bars.push_back({static_cast<double>(row.layers), rate, rate / half_step, rate * half_step});
    }
  return bars;
}
Curve over_largest_eigenvalue(const DepthSweepPanel& panel, double kappa) {
  Curve curve;
  for (std::size_t i = 0; i < panel.rows->size(); ++i)
    curve.push_back({static_cast<double>((*panel.rows)[i].layers), kappa / panel.largest_eigenvalues[i]});
  return curve;
}

constexpr const char* kBest = "with yerrorbars pt 7 ps 0.8 lw 1.6 lc rgb '#1f49b6' title 'best rate of all'";
constexpr const char* kStable =
    "with yerrorbars pt 5 ps 0.8 lw 1.6 lc rgb '#c2181b' title 'best whose error never rises'";

void place(Script& script, std::size_t panel, std::size_t panels, const std::string& name, double top) {
  const double width = panels > 1 ? 0.36 : 0.8,
               left = panels > 1 ? 0.1 + 0.51 * static_cast<double>(panel) : 0.12;
  script.line(fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}", left, left + width))
      .line(fmt::format("set tmargin at screen {:g}; set bmargin at screen 0.14", top))
      .line(fmt::format("set label 1 '{}' at graph 0,1.05 left", literal(name)))
      .line(fmt::format("set key at screen {:g},0.985 left top vertical Left reverse samplen 3 font ',13'",
                        left - 0.02));
}

}  // namespace

Drawing depth_times_figure(const DepthSweepFigure& figure) {
  Script script(figure.id, 1240, 560);
  script.line("set multiplot").line("set xrange [0:105]; set yrange [0:*]");
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const auto& panel = figure.panels[i];
    place(script, i, figure.panels.size(), panel.name, 0.82);
    script.line("set xlabel 'number of layers N_l'; set ylabel 'learning time (epochs)'");
    const auto stable = times(panel, &DepthSweepRow::best_stable);
    const auto best = times(panel, &DepthSweepRow::best);
    double longest = 0, longest_stable = 0;
    for (const auto& bar : best) longest = std::max(longest, bar[1]);
    for (const auto& bar : stable) longest_stable = std::max(longest_stable, bar[1]);
    // Where a rising error buys a factor of ten, the rest would vanish beside it.
    const bool both = longest_stable < 5 * longest;
    script.line(std::string("plot '-' ") + kBest + (both ? std::string(", '-' ") + kStable : ""));
    script.curve(best);
    if (both) script.curve(stable);
  }
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

Drawing depth_rates_figure(const DepthSweepFigure& figure) {
  Script script(figure.id, 1240, 600);
  script.line("set multiplot").line("set logscale xy; set xrange [2.5:130]; set format y '10^{%T}'");
  script.line("set xtics (3, 5, 10, 20, 50, 100)");
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const auto& panel = figure.panels[i];
    place(script, i, figure.panels.size(), panel.name, 0.74);
    script.line("set xlabel 'number of layers N_l'; set ylabel 'learning rate λ'");
    script.line(std::string("plot '-' ") + kBest + ", '-' " + kStable +
                ", '-' with lines lw 2 lc rgb '#444444' title '2/λ_{max}'"
                ", '-' with lines lw 2 dt (8,4) lc rgb '#444444' title '1/λ_{max}'");
    script.curve(rates(panel, &DepthSweepRow::best)).curve(rates(panel, &DepthSweepRow::best_stable));
    script.curve(over_largest_eigenvalue(panel, 2)).curve(over_largest_eigenvalue(panel, 1));
  }
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
