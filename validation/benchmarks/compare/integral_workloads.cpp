// Ensembles by integration beside a loop with odeint, at a tolerance at which ours is no less exact.
#include <fmt/format.h>

#include <cmath>

#include "dln/flow/ensemble_flow.hpp"
#include "validation/benchmarks/compare/loops.hpp"
#include "validation/benchmarks/compare/workloads.hpp"

namespace dln::compare {
namespace {

constexpr const char* kPeer = "odeint dopri5 over std::vector";

// The loosest power of ten at which the error of `attempt` is at most `error`.
flow::EnsembleOptions tolerance_for(double error,
                                    const std::function<double(const flow::EnsembleOptions&)>& attempt) {
  flow::EnsembleOptions options;
  for (int digits = 6; digits <= 12; ++digits) {
    options.tolerance = std::pow(10, -digits);
    if (attempt(options) <= error) break;
  }
  return options;
}

void strengths(Bench& bench, const std::string& name, int matrices) {
  const Modes modes(matrices, bench.quick() ? 100 : 10'000);
  Contest contest(bench, name, fmt::format("{} integrated, {} modes", modes.title(), modes.size()));
  Array u(modes.size()), peer;
  const auto run = [&](const flow::EnsembleOptions& options) {
    integrate_strengths(modes.depth, {modes.s, modes.u0, modes.tau}, modes.times, u, options)
        .require_complete();
  };
  const auto attempt = [&](const flow::EnsembleOptions& options) {
    run(options);
    return modes.error(u);
  };
  const Entrant loop = looped([&] { strengths_by_odeint(modes, peer); }, [&] { return modes.error(peer); });
  const auto options = tolerance_for(loop.error, attempt);
  // At most what odeint leaves at its tolerance of 1e-8, amplified by |t u'/u|, up to 300.
  contest.ours([&] { run(options); }, attempt(options), 1e-5);
  contest.peer(kPeer, 10, [&] { return loop; });
  contest.at_equal_error();
  contest.measure();
}

void layers(Bench& bench) {
  const Pairs pairs(bench.quick() ? 100 : 10'000);
  Contest contest(bench, "integrated-eq8", fmt::format("Eq 8 integrated, {} pairs", pairs.size()));
  Array a(pairs.size()), b(pairs.size()), peer_a, peer_b;
  const auto run = [&](const flow::EnsembleOptions& options) {
    integrate_layers({pairs.a0, pairs.b0, pairs.s, pairs.tau}, pairs.time, a, b, options).require_complete();
  };
  const auto attempt = [&](const flow::EnsembleOptions& options) {
    run(options);
    return pairs.error(a, b);
  };
  const Entrant loop =
      looped([&] { layers_by_odeint(pairs, peer_a, peer_b); }, [&] { return pairs.error(peer_a, peer_b); });
  const auto options = tolerance_for(loop.error, attempt);
  contest.ours([&] { run(options); }, attempt(options), 1e-5);
  contest.peer(kPeer, 10, [&] { return loop; });
  contest.at_equal_error();
  contest.measure();
}

}  // namespace

std::vector<Workload> integral_workloads() {
  std::vector<Workload> all;
  for (const int l : {2, 3, 9, 99, kInfinite}) {
    const std::string name = l == kInfinite ? "integrated-inf" : fmt::format("integrated-{}", l);
    all.push_back({name, l == kInfinite ? "Eq 16 integrated" : fmt::format("Eq 15 integrated, L = {}", l),
                   [name, l](Bench& bench) { strengths(bench, name, l); }});
  }
  all.push_back({"integrated-eq8", "Eq 8 integrated", layers});
  return all;
}

}  // namespace dln::compare
