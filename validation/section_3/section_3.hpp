// The claims of section 3, "Efficacy of greedy unsupervised pretraining", by subject.
#pragma once

#include <vector>

#include "validation/claim.hpp"

namespace dln::validation::section_3 {

std::vector<Claim> claims_on_consistency();        // C38
std::vector<Claim> claims_on_printed_products();   // X3, X12
std::vector<Claim> claims_on_autoencoders();       // C36, X2
std::vector<Claim> claims_on_pretrained_starts();  // C37
std::vector<Claim> claims_on_pretraining();        // C39 to C41
std::vector<Claim> claims_on_starts();             // C48

}  // namespace dln::validation::section_3
