// Which theory applies, how sharp the error is, which layer changes, and what parts theory from the run.
#include "tools/analysis_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dln::tools {
namespace {

using validation::FigureReference;
using validation::Prose;
using validation::Section;
using validation::Table;

std::string on_form(const experiments::Assumptions& found) {
  if (found.form == experiments::ClosedForm::none)
    return "no closed form is exact here. The forecast takes every mode by itself all the same; what that "
           "neglects is "
           "measured where the network is trained.";
  return fmt::format("closed form: {}, {}.", name_of(found.form),
                     found.exact ? "exact" : "in a limit that the findings name");
}

// What a cause comes to over the modes for which it is known: their norm, and the largest with its mode.
std::vector<std::string> budget_row(std::string name, const linalg::Vector& part) {
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
  if (where < 0) return {std::move(name), "–", "–", "–"};
  return {std::move(name), cell(100 * std::sqrt(square), "{:.3g} %"), cell(100 * largest, "{:+.3g} %"),
          std::to_string(where + 1)};
}

Table budget_table(int layers, const experiments::ErrorBudget& budget) {
  Table table{
      fmt::format("Error budget, N_{{l}} = {}", layers), {"cause", "size over modes", "largest", "mode"}, {}};
  table.rows.push_back(budget_row("the whole", budget.whole));
  for (const auto& cause : budget.causes) {
    std::string name(name_of(cause.cause));
    if (cause.off)
      table.rows.push_back({std::move(name), "0, off already", "–", "–"});
    else
      table.rows.push_back(budget_row(std::move(name), cause.part()));
  }
  table.rows.push_back(budget_row("remainder", budget.remainder));
  return table;
}

std::string budget_sentence(const experiments::ErrorBudget& budget) {
  std::string sentence =
      std::isfinite(budget.ratio)
          ? fmt::format("The remainder is {} of the whole.", cell(100 * budget.ratio, "{:.2g} %"))
          : std::string("No mode was learned in every run that the budget needs.");
  if (!budget.unknown.empty()) {
    std::string modes;
    for (const auto k : budget.unknown) modes += fmt::format("{}{}", modes.empty() ? "" : ", ", k + 1);
    sentence += fmt::format(" Without a remainder, for want of a run in which they were learned: mode{} {}.",
                            budget.unknown.size() == 1 ? "" : "s", modes);
  }
  for (const auto& note : budget.notes) sentence += fmt::format(" {}{};", note.substr(0, 1), note.substr(1));
  if (sentence.ends_with(';')) sentence.back() = '.';
  return sentence;
}

}  // namespace

Section depth_section(const Analysis& a) {
  Section section{"depth", "Depth and rate", {}};
  Table table{"Sharpness at the end",
              {"N_{l}", "λ_{max} at the start", "at theory's end", "recommended rate 1/λ_{max}",
               "limit 2/λ_{max}", "λ_{max} at the least error", "limit there"},
              {}};
  for (const auto& depth : a.depths)
    table.rows.push_back({std::to_string(depth.layers()), cell(depth.sharpness.start),
                          cell(depth.sharpness.theory_end), cell(depth.recommended(), "{:.3g}"),
                          cell(depth.limit(), "{:.3g}"), cell(depth.sharpness.least_error),
                          cell(2 / depth.sharpness.least_error, "{:.3g}")});
  section.blocks.emplace_back(
      Prose{"λ_{max} is the largest eigenvalue of the whole Hessian, by Lanczos iteration with exact "
            "products, at balanced "
            "weights (and at the start as it is): where theory expects modes to end, and at the least error "
            "of any such network, towards "
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
                                        cell(depth.forecast.whole->excess / depth.forecast.error_at_zero)))});
  }
  return section;
}

Section budget_section(const Analysis& a) {
  Section section{"budget", "What parts the run from the closed form", {}};
  section.blocks.emplace_back(Prose{
      "Of each mode ln(t/t_{theory}) at half learning, t the network's and t_{theory} the closed form of the "
      "flow (Eqs "
      "12, 15 with s/d and τ/d) from the nominal u_{0}, the same for every mode: not the forecast above, "
      "which knows "
      "this start and its steps. Each cause is measured by runs in which it is switched off, or nothing else "
      "is on; "
      "the remainder is what none explains. In per cent of theory's time, as norms over the modes learned."});
  section.blocks.emplace_back(
      Prose{"Step: the finite rate. Seed: the growing part |a + b|²/4 of a mode is not u_{0}; imbalance: its "
            "two layers are "
            "not equal (both of three-layer networks). Start: the same two in other depths, and all that a "
            "start is besides. "
            "Competition: modes that are learned together. Misalignment: Eq 18 fails. Non-whiteness: what "
            "inputs of unequal "
            "variance do beyond s/d and τ/d."});
  for (const auto& depth : a.depths) {
    if (!depth.budget) continue;
    section.blocks.emplace_back(budget_table(depth.layers(), *depth.budget));
    section.blocks.emplace_back(Prose{budget_sentence(*depth.budget)});
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
                        cell(noise.noise), noise.teacher.size(), noise.teacher.size() == 1 ? "" : "s",
                        cell(noise.edge), noise.teacher.size() == 1 ? "s" : "")});
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
    if (!depth.run || depth.run->squares.rows() == 0) continue;
    const auto& squares = depth.run->squares;
    const Eigen::Index last = squares.rows() - 1;
    for (Eigen::Index l = 0; l < squares.cols(); ++l)
      table.rows.push_back({std::to_string(depth.layers()), fmt::format("W^{{{}}}", l + 1),
                            cell(std::sqrt(squares(0, l))), cell(std::sqrt(squares(last, l))),
                            cell(std::sqrt(squares(last, l) / squares(0, l))),
                            cell((squares(last, l) - squares(0, l)) / (squares(last, 0) - squares(0, 0)))});
  }
  section.blocks.emplace_back(std::move(table));
  section.blocks.emplace_back(FigureReference{"layer-growth"});
  return section;
}

}  // namespace dln::tools
