#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "validation/benchmarks/compare/account.hpp"

namespace dln::compare {
namespace {

using Points = std::vector<std::array<double, 2>>;

// --- ratios
// -------------------------------------------------------------------------------------------------

using Arrows = std::vector<std::array<double, 4>>;

struct Dots {
  Points measured, missed;
  Arrows stems, targets;  // x, y, dx, dy
};

Dots dots_of(const std::vector<Row>& rows) {
  Dots dots;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double y = -static_cast<double>(i), ratio = rows[i].ratio();
    if (rows[i].target) dots.targets.push_back({*rows[i].target, y - 0.36, 0, 0.72});
    if (!std::isfinite(ratio)) continue;
    dots.stems.push_back({1, y, ratio - 1, 0});
    const bool short_of_it = rows[i].verdict() == "missed" || !rows[i].counts;
    (short_of_it ? dots.missed : dots.measured).push_back({ratio, y});
  }
  return dots;
}

// A plot command and its curves, in step; a curve without points is left out.
class Plot {
 public:
  template <class Rows>
  void add(const Rows& rows, const std::string& style) {
    if (rows.empty()) return;
    command_ += fmt::format("{}'-' {}", command_.empty() ? "plot " : ", ", style);
    data_.push_back([rows](plots::Script& script) { script.curve(rows); });
  }
  void draw(plots::Script& script) const {
    if (command_.empty()) return;
    script.line(command_);
    for (const auto& data : data_) data(script);
  }

 private:
  std::string command_;
  std::vector<std::function<void(plots::Script&)>> data_;
};

std::string shown(double ratio) {
  return ratio < 10 ? fmt::format("{:.1f}", ratio) : fmt::format("{:.0f}", ratio);
}

std::string said(const Row& row) {
  const std::string verdict = row.verdict();
  if (verdict == "met" || verdict == "missed" || verdict == "-") return shown(row.ratio());
  return verdict;
}

void name_rows(plots::Script& script, const std::vector<Row>& rows) {
  std::string tics;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    tics += fmt::format("{}'{}; {}' -{}", i ? ", " : "", plots::literal(rows[i].title),
                        plots::literal(rows[i].peer), i);
    const double at = std::isfinite(rows[i].ratio()) ? rows[i].ratio() : 1;
    const double right = std::max(at, rows[i].target.value_or(1));
    script.line(fmt::format("set label '{}' at first {:g},{} left offset 1.2,0 font ',13'", said(rows[i]),
                            right, -static_cast<double>(i)));
  }
  script.line("set ytics (" + tics + ") scale 0 font ',13'");
}

// --- growth
// -------------------------------------------------------------------------------------------------

const char* style_of(Look look) {
  switch (look) {
    case Look::first:
      return "with linespoints lw 2.4 pt 7 ps 0.8 lc rgb '#1f49b6'";
    case Look::second:
      return "with linespoints lw 2.2 pt 9 ps 1 lc rgb '#1c8a4a'";
    case Look::third:
      return "with linespoints lw 2 pt 4 ps 0.9 lc rgb '#b0721c'";
    case Look::limit:
      return "with lines lw 1.8 dt (8,4) lc rgb '#444444'";
    case Look::second_limit:
      return "with lines lw 1.8 dt (2,4) lc rgb '#444444'";
    case Look::peer:
      return "with points pt 2 ps 1.1 lw 1.8 lc rgb '#c2181b'";
  }
  return "";
}

void place(plots::Script& script, std::size_t panel) {
  const double left = 0.06 + 0.325 * static_cast<double>(panel % 3), top = panel < 3 ? 0.94 : 0.45;
  script.line(
      fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}; set tmargin at screen {:g}; "
                  "set bmargin at screen {:g}",
                  left, left + 0.265, top, top - 0.35));
}

// Room for the key above the highest point.
void draw(plots::Script& script, const GrowthPanel& panel) {
  double low = INFINITY, high = 0, first = INFINITY, last = 0;
  std::string command;
  for (const GrowthCurve& curve : panel.curves) {
    if (curve.points.empty()) continue;
    for (const auto& [x, y] : curve.points) {
      low = std::min(low, 1e3 * y);
      high = std::max(high, 1e3 * y);
      first = std::min(first, x);
      last = std::max(last, x);
    }
    command += fmt::format("{}'-' {} title '{}'", command.empty() ? "plot " : ", ", style_of(curve.look),
                           curve.name);
  }
  if (command.empty()) return;
  // Six names take more room than three.
  const double room = 0.12 + 0.1 * static_cast<double>(panel.curves.size());
  const double bottom = std::log10(low) - 0.2, top = std::log10(high) + room * (std::log10(high) - bottom);
  script
      .line(fmt::format("set xrange [{:g}:{:g}]; set yrange [{:g}:{:g}]; set ytics 1e-12,{}", first / 1.3,
                        last * 1.3, std::pow(10, bottom), std::pow(10, top), top - bottom > 7 ? 100 : 10))
      .line(
          fmt::format("set xtics {}; set format x '{}'", panel.tics, panel.tics == "1,10" ? "10^{%T}" : "%g"))
      .line(fmt::format("set xlabel '{}'; set label 1 '{}' at graph 0,1.06 left", panel.horizontal,
                        panel.title))
      .line(command);
  for (const GrowthCurve& curve : panel.curves) {
    if (curve.points.empty()) continue;
    Points points;
    for (const auto& [x, y] : curve.points) points.push_back({x, 1e3 * y});
    script.curve(points);
  }
}

