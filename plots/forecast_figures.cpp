#include "plots/forecast_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plots/panels.hpp"

namespace dln::plots {
namespace {

using namespace panels;

using experiments::Forecast;

constexpr const char* kTheory = "lw 2.6 lc rgb '#d9302a'";
constexpr const char* kRun = "lw 1.9 dt (7,4) lc rgb '#12339c'";
constexpr const char* kWhole = "lw 1.8 dt (1,3) lc rgb '#000000'";

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

struct HalfTimeLabel {
  double epoch;
  std::vector<Eigen::Index> modes;  // ascending, from 0
  std::string text;
};

// "2", "2–4", "1,3": three or more in a row are a range.
std::string numbers_text(const std::vector<Eigen::Index>& modes) {
  std::string text;
  for (std::size_t i = 0; i < modes.size();) {
    std::size_t last = i;
    while (last + 1 < modes.size() && modes[last + 1] == modes[last] + 1) ++last;
    if (last < i + 2) last = i;
    text += fmt::format("{}{}", text.empty() ? "" : ",", modes[i] + 1);
    if (last > i) text += fmt::format("–{}", modes[last] + 1);
    i = last + 1;
  }
  return text;
}

// Numbers of modes at their half times; those that would overlap share a label, halfway between them.
std::vector<HalfTimeLabel> half_time_labels(const Forecast& f, const std::vector<Eigen::Index>& drawn,
                                            bool logarithmic) {
  const auto on_axis = [=](double epoch) {
    return logarithmic ? std::log(std::max(epoch, kFirstEpoch)) : epoch;
  };
  const double digit =
      0.02 * (on_axis(last_epoch(f)) - on_axis(0));  // a digit's width: 8 of a panel's 395 pixels
  std::vector<HalfTimeLabel> labels;                 // epochs as on the axis, until the end
  for (const Eigen::Index k : drawn)
    if (const double half = f.modes[static_cast<std::size_t>(k)].half_epochs; std::isfinite(half))
      labels.push_back({on_axis(half), {k}, numbers_text({k})});
  std::ranges::stable_sort(labels, {}, &HalfTimeLabel::epoch);
  for (std::size_t i = 0; i + 1 < labels.size();) {
    auto &left = labels[i], &right = labels[i + 1];
    const double room = digit * (0.5 * static_cast<double>(left.text.size() + right.text.size()) + 1);
    if (right.epoch - left.epoch >= room) {
      ++i;
      continue;
    }
    left.epoch = 0.5 * (left.epoch + right.epoch);
    left.modes.insert(left.modes.end(), right.modes.begin(), right.modes.end());
    std::ranges::sort(left.modes);
    left.text = numbers_text(left.modes);
    labels.erase(labels.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    if (i > 0) --i;  // it may have grown into the one before
  }
  if (logarithmic)
    for (auto& label : labels) label.epoch = std::exp(label.epoch);
  return labels;
}

void draw_strengths(Script& script, const ForecastColumn& column, const std::vector<Eigen::Index>& modes,
                    bool legend, bool logarithmic) {
  const Forecast& f = *column.forecast;
  Plot plot(logarithmic);
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
  const auto labels = half_time_labels(f, drawn, logarithmic);
  for (std::size_t i = 0; i < labels.size(); ++i)
    script.line(fmt::format("set label {} '{}' at {:.6g},1.13 center font ',12' front", 10 + i,
                            labels[i].text, labels[i].epoch));
  plot.draw(script);
  for (std::size_t i = 0; i < labels.size(); ++i) script.line(fmt::format("unset label {}", 10 + i));
}

void draw_errors(Script& script, const ForecastColumn& column, bool legend, bool logarithmic) {
  const Forecast& f = *column.forecast;
  const auto title = [&](const char* text) { return legend ? std::string(text) : std::string(); };
  Plot plot(logarithmic);
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
           {{0, f.least_error / f.error_at_zero}, {last, f.least_error / f.error_at_zero}});
  plot.draw(script);
}

// "1, 2, 3"
std::string listed(const std::vector<Eigen::Index>& modes) {
  std::string text;
  for (const Eigen::Index k : modes) text += fmt::format("{}{}", text.empty() ? "" : ", ", k + 1);
  return text;
}

}  // namespace

Drawing forecast_figure(const std::vector<ForecastColumn>& columns, const std::vector<Eigen::Index>& modes) {
  Script script("forecast", width_for(columns.size()), 780);
  const bool logarithmic = spread_out(columns);
  script.line("set multiplot; set mxtics default");
  script.line(fmt::format(
      "set key at screen 0.06,0.995 left top vertical maxrows {} Left reverse samplen 3 font ',13'",
      columns.size() == 1 ? 2 : 1));
  script.line("set yrange [0:1.2]; set ytics 0,0.25,1; set ylabel 'strength of mode, u / (s/d)'");
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const Forecast& f = *columns[c].forecast;
    place(script, c, columns.size(), 0.89, 0.585);
    set_time_axis(script, f, logarithmic);
    script.line(fmt::format("set label 1 'N_l = {}, rate {:.3g}' at graph 0,1.05 left font ',14'",
                            f.start.depth.layers(), f.rate));
    draw_strengths(script, columns[c], modes, c == 0, logarithmic);
    script.line("set key off; set ylabel; set label 1 ''");
  }
  script.line(fmt::format(
      "set key at screen 0.06,0.515 left top vertical maxrows {} Left reverse samplen 3 font ',13'",
      columns.size() == 1   ? 3
      : columns.size() == 2 ? 2
                            : 1));
  script.line("set yrange [0:1.08]; set ylabel 'error E / E(0)'; set xlabel 'time t (epochs)'");
  for (std::size_t c = 0; c < columns.size(); ++c) {
    place(script, c, columns.size(), columns.size() == 1 ? 0.425 : 0.445, 0.13);
    set_time_axis(script, *columns[c].forecast, logarithmic);
    draw_errors(script, columns[c], c == 0, logarithmic);
    script.line("set key off; set ylabel");
  }
  script.line("unset multiplot");
  const bool trained = std::ranges::any_of(columns, [](const auto& column) { return column.run != nullptr; });
  return {"forecast",
          fmt::format(
              "What will be learned, and when: strengths of mode{} {} over where theory expects them to end, "
              "and the error, at {} depth{}{}.",
              modes.size() == 1 ? "" : "s", listed(modes), columns.size(), columns.size() == 1 ? "" : "s",
              logarithmic ? "; time on a logarithmic axis, its first half epoch cut" : ""),
          fmt::format(
              "One column a depth. Above, strengths of modes rise from nearly 0 to 1, numbered at their half "
              "times: theory, each mode by itself, in red{}{}. Below, the error falls accordingly{}.",
              columns.front().forecast->low.size() > 0 ? " inside a band over random starts" : "",
              trained ? ", the trained network in blue dashes" : "",
              columns.front().forecast->held_out_error.empty() ? "" : ", held-out examples dotted"),
          script.text(), table(columns, modes)};
}

}  // namespace dln::plots
