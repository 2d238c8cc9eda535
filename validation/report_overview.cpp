#include "validation/report_overview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "validation/html_text.hpp"

namespace dln::validation {
namespace {

struct Choice {
  std::string group, id, label;
};

bool printed_wrong(const ClaimRecord& record) {
  return !record.info.printed.empty();
}

// Those that tell any two claims apart.
std::vector<Choice> choices(const Report& report) {
  std::set<Verdict> verdicts;
  std::set<int> sections;
  for (const ClaimRecord* claim : report.claims()) {
    verdicts.insert(claim->verdict());
    sections.insert(claim->info.section);
  }
  std::vector<Choice> all;
  if (verdicts.size() > 1) {
    all.push_back({"verdict", "any", "any"});
    for (const Verdict verdict : verdicts) {
      std::string label(name_of(verdict));
      std::ranges::replace(label, '_', ' ');
      all.push_back({"verdict", std::string(name_of(verdict)), label});
    }
  }
  if (sections.size() > 1) {
    all.push_back({"section", "any", "any"});
    for (const int section : sections)
      all.push_back({"section", std::to_string(section), std::to_string(section)});
  }
  return all;
}

std::string choices_html(const Report& report) {
  std::string inputs, labels, group;
  for (const auto& choice : choices(report)) {
    const auto name = fmt::format("{}-{}", choice.group, choice.id);
    inputs += fmt::format("<input class=\"choice\" type=\"radio\" name=\"{}\" id=\"{}\"{}>", choice.group,
                          name, choice.id == "any" ? " checked" : "");
    if (group != choice.group)
      labels +=
          fmt::format("{}<div class=\"choices\"><b>{}</b>", group.empty() ? "" : "</div>", choice.group);
    group = choice.group;
    labels += fmt::format("<label for=\"{}\">{}</label>", name, escape(choice.label));
  }
  return inputs + labels + (labels.empty() ? "" : "</div>\n");
}

constexpr double kWidth = 120, kHeight = 18, kLeast = 1e-4, kMost = 10;  // of shares, on a logarithmic axis

double place_of(double share) {
  const double clamped = std::clamp(share, kLeast, kMost);
  return 4 + (kWidth - 8) * std::log(clamped / kLeast) / std::log(kMost / kLeast);
}

// A dot for each check: how much of its bound it uses; a cross where it did not pass.
std::string margins_svg(const ClaimRecord& record) {
  if (record.checks.empty()) return "";
  double closest = 0;
  std::string marks;
  int passed = 0;
  for (const Check& check : record.checks) {
    const double share = share_of_bound(check), x = place_of(std::isnan(share) ? kMost : share);
    if (check.passed()) {
      ++passed;
      closest = std::max(closest, share);
      marks += fmt::format("<circle cx=\"{:.1f}\" cy=\"9\" r=\"3.2\"/>", x);
    } else {
      marks += fmt::format("<path d=\"M{0:.1f} 5l8 8m0-8l-8 8\"/>", x - 4);
    }
  }
  const auto failed = static_cast<int>(record.checks.size()) - passed;
  const auto words = fmt::format("{} check{}{}; the closest uses {:.2g} of its bound", record.checks.size(),
                                 record.checks.size() == 1 ? "" : "s",
                                 failed == 0 ? "" : fmt::format(", {} not passed", failed), closest);
  return fmt::format(
      "<svg class=\"margins\" viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{2}\"><title>{2}</title>"
      "<line x1=\"4\" y1=\"9\" x2=\"{3}\" y2=\"9\"/><line class=\"bound\" x1=\"{4:.1f}\" y1=\"1\" "
      "x2=\"{4:.1f}\" "
      "y2=\"17\"/>{5}</svg>",
      kWidth, kHeight, words, kWidth - 4, place_of(1), marks);
}

// What was measured of the printed form, and of the corrected one.
std::string evidence_html(const ClaimRecord& record) {
  std::string out;
  for (const Subject subject : {Subject::printed, Subject::corrected})
    for (const Check& check : record.checks) {
      if (check.subject != subject) continue;
      out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", typeset(check.quantity),
                         number_html(check.measured));
      break;
    }
  return out.empty() ? "it did not run" : out;
}

}  // namespace

