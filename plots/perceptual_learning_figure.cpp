#include "plots/perceptual_learning_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "dln/base/error.hpp"

namespace dln::plots {
namespace {

using experiments::LayerChange;
using experiments::PerceptualLearning;
using Curve = std::vector<std::array<double, 2>>;
using Quantity = std::function<double(const LayerChange&)>;

std::string rows_of(const char* start, const PerceptualLearning& run) {
  std::string tsv;
  for (const auto& [witness, changes] :
       {std::pair{"theory", &run.by_theory}, std::pair{"network", &run.by_network}})
    for (std::size_t l = 0; l < changes->size(); ++l) {
      const LayerChange& c = (*changes)[l];
      tsv += fmt::format("{}\t{}\t{}\t{}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\t{:.17g}\n",
                         start, changes->size(), l + 1, witness, c.weight_before, c.weight_change,
                         c.weight_half_time, c.gain_before, c.gain_after, c.gain_half_time, c.square_growth);
    }
  return tsv;
}

std::string table(const PerceptualLearningFigure& figure) {
  std::string tsv =
      "layers\tL\tlayer\twitness\tweight_before\tweight_change\tweight_half_time\tgain_before\tgain_after\t"
      "gain_half_time\tsquare_growth\n";
  for (const auto* run : figure.equal) tsv += rows_of("equal", *run);
  for (const auto* run : figure.unequal) tsv += rows_of("unequal", *run);
  tsv += "\n# receptive fields\nlayer\torientation\tbefore\tafter\n";
  const auto& fields = figure.shown->receptive_fields;
  for (std::size_t l = 0; l < fields.size(); ++l)
    for (std::size_t j = 0; j < figure.shown->orientations.size(); ++j)
      tsv += fmt::format("{}\t{:.17g}\t{:.17g}\t{:.17g}\n", l + 1, figure.shown->orientations[j],
                         fields[l].before[static_cast<Eigen::Index>(j)],
                         fields[l].after[static_cast<Eigen::Index>(j)]);
  return tsv;
}

Curve by_layer(const std::vector<LayerChange>& changes, const Quantity& quantity) {
  Curve curve;
  for (std::size_t l = 0; l < changes.size(); ++l)
    curve.push_back({static_cast<double>(l + 1), quantity(changes[l])});
  return curve;
}

constexpr std::array<const char*, 4> kColours{"#ee8a7d", "#e0403a", "#a51d1a", "#560808"};
constexpr std::array<int, 4> kPoints{4, 6, 8, 12};

// All depths of both kinds; theory as lines, the network as points.
void draw_layers(Script& script, const PerceptualLearningFigure& figure, const Quantity& quantity,
                 bool legend) {
  std::string command = "plot ";
  std::vector<Curve> drawn;
  const auto add = [&](const std::string& how, const std::vector<LayerChange>& changes) {
    command += fmt::format("{}'-' {}", drawn.empty() ? "" : ", ", how);
    drawn.push_back(by_layer(changes, quantity));
  };
  for (std::size_t i = 0; i < figure.equal.size(); ++i) {
    const auto colour = kColours[std::min(i, kColours.size() - 1)];
    const int point = kPoints[std::min(i, kPoints.size() - 1)];
    const auto title = [&](const std::string& text) {
      return legend ? fmt::format("title '{}'", text) : std::string("notitle");
    };
    const auto L = figure.equal[i]->by_theory.size();
    add(fmt::format("with lines lw 2.2 dt (7,4) lc rgb '{}' {}", colour,
                    title(fmt::format("theory, equal layers, L = {}", L))),
        figure.equal[i]->by_theory);
    add(fmt::format("with lines lw 3 lc rgb '{}' {}", colour,
                    title(fmt::format("theory, lower layers stronger, L = {}", L))),
        figure.unequal[i]->by_theory);
    add(fmt::format("with points pt {} ps 1.1 lw 1.6 lc rgb '#1f49b6' {}", point,
                    title(fmt::format("full network, L = {}", L))),
        figure.equal[i]->by_network);
    add(fmt::format("with points pt {} ps 1.1 lw 1.6 lc rgb '#1f49b6' notitle", point),
        figure.unequal[i]->by_network);
  }
  script.line(command);
  for (const Curve& curve : drawn) script.curve(curve);
}

void draw_field(Script& script, const PerceptualLearning& run, std::size_t layer, bool legend) {
  const auto& field = run.receptive_fields[layer];
  const auto curve = [&](const linalg::Vector& values) {
    Curve points;
    for (std::size_t j = 0; j < run.orientations.size(); ++j)
      points.push_back({run.orientations[j], values[static_cast<Eigen::Index>(j)]});
    return points;
  };
  script.line(fmt::format(
      "plot '-' with lines lw 2.2 dt (7,4) lc rgb '#1f49b6' {}, '-' with lines lw 3.2 lc rgb '#c2181b' {}",
      legend ? "title 'before the fine task'" : "notitle", legend ? "title 'after it'" : "notitle"));
  script.curve(curve(field.before)).curve(curve(field.after));
}

void place(Script& script, double left, double right, double bottom, double top) {
  script.line(
      fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}; set bmargin at screen {:g}; "
                  "set tmargin at screen {:g}",
                  left, right, bottom, top));
}

