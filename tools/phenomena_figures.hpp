// The figures of what depth does to behaviour: stages, and the differentiation of items.
#pragma once

#include "plots/drawing.hpp"
#include "validation/context.hpp"

namespace dln::tools {

plots::Drawing draw_stages(validation::Context& context);
plots::Drawing draw_differentiation(validation::Context& context);

}  // namespace dln::tools
