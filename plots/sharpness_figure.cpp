#include "plots/sharpness_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/theory/past_the_limit.hpp"

namespace dln::plots {
namespace {

using experiments::Settling;
using experiments::SharpnessCourse;
using Curve = std::vector<std::array<double, 2>>;

std::string rows_of(int layers, const char* way, const SharpnessCourse& course, double most) {
  std::string tsv;
  for (const auto& sample : course.samples)
    tsv += fmt::format("{}\t{}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\n", layers, way, sample.epoch,
                       sample.error, sample.largest_eigenvalue, most);
  return tsv;
}

linalg::Vector law_of(const SharpnessFigure::Spectrum& spectrum, std::size_t k) {
  return experiments::listed(theory::decoupled_hessian_spectrum(spectrum.units, spectrum.fine->law[k]));
}

std::string spectrum_row(double time, const char* what, const linalg::Vector& values) {
  std::string row = fmt::format("{:.17g}\t{}", time, what);
  for (const double value : values) row += fmt::format("\t{:.10g}", value);
  return row + "\n";
}

std::string table(const SharpnessFigure& figure) {
  std::string tsv = "N_l\tway\tepoch\terror\ttop_eigenvalue\tlambda_max\n";
  for (const auto& course : figure.courses) {
    const double most = course.run->plan.largest_at_minimum;
    for (std::size_t k = 0; k < course.epochs.size(); ++k)
      tsv += fmt::format("{}\ttheory\t{:.17g}\t\t{:.17g}\t{:.17g}\n", course.layers, course.epochs[k],
                         course.theory[k], most);
    tsv += rows_of(course.layers, "flow", course.run->flow, most);
    tsv += rows_of(course.layers, "descent", course.run->descent, most);
    if (course.random) tsv += rows_of(course.layers, "random", *course.random, most);
  }
  tsv += "\n# spectrum\ntime\twhat\teigenvalues\n";
  for (std::size_t k = 0; k < figure.spectrum.fine->times.size(); ++k)
    tsv += spectrum_row(figure.spectrum.fine->times[k], "theory", law_of(figure.spectrum, k));
  const auto& points = *figure.spectrum.points;
  for (std::size_t k = 0; k < points.times.size(); ++k)
    tsv += spectrum_row(points.times[k], "network", points.network.row(static_cast<Eigen::Index>(k)));
  tsv += "\n# visited\nkappa\tu\n";
  for (const auto& visited : figure.visited) {
    if (visited.diverged) tsv += fmt::format("{:.10g}\tdiverged\n", visited.kappa);
    for (const double u : visited.strengths) tsv += fmt::format("{:.10g}\t{:.10g}\n", visited.kappa, u);
  }
  tsv += "\n# settled\nbalanced_kappa\twhat\tbefore\tafter\n";
  for (const auto& settled : figure.settled)
    for (const auto& run : settled.runs)
      tsv += fmt::format("{:g}\t{}\t{:.10g}\t{:.10g}\n", settled.balanced_kappa,
                         settled.network ? "network" : "pair", run.before, run.after);
  return tsv;
}

void place(Script& script, int column, int row) {
  const double left = column == 0 ? 0.065 : 0.57, top = row == 0 ? 0.885 : 0.385;
  script.line(fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}", left, left + 0.415))
      .line(fmt::format("set tmargin at screen {:g}; set bmargin at screen {:g}", top, top - 0.315));
}

// Its legend, above it.
void place_key(Script& script, int column, int row, int rows) {
  script.line(
      fmt::format("set key at screen {:g},{:g} left top vertical maxrows {} Left reverse samplen 3 width -1 "
                  "font ',13'",
                  column == 0 ? 0.035 : 0.54, row == 0 ? 0.995 : 0.495, rows));
}

Curve shares(const SharpnessCourse& course, double end, double most) {
  Curve curve;
  for (const auto& sample : course.samples)
    curve.push_back({sample.epoch / end, sample.largest_eigenvalue / most});
  return curve;
}

// Theory, its network and its descent at each depth, random starts, and 2/rate.
void draw_courses(Script& script, const SharpnessFigure& figure) {
  const char* dashes[] = {"", "dt (7,3)"};
  const int symbols[] = {6, 4};
  std::string plot = "plot ";
  for (std::size_t i = 0; i < figure.courses.size(); ++i) {
    const auto& course = figure.courses[i];
    plot += fmt::format(
        "'-' with lines lw 4.5 lc rgb '#c2181b' {0} title 'closed form, N_l = {2}', "
        "'-' with lines lw 1.8 dt (4,4) lc rgb '#1f49b6' {3}, "
        "'-' with points pt {1} ps 0.75 lw 1.4 lc rgb '#12339c' title 'network’s flow, N_l = {2}', ",
        dashes[i], symbols[i], course.layers, i == 0 ? "title 'descent'" : "notitle");
    if (course.random)
      plot += fmt::format(
          "'-' with linespoints pt 2 ps 0.6 lw 0.8 lc rgb '#000000' title 'from small random weights, N_l = "
          "{}', ",
          course.layers);
  }
  plot += "'-' with lines lw 1.6 dt (10,3,2,3) lc rgb '#000000' notitle";
  const auto& first = figure.courses.front();
  const double limit = first.run->flow.limit / first.run->plan.largest_at_minimum;
  const double end = first.epochs.back() / first.learned;
  script.line(
      fmt::format("set label 1 '2/rate' at graph 0.02,first {:g} left offset 0,-0.7 font ',13'", limit));
  script.line(fmt::format("set xrange [0:{:g}]; set yrange [0:{:g}]", end, std::max(1.0, limit) * 1.08))
      .line(plot);
  for (const auto& course : figure.courses) {
    const double most = course.run->plan.largest_at_minimum;
    Curve theory;
    for (std::size_t k = 0; k < course.epochs.size(); ++k)
      theory.push_back({course.epochs[k] / course.learned, course.theory[k] / most});
    script.curve(theory)
        .curve(shares(course.run->descent, course.learned, most))
        .curve(shares(course.run->flow, course.learned, most));
    if (course.random) script.curve(shares(*course.random, course.learned, most));
  }
  script.curve(Curve{{0, limit}, {end, limit}}).line("unset label 1");
}

// Lines of the closed form by their order, points of the network.
void draw_spectrum(Script& script, const SharpnessFigure::Spectrum& spectrum) {
  const auto count = law_of(spectrum, 0).size();
  std::string plot = "plot ";
  for (Eigen::Index i = 0; i < count; ++i)
    plot += fmt::format("'-' with lines lw 2 lc rgb '#c2181b' {}, ",
                        i == 0 ? "title 'closed form, every eigenvalue'" : "notitle");
  plot +=
      "'-' with points pt 6 ps 0.55 lw 1.2 lc rgb '#12339c' title 'eigenvalues of the network’s own Hessian'";
  script
      .line(fmt::format("set xrange [0:{:g}]; set yrange [*:*]; set xzeroaxis lt -1 lw 0.8 lc rgb '#888888'",
                        spectrum.fine->times.back()))
      .line(plot);
  std::vector<Curve> lines(static_cast<std::size_t>(count));
  for (std::size_t k = 0; k < spectrum.fine->times.size(); ++k) {
    const auto values = law_of(spectrum, k);
    for (Eigen::Index i = 0; i < count; ++i)
      lines[static_cast<std::size_t>(i)].push_back({spectrum.fine->times[k], values[i]});
  }
  for (const auto& line : lines) script.curve(line);
  Curve points;
  for (std::size_t k = 0; k < spectrum.points->times.size(); ++k) {
    double last = INFINITY;
    for (const double value : spectrum.points->network.row(static_cast<Eigen::Index>(k)))
      if (last - value > 1e-6) points.push_back({spectrum.points->times[k], last = value});
  }
  script.curve(points).line("unset xzeroaxis");
}

Curve cycle_between(double from, double to, bool high) {
  Curve curve;
  for (int i = 0; i <= 120; ++i) {
    // Dense where the cycle is born.
    const double kappa = from + (to - from) * (i / 120.0) * (i / 120.0);
    const auto cycle = theory::balanced_cycle(1.0, kappa);
    curve.push_back({kappa, high ? cycle.high : cycle.low});
  }
  return curve;
}

void draw_visited(Script& script, const SharpnessFigure& figure) {
  const double low = figure.visited.front().kappa, high = figure.visited.back().kappa;
  Curve points, repelling;
  for (const auto& visited : figure.visited) {
    std::vector<double> kept;
    for (const double u : visited.strengths)
      if (std::ranges::none_of(kept, [&](double x) { return std::abs(x - u) < 2e-3; })) kept.push_back(u);
    for (const double u : kept) points.push_back({visited.kappa, u});
  }
  for (int i = 0; i <= 60; ++i) {
    const double kappa = low + (high - low) * i / 60;
    repelling.push_back({kappa, 1 + 4 / kappa});
  }
  script.line(fmt::format("set xrange [{:g}:{:g}]; set yrange [0:3.3]", low, high));
  for (const double bound : {theory::kStableKappa, theory::kCycleKappa, theory::kBoundedKappa})
    script.line(fmt::format(
        "set arrow from {0:g},graph 0 to {0:g},graph 1 nohead dt (2,3) lw 1 lc rgb '#666666'", bound));
  script
      .line(
          "plot '-' with points pt 7 ps 0.16 lc rgb '#12339c' title 'visited by descent', "
          "'-' with lines lw 3.5 lc rgb '#c2181b' title 'fixed point and cycle of two', "
          "'-' with lines lw 3.5 lc rgb '#c2181b' notitle, '-' with lines lw 3.5 lc rgb '#c2181b' notitle, "
          "'-' with lines lw 1.6 dt (6,4) lc rgb '#c2181b' title 'the same, repelling', "
          "'-' with lines lw 1.6 dt (6,4) lc rgb '#c2181b' notitle, "
          "'-' with lines lw 1.6 dt (6,4) lc rgb '#c2181b' notitle, "
          "'-' with lines lw 2 dt (10,3,2,3) lc rgb '#000000' title 'beyond it u diverges'")
      .curve(points)
      .curve(Curve{{low, 1}, {2, 1}});
  for (const bool upper : {true, false}) script.curve(cycle_between(2, theory::kCycleKappa, upper));
  script.curve(Curve{{2, 1}, {high, 1}});
  for (const bool upper : {true, false}) script.curve(cycle_between(theory::kCycleKappa, high, upper));
  script.curve(repelling).line("unset arrow");
}

void draw_settled(Script& script, const SharpnessFigure& figure) {
  const int symbols[] = {6, 4, 8, 2};
  const char* colours[] = {"#12339c", "#1a8f3c", "#8a5a00", "#000000"};
  std::string plot = "plot ";
  for (std::size_t i = 0; i < figure.settled.size(); ++i)
    plot += fmt::format("'-' with points pt {} ps 0.75 lw 1.5 lc rgb '{}' title '{}, κ_0 = {:g}', ",
                        symbols[i], colours[i], figure.settled[i].network ? "full network" : "two layers",
                        figure.settled[i].balanced_kappa);
  script.line("set xrange [0.9:4.2]; set yrange [0.9:2.15]")
      .line("set arrow from 4,graph 0 to 4,graph 1 nohead dt (2,3) lw 1 lc rgb '#666666'")
      .line("set arrow from graph 0,first 2 to graph 1,first 2 nohead dt (10,3,2,3) lw 1.6 lc rgb '#000000'")
      .line(plot + "'-' with lines lw 2.5 lc rgb '#c2181b' title 'stays; 4 − κ to leading order'");
  for (const auto& settled : figure.settled) {
    Curve points;
    for (const Settling& run : settled.runs)
      if (!run.diverged) points.push_back({run.before, run.after});
    script.curve(points);
  }
  script.curve(Curve{{0.9, 0.9}, {2, 2}, {2.6, 1.4}}).line("unset arrow");
}

}  // namespace

Drawing sharpness_figure(const SharpnessFigure& figure) {
  Script script(figure.id, 1400, 1080);
  script.line("set multiplot; set xlabel offset 0,0.4")
      .line(fmt::format("set title '{}' font ',14'", literal(figure.data.substr(0, figure.data.find(" (")))))
      .line("set xlabel 'time / time in which the last mode is learned'")
      .line("set ylabel 'largest eigenvalue of the Hessian / λ_{max}'");
  place(script, 0, 0);
  place_key(script, 0, 0, 3);
  draw_courses(script, figure);
  script
      .line(fmt::format("set title '{} units, two modes' font ',14'", fmt::join(figure.spectrum.units, "-")))
      .line("set xlabel 'time t / τ'; set ylabel 'eigenvalues of the Hessian'");
  place(script, 1, 0);
  place_key(script, 1, 0, 2);
  draw_spectrum(script, figure.spectrum);
  script.line("set title 'equal layers, two matrices' font ',14'")
      .line("set xlabel 'κ = rate × λ_{max}'; set ylabel 'strength u / s'");
  place(script, 0, 1);
  place_key(script, 0, 1, 2);
  draw_visited(script, figure);
  script.line("set title 'unequal layers; κ_0 is that of equal ones' font ',14'")
      .line("set xlabel 'κ of the minimum it begins beside, rate × its top eigenvalue'")
      .line("set ylabel 'κ of the minimum where it ends'");
  place(script, 1, 1);
  place_key(script, 1, 1, 3);
  draw_settled(script, figure);
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
