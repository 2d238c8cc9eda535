#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plots/forecast_figures.hpp"

namespace dln::plots {
namespace {

using Curve = std::vector<std::array<double, 2>>;

std::string number_or_nothing(double value) {
  return std::isfinite(value) ? fmt::format("{:.9g}", value) : std::string();
}

void place(Script& script, double left, double right) {
  script.line(
      fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}; set tmargin at screen 0.88; set "
                  "bmargin at screen 0.2",
                  left, right));
}

}  // namespace

Drawing spectrum_figure(const data::SingularModes& modes, const data::Consistency& consistency) {
  constexpr double kLeastDrawn = 1e-3;  // on a logarithmic axis, which has no 0: white inputs have no other
  double largest = 0.5;                 // so that both bounds are in view
  Curve s, end, residuals;
  std::string tsv = "mode\ts\td\tend\toff_diagonal\tinvariance\tverdict\n";
  for (Eigen::Index k = 0; k < modes.size(); ++k) {
    const auto& mode = consistency.by_mode[static_cast<std::size_t>(k)];
    const double number = static_cast<double>(k) + 1;
    s.push_back({number, modes.singular_values[k]});
    end.push_back({number, modes.singular_values[k] / mode.variance});
    residuals.push_back({number, std::max(mode.invariance, kLeastDrawn)});
    largest = std::max(largest, mode.invariance);
    tsv += fmt::format("{}\t{:.17g}\t{:.17g}\t{:.17g}\t{}\t{:.9g}\t{}\n", k + 1, modes.singular_values[k],
                       mode.variance, modes.singular_values[k] / mode.variance,
                       number_or_nothing(mode.off_diagonal), mode.invariance, data::name_of(mode.verdict));
  }
  Script script("spectrum", 1180, 430);
  const double last = static_cast<double>(modes.size()) + 0.5;
  script.line("set multiplot; set logscale y; set format y '10^{%T}'; set xlabel 'number of the mode'")
      .line(fmt::format("set xrange [0.5:{:g}]", last))
      .line(modes.size() <= 20 ? "set xtics 1" : "set xtics autofreq");
  place(script, 0.075, 0.44);
  script.line("set key outside top left horizontal Left reverse samplen 2 font ',13'")
      .line("set ylabel 'singular value s' offset 0.5,0; set y2label 'strength at the end, s/d' offset -1,0")
      .line("set logscale y2; set format y2 '10^{%T}'; set y2tics; set ytics nomirror")
      .line(
          "plot '-' with linespoints pt 7 ps 0.9 lw 1.8 lc rgb '#d9302a' title 's of Σ31', '-' axes x1y2 "
          "with "
          "linespoints pt 6 ps 1.1 lw 1.4 dt (5,3) lc rgb '#12339c' title 's/d, d = v^T Σ11 v (right axis)'")
      .curve(s)
      .curve(end)
      .line("unset y2tics; unset y2label; unset logscale y2; set ytics nomirror");
  place(script, 0.62, 0.985);
  script
      .line(fmt::format(
          "set ylabel '‖Σ11 v − d v‖ / d' offset 0.5,0; set yrange [{:g}:{:.3g}]; set key outside "
          "top left",
          kLeastDrawn, 2 * largest))
      .line("set arrow 1 from graph 0, first 0.1 to graph 1, first 0.1 nohead dt (4,3) lc rgb '#555555'")
      .line("set arrow 2 from graph 0, first 0.3333 to graph 1, first 0.3333 nohead lc rgb '#555555'")
      .line("set label 1 'approximate below' at graph 0.99, first 0.39 right font ',11' tc rgb '#333333'")
      .line("set label 2 'consistent below' at graph 0.99, first 0.117 right font ',11' tc rgb '#333333'")
      .line(
          "plot '-' with points pt 5 ps 1.1 lc rgb '#000000' title 'distance of the mode from a principal "
          "component'")
      .curve(residuals)
      .line("unset multiplot");
  return {
      "spectrum",
      "What there is to learn: singular values of Σ31, and whether its modes are principal components "
      "of the inputs (Eq 18).",
      "Left: singular values of the modes fall with their number, and the strengths at which they end, s/d, "
      "beside "
      "them. Right: for each mode how far Σ11 turns it away from itself, 0.001 for what is less; below the "
      "lower line it counts as a "
      "principal component, below the upper one nearly.",
      script.text(), std::move(tsv)};
}