double share_of_bound(const Check& check) {
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  const auto ratio = [&](double above, double below) {
    if (std::isnan(above) || std::isnan(below)) return nothing;
    if (above <= 0) return 0.0;  // an exact agreement, or far on the right side
    return below > 0 ? above / below : std::numeric_limits<double>::infinity();
  };
  switch (check.relation) {
    case Relation::within:
      return ratio(std::abs(check.measured - check.expected), check.bound);
    case Relation::at_most:
      return ratio(check.measured, check.bound);
    case Relation::at_least:
      return ratio(check.bound, check.measured);
  }
  return nothing;
}

std::string filter_style(const Report& report) {
  std::string out;
  for (const auto& choice : choices(report)) {
    const auto name = fmt::format("#{}-{}:checked", choice.group, choice.id);
    out += fmt::format("{}~.choices label[for={}-{}]{{background:var(--ink);color:var(--paper)}}\n", name,
                       choice.group, choice.id);
    if (choice.id == "any") continue;
    out += fmt::format("{}~.scroll .overview tr:not(.{}-{}):not(.head){{display:none}}\n", name, choice.group,
                       choice.id);
  }
  if (!out.empty())
    out += ".choice:focus-visible~.choices{outline:2px solid var(--link);outline-offset:3px}\n";
  return out;
}

std::string overview_html(const Report& report) {
  std::string out = choices_html(report);
  out +=
      "<div class=\"scroll\"><table class=\"overview\"><thead><tr class=\"head\"><th>Claim</th>"
      "<th>Sentence</th><th>Verdict</th><th>Digits</th><th>Share of the bound</th><th>Witnesses</th></tr>"
      "</thead><tbody>\n";
  for (const ClaimRecord* record : report.claims()) {
    const auto standing = record->stands() ? fmt::format("<br>{}", name_of(record->standing)) : std::string();
    const auto absent = record->witnesses_not_run();
    out += fmt::format("<tr class=\"verdict-{} section-{}\"><td><a href=\"#{}\">{}</a></td><td>{}</td>",
                       name_of(record->verdict()), record->info.section, escape(record->info.id),
                       escape(record->info.id), typeset(record->info.sentence));
    out += fmt::format("<td>{}{}</td><td class=\"number\">{}</td><td>{}</td><td>{}{}</td></tr>\n",
                       verdict_html(record->verdict()), standing, digits_html(record->digits()),
                       margins_svg(*record), spaced(record->witnesses_run()),
                       absent.empty() ? "" : "<br><span class=\"reason\">not " + spaced(absent) + "</span>");
  }
  return out +
         "</tbody></table></div><p class=\"meta\">Digits: the least agreement over the checks of a claim, as "
         "−log₁₀ of a relative deviation. It says how sharp the test was, not how good the theory is: "
         "descent with finite steps can agree with a flow only up to O(λ). Share of the bound: a dot for "
         "every "
         "check, from 10<sup>−4</sup> to 10 of what is allowed, the upright line at the bound itself; exact "
         "agreement stands at the left.</p>\n";
}

std::string errata_html(const Report& report) {
  std::string out;
  for (const ClaimRecord* record : report.claims()) {
    if (!printed_wrong(*record)) continue;
    out += fmt::format(
        "<div class=\"erratum\"><p><a href=\"#{0}\">{0}</a> · {1} {2}</p><p><b>As printed:</b> {3}</p>"
        "<p><b>Evidence:</b> {4}</p><p><b>Correct:</b> {5}</p></div>\n",
        escape(record->info.id), typeset(record->info.source), verdict_html(record->verdict()),
        typeset(record->info.printed), evidence_html(*record), typeset(record->info.corrected));
  }
  return out;
}

}  // namespace dln::validation
