// Section 1 of the paper: general learning dynamics of gradient descent in a three-layer network.
#pragma once

#include <vector>

#include "validation/claim.hpp"

namespace dln::validation {

std::vector<Claim> claims_of_section_1();

}  // namespace dln::validation
