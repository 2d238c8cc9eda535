#include <fmt/format.h>

#include <cmath>

#include "plots/figures.hpp"

namespace dln::plots {
namespace {

using experiments::PhasePortrait;

// Arrows of one length would hide how fast the flow is, arrows of true length would cover each other: the
// length grows with the logarithm of the speed.
std::array<double, 4> arrow(const PhasePortrait::Arrow& a, double cell) {
  const double speed = std::hypot(a.da, a.db);
  if (speed == 0) return {a.a, a.b, 0, 0};
  const double length = 0.85 * cell * std::log1p(4 * speed) / std::log1p(4 * 12.0);
  return {a.a - length / 2 * a.da / speed, a.b - length / 2 * a.db / speed, length * a.da / speed,
          length * a.db / speed};
}

void rows(std::string& tsv, const char* name, std::size_t index, const PhasePortrait::Curve& curve) {
  for (const auto& [a, b] : curve)
    tsv += fmt::format("{}\t{}\t{:.17g}\t{:.17g}\t\t\n", name, index + 1, a, b);
}

std::string table(const PhasePortrait& portrait) {
  std::string tsv = "kind\tcurve\ta\tb\tda_dt\tdb_dt\n";
  for (const auto& a : portrait.field)
    tsv += fmt::format("field\t1\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\n", a.a, a.b, a.da, a.db);
  for (std::size_t i = 0; i < portrait.minima.size(); ++i) rows(tsv, "minima", i, portrait.minima[i]);
  rows(tsv, "stable_manifold", 0, portrait.stable_manifold);
  for (std::size_t i = 0; i < portrait.trajectories.size(); ++i)
    rows(tsv, "trajectory", i, portrait.trajectories[i]);
  return tsv;
}

}  // namespace

Drawing phase_portrait_figure(const PhasePortrait& portrait,
                              const experiments::PhasePortraitOptions& options) {
  Script script("2", 980, 700);
  const double extent = options.extent;
  script.line(fmt::format("set xrange [{0}:{1}]; set yrange [{0}:{1}]", -extent * 1.04, extent * 1.04))
      .line("set size ratio -1")
      .line("set xlabel 'a, strength of the first layer'; set ylabel 'b, strength of the second layer'")
      .line("set key outside right center vertical Left reverse samplen 2.5 spacing 1.4 width -4 font ',14'")
      .line("set style arrow 1 head size screen 0.007,25 filled lw 1 lc rgb '#4a7fd4'");
  std::string plot = "plot '-' with vectors arrowstyle 1 title 'vector field of Eq 8'";
  for (std::size_t i = 0; i < portrait.minima.size(); ++i)
    plot += fmt::format(", '-' with lines lw 3 lc rgb '#c2181b' {}",
                        i == 0 ? "title 'minima ab = s'" : "notitle");
  plot += ", '-' with lines lw 3 dt (9,5) lc rgb '#c2181b' title 'stable manifold a = −b'";
  for (std::size_t i = 0; i < portrait.trajectories.size(); ++i)
    plot += fmt::format(", '-' with lines lw 2.6 lc rgb '#1a8f3c' {}",
                        i == 0 ? "title 'trajectories'" : "notitle");
  plot +=
      ", '-' with points pt 7 ps 0.9 lc rgb '#0b5a22' title 'their starts', '-' with points pt 6 ps 1.1 lw 2 "
      "lc rgb "
      "'#000000' title 'saddle at the origin'";
  script.line(plot);

  std::vector<std::array<double, 4>> field;
  const double cell = 2 * extent / (options.arrows - 1);
  for (const auto& a : portrait.field) field.push_back(arrow(a, cell));
  script.curve(field);
  for (const auto& curve : portrait.minima) script.curve(curve);
  script.curve(portrait.stable_manifold);
  std::vector<std::array<double, 2>> starts;
  for (const auto& curve : portrait.trajectories) {
    script.curve(curve);
    starts.push_back(curve.front());
  }
  script.curve(starts).curve(std::vector<std::array<double, 2>>{{0, 0}});

  return {"2",
          fmt::format("Fig 2: dynamics of a and b in Eq 8, τ = {:g}, s = {:g}.", options.time_constant,
                      options.singular_value),
          "Arrows show the flow in the plane of the two layer strengths. It runs into two hyperbolas ab = s, "
          "where learning "
          "ends; a dashed diagonal a = −b runs into the saddle at the origin and parts the starts that end "
          "on one hyperbola "
          "from those that end on the other. Two trajectories follow hyperbolas of constant a² − b². Arrow "
          "lengths are "
          "logarithmic in the speed.",
          script.text(), table(portrait)};
}

}  // namespace dln::plots
