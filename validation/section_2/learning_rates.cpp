// How large a learning rate a mode bears at each depth, and how much later a deep network learns at its own
// best one.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/experiments/mode_rates.hpp"
#include "dln/flow/deep_flow.hpp"
#include "dln/flow/mode_descent.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/chain_gradient.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/depth_delay.hpp"
#include "dln/theory/learning_rate.hpp"
#include "validation/context.hpp"
#include "validation/section_2/section_2.hpp"

namespace dln::validation::section_2 {
namespace {

using base::Depth;
using base::DepthExponent;
using linalg::Matrix;
using Network = network::LinearNetwork<double>;

DepthExponent layers(int n) {
  return DepthExponent(Depth::from_layers(n));
}

// The network's own Hessian, column by column: central differences of its gradient.
Matrix hessian_of(const Network& at, const data::Correlations& correlations) {
  const double h = 1e-5;
  network::ChainGradient gradient(correlations, at);
  Network moved = at, direction = at;
  const auto size = static_cast<Eigen::Index>(at.buffer().size());
  const auto minus_gradient = [&] {
    gradient(moved, direction);
    return linalg::Vector(Eigen::Map<linalg::Vector>(direction.buffer().data(), size));
  };
  Matrix hessian(size, size);
  for (Eigen::Index i = 0; i < size; ++i) {
    double& w = moved.buffer()[static_cast<std::size_t>(i)];
    const double before = w;
    w = before + h;
    const linalg::Vector above = minus_gradient();
    w = before - h;
    hessian.col(i) = (minus_gradient() - above) / (2 * h);
    w = before;
  }
  return (hessian + hessian.transpose()) / 2;
}

data::Correlations white(const Matrix& sigma31) {
  data::Correlations correlations;
  correlations.sigma11 = Matrix::Identity(sigma31.cols(), sigma31.cols());
  correlations.sigma31 = sigma31;
  correlations.target_power = sigma31.squaredNorm();
  return correlations;
}

// How a claim obtains the eigenvalues along the diagonal.
using Diagonal = std::function<theory::DiagonalHessian<double>(const Depth&, double s, double a)>;

theory::DiagonalHessian<double> by_theory(const Depth& depth, double s, double a) {
  return theory::diagonal_hessian(depth, s, a);
}
// Without the residual's part: Gauss and Newton's, which has no negative direction.
theory::DiagonalHessian<double> gauss_newton(const Depth& depth, double, double a) {
  const int L = depth.weight_matrices();
  return {L * std::pow(a, 2 * L - 2), 0};
}

// One unit a layer: the network whose loss is Eq 14 itself.
std::vector<Check> c30(Context&, const Diagonal& diagonal) {
  base::Worst network, region;
  const double s = 1.4;
  for (int L : {2, 3, 5, 9}) {
    const auto depth = Depth::from_weight_matrices(L);
    const double end = std::pow(s, 1.0 / L),
                 most = theory::largest_hessian_eigenvalue(DepthExponent(depth), s);
    for (double share : {0.3, 0.7, 1.0, 1.1}) {
      Network chain(std::vector<Eigen::Index>(static_cast<std::size_t>(L) + 1, 1));
      std::ranges::fill(chain.buffer(), share * end);
      const auto measured =
          linalg::symmetric_eigen(hessian_of(chain, white(Matrix::Constant(1, 1, s)))).values;
      const auto h = diagonal(depth, s, share * end);
      linalg::Vector expected = linalg::Vector::Constant(L, h.antisymmetric);
      expected[0] = h.symmetric;
      std::ranges::sort(expected, std::greater<>());
      network.see((measured - expected).cwiseAbs().maxCoeff() / most);
    }
    double largest = 0;
    for (int i = 0; i <= 1000; ++i) {
      const auto h = diagonal(depth, s, end * i / 1000);
      largest = std::max({largest, std::abs(h.symmetric), std::abs(h.antisymmetric)});
    }
    region.see(std::abs(largest / most - 1));
  }
  return {
      {.quantity =
           "largest difference of the Hessian's eigenvalues along a_{i} = a, over λ_{max}, 2 to 9 matrices",
       .measured = network.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-8,
       .bound_reason =
           "central differences of step 1e-5 of the gradient: h² times fourth derivatives, some tens",
       .wide_reason = "Most of them are smaller",
       .witness_pair = "TN"},
      {.quantity = "largest |eigenvalue| over 0 ≤ u ≤ s against that of the minimum, relative",
       .measured = region.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-12,
       .bound_reason = "rounding: the maximum is at u = s itself",
       .wide_reason = "Rounding is all there is",
       .witness_pair = "T"}};
}

// A decoupled balanced minimum in a network with hidden layers wider than its modes.
std::vector<Check> c46(Context& context, double power_of_top) {
  std::vector<Check> checks;
  for (const std::vector<Eigen::Index>& units :
       {std::vector<Eigen::Index>{4, 3, 4}, {3, 4, 2, 3}, {2, 3, 3, 3, 2}}) {
    auto stream = base::stream(context.seed(), "full Hessian");
    const auto L = static_cast<int>(units.size()) - 1;
    const Eigen::Index rank = *std::ranges::min_element(units);
    const Matrix u = linalg::haar_orthonormal(units.back(), rank, stream),
                 v = linalg::haar_orthonormal(units.front(), rank, stream);
    linalg::Vector s(rank);
    for (Eigen::Index k = 0; k < rank; ++k) s[k] = 2.0 / static_cast<double>(k + 1);
    const Matrix sigma31 = u * s.asDiagonal() * v.transpose();
    const auto minimum = network::balanced_weights(units, sigma31, stream);
    const auto measured = linalg::symmetric_eigen(hessian_of(minimum, white(sigma31))).values;
    // Every pair of an output and an input mode, 0 for those that are not there.
    std::vector<double> expected(static_cast<std::size_t>(measured.size()), 0.0);
    std::size_t at = 0;
    const auto depth = Depth::from_weight_matrices(L);
    const auto strength = [&](Eigen::Index k) { return k < rank ? s[k] : 0.0; };
    for (Eigen::Index a = 0; a < units.back(); ++a)
      for (Eigen::Index b = 0; b < units.front(); ++b)
        expected[at++] = theory::pair_hessian_eigenvalue(depth, strength(a), strength(b));
    std::ranges::sort(expected, std::greater<>());
    base::Worst worst;
    for (std::size_t i = 0; i < expected.size(); ++i)
      worst.see(std::abs(measured[static_cast<Eigen::Index>(i)] - expected[i]) / expected[0]);
    checks.push_back(
        {.quantity = fmt::format("largest difference of all eigenvalues at a balanced minimum, over the top "
                                 "one, {} units",
                                 fmt::join(units, "-")),
         .measured = worst.value(),
         .expected = 0,
         .relation = Relation::at_most,
         .bound = 1e-8,
         .bound_reason = "central differences of step 1e-5 of the gradient",
         .wide_reason = "Their error is seldom at its largest",
         .witness_pair = "TN"});
    checks.push_back({.quantity = "top eigenvalue over L s_{1}^{2 − 2/L}",
                      .measured = measured[0] / (L * std::pow(s[0], power_of_top - 2.0 / L)),
                      .expected = 1,
                      .relation = Relation::within,
                      .bound = 1e-8,
                      .bound_reason = "central differences of step 1e-5 of the gradient",
                      .wide_reason = "Their error is seldom at its largest",
                      .witness_pair = "TN"});
  }
  return checks;
}

using Rate = std::function<double(const DepthExponent&, double s)>;  // the optimal one

double exact_rate(const DepthExponent& depth, double s) {
  return theory::optimal_learning_rate(depth, s);
}
// The paper's asymptote, taken at its word at any depth.
double printed_rate(const DepthExponent& depth, double s) {
  return 1 / ((depth.weight_matrices() + 1) * s * s);
}

// The rate between stable and unstable, by bisection, relative to the optimal one by `rate`.
double edge_over(const Rate& rate, int n, double s) {
  return experiments::edge_of_stability(Depth::from_layers(n), s) / rate(layers(n), s);
}

std::vector<Check> c31(Context&, const Rate& rate) {
  std::vector<Check> checks;
  for (int n : {2, 3, 5, 10, 30})
    for (double s : {0.5, 3.0})
      checks.push_back(
          {.quantity = fmt::format(
               "rate at which descent leaves the minimum, found by bisection, × λ_{{max}}, N_{{l}} = "
               "{}, s = {:g}",
               n, s),
           .measured = edge_over(rate, n, s),
           .expected = 2,
           .relation = Relation::within,
           .bound = 1e-4,
           .bound_reason = "bisection to 1e-5 of the rate, and a start 1e-6 beside the minimum, where the "
                           "slope is another by some L times that",
           .wide_reason = "Bisection ends anywhere within it",
           .witness_pair = "TG"});
  const DepthExponent deep = layers(3000);
  checks.push_back({.quantity = "α_{opt} N_{l} s² at N_{l} = 3000, s = 1.5",
                    .measured = rate(deep, 1.5) * 3000 * 1.5 * 1.5,
                    .expected = 1,
                    .relation = Relation::within,
                    .bound = 3.0 / 3000,
                    .bound_reason = "the next order in 1/N_{l}: (1 + 2 ln s)/N_{l}",
                    .witness_pair = "T"});
  // Of the stable rates the fastest is larger: only the end of learning is as steep as lambda_max.
  const auto depth = Depth::from_layers(10);
  double best = 0;
  long fewest = 1'000'000;
  for (double kappa = 0.5; kappa < 1.99; kappa *= 1.01) {
    const auto steps = steps_to_learn(
        flow::ModeDescent(depth, {1, 1e-3, kappa * rate(DepthExponent(depth), 1)}), 1e-3, 1'000'000);
    if (steps && *steps < fewest) {
      fewest = *steps;
      best = kappa;
    }
  }
  checks.push_back(
      {.quantity = fmt::format(
           "fastest stable rate × λ_{{max}} for a mode, N_{{l}} = 10, u_{{0}} = ε = 1e-3: {} steps", fewest),
       .measured = best,
       .expected = 1,
       .relation = Relation::at_least,
       .bound = 1,
       .bound_reason = "“optimal” means 1/λ_{max}; only the end of learning is that steep",
       .witness_pair = "TG"});
  return checks;
}

std::vector<Check> x11(Context&, const Rate& corrected) {
  const int n = 3;
  const double s = 4, exact = edge_over(corrected, n, s), printed = edge_over(printed_rate, n, s);
  return {{.quantity = "α = 1/(N_{l} s²) at N_{l} = 3, s = 4: the edge of stability over 2α, minus 1",
           .measured = std::abs(printed / 2 - 1),
           .expected = 0,
           .relation = Relation::at_least,
           .bound = 0.1,
           .bound_reason = "far beyond the bisection's 1e-5; it depends on the unit of s",
           .witness_pair = "TG",
           .subject = Subject::printed},
          {.quantity = "α = 1/((N_{l} − 1) s^{2 − 2/(N_{l} − 1)}): the same",
           .measured = std::abs(exact / 2 - 1),
           .expected = 0,
           .relation = Relation::at_most,
           .bound = 2e-5,
           .bound_reason = "bisection to 1e-5, from a start 1e-6 beside the minimum",
           .witness_pair = "TG",
           .subject = Subject::corrected}};
}

// Gradient steps from eps to s - eps at 1/lambda_max by theory.
using Steps = std::function<double(const DepthExponent&, double s, double eps)>;

double steps_by_theory(const DepthExponent& depth, double s, double eps) {
  return theory::steps_at_optimal_rate(depth, s, eps);
}

// The same by the ODE in ln u, time in units of 1/lambda_max.
double steps_by_ode(int n, double s, double eps) {
  const double most = theory::largest_hessian_eigenvalue(layers(n), s);
  const auto solution = ode::integrate_fully<double>(
      flow::DeepFlow<double>({s, 1}).log_strength(layers(n)), {std::log(eps)},
      base::TimeGrid<double>({0, 2 * theory::steps_at_optimal_rate(layers(n), s, eps) / most}),
      {.relative_tolerance = 1e-12, .absolute_tolerance = 1e-12},
      {ode::crossing_of<double>("learned", 0, std::log(s - eps), true)});
  return solution.hit("learned").time * most;
}

std::vector<Check> c32(Context&, const Steps& steps) {
  const double s = 2, eps = 1e-3 * s;
  base::Worst ode, descent;
  for (int n : {2, 3, 4, 5, 10, 30, 100, 1000})
    ode.see(std::abs(steps_by_ode(n, s, eps) / steps(layers(n), s, eps) - 1));
  for (int n : {3, 5, 10, 100}) {
    const double kappa = 0.02;
    const auto depth = Depth::from_layers(n);
    const flow::ModeDescent small(depth, {s, eps, kappa * theory::optimal_learning_rate(layers(n), s)});
    const auto taken = steps_to_learn(small, eps, 1'000'000);
    descent.see(taken ? std::abs(static_cast<double>(*taken) * kappa / steps(layers(n), s, eps) - 1) : NAN);
  }
  const double three = steps(layers(3), s, eps), limit = steps(DepthExponent::infinite(), s, eps) - three;
  std::vector<Check> checks{
      {.quantity = "largest relative difference of the steps k_{N} at 1/λ_{max}, ODE in ln u, N_{l} = 2 to "
                   "1000, ε = 1e-3 s",
       .measured = ode.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 1e-7,
       .bound_reason =
           "a hundred steps of tolerance 1e-12 in ln u; at s − ε an error of ln u is one of time times 1/ε",
       .wide_reason = "The stepper mostly does better than its tolerance",
       .witness_pair = "TF"},
      {.quantity = "the same for gradient descent at 0.02/λ_{max}, N_{l} = 3 to 100",
       .measured = descent.value(),
       .expected = 0,
       .relation = Relation::at_most,
       .bound = 0.03,
       .bound_reason = "first order in the rate, κ = 0.02, and whole steps",
       .witness_pair = "TG"},
      {.quantity = "t_{∞} − t_{3} over s (s − 2ε)/(ε (s − ε))",
       .measured = limit * eps * (s - eps) / (s * (s - 2 * eps)),
       .expected = 1,
       .relation = Relation::within,
       .bound = 1e-12,
       .bound_reason = "rounding",
       .wide_reason = "Rounding is all there is",
       .witness_pair = "T"},
      {.quantity = "t_{1000} − t_{3} by the ODE over t_{∞} − t_{3}: it saturates",
       .measured = (steps_by_ode(1000, s, eps) - steps_by_ode(3, s, eps)) / limit,
       .expected = 1,
       .relation = Relation::within,
       .bound = 0.02,
       .bound_reason = "the first order in 1/N_{l}, 2 ln(s/ε)/N_{l}",
       .witness_pair = "TF"}};
  return checks;
}

using Delay = std::function<double(double s, double eps)>;  // t_inf - t_3 to leading order

std::vector<Check> c33(Context&, const Delay& leading) {
  const double s = 2;
  std::vector<Check> checks;
  for (double eps : {1e-2, 1e-3, 1e-4}) {
    // A depth so large that what is missing of the limit is a few per cent of eps/s.
    const int n = 1'000'000'000 > 1e4 / eps * s ? static_cast<int>(1e4 / eps * s) : 1'000'000'000;
    const double delay = steps_by_ode(n, s, eps * s) - steps_by_ode(3, s, eps * s);
    checks.push_back(
        {.quantity = fmt::format("t_{{N}} − t_{{3}} by the ODE over s/ε, N_{{l}} = {}, ε = {:g} s", n, eps),
         .measured = delay / leading(s, eps * s),
         .expected = 1,
         .relation = Relation::within,
         .bound = 3 * eps,
         .bound_reason = "the next term of s/ε − 1 − ε/s, and 2 ln(s/ε)/N_{l}",
         .witness_pair = "TF"});
  }
  return checks;
}

}  // namespace

std::vector<Claim> claims_on_learning_rates() {
  return {
      {{.id = "C30",
        .section = 2,
        .sentence = "Along a_{i} = a the Hessian of Eq 14 has the eigenvalue (2L − 1) u^{2−2/L} − (L − 1) s "
                    "u^{1−2/L} once and (s − u) "
                    "u^{1−2/L} L − 1 times; the largest over 0 ≤ u ≤ s is L s^{2−2/L}, at u = s.",
        .source = "before “learning rate”, section 2",
        .formula = "λ_{max} = L s^{2 − 2/L}",
        .witnesses = "STN",
        .figures = {}},
       [](Context& c) { return c30(c, by_theory); },
       "the residual's part of the Hessian is left out",
       [](Context& c) { return c30(c, gauss_newton); }},
      {{.id = "C31",
        .section = 2,
        .sentence = "The optimal rate 1/λ_{max} falls as 1/(N_{l} s²) with depth; descent is stable below "
                    "2/λ_{max} exactly, and a mode "
                    "is learned fastest above 1/λ_{max}.",
        .source = "after Eq 17",
        .formula = "α_{opt} = O(1/(N_{l} s²))",
        .witnesses = "TG",
        .figures = {"rate"}},
       [](Context& c) { return c31(c, exact_rate); },
       "the asymptote in the place of 1/λ_{max}",
       [](Context& c) { return c31(c, printed_rate); }},
      {{.id = "C32",
        .section = 2,
        .sentence = "At rates 1/λ_{max} the delay of depth is finite: from u_{0} = ε to s − ε, t_{N} − t_{3} "
                    "grows with N_{l} and "
                    "saturates at t_{∞} − t_{3} = s(s − 2ε)/(ε(s − ε)) gradient steps.",
        .source = "after Eq 17",
        .formula = "t_{∞} − t_{3} ~ O(s/ε)",
        .witnesses = "TFG",
        .figures = {"delay", "depth"}},
       [](Context& c) { return c32(c, steps_by_theory); },
       "the steps of one layer more",
       [](Context& c) {
         return c32(c, [](const DepthExponent& depth, double s, double eps) {
           if (depth.is_infinite()) return steps_by_theory(depth, s, eps);
           return steps_by_theory(DepthExponent::from_real(depth.weight_matrices() + 1), s, eps);
         });
       }},
      {{.id = "C33",
        .section = 2,
        .sentence = "That delay is inversely proportional to the initial strength: s/ε to leading order.",
        .source = "after Eq 17",
        .formula = "t_{∞} − t_{3} → s/ε",
        .witnesses = "TF",
        .figures = {"delay"}},
       [](Context& c) { return c33(c, theory::leading_delay_of_infinite_depth<double>); },
       "2s/ε in its place",
       [](Context& c) { return c33(c, [](double s, double eps) { return 2 * s / eps; }); }},
      {{.id = "C46",
        .section = 2,
        .sentence = "At a balanced minimum with Σ¹¹ = I the full network's Hessian has one eigenvalue for "
                    "each pair of an output and an "
                    "input mode, Σ_{l} s_{α}^{2(L−l)/L} s_{β}^{2(l−1)/L}, and zeros; the largest is that of "
                    "the strongest mode alone.",
        .source = "section 2, beyond the paper",
        .formula = "λ_{max} = L s_{1}^{2 − 2/L}",
        .witnesses = "TN",
        .figures = {}},
       [](Context& c) { return c46(c, 2); },
       "the power of s_{1} is 1 − 2/L",
       [](Context& c) { return c46(c, 1); }},
      {{.id = "X11",
        .kind = Kind::finite_n,
        .section = 2,
        .sentence = "The optimal learning rate at finite depth.",
        .source = "after Eq 17",
        .formula = "N_{l} = 3",
        .printed = "α_{opt} ~ 1/(N_{l} s²), which at N_{l} = 3 is 1/(3s²)",
        .corrected = "1/((N_{l} − 1) s^{2 − 2/(N_{l} − 1)}), at N_{l} = 3 1/(2s); the printed limit holds",
        .witnesses = "TG",
        .figures = {"rate"}},
       [](Context& c) { return x11(c, exact_rate); },
       "the printed form in the place of the corrected one",
       [](Context& c) { return x11(c, printed_rate); }},
  };
}

}  // namespace dln::validation::section_2
