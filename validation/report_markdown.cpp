#include "validation/report_markdown.hpp"

#include <fmt/format.h>

#include "validation/plain_text.hpp"
#include "validation/proof_overview.hpp"

namespace dln::validation {
namespace {

// Text as text: nothing in it is markup, and it stays within its cell.
std::string inert(std::string_view text) {
  std::string out;
  for (char c : plain(text)) {
    if (std::string_view("\\`*_{}[]<>#|~&!").find(c) != std::string_view::npos) out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

// What does not stand is bold.
std::string marked(const ClaimRecord& claim) {
  const auto [mark, words] = text_of(claim.verdict());
  return claim.stands() ? fmt::format("{} {}", mark, words) : fmt::format("{} **{}**", mark, words);
}

}  // namespace

std::string render_markdown(const Report& report) {
  const auto claims = report.claims();
  std::string out = fmt::format("# {}\n\n", inert(report.title));
  for (const auto& sentence : report.answer) out += inert(sentence) + "\n\n";
  out += fmt::format("**{}** {} {}\n\n", inert(first_answer(claims)), inert(summary(tally(claims))),
                     inert(standing_summary(claims)));
  out += "| claim | verdict | digits | sentence |\n|---|---|---|---|\n";
  for (const ClaimRecord* claim : claims) {
    const auto digits = claim->digits();
    out += fmt::format("| {} | {} | {} | {} |\n", inert(claim->info.id), marked(*claim),
                       digits ? fmt::format("{:.1f}", *digits) : "–", inert(claim->info.sentence));
  }
  std::string errata, failures;
  for (const ClaimRecord* claim : claims) {
    if (!claim->info.printed.empty())
      errata +=
          fmt::format("- {} ({}): printed {}; correct {}\n", inert(claim->info.id), inert(claim->info.source),
                      inert(claim->info.printed), inert(claim->info.corrected));
    if (const auto why = why_not(*claim); !why.empty())
      failures += fmt::format("- {}: {}\n", inert(claim->info.id), inert(why));
  }
  if (!failures.empty()) out += "\n## Not passed\n\n" + failures;
  if (!errata.empty()) out += "\n## Errata\n\n" + errata;
  out += fmt::format("\nSeed {}; every number in report.json, every figure in report.html.\n",
                     report.provenance.seed);
  return out;
}

}  // namespace dln::validation
