// The learning rate of a swept network, given as it is or in units of 1/lambda_max of its depth.
#include "dln/experiments/depth_prediction.hpp"
#include "tools/sweep/sweep_experiment.hpp"

namespace dln::tools {

SweepParameter rate_parameter() {
  return non_negative("rate", 0, 1e6, "learning rate lambda, of sums over the examples; 0: by kappa");
}

SweepParameter kappa_parameter(double standard) {
  return real("kappa", standard, 0, 1e6, "learning rate in units of 1/lambda_max of the depth");
}

SweptRate swept_rate(const Coordinates& at, const experiments::LearningProblem& problem) {
  const double largest =
      experiments::largest_aligned_eigenvalue(problem, static_cast<int>(at.whole("layers")));
  const double rate = at.real("rate") > 0 ? at.real("rate") : at.real("kappa") / largest;
  return {rate, rate * largest};
}

SweepColumn rate_column() {
  return {"learning_rate", "lambda"};
}

SweepColumn rate_over_limit_column() {
  return {"rate_over_limit",
          "lambda times lambda_max at theory's end; stable below 2 where modes are the inputs' (Eq 18)"};
}

}  // namespace dln::tools