double largest_response(const PerceptualLearning& run) {
  double largest = 0;
  for (const auto& field : run.receptive_fields)
    largest = std::max({largest, field.before.cwiseAbs().maxCoeff(), field.after.cwiseAbs().maxCoeff()});
  return largest;
}

}  // namespace

Drawing perceptual_learning_figure(const PerceptualLearningFigure& figure) {
  if (figure.equal.size() != figure.unequal.size() || figure.equal.empty())
    throw base::DomainError(
        fmt::format("runs from equal and unequal layers: expected as many, one or more, "
                    "got {} and {}",
                    figure.equal.size(), figure.unequal.size()));
  std::size_t deepest = 0;
  for (const auto* run : figure.equal) deepest = std::max(deepest, run->by_theory.size());
  Script script(figure.id, 1600, 1040);
  script.line("set multiplot")
      .line(fmt::format("set xrange [0.6:{:g}]; set xtics 1", static_cast<double>(deepest) + 0.4))
      .line("set xlabel 'layer l'")
      .line("set key at screen 0.03,0.995 left top vertical maxrows 3 Left reverse samplen 3 font ',13'");
  const struct {
    const char* title;
    const char* axis;
    Quantity quantity;
  } panels[] = {
      {"weights: size", "relative change of a_l", [](const auto& c) { return c.weight_change; }},
      {"weights: timing", "half of it done (epochs of τ)", [](const auto& c) { return c.weight_half_time; }},
      {"receptive fields: size", "relative change of the gain a_1…a_l",
       [](const auto& c) { return c.gain_after / c.gain_before - 1; }},
      {"receptive fields: timing", "half of it done (epochs of τ)",
       [](const auto& c) { return c.gain_half_time; }}};
  for (int i = 0; i < 4; ++i) {
    const double left = 0.062 + 0.25 * i;
    place(script, left, left + 0.178, 0.58, 0.86);
    script.line(fmt::format("set title '{}'; set ylabel '{}'", panels[i].title, panels[i].axis));
    script.line(i == 0 || i == 2 ? "set logscale y; set yrange [*:*]" : "unset logscale y; set yrange [*:*]");
    draw_layers(script, figure, panels[i].quantity, i == 0);
  }
  const std::size_t shown = figure.shown->receptive_fields.size();
  const double step = 0.98 / static_cast<double>(shown), most = 1.1 * largest_response(*figure.shown);
  script.line("unset logscale y; set xrange [0:180]; set xtics 45; set xlabel 'orientation (degrees)'")
      .line("set xzeroaxis lt -1 lw 0.8 lc rgb '#888888'")
      .line("set key at screen 0.03,0.47 left top horizontal maxrows 1 Left reverse samplen 3 font ',13'")
      .line(fmt::format("set yrange [{:g}:{:g}]", -most, most));
  for (std::size_t l = 0; l < shown; ++l) {
    const double left = 0.062 + step * static_cast<double>(l);
    place(script, left, left + step - 0.08, 0.095, 0.385);
    script.line(fmt::format("set title 'a unit above layer {}'; set ylabel 'response'", l + 1));
    draw_field(script, *figure.shown, l, l == 0);
  }
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
