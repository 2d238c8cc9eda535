#include <fmt/format.h>

#include "plots/figures.hpp"

namespace dln::plots {
namespace {

using experiments::LearningDelays;
using experiments::MeanAndDeviation;
using Curve = std::vector<std::array<double, 2>>;
using Bars = std::vector<std::array<double, 3>>;

struct Part {
  const char* name;
  linalg::Matrix LearningDelays::*values;
};
constexpr Part kParts[] = {{"delay", &LearningDelays::total},
                           {"seed", &LearningDelays::seed},
                           {"Euler", &LearningDelays::euler},
                           {"competition", &LearningDelays::rest}};

std::string table(const LearningDelayFigure& figure) {
  std::string tsv = "panel\tnetwork\twhat\tmode_or_level\tu0\tmean\tdeviation\n";
  for (const auto& [network, delays] : {std::pair{"linear", &figure.linear}, std::pair{"tanh", &figure.tanh}})
    for (const Part& part : kParts) {
      const MeanAndDeviation over = experiments::over_runs(delays->*part.values);
      for (Eigen::Index k = 0; k < over.mean.size(); ++k)
        tsv += fmt::format("modes\t{}\t{}\t{}\t\t{:.17g}\t{:.17g}\n", network, part.name, k + 1, over.mean[k],
                           over.deviation[k]);
    }
  for (const auto& [network, by_level] :
       {std::pair{"linear", &figure.linear_by_level}, std::pair{"tanh", &figure.tanh_by_level}})
    for (Eigen::Index i = 0; i < by_level->rows(); ++i)
      for (Eigen::Index level = 0; level < by_level->cols(); ++level)
        tsv += fmt::format("u0\t{}\tdelay\t{}\t{:.17g}\t{:.17g}\t\n", network, level,
                           figure.initial_strengths[static_cast<std::size_t>(i)], (*by_level)(i, level));
  return tsv;
}

Bars bars(const linalg::Matrix& values, double shift) {
  const MeanAndDeviation over = experiments::over_runs(values);
  Bars rows;
  for (Eigen::Index k = 0; k < over.mean.size(); ++k)
    rows.push_back({static_cast<double>(k + 1) + shift, 100 * over.mean[k], 100 * over.deviation[k]});
  return rows;
}

Curve means(const linalg::Matrix& values) {
  Curve rows;
  for (const auto& [mode, mean, deviation] : bars(values, 0)) rows.push_back({mode, mean});
  return rows;
}

Curve level_curve(const LearningDelayFigure& figure, const linalg::Matrix& by_level, Eigen::Index level) {
  Curve rows;
  for (Eigen::Index i = 0; i < by_level.rows(); ++i)
    rows.push_back({figure.initial_strengths[static_cast<std::size_t>(i)], 100 * by_level(i, level)});
  return rows;
}

}  // namespace

Drawing learning_delay_figure(const LearningDelayFigure& figure) {
  Script script(figure.id, 1240, 600);
  script.line("set multiplot").line("set zeroaxis lt -1 lw 0.8 lc rgb '#888888'");

  script.line("set lmargin at screen 0.085; set rmargin at screen 0.515")
      .line("set tmargin at screen 0.83; set bmargin at screen 0.15")
      .line(fmt::format("set xrange [0.2:{}]", static_cast<double>(figure.linear.total.cols()) + 0.8))
      .line(
          "set yrange [-5:*]; set xlabel 'number of the mode'; set ylabel 'delay (t_{sim} − t_{theory}) / "
          "t_{theory} (%)'")
      .line("set key at screen 0.07,0.985 left top vertical maxrows 3 Left reverse samplen 3 font ',13'");
  for (std::size_t k = 1; k < figure.levels.size(); ++k)
    if (figure.levels[k] != figure.levels[k - 1])
      script.line(
          fmt::format("set arrow from {0},graph 0 to {0},graph 1 nohead lw 0.8 dt (2,4) lc rgb '#999999'",
                      static_cast<double>(k) + 0.5));
  script.line(
      "plot '-' with yerrorbars pt 7 ps 0.55 lw 1.5 lc rgb '#1f49b6' title 'linear network', "
      "'-' with yerrorbars pt 9 ps 0.75 lw 1.5 lc rgb '#1a8f3c' title 'tanh network', "
      "'-' with lines lw 2 lc rgb '#12339c' title 'linear: competition', "
      "'-' with lines lw 2 dt (8,4) lc rgb '#b0402a' title 'linear: finite step (Euler)', "
      "'-' with lines lw 2 dt (2,3) lc rgb '#6b6b6b' title 'linear: its own start (seed)'");
  script.curve(bars(figure.linear.total, -0.12)).curve(bars(figure.tanh.total, 0.12));
  script.curve(means(figure.linear.rest)).curve(means(figure.linear.euler)).curve(means(figure.linear.seed));

  const Eigen::Index last = figure.linear_by_level.cols() - 1;
  script.line("unset arrow")
      .line("set lmargin at screen 0.60; set rmargin at screen 0.985")
      .line("set yrange [-15:*]; set logscale x; set format x '10^{%T}'")
      .line(fmt::format("set xrange [{:g}:{:g}]", figure.initial_strengths.front() / 2,
                        figure.initial_strengths.back() * 2))
      .line("set xlabel 'initial strength u_0'; set ylabel 'mean delay of a level of the tree (%)'")
      .line("set key at screen 0.60,0.985 left top vertical maxrows 3 Left reverse samplen 3 font ',13'");
  std::string plot = "plot ";
  const Eigen::Index shown[] = {last, last - 1, 0};
  static const char* const kDashes[] = {"", "dt (8,4)", "dt (2,3)"};
  for (const char* network : {"linear", "tanh"})
    for (std::size_t i = 0; i < 3; ++i)
      plot += fmt::format("{}'-' with linespoints pt {} ps 0.7 lw 2 {} lc rgb '{}' title '{}, level {}'",
                          plot.size() > 5 ? ", " : "", network[0] == 'l' ? 7 : 9, kDashes[i],
                          network[0] == 'l' ? "#1f49b6" : "#1a8f3c", network, shown[i]);
  script.line(plot);
  for (const auto* by_level : {&figure.linear_by_level, &figure.tanh_by_level})
    for (Eigen::Index level : shown) script.curve(level_curve(figure, *by_level, level));
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
