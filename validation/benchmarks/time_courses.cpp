// Fig 3 at the paper's scale: 32 items of a tree, 32 hidden units, 1000 outputs, from small random weights.
#include <benchmark/benchmark.h>
#include <tbb/global_control.h>

#include <Eigen/Core>

#include "dln/experiments/learning_delay.hpp"
#include "validation/benchmarks/paired.hpp"

namespace dln::benchmarks {
namespace {

using Eigen::MatrixXd;
using experiments::Activation;

const experiments::LearningProblem& tree() {
  static const auto problem =
      experiments::tree_problem({.levels = 5, .flip = 0.1, .features = 1000, .seed = 1});
  return problem;
}

// Eq 1 as one writes it with Eigen: all 1000 outputs, one-hot items.
MatrixXd plain_run(MatrixXd w1, MatrixXd w2, const MatrixXd& targets, double rate, long steps,
                   Activation activation) {
  for (long i = 0; i < steps; ++i) {
    const bool tanh = activation == Activation::tanh;
    const MatrixXd hidden = tanh ? MatrixXd(w1.array().tanh()) : w1;
    const MatrixXd error = targets - w2 * hidden;
    MatrixXd back = w2.transpose() * error;
    if (tanh) back.array() *= 1 - hidden.array().square();
    w2 += rate * error * hidden.transpose();
    w1 += rate * back;
  }
  return activation == Activation::tanh ? MatrixXd(w2 * MatrixXd(w1.array().tanh())) : MatrixXd(w2 * w1);
}

// One run until every mode has 99 % of its s, every mode's strength noted every fourth epoch; the peer makes
// as many steps and notes nothing.
void run_beside_plain_eigen(benchmark::State& state, Activation activation) {
  const auto& problem = tree();
  experiments::TimeCourseOptions options;
  options.activation = activation;
  const auto start = experiments::starting_network(problem, options);
  experiments::TimeCourse ours;
  ours = experiments::run_time_course(problem, options);
  const long steps = static_cast<long>(ours.epochs.back());
  MatrixXd peer;
  in_turns(
      state, [&] { ours = experiments::run_time_course(problem, options); },
      [&] {
        peer = plain_run(start.weight(1), start.weight(2), problem.correlations.sigma31,
                         options.learning_rate, steps, activation);
      });
  const MatrixXd in_modes = problem.modes.output.transpose() * peer * problem.modes.input;
  const auto last = ours.strengths.row(ours.strengths.rows() - 1).transpose();
  state.counters["epochs"] = static_cast<double>(steps);
  state.counters["outputs"] = static_cast<double>(ours.simulated_outputs);
  state.counters["difference"] =
      (in_modes.diagonal() - last).cwiseAbs().maxCoeff() / last.cwiseAbs().maxCoeff();
}
BENCHMARK_CAPTURE(run_beside_plain_eigen, linear, Activation::linear)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run_beside_plain_eigen, tanh, Activation::tanh)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// Fig 3 right: 100 linear and 100 tanh runs and the causes of their delays.
void fig3_right(benchmark::State& state) {
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(state.range(0)));
  const auto& problem = tree();
  for ([[maybe_unused]] auto iteration : state)
    for (const auto activation : {Activation::linear, Activation::tanh}) {
      experiments::TimeCourseOptions options;
      options.activation = activation;
      experiments::MemoryRunStore store;
      base::SilentProgress silent;
      const auto runs = experiments::run_random_starts(problem, options, 100, store, silent);
      benchmark::DoNotOptimize(experiments::attribute_delays(problem, options, runs.half_times));
    }
}
BENCHMARK(fig3_right)
    ->Arg(1)
    ->Arg(2)
    ->ArgName("threads")
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kSecond);

}  // namespace
}  // namespace dln::benchmarks
