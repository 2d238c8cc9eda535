// The figures of pretraining: Fig 5 right, and how what it gains changes with the start's scale and with
// depth.
#pragma once

#include "plots/drawing.hpp"
#include "validation/context.hpp"

namespace dln::tools {

plots::Drawing draw_5r(validation::Context& context);
plots::Drawing draw_5x(validation::Context& context);

}  // namespace dln::tools
