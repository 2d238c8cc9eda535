// The set-up that the claims on generalisation and its figure share.
#pragma once

#include "dln/experiments/generalisation.hpp"
#include "validation/context.hpp"

namespace dln::validation::section_5 {

// A teacher of four modes, the weakest at twice the threshold, half as many outputs as inputs; smaller at
// quick effort, larger at full.
experiments::GeneralisationOptions generalisation_options(const Context& context);

}  // namespace dln::validation::section_5
