// The claims of section 2, "Deeper multilayer dynamics", by subject.
#pragma once

#include <vector>

#include "validation/claim.hpp"

namespace dln::validation::section_2 {

std::vector<Claim> claims_on_deep_networks();       // C20, C21, X4
std::vector<Claim> claims_on_decoupled_networks();  // C22, C23
std::vector<Claim> claims_on_deep_modes();          // C25, C26, C49
std::vector<Claim> claims_on_infinite_depth();      // C27 to C29, X10
std::vector<Claim> claims_on_unequal_layers();      // C24, C47
std::vector<Claim> claims_on_hessians();            // C30, C46
std::vector<Claim> claims_on_learning_rates();      // C31 to C33, X11
std::vector<Claim> claims_on_depth_and_times();     // C34
std::vector<Claim> claims_on_depth_and_rates();     // C35

}  // namespace dln::validation::section_2
