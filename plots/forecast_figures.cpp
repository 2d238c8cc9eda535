#include "plots/forecast_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace dln::plots {
namespace {

using Curve = std::vector<std::array<double, 2>>;
using experiments::Forecast;

constexpr const char* kTheory = "lw 2.6 lc rgb '#d9302a'";
constexpr const char* kRun = "lw 1.9 dt (7,4) lc rgb '#12339c'";
constexpr const char* kWhole = "lw 1.8 dt (1,3) lc rgb '#000000'";
constexpr const char* kBand = "fc rgb '#f3b9b4' fs solid 0.75 noborder";

// Epochs start at 0, which a logarithmic axis does not have: half an epoch stands for it.
double shown(double epoch) {
  return std::max(epoch, 0.5);
}

// The points that a curve needs: its ends, and where it has moved by a line's width or two.
template <std::size_t N>
std::vector<std::array<double, N>> thinned(const std::vector<std::array<double, N>>& rows) {
  std::vector<std::array<double, N>> kept;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto moved = [&](const std::array<double, N>& from, const std::array<double, N>& to) {
      double most = 0;
      for (std::size_t k = 1; k < N; ++k) most = std::max(most, std::abs(to[k] - from[k]));
      return most > 0.004;
    };
    const bool corner = i + 1 < rows.size() && !kept.empty() && moved(kept.back(), rows[i + 1]);
    if (i == 0 || i + 1 == rows.size() || corner) kept.push_back(rows[i]);
  }
  return kept;
}

Curve curve(const std::vector<double>& epochs, const linalg::Matrix& values, Eigen::Index column,
            double scale) {
  Curve points;
  for (std::size_t i = 0; i < epochs.size(); ++i)
    if (const double y = values(static_cast<Eigen::Index>(i), column) / scale; std::isfinite(y))
      points.push_back({shown(epochs[i]), y});
  return points;
}

Curve curve(const std::vector<double>& epochs, const std::vector<double>& values, double scale) {
  Curve points;
  for (std::size_t i = 0; i < std::min(epochs.size(), values.size()); ++i)
    if (std::isfinite(values[i])) points.push_back({shown(epochs[i]), values[i] / scale});
  return points;
}

// Columns for "with filledcurves": epoch, low, high.
std::vector<std::array<double, 3>> band(const std::vector<double>& epochs, const auto& low, const auto& high,
                                        double scale) {
  std::vector<std::array<double, 3>> rows;
  for (std::size_t i = 0; i < epochs.size(); ++i)
    if (std::isfinite(low(i)) && std::isfinite(high(i)))
      rows.push_back({shown(epochs[i]), low(i) / scale, high(i) / scale});
  return rows;
}

// A plot command and its curves, in step.
class Plot {
 public:
  void add(const std::string& style, const std::string& title, const Curve& points) {
    if (points.size() < 2) return;
    command_ += fmt::format("{}'-' {} {}", command_.empty() ? "plot " : ", ", style,
                            title.empty() ? "notitle" : "title '" + literal(title) + "'");
    data_.push_back([points = thinned(points)](Script& script) { script.curve(points); });
  }
  void add_band(const std::string& title, const std::vector<std::array<double, 3>>& rows) {
    if (rows.size() < 2) return;
    command_ += fmt::format("{}'-' using 1:2:3 with filledcurves {} {}", command_.empty() ? "plot " : ", ",
                            kBand, title.empty() ? "notitle" : "title '" + literal(title) + "'");
    data_.push_back([rows = thinned(rows)](Script& script) { script.curve(rows); });
  }
  void draw(Script& script) const {
    if (command_.empty()) return;
    script.line(command_);
    for (const auto& data : data_) data(script);
  }

 private:
  std::string command_;
  std::vector<std::function<void(Script&)>> data_;
};

int width_for(std::size_t columns) {
  return 110 + 450 * static_cast<int>(columns);
}

// One panel of a row: room for the axis' title once, for its numbers in every panel.
void place(Script& script, std::size_t column, std::size_t columns, double top, double bottom) {
  const double width = width_for(columns), left = 95 + 450 * static_cast<double>(column);
  script.line(
      fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}; set tmargin at screen {:g}; "
                  "set bmargin at screen {:g}",
                  left / width, (left + 395) / width, top, bottom));
}

