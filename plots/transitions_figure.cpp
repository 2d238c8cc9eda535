#include "plots/transitions_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dln::plots {
namespace {

using experiments::TransitionRun;
using Curve = std::vector<std::array<double, 2>>;

// Black, blue, green, red from shallow to deep; dashes tell them apart in grey.
constexpr const char* kColours[] = {"#000000", "#1f49b6", "#1a8f3c", "#c2181b"};
constexpr const char* kDashes[] = {"", "dt (8,3)", "dt (3,2)", ""};

double share(const TransitionRun& run, std::size_t i) {
  return run.times[i] / run.times.back();
}

// The samples that a curve needs: where it has moved by `step`, and the ends.
template <class Value>
std::vector<std::size_t> thinned(const TransitionRun& run, const Value& value, double step) {
  std::vector<std::size_t> kept{0};
  for (std::size_t i = 1; i + 1 < run.times.size(); ++i) {
    const double moved = std::abs(value(i) - value(kept.back()));
    const double passed = share(run, i) - share(run, kept.back());
    // A corner wants its last sample before it, too.
    if (moved >= step || passed >= 0.02 || std::abs(value(i + 1) - value(i)) >= step) kept.push_back(i);
  }
  kept.push_back(run.times.size() - 1);
  return kept;
}

Curve error_curve(const TransitionRun& run) {
  const auto log_error = [&](std::size_t i) { return std::log10(run.error[i] / run.error[0]); };
  Curve curve;
  for (const std::size_t i : thinned(run, log_error, 0.03))
    curve.push_back({share(run, i), run.error[i] / run.error[0]});
  return curve;
}

Curve plateaus_of(const TransitionRun& run) {
  Curve points;
  for (const std::size_t i : run.plateaus) points.push_back({share(run, i), run.error[i] / run.error[0]});
  return points;
}

std::vector<std::size_t> samples_of_mode(const TransitionRun& run, Eigen::Index mode, double s) {
  return thinned(
      run, [&](std::size_t i) { return run.strengths(static_cast<Eigen::Index>(i), mode) / s; }, 0.03);
}

Curve mode_curve(const TransitionRun& run, Eigen::Index mode, double s) {
  Curve curve;
  for (const std::size_t i : samples_of_mode(run, mode, s))
    curve.push_back({share(run, i), run.strengths(static_cast<Eigen::Index>(i), mode) / s});
  return curve;
}

std::vector<Eigen::Index> modes_of(const TransitionsFigure& figure, const TransitionsFigure::Column& column) {
  std::vector<Eigen::Index> modes;
  for (const Eigen::Index mode : figure.modes)
    if (mode < column.problem->modes.size()) modes.push_back(mode);
  return modes;
}

std::string table(const TransitionsFigure& figure) {
  std::string tsv = "data\tN_l\tcurve\ttime\ttime_share\tvalue\tplateau\n";
  for (const auto& column : figure.columns)
    for (std::size_t d = 0; d < figure.layers.size(); ++d) {
      const auto& run = (*column.runs)[d];
      const auto row = [&](const std::string& curve, std::size_t i, double value, bool plateau) {
        tsv += fmt::format("{}\t{}\t{}\t{:.9g}\t{:.9g}\t{:.9g}\t{:d}\n", column.problem->name,
                           figure.layers[d], curve, run.times[i], share(run, i), value, plateau);
      };
      for (std::size_t i = 0; i < run.times.size(); ++i) {
        const bool plateau = std::find(run.plateaus.begin(), run.plateaus.end(), i) != run.plateaus.end();
        row("error", i, run.error[i], plateau);
        row("speed", i, run.speed[i], plateau);
      }
      for (const Eigen::Index mode : modes_of(figure, column))
        for (const std::size_t i : samples_of_mode(run, mode, column.problem->modes.singular_values[mode]))
          row(fmt::format("mode {}", mode + 1), i, run.strengths(static_cast<Eigen::Index>(i), mode), false);
    }
  return tsv;
}

void place(Script& script, const TransitionsFigure& figure, std::size_t column, int row) {
  const auto count = static_cast<double>(figure.columns.size());
  const double left = 0.062 + 0.933 / count * static_cast<double>(column);
  const double tops[] = {0.885, 0.575, 0.325}, heights[] = {0.265, 0.205, 0.205};
  script
      .line(fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}", left,
                        left + 0.933 / count - 0.016))
      .line(fmt::format("set tmargin at screen {:g}; set bmargin at screen {:g}", tops[row],
                        tops[row] - heights[row]));
  if (column == 1) script.line("set ylabel; set format y ''");
}

