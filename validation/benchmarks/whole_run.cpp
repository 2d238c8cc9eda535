// Memory of an uncompressed run of Fig 4: a network a thousand units wide, from its start to its last epoch,
// over the size of its weights.
#include <benchmark/benchmark.h>

#include <fstream>
#include <string>

#include "dln/experiments/depth_sweep.hpp"
#include "dln/linalg/decompositions.hpp"

namespace dln::benchmarks {
namespace {

// Linux's account of this process, in bytes; 0 elsewhere.
double resident(const std::string& what) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == what + ":") {
      double kilobytes = 0;
      status >> kilobytes;
      return 1024 * kilobytes;
    }
  return 0;
}

experiments::LearningProblem problem() {
  auto stream = base::stream(1, "whole run benchmark");
  experiments::LearningProblem p;
  p.name = "synthetic";
  p.correlations.sigma11 = linalg::Matrix::Identity(784, 784);
  const auto u = linalg::haar_orthonormal(10, 10, stream), v = linalg::haar_orthonormal(784, 10, stream);
  p.correlations.sigma31 = u * linalg::Vector::LinSpaced(10, 2, 1).asDiagonal() * v.transpose();
  p.correlations.target_power = p.correlations.sigma31.squaredNorm();
  p.correlations.examples = 1;
  p.modes = data::singular_modes(p.correlations.sigma31);
  return p;
}

void whole_run(benchmark::State& state) {
  const auto data = problem();
  experiments::DepthSweepOptions options;
  options.layers = {static_cast<int>(state.range(0))};
  options.rates = {1e-3};
  options.compressed = false;
  options.max_epochs = 5;
  const double layers = static_cast<double>(state.range(0)), weights = 8 * (784e3 + (layers - 3) * 1e6 + 1e4);
  double peak = 0;
  for ([[maybe_unused]] auto iteration : state) {
    std::ofstream("/proc/self/clear_refs") << "5";  // forgets the peak so far
    const double before = resident("VmRSS");
    experiments::MemoryRunStore store;
    base::SilentProgress silent;
    benchmark::DoNotOptimize(run_depth_sweep(data, options, store, silent));
    peak = std::max(peak, resident("VmHWM") - before);
  }
  state.counters["peak_over_weights"] = peak / weights;
}
BENCHMARK(whole_run)
    ->Arg(10)
    ->Arg(30)
    ->Arg(100)
    ->ArgName("layers")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

}  // namespace
}  // namespace dln::benchmarks
