// Starts on which the modes of a deep network decouple: that they stay decoupled, and Eq 14 on them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/flow/deep_flow.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"
#include "validation/context.hpp"
#include "validation/section_2/section_2.hpp"

namespace dln::validation::section_2 {
namespace {

using linalg::Matrix;

using DeepStart = std::function<network::DecoupledStart(Context&, const std::vector<Eigen::Index>&)>;

network::DecoupledStart decoupled(Context& context, const std::vector<Eigen::Index>& units) {
  const auto& problem = context.tree();
  auto stream = base::stream(context.seed(), "section 2 decoupled start");
  const Eigen::Index modes = std::min<Eigen::Index>(problem.modes.size(), 12);
  Matrix strengths(static_cast<Eigen::Index>(units.size()) - 1, modes);
  strengths.setConstant(0.9);
  for (Eigen::Index l = 0; l < strengths.rows(); ++l) strengths(l, l % modes) = 0.5;  // no two layers alike
  return network::decoupled_weights(units, problem.modes, strengths, stream);
}

network::DecoupledStart disturbed(Context& context, const std::vector<Eigen::Index>& units) {
  auto start = decoupled(context, units);
  auto stream = base::stream(context.seed(), "section 2 disturbance");
  for (double& w : start.network.buffer()) w += 1e-6 * stream.normal();
  return start;
}

std::vector<Check> c22(Context& context, const DeepStart& make) {
  const auto& problem = context.tree();
  std::vector<Check> checks;
  for (const std::vector<Eigen::Index>& hidden : {std::vector<Eigen::Index>{40, 24}, {30, 50, 16, 36, 28}}) {
    std::vector<Eigen::Index> units{problem.correlations.sigma31.cols()};
    std::ranges::copy(hidden, std::back_inserter(units));
    units.push_back(problem.correlations.sigma31.rows());
    const auto start = make(context, units);
    const double s = problem.modes.singular_values[0], matrices = static_cast<double>(units.size()) - 1;
    const double rate = 0.2 / (matrices * std::pow(s, 2 - 2 / matrices));
    const auto result = network::descend_fully(start.network, problem.correlations,
                                               {.learning_rate = rate, .max_iterations = 500});
    checks.push_back(
        {.quantity =
             fmt::format("part of the weights off the decoupled manifold after 500 steps, hidden layers {}",
                         fmt::join(hidden, ", ")),
         .measured = network::decoupling_residual(result.network, start.bases),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 1e-9,
         .bound_reason =
             "rounding of each step, 1e-16, which the flow amplifies while modes grow from 0.5 to s",
         .wide_reason = "Most of it lies along directions that do not grow",
         .witness_pair = "N",
         .dataset = problem.name});
  }
  return checks;
}

// Layer strengths of a decoupled start's modes: row l - 1 those of W^l.
Matrix strengths_in(const network::DecoupledStart& start) {
  Matrix strengths(static_cast<Eigen::Index>(start.bases.size()) - 1, start.bases[0].cols());
  for (Eigen::Index l = 0; l < strengths.rows(); ++l) {
    const auto i = static_cast<std::size_t>(l);
    strengths.row(l) =
        (start.bases[i + 1].transpose() * start.network.weight(static_cast<int>(l) + 1) * start.bases[i])
            .diagonal();
  }
  return strengths;
}

// The network's gradient along every mode against Eq 14 with s times `factor`.
std::vector<Check> c23(Context& context, double factor) {
  const auto& problem = context.tree();
  const std::vector<Eigen::Index> units{problem.correlations.sigma31.cols(), 30, 50, 16,
                                        problem.correlations.sigma31.rows()};
  const auto start = decoupled(context, units);
  const Matrix strengths = strengths_in(start);
  auto direction = start.network;
  network::ChainGradient gradient(problem.correlations, start.network);
  gradient(start.network, direction);
  const Matrix of_network = strengths_in({direction, start.bases});
  base::Worst worst;
  for (Eigen::Index k = 0; k < strengths.cols(); ++k) {
    const auto flow = flow::DeepFlow<double>({factor * problem.modes.singular_values[k], 1}).layers();
    std::vector<double> at(strengths.col(k).begin(), strengths.col(k).end()), of_mode(at.size());
    flow(at, of_mode, 0);
    for (std::size_t l = 0; l < at.size(); ++l)
      worst.see(std::abs(of_network(static_cast<Eigen::Index>(l), k) / of_mode[l] - 1));
  }
  return {
      {.quantity = "largest relative difference between the network's gradient along a mode and −∂E/∂a_{l} "
                   "of Eq 14, unequal "
                   "layers, 30-50-16 hidden units",
       .measured = worst.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-11,
       .bound_reason = "rounding of products of a thousand terms, of which a weak mode keeps a few per cent",
       .wide_reason = "Rounding errors cancel in the mean",
       .witness_pair = "FN",
       .dataset = problem.name}};
}

}  // namespace

std::vector<Claim> claims_on_decoupled_networks() {
  return {
      {{.id = "C22",
        .section = 2,
        .sentence = "A decoupled start R_{l+1} D_{l} R_{l}ᵀ stays decoupled at any depth and widths.",
        .source = "after Eq 13",
        .formula = "R_{l+1}ᵀ W^{l}(t) R_{l} diagonal for all t",
        .witnesses = "SN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c22(c, decoupled); },
       "the start is disturbed by 1e-6",
       [](Context& c) { return c22(c, disturbed); }},
      {{.id = "C23",
        .section = 2,
        .sentence = "On decoupled weights the network's gradient along a mode is that of Eq 14, whatever the "
                    "other modes do.",
        .source = "Eq 14",
        .formula = "E(a_{1}, …, a_{L}) = (s − Π a_{i})² / (2τ)",
        .witnesses = "SFN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c23(c, 1); },
       "s is one per cent too large",
       [](Context& c) { return c23(c, 1.01); }},
  };
}

}  // namespace dln::validation::section_2
