// Beyond the paper's decoupled modes: Eq 2 solved exactly for whole matrices, from every lambda-balanced
// start.
#include "dln/theory/matrix_solution.hpp"

#include <fmt/format.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/experiments/network_run.hpp"
#include "dln/flow/connectivity_flow.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "validation/context.hpp"
#include "validation/section_1/section_1.hpp"
#include "validation/section_1/witnesses.hpp"

namespace dln::validation::section_1 {
namespace {

using experiments::LearningProblem;
using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

// What a solution says of the weights at one time.
struct Products {
  Matrix map, inputs, outputs;  // W32 W21, W21^T W21, W32 W32^T
};

Products products_of(const Matrix& w21, const Matrix& w32) {
  return {w32 * w21, w21.transpose() * w21, w32 * w32.transpose()};
}

// From W21, W32 and Sigma31 (tau = 1) to the solution in time.
using ExactSolution = std::function<std::function<Products(double)>(const Matrix& w21, const Matrix& w32,
                                                                    const Matrix& sigma31)>;

std::function<Products(double)> riccati(const Matrix& w21, const Matrix& w32, const Matrix& sigma31) {
  return [solution = theory::MatrixSolution(w21, w32, sigma31, 1)](double t) {
    return Products{solution.end_to_end_at(t), solution.input_representation_at(t),
                    solution.output_representation_at(t)};
  };
}

// That of tau Q' = F Q - Q Q^T Q: sqrt(2) Q obeys the right one.
std::function<Products(double)> without_the_half(const Matrix& w21, const Matrix& w32,
                                                 const Matrix& sigma31) {
  const double root = std::sqrt(2.0);
  return [doubled = riccati(root * w21, root * w32, sigma31)](double t) {
    Products products = doubled(t);
    for (auto part : {&Products::map, &Products::inputs, &Products::outputs}) products.*part /= 2;
    return products;
  };
}

double difference(const Products& found, const Products& wanted) {
  base::Worst worst;
  for (auto part : {&Products::map, &Products::inputs, &Products::outputs})
    worst.see(linalg::relative_difference(found.*part, wanted.*part));
  return worst.value();
}

// The tangent kernel between two inputs in general position, from the two representations.
Matrix tangent_kernel(const Products& p) {
  const Vector x = Vector::LinSpaced(p.inputs.rows(), -1, 2),
               other = Vector::LinSpaced(p.inputs.rows(), 3, 1);
  Matrix kernel = x.dot(other) * p.outputs;
  kernel.diagonal().array() += x.dot(p.inputs * other);
  return kernel;
}

// -------------------------------------------------------------------------------------------- starts

// A balanced network whose map is any matrix of rank `hidden`: its modes overlap with those of Sigma31 as
// they will.
Network overlapping_start(const LearningProblem& problem, Eigen::Index hidden, double strength,
                          std::uint64_t seed) {
  auto stream = base::stream(seed, "overlapping start");
  const auto units = units_of(problem, hidden);
  Vector strengths(hidden);
  for (double& u : strengths) u = strength * (0.5 + stream.uniform());
  const Matrix map = linalg::haar_orthonormal(units[2], hidden, stream) * strengths.asDiagonal() *
                     linalg::haar_orthonormal(units[0], hidden, stream).transpose();
  return network::balanced_weights(units, map, stream);
}

// The same with W32^T W32 larger by lambda I.
Network with_balance(Network start, double lambda) {
  const Matrix w32 = start.weight(2);
  const auto square = linalg::symmetric_eigen(w32.transpose() * w32);
  const Vector growth = (1 + lambda / square.values.array()).sqrt();
  start.weight(2) = w32 * square.vectors * growth.asDiagonal() * square.vectors.transpose();
  return start;
}

// -------------------------------------------------------------------------------------------- the network

constexpr double kTolerance = 1e-12;
// Of these starts, larger than the 2 to 7 that follow_flow() measures, which quick effort has no time for.
constexpr double kAmplification = 10;

std::vector<double> times_to(double last) {
  std::vector<double> times;
  for (int i = 0; i <= 12; ++i) times.push_back(last * i / 12);
  return times;
}

std::string name_of_balance(double lambda) {
  return lambda == 0 ? "balanced start" : fmt::format("λ-balanced start, λ = {:g}", lambda);
}

// The whole course: from s_1's rise until the last mode that the hidden units hold has been learned.
void check_network(std::vector<Check>& checks, Context& context, const LearningProblem& problem,
                   Eigen::Index hidden, double balance, const ExactSolution& solve) {
  const Vector& s = problem.modes.singular_values;
  const double lambda = balance * s[0];
  const Network start = with_balance(overlapping_start(problem, hidden, 1e-2 * s[0], context.seed()), lambda);
  const auto exact = solve(start.weight(1), start.weight(2), problem.correlations.sigma31);
  const auto times = times_to(12 / s[hidden - 1]);
  const bool measured_here = context.effort() != Effort::quick;
  const auto flow = experiments::follow_flow(start, problem.correlations, times,
                                             {.relative_tolerance = kTolerance, .check = measured_here},
                                             context.progress());
  base::Worst products, kernels;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Network now = network::network_at(start, flow.run.weights[i]);
    const Products found = products_of(now.weight(1), now.weight(2)), wanted = exact(times[i]);
    products.see(difference(found, wanted));
    kernels.see(linalg::relative_difference(tangent_kernel(found), tangent_kernel(wanted)));
  }
  const double amplification = flow.accuracy ? flow.accuracy->amplification : kAmplification;
  const auto name = fmt::format("{}, N_{{2}} = {}", name_of_balance(lambda), hidden);
  for (const auto& [what, measured] :
       {std::pair{"W^{32}W^{21}, W^{21T}W^{21}, W^{32}W^{32T}", products.value()},
        {"tangent kernel of two inputs", kernels.value()}})
    checks.push_back(
        {.quantity = fmt::format("largest relative difference of {} from the full network: {}", what, name),
         .measured = measured,
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 2 * kTolerance * amplification,
         .bound_reason = fmt::format("tolerance {:g} of the weights, amplified by {:.2g} on this way "
                                     "past its saddles; products of two",
                                     kTolerance, amplification),
         .wide_reason = "The integrator keeps each step a hundred times better, and few err where "
                        "amplification is largest",
         .witness_pair = "TN",
         .dataset = problem.name});
}

// -------------------------------------------------------------------------------------------- Eq 5

void check_modes(std::vector<Check>& checks, Context& context, const LearningProblem& problem,
                 Eigen::Index hidden, double balance, const ExactSolution& solve) {
  const Vector& s = problem.modes.singular_values;
  const double lambda = balance * s[0], last = 6 / s[hidden - 1];
  const Network start = with_balance(overlapping_start(problem, hidden, 1e-1 * s[0], context.seed()), lambda);
  const auto exact = solve(start.weight(1), start.weight(2), problem.correlations.sigma31);
  const Matrix v = linalg::completed_basis(problem.modes.input),
               u = linalg::completed_basis(problem.modes.output);
  const flow::ConnectivityModes x{start.weight(1) * v, start.weight(2).transpose() * u};
  const flow::ConnectivityFlow eq5(s, 1);
  const base::TimeGrid<double> grid(times_to(last));
  const auto solution = ode::integrate_fully<double>(
      eq5.right_hand_side(x), flow::flatten(x), grid,
      {.relative_tolerance = kTolerance, .absolute_tolerance = 1e-2 * kTolerance * x.a.norm()});
  base::Worst worst;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const auto now = flow::unflatten(solution.trajectory.state(i), x);
    worst.see(difference(products_of(now.a * v.transpose(), u * now.b.transpose()), exact(grid[i])));
  }
  checks.push_back(
      {.quantity = fmt::format("largest relative difference of W^{{32}}W^{{21}}, W^{{21T}}W^{{21}}, "
                               "W^{{32}}W^{{32T}} from Eq 5, integrated: {}, N_{{2}} = {}",
                               name_of_balance(lambda), hidden),
       .measured = worst.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 2 * kTolerance * kAmplification,
       .bound_reason =
           "tolerance 1e-12, amplified by 10 at most on a way like those of the networks; products "
           "of two",
       .wide_reason = "From larger weights the way passes no saddle closely",
       .witness_pair = "TF",
       .dataset = problem.name});
}

