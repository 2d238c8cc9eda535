#include "plots/differentiation_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dln::plots {
namespace {

using experiments::Differentiation;
using linalg::Matrix;
using Curve = std::vector<std::array<double, 2>>;
using Pixels = std::vector<std::array<double, 3>>;
using Network = DifferentiationFigure::Network;

// Of different brightness, and of different dashes, so that grey tells them apart too.
constexpr const char* kGroups[] = {"lc rgb '#000000'", "lc rgb '#1f49b6' dt (8,3)",
                                   "lc rgb '#c2181b' dt (3,2)", "lc rgb '#e0891a'"};
constexpr int kPoints[] = {6, 4, 8, 12};

std::string rows_of(const std::string& name, const Network& network) {
  std::string tsv;
  const auto& found = *network.answers;
  for (std::size_t k = 0; k < found.snapshots.size(); ++k) {
    const std::size_t i = found.snapshots[k];
    for (Eigen::Index item = 0; item < found.similarity[k].cols(); ++item) {
      tsv += fmt::format("{}\t{}\t{:.9g}\t{:.9g}\t{}\t{:.9g}\t{:.9g}", name, network.layers,
                         network.run->times[i], network.run->error[i] / network.run->error[0], item + 1,
                         found.places[i](0, item), found.places[i](1, item));
      for (const double value : found.similarity[k].row(item)) tsv += fmt::format("\t{:.9g}", value);
      tsv += '\n';
    }
  }
  return tsv;
}

std::string table(const DifferentiationFigure& figure) {
  Eigen::Index items = 0;
  for (const auto& row : figure.rows) items = std::max(items, row.deep.answers->similarity.at(0).cols());
  std::string tsv = "data\tN_l\ttime\terror_share\titem\tx\ty";
  for (Eigen::Index item = 1; item <= items; ++item) tsv += fmt::format("\tto_item_{}", item);
  tsv += '\n';
  for (const auto& row : figure.rows) tsv += rows_of(row.name, row.deep) + rows_of(row.name, row.shallow);
  return tsv;
}

// Everything in pixels from the upper left, where panels are squares.
constexpr double kWidth = 1560, kSide = 228, kRowPitch = 318, kFirstTop = 78;

double height_of(const DifferentiationFigure& figure) {
  return kFirstTop + kRowPitch * static_cast<double>(figure.rows.size() - 1) + kSide + 72;
}

void place(Script& script, const DifferentiationFigure& figure, double left, std::size_t row) {
  const double height = height_of(figure), top = kFirstTop + kRowPitch * static_cast<double>(row);
  script
      .line(fmt::format("set lmargin at screen {:g}; set rmargin at screen {:g}", left / kWidth,
                        (left + kSide) / kWidth))
      .line(fmt::format("set tmargin at screen {:g}; set bmargin at screen {:g}", 1 - top / height,
                        1 - (top + kSide) / height));
}

void draw_similarity(Script& script, const Network& network, std::size_t k) {
  const Matrix& similarity = network.answers->similarity[k];
  const std::size_t i = network.answers->snapshots[k];
  Pixels pixels;
  for (Eigen::Index a = 0; a < similarity.rows(); ++a)
    for (Eigen::Index b = 0; b < similarity.cols(); ++b)
      pixels.push_back({static_cast<double>(b) + 1, static_cast<double>(a) + 1, similarity(a, b)});
  script
      .line(fmt::format(
          "set label 1 'at {:.2g} of the time, E = {:.2g} E(0)' at graph 0,1.05 left font ',13'",
          network.run->times[i] / network.run->times.back(), network.run->error[i] / network.run->error[0]))
      .line(fmt::format("set xrange [0.5:{0}.5]; set yrange [{0}.5:0.5]", similarity.cols()))
      .line("plot '-' with image pixels notitle")
      .curve(pixels)
      .line("unset label 1");
}

Curve path_of(const Differentiation& found, Eigen::Index item) {
  Curve path{{found.places[0](0, item), found.places[0](1, item)}};
  for (const Matrix& places : found.places)
    if (std::hypot(places(0, item) - path.back()[0], places(1, item) - path.back()[1]) > 0.02)
      path.push_back({places(0, item), places(1, item)});
  path.push_back({found.places.back()(0, item), found.places.back()(1, item)});
  return path;
}

Curve stops_of(const Differentiation& found, const std::vector<int>& groups, int group) {
  Curve stops;
  for (Eigen::Index item = 0; item < found.places[0].cols(); ++item)
    if (groups[static_cast<std::size_t>(item)] == group)
      for (const std::size_t i : found.snapshots)
        stops.push_back({found.places[i](0, item), found.places[i](1, item)});
  return stops;
}

void draw_paths(Script& script, const Network& network, const std::vector<int>& groups, double reach) {
  const auto& found = *network.answers;
  const int most = std::ranges::max(groups);
  script
      .line(fmt::format("set label 1 'paths of the items, N_l = {}' at graph 0,1.05 left font ',13'",
                        network.layers))
      .line(fmt::format("set xrange [{0:g}:{1:g}]; set yrange [{0:g}:{1:g}]", -reach, reach));
  std::string plot = "plot ";
  for (const int group : groups)
    plot += fmt::format("'-' with lines lw 1.3 {} notitle, ", kGroups[static_cast<std::size_t>(group) % 4]);
  for (int group = 0; group <= most; ++group)
    plot += fmt::format("{}'-' with points pt {} ps 0.7 lw 1.4 {} notitle", group == 0 ? "" : ", ",
                        kPoints[group % 4], kGroups[group % 4]);
  script.line(plot);
  for (Eigen::Index item = 0; item < found.places[0].cols(); ++item) script.curve(path_of(found, item));
  for (int group = 0; group <= most; ++group) script.curve(stops_of(found, groups, group));
  script.line("unset label 1");
}

double reach_of(const DifferentiationFigure::Row& row) {
  double reach = 0;
  for (const auto* network : {&row.deep, &row.shallow})
    for (const Matrix& places : network->answers->places)
      reach = std::max(reach, places.cwiseAbs().maxCoeff());
  return 1.12 * reach;
}

// One data set: similarity at the snapshots, then the two networks' paths.
void draw_row(Script& script, const DifferentiationFigure& figure, std::size_t r) {
  const auto& row = figure.rows[r];
  const double height = height_of(figure);
  const double title = 1 - (kFirstTop + kRowPitch * static_cast<double>(r) - 46) / height;
  const std::size_t maps = row.deep.answers->snapshots.size();
  script
      .line(fmt::format("set label 3 '{}: similarity of the answers to its items, N_l = {}' at screen "
                        "0.022,{:g} left font ',14'",
                        literal(row.name), row.deep.layers, title))
      .line("set xlabel 'item' offset 0,0.6; set ylabel 'item' offset 0.8,0");
  for (std::size_t k = 0; k < maps; ++k) {
    place(script, figure, 34 + (kSide + 12) * static_cast<double>(k), r);
    if (r + 1 == figure.rows.size() && k + 1 == maps)
      script
          .line(fmt::format(
              "set colorbox horizontal user origin screen 0.3,{0:g} size screen 0.2,{0:g} noborder",
              12 / height))
          .line(fmt::format("set label 4 'dissimilar' at screen 0.29,{:g} right font ',13'", 18 / height))
          .line(fmt::format("set label 5 'alike' at screen 0.51,{:g} left font ',13'", 18 / height));
    draw_similarity(script, row.deep, k);
    script.line("unset label 3; unset label 4; unset label 5; unset ylabel; unset colorbox");
  }
  script.line("set xlabel 'first principal axis'; set ylabel 'second principal axis' offset 0.8,0");
  const double reach = reach_of(row), left = 34 + (kSide + 12) * static_cast<double>(maps) + 24;
  place(script, figure, left, r);
  draw_paths(script, row.deep, row.groups, reach);
  place(script, figure, left + kSide + 36, r);
  draw_paths(script, row.shallow, row.groups, reach);
}

}  // namespace

Drawing differentiation_figure(const DifferentiationFigure& figure) {
  Script script(figure.id, static_cast<int>(kWidth), static_cast<int>(height_of(figure)));
  script.line("set multiplot; set border 15 lw 1; unset tics; unset colorbox")
      .line("set cbrange [-0.6:1.2]; set palette defined (0 '#ffffff', 0.35 '#c6d4f2', 1 '#08184f')");
  for (std::size_t r = 0; r < figure.rows.size(); ++r) draw_row(script, figure, r);
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
