// Ensembles of 10^4 modes beside the loop that one writes with odeint: dopri5 over std::vector, one mode
// after the other, relative tolerance 1e-8, absolute 1e-12. Each with its largest error: relative to s at s/2
// for Eqs 10, 15 and 16, absolute for Eq 8. Integrated ensembles run at a tolerance at which they are no less
// exact.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <vector>

#include "dln/base/random.hpp"
#include "dln/base/worst.hpp"
#include "dln/flow/ensemble_flow.hpp"
#include "dln/theory/deep_mode.hpp"
#include "dln/theory/ensemble.hpp"
#include "dln/theory/infinite_depth_mode.hpp"
#include "dln/theory/unequal_mode.hpp"
#include "validation/benchmarks/paired.hpp"

namespace dln::benchmarks {
namespace {

using Array = std::vector<double>;

constexpr std::size_t kModes = 10'000;
// The peers take a thousand times as long, so that the library's own choice would never end.
constexpr int kTurns = 5;
constexpr int kInfinite = 0;  // stands for infinite depth, N_l = 100

// s from 0.5 to 10 from u0 = 1e-3 to s/2, at the times of the laws themselves.
struct Ensemble {
  int matrices;
  base::DepthExponent depth;
  Array s, u0{1e-3}, tau, times, halves;

  explicit Ensemble(int n)
      : matrices(n),
        depth(n == kInfinite ? base::DepthExponent::infinite() : base::DepthExponent::from_real(n)),
        tau{n == kInfinite ? 0.01 : 1} {
    for (std::size_t i = 0; i < kModes; ++i) {
      s.push_back(0.5 + 9.5 * static_cast<double>(i) / (kModes - 1));
      halves.push_back(s.back() / 2);
      times.push_back(time_by_law(s.back()));
    }
  }
  double time_by_law(double singular_value) const {
    const theory::ModeNumbers<double> numbers{singular_value, u0[0], tau[0]};
    return matrices == kInfinite ? half_learning_time(theory::InfiniteDepthMode<double>(1, numbers))
                                 : half_learning_time(theory::DeepMode<double>(depth, numbers));
  }
  theory::ModeArrays modes() const { return {s, u0, tau}; }

  double rate(double u, double singular_value) const {
    if (matrices == kInfinite) return u * u * (singular_value - u) / tau[0];
    if (matrices == 2) return 2 * u * (singular_value - u);
    return matrices * std::pow(u, 2 - 2.0 / matrices) * (singular_value - u);
  }
  double error(const Array& u) const {
    base::Worst worst;
    for (std::size_t i = 0; i < kModes; ++i) worst.see(std::abs(u[i] - halves[i]) / s[i]);
    return worst.value();
  }
};

template <class Field>
Array by_odeint(const Field& field, Array x, double end, double first_step) {
  namespace odeint = boost::numeric::odeint;
  odeint::integrate_adaptive(odeint::make_controlled<odeint::runge_kutta_dopri5<Array>>(1e-12, 1e-8), field,
                             x, 0.0, end, first_step);
  return x;
}
Array strengths_by_odeint(const Ensemble& all) {
  Array u;
  for (std::size_t i = 0; i < kModes; ++i) {
    const auto field = [&all, s = all.s[i]](const Array& x, Array& slope, double) {
      slope[0] = all.rate(x[0], s);
    };
    u.push_back(by_odeint(field, {all.u0[0]}, all.times[i], 1e-4 * all.times[i])[0]);
  }
  return u;
}

void strengths_by_law(benchmark::State& state) {
  const Ensemble all(static_cast<int>(state.range(0)));
  Array ours(kModes), peer;
  in_turns(
      state, [&] { theory::strengths_at(all.depth, all.modes(), all.times, ours); },
      [&] { peer = strengths_by_odeint(all); });
  state.counters["error"] = all.error(ours);
  state.counters["peer_error"] = all.error(peer);
}

void strengths_by_steps(benchmark::State& state) {
  const Ensemble all(static_cast<int>(state.range(0)));
  flow::EnsembleOptions options;
  options.tolerance = std::pow(10, -static_cast<double>(state.range(1)));
  Array ours(kModes), peer;
  in_turns(
      state,
      [&] {
        integrate_strengths(all.depth, {all.s, all.u0, all.tau}, all.times, ours, options).require_complete();
      },
      [&] { peer = strengths_by_odeint(all); });
  state.counters["error"] = all.error(ours);
  state.counters["peer_error"] = all.error(peer);
}

// Beside the scalar law called mode after mode; errors are relative to it.
void times_by_law(benchmark::State& state) {
  const Ensemble all(static_cast<int>(state.range(0)));
  Array ours(kModes), peer(kModes);
  in_turns(
      state, [&] { theory::times_to_reach(all.depth, all.modes(), all.halves, ours); },
      [&] {
        for (std::size_t i = 0; i < kModes; ++i) peer[i] = all.time_by_law(all.s[i]);
      });
  base::Worst worst;
  for (std::size_t i = 0; i < kModes; ++i) worst.see(std::abs(ours[i] / peer[i] - 1));
  state.counters["difference"] = worst.value();
}

BENCHMARK(strengths_by_law)
    ->Arg(2)
    ->Arg(3)
    ->Arg(9)
    ->Arg(99)
    ->Arg(kInfinite)
    ->ArgName("L")
    ->Iterations(kTurns)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(times_by_law)
    ->Arg(2)
    ->Arg(3)
    ->Arg(9)
    ->Arg(99)
    ->Arg(kInfinite)
    ->ArgName("L")
    ->Iterations(kTurns)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(strengths_by_steps)
    ->Args({2, 7})
    ->Args({3, 7})
    ->Args({4, 7})
    ->Args({9, 8})
    ->Args({99, 8})
    ->Args({kInfinite, 8})
    ->ArgNames({"L", "digits"})
    ->Iterations(kTurns)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// Eq 8, s = 3, from a and b between -2 and 2 to t = 4.
struct Pairs {
  Array a0, b0, a, b, s{3}, tau{1}, time{4};  // a and b at the end, by the law itself

