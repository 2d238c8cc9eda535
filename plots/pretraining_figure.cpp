#include "plots/pretraining_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dln::plots {
namespace {

using experiments::StartComparison;
using experiments::StartRuns;
using Curve = std::vector<std::array<double, 2>>;

Curve shifted(const experiments::LearningCurve& curve, double by) {
  Curve points;
  for (std::size_t i = 0; i < curve.epochs.size(); ++i)
    points.push_back({curve.epochs[i] + by, curve.errors[i]});
  return points;
}

Curve of_start(const StartRuns& start, StartComparison::Which which) {
  const auto& run = start.*which;
  return run ? shifted(run->curve, static_cast<double>(start.pretraining_epochs)) : Curve{};
}

// gnuplot refuses an empty curve.
Curve or_nothing(Curve curve) {
  if (curve.empty()) curve.push_back({NAN, NAN});
  return curve;
}

// Epochs and rate, and how high the error went where that is above the axis.
std::string epochs_of(const StartRuns& start, StartComparison::Which which, double top) {
  const auto& run = start.*which;
  if (!run) return "not learned";
  const auto& errors = run->curve.errors;
  const double highest = errors.empty() ? 0 : std::ranges::max(errors);
  return fmt::format("{:.0f} epochs at λd_1 = {:.3g}{}", start.total(run), run->kappa,
                     highest > top ? fmt::format(", E up to {:.0f}", highest) : std::string());
}

// Where a logarithmic axis shows the random curve leave its start and the pretrained one wait.
double first_epoch(const Curve& random, double waited, double start_error) {
  const auto fallen =
      std::ranges::find_if(random, [&](const auto& point) { return point[1] < 0.98 * start_error; });
  const double first = fallen == random.end() ? waited / 10 : std::min(waited / 10, (*fallen)[0] / 2);
  return std::max(1.0, first);
}

void place(Script& script, std::size_t i, std::size_t panels, const std::string& name,
           const std::string& note) {
  const double share = 1.0 / static_cast<double>(panels), left = share * (static_cast<double>(i) + 0.2);
  script
      .line(fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}", left, left + 0.76 * share))
      .line("set tmargin at screen 0.7; set bmargin at screen 0.14")
      .line(fmt::format("set label 1 '{}' at graph 0,1.13 left font ',14'", literal(name)))
      .line(fmt::format("set label 2 '{}' at graph 0,1.05 left font ',12' tc rgb '#444444'", literal(note)))
      .line(fmt::format("set key at screen {:g},0.985 left top vertical Left reverse samplen 3 font ',13'",
                        left - 0.02));
}

constexpr const char* kRandom = "lw 3 dt (10,5) lc rgb '#1f49b6'";
constexpr const char* kPretrained = "lw 3 lc rgb '#e0403a'";

}  // namespace

Drawing pretraining_figure(const PretrainingFigure& figure) {
  Script script(figure.id, 1560, 600);
  std::string tsv = "panel\tcurve\tepoch\terror\n";
  script.line("set multiplot")
      .line("set xlabel 'epochs, pretraining included'; set ylabel 'error E' offset 1.5,0");
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const auto& panel = figure.panels[i];
    const auto waited = static_cast<double>(panel.pretrained->pretraining_epochs);
    const Curve random = of_start(*panel.random, panel.which),
                pretrained = of_start(*panel.pretrained, panel.which), theory = shifted(panel.theory, waited);
    double end = waited;
    for (const auto* curve : {&random, &pretrained})
      if (!curve->empty()) end = std::max(end, curve->back()[0]);
    const double first = first_epoch(random, waited, panel.start_error);
    double top = panel.start_error;
    for (const auto* curve : {&random, &pretrained})
      if (!curve->empty()) top = std::max(top, curve->front()[1]);
    top *= 1.05;
    place(script, i, figure.panels.size(), panel.name, panel.note);
    script.line(fmt::format("set logscale x; set xrange [{:g}:{:g}]; set yrange [{:g}:{:g}]", first,
                            1.6 * end, 0.85 * panel.threshold, top));
    script.line(fmt::format(
        "plot '-' with lines {} title 'random: {}', '-' with lines {} title 'pretrained: {}', "
        "'-' with lines lw 2 dt (2,3) lc rgb '#8c1410' title 'while pretraining', "
        "'-' with lines lw 2 dt (6,3,1,3) lc rgb '#444444' title '{}', "
        "{:g} with lines lw 1.2 lc rgb '#777777' title 'learned below {:.4g}'",
        kRandom, epochs_of(*panel.random, panel.which, top), kPretrained,
        epochs_of(*panel.pretrained, panel.which, top),
        theory.empty() ? "" : "theory of aligned modes (Eqs 14, 18)", panel.threshold, panel.threshold));
    script.curve(or_nothing(random)).curve(or_nothing(pretrained));
    script.curve(Curve{{first, panel.start_error}, {waited, panel.start_error}}).curve(or_nothing(theory));
    for (const auto& [name, curve] :
         {std::pair{"random", &random}, std::pair{"pretrained", &pretrained}, std::pair{"theory", &theory}})
      for (const auto& [epoch, error] : *curve)
        tsv += fmt::format("{}, {}\t{}\t{:.17g}\t{:.17g}\n", panel.name, panel.note, name, epoch, error);
  }
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), tsv};
}

