#include "validation/report_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "validation/derivation_html.hpp"
#include "validation/proof_overview.hpp"

namespace dln::validation {
namespace {

constexpr std::string_view kStyle = R"css(
:root { --ink:#1b1f24; --soft:#57606a; --paper:#fff; --line:#d0d7de; --card:#f6f8fa; --good:#1a7f37; --note:#7a4d00; --bad:#b3261e; --link:#0a4fa0; }
@media (prefers-color-scheme: dark) { :root { --ink:#e6edf3; --soft:#9da7b3; --paper:#0f141a; --line:#3a444f; --card:#182029; --good:#57c76f; --note:#e0a83c; --bad:#ff8077; --link:#79b8ff; } }
* { box-sizing: border-box; }
body { margin:0; font:16px/1.55 system-ui, sans-serif; color:var(--ink); background:var(--paper); }
main, header { max-width:70rem; margin:0 auto; padding:0 1.2rem; }
h1 { font-size:1.7rem; line-height:1.25; margin:1.6rem 0 .4rem; }
h2 { margin:2.6rem 0 .6rem; border-bottom:1px solid var(--line); padding-bottom:.3rem; }
h3 { margin:0; font-size:1.05rem; font-weight:600; line-height:1.45; }
a { color:var(--link); }
nav ul { list-style:none; padding:0; display:flex; flex-wrap:wrap; gap:.3rem 1.1rem; }
.answer { font-size:1.15rem; margin:.4rem 0 .8rem; }
.scroll { overflow-x:auto; }
table { border-collapse:collapse; width:100%; font-size:.92rem; }
th, td { text-align:left; padding:.35rem .6rem; border-bottom:1px solid var(--line); vertical-align:top; }
th { color:var(--soft); font-weight:600; }
caption { text-align:left; padding:1rem 0 .3rem; font-weight:600; }
td.number { font-variant-numeric:tabular-nums; white-space:nowrap; }
article { background:var(--card); border:1px solid var(--line); border-radius:8px; padding:1rem 1.1rem; margin:1rem 0; }
.formula { font-family:"STIX Two Text", Cambria, Georgia, serif; font-size:1.1rem; margin:.5rem 0; overflow-x:auto; }
.verdict { font-weight:700; white-space:nowrap; }
.holds { color:var(--good); } .refuted_as_printed { color:var(--note); } .fails, .not_run { color:var(--bad); }
details { margin:.35rem 0; } summary { cursor:pointer; } details ol { margin:.4rem 0; } code { font-size:.88rem; overflow-wrap:anywhere; }
.meta { color:var(--soft); font-size:.9rem; margin:.3rem 0; }
.reason { color:var(--soft); font-size:.86rem; }
figure { margin:1.4rem 0; } figure > div { background:#fff; border:1px solid var(--line); border-radius:8px; padding:.4rem; overflow-x:auto; }
figure svg { max-width:100%; height:auto; display:block; margin:0 auto; } figcaption { color:var(--soft); margin-top:.4rem; }
dl { display:grid; grid-template-columns:max-content 1fr; gap:.2rem 1rem; } dt { color:var(--soft); } dd { margin:0; overflow-wrap:anywhere; }
@media (max-width:40rem) { .overview th:nth-child(n+5), .overview td:nth-child(n+5) { display:none; } .overview .verdict { white-space:normal; } dl { grid-template-columns:1fr; } dd { margin-bottom:.4rem; } }
@media print { article { break-inside:avoid; background:none; } nav { display:none; } }
)css";

std::string escape(std::string_view text) {
  std::string out;
  for (char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  return out;
}

// -1.2e-07 as −1.2·10^−7, and plain numbers where they are short.
std::string number(double x) {
  if (!std::isfinite(x)) return std::isnan(x) ? "NaN" : x > 0 ? "∞" : "−∞";
  std::string text = fmt::format("{:.4g}", x);
  const auto e = text.find('e');
  std::string out = e == std::string::npos
                        ? text
                        : fmt::format("{}·10<sup>{}</sup>", text.substr(0, e), std::stoi(text.substr(e + 1)));
  for (auto at = out.find('-'); at != std::string::npos; at = out.find('-', at)) out.replace(at, 1, "−");
  return out;
}

const char* words(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "✓ holds";
    case Verdict::refuted_as_printed:
      return "≠ refuted as printed";
    case Verdict::fails:
      return "✗ fails";
    case Verdict::not_run:
      return "– not run";
  }
  return "";
}

std::string verdict_html(Verdict verdict) {
  return fmt::format("<span class=\"verdict {}\">{}</span>", name_of(verdict), words(verdict));
}

std::string spaced(const Witnesses& witnesses) {
  std::string out;
  for (char witness : witnesses) out += (out.empty() ? "" : " ") + std::string(1, witness);
  return out.empty() ? "none" : out;
}

std::string digits_html(const std::optional<double>& digits) {
  return digits ? fmt::format("{:.1f}", *digits) : std::string("–");
}

std::string relation_html(const Check& check) {
  switch (check.relation) {
    case Relation::within:
      return fmt::format("within {} of {}; it is off by {}", number(check.bound), number(check.expected),
                         number(std::abs(check.measured - check.expected)));
    case Relation::at_most:
      return fmt::format("at most {}", number(check.bound));
    case Relation::at_least:
      return fmt::format("at least {}", number(check.bound));
  }
  return "";
}

std::string check_html(const Check& check) {
  const char* about =
      check.subject == Subject::printed ? "<br><span class=\"reason\">the printed form, to be refuted</span>"
      : check.subject == Subject::corrected ? "<br><span class=\"reason\">the corrected form</span>"
                                            : "";
  return fmt::format(
      "<tr><td>{}{}{}</td><td class=\"number\">{}</td><td>{}<br><span class=\"reason\">{}</span></td>"
      "<td class=\"number\">{}</td><td>{}</td><td>{}</td></tr>\n",
      typeset(check.quantity),
      check.dataset.empty() ? "" : "<br><span class=\"reason\">on " + escape(check.dataset) + "</span>",
      about, number(check.measured), relation_html(check), typeset(check.full_reason()),
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

std::string overview_html(const Report& report) {
  std::string out =
      "<div class=\"scroll\"><table "
      "class=\"overview\"><thead><tr><th>Claim</th><th>Sentence</th><th>Verdict</th><th>Digits</th>"
      "<th>Witnesses run</th><th>not run</th></tr></thead><tbody>\n";
  for (const ClaimRecord* record : report.claims())
    out += fmt::format(
        "<tr><td><a href=\"#{0}\">{0}</a></td><td>{1}</td><td>{2}{3}</td><td "
        "class=\"number\">{4}</td><td>{5}</td><td>{6}</td></tr>\n",
        escape(record->info.id), typeset(record->info.sentence), verdict_html(record->verdict()),
        record->stands() ? fmt::format("<br>{}", name_of(record->standing)) : "",
        digits_html(record->digits()), spaced(record->witnesses_run()), spaced(record->witnesses_not_run()));
  return out +
         "</tbody></table></div><p class=\"meta\">Digits: the least agreement over the checks of a claim, as "
         "−log₁₀ of a relative deviation. It says how sharp the test was, not how good the theory is: "
         "descent "
         "with finite steps can agree with a flow only up to O(λ).</p>\n";
}

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

// Where the brace that opens the text closes; npos where it does not.
std::size_t closing_brace(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

}  // namespace

std::string typeset(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto at = text.find_first_of("_^");
    out += escape(text.substr(0, at));
    if (at == std::string_view::npos) break;
    const char mark = text[at];
    text.remove_prefix(at + 1);
    const auto close = text.starts_with('{') ? closing_brace(text) : std::string_view::npos;
    if (close == std::string_view::npos) {  // a plain _ or ^, as in s_1 inside a name
      out += mark;
      continue;
    }
    const char* tag = mark == '_' ? "sub" : "sup";
    out += fmt::format("<{0}>{1}</{0}>", tag, typeset(text.substr(1, close - 1)));
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string render_html(const Report& report) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, "
      "initial-scale=1\"><title>{0}</title><style>{1}</style></head><body>\n<header><h1>{0}</h1>\n",
      escape(report.title), kStyle);
  const bool claims = !report.claims().empty();
  for (const std::string& sentence : report.answer)
    out += fmt::format("<p class=\"answer\">{}</p>\n", typeset(sentence));
  if (claims)
    out += fmt::format("<p class=\"answer\">{} {}</p>\n", escape(summary(tally(report.claims()))),
                       escape(standing_summary(report.claims())));
  out += "<nav aria-label=\"Sections\"><ul>";
  if (claims) out += "<li><a href=\"#overview\">Overview</a></li>";
  for (const Section& section : report.sections)
    out += fmt::format("<li><a href=\"#{}\">{}</a></li>", escape(section.id), typeset(section.title));
  out += "<li><a href=\"#provenance\">Provenance</a></li></ul></nav></header>\n<main>";
  if (claims) out += "<h2 id=\"overview\">Overview</h2>\n" + overview_html(report);
  for (const Section& section : report.sections) {
    out += fmt::format("<h2 id=\"{}\">{}</h2>\n", escape(section.id), typeset(section.title));
    for (const Block& block : section.blocks) out += std::visit(BlockRenderer{report}, block);
  }
  return out + provenance_html(report) + "</main></body></html>\n";
}

}  // namespace dln::validation
