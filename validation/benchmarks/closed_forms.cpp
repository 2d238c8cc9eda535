// Closed forms per second, over modes of all sizes.
#include <benchmark/benchmark.h>

#include <vector>

#include "dln/base/random.hpp"
#include "dln/theory/three_layer_mode.hpp"
#include "dln/theory/unequal_mode.hpp"

namespace dln::benchmarks {
namespace {

constexpr std::size_t kModes = 10'000;

struct Drawn {
  double s, a0, b0, t;
};
// s from 0.5 to 10, starts around 0.03, times around half learning.
std::vector<Drawn> draw() {
  auto stream = base::stream(1, "closed forms benchmark");
  std::vector<Drawn> drawn(kModes);
  for (auto& d : drawn) {
    d = {0.5 + 9.5 * stream.uniform(), 0.03 * stream.normal(), 0.03 * stream.normal(), 0};
    d.t = 2 * stream.uniform() * std::log(d.s / 1e-3) / (2 * d.s);
  }
  return drawn;
}

template <class Evaluate>
void each_mode(benchmark::State& state, Evaluate evaluate) {
  const auto drawn = draw();
  for ([[maybe_unused]] auto iteration : state)
    for (const auto& d : drawn) benchmark::DoNotOptimize(evaluate(d));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kModes));
}

void eq12_strength(benchmark::State& state) {
  each_mode(state, [](const Drawn& d) {
    return strength_at(
        theory::ThreeLayerMode<double>({.singular_value = d.s, .initial_strength = 1e-3, .time_constant = 1}),
        d.t);
  });
}
BENCHMARK(eq12_strength);

void eq11_time(benchmark::State& state) {
  each_mode(state, [](const Drawn& d) {
    return half_learning_time(theory::ThreeLayerMode<double>(
        {.singular_value = d.s, .initial_strength = 1e-3, .time_constant = 1}));
  });
}
BENCHMARK(eq11_time);

void eq8_strength(benchmark::State& state) {
  each_mode(state, [](const Drawn& d) {
    return strength_at(
        theory::UnequalMode<double>({.a0 = d.a0, .b0 = d.b0, .singular_value = d.s, .time_constant = 1}),
        d.t);
  });
}
BENCHMARK(eq8_strength);

}  // namespace
}  // namespace dln::benchmarks
