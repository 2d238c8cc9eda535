// The claims of the abstract, the talks and the discussion, by subject.
#pragma once

#include <vector>

#include "validation/claim.hpp"

namespace dln::validation::section_4 {

std::vector<Claim> claims_on_transitions();  // C42, C43
std::vector<Claim> claims_on_layers();       // C44

}  // namespace dln::validation::section_4