Drawing pretraining_sweep_figure(const PretrainingSweepFigure& figure) {
  Script script(figure.id, 1240, 600);
  std::string tsv = "panel\tx\tstart\trates\tepochs\n";
  script.line("set multiplot")
      .line("set logscale y; set ylabel 'epochs until learned, pretraining included'");
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const auto& panel = figure.panels[i];
    place(script, i, figure.panels.size(), panel.note, "");
    const auto times = [&](StartRuns StartComparison::*start, StartComparison::Which which) {
      Curve curve;
      for (std::size_t k = 0; k < panel.x.size(); ++k) {
        const auto& runs = panel.found[k].*start;
        curve.push_back({panel.x[k], runs.total(runs.*which)});
      }
      return curve;
    };
    const Curve random = times(&StartComparison::random, &StartRuns::best),
                random_stable = times(&StartComparison::random, &StartRuns::best_stable),
                pretrained = times(&StartComparison::pretrained, &StartRuns::best),
                pretrained_stable = times(&StartComparison::pretrained, &StartRuns::best_stable);
    Curve guide;
    if (panel.slope != 0)
      for (const auto& point : random)
        guide.push_back(
            {point[0], 0.6 * random.back()[1] * std::pow(point[0] / random.back()[0], panel.slope)});
    const auto [least, most] = std::ranges::minmax(panel.x);
    script.line(
        panel.logarithmic_x
            ? fmt::format("set logscale x; set xrange [{:g}:{:g}]; set xtics (0.0025, 0.005, 0.01, 0.02)",
                          least / 1.2, most * 1.2)
            : fmt::format("unset logscale x; set xrange [{:g}:{:g}]; set xtics 1", least - 0.5, most + 0.5));
    script.line(fmt::format("set xlabel '{}'", panel.x_label));
    script.line(
        fmt::format("plot '-' with linespoints pt 7 ps 0.9 {0} title 'random, best rate of all', "
                    "'-' with linespoints pt 6 ps 0.9 lw 1.6 dt (3,3) lc rgb '#1f49b6' title 'random, best "
                    "whose error never "
                    "rises', '-' with linespoints pt 5 ps 0.9 {1} title 'pretrained, best rate of all', "
                    "'-' with linespoints pt 4 ps 0.9 lw 1.6 lc rgb '#e0403a' title 'pretrained, best whose "
                    "error never rises', "
                    "'-' with lines lw 1.6 dt (1,3) lc rgb '#444444' title '{2}'",
                    kRandom, kPretrained, guide.empty() ? "" : "∝ σ^{−2}, that is 1/√u_0"));
    script.curve(random)
        .curve(random_stable)
        .curve(pretrained)
        .curve(pretrained_stable)
        .curve(or_nothing(guide));
    const auto add = [&](const char* start, const char* rates, const Curve& curve) {
      for (const auto& [x, epochs] : curve)
        tsv += fmt::format("{}\t{:.17g}\t{}\t{}\t{:.17g}\n", panel.note, x, start, rates, epochs);
    };
    add("random", "best", random);
    add("random", "best_stable", random_stable);
    add("pretrained", "best", pretrained);
    add("pretrained", "best_stable", pretrained_stable);
  }
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), tsv};
}

}  // namespace dln::plots
