#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plots/figures.hpp"

namespace dln::plots {
namespace {

using experiments::UnequalLayers;
using linalg::Matrix;
using Curve = std::vector<std::array<double, 2>>;

std::string curves_of(int start, const UnequalLayers& run) {
  std::string tsv;
  for (Eigen::Index l = 0; l < run.theory.cols(); ++l)
    for (Eigen::Index k = 0; k < run.theory.rows(); ++k)
      tsv += fmt::format("{}\t{}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\n", start, l + 1,
                         run.epochs[static_cast<std::size_t>(k)], run.theory(k, l), run.flow(k, l),
                         run.network(k, l));
  return tsv;
}

std::string changes_of(int start, const UnequalLayers& run) {
  std::string tsv;
  for (std::size_t l = 0; l < run.layers.size(); ++l)
    tsv += fmt::format("{}\t{}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\n", start, l + 1, run.layers[l].start,
                       run.layers[l].end, run.layers[l].relative_change, run.layers[l].half_time);
  return tsv;
}

Curve curve_of(const UnequalLayers& run, const Matrix& values, Eigen::Index layer, Eigen::Index stride) {
  Curve curve;
  for (Eigen::Index k = 0; k < values.rows(); k += stride)
    curve.push_back({run.epochs[static_cast<std::size_t>(k)], values(k, layer)});
  return curve;
}

// Where every layer has done half of its change.
Curve halves_of(const UnequalLayers& run) {
  Curve halves;
  for (const auto& layer : run.layers) halves.push_back({layer.half_time, (layer.start + layer.end) / 2});
  return halves;
}

// All layers of one start against time.
void draw_course(Script& script, const UnequalLayers& run, bool legend) {
  const Eigen::Index L = run.theory.cols(), every = std::max<Eigen::Index>(1, run.theory.rows() / 16);
  script.line(fmt::format("set xrange [0:{:g}]", run.epochs.back()));
  Eigen::Index lowest;
  run.theory.row(0).minCoeff(&lowest);
  for (Eigen::Index l = 0; l < L; ++l)
    script.line(fmt::format("set label {0} 'a_{{{0}}}' at 0,{1:g} left offset {2} front font ',14'", l + 1,
                            run.theory(0, l), l == lowest ? "2.4,-0.5" : "0.8,0.8"));
  std::string plot = "plot ";
  for (Eigen::Index l = 0; l < L; ++l) {
    const auto title = [&](const char* text) {
      return legend && l == 0 ? fmt::format("title '{}'", text) : std::string("notitle");
    };
    plot += fmt::format(
        "'-' with lines lw 6 lc rgb '#c2181b' {}, '-' with lines lw 2.2 dt (7,5) lc rgb '#0b1540' {}, "
        "'-' with points pt 6 ps 0.8 lw 1.4 lc rgb '#12339c' {}, ",
        title("theory, one quadrature of Eq 14"), title("flow of Eq 14"), title("full network"));
  }
  plot += fmt::format("'-' with points pt 5 ps 0.9 lc rgb '#000000' {}",
                      legend ? "title 'half of its change done'" : "notitle");
  script.line(plot);
  for (Eigen::Index l = 0; l < L; ++l)
    script.curve(curve_of(run, run.theory, l, 1))
        .curve(curve_of(run, run.flow, l, 1))
        .curve(curve_of(run, run.network, l, every));
  script.curve(halves_of(run));
  for (Eigen::Index l = 0; l < L; ++l) script.line(fmt::format("unset label {}", l + 1));
}

// Relative change against size, at the end of the run: sqrt(1 + y/a^2) - 1 and what flow and network did.
void draw_changes(Script& script, const UnequalLayers& run) {
  const Eigen::Index L = run.theory.cols(), last = run.theory.rows() - 1;
  const double y = run.theory(last, 0) * run.theory(last, 0) - run.theory(0, 0) * run.theory(0, 0);
  const auto sizes = run.theory.row(0).cwiseAbs();
  const double least = sizes.minCoeff() / 1.6, most = sizes.maxCoeff() * 1.6;
  Curve law;
  for (int i = 0; i <= 200; ++i) {
    const double a = least * std::pow(most / least, i / 200.0);
    law.push_back({a, std::sqrt(1 + y / (a * a)) - 1});
  }
  const auto points = [&](const Matrix& values) {
    Curve curve;
    for (Eigen::Index l = 0; l < L; ++l)
      curve.push_back({std::abs(values(0, l)), std::abs(values(last, l)) / std::abs(values(0, l)) - 1});
    return curve;
  };
  script.line(fmt::format("set logscale xy; set xrange [{:g}:{:g}]; set yrange [*:*]", least, most));
  script.line(
      "plot '-' with lines lw 5 lc rgb '#c2181b' title '√(1 + y/a_l^2) − 1', "
      "'-' with points pt 2 ps 1.5 lw 2.2 lc rgb '#1f49b6' title 'flow of Eq 14', "
      "'-' with points pt 6 ps 1.5 lw 1.8 lc rgb '#12339c' title 'full network'");
  script.curve(law).curve(points(run.flow)).curve(points(run.network));
}

}  // namespace

Drawing unequal_layers_figure(const UnequalLayersFigure& figure) {
  Script script(figure.id, 1400, 560);
  script.line("set multiplot")
      .line("set tmargin at screen 0.80; set bmargin at screen 0.14")
      .line("set lmargin at screen 0.075; set rmargin at screen 0.335")
      .line("set xlabel 'time t (epochs)'; set ylabel 'strength of layer l, a_l'")
      .line("set key at screen 0.04,0.985 left top vertical maxrows 2 Left reverse samplen 3 font ',14'")
      .line(fmt::format("set logscale y; set yrange [{:g}:{:g}]", figure.rising->theory.minCoeff() / 1.5,
                        figure.rising->theory.maxCoeff() * 1.5))
      .line("set title 'five layers, each twice the next smaller one' font ',14'");
  draw_course(script, *figure.rising, true);
  const double lowest = figure.through_zero->theory.minCoeff(),
               highest = figure.through_zero->theory.maxCoeff(), margin = 0.12 * (highest - lowest);
  script.line("set lmargin at screen 0.415; set rmargin at screen 0.67; set key off; unset logscale")
      .line(fmt::format("set yrange [{:g}:{:g}]", lowest - margin, highest + margin))
      .line("set title 'three layers, one of them negative'; set xzeroaxis lt -1 lw 0.8 lc rgb '#888888'");
  draw_course(script, *figure.through_zero, false);
  script.line("unset xzeroaxis; set lmargin at screen 0.75; set rmargin at screen 0.985")
      .line("set key at screen 0.745,0.985 left top vertical maxrows 2 Left reverse samplen 2 font ',14'")
      .line("set title 'the five, when they end'")
      .line("set xlabel 'strength at the start, a_l(0)'; set ylabel 'relative change, a_l / a_l(0) − 1'");
  draw_changes(script, *figure.rising);
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(),
          "start\tlayer\tepoch\ttheory\tflow\tnetwork\n" + curves_of(1, *figure.rising) +
              curves_of(2, *figure.through_zero) +
              "\n# changes\nstart\tlayer\ta_0\ta_end\trelative_change\thalf_time\n" +
              changes_of(1, *figure.rising) + changes_of(2, *figure.through_zero)};
}

}  // namespace dln::plots
