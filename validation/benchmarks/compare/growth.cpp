#include "validation/benchmarks/compare/growth.hpp"

#include <fmt/format.h>
#include <tbb/global_control.h>

#include <cmath>

#include "dln/base/random.hpp"
#include "dln/experiments/time_course.hpp"
#include "dln/network/chain_gradient.hpp"
#include "validation/benchmarks/compare/chain.hpp"
#include "validation/benchmarks/compare/modes.hpp"

namespace dln::compare {
namespace {

using Sizes = std::vector<double>;

std::size_t whole(double x) {
  return static_cast<std::size_t>(std::llround(x));
}

// Once to warm up, then for a while.
template <class Work>
double seconds(const Bench& bench, Work&& work) {
  work();
  return timed(bench.quick() ? 0 : 0.3, work).cpu;
}

struct StepCost {
  double seconds;
  std::size_t weights;
};
StepCost step_cost(const Bench& bench, std::size_t layers, Eigen::Index inputs, Eigen::Index width) {
  Chain chain = decoupled_chain(layers, inputs, width);
  network::ChainGradient<double> gradient(chain.correlations, chain.network);
  const double took = seconds(bench, [&] {
    gradient.look(chain.network);
    gradient.step(chain.network, 1e-4);
  });
  return {took, chain.network.buffer().size()};
}

// What NumPy took for the dense steps, where they were measured in this run.
GrowthCurve numpy_steps(const Bench& bench) {
  GrowthCurve curve{"the dense step by NumPy", Look::peer, {}};
  for (const Row& row : bench.rows)
    if (row.workload.starts_with("step-") && row.state == State::measured && row.counts)
      curve.points.push_back({std::stod(row.workload.substr(5)), row.peer_seconds});
  return curve;
}

GrowthPanel depth(Bench& bench) {
  const Eigen::Index inputs = bench.quick() ? 60 : 784, width = bench.quick() ? 50 : 1000;
  GrowthCurve dense{fmt::format("a step, {} wide", width), Look::first, {}};
  GrowthCurve small{"the same compressed", Look::second, {}}, modes{"u(t) of 10 000 modes", Look::third, {}};
  GrowthCurve limit{"its limit", Look::limit, {}};
  GrowthCurve small_limit{"its limit", Look::second_limit, {}};
  for (const double n : bench.quick() ? Sizes{3, 10} : Sizes{3, 5, 10, 30, 100}) {
    const StepCost cost = step_cost(bench, whole(n), inputs, width);
    dense.points.push_back({n, cost.seconds});
    limit.points.push_back({n, bench.limits().step_seconds(cost.weights)});
  }
  const double rate = std::max(bench.limits().fused_rate(), bench.limits().product_rate());
  for (const double n : bench.quick() ? Sizes{3, 10} : Sizes{3, 5, 10, 30, 100, 300, 1000}) {
    const StepCost cost = step_cost(bench, whole(n), inputs, 10);
    small.points.push_back({n, cost.seconds});
    small_limit.points.push_back({n, 60 * static_cast<double>(cost.weights) / rate});
    const Modes ensemble(static_cast<int>(n) - 1, bench.quick() ? 100 : 10'000);
    Array u(ensemble.size());
    modes.points.push_back({n, seconds(bench, [&] {
                              theory::strengths_at(ensemble.depth, ensemble.arrays(), ensemble.times, u);
                            })});
  }
  return {"depth",
          "Depth",
          "layers N_l",
          {dense, limit, numpy_steps(bench), small, small_limit, modes},
          "(3, 10, 30, 100, 300, 1000)"};
}

GrowthPanel width(Bench& bench) {
  const Eigen::Index inputs = bench.quick() ? 60 : 784;
  GrowthCurve dense{"a step, five layers", Look::first, {}}, limit{"its limit", Look::limit, {}};
  GrowthCurve small{"the same compressed", Look::second, {}};
  const double compressed = step_cost(bench, 5, inputs, 10).seconds;
  for (const double n : bench.quick() ? Sizes{20, 50} : Sizes{100, 200, 400, 1000, 2000, 4000}) {
    const StepCost cost = step_cost(bench, 5, inputs, static_cast<Eigen::Index>(n));
    dense.points.push_back({n, cost.seconds});
    limit.points.push_back({n, bench.limits().step_seconds(cost.weights)});
    small.points.push_back({n, compressed});
  }
  return {"width",
          "Width",
          "units of a hidden layer",
          {dense, limit, small},
          "(100, 200, 400, 1000, 2000, 4000)"};
}

// Two arrays read and one written.
double pass_seconds(Bench& bench, double count) {
  const double measured = std::max(count, 1e4);
  return (bench.limits().read_seconds(whole(measured)) + bench.limits().update_seconds(whole(measured))) *
         count / measured;
}

GrowthPanel modes(Bench& bench) {
  GrowthCurve strengths{"u(t), Eq 15, L = 3", Look::first, {}}, times{"t(u), Eq 15, L = 3", Look::second, {}};
  GrowthCurve layers{"a and b, Eq 8", Look::third, {}}, limit{"limit: 24 bytes a mode", Look::limit, {}};
  const auto depth = base::DepthExponent::from_real(3);
  for (const double n : bench.quick() ? Sizes{10, 1000} : Sizes{10, 100, 1e3, 1e4, 1e5, 1e6, 1e7}) {
    const std::size_t count = whole(n);
    auto stream = base::stream(1, "compare, growth with modes");
    Array s(count), a(count), b(count);
    const Array u0{1e-3}, tau{1};
    for (double& x : s) x = 0.5 + 9.5 * stream.uniform();
    const theory::ModeArrays ensemble{s, u0, tau};
    for (std::size_t i = 0; i < count; ++i) b[i] = s[i] / 2;
    times.points.push_back({n, seconds(bench, [&] { theory::times_to_reach(depth, ensemble, b, a); })});
    strengths.points.push_back({n, seconds(bench, [&] { theory::strengths_at(depth, ensemble, a, b); })});
    const Array a0 = s, start{-0.5}, t{0.7};
    layers.points.push_back({n, seconds(bench, [&] { theory::layers_at({a0, start, s, tau}, t, a, b); })});
    limit.points.push_back({n, pass_seconds(bench, n)});
  }
  return {"modes", "Modes", "modes", {strengths, times, layers, limit}, "1,10"};
}

// The same batch again and again, as a reader would hand out others.
data::ExampleSource source_of(const data::Dataset& batch, std::uint64_t examples) {
  data::ExampleSource source;
  source.input_size = batch.inputs.rows();
  source.target_size = batch.targets.rows();
  source.examples = examples;
  source.next = [&batch, left = static_cast<Eigen::Index>(examples)](data::Dataset& next) mutable {
    const Eigen::Index count = std::min(left, batch.inputs.cols());
    if (count == 0) return false;
    next.inputs = batch.inputs.leftCols(count);
    next.targets = batch.targets.leftCols(count);
    left -= count;
    return true;
  };
  return source;
}

GrowthPanel examples(Bench& bench) {
  constexpr Eigen::Index inputs = 100, targets = 10;
  auto stream = base::stream(1, "compare, growth with examples");
  const auto gaussian = [&] { return stream.normal(); };
  const data::Dataset batch{linalg::Matrix::NullaryExpr(inputs, 4096, gaussian),
                            linalg::Matrix::NullaryExpr(targets, 4096, gaussian)};
  GrowthCurve ours{"Σ¹¹ and Σ³¹, streamed", Look::first, {}},
      limit{"limit: a product of that size", Look::limit, {}};
  GrowthCurve learning{"a step from them, 100-100-10", Look::second, {}};
  const double step = step_cost(bench, 3, inputs, 100).seconds;
  for (const double p : bench.quick() ? Sizes{1e3, 1e4} : Sizes{1e3, 1e4, 1e5, 1e6, 1e7}) {
    base::SilentProgress silent;
    ours.points.push_back({p, seconds(bench, [&] {
                             auto source = source_of(batch, static_cast<std::uint64_t>(p));
                             data::correlate(source, silent);
                           })});
    limit.points.push_back({p, p * (inputs * inputs + 2 * inputs * targets) / bench.limits().product_rate()});
    learning.points.push_back({p, step});
  }
  return {"examples", "Examples", "examples, 100 inputs, 10 targets", {ours, limit, learning}, "1,10"};
}

GrowthPanel runs(Bench& bench) {
  const bool quick = bench.quick();
  const auto problem = experiments::tree_problem(
      {.levels = quick ? 3 : 5, .flip = 0.1, .features = quick ? 60 : 1000, .seed = 1});
  experiments::TimeCourseOptions options;
  if (quick) options.hidden_units = 8, options.learning_rate = 5e-3;
  const auto once = experiments::run_time_course(problem, options);
  // Three products of outputs x hidden x inputs an epoch.
  const double operations = 6.0 * static_cast<double>(once.simulated_outputs * options.hidden_units *
                                                      problem.modes.input.rows() * once.iterations);
  const double rate = std::max(bench.limits().fused_rate(), bench.limits().product_rate());
  GrowthPanel panel{"runs", "Runs", "runs of Fig 3, linear", {}, "1,10"};
  for (const int threads : {1, bench.options().threads}) {
    if (threads == 1 && !panel.curves.empty()) break;
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(threads));
    GrowthCurve ours{threads == 1 ? "1 thread" : fmt::format("{} threads, on the wall", threads),
                     threads == 1 ? Look::first : Look::second,
                     {}};
    GrowthCurve limit{threads == 1 ? "limit: multiply-adds" : fmt::format("limit of {}", threads),
                      threads == 1 ? Look::limit : Look::second_limit,
                      {}};
    bool noisy = false;
    for (const double n : quick ? Sizes{1, 3} : Sizes{1, 3, 10, 30, 100, 300, 1000}) {
      if (threads > 1 && !quick) noisy = !quiet_moment() || noisy;
      const Spent spent = timed(0.2, [&] {
        experiments::MemoryRunStore store;
        base::SilentProgress silent;
        experiments::run_random_starts(problem, options, static_cast<int>(n), store, silent);
      });
      ours.points.push_back({n, threads == 1 ? spent.cpu : spent.wall});
      limit.points.push_back({n, n * operations / rate / std::min<double>(threads, n)});
      if (spent.wall > 60) break;  // the next point would take three minutes
    }
    if (noisy) ours.name += ", others busy";
    panel.curves.push_back(ours);
    panel.curves.push_back(limit);
  }
  return panel;
}

}  // namespace

std::vector<Growth> growths() {
  return {{"growth-depth", "cost against depth, 3 to 1000 layers", depth},
          {"growth-width", "cost against width, 100 to 4000 units", width},
          {"growth-modes", "cost against modes, 10 to 10^7", modes},
          {"growth-examples", "cost against examples, 10^3 to 10^7", examples},
          {"growth-runs", "cost against runs, 1 to 1000, on 1 and more threads", runs}};
}

}  // namespace dln::compare
