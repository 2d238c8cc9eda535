// The ledger: every claim that dln can examine, in the order of the paper.
#pragma once

#include <string>
#include <vector>

#include "validation/claim.hpp"

namespace dln::validation {

std::vector<Claim> ledger();

struct Selection {
  std::vector<std::string> ids;  // these; empty: all
  int section = 0;               // of these, only those of this section; 0: any
};

// Throws DomainError that names the unknown id, or says that nothing is left.
std::vector<Claim> select(const std::vector<Claim>& claims, const Selection& selection);

}  // namespace dln::validation
