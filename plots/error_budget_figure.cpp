#include "plots/error_budget_figure.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"

namespace dln::plots {
namespace {

using experiments::Cause;
using experiments::CausePart;
using experiments::ErrorBudget;
using Bars = std::vector<std::array<double, 4>>;

constexpr double kSeen = 1e-3;  // of the whole: less is thinner than a line
constexpr double kHalfWidth = 0.38;

// Colour and gnuplot's pattern: shades that differ in grey, and hatchings that differ without any.
struct Fill {
  const char* colour;
  const char* style;
};
Fill fill_of(Cause cause) {
  switch (cause) {
    case Cause::step:
      return {"#b0402a", "pattern 1"};
    case Cause::seed:
      return {"#d9d9d9", "solid 1"};
    case Cause::imbalance:
      return {"#8a5fb0", "pattern 2"};
    case Cause::competition:
    case Cause::start:
      return {"#7f9be0", "solid 1"};
    case Cause::misalignment:
      return {"#b8860b", "pattern 5"};
    case Cause::nonwhiteness:
      return {"#0b7f8a", "pattern 6"};
    case Cause::nonlinearity:
      return {"#1a8f3c", "pattern 4"};
  }
  return {"#000000", "solid 1"};
}
constexpr Fill kRemainder{"#000000", "pattern 7"};

bool is_drawn(const ErrorBudget& budget, const CausePart& cause) {
  const auto known = [](double x) { return std::isfinite(x) ? x : 0; };
  const double whole = budget.whole.unaryExpr(known).cwiseAbs().maxCoeff();
  return !cause.off && cause.part().unaryExpr(known).cwiseAbs().maxCoeff() >= kSeen * whole;
}

bool is_known(const ErrorBudget& budget, Eigen::Index mode) {
  return std::isfinite(budget.remainder[mode]);
}

// Boxes of one cause on what is stacked so far, above and below 0.
class Stack {
 public:
  explicit Stack(const ErrorBudget& budget)
      : budget_(budget),
        above_(linalg::Vector::Zero(budget.whole.size())),
        below_(linalg::Vector::Zero(budget.whole.size())) {}

  // x, left edge, right edge follow from the mode; rows are x, base, top, half width.
  Bars add(const linalg::Vector& part) {
    Bars bars;
    for (Eigen::Index k = 0; k < part.size(); ++k) {
      if (!is_known(budget_, k)) continue;
      double& base = part[k] >= 0 ? above_[k] : below_[k];
      bars.push_back({static_cast<double>(k + 1), 100 * base, 100 * (base + part[k]), kHalfWidth});
      base += part[k];
    }
    return bars;
  }

 private:
  const ErrorBudget& budget_;
  linalg::Vector above_, below_;
};

std::string table(const ErrorBudgetFigure& figure) {
  std::string tsv = "panel\tmode\tcause\tpart\tfrom_run\tfrom_theory\n";
  for (const auto& [name, budget] : figure.panels)
    for (Eigen::Index k = 0; k < budget->whole.size(); ++k) {
      for (const CausePart& c : budget->causes)
        tsv += fmt::format("{}\t{}\t{}\t{:.9g}\t{:.9g}\t{:.9g}\n", name, k + 1, name_of(c.cause), c.part()[k],
                           c.from_run[k], c.from_theory[k]);
      tsv += fmt::format("{}\t{}\tremainder\t{:.9g}\t\t\n", name, k + 1, budget->remainder[k]);
      tsv += fmt::format("{}\t{}\twhole\t{:.9g}\t\t\n", name, k + 1, budget->whole[k]);
    }
  return tsv;
}

std::string heading(const ErrorBudgetFigure::Panel& panel) {
  const ErrorBudget& budget = *panel.budget;
  std::vector<std::string_view> unseen;
  for (const CausePart& c : budget.causes)
    if (!is_drawn(budget, c)) unseen.push_back(name_of(c.cause));
  std::string text = fmt::format("{}: remainder {:.2g} % of the whole", panel.name, 100 * budget.ratio);
  if (!unseen.empty()) text += fmt::format("; off, or less than 0.1 %: {}", fmt::join(unseen, ", "));
  if (!budget.unknown.empty())
    text +=
        fmt::format("; {} mode{} not learned", budget.unknown.size(), budget.unknown.size() == 1 ? "" : "s");
  return text;
}

void draw(Script& script, const ErrorBudgetFigure::Panel& panel) {
  const ErrorBudget& budget = *panel.budget;
  Stack stack(budget);
  std::string plot = "plot ";
  std::vector<Bars> bars;
  const auto add = [&](const Fill& fill, std::string_view name, const linalg::Vector& part) {
    bars.push_back(stack.add(part));
    plot += fmt::format(
        "'-' using 1:2:($1-$4):($1+$4):2:3 with boxxyerrorbars fs {} border lc rgb '#222222' lw 0.8 fc rgb "
        "'{}' title '{}', ",
        fill.style, fill.colour, name);
  };
  for (const CausePart& c : budget.causes)
    if (is_drawn(budget, c)) add(fill_of(c.cause), name_of(c.cause), c.part());
  add(kRemainder, "remainder", budget.remainder);
  script.line(
      plot +
      "'-' with linespoints pt 7 ps 0.65 lw 1.6 lc rgb '#c2181b' title 'whole: ln(t_{run}/t_{theory})'");
  for (const Bars& rows : bars) script.curve(rows);
  std::vector<std::array<double, 2>> whole;
  for (Eigen::Index k = 0; k < budget.whole.size(); ++k)
    if (std::isfinite(budget.whole[k])) whole.push_back({static_cast<double>(k + 1), 100 * budget.whole[k]});
  script.curve(whole);
}

}  // namespace

Drawing error_budget_figure(const ErrorBudgetFigure& figure) {
  const std::size_t count = figure.panels.size();
  base::require(count >= 1, "panels", static_cast<double>(count), "one or more");
  Script script(figure.id, 1240, 110 + 330 * static_cast<int>(count));
  const double height = 110 + 330 * static_cast<double>(count);
  script.line("set multiplot; set xzeroaxis lt -1 lw 0.8 lc rgb '#444444'")
      .line(
          "set ylabel 'ln(t_{run}/t_{theory}) (%)'; set lmargin at screen 0.075; set rmargin at screen 0.985")
      .line(
          "set key top left vertical maxrows 3 Left reverse samplen 2 width 1 font ',13'; set offsets "
          "0,0,graph 0.32,graph 0.02");
  for (std::size_t i = 0; i < count; ++i) {
    const auto& panel = figure.panels[i];
    const double top = 1 - (50 + 345 * static_cast<double>(i)) / height;
    script
        .line(fmt::format("set tmargin at screen {:.4f}; set bmargin at screen {:.4f}", top,
                          top - 265 / height))
        .line(fmt::format("set xrange [0.3:{}]; set xtics 1,{}",
                          static_cast<double>(panel.budget->whole.size()) + 0.7,
                          std::max<Eigen::Index>(1, panel.budget->whole.size() / 16)))
        .line(fmt::format("set label 1 '{}' at graph 0,1.07 left font ',13'", heading(panel)))
        .line(i + 1 == count ? "set xlabel 'number of the mode'" : "unset xlabel");
    draw(script, panel);
  }
  script.line("unset multiplot");
  return {figure.id, figure.title, figure.alternative_text, script.text(), table(figure)};
}

}  // namespace dln::plots
