#include "dln/network/hessian.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/chain_gradient.hpp"
#include "dln/network/initial_weights.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;
using Units = std::vector<Eigen::Index>;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
// Chains of up to six small matrices with sums over a few units each: some hundred roundings.
constexpr double kRounding = 1000 * kEpsilon;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(1, "Hessian test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

Network random_network(const Units& units, int which) {
  auto stream = base::stream(1, "Hessian test network", which);
  return network::small_random_weights(units, 0.6, stream);
}

Network along(const Network& from, double t, const Network& direction) {
  Network moved = from;
  for (std::size_t i = 0; i < moved.buffer().size(); ++i) moved.buffer()[i] += t * direction.buffer()[i];
  return moved;
}

Vector product(const data::Correlations& correlations, const Network& at, const Network& direction) {
  Network result(at.units());
  network::HessianProduct(correlations, at)(direction, result);
  return flat(result);
}

Vector gradient(const data::Correlations& correlations, const Network& at) {
  Network direction(at.units());
  network::ChainGradient(correlations, at)(at, direction);
  return -flat(direction);
}

// The gradient along a line is a polynomial of degree 2L - 1 in t: its odd part over t has L coefficients,
// and the central differences of steps h, 2h, ..., Lh give its value at t = 0 without an error of truncation.
Vector slope_of_gradient(const data::Correlations& correlations, const Network& at,
                         const Network& direction) {
  const double h = 0.25;
  const int L = at.depth().weight_matrices();
  Vector slope = Vector::Zero(flat(at).size());
  for (int k = 1; k <= L; ++k) {
    double weight = 1;
    for (int j = 1; j <= L; ++j)
      if (j != k) weight *= static_cast<double>(j * j) / (j * j - k * k);
    slope += weight *
             (gradient(correlations, along(at, k * h, direction)) -
              gradient(correlations, along(at, -k * h, direction))) /
             (2 * k * h);
  }
  return slope;
}

// Of 4 inputs, correlated and far from white, and 3 targets that no network here attains.
data::Correlations correlated(data::Normalisation normalisation = data::Normalisation::sum) {
  data::CorrelationAccumulator accumulator(4, 3);
  accumulator.add({gaussian(4, 4, 1) * gaussian(4, 12, 2), gaussian(3, 12, 3)});
  return accumulator.result(normalisation);
}
data::Correlations with_inputs(const Matrix& sigma11) {
  auto changed = correlated();
  changed.sigma11 = sigma11;
  return changed;
}

class HessianOfUnits : public testing::TestWithParam<Units> {
 protected:
  const Network at = random_network(GetParam(), 1), v = random_network(GetParam(), 2),
                w = random_network(GetParam(), 3);
};

TEST_P(HessianOfUnits, IsTheSlopeOfTheGradient) {
  const Vector variances = Vector::LinSpaced(4, 0.5, 4);
  for (const auto& correlations :
       {correlated(), correlated(data::Normalisation::mean), with_inputs(Matrix::Identity(4, 4)),
        with_inputs(variances.asDiagonal())}) {
    const Vector exact = product(correlations, at, v), slope = slope_of_gradient(correlations, at, v);
    ASSERT_GT(exact.norm(), 0);
    // Gradients of up to Lh along the line, some hundred times larger than at its middle, cancel.
    EXPECT_LE((exact - slope).norm(), 1e4 * kRounding * exact.norm());
  }
}

TEST_P(HessianOfUnits, IsSymmetricAndLinear) {
  const auto correlations = correlated();
  const Vector hv = product(correlations, at, v), hw = product(correlations, at, w);
  const double size = flat(v).norm() * hw.norm();
  EXPECT_NEAR(flat(v).dot(hw), flat(w).dot(hv), kRounding * size);
  const Network sum = along(along(Network(GetParam()), 2, v), -3, w);
  EXPECT_LE((product(correlations, at, sum) - (2 * hv - 3 * hw)).norm(),
            kRounding * (2 * hv.norm() + 3 * hw.norm()));
}

TEST_P(HessianOfUnits, KeepsNothingFromAnEarlierProduct) {
  const auto correlations = correlated();
  network::HessianProduct hessian(correlations, at);
  Network result(GetParam());
  hessian(w, result);
  hessian(v, result);
  EXPECT_EQ(flat(result), product(correlations, at, v));
}

TEST_P(HessianOfUnits, IsTheWholeMatrixColumnByColumn) {
  const auto correlations = correlated();
  const Matrix whole = network::dense_hessian(at, correlations);
  EXPECT_LE((whole - whole.transpose()).norm(), kRounding * whole.norm());
  EXPECT_LE((whole * flat(v) - product(correlations, at, v)).norm(),
            kRounding * whole.norm() * flat(v).norm());
}

INSTANTIATE_TEST_SUITE_P(Depths, HessianOfUnits,
                         testing::Values(Units{4, 3}, Units{4, 5, 3}, Units{4, 1, 3}, Units{4, 2, 6, 3},
                                         Units{4, 5, 2, 7, 6, 3}));

TEST(HessianProduct, OfASingleMatrixIsTheInputCorrelation) {
  const auto correlations = correlated();
  const Network v = random_network({4, 3}, 2);
  const Matrix expected = v.weight(1) * correlations.sigma11;
  EXPECT_LE((product(correlations, random_network({4, 3}, 1), v) - expected.reshaped()).norm(),
            kRounding * expected.norm());
}

TEST(HessianProduct, OfTwoMatricesAtTheOriginIsASaddleOfPlusAndMinusS) {
  const auto correlations = correlated();
  const Vector s = linalg::singular_values(correlations.sigma31).s;
  const int hidden = 2;
  const auto measured =
      linalg::symmetric_eigen(network::dense_hessian(Network({4, hidden, 3}), correlations));
  // Each s and -s once for every hidden unit; one input is in no mode.
  std::vector<double> expected(hidden * (4 - 3), 0.0);
  for (double value : s)
    for (double sign : {-1, 1}) expected.insert(expected.end(), hidden, sign * value);
  std::ranges::sort(expected, std::greater<>());
  ASSERT_EQ(measured.values.size(), static_cast<Eigen::Index>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(measured.values[static_cast<Eigen::Index>(i)], expected[i], kRounding * s[0]);
}

// n inputs, m hidden units, d outputs, white inputs; r modes of targets s and strengths u, their two layers
// equal, every one with a target (Saxe's decoupled path). Written out from the blocks of the second
// derivative: a mode with itself, with missing inputs and outputs, with spare hidden units, with another.
std::vector<double> eigenvalues_on_the_path(Eigen::Index n, Eigen::Index m, Eigen::Index d, const Vector& s,
                                            const Vector& u) {
  const Eigen::Index r = s.size();
  std::vector<double> all(static_cast<std::size_t>((m - r) * (n + d - 2 * r)), 0.0);
  const auto times = [&](Eigen::Index count, double value) {
    all.insert(all.end(), static_cast<std::size_t>(count), value);
  };
  for (Eigen::Index i = 0; i < r; ++i) {
    times(1, 3 * u[i] - s[i]);
    times(1, s[i] - u[i]);
    times(n + d - 2 * r, u[i]);
    times(m - r, u[i] - s[i]);
    times(m - r, s[i] - u[i]);
    for (Eigen::Index k = 0; k < i; ++k) {
      const double sum = s[i] + s[k], difference = s[i] - s[k];
      for (double sign : {-1, 1}) {
        times(1, u[i] + u[k] - sum / 2 + sign * std::sqrt(u[i] * u[k] + difference * difference / 4));
        const double detuning = u[i] - u[k] - difference / 2;
        times(1, sum / 2 + sign * std::sqrt(detuning * detuning + u[i] * u[k]));
      }
    }
  }
  std::ranges::sort(all, std::greater<>());
  return all;
}

TEST(DenseHessian, HasTheKnownEigenvaluesAlongTheDecoupledPathOfTwoMatrices) {
  for (const Units& units : {Units{3, 3, 3}, Units{4, 5, 3}, Units{3, 2, 5}, Units{6, 4, 4}}) {
    const Eigen::Index r = std::min<Eigen::Index>(2, units[1]);
    const Vector s = Vector::LinSpaced(r, 2, 1.3);
    auto stream = base::stream(1, "decoupled path", units[1]);
    data::SingularModes modes{linalg::haar_orthonormal(units[2], r, stream), s,
                              linalg::haar_orthonormal(units[0], r, stream)};
    data::Correlations correlations;
    correlations.sigma11 = Matrix::Identity(units[0], units[0]);
    correlations.sigma31 = modes.output * s.asDiagonal() * modes.input.transpose();
    for (const auto& [first, second] :
         {std::pair{0.0, 0.0}, {1e-3, 0.5}, {1.1, 0.2}, {2.0, 1.3}, {2.4, 1.9}}) {
      const Vector u{{first, second}};
      const Matrix layers = u.cwiseSqrt().transpose().replicate(2, 1);
      const auto at = network::decoupled_weights(units, modes, layers, stream).network;
      const Vector measured = linalg::symmetric_eigen(network::dense_hessian(at, correlations)).values;
      const auto expected = eigenvalues_on_the_path(units[0], units[1], units[2], s, u);
      ASSERT_EQ(measured.size(), static_cast<Eigen::Index>(expected.size()));
      base::Worst worst;
      for (std::size_t i = 0; i < expected.size(); ++i)
        worst.see(std::abs(measured[static_cast<Eigen::Index>(i)] - expected[i]));
      EXPECT_LE(worst.value(), kRounding * 4) << units[1] << " hidden units, u = " << u.transpose();
    }
  }
}

TEST(HessianProduct, ShapesThatDoNotComposeAreRefused) {
  const auto correlations = correlated();
  EXPECT_THROW(network::HessianProduct(correlations, Network({5, 2, 3})), base::DomainError);
  EXPECT_THROW(network::HessianProduct(correlations, Network({4, 2, 4})), base::DomainError);
  EXPECT_THROW(network::HessianProduct(with_inputs(Matrix::Identity(3, 3)), Network({4, 2, 3})),
               base::DomainError);
  network::HessianProduct hessian(correlations, Network({4, 2, 3}));
  Network right({4, 2, 3}), wrong({4, 3, 3});
  EXPECT_NO_THROW(hessian(right, right));
  EXPECT_THROW(hessian(wrong, right), base::DomainError);
  EXPECT_THROW(hessian(right, wrong), base::DomainError);
}

TEST(HessianProduct, WeightsThatAreNotFiniteAreRefused) {
  for (double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Network network = random_network({4, 2, 3}, 1);
    network.weight(2)(1, 0) = bad;
    EXPECT_THROW(network::HessianProduct(correlated(), network), base::DomainError);
    EXPECT_THROW(network::dense_hessian(network, correlated()), base::DomainError);
  }
}

TEST(DenseHessian, OfMoreThan4096WeightsIsRefusedWithTheNumber) {
  const auto correlations = correlated();
  try {
    network::dense_hessian(Network({4, 1000, 3}), correlations);
    FAIL() << "7000 weights were accepted";
  } catch (const base::DomainError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("7000 weights: expected 4096 at most"));
  }
}

}  // namespace