void name_limits(plots::Script& script, Bench& bench) {
  const std::size_t large = bench.quick() ? 1 << 16 : std::size_t{1} << 25;
  const double bytes = 8.0 * static_cast<double>(large);
  std::vector<std::string> lines{
      "What one core of this machine allows",
      bench.limits().fused_rate() > 0
          ? fmt::format("multiply-adds in registers: {:.0f} GF/s", 1e-9 * bench.limits().fused_rate())
          : "multiply-adds in registers: not measured",
      fmt::format("product of large matrices: {:.0f} GF/s", 1e-9 * bench.limits().product_rate()),
      fmt::format("reading memory: {:.0f} GB/s", 1e-9 * bytes / bench.limits().read_seconds(large)),
      fmt::format("the same and writing it back: {:.0f} GB/s, both counted",
                  2e-9 * bytes / bench.limits().update_seconds(large)),
      "",
      "Dashed: the least time they leave,",
      "by operations or bytes, whichever is more"};
  script.line("unset label");
  for (std::size_t i = 0; i < lines.size(); ++i)
    script.line(fmt::format("set label '{}' at screen 0.715,{:g} left font ',14'", lines[i],
                            0.42 - 0.04 * static_cast<double>(i)));
  script.line(
      "unset border; unset tics; unset xlabel; unset ylabel; unset key; unset logscale; plot [0:1][0:1] NaN "
      "notitle");
}

std::string growth_tsv(const std::vector<GrowthPanel>& panels) {
  std::string tsv = "panel\tcurve\tx\tseconds\n";
  for (const GrowthPanel& panel : panels)
    for (const GrowthCurve& curve : panel.curves)
      for (const auto& [x, y] : curve.points)
        tsv += fmt::format("{}\t{}\t{:g}\t{:.6g}\n", panel.name, curve.name, x, y);
  return tsv;
}

}  // namespace

plots::Drawing ratio_figure(const Bench& bench) {
  const auto& rows = bench.rows;
  plots::Script script("ratios", 1300, 130 + 27 * static_cast<int>(rows.size()));
  double last = 100;
  for (const Row& row : rows)
    last = std::max({last, std::isfinite(row.ratio()) ? row.ratio() : 1, row.target.value_or(1)});
  script
      .line("set border 1; set lmargin at screen 0.5; set rmargin at screen 0.94; set tmargin at screen 0.95")
      .line("set logscale x; set xlabel 'times faster than the peer, measured in turns'")
      .line("set grid xtics lt 1 lw 0.6 lc rgb '#dddddd'; set format x '%g'")
      .line(fmt::format("set xrange [0.7:{:g}]; set yrange [{}:1]", 3 * last,
                        -static_cast<double>(rows.size())))
      .line("set key at screen 0.35,0.99 left top vertical maxrows 1 Left reverse samplen 1.5 font ',13'");
  name_rows(script, rows);
  const Dots dots = dots_of(rows);
  Plot plot;
  plot.add(dots.stems, "with vectors nohead lw 4 lc rgb '#b9c6e8' notitle");
  plot.add(dots.targets, "with vectors nohead lw 3 lc rgb '#111111' title 'target'");
  plot.add(dots.measured, "with points pt 7 ps 1.1 lc rgb '#1f49b6' title 'measured'");
  plot.add(dots.missed, "with points pt 6 ps 1.3 lw 2 lc rgb '#c2181b' title 'measured, target missed'");
  plot.draw(script);
  return {
      "ratios", "Ours beside its peers",
      "For each workload how many times faster it is than a peer, on a logarithmic axis, beside its target",
      script.text(), rows_tsv(bench)};
}

plots::Drawing growth_figure(Bench& bench, const std::vector<GrowthPanel>& panels) {
  plots::Script script("cost", 1500, 900);
  script
      .line(
          "set multiplot; set logscale xy; set format '10^{%T}'; unset mxtics; unset mytics; set ylabel "
          "'milliseconds' offset 1")
      .line("set key top left Left reverse samplen 2.5 spacing 0.95 font ',12'");
  for (std::size_t i = 0; i < panels.size(); ++i) {
    place(script, i);
    draw(script, panels[i]);
  }
  place(script, 5);
  name_limits(script, bench);
  script.line("unset multiplot");
  return {
      "cost", "How cost grows",
      "Five panels of time against depth, width, modes, examples and runs, each beside the machine's limit",
      script.text(), growth_tsv(panels)};
}

}  // namespace dln::compare
