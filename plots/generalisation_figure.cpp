#include "plots/generalisation_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dln::plots {
namespace {

using experiments::DepthGeneralisation;
using experiments::ErrorCurve;
using Curve = std::vector<std::array<double, 2>>;
using Overlaps = GeneralisationFigure::Overlaps;

struct Series {
  std::string drawn;  // gnuplot's words for it
  Curve curve;
};

void plot(Script& script, const std::vector<Series>& all) {
  std::string command;
  for (const Series& series : all)
    command += fmt::format("{} '-' {}", command.empty() ? "plot" : ",", series.drawn);
  script.line(command);
  for (const Series& series : all) script.curve(series.curve);
}

constexpr const char* kTheory = "#c2181b";
constexpr const char* kTrained = "#1f49b6";

// Shares of all values per unit of g, spikes left out.
Curve histogram(const GeneralisationFigure& figure, const theory::NoiseSpectrum& law) {
  constexpr int kBins = 40;
  const double lowest = std::max(0.0, law.lower_edge() - 0.05),
               width = (law.upper_edge() + 0.05 - lowest) / kBins;
  std::vector<double> counts(kBins, 0.0);
  double all = 0;
  const auto k = static_cast<Eigen::Index>(figure.options.teacher.size());
  for (const auto& draw : figure.found->spectra)
    for (Eigen::Index i = k; i < draw.singular_values.size(); ++i, ++all) {
      const double bin = (draw.singular_values[i] - lowest) / width;
      if (bin >= 0 && bin < kBins) ++counts[static_cast<std::size_t>(bin)];
    }
  Curve curve;
  for (int i = 0; i < kBins; ++i)
    curve.push_back({lowest + (i + 0.5) * width, counts[static_cast<std::size_t>(i)] / (all * width)});
  return curve;
}

Curve density(const theory::NoiseSpectrum& law) {
  Curve curve;
  for (int i = 0; i <= 200; ++i) {
    const double g = law.singular_value_at(std::acos(-1.0) * (1 - i / 200.0));
    curve.push_back({g, law.density(g)});
  }
  return curve;
}

void place(Script& script, int panel) {
  const double left = 0.065 + 0.505 * (panel % 2), top = panel < 2 ? 0.915 : 0.42;
  script
      .line(fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}", left,
                        left + (panel == 2 ? 0.365 : 0.415)))  // the third has an axis to its right
      .line(fmt::format("set tmargin at screen {:g}; set bmargin at screen {:g}", top, top - 0.34));
}

void draw_spectrum(Script& script, const GeneralisationFigure& figure) {
  const auto teacher = figure.options.noisy_teacher();
  Curve spikes, measured;
  for (const auto& spike : teacher.spikes()) spikes.push_back({spike.singular_value, 0.3});
  for (std::size_t k = 0; k < teacher.spikes().size(); ++k)
    for (const auto& draw : figure.found->spectra)
      measured.push_back({draw.singular_values[static_cast<Eigen::Index>(k)], 0.13});
  script.line("set title '(a) singular values of Σ^{31}: teacher and noise' offset 0,-0.4")
      .line("set xlabel 'singular value ŝ'; set ylabel 'share per unit'; set key top right")
      .line(
          "set xrange [0:*]; set yrange [0:*]; set boxwidth 0.9 relative; set style fill solid 0.35 "
          "noborder");
  plot(script, {{fmt::format("with boxes lc rgb '{}' title 'noise, all draws'", kTrained),
                 histogram(figure, teacher.spectrum())},
                {fmt::format("with lines lw 2.4 lc rgb '{}' title 'Marchenko and Pastur'", kTheory),
                 density(teacher.spectrum())},
                {fmt::format("with impulses lw 2.4 lc rgb '{}' title 'spikes, theory'", kTheory), spikes},
                {fmt::format("with points pt 6 ps 0.8 lw 1.5 lc rgb '{}' title 'spikes, draws'", kTrained),
                 measured}});
}

Curve curve_of(const std::vector<double>& times, const std::vector<double>& values, std::size_t every = 1) {
  Curve curve;
  for (std::size_t i = 0; i < times.size(); i += every) curve.push_back({times[i] + 1e-12, values[i]});
  return curve;
}