Drawing mode_pictures_figure(const std::vector<ModePicture>& pictures) {
  constexpr int kColumns = 5, kSize = 210;
  const int count = static_cast<int>(pictures.size()), columns = std::min(count, kColumns),
            rows = (count + kColumns - 1) / kColumns;
  Script script("modes", 30 + kSize * columns, 20 + (kSize + 45) * rows);
  script.line(
      "set multiplot; set palette gray; unset colorbox; unset tics; set border 15 lw 0.8; set size ratio -1");
  script.line("set cbrange [-1:1]; unset key");
  std::string tsv = "mode\trow\tcolumn\tvalue\n";
  for (int i = 0; i < count; ++i) {
    const auto& [caption, image] = pictures[static_cast<std::size_t>(i)];
    const double left = (15.0 + kSize * (i % kColumns)) / (30 + kSize * columns),
                 width = (kSize - 12.0) / (30 + kSize * columns),
                 height = (kSize - 12.0) / (20 + (kSize + 45) * rows),
                 top = 1 - (30.0 + (kSize + 45) * (i / kColumns)) / (20 + (kSize + 45) * rows);
    script.line(
        fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}; set tmargin at screen {:g}; set "
                    "bmargin at screen {:g}",
                    left, left + width, top, top - height));
    script.line(
        fmt::format("set label 1 'mode {}' at graph 0,1.055 left font ',13'; set label 2 '{}' at graph "
                    "0,-0.065 left font ',11'",
                    i + 1, literal(caption)));
    script.line(fmt::format("set xrange [-0.5:{:g}]; set yrange [{:g}:-0.5]",
                            static_cast<double>(image.cols()) - 0.5,
                            static_cast<double>(image.rows()) - 0.5));
    const double largest = image.cwiseAbs().maxCoeff();
    std::vector<std::array<double, 3>> cells;
    for (Eigen::Index r = 0; r < image.rows(); ++r)
      for (Eigen::Index c = 0; c < image.cols(); ++c) {
        const double value = largest > 0 ? image(r, c) / largest : 0;
        cells.push_back({static_cast<double>(c), static_cast<double>(r), value});
        tsv += fmt::format("{}\t{}\t{}\t{:.6g}\n", i + 1, r + 1, c + 1, image(r, c));
      }
    script.line("plot '-' with image").curve(cells);
  }
  script.line("unset multiplot");
  return {"modes",
          "The leading modes as pictures: what of an image each weighs positively (white) and negatively "
          "(black), and the outputs it drives most.",
          fmt::format("{} grey pictures, one a mode, with the outputs that it raises and lowers below each.",
                      count),
          script.text(), std::move(tsv)};
}

Drawing depth_outlook_figure(const DepthOutlook& outlook) {
  Curve first, last, rate, limit;
  std::string tsv = "N_l\tlambda_max\trate\tlimit\tfirst_half_epochs\tlast_half_epochs\n";
  for (std::size_t i = 0; i < outlook.layers.size(); ++i) {
    const double n = outlook.layers[i], lambda = outlook.largest_eigenvalues[i];
    first.push_back({n, std::max(outlook.first_half[i], 0.5)});
    last.push_back({n, outlook.last_half[i]});
    rate.push_back({n, 1 / lambda});
    limit.push_back({n, 2 / lambda});
    tsv += fmt::format("{}\t{:.9g}\t{:.9g}\t{:.9g}\t{:.9g}\t{:.9g}\n", outlook.layers[i], lambda, 1 / lambda,
                       2 / lambda, outlook.first_half[i], outlook.last_half[i]);
  }
  Script script("depth-outlook", 1180, 430);
  script.line("set multiplot; set logscale xy; set format y '10^{%T}'; set xlabel 'number of layers N_l'")
      .line(fmt::format("set xrange [{}:{}]; set xtics (2,3,5,10,20,50,100); unset mxtics",
                        outlook.layers.front(), outlook.layers.back()))
      .line("set key outside top left horizontal Left reverse samplen 3 font ',13'");
  place(script, 0.08, 0.48);
  script.line("set ylabel 'epochs to half, at 1/λ_{max}' offset 0.5,0")
      .line(
          "plot '-' with linespoints pt 7 ps 0.7 lw 2 lc rgb '#d9302a' title 'first mode learned', '-' with "
          "linespoints pt 5 ps 0.7 lw 2 dt (6,3) lc rgb '#8a1f1b' title 'last mode'")
      .curve(first)
      .curve(last);
  place(script, 0.585, 0.985);
  script.line("set ylabel 'learning rate' offset 0.5,0")
      .line(
          "plot '-' with linespoints pt 7 ps 0.7 lw 2 lc rgb '#12339c' title '1/λ_{max}', '-' with lines lw "
          "1.6 dt "
          "(3,3) lc rgb '#555555' title '2/λ_{max}, the limit'")
      .curve(rate)
      .curve(limit)
      .line("unset multiplot");
  return {"depth-outlook",
          fmt::format(
              "How depth changes the time and the rate: decoupled starts, u0 = {:.3g}, each depth at its own "
              "1/λ_max (Eq 15).",
              outlook.initial_strength),
          "Left: epochs until the first and the last mode are half learned, against the number of layers. "
          "Right: the "
          "recommended rate, one over the largest eigenvalue of the Hessian at the end, and twice that, the "
          "limit.",
          script.text(), std::move(tsv)};
}

}  // namespace dln::plots
