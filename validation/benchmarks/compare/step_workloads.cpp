// One step of Eq 13 in place in a network 1000 units wide: dense beside NumPy in the order of ten rows and
// beside the machine's limit, and compressed to the directions that learning reaches. Errors are those of the
// change that one step makes, seen through four random directions a layer, beside plain products by Eigen.
#include <fmt/format.h>

#include <cmath>

#include "dln/base/random.hpp"
#include "dln/network/chain_gradient.hpp"
#include "dln/network/hidden_compression.hpp"
#include "validation/benchmarks/compare/chain.hpp"
#include "validation/benchmarks/compare/workloads.hpp"

namespace dln::compare {
namespace {

using network::LinearNetwork;

constexpr double kRate = 1e-4;
// The change is 1e-4 of the weights or less, whose roundings are its own.
constexpr double kStepBound = 1e-9;

struct Step {
  Chain chain;
  linalg::Matrix probe;                  // inputs of the widest layer x 4
  std::vector<linalg::Matrix> expected;  // what a plain step changes, layer by layer
};

std::vector<linalg::Matrix> change(const LinearNetwork<double>& now, const LinearNetwork<double>& before,
                                   const linalg::Matrix& probe) {
  std::vector<linalg::Matrix> all;
  for (int l = 1; l <= now.depth().weight_matrices(); ++l)
    all.push_back((now.weight(l) - before.weight(l)) * probe.topRows(now.weight(l).cols()));
  return all;
}

Step step(const Bench& bench, std::size_t layers) {
  const Eigen::Index inputs = bench.quick() ? 60 : 784, width = bench.quick() ? 100 : 1000;
  Step s{decoupled_chain(layers, inputs, width), {}, {}};
  auto stream = base::stream(1, "compare, probe");
  s.probe = linalg::Matrix::NullaryExpr(std::max(inputs, width), 4, [&] { return stream.normal(); });
  auto moved = s.chain.network;
  plain_step(moved, s.chain.correlations, kRate);
  s.expected = change(moved, s.chain.network, s.probe);
  return s;
}

// Of all layers' changes together, relative.
double off(const Step& s, const std::vector<linalg::Matrix>& found) {
  double difference = 0, size = 0;
  for (std::size_t l = 0; l < s.expected.size(); ++l) {
    difference += (found.at(l) - s.expected[l]).squaredNorm();
    size += s.expected[l].squaredNorm();
  }
  return std::sqrt(difference / size);
}

Entrant numpy(Bench& bench, const Step& s) {
  const int matrices = s.chain.network.depth().weight_matrices();
  const linalg::Matrix diagonal = s.chain.correlations.sigma11.diagonal().transpose();
  nlohmann::json arrays{{"sigma11", bench.hand_over("sigma11", diagonal)},
                        {"sigma31", bench.hand_over("sigma31", s.chain.correlations.sigma31)},
                        {"probe", bench.hand_over("probe", s.probe)}};
  for (int l = 1; l <= matrices; ++l) {
    const std::string name = fmt::format("w{}", l);
    arrays[name] = bench.hand_over(name, linalg::Matrix(s.chain.network.weight(l)));
  }
  return bench.enter(
      1, "step", arrays, {{"matrices", matrices}, {"rate", kRate}}, [&](const data::NamedArrays& found) {
        std::vector<linalg::Matrix> changes;
        for (int l = 1; l <= matrices; ++l) {
          const auto& values = found.at(fmt::format("change{}", l)).values;
          changes.push_back(Eigen::Map<const linalg::Matrix>(
                                values.data(), 4, s.expected[static_cast<std::size_t>(l - 1)].rows())
                                .transpose());
        }
        return off(s, changes);
      });
}

void note_limit(Bench& bench, const std::string& name, std::size_t weights) {
  if (bench.quick() || bench.rows.empty()) return;
  bench.look_at_limits();
  const double limit = bench.limits().step_seconds(weights);
  bench.limit_rows.push_back({name, bench.rows.back().our_seconds, limit, 0.65});
}

void dense(Bench& bench, const std::string& name, std::size_t layers) {
  const Step s = step(bench, layers);
  Contest contest(bench, name,
                  fmt::format("one step, {} layers, width {}", layers, s.chain.network.units()[1]));
  auto moved = s.chain.network;
  network::ChainGradient<double> gradient(s.chain.correlations, moved);
  const auto run = [&] {
    gradient.look(moved);
    gradient.step(moved, kRate);
  };
  run();
  contest.ours(run, off(s, change(moved, s.chain.network, s.probe)), kStepBound);
  contest.peer(
      "NumPy, order of ten rows", 2, [&] { return numpy(bench, s); }, true);
  contest.measure();
  bench.forget(1, "step");
  note_limit(bench, name, moved.buffer().size());
}

void compressed(Bench& bench) {
  const Step s = step(bench, 100);
  Contest contest(bench, "compressed-100",
                  fmt::format("one step compressed, {} layers", s.chain.network.units().size()));
  const network::HiddenCompression compression(s.chain.network);
  auto moved = compression.compress(s.chain.network);
  network::ChainGradient<double> gradient(s.chain.correlations, moved);
  const auto run = [&] {
    gradient.look(moved);
    gradient.step(moved, kRate);
  };
  run();
  contest.ours(run, off(s, change(compression.expand(moved), s.chain.network, s.probe)), kStepBound);
  contest.peer(
      "NumPy, dense", 3000, [&] { return numpy(bench, s); }, true);
  contest.measure();
  bench.forget(1, "step");
}

}  // namespace

std::vector<Workload> step_workloads() {
  std::vector<Workload> all;
  for (const std::size_t layers : {5, 10, 30, 100}) {
    const std::string name = fmt::format("step-{}", layers);
    all.push_back({name, fmt::format("one dense step, N_l = {}, width 1000", layers),
                   [name, layers](Bench& bench) { dense(bench, name, layers); }});
  }
  all.push_back({"compressed-100", "one compressed step, N_l = 100, beside NumPy, dense", compressed});
  return all;
}

}  // namespace dln::compare
