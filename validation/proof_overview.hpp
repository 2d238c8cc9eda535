// What is proven, what is only tested, and on which domain: the claims of a report seen by their standing.
#pragma once

#include <string>
#include <vector>

#include "validation/report.hpp"

namespace dln::validation {

// One sentence: how many of those that stand are proven, how many tested; a second when S is not built in.
std::string standing_summary(const std::vector<const ClaimRecord*>& claims);

// The limits of a proof, and every derivation that testified, with its domain.
Section proof_overview(const std::vector<ClaimRecord>& records);

}  // namespace dln::validation
