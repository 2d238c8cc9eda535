// The figure of what parts a run from theory.
#pragma once

#include "plots/drawing.hpp"
#include "validation/context.hpp"

namespace dln::tools {

plots::Drawing draw_budget(validation::Context& context);

}  // namespace dln::tools