// -------------------------------------------------------------------------------------------- saddles

// Square, balanced; det(W32 W21) has the sign of det(Sigma31) or the other.
struct SquareStart {
  data::Correlations correlations;
  Network network{std::vector<Eigen::Index>{1, 1, 1}};
};

SquareStart square_start(std::uint64_t seed, int run, bool same_sign) {
  const Eigen::Index n = 2 + run % 5;
  auto stream = base::stream(seed, "determinant of a start", run);
  const auto any = [&](double from, double step) {
    Vector s(n);
    for (Eigen::Index k = 0; k < n; ++k)
      s[k] = from + step * (static_cast<double>(n - k) + 0.5 * stream.uniform());
    return Matrix(linalg::haar_orthonormal(n, n, stream) * s.asDiagonal() *
                  linalg::haar_orthonormal(n, n, stream).transpose());
  };
  const Matrix sigma31 = any(0, 1);
  Matrix map = any(0, 1e-2);
  if ((map.determinant() * sigma31.determinant() > 0) != same_sign) map.row(0) *= -1;
  return {{Matrix::Identity(n, n), sigma31, 0, static_cast<std::uint64_t>(n), data::Normalisation::sum},
          network::balanced_weights({n, n, n}, map, stream)};
}

// Of 20 starts each, those of which the network does not come to where it was foretold to.
void check_outcomes(std::vector<Check>& checks, Context& context) {
  int recognised = 0, mistaken = 0;
  base::Worst distance;
  for (int run = 0; run < 20; ++run)
    for (bool same_sign : {false, true}) {
      const auto [correlations, start] = square_start(context.seed(), run, same_sign);
      const auto outcome =
          theory::MatrixSolution(start.weight(1), start.weight(2), correlations.sigma31, 1).outcome();
      const bool saddle = !outcome.least_error;
      if (!same_sign && saddle) ++recognised;
      if (same_sign && saddle) ++mistaken;
      const Matrix end = saddle ? outcome.end_to_end : correlations.sigma31;
      const auto flow =
          network::gradient_flow_fully(start, correlations, 1, base::TimeGrid<double>({0, 14}),
                                       {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-16});
      distance.see((network::end_to_end(network::network_at(start, flow.trajectory.state(1))) - end).norm());
    }
  const auto count = [&](const char* which, int measured, int expected) {
    checks.push_back({.quantity = fmt::format("of 20 square starts with det(W^{{32}}W^{{21}}) of {} "
                                              "det Σ^{{31}}, those foretold to end on a saddle",
                                              which),
                      .measured = static_cast<double>(measured),
                      .expected = static_cast<double>(expected),
                      .relation = Relation::within,
                      .bound = 0,
                      .bound_reason = "a whole number",
                      .witness_pair = "T"});
  };
  count("another sign than", recognised, 20);
  count("the sign of", mistaken, 0);
  checks.push_back({.quantity = "largest ‖W^{32}W^{21} − the end foretold‖ of these 40 networks at t = 14",
                    .measured = distance.value(),
                    .expected = 0,
                    .relation = Relation::at_most,
                    .bound = 0.05,
                    .bound_reason = "saddle and minimum lie 1 apart or more; a mode that gives way to a "
                                    "stronger one does so with e^{−(s_{k} − s_{k+1})t}, 1e-3 here, times how "
                                    "the start mixes the two",
                    .witness_pair = "TN"});
}

