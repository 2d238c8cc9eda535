#include "validation/proof_overview.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dln::validation {
namespace {

const char* kNotBuiltIn = "The symbolic witness did not run: this dln was built without computer algebra.";

const char* kProven =
    "Proven: the claim's sentence is an identity, or several, and derivations that cover the whole of it "
    "reduced each exactly to zero, as a rational function over the rationals; no number was put in to "
    "decide. "
    "The proof holds on the domain that the derivation's assumptions and steps give, wherever both sides are "
    "defined.";

const char* kTested =
    "Tested: by numbers, at the samples, sizes and depths of the checks and within their bounds. Many of "
    "these claims have an ingredient that is proven, or are proven for matrices and chains written out at "
    "the "
    "small sizes and depths that the assumptions or the steps name, and are tested for all others. Algebra "
    "says nothing of rounding, "
    "of "
    "steps of finite size, of data, of random starts, of inequalities and of limits beyond the coefficients "
    "that a derivation shows: these are tested only. What was tested by numbers alone is never called "
    "proven.";

std::string domain_of(const DerivationRecord& derivation) {
  std::string domain;
  for (const std::string& assumption : derivation.assumptions)
    domain += (domain.empty() ? "" : "; ") + assumption;
  return domain.empty() ? "wherever both sides are defined, at the depths, if any, that its steps name"
                        : domain;
}

Table table_of(const std::vector<ClaimRecord>& records) {
  Table table{
      "The derivations that testified", {"Claim", "Standing", "Derivation", "Decision", "Domain"}, {}};
  for (const ClaimRecord& record : records)
    for (const DerivationRecord& derivation : record.derivations) {
      const bool is_first = &derivation == &record.derivations.front();
      table.rows.push_back({is_first ? record.info.id : "",
                            is_first && record.stands() ? std::string(name_of(record.standing)) : "",
                            derivation.title, std::string(name_of(derivation.outcome)),
                            domain_of(derivation)});
    }
  return table;
}

}  // namespace

std::string standing_summary(const std::vector<const ClaimRecord*>& claims) {
  int stand = 0, proven = 0, in_part = 0;
  for (const ClaimRecord* claim : claims) {
    if (!claim->stands()) continue;
    ++stand;
    if (claim->standing == Standing::proven)
      ++proven;
    else if (!claim->derivations.empty())
      ++in_part;
  }
  std::string text = fmt::format("Of the {} that stand{}, {} {} proven by computer algebra and {} {} tested",
                                 stand, stand == 1 ? "s" : "", proven, proven == 1 ? "is" : "are",
                                 stand - proven, stand - proven == 1 ? "is" : "are");
  if (in_part > 0) text += fmt::format(", {} of them with a part that is proven", in_part);
  return text + "." + (symbolic_witness_is_built_in() ? "" : std::string(" ") + kNotBuiltIn);
}

Section proof_overview(const std::vector<ClaimRecord>& records) {
  Section section{"proofs", "What is proven, and on which domain", {Prose{kProven}, Prose{kTested}}};
  if (!symbolic_witness_is_built_in()) section.blocks.emplace_back(Prose{kNotBuiltIn});
  if (auto table = table_of(records); !table.rows.empty()) section.blocks.emplace_back(std::move(table));
  return section;
}

}  // namespace dln::validation
