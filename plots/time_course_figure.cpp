#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plots/figures.hpp"

namespace dln::plots {
namespace {

using Curve = std::vector<std::array<double, 2>>;
constexpr int kTheoryPoints = 241;
constexpr Eigen::Index kSimulationPoints = 300;

struct ModeCurves {
  Eigen::Index mode;
  double s, theory_half;
  Curve theory;
  std::vector<Curve> simulations;
  std::vector<double> simulated_halves;
};

ModeCurves curves_of(const TimeCourseFigure& figure, Eigen::Index k, double last_epoch) {
  const auto law = experiments::predicted_mode(*figure.problem, figure.options, k);
  ModeCurves curves{k, law.singular_value(), half_learning_time(law), {}, {}, {}};
  for (int i = 0; i < kTheoryPoints; ++i) {
    const double t = last_epoch * i / (kTheoryPoints - 1);
    curves.theory.push_back({t, strength_at(law, t)});
  }
  for (const auto& simulation : figure.simulations) {
    const auto& course = *simulation.course;
    const Eigen::Index samples = course.strengths.rows(),
                       stride = std::max<Eigen::Index>(1, samples / kSimulationPoints);
    Curve points;
    for (Eigen::Index i = 0; i < samples; i += stride)
      if (const double t = course.epochs[static_cast<std::size_t>(i)]; t <= last_epoch)
        points.push_back({t, course.strengths(i, k)});
    curves.simulations.push_back(std::move(points));
    curves.simulated_halves.push_back(course.half_times[k]);
  }
  return curves;
}

const char* style_of(Look look) {
  switch (look) {
    case Look::blue_dashes:
      return "with lines lw 1.8 dt (7,4) lc rgb '#12339c'";
    case Look::blue_circles:
      return "every 4 with points pt 6 ps 0.75 lw 1.6 lc rgb '#1f49b6'";
    case Look::green_dots:
      return "with lines lw 2.2 dt (2,3) lc rgb '#1a8f3c'";
  }
  return "with lines";
}

std::string table(const TimeCourseFigure& figure, const std::vector<ModeCurves>& all) {
  std::string tsv = "mode\ts\tcurve\tepoch\tstrength\n";
  for (const ModeCurves& c : all) {
    auto row = [&](const std::string& curve, double epoch, double strength) {
      tsv += fmt::format("{}\t{:.17g}\t{}\t{:.17g}\t{:.17g}\n", c.mode + 1, c.s, curve, epoch, strength);
    };
    row("theory half", c.theory_half, c.s / 2);
    for (const auto& [t, u] : c.theory) row("theory", t, u);
    for (std::size_t i = 0; i < figure.simulations.size(); ++i) {
      const std::string& name = figure.simulations[i].name;
      row(name + " half", c.simulated_halves[i], c.s / 2);
      for (const auto& [t, u] : c.simulations[i]) row(name, t, u);
    }
  }
  return tsv;
}

}  // namespace

Drawing time_course_figure(const TimeCourseFigure& figure) {
  // A third more than the latest half-learning time shown, of theory or simulation.
  double last = 0;
  for (Eigen::Index k : figure.modes) {
    last =
        std::max(last, half_learning_time(experiments::predicted_mode(*figure.problem, figure.options, k)));
    for (const auto& simulation : figure.simulations)
      if (const double half = simulation.course->half_times[k]; std::isfinite(half))
        last = std::max(last, half);
  }
  const double last_epoch = std::ceil(1.3 * last / 50) * 50;

  std::vector<ModeCurves> all;
  for (Eigen::Index k : figure.modes) all.push_back(curves_of(figure, k, last_epoch));

  Script script(figure.id, 900, 600);
  const double top = all.front().s;
  script.line(fmt::format("set xrange [0:{}]; set yrange [0:{}]", last_epoch, 1.08 * top))
      .line("set xlabel 'time t (epochs)'; set ylabel 'strength u of the mode'")
      .line("set key outside top center horizontal Left reverse samplen 3 font ',14'")
      .line("set rmargin 16");
  for (const ModeCurves& c : all)
    script.line(fmt::format("set label '{{/*0.85 mode {}, s = {:.1f}}}' at graph 1.012, first {:.6g} left",
                            c.mode + 1, c.s, c.s));

  std::string plot = "plot ";
  for (std::size_t i = 0; i < all.size(); ++i)
    plot += fmt::format("'-' with lines lw 3.6 lc rgb '#e8544f' {}, ",
                        i == 0 ? "title 'theory, Eq 12'" : "notitle");
  for (std::size_t j = 0; j < figure.simulations.size(); ++j)
    for (std::size_t i = 0; i < all.size(); ++i)
      plot += fmt::format("'-' {} {}, ", style_of(figure.simulations[j].look),
                          i == 0 ? "title '" + literal(figure.simulations[j].name) + "'" : "notitle");
  plot += "'-' with points pt 5 ps 0.55 lc rgb '#7a1412' title 'half learned, Eq 11'";
  script.line(plot);

  for (const ModeCurves& c : all) script.curve(c.theory);
  for (std::size_t j = 0; j < figure.simulations.size(); ++j)
    for (const ModeCurves& c : all) script.curve(c.simulations[j]);
  Curve halves;
  for (const ModeCurves& c : all) halves.push_back({c.theory_half, c.s / 2});
  script.curve(halves);
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure, all)};
}

}  // namespace dln::plots
