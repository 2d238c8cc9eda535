#include "validation/ledger.hpp"

#include <algorithm>

#include "dln/base/error.hpp"
#include "validation/claims_section_1.hpp"

namespace dln::validation {

std::vector<Claim> ledger() { return claims_of_section_1(); }

std::vector<Claim> select(const std::vector<Claim>& claims, const Selection& selection) {
  std::vector<Claim> chosen;
  for (const std::string& id : selection.ids)
    if (std::ranges::none_of(claims, [&](const Claim& claim) { return claim.info.id == id; }))
      throw base::DomainError(fmt::format("claim '{}': unknown; 'dln list claims' names them all", id));
  for (const Claim& claim : claims) {
    const bool named = selection.ids.empty() || std::ranges::find(selection.ids, claim.info.id) != selection.ids.end();
    if (named && (selection.section == 0 || claim.info.section == selection.section)) chosen.push_back(claim);
  }
  if (chosen.empty())
    throw base::DomainError(fmt::format("section {}: no claim left to examine; 'dln list claims' shows the section of each",
                                        selection.section));
  return chosen;
}

}  // namespace dln::validation
