// The figures of other starts: orthogonal ones against depth, layers that already know a task, and layers
// whose input came late.
#pragma once

#include "plots/drawing.hpp"
#include "validation/context.hpp"

namespace dln::tools {

plots::Drawing draw_orthogonal(validation::Context& context);
plots::Drawing draw_layers(validation::Context& context);
plots::Drawing draw_critical_period(validation::Context& context);

}  // namespace dln::tools