std::string table(const std::vector<ForecastColumn>& columns, const std::vector<Eigen::Index>& modes) {
  std::string tsv = "N_l\tcurve\tepoch\tvalue\n";
  for (const auto& column : columns) {
    const Forecast& f = *column.forecast;
    const auto rows = [&](const std::string& name, const std::vector<double>& epochs, auto value) {
      for (std::size_t i = 0; i < epochs.size(); ++i)
        if (const double y = value(i); std::isfinite(y))
          tsv += fmt::format("{}\t{}\t{:g}\t{:.9g}\n", f.start.depth.layers(), name, epochs[i], y);
    };
    const auto of = [](const auto& values) { return [&values](std::size_t i) { return values[i]; }; };
    for (const Eigen::Index k : modes) {
      if (k >= f.strengths.cols()) continue;
      const auto at = [k](const linalg::Matrix& m) {
        return [&m, k](std::size_t i) { return m(static_cast<Eigen::Index>(i), k); };
      };
      rows(fmt::format("mode {} theory", k + 1), f.epochs, at(f.strengths));
      if (f.low.size() > 0) {
        rows(fmt::format("mode {} low", k + 1), f.epochs, at(f.low));
        rows(fmt::format("mode {} high", k + 1), f.epochs, at(f.high));
      }
      if (column.run) rows(fmt::format("mode {} run", k + 1), column.run->epochs, at(column.run->strengths));
    }
    rows("error theory", f.epochs, of(f.error));
    if (!f.held_out_error.empty()) rows("held-out error theory", f.epochs, of(f.held_out_error));
    if (!column.run) continue;
    rows("error run", column.run->epochs, of(column.run->error));
    if (!column.run->held_out_error.empty())
      rows("held-out error run", column.run->epochs, of(column.run->held_out_error));
  }
  return tsv;
}

void draw_strengths(Script& script, const ForecastColumn& column, const std::vector<Eigen::Index>& modes,
                    bool legend) {
  const Forecast& f = *column.forecast;
  Plot plot;
  const auto end_of = [&](Eigen::Index k) { return f.modes[static_cast<std::size_t>(k)].end; };
  std::vector<Eigen::Index> drawn;
  for (const Eigen::Index k : modes)
    if (k < f.strengths.cols()) drawn.push_back(k);
  const auto title = [&](Eigen::Index k, const char* text) {
    return legend && k == drawn.front() ? std::string(text) : std::string();
  };
  if (f.low.size() > 0)
    for (const Eigen::Index k : drawn)
      plot.add_band(title(k, "theory, 10 to 90 % of starts"),
                    band(
                        f.epochs, [&](std::size_t i) { return f.low(static_cast<Eigen::Index>(i), k); },
                        [&](std::size_t i) { return f.high(static_cast<Eigen::Index>(i), k); }, end_of(k)));
  for (const Eigen::Index k : drawn)
    plot.add(fmt::format("with lines {}", kTheory), title(k, "theory, this start"),
             curve(f.epochs, f.strengths, k, end_of(k)));
  if (f.whole)
    for (const Eigen::Index k : drawn)
      plot.add(fmt::format("with lines {}", kWhole), title(k, "whole matrices, flow"),
               curve(f.epochs, f.whole->strengths, k, end_of(k)));
  if (column.run)
    for (const Eigen::Index k : drawn)
      plot.add(fmt::format("with lines {}", kRun), title(k, "network trained"),
               curve(column.run->epochs, column.run->strengths, k, end_of(k)));
  for (const Eigen::Index k : drawn)
    if (const double half = f.modes[static_cast<std::size_t>(k)].half_epochs; std::isfinite(half))
      script.line(fmt::format("set label {} '{}' at {:.6g},1.13 center font ',12' front", 10 + k, k + 1,
                              shown(half)));
  plot.draw(script);
  for (const Eigen::Index k : drawn) script.line(fmt::format("unset label {}", 10 + k));
}

void draw_errors(Script& script, const ForecastColumn& column, bool legend) {
  const Forecast& f = *column.forecast;
  const auto title = [&](const char* text) { return legend ? std::string(text) : std::string(); };
  Plot plot;
  if (!f.error_low.empty())
    plot.add_band("", band(
                          f.epochs, [&](std::size_t i) { return f.error_low[i]; },
                          [&](std::size_t i) { return f.error_high[i]; }, f.error_at_zero));
  plot.add(fmt::format("with lines {}", kTheory), title("theory"), curve(f.epochs, f.error, f.error_at_zero));
  if (column.run)
    plot.add(fmt::format("with lines {}", kRun), title("network trained"),
             curve(column.run->epochs, column.run->error, f.error_at_zero));
  if (column.held_out_at_zero > 0) {
    plot.add("with lines lw 1.6 dt (2,3) lc rgb '#8a1f1b'", title("theory, held out"),
             curve(f.epochs, f.held_out_error, column.held_out_at_zero));
    if (column.run)
      plot.add("with lines lw 1.8 dt (1,3) lc rgb '#000000'", title("trained, held out"),
               curve(column.run->epochs, column.run->held_out_error, column.held_out_at_zero));
  }
  const double last = f.epochs.back();
  plot.add("with lines lw 1 lc rgb '#777777'", title("least of any such network"),
           {{0.5, f.least_error / f.error_at_zero}, {last, f.least_error / f.error_at_zero}});
  plot.draw(script);
}

