// What the trained network did on the way: how sharp its error was, and how its layers grew.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plots/panels.hpp"

namespace dln::plots {

using namespace panels;

Drawing sharpness_course_figure(const std::vector<SharpnessPanel>& panels) {
  Script script("sharpness-course", width_for(panels.size()), 430);
  std::string tsv = "N_l\tepoch\tlargest_eigenvalue\tlimit\ttheory_end\tleast_error\n";
  script.line(fmt::format(
      "set key at screen 0.06,0.99 left top vertical maxrows {} Left reverse samplen 3 font ',12'",
      panels.size() == 1 ? 2 : 1));
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
    Plot plot(false);
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
    const experiments::Forecast& f = *columns[c].forecast;
    if (!columns[c].run || columns[c].run->epochs.size() < 2) continue;
    const auto& run = *columns[c].run;
    place(script, c, columns.size(), 0.88, 0.2);
    set_time_axis(script, f, logarithmic);
    script.line(
        fmt::format("set label 1 'N_l = {}' at graph 0,1.05 left font ',14'; set key inside left top "
                    "vertical Left reverse samplen 3 font ',12'",
                    f.start.depth.layers()));
    Plot plot(logarithmic);
    for (Eigen::Index l = 0; l < run.squares.cols(); ++l) {
      Curve points;
      for (std::size_t i = 0; i < run.epochs.size(); ++i) {
        const double growth = std::sqrt(run.squares(static_cast<Eigen::Index>(i), l) / run.squares(0, l)) - 1;
        if (!std::isfinite(growth)) continue;
        points.push_back({run.epochs[i], growth});
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
