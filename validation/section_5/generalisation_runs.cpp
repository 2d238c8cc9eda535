#include "validation/section_5/generalisation_runs.hpp"

namespace dln::validation::section_5 {

experiments::GeneralisationOptions generalisation_options(const Context& context) {
  experiments::GeneralisationOptions o;
  o.seed = context.seed();
  if (context.effort() == Effort::quick) {
    o.inputs = 200;
    o.outputs = 100;
  }
  if (context.effort() == Effort::full) {
    o.inputs = 800;
    o.outputs = 400;
  }
  o.draws = context.effort() == Effort::quick ? 8 : 16;
  return o;
}

}  // namespace dln::validation::section_5
