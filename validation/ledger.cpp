#include "validation/ledger.hpp"

#include <algorithm>
#include <iterator>

#include "dln/base/error.hpp"
#include "validation/section_1/section_1.hpp"
#include "validation/section_2/section_2.hpp"
#include "validation/section_3/section_3.hpp"
#include "validation/section_4/section_4.hpp"
#include "validation/section_5/section_5.hpp"

namespace dln::validation {

namespace {

// C before X, and each by its number: "C9" before "C12".
bool comes_before(const Claim& a, const Claim& b) {
  const std::string &x = a.info.id, &y = b.info.id;
  if (x[0] != y[0]) return x[0] < y[0];
  return x.size() != y.size() ? x.size() < y.size() : x < y;
}

}  // namespace

std::vector<Claim> ledger() {
  std::vector<Claim> all;
  for (auto claims : {section_1::claims_on_descent_and_flow,
                      section_1::claims_on_competition,
                      section_1::claims_on_outcome,
                      section_1::claims_on_decoupled_modes,
                      section_1::claims_on_single_modes,
                      section_1::claims_on_approach,
                      section_1::claims_on_unequal_layers,
                      section_1::claims_on_learning_times,
                      section_1::claims_on_delays,
                      section_1::claims_on_matrix_solution,
                      section_2::claims_on_deep_networks,
                      section_2::claims_on_decoupled_networks,
                      section_2::claims_on_deep_modes,
                      section_2::claims_on_infinite_depth,
                      section_2::claims_on_unequal_layers,
                      section_2::claims_on_hessians,
                      section_2::claims_on_learning_rates,
                      section_2::claims_on_depth_and_times,
                      section_2::claims_on_depth_and_rates,
                      section_3::claims_on_consistency,
                      section_3::claims_on_printed_products,
                      section_3::claims_on_autoencoders,
                      section_3::claims_on_pretrained_starts,
                      section_3::claims_on_pretraining,
                      section_3::claims_on_starts,
                      section_4::claims_on_transitions,
                      section_4::claims_on_layers,
                      section_5::claims_on_noisy_teachers,
                      section_5::claims_on_generalisation,
                      section_5::claims_on_sharpness,
                      section_5::claims_on_error_budget})
    std::ranges::move(claims(), std::back_inserter(all));
  std::ranges::sort(all, comes_before);
  return all;
}

std::vector<Claim> select(const std::vector<Claim>& claims, const Selection& selection) {
  std::vector<Claim> chosen;
  for (const std::string& id : selection.ids)
    if (std::ranges::none_of(claims, [&](const Claim& claim) { return claim.info.id == id; }))
      throw base::DomainError(fmt::format("claim '{}': unknown; 'dln list claims' names them all", id));
  for (const Claim& claim : claims) {
    const bool named =
        selection.ids.empty() || std::ranges::find(selection.ids, claim.info.id) != selection.ids.end();
    if (named && (selection.section == 0 || claim.info.section == selection.section)) chosen.push_back(claim);
  }
  if (chosen.empty())
    throw base::DomainError(
        fmt::format("section {}: no claim left to examine; 'dln list claims' shows the section of each",
                    selection.section));
  return chosen;
}

}  // namespace dln::validation