// Times in stopping times: depths would not share an axis otherwise.
void draw_errors(Script& script, const GeneralisationFigure& figure) {
  constexpr const char* kDashes[] = {"dt (9,4)", "", "dt (14,3,3,3)", "dt (2,2)"};
  std::vector<Series> all;
  Curve optima;
  std::size_t drawn = 0;
  for (const auto& run : figure.found->depths) {
    if (std::ranges::find(figure.shown, run.layers) == figure.shown.end()) continue;
    std::vector<double> shares = run.times;
    for (double& t : shares) t /= run.optimum.time;
    const ErrorCurve mean = run.mean();
    const std::size_t every = std::max<std::size_t>(1, shares.size() / 22);
    const int point = 4 + 2 * static_cast<int>(drawn);
    all.push_back({fmt::format("with lines lw 2.4 {} lc rgb '{}' title 'test, N_l = {}'", kDashes[drawn % 4],
                               kTheory, run.layers),
                   curve_of(shares, run.theory.test)});
    all.push_back({fmt::format("with points pt {} ps 0.8 lw 1.4 lc rgb '{}' notitle", point, kTrained),
                   curve_of(shares, mean.test, every)});
    all.push_back({fmt::format("with lines lw 1.2 {} lc rgb '#777777' {}", kDashes[drawn % 4],
                               drawn == 0 ? "title 'training'" : "notitle"),
                   curve_of(shares, run.theory.training)});
    optima.push_back({1, run.optimum.error});
    ++drawn;
  }
  all.push_back({"with points pt 3 ps 1.6 lw 2 lc rgb '#000000' title 'least'", optima});
  script
      .line(
          "set title '(b) errors while learning: lines theory, points trained networks, mean' offset 0,-0.4")
      .line("set xlabel 'time / best stopping time of the depth'; set ylabel 'error / error at the start'")
      .line("set xrange [0:3]; set logscale y; set yrange [0.05:30]; set format y '%g'")
      .line("set key top left maxrows 3 width -1");
  plot(script, all);
  script.line("unset logscale y; set key maxrows auto width 0");
}

void draw_stopping(Script& script, const GeneralisationFigure& figure) {
  Curve law, least, times, time_law;
  for (const auto& run : figure.found->depths) {
    const double n = run.layers;
    law.push_back({n, run.optimum.error});
    time_law.push_back({n, run.optimum.time});
    for (const auto& stop : run.stops()) {
      least.push_back({n, stop.error});
      times.push_back({n, stop.time});
    }
  }
  script.line("set title '(c) least test error and when to stop' offset 0,-0.4")
      .line("set xlabel 'number of layers N_l'; set ylabel 'least test error'; set logscale x")
      .line("set xrange [1.8:11.5]; set xtics (2, 3, 5, 10); set yrange [0:1]; set border 11")
      .line("set y2label 'stopping time, τ' offset -2,0; set logscale y2; set y2range [0.1:30]; set y2tics")
      .line("set key center right");
  plot(
      script,
      {{fmt::format("with lines lw 2.4 lc rgb '{}' title 'least error, theory'", kTheory), law},
       {fmt::format("with points pt 6 ps 0.9 lw 1.5 lc rgb '{}' title 'draws'", kTrained), least},
       {fmt::format("axes x1y2 with lines lw 2.4 dt (8,4) lc rgb '{}' title 'time, theory'", kTheory),
        time_law},
       {fmt::format("axes x1y2 with points pt 8 ps 0.9 lw 1.5 lc rgb '{}' title 'draws'", kTrained), times}});
  script.line("unset y2label; unset y2tics; set border 3; unset logscale x; set xtics autofreq");
}

double mean_of(const std::vector<experiments::SpectrumDraw>& draws,
               linalg::Vector experiments::SpectrumDraw::*side) {
  double sum = 0;
  for (const auto& draw : draws) sum += (draw.*side)[0];
  return sum / static_cast<double>(draws.size());
}

