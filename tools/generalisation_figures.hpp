// The figure of generalisation from a noisy teacher.
#pragma once

#include "plots/drawing.hpp"
#include "validation/context.hpp"

namespace dln::tools {

plots::Drawing draw_generalisation(validation::Context& context);

}  // namespace dln::tools
