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

std::string_view word_for(SweepOutcome outcome) {
  switch (outcome) {
    case SweepOutcome::learned:
      return "learned";
    case SweepOutcome::given_up:
      return "not_learned_by";
    case SweepOutcome::diverged:
      return "diverged";
    case SweepOutcome::not_run:
      return "not_run";
  }
  return "unknown";
}

// How the epoch of the outcome stands to the epoch in the table.
std::string_view relation_of(SweepOutcome outcome) {
  return outcome == SweepOutcome::learned || outcome == SweepOutcome::diverged ? "=" : ">";
}

std::string table(const DepthSweepFigure& figure) {
  std::string tsv =
      "data\tfirst_layer\tN_l\trate\tkappa\toutcome\trelation\tepoch\terror_never_rose\tlambda_max\n";
  for (const auto& panel : figure.panels)
    for (std::size_t i = 0; i < panel.rows->size(); ++i)
      for (const SweepRun& run : (*panel.rows)[i].runs)
        tsv += fmt::format("{}\t{}\t{}\t{:.17g}\t{:.17g}\t{}\t{}\t{}\t{}\t{:.17g}\n", panel.name,
                           name_of(figure.first_layer), (*panel.rows)[i].layers, run.rate,
                           run.rate * panel.largest_eigenvalues[i], word_for(run.outcome),
                           relation_of(run.outcome), run.epoch, run.monotone ? "yes" : "no",
                           panel.largest_eigenvalues[i]);
  return tsv;
}

using Which = std::optional<std::size_t> DepthSweepRow::*;

// Between two rates of the grid there may be a better one: the time is no longer than found.
Bars times(const DepthSweepPanel& panel, Which which) {
  Bars bars;
  for (const auto& row : *panel.rows)
    if (row.*which) {
      const auto epoch = static_cast<double>(row.runs[*(row.*which)].epoch);
      bars.push_back({static_cast<double>(row.layers), epoch, epoch / panel.rate_ratio, epoch});
    }
  return bars;
}
// Stability ends between the best stable rate and the next above it.
Bars rates(const DepthSweepPanel& panel, Which which, bool in_units = false) {
  Bars bars;
  for (std::size_t i = 0; i < panel.rows->size(); ++i)
    if (const auto& row = (*panel.rows)[i]; row.*which) {
      const double rate = row.runs[*(row.*which)].rate * (in_units ? panel.largest_eigenvalues[i] : 1);
      const double least = which == &DepthSweepRow::best ? rate / panel.rate_ratio : rate;
      bars.push_back({static_cast<double>(row.layers), rate, least, rate * panel.rate_ratio});
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

int width_of(const DepthSweepFigure& figure) {
  return figure.panels.size() > 2 ? 1560 : 1240;
}

void place(Script& script, const DepthSweepFigure& figure, std::size_t i, double top) {
  const auto panels = static_cast<double>(figure.panels.size());
  const double left = panels > 1 ? 0.1 * 2 / panels + (1.02 / panels) * static_cast<double>(i) : 0.12;
  const double width = panels > 1 ? 0.72 / panels : 0.8;
  const auto& panel = figure.panels[i];
  const bool all = figure.first_layer == experiments::FirstLayer::all_inputs;
  script.line(fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}", left, left + width))
      .line(fmt::format("set tmargin at screen {:g}; set bmargin at screen 0.14", top))
      .line(fmt::format("set label 1 '{}' at graph 0,{:g} left font ',13'",
                        literal(panel.name) + (all ? ", all in W^1" : ""), panel.note.empty() ? 1.05 : 1.11))
      .line(fmt::format("set label 2 '{}' at graph 0,1.04 left font ',12' tc rgb '#444444'",
                        literal(panel.note)))
      .line(fmt::format("set key at screen {:g},0.985 left top vertical Left reverse samplen 3 font ',13'",
                        left - 0.02));
}

void depth_axis(Script& script) {
  script.line("set logscale x; set xrange [2.5:130]; set xtics (3, 5, 10, 20, 50, 100)");
  script.line("set xlabel 'number of layers N_l'");
}

}  // namespace

Drawing depth_times_figure(const DepthSweepFigure& figure) {
  Script script(figure.id, width_of(figure), 560);
  script.line("set multiplot").line("set xrange [0:105]; set yrange [0:*]");
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const auto& panel = figure.panels[i];
    place(script, figure, i, 0.8);
    script.line("set xlabel 'number of layers N_l'; set ylabel 'learning time (epochs)'");
    const auto stable = times(panel, &DepthSweepRow::best_stable);
    const auto best = times(panel, &DepthSweepRow::best);
    double longest = 0, longest_stable = 0;
    for (const auto& bar : best) longest = std::max(longest, bar[1]);
    for (const auto& bar : stable) longest_stable = std::max(longest_stable, bar[1]);
    // Where a rising error buys a factor of ten, the rest would vanish beside it.
    const bool both = longest_stable < 5 * longest;
    const auto beyond = fmt::format(
        ", NaN with points pt 5 ps 0.8 lc rgb '#c2181b' title 'best whose error never rises: up to {:g} "
        "epochs, not shown'",
        longest_stable);
    script.line(std::string("plot '-' ") + kBest + (both ? std::string(", '-' ") + kStable : beyond));
    script.curve(best);
    if (both) script.curve(stable);
  }
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

Drawing depth_rates_figure(const DepthSweepFigure& figure) {
  Script script(figure.id, width_of(figure), 600);
  script.line("set multiplot").line("set logscale y; set format y '10^{%T}'");
  depth_axis(script);
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const auto& panel = figure.panels[i];
    place(script, figure, i, 0.72);
    script.line("set ylabel 'learning rate λ'");
    script.line(std::string("plot '-' ") + kBest + ", '-' " + kStable +
                ", '-' with lines lw 2 lc rgb '#444444' title '2/λ_{max}'"
                ", '-' with lines lw 2 dt (8,4) lc rgb '#444444' title '1/λ_{max}'");
    script.curve(rates(panel, &DepthSweepRow::best)).curve(rates(panel, &DepthSweepRow::best_stable));
    script.curve(over_largest_eigenvalue(panel, 2)).curve(over_largest_eigenvalue(panel, 1));
  }
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

Drawing depth_kappas_figure(const DepthSweepFigure& figure) {
  Script script(figure.id, width_of(figure), 600);
  script.line("set multiplot").line("set logscale y; set ytics add (0.5, 1, 2, 5, 10, 20, 50)");
  depth_axis(script);
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const auto& panel = figure.panels[i];
    place(script, figure, i, 0.7);
    double highest = 4, lowest = 0.5;
    const auto best = rates(panel, &DepthSweepRow::best, true);
    const auto stable = rates(panel, &DepthSweepRow::best_stable, true);
    for (const auto& bar : best) highest = std::max(highest, 1.3 * bar[3]);
    for (const auto& bar : stable) lowest = std::min(lowest, bar[2] / 1.3);
    script.line(
        fmt::format("set yrange [{:g}:{:g}]; set ylabel 'learning rate × λ_{{max}}'", lowest, highest));
    script.line(std::string("plot '-' ") + kBest + ", '-' " + kStable +
                ", 2 with lines lw 2 lc rgb '#444444' title '2: the edge of stability, at the minimum'"
                ", 1 with lines lw 2 dt (8,4) lc rgb '#444444' title '1: fastest on a parabola'");
    script.curve(best).curve(stable);
  }
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
