#include <fmt/format.h>

#include <iterator>

#include "plots/figures.hpp"

namespace dln::plots {
namespace {

using experiments::ModeRateRow;
using Curve = std::vector<std::array<double, 2>>;

Curve curve_of(const std::vector<ModeRateRow>& rows, auto&& value) {
  Curve curve;
  for (const ModeRateRow& row : rows) curve.push_back({static_cast<double>(row.layers), value(row)});
  return curve;
}

std::string table(const LearningRateFigure& figure) {
  std::string tsv =
      "s\tN_l\tlambda_max\tedge_kappa\texact_steps\tsteps_at_optimal\tdependable_kappa\tdependable_steps\t"
      "stable_kappa\tstable_steps\ttouching_kappa\ttouching_steps\n";
  for (const auto& panel : figure.modes)
    for (const ModeRateRow& row : *panel.rows) {
      tsv +=
          fmt::format("{:g}\t{}\t{:.17g}\t{:.9g}\t{:.17g}\t{}\t{:.6g}\t{}\t{:.6g}\t{}", panel.singular_value,
                      row.layers, row.largest_eigenvalue, row.edge, row.exact_steps, row.steps_at_optimal,
                      row.dependable.kappa, row.dependable.steps, row.stable.kappa, row.stable.steps);
      tsv += row.touching ? fmt::format("\t{:.6g}\t{}\n", row.touching->kappa, row.touching->steps)
                          : std::string("\tnone\tnone\n");
    }
  return tsv;
}

struct Series {
  std::string drawn;  // gnuplot's words for it
  Curve curve;
};

void plot(Script& script, std::initializer_list<Series> all) {
  std::string command = "plot ";
  for (const Series& series : all)
    command += fmt::format("{}'-' {}", command.size() > 5 ? ", " : "", series.drawn);
  script.line(command);
  for (const Series& series : all) script.curve(series.curve);
}

void place(Script& script, int panel, const std::string& name, const std::string& vertical) {
  const double left = 0.055 + 0.335 * panel;
  script.line(fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}", left, left + 0.255))
      .line("set tmargin at screen 0.76; set bmargin at screen 0.13")
      .line(fmt::format("set label 1 '{}' at graph 0,1.05 left", name))
      .line(fmt::format("set key at screen {:g},0.99 left top vertical Left reverse samplen 3 font ',13'",
                        left - 0.03))
      .line(fmt::format("set ylabel '{}'", vertical));
}

constexpr const char* kTwo = "with lines lw 2 lc rgb '#444444' title '2/λ_{max}'";
constexpr const char* kOne = "with lines lw 2 dt (8,4) lc rgb '#444444' title '1/λ_{max}'";
constexpr const char* kEdge =
    "with points pt 5 ps 0.7 lc rgb '#c2181b' title 'edge of stability, by bisection'";
constexpr const char* kBest =
    "with points pt 7 ps 0.8 lc rgb '#1f49b6' title 'fastest, with every rate within 1 %'";
constexpr const char* kLucky = "with points pt 2 ps 0.7 lc rgb '#5b7fd1' title 'fastest single stable rate'";

}  // namespace

Drawing learning_rate_figure(const LearningRateFigure& figure) {
  const auto& rows = *figure.modes.front().rows;
  Script script(figure.id, 1500, 600);
  script.line("set multiplot; set logscale xy; set xrange [1.8:115]; set xtics (2, 3, 5, 10, 20, 50, 100)")
      .line("set xlabel 'number of layers N_l'");

  place(script, 0, fmt::format("rates, s = {:g}", figure.modes.front().singular_value), "learning rate");
  const auto rate = [](auto&& kappa) {
    return [kappa](const ModeRateRow& row) { return kappa(row) / row.largest_eigenvalue; };
  };
  plot(script, {{kTwo, curve_of(rows, rate([](const auto&) { return 2.0; }))},
                {kOne, curve_of(rows, rate([](const auto&) { return 1.0; }))},
                {kEdge, curve_of(rows, rate([](const auto& row) { return row.edge; }))},
                {kBest, curve_of(rows, rate([](const auto& row) { return row.dependable.kappa; }))}});

  // The same as kappa, where other modes fall on the same points.
  place(script, 1, "the same counted as κ", "κ = learning rate × λ_{max}");
  script.line("unset logscale y; set yrange [0.8:2.2]");
  const auto& other = *figure.modes.back().rows;
  const auto edge = [](const ModeRateRow& row) { return row.edge; };
  const auto best = [](const ModeRateRow& row) { return row.dependable.kappa; };
  const std::string open =
      fmt::format("with points pt 6 ps 1.4 lw 1.2 lc rgb '#222222' title 'edge and fastest for s = {:g}'",
                  figure.modes.back().singular_value);
  Curve both = curve_of(other, edge);
  std::ranges::copy(curve_of(other, best), std::back_inserter(both));
  plot(script, {{"with lines lw 2 lc rgb '#444444' notitle", {{1.8, 2}, {115, 2}}},
                {"with lines lw 2 dt (8,4) lc rgb '#444444' notitle", {{1.8, 1}, {115, 1}}},
                {kEdge, curve_of(rows, edge)},
                {kBest, curve_of(rows, best)},
                {kLucky, curve_of(rows, [](const auto& row) { return row.stable.kappa; })},
                {open, both}});

  place(script, 2, fmt::format("steps, u_0 = ε = {:g} s", figure.share), "gradient steps from u_0 to s − ε");
  script.line("set logscale y; set yrange [0.8:2000]; unset format");
  plot(script,
       {{"with lines lw 2.4 lc rgb '#222222' title 'exact law k_N of the flow at 1/λ_{max}'",
         curve_of(rows, [](const auto& row) { return row.exact_steps; })},
        {"with points pt 9 ps 0.9 lc rgb '#c2181b' title 'descent at 1/λ_{max}'",
         curve_of(rows, [](const auto& row) { return static_cast<double>(row.steps_at_optimal); })},
        {kBest, curve_of(rows, [](const auto& row) { return static_cast<double>(row.dependable.steps); })},
        {kLucky, curve_of(rows, [](const auto& row) { return static_cast<double>(row.stable.steps); })}});
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
