// Rows of panels over time, and curves in them: what the figures of a forecast and of its run share.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "dln/linalg/matrix.hpp"
#include "plots/forecast_figures.hpp"

namespace dln::plots::panels {

using Curve = std::vector<std::array<double, 2>>;

inline constexpr const char* kBand = "fc rgb '#f3b9b4' fs solid 0.75 noborder";

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
    const bool corner = !kept.empty() && (moved(kept.back(), rows[i]) ||
                                          (i + 1 < rows.size() && moved(kept.back(), rows[i + 1])));
    if (i == 0 || i + 1 == rows.size() || corner) kept.push_back(rows[i]);
  }
  return kept;
}

inline Curve curve(const std::vector<double>& epochs, const linalg::Matrix& values, Eigen::Index column,
                   double scale) {
  Curve points;
  for (std::size_t i = 0; i < epochs.size(); ++i)
    if (const double y = values(static_cast<Eigen::Index>(i), column) / scale; std::isfinite(y))
      points.push_back({epochs[i], y});
  return points;
}

inline Curve curve(const std::vector<double>& epochs, const std::vector<double>& values, double scale) {
  Curve points;
  for (std::size_t i = 0; i < std::min(epochs.size(), values.size()); ++i)
    if (std::isfinite(values[i])) points.push_back({epochs[i], values[i] / scale});
  return points;
}

// Columns for "with filledcurves": epoch, low, high.
std::vector<std::array<double, 3>> band(const std::vector<double>& epochs, const auto& low, const auto& high,
                                        double scale) {
  std::vector<std::array<double, 3>> rows;
  for (std::size_t i = 0; i < epochs.size(); ++i)
    if (std::isfinite(low(i)) && std::isfinite(high(i)))
      rows.push_back({epochs[i], low(i) / scale, high(i) / scale});
  return rows;
}

// Epochs start at 0, which a logarithmic axis does not have: half an epoch stands for it there.
constexpr double kFirstEpoch = 0.5;

// A plot command and its curves, in step.
class Plot {
 public:
  explicit Plot(bool logarithmic)
      : time_(logarithmic ? fmt::format("($1 < {0:g} ? {0:g} : $1)", kFirstEpoch) : "1") {}

  void add(const std::string& style, const std::string& title, const Curve& points) {
    if (points.size() < 2) return;
    command_ += fmt::format("{}'-' using {}:2 {} {}", command_.empty() ? "plot " : ", ", time_, style,
                            title.empty() ? "notitle" : "title '" + literal(title) + "'");
    data_.push_back([points = thinned(points)](Script& script) { script.curve(points); });
  }
  void add_band(const std::string& title, const std::vector<std::array<double, 3>>& rows) {
    if (rows.size() < 2) return;
    command_ += fmt::format("{}'-' using {}:2:3 with filledcurves {} {}", command_.empty() ? "plot " : ", ",
                            time_, kBand, title.empty() ? "notitle" : "title '" + literal(title) + "'");
    data_.push_back([rows = thinned(rows)](Script& script) { script.curve(rows); });
  }
  void draw(Script& script) const {
    if (command_.empty()) return;
    script.line(command_);
    for (const auto& data : data_) data(script);
  }

 private:
  std::string time_, command_;
  std::vector<std::function<void(Script&)>> data_;
};

inline int width_for(std::size_t columns) {
  return 130 + 450 * static_cast<int>(columns);
}

// One panel of a row: room for the axis' title once, for its numbers in every panel.
inline void place(Script& script, std::size_t column, std::size_t columns, double top, double bottom) {
  const double width = width_for(columns), left = 115 + 450 * static_cast<double>(column);
  script.line(
      fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}; set tmargin at screen {:g}; "
                  "set bmargin at screen {:g}",
                  left / width, (left + 395) / width, top, bottom));
}

// Whether the first and the last mode are too far apart in time for an even axis.
inline bool spread_out(const std::vector<ForecastColumn>& columns) {
  for (const auto& column : columns) {
    double first = std::numeric_limits<double>::infinity();
    for (const auto& mode : column.forecast->modes)
      if (std::isfinite(mode.half_epochs)) first = std::min(first, mode.half_epochs);
    if (column.forecast->epochs.back() > 20 * std::max(first, 1.0)) return true;
  }
  return false;
}

inline double last_epoch(const experiments::Forecast& forecast) {
  return std::max(2.0, forecast.epochs.back());
}

inline void set_time_axis(Script& script, const experiments::Forecast& forecast, bool logarithmic) {
  script.line(logarithmic ? "set logscale x; set format x '10^{%T}'" : "unset logscale x; set format x '%g'");
  script.line(fmt::format("set xrange [{:g}:{:.6g}]", logarithmic ? kFirstEpoch : 0.0, last_epoch(forecast)));
}

}  // namespace dln::plots::panels
