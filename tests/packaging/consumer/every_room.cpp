// Names a function of every room, so that all of it is linked: what pkg-config says must suffice, in its
// order.
#include <cstdio>

#include "dln/base/atomic_file.hpp"
#include "dln/experiments/depth_sweep.hpp"
#include "dln/experiments/time_course.hpp"
#include "dln/flow/ensemble_flow.hpp"
#include "dln/theory/ensemble.hpp"
#if __has_include("dln/symbolic/derivations.hpp")
#include "dln/symbolic/derivations.hpp"
#endif

template <class Function>
void use(Function* function) {
  Function* volatile used = function;
  if (!used) std::puts("nothing");
}

int main() {
  use(&dln::base::write_file);
  use(&dln::data::open_dataset);
  use(&dln::experiments::run_depth_sweep);
  use(&dln::experiments::run_random_starts);
  use(&dln::flow::integrate_strengths);
  use(&dln::theory::times_to_reach);
#if __has_include("dln/symbolic/derivations.hpp")
  use(&dln::symbolic::derive);
  std::puts(dln::symbolic::derivations().front().title.c_str());
#endif
  return 0;
}
