// The algebraically largest eigenvalue of the Hessian, held against the whole matrix and against Spectra.
#include <Spectra/SymEigsSolver.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/hessian.hpp"
#include "dln/network/initial_weights.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;
using Units = std::vector<Eigen::Index>;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kTolerance = 1e-10;
// The eigenvalue errs by no more than the residual, whatever the gap; by far less where there is one.
constexpr double kAgreement = 2 * kTolerance;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(1, "top eigenvalue test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

// Correlated inputs, targets that are not attained.
data::Correlations correlations_for(const Units& units) {
  data::CorrelationAccumulator accumulator(units.front(), units.back());
  accumulator.add({gaussian(units.front(), units.front(), 1) * gaussian(units.front(), 30, 2),
                   gaussian(units.back(), 30, 3)});
  return accumulator.result(data::Normalisation::mean);
}

Network random_network(const Units& units, double deviation = 0.6) {
  auto stream = base::stream(1, "top eigenvalue test network", units.size());
  return network::small_random_weights(units, deviation, stream);
}

data::Correlations one_mode(double s) {
  return {.sigma11 = Matrix::Ones(1, 1), .sigma31 = Matrix::Constant(1, 1, s), .target_power = s * s};
}

class Operator {  // as Spectra wants it
 public:
  using Scalar = double;
  Operator(const data::Correlations& correlations, const Network& at)
      : product_(correlations, at), in_(at.units()), out_(at.units()) {}
  Eigen::Index rows() const { return static_cast<Eigen::Index>(in_.buffer().size()); }
  Eigen::Index cols() const { return rows(); }
  void perform_op(const double* x, double* y) const {
    std::copy_n(x, rows(), in_.buffer().begin());
    product_(in_, out_);
    std::ranges::copy(out_.buffer(), y);
  }

 private:
  mutable network::HessianProduct product_;
  mutable Network in_, out_;
};

double by_spectra(const data::Correlations& correlations, const Network& at) {
  Operator hessian(correlations, at);
  Spectra::SymEigsSolver<Operator> solver(hessian, 1, std::min<Eigen::Index>(12, hessian.rows()));
  solver.init();
  solver.compute(Spectra::SortRule::LargestAlge, 1000, kTolerance);
  EXPECT_EQ(solver.info(), Spectra::CompInfo::Successful);
  return solver.eigenvalues()[0];
}

class TopEigenvalueOfUnits : public testing::TestWithParam<Units> {
 protected:
  const data::Correlations correlations = correlations_for(GetParam());
};

TEST_P(TopEigenvalueOfUnits, IsThatOfTheWholeMatrixAndOfSpectra) {
  for (double deviation : {0.01, 0.3, 1.0}) {
    const Network at = random_network(GetParam(), deviation);
    const auto top = network::top_hessian_eigenvalue(at, correlations, {.tolerance = kTolerance});
    ASSERT_EQ(top.reason, network::TopEigenvalueStop::converged) << top.brief();
    const Vector all = linalg::symmetric_eigen(network::dense_hessian(at, correlations)).values;
    EXPECT_NEAR(top.value, all[0], kAgreement * all[0]);
    EXPECT_NEAR(top.value, by_spectra(correlations, at), kAgreement * all[0]);
  }
}

TEST_P(TopEigenvalueOfUnits, ComesWithItsVector) {
  const Network at = random_network(GetParam());
  const auto top = network::top_hessian_eigenvalue(at, correlations, {.tolerance = kTolerance});
  const Vector v = flat(top.vector), hv = network::dense_hessian(at, correlations) * v;
  EXPECT_NEAR(v.norm(), 1, 10 * kEpsilon);
  EXPECT_LE((hv - top.value * v).norm(), kAgreement * top.value);
  EXPECT_LE(top.residual, kTolerance);
}

TEST_P(TopEigenvalueOfUnits, DoesNotDependOnStartAndBasis) {
  const Network at = random_network(GetParam());
  const auto first = network::top_hessian_eigenvalue(at, correlations, {.tolerance = kTolerance, .seed = 1});
  const auto again = network::top_hessian_eigenvalue(at, correlations, {.tolerance = kTolerance, .seed = 1});
  EXPECT_EQ(first.value, again.value);
  EXPECT_EQ(flat(first.vector), flat(again.vector));
  for (int basis : {2, 3, 6}) {
    const auto other = network::top_hessian_eigenvalue(
        at, correlations, {.tolerance = kTolerance, .max_products = 100'000, .basis = basis, .seed = 7});
    EXPECT_EQ(other.reason, network::TopEigenvalueStop::converged) << other.brief();
    EXPECT_NE(flat(other.vector), flat(first.vector));
    EXPECT_NEAR(other.value, first.value, kAgreement * first.value);
  }
}

INSTANTIATE_TEST_SUITE_P(Depths, TopEigenvalueOfUnits,
                         testing::Values(Units{4, 3}, Units{1, 1, 1}, Units{4, 5, 3}, Units{6, 2, 5},
                                         Units{8, 9, 2, 7, 6, 3}, Units{20, 15, 10, 5}));

// On the way from small weights, where the factors of a wide chain, many more than its range has dimensions,
// lose their digits.
TEST(TopEigenvalue, IsFoundAllTheWayBetweenOneInputAndOneOutput) {
  const auto correlations = one_mode(2);
  for (int which : {1, 2}) {
    auto stream = base::stream(1, "one input and one output", static_cast<std::uint64_t>(which));
    const auto look = [&](const network::DescentState& state) {
      if (state.iteration % 4 != 0) return true;
      const auto top =
          network::top_hessian_eigenvalue(state.network, correlations, {.tolerance = kTolerance});
      EXPECT_EQ(top.reason, network::TopEigenvalueStop::converged) << state.iteration << ": " << top.brief();
      EXPECT_NEAR(top.value, by_spectra(correlations, state.network), kAgreement * top.value)
          << state.iteration;
      return true;
    };
    network::descend(network::small_random_weights({1, 100, 100, 100, 1}, 0.04, stream), correlations,
                     {.learning_rate = 0.02, .max_iterations = 120}, look);
  }
}

TEST(TopEigenvalue, IsTheAlgebraicallyLargestWhereANegativeOneIsLarger) {
  // Three equal layers a of one unit: a (5 a^3 - 2 s) once, a (s - a^3) twice. Far below the minimum the
  // first is the larger in size.
  const double s = 1.4, a = 0.2;
  Network chain({1, 1, 1, 1});
  std::ranges::fill(chain.buffer(), a);
  const Vector all = linalg::symmetric_eigen(network::dense_hessian(chain, one_mode(s))).values;
  ASSERT_GT(-all[2], all[0]);
  const auto top = network::top_hessian_eigenvalue(chain, one_mode(s), {.tolerance = kTolerance});
  EXPECT_NEAR(top.value, a * (s - a * a * a), 100 * kEpsilon);
  EXPECT_EQ(top.reason, network::TopEigenvalueStop::converged);
}

TEST(TopEigenvalue, AtTheOriginIsTheStrongestModeOfTwoMatricesAndZeroOfMore) {
  const auto correlations = correlations_for({5, 3});
  const double s = linalg::singular_values(correlations.sigma31).s[0];
  const auto two = network::top_hessian_eigenvalue(Network({5, 4, 3}), correlations);
  EXPECT_NEAR(two.value, s, kAgreement * s);
  const auto three = network::top_hessian_eigenvalue(Network({5, 4, 4, 3}), correlations);
  EXPECT_EQ(three.value, 0);
  EXPECT_EQ(three.residual, 0);
  EXPECT_EQ(three.reason, network::TopEigenvalueStop::converged);
}

TEST(TopEigenvalue, SaysWhenItDidNotConverge) {
  const Units units{20, 15, 10, 5};
  const auto correlations = correlations_for(units);
  for (int products : {2, 3, 9}) {
    const auto top = network::top_hessian_eigenvalue(random_network(units), correlations,
                                                     {.max_products = products, .basis = 4});
    EXPECT_EQ(top.reason, network::TopEigenvalueStop::max_products);
    EXPECT_LE(top.products, products);
    EXPECT_GT(top.residual, 1e-8);
    EXPECT_THAT(top.brief(), testing::StartsWith("not converged after"));
  }
}

TEST(TopEigenvalue, RefusesWhatHasNone) {
  const auto correlations = correlations_for({4, 3});
  const Network network = random_network({4, 5, 3});
  const auto with = [&](const network::TopEigenvalueOptions& options) {
    return network::top_hessian_eigenvalue(network, correlations, options);
  };
  EXPECT_THROW(with({.tolerance = 0}), base::DomainError);
  EXPECT_THROW(with({.tolerance = std::numeric_limits<double>::quiet_NaN()}), base::DomainError);
  EXPECT_THROW(with({.max_products = 1}), base::DomainError);
  EXPECT_THROW(with({.basis = 1}), base::DomainError);
  Network bad = network;
  bad.buffer()[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(network::top_hessian_eigenvalue(bad, correlations), base::DomainError);
  std::ranges::fill(bad.buffer(), 1e200);
  EXPECT_THROW(network::top_hessian_eigenvalue(bad, correlations), base::NumericalError);
}

}  // namespace
