// One step of gradient descent (Eq 13) in place, in a network a thousand units wide: beside plain products by
// Eigen, and beside what the machine allows.
//
// The limit is the larger of two times: of bytes, one pass that reads the weights and one that reads and
// writes them, at the bandwidths measured here on memory of the same size; and of operations, 60 a weight for
// ten outputs, at the rate of a large matrix product measured here. Configure with DLN_NATIVE=ON for a
// product at this machine's full rate; the rate that was used is printed.
#include <benchmark/benchmark.h>

#include <time.h>

#include <Eigen/Core>
#include <algorithm>
#include <limits>
#include <vector>

#include "dln/base/random.hpp"
#include "dln/network/chain_gradient.hpp"
#include "validation/benchmarks/paired.hpp"

namespace dln::benchmarks {
namespace {

template <class Real>
using Dense = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;

// Least time of this thread's processor: what other programs take meanwhile does not count.
template <class Work>
double fastest(int times, Work&& work) {
  const auto now = [] {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  };
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < times; ++i) {
    const double start = now();
    work();
    best = std::min(best, now() - start);
  }
  return best;
}

// Operations a second of a product of large square matrices.
template <class Real>
double product_rate() {
  constexpr Eigen::Index n = 1024;
  const Dense<Real> a = Dense<Real>::Constant(n, n, Real(0.5)), b = a;
  Dense<Real> c(n, n);
  return 2.0 * n * n * n / fastest(5, [&] { c.noalias() = a * b; });
}

// Seconds to read `memory` once, and to read and write it in place. Eight sums, so that adding is not what
// takes the time.
template <class Real>
double byte_time(std::vector<Real>& memory) {
  Eigen::Map<Eigen::Array<Real, Eigen::Dynamic, 1>> all(memory.data(),
                                                        static_cast<Eigen::Index>(memory.size()));
  const double reading = fastest(3, [&] {
    Eigen::Array<Real, 64, 1> sums = Eigen::Array<Real, 64, 1>::Zero();
    for (Eigen::Index i = 0; i + 64 <= all.size(); i += 64) sums += all.template segment<64>(i);
    benchmark::DoNotOptimize(sums.data());
    benchmark::ClobberMemory();
  });
  return reading + fastest(3, [&] {
           all *= Real(1.0000001);
           benchmark::ClobberMemory();
         });
}

struct Setting {
  data::Correlations correlations;
  std::vector<Eigen::Index> units;
};
Setting setting(std::size_t layers) {
  auto stream = base::stream(1, "wide step benchmark");
  Setting s;
  s.correlations.sigma11 = linalg::Vector::LinSpaced(784, 1, 100).asDiagonal();
  s.correlations.sigma31 = linalg::Matrix::NullaryExpr(10, 784, [&] { return stream.normal(); });
  s.units.assign(layers, 1000);
  s.units.front() = 784;
  s.units.back() = 10;
  return s;
}

// The peer: the ten-row order by general products, then the update.
template <class Real>
void plain_step(network::LinearNetwork<Real>& n, const Setting& s, Real rate) {
  const int matrices = n.depth().weight_matrices();
  std::vector<Dense<Real>> above(static_cast<std::size_t>(matrices) + 1);
  auto at = [&](int l) -> Dense<Real>& { return above[static_cast<std::size_t>(l)]; };
  at(matrices - 1) = n.weight(matrices);
  for (int l = matrices - 1; l >= 1; --l) at(l - 1).noalias() = at(l) * n.weight(l);
  Dense<Real> below = s.correlations.sigma31.template cast<Real>();
  below -= at(0) * s.correlations.sigma11.diagonal().template cast<Real>().asDiagonal();
  for (int l = 1; l < matrices; ++l) {
    const Dense<Real> next = below * n.weight(l).transpose();
    n.weight(l).noalias() += rate * at(l).transpose() * below;
    below = next;
  }
  n.weight(matrices) += rate * below;
}

template <class Real>
void wide_step(benchmark::State& state) {
  const auto s = setting(static_cast<std::size_t>(state.range(0)));
  network::LinearNetwork<Real> ours(s.units);
  auto stream = base::stream(2, "wide step benchmark");
  // Of the size at which products keep theirs through a hundred matrices.
  for (Real& w : ours.buffer()) w = static_cast<Real>(stream.normal() / std::sqrt(1000.0));
  auto peer = ours;
  const auto start = ours;
  const auto rate = static_cast<Real>(1e-6);
  network::ChainGradient<Real> gradient(s.correlations, ours);
  in_turns(
      state,
      [&] {
        gradient.look(ours);
        gradient.step(ours, rate);
      },
      [&] { plain_step(peer, s, rate); });
  double off = 0, size = 0;  // of the change: in float most of it is lost to rounding the weights
  for (std::size_t i = 0; i < ours.buffer().size(); ++i) {
    off += std::pow(static_cast<double>(ours.buffer()[i]) - static_cast<double>(peer.buffer()[i]), 2);
    size += std::pow(static_cast<double>(peer.buffer()[i]) - static_cast<double>(start.buffer()[i]), 2);
  }
  state.counters["difference"] = std::sqrt(off / size);
  const double weights = static_cast<double>(ours.buffer().size()), rate_of_products = product_rate<Real>();
  std::vector<Real> memory(ours.buffer().size(), Real(1));
  const double bytes = byte_time(memory), operations = 60 * weights / rate_of_products;
  const double again = fastest(5, [&] {
    gradient.look(ours);
    gradient.step(ours, rate);
  });
  state.counters["product_GF/s"] = rate_of_products * 1e-9;
  state.counters["byte_ms"] = 1e3 * bytes;
  state.counters["operation_ms"] = 1e3 * operations;
  state.counters["best_ms"] = 1e3 * again;
  state.counters["of_limit"] = std::max(bytes, operations) / again;
}
BENCHMARK(wide_step<double>)
    ->Arg(10)
    ->Arg(30)
    ->Arg(100)
    ->ArgName("layers")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(5);
BENCHMARK(wide_step<float>)
    ->Arg(10)
    ->Arg(30)
    ->Arg(100)
    ->ArgName("layers")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(5);

}  // namespace
}  // namespace dln::benchmarks