// Whether the first and the last mode are too far apart in time for an even axis.
bool spread_out(const std::vector<ForecastColumn>& columns) {
  for (const auto& column : columns) {
    double first = std::numeric_limits<double>::infinity();
    for (const auto& mode : column.forecast->modes)
      if (std::isfinite(mode.half_epochs)) first = std::min(first, mode.half_epochs);
    if (column.forecast->epochs.back() > 20 * std::max(first, 1.0)) return true;
  }
  return false;
}

void set_time_axis(Script& script, const Forecast& forecast, bool logarithmic) {
  script.line(logarithmic ? "set logscale x; set format x '10^{%T}'" : "unset logscale x; set format x '%g'");
  script.line(fmt::format("set xrange [{}:{:.6g}]", logarithmic ? "0.5" : "0",
                          std::max(2.0, forecast.epochs.back())));
}

}  // namespace

Drawing forecast_figure(const std::vector<ForecastColumn>& columns, const std::vector<Eigen::Index>& modes) {
  Script script("forecast", width_for(columns.size()), 780);
  const bool logarithmic = spread_out(columns);
  script.line("set multiplot; set mxtics default");
  script.line("set key at screen 0.06,0.995 left top vertical maxrows 1 Left reverse samplen 3 font ',13'");
  script.line("set yrange [0:1.2]; set ytics 0,0.25,1; set ylabel 'strength of mode, u / (s/d)'");
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const Forecast& f = *columns[c].forecast;
    place(script, c, columns.size(), 0.89, 0.585);
    set_time_axis(script, f, logarithmic);
    script.line(fmt::format("set label 1 'N_l = {}, rate {:.3g}' at graph 0,1.05 left font ',14'",
                            f.start.depth.layers(), f.rate));
    draw_strengths(script, columns[c], modes, c == 0);
    script.line("set key off; set ylabel; set label 1 ''");
  }
  script.line("set key at screen 0.06,0.50 left top vertical maxrows 1 Left reverse samplen 3 font ',13'");
  script.line("set yrange [0:1.08]; set ylabel 'error E / E(0)'; set xlabel 'time t (epochs)'");
  for (std::size_t c = 0; c < columns.size(); ++c) {
    place(script, c, columns.size(), 0.445, 0.13);
    set_time_axis(script, *columns[c].forecast, logarithmic);
    draw_errors(script, columns[c], c == 0);
    script.line("set key off; set ylabel");
  }
  script.line("unset multiplot");
  const bool trained = std::ranges::any_of(columns, [](const auto& column) { return column.run != nullptr; });
  return {"forecast",
          fmt::format(
              "What will be learned, and when: strengths of modes over where theory expects them to end, and "
              "the error, at {} depth{}{}.",
              columns.size(), columns.size() == 1 ? "" : "s",
              logarithmic ? "; time on a logarithmic axis, its first half epoch cut" : ""),
          fmt::format(
              "One column a depth. Above, strengths of modes rise from nearly 0 to 1, numbered at their half "
              "times: theory, each mode by itself, in red{}{}. Below, the error falls accordingly{}.",
              columns.front().forecast->low.size() > 0 ? " inside a band over random starts" : "",
              trained ? ", the trained network in blue dashes" : "",
              columns.front().forecast->held_out_error.empty() ? "" : ", held-out examples dotted"),
          script.text(), table(columns, modes)};
}

