#include <fmt/format.h>

#include "dln/theory/depth_delay.hpp"
#include "plots/figures.hpp"

namespace dln::plots {

Drawing depth_delay_figure(const DepthDelayFigure& figure) {
  static const char* const kLooks[] = {"dt 1", "dt (10,4)", "dt (5,4)", "dt (2,3)"};
  Script script(figure.id, 900, 600);
  std::string tsv = "u0_over_s\tN_l\tsteps\texcess_over_three_layers\n", plot = "plot ";
  std::vector<std::vector<std::array<double, 2>>> curves;
  script.line(fmt::format("set logscale xy; set xrange [3.5:{}]; set yrange [1:*]", figure.layers.back()))
      .line("set format xy '10^{%T}'; set xlabel 'number of layers N_l'")
      .line("set ylabel 't_N − t_3 (gradient steps at 1/λ_{max})'")
      .line(
          "set key outside top center horizontal maxcols 2 Left reverse samplen 4 font ',14'; set tmargin 6");
  for (std::size_t k = 0; k < figure.shares.size(); ++k) {
    const double share = figure.shares[k], limit = theory::delay_of_infinite_depth(1.0, share);
    auto& curve = curves.emplace_back();
    for (int layers : figure.layers) {
      const base::DepthExponent depth(base::Depth::from_layers(layers));
      const double excess = theory::delay_over_three_layers(depth, 1.0, share);
      curve.push_back({static_cast<double>(layers), excess});
      tsv += fmt::format("{:g}\t{}\t{:.17g}\t{:.17g}\n", share, layers,
                         theory::steps_at_optimal_rate(depth, 1.0, share), excess);
    }
    tsv += fmt::format("{:g}\tinf\t{:.17g}\t{:.17g}\n", share,
                       theory::steps_at_optimal_rate(base::DepthExponent::infinite(), 1.0, share), limit);
    script.line(
        fmt::format("set arrow from graph 0, first {0:.17g} to graph 1, first {0:.17g} nohead lw 1 dt (1,3) "
                    "lc rgb '#666666'",
                    limit));
    plot += fmt::format("{}'-' with lines lw 2.4 {} lc rgb '#c2181b' title 'u_0/s = {:g}'", k > 0 ? ", " : "",
                        kLooks[k % 4], share);
  }
  plot += ", NaN with lines lw 1 dt (1,3) lc rgb '#666666' title 't_∞ − t_3 = s(s − 2u_0)/(u_0(s − u_0))'";
  script.line(plot);
  for (const auto& curve : curves) script.curve(curve);
  return {figure.id, figure.title, figure.alternative_text, script.text(), tsv};
}

}  // namespace dln::plots
