#include "validation/report_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "validation/derivation_html.hpp"
#include "validation/html_text.hpp"
#include "validation/proof_overview.hpp"
#include "validation/report_overview.hpp"
#include "validation/report_style.hpp"

namespace dln::validation {
namespace {

std::string relation_html(const Check& check) {
  switch (check.relation) {
    case Relation::within:
      return fmt::format("within {} of {}; it is off by {}", number_html(check.bound),
                         number_html(check.expected), number_html(std::abs(check.measured - check.expected)));
    case Relation::at_most:
      return fmt::format("at most {}", number_html(check.bound));
    case Relation::at_least:
      return fmt::format("at least {}", number_html(check.bound));
  }
  return "";
}

std::string check_html(const Check& check) {
  const char* about =
      check.subject == Subject::printed ? "<br><span class=\"reason\">the printed form, to be refuted</span>"
      : check.subject == Subject::corrected ? "<br><span class=\"reason\">the corrected form</span>"
                                            : "";
  return fmt::format(
      "<tr><td>{}{}{}{}</td><td class=\"number\">{}</td><td>{}<br><span class=\"reason\">{}</span></td>"
      "<td class=\"number\">{}</td><td>{}</td><td>{}</td></tr>\n",
      typeset(check.quantity),
      check.beside.empty() ? "" : "<br><span class=\"reason\">" + typeset(check.beside) + "</span>",
      check.dataset.empty() ? "" : "<br><span class=\"reason\">on " + escape(check.dataset) + "</span>",
      about, number_html(check.measured), relation_html(check), typeset(check.full_reason()),
      digits_html(check.digits()), spaced(check.witness_pair),
      check.passed() ? "<span class=\"holds\">passed</span>" : "<span class=\"fails\">not passed</span>");
}

// Proven or tested, why, and where it fails.
std::string standing_html(const ClaimRecord& record) {
  const std::string note = typeset(record.standing_note);
  std::string out;
  if (record.stands())
    out += fmt::format("<p><b>{}</b>{}</p>\n", record.standing == Standing::proven ? "Proven" : "Tested",
                       note.empty() ? "" : ": " + note);
  else if (!note.empty())
    out += fmt::format("<p>{}</p>\n", note);
  if (!record.counterexample.empty())
    out += fmt::format("<p class=\"fails\"><b>Counterexample</b>: {}</p>\n", escape(record.counterexample));
  return out;
}

std::string claim_html(const ClaimRecord& record, const Report& report) {
  const ClaimInfo& info = record.info;
  std::string out = fmt::format("<article id=\"{0}\"><h3><a href=\"#{0}\">{0}</a> · {1} {2}</h3>\n",
                                escape(info.id), typeset(info.sentence), verdict_html(record.verdict()));
  out += fmt::format("<p class=\"formula\">{}</p>\n", typeset(info.formula));
  if (!info.printed.empty())
    out += fmt::format("<p><b>As printed:</b> {}<br><b>Correct:</b> {}</p>\n", typeset(info.printed),
                       typeset(info.corrected));
  if (record.verdict() == Verdict::not_run && !record.unjudged.empty())
    out += fmt::format("<p class=\"fails\">Neither confirmed nor refuted: {}</p>\n", escape(record.unjudged));
  if (!record.trouble.empty())
    out += fmt::format("<p class=\"fails\">It did not run to its end: {}</p>\n", escape(record.trouble));
  out += standing_html(record);
  const auto run = record.witnesses_run();
  out += fmt::format("<p class=\"meta\">Source: {}. Witnesses that ran: {}; that did not: {}.{}</p>\n",
                     typeset(info.source), spaced(run), spaced(record.witnesses_not_run()),
                     run.size() == 1 ? " Only one witness ran: this is a test, not an agreement." : "");
  out +=
      "<div class=\"scroll\"><table><thead><tr><th>Quantity</th><th>Measured</th><th>Wanted, and why this "
      "bound</th>"
      "<th>Digits</th><th>Witnesses</th><th>Check</th></tr></thead><tbody>\n";
  for (const Check& check : record.checks) out += check_html(check);
  out += "</tbody></table></div>\n";
  for (const DerivationRecord& derivation : record.derivations) out += render_html(derivation);
  if (!record.wrong_variant.empty())
    out +=
        fmt::format("<p class=\"meta\">The tests require that it fails when made wrong on purpose: {}.</p>",
                    typeset(record.wrong_variant));
  std::string figures;
  for (const std::string& id : info.figures)
    if (report.figure(id)) figures += fmt::format(" <a href=\"#figure-{0}\">{0}</a>", escape(id));
  if (!figures.empty()) out += fmt::format("<p class=\"meta\">Figures:{}</p>", figures);
  return out + "</article>\n";
}

// The <svg> element alone: an XML prolog has no place inside HTML.
std::string_view svg_element(std::string_view svg) {
  const auto start = svg.find("<svg");
  return start == std::string_view::npos ? std::string_view() : svg.substr(start);
}

std::string figure_html(const Figure& figure) {
  std::string out = fmt::format("<figure id=\"figure-{}\">", escape(figure.id));
  if (figure.svg.empty())
    out += fmt::format("<p class=\"fails\">Figure {} is {}</p>", escape(figure.id), escape(figure.status));
  else
    out += fmt::format("<div role=\"img\" aria-label=\"{}\">{}</div>", escape(figure.alternative_text),
                       svg_element(figure.svg));
  out += fmt::format("<figcaption><b>{}</b> {} ", typeset(figure.title), typeset(figure.alternative_text));
  if (!figure.tsv_file.empty())
    out += fmt::format("<a href=\"{}\">data</a> · <a href=\"{}\">gnuplot script</a>", escape(figure.tsv_file),
                       escape(figure.gp_file));
  return out + "</figcaption></figure>\n";
}

std::string table_html(const Table& table) {
  std::string out =
      fmt::format("<div class=\"scroll\"><table><caption>{}</caption><thead><tr>", typeset(table.caption));
  for (const auto& cell : table.header) out += "<th>" + typeset(cell) + "</th>";
  out += "</tr></thead><tbody>";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (const auto& cell : row) out += "<td>" + typeset(cell) + "</td>";
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

struct BlockRenderer {
  const Report& report;
  std::string operator()(const Prose& prose) const { return "<p>" + typeset(prose.text) + "</p>\n"; }
  std::string operator()(const Table& table) const { return table_html(table); }
  std::string operator()(const ClaimRecord& record) const { return claim_html(record, report); }
  std::string operator()(const FigureReference& reference) const {
    const Figure* figure = report.figure(reference.id);
    return figure ? figure_html(*figure) : std::string();
  }
};

std::string provenance_html(const Report& report) {
  const Provenance& p = report.provenance;
  std::string out = "<h2 id=\"provenance\">Provenance</h2><dl>";
  auto row = [&out](std::string_view key, std::string_view value) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>", escape(key), escape(value));
  };
  for (const auto& [key, value] : p.software) row(key, value);
  row("processor", fmt::format("{}, {} threads", p.cpu, p.threads));
  row("started", p.started);
  row("seed", std::to_string(p.seed));
  for (const auto& [key, value] : p.options) row("option " + key, value);
  for (const InputData& input : p.inputs) {
    const std::string white =
        std::isnan(input.whiteness_residual)
            ? ""
            : fmt::format("‖Σ11/c − I‖/‖I‖ = {:.1e} before it was set to c I; ", input.whiteness_residual);
    row("data", fmt::format("{}: {} inputs, {} outputs, {} modes, {} examples; {}CRC-32 {:08x}", input.name,
                            input.inputs, input.outputs, input.modes, input.examples, white, input.crc32));
    for (const InputFile& file : input.files)
      row("file", fmt::format("{} ({} bytes, CRC-32 {:08x})", file.path, file.bytes, file.crc32));
  }
  std::string seconds;
  for (const ClaimRecord* claim : report.claims())
    seconds += fmt::format("{}{} {:.2f}", seconds.empty() ? "" : ", ", claim->info.id, claim->seconds);
  if (seconds.empty()) return out + "</dl>\n";
  row("seconds", seconds);
  double algebra = 0;
  for (const ClaimRecord* claim : report.claims())
    for (const DerivationRecord& derivation : claim->derivations) algebra += derivation.seconds;
  row("of these derivations", fmt::format("{:.2f}", algebra));
  return out + "</dl>\n";
}

}  // namespace

std::string render_html(const Report& report) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, "
      "initial-scale=1\"><title>{0}</title><style>{1}{2}</style></head><body>\n<header><h1>{0}</h1>\n",
      escape(report.title), kStyle, filter_style(report));
  const bool claims = !report.claims().empty();
  for (const std::string& sentence : report.answer)
    out += fmt::format("<p class=\"answer\">{}</p>\n", typeset(sentence));
  if (claims)
    out += fmt::format("<p class=\"verdict-line\">{}</p>\n<p class=\"answer\">{} {}</p>\n",
                       escape(first_answer(report.claims())), escape(summary(tally(report.claims()))),
                       escape(standing_summary(report.claims())));
  out += "<nav aria-label=\"Sections\"><ul>";
  if (claims) out += "<li><a href=\"#overview\">Overview</a></li>";
  const std::string errata = errata_html(report);
  if (!errata.empty()) out += "<li><a href=\"#errata\">Errata</a></li>";
  for (const Section& section : report.sections)
    out += fmt::format("<li><a href=\"#{}\">{}</a></li>", escape(section.id), typeset(section.title));
  out += "<li><a href=\"#provenance\">Provenance</a></li></ul></nav></header>\n<main>";
  if (claims) out += "<h2 id=\"overview\">Overview</h2>\n" + overview_html(report);
  if (!errata.empty()) out += "<h2 id=\"errata\">Errata</h2>\n" + errata;
  for (const Section& section : report.sections) {
    out += fmt::format("<h2 id=\"{}\">{}</h2>\n", escape(section.id), typeset(section.title));
    for (const Block& block : section.blocks) out += std::visit(BlockRenderer{report}, block);
  }
  return out + provenance_html(report) + "</main></body></html>\n";
}

}  // namespace dln::validation
