// The figure of the error's sharpness.
#pragma once

#include "plots/drawing.hpp"
#include "validation/context.hpp"

namespace dln::tools {

plots::Drawing draw_sharpness(validation::Context& context);

}  // namespace dln::tools
