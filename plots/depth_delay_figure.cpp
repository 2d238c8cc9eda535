#include <fmt/format.h>

#include <cmath>

#include "dln/theory/depth_delay.hpp"
#include "plots/figures.hpp"

namespace dln::plots {
namespace {

using base::DepthExponent;
using Curve = std::vector<std::array<double, 2>>;

constexpr const char* kLooks[] = {"dt 1", "dt (10,4)", "dt (5,4)", "dt (2,3)"};

struct Curves {
  std::string plot = "plot ";
  std::vector<Curve> curves;

  void add(Curve curve, const std::string& look, const std::string& title) {
    plot += fmt::format("{}'-' with lines {} title '{}'", curves.empty() ? "" : ", ", look, title);
    curves.push_back(std::move(curve));
  }
  void draw(Script& script) const {
    script.line(plot);
    for (const Curve& curve : curves) script.curve(curve);
  }
};

double excess(const DepthExponent& depth, double share) {
  return theory::delay_over_three_layers(depth, 1.0, share);
}

DepthExponent layers(int n) {
  return DepthExponent(base::Depth::from_layers(n));
}

void place(Script& script, int panel, const std::string& horizontal) {
  const double left = 0.08 + 0.5 * panel;
  script.line(fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}", left, left + 0.39))
      .line("set tmargin at screen 0.76; set bmargin at screen 0.13")
      .line(fmt::format("set key at screen {:g},0.985 left top vertical Left reverse samplen 4 font ',14'",
                        left - 0.02))
      .line(fmt::format("set xlabel '{}'", horizontal));
}

void draw_against_depth(Script& script, const DepthDelayFigure& figure) {
  place(script, 0, "number of layers N_l");
  script.line(fmt::format("set xrange [3.5:{}]", figure.layers.back()))
      .line("set yrange [1:2e4]; set ylabel 't_N − t_3 (gradient steps at 1/λ_{max})'");
  Curves drawn;
  for (std::size_t k = 0; k < figure.shares.size(); ++k) {
    Curve curve;
    for (int n : figure.layers)
      curve.push_back({static_cast<double>(n), excess(layers(n), figure.shares[k])});
    drawn.add(std::move(curve), fmt::format("lw 2.4 {} lc rgb '#c2181b'", kLooks[k % 4]),
              fmt::format("u_0/s = {:g}", figure.shares[k]));
    script.line(fmt::format(
        "set arrow from graph 0, first {0:.17g} to graph 1, first {0:.17g} nohead lw 1.6 dt (2,4) "
        "lc rgb '#666666'",
        theory::delay_of_infinite_depth(1.0, figure.shares[k])));
  }
  drawn.plot +=
      ", NaN with lines lw 1.6 dt (2,4) lc rgb '#666666' title 't_∞ − t_3 = s(s − 2u_0)/(u_0(s − u_0))'";
  drawn.draw(script);
}

// From the largest share of the other panel to two decades below its smallest, eight to a decade: the deeper
// a network, the later it leaves the asymptote.
std::vector<double> many_shares(const DepthDelayFigure& figure) {
  std::vector<double> shares;
  const double first = std::log10(figure.shares.front()), last = std::log10(figure.shares.back()) - 2;
  const int count = static_cast<int>(std::ceil(8 * (first - last)));
  for (int i = 0; i <= count; ++i) shares.push_back(std::pow(10, first + (last - first) * i / count));
  return shares;
}

Curve against_strength(const std::vector<double>& shares, auto&& value) {
  Curve curve;
  for (double share : shares) curve.push_back({1 / share, value(share)});
  return curve;
}

void draw_against_strength(Script& script, const DepthDelayFigure& figure) {
  place(script, 1, "s/u_0");
  const auto shares = many_shares(figure);
  script
      .line(fmt::format("unset arrow; unset ylabel; set xrange [{:g}:{:g}]", 1 / shares.front(),
                        1 / shares.back()))
      .line(fmt::format("set yrange [1:{:g}]", 2 / shares.back()));
  Curves drawn;
  drawn.add(against_strength(shares, [](double share) { return 1 / share; }), "lw 5 lc rgb '#cccccc'",
            "s/ε, slope 1");
  drawn.add(against_strength(shares, [](double share) { return excess(DepthExponent::infinite(), share); }),
            "lw 2.4 dt 1 lc rgb '#222222'", "N_l = ∞");
  for (std::size_t k = 0; k < figure.layers_against_strength.size(); ++k) {
    const int n = figure.layers_against_strength[k];
    drawn.add(against_strength(shares, [n](double share) { return excess(layers(n), share); }),
              fmt::format("lw 2.4 {} lc rgb '#c2181b'", kLooks[k % 4]), fmt::format("N_l = {}", n));
  }
  for (std::size_t k = 0; k < figure.layers_against_strength.size(); ++k) {
    // F_L = L/(L - 2) (s/u0)^{1 - 2/L} to leading order.
    const double L = figure.layers_against_strength[k] - 1;
    drawn.add(
        against_strength(shares, [L](double share) { return L / (L - 2) * std::pow(share, 2 / L - 1); }),
        "lw 1.6 dt (2,4) lc rgb '#666666'", k == 0 ? "L/(L − 2) (s/u_0)^{1 − 2/L}, where they end" : "");
  }
  drawn.draw(script);
}

std::string table(const DepthDelayFigure& figure) {
  std::string tsv = "panel\tu0_over_s\tN_l\tsteps\texcess_over_three_layers\n";
  const auto rows = [&](const char* panel, double share, const std::vector<int>& depths) {
    const auto row = [&](const std::string& name, const DepthExponent& depth) {
      tsv += fmt::format("{}\t{:.17g}\t{}\t{:.17g}\t{:.17g}\n", panel, share, name,
                         theory::steps_at_optimal_rate(depth, 1.0, share), excess(depth, share));
    };
    for (int n : depths) row(std::to_string(n), layers(n));
    row("inf", DepthExponent::infinite());
  };
  for (double share : figure.shares) rows("depth", share, figure.layers);
  for (double share : many_shares(figure)) rows("strength", share, figure.layers_against_strength);
  return tsv;
}

}  // namespace

Drawing depth_delay_figure(const DepthDelayFigure& figure) {
  Script script(figure.id, 1300, 620);
  script.line("set multiplot; set logscale xy; set format xy '10^{%T}'");
  draw_against_depth(script, figure);
  draw_against_strength(script, figure);
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
