// The full deep network from any weights: Eq 13 is minus the gradient, and what it conserves.
#include <fmt/format.h>

#include <cmath>

#include "dln/base/random.hpp"
#include "dln/base/worst.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/gradient_flow.hpp"
#include "validation/context.hpp"
#include "validation/section_2/section_2.hpp"

namespace dln::validation::section_2 {
namespace {

using linalg::Matrix;
using Network = network::LinearNetwork<double>;

struct Setting {
  Network start;
  data::Correlations correlations;
};

// A random chain on correlations that are neither white nor aligned with anything.
Setting random_setting(const std::vector<Eigen::Index>& units, double deviation, std::uint64_t seed) {
  auto stream = base::stream(seed, "section 2 setting");
  const auto gaussian = [&](Eigen::Index rows, Eigen::Index columns) {
    return Matrix::NullaryExpr(rows, columns, [&] { return stream.normal(); });
  };
  Setting setting{Network(units), {}};
  for (double& w : setting.start.buffer()) w = deviation * stream.normal();
  const Matrix x = gaussian(units.front(), 3 * units.front()), y = gaussian(units.back(), x.cols());
  setting.correlations.sigma11 = x * x.transpose() / static_cast<double>(x.cols());
  setting.correlations.sigma31 = y * x.transpose() / std::sqrt(static_cast<double>(x.cols()));
  setting.correlations.target_power = y.squaredNorm();
  return setting;
}

using Gradient = std::function<Network(const Setting&)>;

Network by_eq13(const Setting& setting) {
  Network direction = setting.start;
  network::ChainGradient gradient(setting.correlations, setting.start);
  gradient(setting.start, direction);
  return direction;
}

// A product of matrices W^b ... W^a, square ones, read from a list of their indices.
Matrix product_of(const Network& n, const std::vector<int>& indices) {
  Matrix product = Matrix::Identity(n.inputs(), n.inputs());
  for (int l : indices)
    if (l >= 1) product = product * n.weight(l);
  return product;
}

// Eq 13 with the product under it taken literally as printed, W^b W^{b-1} ... W^{a-1} W^a: down to a - 1, and
// a again.
Network by_printed_product(const Setting& setting) {
  const int matrices = setting.start.depth().weight_matrices();
  const auto printed = [&](int a, int b) {
    std::vector<int> indices;
    for (int l = b; l >= a - 1; --l) indices.push_back(l);
    indices.push_back(a);
    return a > b ? product_of(setting.start, {}) : product_of(setting.start, indices);
  };
  Network direction = setting.start;
  for (int l = 1; l <= matrices; ++l)
    direction.weight(l) =
        printed(l + 1, matrices).transpose() *
        (setting.correlations.sigma31 - printed(1, matrices) * setting.correlations.sigma11) *
        printed(1, l - 1).transpose();
  return direction;
}

// Eq 13 without the factors below W^l.
Network without_lower_factors(const Setting& setting) {
  const int matrices = setting.start.depth().weight_matrices();
  Network direction = setting.start;
  const Matrix error =
      setting.correlations.sigma31 - network::end_to_end(setting.start) * setting.correlations.sigma11;
  for (int l = 1; l <= matrices; ++l)
    direction.weight(l) = network::product(setting.start, l + 1, matrices).transpose() * error;
  return direction;
}

// ||direction + dE/dW|| / ||dE/dW||, the derivative by central differences of the error.
double distance_from_gradient(const Setting& setting, const Network& direction) {
  const double h = 1e-5;
  double off = 0, size = 0;
  Network moved = setting.start;
  for (std::size_t i = 0; i < moved.buffer().size(); ++i) {
    const double w = setting.start.buffer()[i];
    moved.buffer()[i] = w + h;
    const double above = network::squared_error(moved, setting.correlations);
    moved.buffer()[i] = w - h;
    const double below = network::squared_error(moved, setting.correlations);
    moved.buffer()[i] = w;
    const double derivative = (above - below) / (2 * h);
    off += std::pow(direction.buffer()[i] + derivative, 2);
    size += derivative * derivative;
  }
  return std::sqrt(off / size);
}

std::vector<Check> c20(Context& context, const Gradient& gradient) {
  std::vector<Check> checks;
  for (int matrices : {1, 2, 3, 6}) {
    const auto setting = random_setting(std::vector<Eigen::Index>(static_cast<std::size_t>(matrices) + 1, 4),
                                        0.6, context.seed() + static_cast<std::uint64_t>(matrices));
    checks.push_back(
        {.quantity =
             fmt::format("Eq 13 against minus the gradient of the error, {} matrices, relative", matrices),
         .measured = distance_from_gradient(setting, gradient(setting)),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 1e-7,
         .bound_reason =
             "central differences of step h = 1e-5: rounding eps/h of an error some ten times its "
             "derivative, and h² times third derivatives",
         .wide_reason = "Both stay far below their largest",
         .witness_pair = "N"});
  }
  return checks;
}

std::vector<Check> x4(Context& context, const Gradient& corrected) {
  const auto setting = random_setting({4, 4, 4, 4}, 0.6, context.seed());
  return {{.quantity =
               "the product as printed: distance of the right-hand side from minus the gradient, relative",
           .measured = distance_from_gradient(setting, by_printed_product(setting)),
           .expected = 0,
           .relation = Relation::at_least,
           .bound = 0.01,
           .bound_reason = "far beyond what differences could make of it",
           .witness_pair = "N",
           .subject = Subject::printed},
          {.quantity = "W^{b} … W^{a+1} W^{a}: distance from minus the gradient, relative",
           .measured = distance_from_gradient(setting, corrected(setting)),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 1e-7,
           .bound_reason = "central differences of step 1e-5",
           .wide_reason = "Their error is far below its largest",
           .witness_pair = "N",
           .subject = Subject::corrected}};
}

// W^{l+1}^T W^{l+1} - W^l W^l^T of every pair of neighbours; `sign` -1 makes it the sum, which is not
// conserved.
std::vector<Matrix> balances(const Network& n, double sign) {
  std::vector<Matrix> all;
  for (int l = 1; l < n.depth().weight_matrices(); ++l)
    all.emplace_back(n.weight(l + 1).transpose() * n.weight(l + 1) -
                     sign * n.weight(l) * n.weight(l).transpose());
  return all;
}
double largest_change(const std::vector<Matrix>& before, const std::vector<Matrix>& after) {
  base::Worst worst;
  for (std::size_t i = 0; i < before.size(); ++i) worst.see((after[i] - before[i]).norm() / before[i].norm());
  return worst.value();
}

std::vector<Check> c21(Context& context, double sign) {
  const auto setting = random_setting({5, 6, 4, 7, 3}, 0.5, context.seed());
  const auto before = balances(setting.start, sign);
  const auto flow =
      network::gradient_flow_fully(setting.start, setting.correlations, 1, base::TimeGrid<double>({0, 10}),
                                   {.relative_tolerance = 1e-11, .absolute_tolerance = 1e-13});
  const auto end = network::network_at(setting.start, flow.trajectory.state(1));
  const auto drift = [&](double rate) {
    const auto result =
        network::descend_fully(setting.start, setting.correlations,
                               {.learning_rate = rate, .max_iterations = std::lround(4 / rate)});
    return largest_change(before, balances(result.network, sign));
  };
  const double coarse = drift(2e-3), fine = drift(1e-3);
  return {
      {.quantity = "largest relative change of W^{l+1}ᵀW^{l+1} − W^{l}W^{l}ᵀ along the flow, 5-6-4-7-3 "
                   "units, any Σ¹¹",
       .measured = largest_change(before, balances(end, sign)),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-8,
       .bound_reason = "some hundreds of steps, each within a tolerance of 1e-11",
       .wide_reason = "The stepper mostly does better than its tolerance",
       .witness_pair = "N"},
      {.quantity = "order in λ of its drift in gradient descent",
       .measured = std::log2(coarse / fine),
       .expected = 1,
       .relation = Relation::within,
       .bound = 0.1,
       .bound_reason =
           "each step adds λ² times a product of gradients, over a number of steps ∝ 1/λ; the next order is "
           "a factor λ s smaller",
       .witness_pair = "G"}};
}

}  // namespace

std::vector<Claim> claims_on_deep_networks() {
  return {
      {{.id = "C20",
        .section = 2,
        .sentence = "Eq 13 is minus the gradient of the squared error of a chain of any length.",
        .source = "Eq 13",
        .formula = "τ dW^{l}/dt = (Π_{i>l} W^{i})ᵀ [Σ³¹ − (Π W^{i}) Σ¹¹] (Π_{i<l} W^{i})ᵀ",
        .witnesses = "SN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c20(c, by_eq13); },
       "the factors below W^{l} are left out",
       [](Context& c) { return c20(c, without_lower_factors); }},
      {{.id = "C21",
        .section = 2,
        .sentence = "W^{l+1}ᵀW^{l+1} − W^{l}W^{l}ᵀ is conserved by Eq 13 for every pair of neighbours, "
                    "whatever Σ¹¹ and the "
                    "widths; gradient descent drifts from it in proportion to λ.",
        .source = "after Eq 14 (a_{i}² − a_{j}²), in matrices",
        .formula = "d/dt (W^{l+1}ᵀW^{l+1} − W^{l}W^{l}ᵀ) = 0",
        .witnesses = "SNG",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c21(c, 1); },
       "the sum in the place of the difference",
       [](Context& c) { return c21(c, -1); }},
      {{.id = "X4",
        .kind = Kind::error,
        .section = 2,
        .sentence = "The product in Eq 13.",
        .source = "under Eq 13",
        .formula = "Π_{i=a}^{b} W^{i}",
        .printed = "W^{b} W^{b−1} … W^{a−1} W^{a}",
        .corrected = "W^{b} W^{b−1} … W^{a+1} W^{a}",
        .witnesses = "SN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return x4(c, by_eq13); },
       "the factors below W^{l} are left out of the corrected form",
       [](Context& c) { return x4(c, without_lower_factors); }},
  };
}

}  // namespace dln::validation::section_2
