// The report of dln analyze: the same page as that of dln verify, without claims.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/analysis_sections.hpp"

namespace dln::tools {
namespace {

using validation::FigureReference;
using validation::Prose;
using validation::Section;
using validation::Table;

constexpr Eigen::Index kShown = 10;

Section what_there_is_to_learn(const Analysis& a, bool pictures) {
  Section section{"data", "What there is to learn", {}};
  section.blocks.emplace_back(
      Prose{"Σ^{31} = Σ s u v^{T}: a mode takes what inputs have along v and answers along u. A deep linear "
            "network learns "
            "modes one after the other, the strongest first; mode α ends at the strength s/d, d = v^{T} "
            "Σ^{11} v the "
            "variance of the inputs along it. Theory of single modes asks that v be a principal component of "
            "the inputs (Eq "
            "18); how far it is from one is the residual below."});
  Table table{"The leading modes", {"mode", "s", "d", "ends at s/d", "Eq 18", "residual"}, {}};
  const bool named = std::ranges::any_of(a.descriptions, [](const auto& d) { return !d.inputs.empty(); });
  if (named) table.header.emplace_back("strongest inputs");
  table.header.emplace_back("outputs");
  const Eigen::Index shown = std::min(kShown, a.modes().size());
  for (Eigen::Index k = 0; k < shown; ++k) {
    const auto& mode = a.consistency.by_mode[static_cast<std::size_t>(k)];
    const double s = a.modes().singular_values[k];
    std::vector<std::string> row{std::to_string(k + 1),
                                 cell(s),
                                 cell(mode.variance),
                                 cell(s / mode.variance),
                                 std::string(data::name_of(mode.verdict)),
                                 cell(mode.invariance, "{:.2g}")};
    const auto& description = a.descriptions[static_cast<std::size_t>(k)];
    if (named) row.push_back(description.inputs);
    row.push_back(description.outputs);
    table.rows.push_back(std::move(row));
  }
  section.blocks.emplace_back(std::move(table));
  if (a.modes().size() > shown)
    section.blocks.emplace_back(
        Prose{fmt::format("{} more modes are in the data of the figures.", a.modes().size() - shown)});
  section.blocks.emplace_back(FigureReference{"spectrum"});
  if (pictures) section.blocks.emplace_back(FigureReference{"modes"});
  return section;
}

std::string on_start(const DepthAnalysis& depth) {
  const auto& start = depth.forecast.start;
  switch (start.kind) {
    case experiments::StartKind::decoupled:
      return fmt::format("decoupled, u_{{0}} = {:.3g} in every mode", start.initial_strength);
    case experiments::StartKind::random:
      return fmt::format("small random weights, u_{{0}} = {:.3g}", start.initial_strength);
    case experiments::StartKind::orthogonal:
      return fmt::format("orthogonal weights, gain {:.3g}",
                         std::pow(start.initial_strength, 1.0 / start.depth.weight_matrices()));
    case experiments::StartKind::pretrained:
      return fmt::format("lower layers pretrained by autoencoders, on top entries N(0, ({:.3g})²)",
                         start.initial_strength);
    case experiments::StartKind::given:
      return "the network given";
  }
  return "";
}

Table depths_table(const Analysis& a) {
  Table table{"Each depth",
              {"N_{l}", "start", "law", "rate", "limit 2/λ_{max}", "epochs to 50 %", "90 %", "99 %",
               "theory's end", "least error"},
              {}};
  const bool trained = std::ranges::any_of(a.depths, [](const auto& d) { return d.run.has_value(); });
  if (trained) table.header.insert(table.header.end(), {"trained to", "held out"});
  for (const auto& depth : a.depths) {
    const auto& f = depth.forecast;
    std::vector<std::string> row{std::to_string(depth.layers()),
                                 on_start(depth),
                                 std::string(name_of(f.law)),
                                 cell(depth.rate, "{:.3g}"),
                                 cell(depth.limit(), "{:.3g}"),
                                 cell(f.epochs_to(0.5)),
                                 cell(f.epochs_to(0.9)),
                                 cell(f.epochs_to(0.99)),
                                 cell(f.theory_end / f.error_at_zero),
                                 cell(f.least_error / f.error_at_zero)};
    if (trained) {
      const bool ended = depth.settled();
      row.push_back(ended ? cell(depth.run->error.back() / f.error_at_zero) : depth.run ? "diverged" : "–");
      row.push_back(ended && !depth.run->held_out_error.empty()
                        ? cell(depth.run->held_out_error.back() / a.held_out_at_zero())
                        : "–");
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table half_times_table(const DepthAnalysis& depth) {
  const auto& f = depth.forecast;
  const bool band = f.low.size() > 0, run = depth.run.has_value();
  Table table{fmt::format("Epochs to half of each mode, N_{{l}} = {}", depth.layers()),
              {"mode", "flow, closed form", "descent at this rate"},
              {}};
  if (band) table.header.emplace_back("10 to 90 % of starts");
  if (run) table.header.insert(table.header.end(), {"network trained", "off by"});
  for (std::size_t k = 0; k < std::min<std::size_t>(kShown, f.modes.size()); ++k) {
    const auto& mode = f.modes[k];
    std::vector<std::string> row{std::to_string(k + 1), cell(mode.flow_half_epochs), cell(mode.half_epochs)};
    if (band) row.push_back(fmt::format("{} to {}", cell(mode.half_low), cell(mode.half_high)));
    if (run) {
      const double measured = depth.run->half_epochs[static_cast<Eigen::Index>(k)];
      row.push_back(cell(measured));
      row.push_back(cell(100 * (measured / mode.half_epochs - 1), "{:+.2g} %"));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Section forecast_section(const Analysis& a) {
  Section section{"forecast", "What will be learned, and when", {}};
  section.blocks.emplace_back(Prose{fmt::format(
      "Rates multiply the sum over the {0} examples (Eq 1); in a framework whose loss is half the squared "
      "error's mean "
      "over examples the same step is {0} times the rate, and where it is the mean square over {1} output{2} "
      "too, {3} "
      "times. Epochs are full batches. Epochs to 50, 90 and 99 % count the fall of the error from zero "
      "weights to "
      "theory's end; errors are shares of that at zero weights. Theory takes every mode by itself, so that "
      "its error "
      "ends where modes alone lead; the network goes on towards the least error.",
      a.analysed.problem.correlations.examples, a.analysed.problem.correlations.sigma31.rows(),
      a.analysed.problem.correlations.sigma31.rows() == 1 ? "" : "s",
      // mean over P and N3 of the square: gradient 2/(P N3) that of E.
      fmt::format("{:g}", static_cast<double>(a.analysed.problem.correlations.examples) *
                              static_cast<double>(a.analysed.problem.correlations.sigma31.rows()) / 2))});
  section.blocks.emplace_back(depths_table(a));
  section.blocks.emplace_back(FigureReference{"forecast"});
  for (const auto& depth : a.depths) {
    if (!depth.forecast.complete)
      section.blocks.emplace_back(
          Prose{fmt::format("N_{{l}} = {}: not every one of the leading modes is half learned within {} "
                            "epochs; --at-most looks further.",
                            depth.layers(), a.most_epochs)});
    section.blocks.emplace_back(half_times_table(depth));
  }
  return section;
}

}  // namespace

std::string cell(double value, const char* format) {
  return std::isfinite(value) ? fmt::format(fmt::runtime(format), value) : std::string("–");
}

validation::Report analysis_report(const Analysis& analysis, std::vector<validation::Figure> figures,
                                   validation::Provenance provenance) {
  validation::Report report{.title = "dln: what your data will teach a deep linear network",
                            .sections = {},
                            .figures = std::move(figures),
                            .provenance = std::move(provenance)};
  report.answer = findings(analysis);
  report.sections.push_back(what_there_is_to_learn(analysis, report.figure("modes") != nullptr));
  report.sections.push_back(forecast_section(analysis));
  report.sections.push_back(assumptions_section(analysis));
  report.sections.push_back(depth_section(analysis));
  if (std::ranges::any_of(analysis.depths, [](const auto& depth) { return depth.run.has_value(); }))
    report.sections.push_back(layers_section(analysis));
  if (std::ranges::any_of(analysis.depths, [](const auto& depth) { return depth.budget.has_value(); }))
    report.sections.push_back(budget_section(analysis));
  if (analysis.noise) report.sections.push_back(noise_section(analysis));
  return report;
}

}  // namespace dln::tools
