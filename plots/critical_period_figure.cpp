#include "plots/critical_period_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dln::plots {
namespace {

using experiments::CriticalPeriodCurve;
using experiments::LaterLearning;
using experiments::SlowDown;
using Curve = std::vector<std::array<double, 2>>;

std::string table(const CriticalPeriodFigure& figure) {
  std::string tsv = "L\tinput_age\tv_theory\tepochs_theory\tepochs_flow\tepochs_network\tepochs_random\n";
  for (std::size_t c = 0; c < figure.run->curves.size(); ++c) {
    const auto& curve = figure.run->curves[c];
    for (std::size_t i = 0; i < curve.input_ages.size(); ++i) {
      tsv += fmt::format("{}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\t", curve.matrices,
                         curve.input_ages[i], curve.theory[i].strength, curve.theory[i].epochs,
                         curve.flow[i].epochs, curve.network[i].epochs);
      const bool none = c >= figure.from_random_weights.size() || figure.from_random_weights[c].empty();
      tsv += none ? std::string("none\n") : fmt::format("{:.17g}\n", figure.from_random_weights[c].at(i));
    }
  }
  tsv += "\n# slow-down by total deprivation\nL\tv0\ttheory\tflow\tnetwork\n";
  for (const SlowDown& s : figure.run->slow_downs)
    tsv += fmt::format("{}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\n", s.matrices, s.initial_strength, s.theory,
                       s.flow, s.network);
  return tsv;
}

Curve curve_of(const CriticalPeriodCurve& curve, const std::vector<LaterLearning>& later) {
  Curve points;
  for (std::size_t i = 0; i < later.size(); ++i) points.push_back({curve.input_ages[i], later[i].epochs});
  return points;
}

Curve slow_downs(const CriticalPeriodFigure& figure, int matrices, double SlowDown::*witness) {
  Curve points;
  for (const SlowDown& s : figure.run->slow_downs)
    if (s.matrices == matrices) points.push_back({s.initial_strength, s.*witness});
  return points;
}

// Through the point of smallest v0 with the slope of its limit.
Curve predicted(const Curve& measured, int matrices) {
  const auto least = std::ranges::min_element(measured, {}, [](const auto& p) { return p[0]; });
  Curve line;
  for (const auto& point : measured)
    line.push_back({point[0], (*least)[1] * std::pow(point[0] / (*least)[0], -(matrices - 2) / 2.0)});
  return line;
}

constexpr std::array<const char*, 4> kColours{"#ee8a7d", "#e0403a", "#a51d1a", "#560808"};
constexpr std::array<int, 4> kPoints{4, 6, 8, 12};

std::string colour(std::size_t i) {
  return kColours[std::min(i, kColours.size() - 1)];
}
int symbol(std::size_t i) {
  return kPoints[std::min(i, kPoints.size() - 1)];
}

void draw_ages(Script& script, const CriticalPeriodFigure& figure) {
  const auto& curves = figure.run->curves;
  script
      .line(fmt::format("set arrow 1 from {0:g},graph 0 to {0:g},graph 1 nohead dt (4,4) lc rgb '#666666'",
                        figure.window_end))
      .line(fmt::format(
          "set arrow 2 from {0:g},graph 0 to {0:g},graph 1 nohead lt 1 lw 1.4 dt 1 lc rgb '#666666'",
          figure.closing_age))
      .line(fmt::format("set label 1 'v = 1/2' at {:g},graph 1.035 center font ',13'", figure.window_end))
      .line(fmt::format("set label 2 'T_c' at {:g},graph 1.035 center font ',13'", figure.closing_age));
  std::string command = "plot ";
  std::vector<Curve> drawn;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    for (const auto& [later, how] :
         {std::pair{&curves[i].theory, fmt::format("with lines lw 4 lc rgb '{}' title 'theory, L = {}'",
                                                   colour(i), curves[i].matrices)},
          {&curves[i].flow, fmt::format("with points pt 7 ps 0.45 lc rgb '#000000' {}",
                                        i == 0 ? "title 'flow of Eqs 10 and 14, each L'" : "notitle")},
          {&curves[i].network,
           fmt::format("with points pt {} ps 1.0 lw 1.6 lc rgb '#1f49b6' title 'full network, L = {}'",
                       symbol(i), curves[i].matrices)}}) {
      command += fmt::format("{}'-' {}", drawn.empty() ? "" : ", ", how);
      drawn.push_back(curve_of(curves[i], *later));
    }
    if (i >= figure.from_random_weights.size() || figure.from_random_weights[i].empty()) continue;
    Curve random;
    for (std::size_t k = 0; k < curves[i].input_ages.size(); ++k)
      random.push_back({curves[i].input_ages[k], figure.from_random_weights[i][k]});
    command += fmt::format(", '-' with points pt 1 ps 0.7 lw 1.2 lc rgb '#2e8b57' {}",
                           i == 0 ? "title 'from random weights, each L'" : "notitle");
    drawn.push_back(random);
  }
  script.line(command);
  for (const Curve& curve : drawn) script.curve(curve);
  script.line("unset arrow; unset label 1; unset label 2");
}

void draw_slow_downs(Script& script, const CriticalPeriodFigure& figure) {
  std::string command = "plot ";
  std::vector<Curve> drawn;
  const auto add = [&](const std::string& how, Curve curve) {
    command += fmt::format("{}'-' {}", drawn.empty() ? "" : ", ", how);
    drawn.push_back(std::move(curve));
  };
  for (std::size_t i = 0; i < figure.run->curves.size(); ++i) {
    const int L = figure.run->curves[i].matrices;
    const Curve theory = slow_downs(figure, L, &SlowDown::theory);
    if (theory.empty()) continue;
    add(fmt::format("with lines lw 4 lc rgb '{}' notitle", colour(i)), theory);
    add(fmt::format("with points pt {} ps 1.2 lw 1.6 lc rgb '#1f49b6' notitle", symbol(i)),
        slow_downs(figure, L, &SlowDown::network));
    if (L > 2)
      add(fmt::format("with lines lw 1.6 dt (7,5) lc rgb '#444444' {}",
                      L == 3 ? "title 'slope −(L − 2)/2'" : "notitle"),
          predicted(theory, L));
  }
  script.line(command);
  for (const Curve& curve : drawn) script.curve(curve);
}

}  // namespace

Drawing critical_period_figure(const CriticalPeriodFigure& figure) {
  Script script(figure.id, 1400, 640);
  script.line("set multiplot; set logscale y; set format y '10^{%T}'")
      .line("set tmargin at screen 0.77; set bmargin at screen 0.13")
      .line("set lmargin at screen 0.085; set rmargin at screen 0.48")
      .line("set key at screen 0.03,0.99 left top vertical maxrows 3 Left reverse samplen 3 font ',13'")
      .line("set xlabel 'age at which input comes (epochs of τ)'")
      .line("set ylabel 'learning time of the later task (epochs of τ)'");
  draw_ages(script, figure);
  script.line("set lmargin at screen 0.585; set rmargin at screen 0.98; set logscale x")
      .line("set format x '10^{%T}'; set xrange [7e-5:0.16]")
      .line("set key at graph 0.99,0.99 right top Left reverse samplen 3 font ',13'")
      .line("set xlabel 'strength of an autoencoder at birth, v_0'")
      .line("set ylabel 'slow-down by total deprivation'");
  draw_slow_downs(script, figure);
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
