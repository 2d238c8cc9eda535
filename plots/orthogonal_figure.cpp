#include "plots/orthogonal_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "dln/base/error.hpp"

namespace dln::plots {
namespace {

using experiments::StartRun;
using experiments::StartsRow;
using Curve = std::vector<std::array<double, 2>>;
using Runs = std::vector<StartRun> StartsRow::*;

std::string table(const OrthogonalFigure& figure) {
  std::string tsv =
      "N_l\tstart\tnumber\tkappa\tepochs\tlearned\tln_greatest\tln_median\tln_least\tlaw_ln_median\tlaw_ln_"
      "least\n";
  for (std::size_t i = 0; i < figure.rows->size(); ++i) {
    const StartsRow& row = (*figure.rows)[i];
    for (const auto& [name, runs] :
         {std::pair{"orthogonal", &row.orthogonal}, std::pair{"gaussian", &row.gaussian}})
      for (std::size_t k = 0; k < runs->size(); ++k) {
        const StartRun& run = (*runs)[k];
        const bool gaussian = runs == &row.gaussian;
        tsv += fmt::format("{}\t{}\t{}\t{:.9g}\t{}\t{}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\n",
                           row.layers, name, k + 1, run.kappa, run.epochs, run.learned ? "yes" : "no",
                           run.log_greatest, run.log_median, run.log_least,
                           gaussian ? figure.log_median[i] : 0.0, gaussian ? figure.log_least[i] : 0.0);
      }
  }
  return tsv;
}

Curve points(const OrthogonalFigure& figure, Runs kind, auto&& keep, auto&& value) {
  Curve curve;
  for (const StartsRow& row : *figure.rows)
    for (const StartRun& run : row.*kind)
      if (keep(run)) curve.push_back({static_cast<double>(row.layers), value(run)});
  return curve;
}

Curve law(const OrthogonalFigure& figure, const std::vector<double>& logs) {
  Curve curve;
  for (std::size_t i = 0; i < logs.size(); ++i)
    curve.push_back({static_cast<double>((*figure.rows)[i].layers), logs[i] / std::numbers::ln10});
  return curve;
}

// As far as at least half of the starts have learned.
Curve medians(const OrthogonalFigure& figure, Runs kind) {
  Curve curve;
  for (const StartsRow& row : *figure.rows)
    if (const double epochs = experiments::median_epochs(row.*kind); std::isfinite(epochs))
      curve.push_back({static_cast<double>(row.layers), epochs});
  return curve;
}

struct Series {
  std::string drawn;  // gnuplot's words for it
  Curve curve;
};

// A curve without points is left out: gnuplot refuses it.
void plot(Script& script, const std::vector<Series>& all) {
  std::string command = "plot ";
  for (const Series& series : all)
    if (!series.curve.empty())
      command += fmt::format("{}'-' {}", command.size() > 5 ? ", " : "", series.drawn);
  script.line(command);
  for (const Series& series : all)
    if (!series.curve.empty()) script.curve(series.curve);
}

void place(Script& script, int panel) {
  const double left = 0.085 + 0.5 * panel;
  script.line(fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}", left, left + 0.395))
      .line("set tmargin at screen 0.80; set bmargin at screen 0.13")
      .line(fmt::format(
          "set key at screen {:g},0.985 left top vertical maxrows 3 Left reverse samplen 2 width -3 "
          "font ',13'",
          left - 0.04));
}

}  // namespace

Drawing orthogonal_figure(const OrthogonalFigure& figure) {
  if (figure.log_median.size() != figure.rows->size() || figure.log_least.size() != figure.rows->size())
    throw base::DomainError(fmt::format("laws: expected one for each of {} depths, got {} and {}",
                                        figure.rows->size(), figure.log_median.size(),
                                        figure.log_least.size()));
  const auto every = [](const StartRun&) { return true; };
  const auto decades = [](double StartRun::*log) {
    return [log](const StartRun& run) { return run.*log / std::numbers::ln10; };
  };
  Script script(figure.id, 1400, 640);
  script.line("set multiplot; set logscale x; set xrange [2.6:115]; set xtics (3, 5, 10, 20, 30, 50, 100)")
      .line("set xlabel 'number of layers N_l'");
  place(script, 0);
  script.line("set ylabel 'singular values of the product, log_{10}'; set yrange [*:10]");
  plot(script,
       {{"with points pt 5 ps 1.0 lc rgb '#c2181b' title 'orthogonal, all of them'",
         points(figure, &StartsRow::orthogonal, every, decades(&StartRun::log_median))},
        {"with points pt 8 ps 1.1 lw 1.6 lc rgb '#0b1540' title 'Gaussian, greatest'",
         points(figure, &StartsRow::gaussian, every, decades(&StartRun::log_greatest))},
        {"with points pt 6 ps 1.1 lw 1.6 lc rgb '#1f49b6' title 'Gaussian, median'",
         points(figure, &StartsRow::gaussian, every, decades(&StartRun::log_median))},
        {"with points pt 2 ps 1.0 lw 1.6 lc rgb '#5b7fd1' title 'Gaussian, least'",
         points(figure, &StartsRow::gaussian, every, decades(&StartRun::log_least))},
        {"with lines lw 2 lc rgb '#444444' title 'law of the median'", law(figure, figure.log_median)},
        {"with lines lw 2 dt (8,4) lc rgb '#444444' title 'law of the least'",
         law(figure, figure.log_least)}});
  place(script, 1);
  double least = std::numeric_limits<double>::infinity();
  for (const StartsRow& row : *figure.rows)
    for (const StartRun& run : row.orthogonal) least = std::min(least, static_cast<double>(run.epochs));
  script.line(fmt::format("set logscale y; set yrange [{:g}:*]", 0.7 * std::max(least, 1.0)));
  script.line("set ylabel 'epochs until 1 % of the error is left'");
  const auto learned = [](const StartRun& run) { return run.learned; };
  const auto given_up = [](const StartRun& run) { return !run.learned; };
  const auto epochs = [](const StartRun& run) { return static_cast<double>(run.epochs); };
  plot(script, {{"with points pt 5 ps 1.0 lc rgb '#c2181b' title 'orthogonal'",
                 points(figure, &StartsRow::orthogonal, learned, epochs)},
                {"with lines lw 2 lc rgb '#c2181b' title 'median over starts'",
                 medians(figure, &StartsRow::orthogonal)},
                {"with points pt 6 ps 1.2 lw 1.8 lc rgb '#1f49b6' title 'scaled Gaussian'",
                 points(figure, &StartsRow::gaussian, learned, epochs)},
                {"with lines lw 2 dt (8,4) lc rgb '#1f49b6' title 'median over starts'",
                 medians(figure, &StartsRow::gaussian)},
                {"with points pt 9 ps 1.5 lc rgb '#1f49b6' title 'Gaussian, not learned by then'",
                 points(figure, &StartsRow::gaussian, given_up, epochs)}});
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
