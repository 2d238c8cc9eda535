// The report of dln analyze: the same page as that of dln verify, without claims.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tools/analysis.hpp"

namespace dln::tools {
namespace {

using validation::FigureReference;
using validation::Prose;
using validation::Section;
using validation::Table;

constexpr Eigen::Index kShown = 10;

std::string text(double value, const char* format = "{:.4g}") {
  return std::isfinite(value) ? fmt::format(fmt::runtime(format), value) : std::string("–");
}

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
                                 text(s),
                                 text(mode.variance),
                                 text(s / mode.variance),
                                 std::string(data::name_of(mode.verdict)),
                                 text(mode.invariance, "{:.2g}")};
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
                                 text(depth.rate, "{:.3g}"),
                                 text(depth.limit(), "{:.3g}"),
                                 text(f.epochs_to(0.5)),
                                 text(f.epochs_to(0.9)),
                                 text(f.epochs_to(0.99)),
                                 text(f.theory_end / f.error_at_zero),
                                 text(f.least_error / f.error_at_zero)};
    if (trained) {
      const bool ended = depth.settled();
      row.push_back(ended ? text(depth.run->error.back() / f.error_at_zero) : depth.run ? "diverged" : "–");
      row.push_back(ended && !depth.run->held_out_error.empty()
                        ? text(depth.run->held_out_error.back() / a.held_out_at_zero())
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
    std::vector<std::string> row{std::to_string(k + 1), text(mode.flow_half_epochs), text(mode.half_epochs)};
    if (band) row.push_back(fmt::format("{} to {}", text(mode.half_low), text(mode.half_high)));
    if (run) {
      const double measured = depth.run->half_epochs[static_cast<Eigen::Index>(k)];
      row.push_back(text(measured));
      row.push_back(text(100 * (measured / mode.half_epochs - 1), "{:+.2g} %"));
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

Section depth_section(const Analysis& a) {
  Section section{"depth", "Depth and rate", {}};
  Table table{"Sharpness at the end",
              {"N_{l}", "λ_{max} at theory's end", "recommended rate 1/λ_{max}", "limit 2/λ_{max}",
               "λ_{max} at the least error", "limit there"},
              {}};
  for (const auto& depth : a.depths)
    table.rows.push_back({std::to_string(depth.layers()), text(depth.sharpness.theory),
                          text(depth.recommended(), "{:.3g}"), text(depth.limit(), "{:.3g}"),
                          text(depth.sharpness.least_error),
                          text(2 / depth.sharpness.least_error, "{:.3g}")});
  section.blocks.emplace_back(
      Prose{"λ_{max} is the largest eigenvalue of the whole Hessian, by Lanczos iteration with exact "
            "products, at balanced "
            "weights: where theory expects modes to end, and at the least error of any such network, towards "
            "which learning "
            "goes on where modes are no principal components, along ever weaker directions of the inputs. "
            "Descent settles at "
            "an end whose limit its rate does not exceed; a rate between the two limits learns the modes "
            "and, much later, "
            "may find the valley too sharp."});
  section.blocks.emplace_back(std::move(table));
  section.blocks.emplace_back(FigureReference{"depth-outlook"});
  if (std::ranges::any_of(a.depths, [](const auto& d) { return d.sharpness_course.has_value(); }))
    section.blocks.emplace_back(FigureReference{"sharpness-course"});
  return section;
}

std::string on_form(const experiments::Assumptions& found) {
  if (found.form == experiments::ClosedForm::none)
    return "no closed form is exact here. The forecast takes every mode by itself all the same; what that "
           "neglects is "
           "measured where the network is trained.";
  return fmt::format("closed form: {}, {}.", name_of(found.form),
                     found.exact ? "exact" : "in a limit that the findings name");
}

Section assumptions_section(const Analysis& a) {
  Section section{"assumptions", "Which theory applies, and why", {}};
  for (const auto& depth : a.depths) {
    const auto& found = depth.assumptions;
    section.blocks.emplace_back(Prose{fmt::format("N_{{l}} = {}: {}", depth.layers(), on_form(found))});
    Table table{fmt::format("Findings, N_{{l}} = {}", depth.layers()), {"finding"}, {}};
    for (const auto& sentence : found.findings) table.rows.push_back({sentence});
    section.blocks.emplace_back(std::move(table));
    if (depth.forecast.whole)
      section.blocks.emplace_back(Prose{
          fmt::format("The flow of the whole matrices is known exactly (drawn dotted): it leads to {}.",
                      depth.forecast.whole->least_error
                          ? std::string("the least error")
                          : fmt::format("a saddle, {} of the error at zero weights above the least",
                                        text(depth.forecast.whole->excess / depth.forecast.error_at_zero)))});
  }
  return section;
}

Section budget_section(const Analysis& a) {
  Section section{"budget", "What parts the run from the closed form", {}};
  section.blocks.emplace_back(
      Prose{"Of each mode ln(t/t_{theory}) at half learning, t_{theory} the closed form of the flow (Eqs 12, "
            "15 with s/d and "
            "τ/d) from the nominal u_{0}: its causes, each measured by runs in which it is switched off, or "
            "nothing else is "
            "on. The remainder is what no cause explains. In per cent of theory's time, as norms over the "
            "modes learned."});
  for (const auto& depth : a.depths) {
    if (!depth.budget) continue;
    const auto& budget = *depth.budget;
    Table table{fmt::format("Error budget, N_{{l}} = {}", depth.layers()),
                {"cause", "size over modes", "largest", "mode"},
                {}};
    const auto row = [&table](std::string name, const linalg::Vector& part) {
      double square = 0, largest = 0;
      Eigen::Index where = -1;
      for (Eigen::Index k = 0; k < part.size(); ++k) {
        if (!std::isfinite(part[k])) continue;
        square += part[k] * part[k];
        if (where < 0 || std::abs(part[k]) > std::abs(largest)) {
          largest = part[k];
          where = k;
        }
      }
      if (where < 0)
        table.rows.push_back({std::move(name), "–", "–", "–"});
      else
        table.rows.push_back({std::move(name), text(100 * std::sqrt(square), "{:.3g} %"),
                              text(100 * largest, "{:+.3g} %"), std::to_string(where + 1)});
    };
    row("the whole", budget.whole);
    for (const auto& cause : budget.causes) {
      if (cause.off)
        table.rows.push_back({std::string(name_of(cause.cause)), "0, off already", "–", "–"});
      else
        row(std::string(name_of(cause.cause)), cause.part());
    }
    row("remainder", budget.remainder);
    section.blocks.emplace_back(std::move(table));
    std::string sentence =
        std::isfinite(budget.ratio)
            ? fmt::format("The remainder is {} of the whole.", text(100 * budget.ratio, "{:.2g} %"))
            : std::string("No mode was learned in every run that the budget needs.");
    if (!budget.unknown.empty()) {
      std::string modes;
      for (const auto k : budget.unknown) modes += fmt::format("{}{}", modes.empty() ? "" : ", ", k + 1);
      sentence +=
          fmt::format(" Without a remainder, for want of a run in which they were learned: mode{} {}.",
                      budget.unknown.size() == 1 ? "" : "s", modes);
    }
    for (const auto& note : budget.notes) sentence += " " + note;
    section.blocks.emplace_back(Prose{std::move(sentence)});
  }
  section.blocks.emplace_back(FigureReference{"error-budget"});
  return section;
}

Section noise_section(const Analysis& a) {
  Section section{"noise", "Noise and when to stop", {}};
  const auto& noise = *a.noise;
  section.blocks.emplace_back(
      Prose{fmt::format("If targets are a teacher of few modes plus noise, alike and independent in every "
                        "entry, the singular values of "
                        "Σ^{{31}} have σ = {} (by their median), and the {} mode{} above {} stick{} out of "
                        "the noise; the rest is fitted in "
                        "vain, and error on new examples rises while it is. That assumption is yours to "
                        "judge: correlated noise looks like "
                        "a teacher.",
                        text(noise.noise), noise.teacher.size(), noise.teacher.size() == 1 ? "" : "s",
                        text(noise.edge), noise.teacher.size() == 1 ? "s" : "")});
  return section;
}

Section layers_section(const Analysis& a) {
  Section section{"layers", "Which layer changes when", {}};
  section.blocks.emplace_back(Prose{
      "Under the flow the squared size ‖W^{l}‖² of every matrix grows alike, whatever the data: a "
      "matrix that starts "
      "smaller grows by a larger factor, all at the same times. Descent departs from that by its finite "
      "steps: in the last column 1 is the flow."});
  Table table{
      "Growth of the size of each matrix",
      {"N_{l}", "matrix", "‖W‖ at the start", "at the end", "factor", "growth of ‖W‖² over that of W^{1}"},
      {}};
  for (const auto& depth : a.depths) {
    if (!depth.run) continue;
    const auto& squares = depth.run->squares;
    const Eigen::Index last = squares.rows() - 1;
    for (Eigen::Index l = 0; l < squares.cols(); ++l)
      table.rows.push_back({std::to_string(depth.layers()), fmt::format("W^{{{}}}", l + 1),
                            text(std::sqrt(squares(0, l))), text(std::sqrt(squares(last, l))),
                            text(std::sqrt(squares(last, l) / squares(0, l))),
                            text((squares(last, l) - squares(0, l)) / (squares(last, 0) - squares(0, 0)))});
  }
  section.blocks.emplace_back(std::move(table));
  section.blocks.emplace_back(FigureReference{"layer-growth"});
  return section;
}

}  // namespace

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
