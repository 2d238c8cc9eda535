// Fig 5 left and centre: Sigma11 in pixels, and in the task's input modes.
#pragma once

#include "plots/drawing.hpp"
#include "validation/context.hpp"

namespace dln::tools {

plots::Drawing draw_5l(validation::Context& context);
plots::Drawing draw_5c(validation::Context& context);

}  // namespace dln::tools
