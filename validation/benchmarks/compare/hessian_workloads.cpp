// The largest Hessian eigenvalue of 784-100-100-100-10 on the way, by Lanczos, beside the R operator in NumPy
// under SciPy's eigsh: both to a residual of 1e-8. On Fashion-MNIST where Debian's package has it, else on
// correlations whose spectrum falls as that of images does.
#include <fmt/format.h>

#include <cmath>

#include "dln/base/random.hpp"
#include "dln/data/dataset.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/chain_gradient.hpp"
#include "dln/network/hessian.hpp"
#include "validation/benchmarks/compare/workloads.hpp"

namespace dln::compare {
namespace {

constexpr const char* kImages = "/usr/share/datasets/fashion-mnist";
constexpr double kTolerance = 1e-8;

data::Correlations made(Eigen::Index inputs) {
  auto stream = base::stream(1, "compare, Hessian");
  data::Correlations c;
  const linalg::Vector spectrum = linalg::Vector::NullaryExpr(
      inputs, [](Eigen::Index i) { return 40 / std::pow(static_cast<double>(i + 1), 1.5); });
  const linalg::Matrix basis = linalg::haar_orthonormal(inputs, inputs, stream);
  c.sigma11 = basis * spectrum.asDiagonal() * basis.transpose();
  c.sigma11 = (0.5 * (c.sigma11 + c.sigma11.transpose())).eval();
  c.sigma31 = linalg::Matrix::NullaryExpr(10, inputs, [&] { return 0.05 * stream.normal(); });
  return c;
}

data::Correlations correlations(const Bench& bench, std::string& of_what) {
  of_what = "made correlations";
  if (bench.quick()) return made(40);
  if (!std::filesystem::exists(kImages)) return made(784);
  of_what = "Fashion-MNIST";
  auto source = data::open_dataset(kImages);
  data::CorrelationAccumulator sums(source.input_size, source.target_size);
  for (data::Dataset batch; source.next(batch);) sums.add(batch);
  return sums.result(data::Normalisation::mean);
}

// Random weights after 200 steps.
network::LinearNetwork<double> trained(const std::vector<Eigen::Index>& units, const data::Correlations& c) {
  auto stream = base::stream(2, "compare, Hessian");
  network::LinearNetwork<double> n(units);
  for (int l = 1; l < static_cast<int>(units.size()); ++l) {
    auto w = n.weight(l);
    const double deviation = 1 / std::sqrt(static_cast<double>(w.cols()));
    w = linalg::Matrix::NullaryExpr(w.rows(), w.cols(), [&] { return deviation * stream.normal(); });
  }
  network::ChainGradient<double> gradient(c, n);
  for (int i = 0; i < 200; ++i) {
    gradient.look(n);
    gradient.step(n, 1e-2);
  }
  return n;
}

void top_eigenvalue(Bench& bench) {
  std::string of_what;
  const auto c = correlations(bench, of_what);
  const std::vector<Eigen::Index> units = bench.quick() ? std::vector<Eigen::Index>{40, 20, 20, 20, 10}
                                                        : std::vector<Eigen::Index>{784, 100, 100, 100, 10};
  const auto n = trained(units, c);
  Contest contest(bench, "hessian",
                  fmt::format("top Hessian eigenvalue, {} parameters, {}", n.buffer().size(), of_what));
  nlohmann::json arrays{{"sigma11", bench.hand_over("sigma11", c.sigma11)},
                        {"sigma31", bench.hand_over("sigma31", c.sigma31)}};
  for (int l = 1; l <= 4; ++l)
    arrays[fmt::format("w{}", l)] = bench.hand_over(fmt::format("w{}", l), linalg::Matrix(n.weight(l)));
  double value = 0, reference = network::top_hessian_eigenvalue(n, c, {.tolerance = 1e-12}).value;
  const auto enter = [&](double tolerance) {
    return bench.enter(1, "hessian", arrays, {{"matrices", 4}, {"tolerance", tolerance}},
                       [&](const data::NamedArrays& found) {
                         if (tolerance == 0) reference = found.at("value").values.at(0);
                         return std::abs(found.at("value").values.at(0) / reference - 1);
                       });
  };
  try {
    enter(0);  // ARPACK to full precision: a reference that is not our own
  } catch (const PeerMissing&) {
  } catch (const PeerFailed&) {
  }
  const auto run = [&] { value = network::top_hessian_eigenvalue(n, c, {.tolerance = kTolerance}).value; };
  run();
  contest.ours(run, std::abs(value / reference - 1), 1e-10);
  contest.peer(
      "NumPy R operator, SciPy eigsh", 5, [&] { return enter(kTolerance); }, true);
  contest.measure();
}

}  // namespace

std::vector<Workload> hessian_workloads() {
  return {{"hessian", "largest Hessian eigenvalue of 784-100-100-100-10", top_eigenvalue}};
}

}  // namespace dln::compare