void draw_overlaps(Script& script, const GeneralisationFigure& figure) {
  const auto teacher = figure.options.noisy_teacher();
  const double threshold = teacher.spectrum().threshold(),
               most = figure.overlaps.empty() ? 4 : figure.overlaps.back().strength / threshold;
  Curve output, input, output_law, input_law;
  for (const Overlaps& point : figure.overlaps) {
    const double x = point.strength / threshold;
    output.push_back({x, mean_of(point.draws, &experiments::SpectrumDraw::output_overlaps)});
    input.push_back({x, mean_of(point.draws, &experiments::SpectrumDraw::input_overlaps)});
  }
  for (int i = 1; i <= 300; ++i) {
    const double x = most * i / 300;
    const auto spike = theory::spike(teacher.spectrum(), x * threshold);
    output_law.push_back({x, spike.output_overlap});
    input_law.push_back({x, spike.input_overlap});
  }
  script.line("set title '(d) how much of a teacher mode is left in a noisy one' offset 0,-0.4")
      .line(
          "set xlabel 'strength of the teacher mode s / threshold'; set ylabel 'overlap'; set key bottom "
          "right")
      .line(fmt::format("set xrange [0:{:g}]; set yrange [0:1.05]", most * 1.02))
      .line("set arrow 1 from 1, graph 0 to 1, graph 1 nohead dt (2,3) lc rgb '#555555'");
  plot(script,
       {{fmt::format("with lines lw 2.4 lc rgb '{}' title 'outputs, theory'", kTheory), output_law},
        {fmt::format("with points pt 6 ps 1.0 lw 1.6 lc rgb '{}' title 'outputs, mean over draws'", kTrained),
         output},
        {fmt::format("with lines lw 2.4 dt (8,4) lc rgb '{}' title 'inputs, theory'", kTheory), input_law},
        {fmt::format("with points pt 8 ps 1.0 lw 1.6 lc rgb '{}' title 'inputs, mean over draws'", kTrained),
         input}});
}

std::string table(const GeneralisationFigure& figure) {
  std::string tsv = "part\tN_l\tdraw\tx\tvalue\tsecond\n";
  const auto row = [&](const char* part, int layers, int draw, double x, double value, double second) {
    tsv += fmt::format("{}\t{}\t{}\t{:.9g}\t{:.9g}\t{:.9g}\n", part, layers, draw, x, value, second);
  };
  const auto teacher = figure.options.noisy_teacher();
  for (std::size_t k = 0; k < teacher.spikes().size(); ++k)
    row("spectrum", 0, 0, static_cast<double>(k + 1), teacher.spikes()[k].singular_value,
        teacher.spikes()[k].overlap());
  for (std::size_t d = 0; d < figure.found->spectra.size(); ++d) {
    const auto& values = figure.found->spectra[d].singular_values;
    for (Eigen::Index i = 0; i < values.size(); ++i)
      row("spectrum", 0, static_cast<int>(d) + 1, static_cast<double>(i + 1), values[i],
          teacher.spectrum().density(values[i]));
  }
  for (const auto& run : figure.found->depths) {
    const auto curve = [&](int draw, const ErrorCurve& errors) {
      for (std::size_t i = 0; i < run.times.size(); ++i)
        row("error", run.layers, draw, run.times[i], errors.test[i], errors.training[i]);
    };
    curve(0, run.theory);
    curve(-1, run.mean());
    row("stopping", run.layers, 0, run.optimum.time, run.optimum.error, 0);
    const auto stops = run.stops();
    for (std::size_t d = 0; d < stops.size(); ++d)
      row("stopping", run.layers, static_cast<int>(d) + 1, stops[d].time, stops[d].error, 0);
  }
  for (const Overlaps& point : figure.overlaps) {
    const auto spike = theory::spike(teacher.spectrum(), point.strength);
    row("overlap", 0, 0, point.strength, spike.output_overlap, spike.input_overlap);
    row("overlap", 0, -1, point.strength, mean_of(point.draws, &experiments::SpectrumDraw::output_overlaps),
        mean_of(point.draws, &experiments::SpectrumDraw::input_overlaps));
  }
  return tsv;
}

}  // namespace

Drawing generalisation_figure(const GeneralisationFigure& figure) {
  Script script(figure.id, 1400, 980);
  script.line("set multiplot; set key Left reverse samplen 2.5 font ',13'; set title font ',15'");
  place(script, 0);
  draw_spectrum(script, figure);
  place(script, 1);
  draw_errors(script, figure);
  place(script, 2);
  draw_stopping(script, figure);
  place(script, 3);
  draw_overlaps(script, figure);
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