  Pairs() {
    auto stream = base::stream(1, "ensembles benchmark");
    for (std::size_t i = 0; i < kModes; ++i) {
      a0.push_back(4 * stream.uniform() - 2);
      b0.push_back(4 * stream.uniform() - 2);
      const auto end = layers_at(
          theory::UnequalMode<double>({.a0 = a0[i], .b0 = b0[i], .singular_value = 3, .time_constant = 1}),
          4);
      a.push_back(end.a);
      b.push_back(end.b);
    }
  }
  double error(const Array& a_found, const Array& b_found) const {
    base::Worst worst;
    for (std::size_t i = 0; i < kModes; ++i) {
      worst.see(std::abs(a_found[i] - a[i]));
      worst.see(std::abs(b_found[i] - b[i]));
    }
    return worst.value();
  }
};

void layers_by_odeint(const Pairs& all, Array& a, Array& b) {
  const auto field = [](const Array& x, Array& slope, double) {
    const double pull = 3 - x[0] * x[1];
    slope[0] = x[1] * pull;
    slope[1] = x[0] * pull;
  };
  for (std::size_t i = 0; i < kModes; ++i) {
    const Array end = by_odeint(field, {all.a0[i], all.b0[i]}, all.time[0], 1e-3);
    a[i] = end[0];
    b[i] = end[1];
  }
}

template <class Ours>
void layers_beside_odeint(benchmark::State& state, const Ours& ours) {
  const Pairs all;
  Array a(kModes), b(kModes), peer_a(kModes), peer_b(kModes);
  in_turns(
      state, [&] { ours(all, a, b); }, [&] { layers_by_odeint(all, peer_a, peer_b); });
  state.counters["error"] = all.error(a, b);
  state.counters["peer_error"] = all.error(peer_a, peer_b);
}

void layers_by_law(benchmark::State& state) {
  layers_beside_odeint(state, [](const Pairs& all, Array& a, Array& b) {
    theory::layers_at({all.a0, all.b0, all.s, all.tau}, all.time, a, b);
  });
}
BENCHMARK(layers_by_law)->Iterations(kTurns)->UseManualTime()->Unit(benchmark::kMillisecond);

void layers_by_steps(benchmark::State& state) {
  flow::EnsembleOptions options;
  options.tolerance = std::pow(10, -static_cast<double>(state.range(0)));
  layers_beside_odeint(state, [&](const Pairs& all, Array& a, Array& b) {
    integrate_layers({all.a0, all.b0, all.s, all.tau}, all.time, a, b, options).require_complete();
  });
}
BENCHMARK(layers_by_steps)
    ->Arg(7)
    ->Arg(8)
    ->ArgName("digits")
    ->Iterations(kTurns)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dln::benchmarks
