// How steep the error is: the Hessian of one mode, Eq 14, and of the whole network at and on the way to its
// minimum, exact products of the network beside closed forms.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/hessian.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/learning_rate.hpp"
#include "validation/context.hpp"
#include "validation/section_2/section_2.hpp"

namespace dln::validation::section_2 {
namespace {

using base::Depth;
using base::DepthExponent;
using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;
using Units = std::vector<Eigen::Index>;

data::Correlations correlations_of(const Matrix& sigma11, const Matrix& sigma31) {
  data::Correlations correlations;
  correlations.sigma11 = sigma11;
  correlations.sigma31 = sigma31;
  return correlations;
}
data::Correlations white(const Matrix& sigma31) {
  return correlations_of(Matrix::Identity(sigma31.cols(), sigma31.cols()), sigma31);
}

// Largest difference between the eigenvalues of the network's own Hessian and as many expected ones, each in
// order of size. NaN when there are not as many.
double difference(const Network& at, const data::Correlations& correlations, std::vector<double> expected) {
  const Vector measured = linalg::symmetric_eigen(network::dense_hessian(at, correlations)).values;
  std::ranges::sort(expected, std::greater<>());
  if (static_cast<Eigen::Index>(expected.size()) != measured.size()) return NAN;
  return (measured - Eigen::Map<const Vector>(expected.data(), measured.size())).cwiseAbs().maxCoeff();
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
      Network chain(Units(static_cast<std::size_t>(L) + 1, 1));
      std::ranges::fill(chain.buffer(), share * end);
      const auto h = diagonal(depth, s, share * end);
      std::vector<double> expected(static_cast<std::size_t>(L), h.antisymmetric);
      expected[0] = h.symmetric;
      network.see(difference(chain, white(Matrix::Constant(1, 1, s)), expected) / most);
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
       .bound = 5e-14,
       .bound_reason = "rounding: exact products with the Hessian, chains of nine factors",
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

// A balanced minimum whose modes are aligned with Sigma11 = V diag(d) V^T; s and u = s/d as long as modes
// are.
struct AlignedMinimum {
  Network network;
  data::Correlations correlations;
  Vector strengths, variances;  // u and, one for every input, d

  // mu for output mode a and input mode b.
  double pair(Eigen::Index a, Eigen::Index b) const {
    const auto strength = [&](Eigen::Index k) { return k < strengths.size() ? strengths[k] : 0.0; };
    return theory::pair_hessian_eigenvalue(network.depth(), strength(a), strength(b), variances[b]);
  }
  // All eigenvalues: every pair of an output and an input mode, and zeros.
  std::vector<double> by_pairs() const {
    std::vector<double> all(network.buffer().size(), 0.0);
    std::size_t at = 0;
    for (Eigen::Index a = 0; a < network.outputs(); ++a)
      for (Eigen::Index b = 0; b < network.inputs(); ++b) all[at++] = pair(a, b);
    return all;
  }
};

// Singular values 2, 2/2, 2/3, ... as many as the narrowest layer holds.
AlignedMinimum aligned_minimum(const Units& units, const Vector& variances, const Matrix& input_basis,
                               base::RandomStream& stream) {
  const Eigen::Index rank = *std::ranges::min_element(units);
  const Matrix u = linalg::haar_orthonormal(units.back(), rank, stream), v = input_basis.leftCols(rank);
  const Vector s = 2 / Eigen::ArrayXd::LinSpaced(rank, 1, static_cast<double>(rank));
  const Vector strengths = s.cwiseQuotient(variances.head(rank));
  const Matrix sigma11 = input_basis * variances.asDiagonal() * input_basis.transpose();
  return {.network = network::balanced_weights(units, u * strengths.asDiagonal() * v.transpose(), stream),
          .correlations = correlations_of(sigma11, u * s.asDiagonal() * v.transpose()),
          .strengths = strengths,
          .variances = variances};
}
AlignedMinimum white_minimum(const Units& units, base::RandomStream& stream) {
  return aligned_minimum(units, Vector::Ones(units.front()), Matrix::Identity(units.front(), units.front()),
                         stream);
}
// The second input mode has four times the variance of the others, and is the top one's partner.
AlignedMinimum uneven_minimum(const Units& units, const Matrix& input_basis, base::RandomStream& stream) {
  Vector variances = Vector::Ones(units.front());
  variances[1] = 4;
  return aligned_minimum(units, variances, input_basis, stream);
}

Check of_all_eigenvalues(const AlignedMinimum& minimum, const std::string& where) {
  const auto expected = minimum.by_pairs();
  return {.quantity = fmt::format("largest difference of all eigenvalues at {}, over the top one, {} units",
                                  where, fmt::join(minimum.network.units(), "-")),
          .measured = difference(minimum.network, minimum.correlations, expected) /
                      *std::ranges::max_element(expected),
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 5e-14,
          .bound_reason = "rounding: exact products with the Hessian, some dozens of weights",
          .wide_reason = "Roundings seldom all add up",
          .witness_pair = "TN"};
}

Check of_the_top(const AlignedMinimum& minimum, double expected, const std::string& what) {
  const auto top = network::top_hessian_eigenvalue(minimum.network, minimum.correlations);
  const bool converged = top.reason == network::TopEigenvalueStop::converged;
  return {
      .quantity =
          fmt::format("top eigenvalue over {}, {} units", what, fmt::join(minimum.network.units(), "-")),
      .measured = converged ? top.value / expected : NAN,
      .expected = 1,
      .relation = Relation::within,
      .bound = 1e-13,
      .bound_reason = "Lanczos iteration to a residual of 1e-8, which enters squared over the gap; rounding",
      .wide_reason = "Of a small network Lanczos iteration leaves nothing but rounding",
      .witness_pair = "TN"};
}

// Two matrices on their decoupled path, the second mode behind the first, spare units of every kind.
Check of_the_decoupled_path(base::RandomStream& stream) {
  base::Worst worst;
  const std::vector<double> s{2, 1.3};
  const Vector targets = Eigen::Map<const Vector>(s.data(), 2);
  for (const Units& units : {Units{4, 5, 3}, Units{3, 2, 5}, Units{2, 3, 2}}) {
    const data::SingularModes modes{linalg::haar_orthonormal(units[2], 2, stream), targets,
                                    linalg::haar_orthonormal(units[0], 2, stream)};
    const auto correlations = white(modes.output * targets.asDiagonal() * modes.input.transpose());
    for (const std::vector<double>& u :
         {std::vector<double>{0, 0}, {0.1, 1e-3}, {1.0, 0.05}, {1.9, 0.6}, {2, 1.3}, {2.3, 1.4}}) {
      const Vector strengths = Eigen::Map<const Vector>(u.data(), 2);
      const Matrix layers = strengths.cwiseSqrt().transpose().replicate(2, 1);
      std::vector<double> expected;
      for (const auto& [value, count] :
           theory::decoupled_hessian_spectrum<double>({units[0], units[1], units[2]}, s, u))
        expected.insert(expected.end(), static_cast<std::size_t>(count), value);
      const auto at = network::decoupled_weights(units, modes, layers, stream).network;
      worst.see(difference(at, correlations, expected) / (2 * s[0]));
    }
  }
  return {.quantity =
              "largest difference of all eigenvalues along the decoupled path of two matrices, over "
              "the top one of its end, 4-5-3, 3-2-5 and 2-3-2 units",
          .measured = worst.value(),
          .expected = 0,
          .relation = Relation::at_most,
          .bound = 5e-14,
          .bound_reason = "rounding: exact products with the Hessian, some dozens of weights",
          .wide_reason = "Roundings seldom all add up",
          .witness_pair = "TN"};
}

std::vector<Check> c46(Context& context, double power_of_top) {
  auto stream = base::stream(context.seed(), "full Hessian");
  std::vector<Check> checks;
  const auto of_strongest = [&](const AlignedMinimum& minimum) {
    const int L = minimum.network.depth().weight_matrices();
    return of_the_top(minimum, L * std::pow(minimum.strengths[0], power_of_top - 2.0 / L),
                      "L s_{1}^{2 − 2/L}");
  };
  for (const Units& units : {Units{4, 3, 4}, {3, 4, 2, 3}, {2, 3, 3, 3, 2}}) {
    const auto minimum = white_minimum(units, stream);
    checks.push_back(of_all_eigenvalues(minimum, "a balanced minimum"));
    checks.push_back(of_strongest(minimum));
  }
  const Units wide{64, 100, 100, 100, 10};
  checks.push_back(of_strongest(white_minimum(wide, stream)));
  checks.push_back(of_all_eigenvalues(uneven_minimum({4, 5, 3}, Matrix::Identity(4, 4), stream),
                                      "an aligned one, inputs of unequal variance"));
  checks.push_back(
      of_all_eigenvalues(uneven_minimum({4, 3, 5, 3}, linalg::haar_orthonormal(4, 4, stream), stream),
                         "an aligned one, correlated inputs"));
  const auto uneven = uneven_minimum(wide, Matrix::Identity(64, 64), stream);
  checks.push_back(of_the_top(
      uneven, uneven.pair(0, 1),
      "that of the cross pair of the first output and the second input mode, the inputs' most varied"));
  checks.push_back(of_the_decoupled_path(stream));
  return checks;
}

}  // namespace

std::vector<Claim> claims_on_hessians() {
  return {
      {{.id = "C30",
        .section = 2,
        .sentence = "Along a_{i} = a the Hessian of Eq 14 has the eigenvalue (2L − 1) u^{2−2/L} − (L − 1) s "
                    "u^{1−2/L} once and (s − u) "
                    "u^{1−2/L} L − 1 times; the largest over 0 ≤ u ≤ s is L s^{2−2/L}, at u = s.",
        .source = "before “learning rate”, section 2",
        .formula = "λ_{max} = L s^{2 − 2/L}",
        .witnesses = "STN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c30(c, by_theory); },
       "the residual's part of the Hessian is left out",
       [](Context& c) { return c30(c, gauss_newton); }},
      {{.id = "C46",
        .section = 2,
        .sentence = "At a balanced minimum the full network's Hessian has one eigenvalue for each pair of an "
                    "output and an input mode, d_{β} Σ_{l} u_{α}^{2(L−l)/L} u_{β}^{2(l−1)/L}, u = s/d, and "
                    "zeros; with Σ¹¹ = I the largest is that of the strongest mode alone, with inputs of "
                    "unequal variance d it may be a cross pair's. Along the decoupled path of two matrices "
                    "all of them are known.",
        .source = "section 2, beyond the paper",
        .formula = "λ_{max} = L s_{1}^{2 − 2/L}",
        .witnesses = "STN",
        .algebra = Algebra::part,
        .figures = {}},
       [](Context& c) { return c46(c, 2); },
       "the power of s_{1} is 1 − 2/L",
       [](Context& c) { return c46(c, 1); }},
  };
}

}  // namespace dln::validation::section_2
