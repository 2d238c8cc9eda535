#include "validation/derivation_html.hpp"

#include <fmt/format.h>

#include "validation/html_text.hpp"

namespace dln::validation {
namespace {

std::string outcome_html(Outcome outcome, bool as_it_should) {
  return fmt::format("<span class=\"{}\">{}</span>", as_it_should ? "holds" : "fails", name_of(outcome));
}

std::string step_html(const DerivationStep& step) {
  const bool printed = step.role == "printed";
  std::string out = fmt::format("<li>{}{}", printed ? "As printed: " : "", typeset(step.text));
  if (!step.lhs.text.empty())
    out += fmt::format("<br><code>{} = {}</code>", typeset(step.lhs.text), typeset(step.rhs.text));
  if (step.is_decided())
    out += fmt::format(
        "<br><span class=\"reason\">the difference is <code>{}</code>: {}</span>",
        step.difference.text.empty() ? step.outcome == Outcome::proven ? "0" : "unknown"
                                     : typeset(step.difference.text),
        outcome_html(step.outcome, step.outcome == (printed ? Outcome::refuted : Outcome::proven)));
  return out + "</li>\n";
}

}  // namespace

std::string render_html(const DerivationRecord& derivation) {
  std::string out =
      fmt::format("<details><summary>Derivation <b>{}</b> ({}): {} — {}</summary>\n",
                  typeset(derivation.name), typeset(derivation.equation), typeset(derivation.title),
                  outcome_html(derivation.outcome, derivation.outcome == Outcome::proven));
  for (const std::string& assumption : derivation.assumptions)
    out += fmt::format("<p class=\"meta\">Given: {}.</p>\n", typeset(assumption));
  out += "<ol>\n";
  for (const DerivationStep& step : derivation.steps) out += step_html(step);
  return out + "</ol></details>\n";
}

}  // namespace dln::validation