std::vector<Check> c45(Context& context, const ExactSolution& solve) {
  std::vector<Check> checks;
  for (double balance : {0.0, 0.1}) {
    check_network(checks, context, context.tree(), 6, balance, solve);
    check_network(checks, context, context.images(), 5, balance, solve);
    check_modes(checks, context, context.tree(), 4, balance, solve);
  }
  check_outcomes(checks, context);
  return checks;
}

}  // namespace

std::vector<Claim> claims_on_matrix_solution() {
  return {
      {{.id = "C45",
        .section = 1,
        .sentence =
            "From every start with W^{32T}W^{32} − W^{21}W^{21T} = λI, its modes overlapping as they may, "
            "Eq 2 has an exact solution: for W^{32}W^{21}, W^{21T}W^{21}, W^{32}W^{32T} and the tangent "
            "kernel; it ends at the best approximation unless the start lacks a growing direction, as "
            "square balanced ones with det(W^{32}W^{21}) of the wrong sign do.",
        .source =
            "beyond the paper: the matrix Riccati solution of the two-layer flow (Fukumizu 1998; Braun, "
            "Dominé, Fitzgerald, Saxe 2022, forms that need an invertible F)",
        .formula =
            "QQ^{T}(t) = e^{Ft/τ}Q_{0}(I + Q_{0}^{T} ∫_{0}^{t/τ} e^{2Fx}dx Q_{0})^{−1}Q_{0}^{T}e^{Ft/τ},  "
            "Q = (W^{21T}; W^{32}),  F = (−λ/2, Σ^{31T}; Σ^{31}, λ/2)",
        .witnesses = "STFN",
        .algebra = Algebra::part,
        .figures = {},
        .needs_images = true},
       [](Context& c) { return c45(c, riccati); },
       "QQ^{T}Q without its half",
       [](Context& c) { return c45(c, without_the_half); }},
  };
}

}  // namespace dln::validation::section_1
