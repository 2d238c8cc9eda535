// The largest Hessian eigenvalue of a network of images' sizes: our short recurrence beside Spectra's
// restarted one, both by the same exact products; and one such product beside one gradient.
#include <Spectra/SymEigsSolver.h>
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>

#include "dln/linalg/decompositions.hpp"
#include "dln/network/chain_gradient.hpp"
#include "dln/network/hessian.hpp"
#include "dln/network/initial_weights.hpp"
#include "validation/benchmarks/paired.hpp"

namespace dln::benchmarks {
namespace {

using network::LinearNetwork;

// Nothing is balanced and nothing is learned: random weights, random correlations.
struct Problem {
  data::Correlations correlations;
  LinearNetwork<double> network;
};
Problem problem(bool white) {
  auto stream = base::stream(1, "Hessian benchmark");
  const auto gaussian = [&] { return stream.normal(); };
  data::Correlations correlations;
  const linalg::Matrix examples = linalg::Matrix::NullaryExpr(784, 2000, gaussian);
  if (white)
    correlations.sigma11 = linalg::Matrix::Identity(784, 784);
  else
    correlations.sigma11 = examples * examples.transpose() / 2000;
  correlations.sigma31 = linalg::Matrix::NullaryExpr(10, 784, gaussian) / 28;
  LinearNetwork<double> network({784, 100, 100, 100, 10});
  for (int l = 1; l <= 4; ++l)
    network.weight(l) = linalg::Matrix::NullaryExpr(network.weight(l).rows(), network.weight(l).cols(), [&] {
      return stream.normal() / std::sqrt(static_cast<double>(network.weight(l).cols()));
    });
  return {correlations, network};
}

// Spectra's matrix-free operator.
class Operator {
 public:
  using Scalar = double;
  explicit Operator(const Problem& p)
      : product_(p.correlations, p.network), in_(p.network), out_(p.network) {}
  Eigen::Index rows() const { return static_cast<Eigen::Index>(in_.buffer().size()); }
  Eigen::Index cols() const { return rows(); }
  void perform_op(const double* x, double* y) const {
    std::copy_n(x, rows(), in_.buffer().begin());
    product_(in_, out_);
    std::ranges::copy(out_.buffer(), y);
    ++products;
  }
  mutable int products = 0;

 private:
  mutable network::HessianProduct product_;
  mutable LinearNetwork<double> in_, out_;
};

void top_eigenvalue_beside_spectra(benchmark::State& state) {
  const Problem p = problem(state.range(0) == 1);
  const double tolerance = 1e-10;
  double ours = 0, our_residual = 0, peer = 0, peer_residual = 0;
  int our_products = 0, peer_products = 0;
  in_turns(
      state,
      [&] {
        const auto top = network::top_hessian_eigenvalue(p.network, p.correlations, {.tolerance = tolerance});
        ours = top.value;
        our_residual = top.residual;
        our_products = top.products;
      },
      [&] {
        Operator counted(p);
        Spectra::SymEigsSolver<Operator> solver(counted, 1, state.range(1));
        solver.init();
        solver.compute(Spectra::SortRule::LargestAlge, 1000, tolerance);
        peer = solver.eigenvalues()[0];
        const linalg::Vector v = solver.eigenvectors().col(0);
        linalg::Vector hv(v.size());
        counted.perform_op(v.data(), hv.data());
        peer_residual = (hv - peer * v).norm() / peer;
        peer_products = counted.products;
      });
  state.counters["products"] = our_products;
  state.counters["peer_products"] = peer_products;
  state.counters["residual"] = our_residual;
  state.counters["peer_residual"] = peer_residual;
  state.counters["difference"] = std::abs(ours / peer - 1);
}
BENCHMARK(top_eigenvalue_beside_spectra)
    ->ArgNames({"white", "peer_basis"})
    ->ArgsProduct({{0, 1}, {6, 10, 20}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(10);

void hessian_product_beside_gradient(benchmark::State& state) {
  const Problem p = problem(state.range(0) == 1);
  network::HessianProduct product(p.correlations, p.network);
  network::ChainGradient gradient(p.correlations, p.network);
  LinearNetwork<double> direction = p.network, result = p.network;
  in_turns(
      state, [&] { product(direction, result); }, [&] { gradient(p.network, result); });
}
BENCHMARK(hessian_product_beside_gradient)
    ->ArgName("white")
    ->Arg(0)
    ->Arg(1)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond)
    ->Iterations(100);

}  // namespace
}  // namespace dln::benchmarks
