// The figures of Fig 4: the same sweeps over depths and rates, seen three ways.
#pragma once

#include "plots/drawing.hpp"
#include "validation/context.hpp"

namespace dln::tools {

plots::Drawing draw_4l(validation::Context& context);
plots::Drawing draw_4r(validation::Context& context);
plots::Drawing draw_4k(validation::Context& context);

}  // namespace dln::tools