Drawing sharpness_course_figure(const std::vector<SharpnessPanel>& panels) {
  Script script("sharpness-course", width_for(panels.size()), 430);
  std::string tsv = "N_l\tepoch\tlargest_eigenvalue\tlimit\ttheory_end\tleast_error\n";
  script.line("set key at screen 0.06,0.99 left top vertical maxrows 1 Left reverse samplen 3 font ',12'");
  script.line(
      "set multiplot; set ylabel 'largest eigenvalue over that where theory ends'; set xlabel 'time t "
      "(epochs)'");
  for (std::size_t c = 0; c < panels.size(); ++c) {
    const auto& [layers, course, theory_end, least_error] = panels[c];
    Curve measured;
    double most = 2.2;
    for (const auto& sample : course->samples) {
      measured.push_back({sample.epoch, sample.largest_eigenvalue / theory_end});
      if (std::isfinite(measured.back()[1])) most = std::max(most, 1.1 * measured.back()[1]);
      tsv += fmt::format("{}\t{:g}\t{:.9g}\t{:.9g}\t{:.9g}\t{:.9g}\n", layers, sample.epoch,
                         sample.largest_eigenvalue, course->limit, theory_end, least_error);
    }
    const double last = std::max(1.0, measured.back()[0]);
    place(script, c, panels.size(), 0.83, 0.2);
    const double tic = std::pow(10.0, std::floor(std::log10(last / 4)));
    script.line(fmt::format("set xtics {:g}", tic * std::round(last / 4 / tic)));
    script.line(fmt::format("set xrange [0:{:.6g}]; set yrange [0:{:.6g}]", last, std::min(most, 20.0)));
    script.line(fmt::format("set label 1 'N_l = {}' at graph 0,1.06 left font ',14'", layers));
    Plot plot;
    const auto level = [&](const char* style, const char* name, double value) {
      plot.add(fmt::format("with lines {}", style), name,
               {{0, value / theory_end}, {last, value / theory_end}});
    };
    level("lw 2 lc rgb '#d9302a'", "where theory ends", theory_end);
    level("lw 1.6 dt (6,4) lc rgb '#000000'", "2/rate", course->limit);
    level("lw 1.4 dt (2,3) lc rgb '#777777'", "least error", least_error);
    plot.add("with linespoints pt 7 ps 0.5 lw 1.6 dt (7,4) lc rgb '#12339c'", "trained", measured);
    plot.draw(script);
    script.line("set ylabel; set key off");
  }
  script.line("unset multiplot");
  return {"sharpness-course",
          "How sharp the error is on the way: the largest eigenvalue of the whole Hessian while the network "
          "is trained.",
          "One panel a depth. The measured eigenvalue in blue, over that where theory expects learning to "
          "end, red; "
          "2/rate dashed, above which descent does not stay; the one at the least error dotted, where it is "
          "in view.",
          script.text(), std::move(tsv)};
}

Drawing layer_growth_figure(const std::vector<ForecastColumn>& columns) {
  Script script("layer-growth", width_for(columns.size()), 430);
  std::string tsv = "N_l\tlayer\tepoch\trelative_growth\n";
  const bool logarithmic = spread_out(columns);
  static constexpr const char* kColours[] = {"#000000", "#1f49b6", "#1a8f3c",
                                             "#c2181b", "#8a5a00", "#7b2d8b"};
  script.line(
      "set multiplot; set yrange [0:*]; set ylabel 'growth of ‖W‖ over its start'; set xlabel 'time t "
      "(epochs)'");
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const Forecast& f = *columns[c].forecast;
    if (!columns[c].run) continue;
    const auto& run = *columns[c].run;
    place(script, c, columns.size(), 0.88, 0.2);
    set_time_axis(script, f, logarithmic);
    script.line(
        fmt::format("set label 1 'N_l = {}' at graph 0,1.05 left font ',14'; set key inside left top "
                    "vertical Left reverse samplen 3 font ',12'",
                    f.start.depth.layers()));
    Plot plot;
    for (Eigen::Index l = 0; l < run.squares.cols(); ++l) {
      Curve points;
      for (std::size_t i = 0; i < run.epochs.size(); ++i) {
        const double growth = std::sqrt(run.squares(static_cast<Eigen::Index>(i), l) / run.squares(0, l)) - 1;
        if (!std::isfinite(growth)) continue;
        points.push_back({shown(run.epochs[i]), growth});
        tsv += fmt::format("{}\t{}\t{:g}\t{:.9g}\n", f.start.depth.layers(), l + 1, run.epochs[i], growth);
      }
      if (l < 6)
        plot.add(fmt::format("with lines lw {:g} lc rgb '{}' dt {}", 3.4 - 0.4 * static_cast<double>(l),
                             kColours[l], l + 1),
                 fmt::format("W{}", l + 1), points);
    }
    plot.draw(script);
    script.line("set ylabel");
  }
  script.line("unset multiplot");
  return {"layer-growth",
          "Which layer changes when: growth of the size of every weight matrix over its start.",
          "One panel a depth, one curve a weight matrix. Squared sizes grow alike in every layer, so that "
          "matrices "
          "that start smaller grow by a larger factor.",
          script.text(), std::move(tsv)};
}

}  // namespace dln::plots
