// Claims beyond the paper: noisy teachers and generalisation, the sharpness of the error, and what parts
// theory from a run.
#pragma once

#include <vector>

#include "validation/claim.hpp"

namespace dln::validation::section_5 {

std::vector<Claim> claims_on_noisy_teachers();  // C50
std::vector<Claim> claims_on_generalisation();  // C51
std::vector<Claim> claims_on_sharpness();       // C52, C53
Claim claim_past_the_limit();                   // C53
std::vector<Claim> claims_on_error_budget();    // C54

}  // namespace dln::validation::section_5
