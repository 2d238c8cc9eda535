#include "dln/experiments/error_curve.hpp"

#include "dln/base/error.hpp"
#include "dln/experiments/deep_network.hpp"
#include "dln/network/gradient_descent.hpp"

namespace dln::experiments {
namespace {

std::string curve_key(const LearningProblem& problem, const DepthSweepOptions& o, int layers, double rate,
                      long epochs) {
  return fmt::format("error-curve-1/{:08x}/Nl={}/width={}/u0={:a}/W1={}/rate={:a}/epochs={}/{}/seed={}",
                     problem.fingerprint, layers, o.hidden_units, o.initial_strength, name_of(o.first_layer),
                     rate, epochs, o.compressed ? "compressed" : "whole", o.seed);
}

}  // namespace

std::vector<double> error_curve(const LearningProblem& problem, const DepthSweepOptions& options, int layers,
                                double rate, long epochs, RunStore& store) {
  base::require(epochs >= 0, "epochs", static_cast<double>(epochs), "0 or more");
  const auto key = curve_key(problem, options, layers, rate, epochs);
  if (auto kept = store.find(key); kept && kept->size() == static_cast<std::size_t>(epochs) + 1) return *kept;
  auto run = deep_run(problem, options, layers);
  network::ChainGradient gradient(run.problem.correlations, run.start);
  std::vector<double> errors;
  const auto result = network::descend_in_place(
      gradient, run.start, {.learning_rate = rate, .max_iterations = epochs}, [&](long, double error) {
        errors.push_back(error);
        return true;
      });
  if (result.reason == network::DescentStop::diverged)
    throw base::NumericalError(fmt::format("gradient descent diverged at iteration {}", result.iterations));
  store.keep(key, errors);
  return errors;
}

}  // namespace dln::experiments
