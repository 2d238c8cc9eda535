// A benchmark that runs us and a peer in turns, so that both meet the same machine, and reports the ratio of
// their times beside the errors they achieved.
#pragma once

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>

namespace dln::benchmarks {

template <class Work>
double seconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Times `ours` as the benchmark; `peer_seconds` and `times_faster` go beside it.
template <class Ours, class Peer>
void in_turns(benchmark::State& state, Ours&& ours, Peer&& peer) {
  double our_total = 0, peer_total = 0;
  for ([[maybe_unused]] auto iteration : state) {
    const double mine = seconds(ours);
    peer_total += seconds(peer);
    our_total += mine;
    state.SetIterationTime(mine);
  }
  state.counters["peer_ms"] = 1e3 * peer_total / static_cast<double>(state.iterations());
  state.counters["times_faster"] = peer_total / our_total;
}

}  // namespace dln::benchmarks
