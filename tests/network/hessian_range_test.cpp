// The Hessian's range in factors, against the whole matrix.
#include "dln/network/hessian_range.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "dln/linalg/decompositions.hpp"
#include "dln/network/initial_weights.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;
using Units = std::vector<Eigen::Index>;

// Chains of four products of sums of up to 40 terms.
constexpr double kRounding = 1000 * std::numeric_limits<double>::epsilon();

struct Case {
  Units units;
  int inputs;  // 0 white, 1 diagonal, 2 correlated
};

class HessianRangeOf : public testing::TestWithParam<Case> {
 protected:
  static Vector gaussian(Eigen::Index size, int which) {
    auto stream = base::stream(1, "Hessian range test", which);
    return Vector::NullaryExpr(size, [&stream] { return stream.normal(); });
  }
  static data::Correlations correlations_for(const Case& c) {
    const Eigen::Index from = c.units.front(), to = c.units.back();
    const Matrix x = gaussian(from * 50, 1).reshaped(from, 50), y = gaussian(to * 50, 2).reshaped(to, 50);
    data::Correlations known{.sigma11 = x * x.transpose() / 50, .sigma31 = y * x.transpose() / 50};
    known.target_power = y.squaredNorm() / 50;
    if (c.inputs == 0) known.sigma11.setIdentity();
    if (c.inputs == 1) known.sigma11 = Matrix(known.sigma11.diagonal().asDiagonal());
    return known;
  }
  static Network weights(const Units& units) {
    auto stream = base::stream(1, "Hessian range test network");
    return network::small_random_weights(units, 0.3, stream);
  }

  const data::Correlations correlations = correlations_for(GetParam());
  const Network at = weights(GetParam().units);
  network::HessianProduct hessian{correlations, at};
  network::HessianRange range{hessian};
};

TEST_P(HessianRangeOf, MultipliesAsTheWholeProductDoes) {
  const Vector factors = gaussian(range.size(), 3);
  Vector seen = factors, moved = factors;
  range.see(factors, seen);
  range.multiply(seen, moved);
  Network product(at.units());
  hessian(range.network(factors), product);
  const Network got = range.network(moved);
  EXPECT_LE((flat(got) - flat(product)).norm(), kRounding * flat(product).norm());
  EXPECT_GT(flat(product).norm(), 0.1);
}

TEST_P(HessianRangeOf, MeasuresLengthsAndAngles) {
  const Vector a = gaussian(range.size(), 4), b = gaussian(range.size(), 5);
  Vector seen = a;
  range.see(a, seen);
  const Network v = range.network(a), w = range.network(b);
  const double size = flat(v).norm() * flat(w).norm();
  EXPECT_NEAR(seen.dot(b), flat(v).dot(flat(w)), kRounding * size);
  EXPECT_NEAR(seen.dot(a), flat(v).squaredNorm(), kRounding * flat(v).squaredNorm());
}

TEST_P(HessianRangeOf, HoldsTheTopEigenvector) {
  const double tolerance = 1e-10;
  const auto top = network::top_hessian_eigenvalue(at, correlations, {.tolerance = tolerance});
  ASSERT_EQ(top.reason, network::TopEigenvalueStop::converged) << top.brief();
  const Matrix dense = network::dense_hessian(at, correlations);
  const auto all = linalg::symmetric_eigen(dense);
  EXPECT_NEAR(top.value, all.values[0], 2 * tolerance * all.values[0]);
  const Vector v = flat(top.vector);
  EXPECT_LE((dense * v - top.value * v).norm(), 2 * tolerance * top.value);
  // With little room as well: from one basis to the next.
  const auto again = network::top_hessian_eigenvalue(
      at, correlations, {.tolerance = tolerance, .max_products = 100'000, .basis = 4});
  ASSERT_EQ(again.reason, network::TopEigenvalueStop::converged) << again.brief();
  EXPECT_NEAR(again.value, all.values[0], 2 * tolerance * all.values[0]);
}

// Fewer factors than a quarter of the weights, so that the iteration runs in them; and small ones, for the
// products alone.
INSTANTIATE_TEST_SUITE_P(Shapes, HessianRangeOf,
                         testing::Values(Case{{20, 40, 40, 2}, 2}, Case{{20, 40, 40, 2}, 1},
                                         Case{{50, 40, 3}, 0}, Case{{30, 24, 33, 24, 1}, 2}, Case{{5, 3}, 2},
                                         Case{{4, 5, 3}, 2}));

TEST(HessianRange, CountsItsFactors) {
  EXPECT_EQ(network::hessian_factors({784, 100, 100, 100, 10}), 13840);  // of 99400 weights
  EXPECT_EQ(network::hessian_factors({5, 3}), 15);
}

// All weights zero: two matrices move, three do not. Units for which the iteration runs in factors.
TEST(HessianRange, AtTheOriginIsNotLost) {
  auto stream = base::stream(1, "Hessian range test origin");
  data::Correlations c{.sigma11 = Matrix::Identity(40, 40),
                       .sigma31 = Matrix::NullaryExpr(2, 40, [&stream] { return stream.normal(); })};
  const double s = linalg::singular_values(c.sigma31).s[0];
  const auto two = network::top_hessian_eigenvalue(Network({40, 60, 2}), c);
  EXPECT_NEAR(two.value, s, 1e-7 * s);
  const auto three = network::top_hessian_eigenvalue(Network({40, 60, 60, 2}), c);
  EXPECT_EQ(three.value, 0);
  EXPECT_EQ(three.reason, network::TopEigenvalueStop::converged);
  EXPECT_GT(60 * 42, 4 * network::hessian_factors({40, 60, 2}));
}

}  // namespace
