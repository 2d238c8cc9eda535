// The report on somebody's own theory: what was declared, where it was sampled, what became of its claims.
#include <fmt/format.h>

#include "validation/own_theory/examination.hpp"

namespace dln::validation {
namespace {

Table system_table(const Theory& theory) {
  Table table{"The system", {"state", "rate", "start"}, {}};
  for (const State& state : theory.states)
    table.rows.push_back({state.name, state.rate.text, state.start.text});
  return table;
}

Table domain_table(const Theory& theory) {
  Table table{"The domain", {"parameter", "sampled from", "to"}, {}};
  for (const Parameter& p : theory.parameters)
    table.rows.push_back({p.name, fmt::format("{:g}", p.low), fmt::format("{:g}", p.high)});
  return table;
}

Table sample_table(const Theory& theory, const Samples& samples) {
  Table table{"The samples", {}, {}};
  for (const Parameter& p : theory.parameters) table.header.push_back(p.name);
  for (const auto& sample : samples) {
    table.rows.emplace_back();
    for (double value : sample) table.rows.back().push_back(fmt::format("{:.17g}", value));
  }
  return table;
}

Section setting(const Theory& theory, const Samples& samples) {
  Section section{"theory", "The theory", {}};
  section.blocks.emplace_back(Prose{
      "Witnesses: T the formulas of the file, evaluated; S computer algebra; F the ODE, integrated. Proven "
      "means: "
      "every statement of the claim is decided by computer algebra, for every value of its symbols at which "
      "both "
      "sides have one, given the signs and assumptions of the domain; numbers agree at the samples. Tested "
      "means: "
      "numbers agree at the samples, and nothing is known elsewhere. Refuted claims come with a point."});
  if (!theory.states.empty()) section.blocks.emplace_back(system_table(theory));
  if (!theory.begin.empty())
    section.blocks.emplace_back(
        Prose{fmt::format("{} runs from {} to {}.", theory.time, theory.begin.text, theory.end.text)});
  if (!theory.parameters.empty()) section.blocks.emplace_back(domain_table(theory));
  for (const Written& assumption : theory.assumptions)
    section.blocks.emplace_back(Prose{"Assumed: " + assumption.text});
  if (!theory.parameters.empty()) section.blocks.emplace_back(sample_table(theory, samples));
  return section;
}

}  // namespace

Report compose_report(const Theory& theory, const Samples& samples, std::vector<ClaimRecord> records,
                      Provenance provenance) {
  Section claims{"claims", "Claims", {}};
  for (ClaimRecord& record : records) claims.blocks.emplace_back(std::move(record));
  return {theory.title, {setting(theory, samples), std::move(claims)}, {}, std::move(provenance)};
}

}  // namespace dln::validation
