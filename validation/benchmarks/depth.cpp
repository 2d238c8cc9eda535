// Deep modes and deep networks: Eq 15 in closed form beside a plain odeint loop, and one gradient step of a
// network 1000 wide, compressed beside whole.
#include <benchmark/benchmark.h>

#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <vector>

#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/chain_gradient.hpp"
#include "dln/network/hidden_compression.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/deep_mode.hpp"
#include "validation/benchmarks/paired.hpp"

namespace dln::benchmarks {
namespace {

constexpr int kModes = 10'000;
constexpr double kStart = 1e-3;

struct Asked {
  double s, t;
};
// s from 0.5 to 10, each at about the time of half learning.
std::vector<Asked> asked(const base::DepthExponent& depth) {
  std::vector<Asked> all;
  for (int i = 0; i < kModes; ++i) {
    const double s = 0.5 + 9.5 * i / (kModes - 1);
    all.push_back({s, (0.97 + 0.06 * (i % 7) / 6.0) *
                          half_learning_time(theory::DeepMode<double>(depth, {s, kStart, 1}))});
  }
  return all;
}

std::vector<double> by_plain_odeint(const std::vector<Asked>& modes, double L, double tolerance) {
  namespace odeint = boost::numeric::odeint;
  using State = std::vector<double>;
  std::vector<double> strengths;
  for (const auto& [s, t] : modes) {
    State u{kStart};
    odeint::integrate_adaptive(
        odeint::make_controlled(tolerance, tolerance, odeint::runge_kutta_dopri5<State>()),
        [L, s = s](const State& x, State& rate, double) {
          rate[0] = L * std::pow(x[0], 2 - 2 / L) * (s - x[0]);
        },
        u, 0.0, t, 1e-3 * t);
    strengths.push_back(u[0]);
  }
  return strengths;
}

// Errors against the law in long double.
void eq15_beside_odeint(benchmark::State& state) {
  const auto L = static_cast<double>(state.range(0));
  const auto depth = base::DepthExponent::from_real(L);
  const auto modes = asked(depth);
  std::vector<double> ours, peer;
  in_turns(
      state,
      [&] {
        ours.clear();
        for (const auto& [s, t] : modes)
          ours.push_back(strength_at(theory::DeepMode<double>(depth, {s, kStart, 1}), t));
      },
      [&] { peer = by_plain_odeint(modes, L, 1e-8); });
  base::Worst our_error, peer_error;
  for (std::size_t i = 0; i < modes.size(); ++i) {
    const auto exact = static_cast<double>(
        strength_at(theory::DeepMode<long double>(
                        depth, {static_cast<long double>(modes[i].s), static_cast<long double>(kStart), 1}),
                    static_cast<long double>(modes[i].t)));
    our_error.see(std::abs(ours[i] - exact) / modes[i].s);
    peer_error.see(std::abs(peer[i] - exact) / modes[i].s);
  }
  state.counters["error"] = our_error.value();
  state.counters["peer_error"] = peer_error.value();
}
BENCHMARK(eq15_beside_odeint)
    ->Arg(3)
    ->Arg(9)
    ->Arg(99)
    ->ArgName("matrices")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// Images' sizes, ten classes; random correlations do as well.
void gradient_step(benchmark::State& state) {
  const auto layers = static_cast<std::size_t>(state.range(0));
  auto stream = base::stream(1, "gradient step benchmark");
  data::Correlations correlations;
  correlations.sigma11 = linalg::Vector::LinSpaced(784, 1, 100).asDiagonal();
  correlations.sigma31 = linalg::Matrix::NullaryExpr(10, 784, [&] { return stream.normal(); });
  const auto modes = data::singular_modes(correlations.sigma31);
  std::vector<Eigen::Index> units(layers, 1000);
  units.front() = 784;
  units.back() = 10;
  const auto matrices = static_cast<Eigen::Index>(layers) - 1;
  const auto whole =
      network::decoupled_weights(units, modes, linalg::Matrix::Constant(matrices, 10, 0.9), stream).network;
  const network::HiddenCompression compression(whole);
  auto small = compression.compress(whole), moved = whole;
  network::ChainGradient small_gradient(correlations, small), whole_gradient(correlations, whole);
  const auto step = [](auto& gradient, auto& network) {
    gradient.look(network);
    gradient.step(network, 1e-6);
  };
  in_turns(
      state, [&] { step(small_gradient, small); }, [&] { step(whole_gradient, moved); });
  const auto expanded = compression.expand(small);
  double off = 0, size = 0;  // of the change
  for (std::size_t i = 0; i < expanded.buffer().size(); ++i) {
    off += std::pow(expanded.buffer()[i] - moved.buffer()[i], 2);
    size += std::pow(moved.buffer()[i] - whole.buffer()[i], 2);
  }
  state.counters["difference"] = std::sqrt(off / size);
}
BENCHMARK(gradient_step)
    ->Arg(10)
    ->Arg(30)
    ->Arg(100)
    ->ArgName("layers")
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond)
    ->Iterations(20);

}  // namespace
}  // namespace dln::benchmarks