void draw_error(Script& script, const TransitionsFigure& figure, const TransitionsFigure::Column& column,
                bool legend) {
  std::string counts;
  for (const auto& run : *column.runs)
    counts += fmt::format("{}{}", counts.empty() ? "" : ", ", run.plateaus.size());
  const std::string& name = column.problem->name;
  script
      .line(fmt::format("set label 1 '{}' at graph 0,1.16 left font ',13'",
                        literal(name.substr(0, name.find(" (")))))
      .line(
          fmt::format("set label 2 'plateaus {}' at graph 0,1.05 left font ',12' tc rgb '#444444'", counts));
  std::string plot = "plot ";
  for (std::size_t d = 0; d < figure.layers.size(); ++d)
    plot += fmt::format("'-' with lines lw 2.2 lc rgb '{}' {} {}, ", kColours[d], kDashes[d],
                        legend ? fmt::format("title 'N_l = {}'", figure.layers[d]) : "notitle");
  plot += fmt::format("'-' with points pt 5 ps 0.55 lc rgb '{}' {}", kColours[figure.layers.size() - 1],
                      legend ? fmt::format("title 'plateaus of N_l = {}'", figure.layers.back()) : "notitle");
  script.line(plot);
  for (const auto& run : *column.runs) script.curve(error_curve(run));
  script.curve(plateaus_of(column.runs->back()));
  script.line("unset label 1; unset label 2");
}

void draw_modes(Script& script, const TransitionsFigure& figure, const TransitionsFigure::Column& column,
                std::size_t depth) {
  const auto modes = modes_of(figure, column);
  std::string plot = "plot ";
  for (std::size_t k = 0; k < modes.size(); ++k)
    plot +=
        fmt::format("{}'-' with lines lw {:g} lc rgb '{}' notitle", k == 0 ? "" : ", ",
                    2.6 - 1.6 * static_cast<double>(k) / static_cast<double>(modes.size()), kColours[depth]);
  script.line(plot);
  for (const Eigen::Index mode : modes)
    script.curve(mode_curve((*column.runs)[depth], mode, column.problem->modes.singular_values[mode]));
}

}  // namespace

Drawing transitions_figure(const TransitionsFigure& figure) {
  Script script(figure.id, 1560, 820);
  script.line("set multiplot; set xrange [0:1]; set xtics 0,0.5,1; set mxtics 5");
  script
      .line(
          "set key at screen 0.055,0.995 left top vertical maxrows 1 Left reverse samplen 3 width 2 font "
          "',14'")
      .line("set logscale y; set yrange [2e-4:1.5]; set format y '10^{%T}'; set format x ''")
      .line("set ylabel 'error E / E(0)' offset 0.5,0");
  for (std::size_t c = 0; c < figure.columns.size(); ++c) {
    place(script, figure, c, 0);
    draw_error(script, figure, figure.columns[c], c == 0);
    script.line("set key off");
  }
  script.line("unset logscale y; set yrange [0:1.06]; set ytics 0,0.5,1");
  for (const int row : {1, 2}) {
    const std::size_t depth = row == 1 ? 0 : figure.shown;
    script.line("set format y '%g'")
        .line(fmt::format("set ylabel 'modes u/s, N_l = {}' offset 0.5,0", figure.layers[depth]));
    if (row == 2) script.line("set format x '%g'; set xlabel 'time / time to the end'");
    for (std::size_t c = 0; c < figure.columns.size(); ++c) {
      place(script, figure, c, row);
      draw_modes(script, figure, figure.columns[c], depth);
    }
  }
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
