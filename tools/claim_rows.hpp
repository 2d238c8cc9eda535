// How verdicts are told on a terminal, by every command that examines claims.
#pragma once

#include <cstddef>

#include "validation/claim.hpp"

namespace dln::tools {

// A line of verdict, how it is known (proven or tested), digits, witnesses and sentence; below it what went
// wrong, if anything.
void print_row(const validation::ClaimRecord& record, std::size_t id_width = 4);

}  // namespace dln::tools
