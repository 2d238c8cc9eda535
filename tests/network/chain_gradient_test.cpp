#include "dln/network/chain_gradient.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "dln/base/error.hpp"
#include "dln/network/initial_weights.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using linalg::relative_difference;
using Network = network::LinearNetwork<double>;
using Units = std::vector<Eigen::Index>;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
// Products of up to five small matrices and sums over 12 examples, each value of size one: some hundred
// roundings, and some cancellation between target and output.
constexpr double kRounding = 1000 * kEpsilon;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(1, "gradient test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

// 4 inputs, correlated and far from white; 3 targets.
const data::Dataset kExamples{gaussian(4, 4, 1) * gaussian(4, 12, 2), gaussian(3, 12, 3)};

Network random_network(const Units& units) {
  auto stream = base::stream(1, "gradient test network", units.size());
  return network::small_random_weights(units, 0.6, stream);
}

Network direction_of(const Network& network, const data::Correlations& correlations) {
  Network direction = network;
  network::ChainGradient gradient(correlations, network);
  gradient(network, direction);
  return direction;
}

double difference(const Network& a, const Network& b) {
  double largest = 0;
  for (int l = 1; l <= a.depth().weight_matrices(); ++l)
    largest = std::max(largest, relative_difference(a.weight(l), b.weight(l)));
  return largest;
}

class ChainGradientOfUnits : public testing::TestWithParam<Units> {};

TEST_P(ChainGradientOfUnits, IsMinusTheSlopeOfTheSquaredError) {
  const auto correlations = data::correlate(kExamples);
  ASSERT_GT(data::whiteness_residual(correlations.sigma11), 1);
  const Network network = random_network(GetParam());
  const Network direction = direction_of(network, correlations);
  // Every single weight enters the map linearly, so the error is a parabola in it and the central difference
  // has no error of truncation at any step: a large one keeps the rounding, eps E / step, small.
  const double step = 0.25, error = network::squared_error(network, correlations);
  Network slope = network;
  for (std::size_t i = 0; i < network.buffer().size(); ++i) {
    Network above = network, below = network;
    above.buffer()[i] += step;
    below.buffer()[i] -= step;
    slope.buffer()[i] =
        (network::squared_error(below, correlations) - network::squared_error(above, correlations)) /
        (2 * step);
    EXPECT_NEAR(direction.buffer()[i], slope.buffer()[i], 100 * kEpsilon * error / step) << "weight " << i;
  }
  EXPECT_LE(difference(direction, slope), 1e-10);  // the same, relative to each matrix
}

TEST_P(ChainGradientOfUnits, IsTheSameOnTheShortWayForWhiteInputs) {
  auto white = data::correlate(kExamples);
  white.sigma11.setIdentity();
  auto nearly = white;
  nearly.sigma11(0, 0) += kEpsilon;  // enough to be sent the long way
  const Network network = random_network(GetParam());
  EXPECT_LE(difference(direction_of(network, white), direction_of(network, nearly)), kRounding);
  // An input that is not excited is not white either, and its error differs by what W does to it.
  auto missing = white;
  missing.sigma11(3, 3) = 0;
  EXPECT_GT(difference(direction_of(network, white), direction_of(network, missing)), 1e-3);
}

TEST_P(ChainGradientOfUnits, KeepsNothingFromAnEarlierCall) {
  const auto correlations = data::correlate(kExamples);
  const Network network = random_network(GetParam()), zero(GetParam());
  Network direction = network;
  network::ChainGradient gradient(correlations, network);
  gradient(zero, direction);
  EXPECT_DOUBLE_EQ(gradient.error_correlation_norm(), correlations.sigma31.norm());
  gradient(network, direction);
  EXPECT_LE(difference(direction, direction_of(network, correlations)), kRounding);
  const Matrix left = correlations.sigma31 - network::end_to_end(network) * correlations.sigma11;
  EXPECT_NEAR(gradient.error_correlation_norm(), left.norm(), kRounding * left.norm());
}

INSTANTIATE_TEST_SUITE_P(Depths, ChainGradientOfUnits,
                         testing::Values(Units{4, 3}, Units{4, 5, 3}, Units{4, 2, 6, 3},
                                         Units{4, 5, 2, 7, 3}));

TEST(ChainGradient, OfTwoMatricesIsEq1ExampleByExample) {
  const Network network = random_network({4, 5, 3});
  const Matrix w1 = network.weight(1), w2 = network.weight(2);
  Matrix g1 = Matrix::Zero(5, 4), g2 = Matrix::Zero(3, 5);
  for (Eigen::Index mu = 0; mu < 12; ++mu) {
    const linalg::Vector x = kExamples.inputs.col(mu), y = kExamples.targets.col(mu);
    const linalg::Vector hidden = w1 * x, missing = y - w2 * hidden;
    g1 += w2.transpose() * missing * x.transpose();
    g2 += missing * hidden.transpose();
  }
  const Network direction = direction_of(network, data::correlate(kExamples));
  EXPECT_LE(relative_difference(direction.weight(1), g1), kRounding);
  EXPECT_LE(relative_difference(direction.weight(2), g2), kRounding);
}

TEST(ChainGradient, VanishesWhereTheMapIsTheBestOne) {
  // Targets that are W x exactly: at that W nothing is left to learn.
  const Network network = random_network({4, 6, 3});
  const data::Dataset solved{kExamples.inputs, network::end_to_end(network) * kExamples.inputs};
  const auto correlations = data::correlate(solved);
  const Network direction = direction_of(network, correlations);
  for (int l : {1, 2}) EXPECT_LE(direction.weight(l).norm(), kRounding * correlations.sigma31.norm());
}

TEST(ChainGradient, ShapesThatDoNotComposeAreRefused) {
  const auto correlations = data::correlate(kExamples);
  EXPECT_THROW(network::ChainGradient(correlations, Network({5, 2, 3})), base::DomainError);
  EXPECT_THROW(network::ChainGradient(correlations, Network({4, 2, 4})), base::DomainError);
  EXPECT_NO_THROW(network::ChainGradient(correlations, Network({4, 2, 3})));
}

TEST(SquaredError, IsHalfTheSumOverTheExamples) {
  for (const Units& units : {Units{4, 3}, Units{4, 5, 3}, Units{4, 2, 6, 3}}) {
    const Network network = random_network(units);
    const Matrix map = network::end_to_end(network);
    double error = 0, power = 0;
    for (Eigen::Index mu = 0; mu < 12; ++mu) {
      error += (kExamples.targets.col(mu) - map * kExamples.inputs.col(mu)).squaredNorm() / 2;
      power += (map * kExamples.inputs.col(mu)).squaredNorm() + kExamples.targets.col(mu).squaredNorm();
    }
    // Through the correlations it is a difference of powers, so these set the size of the rounding.
    EXPECT_NEAR(network::squared_error(network, data::correlate(kExamples)), error, 100 * kEpsilon * power);
  }
}

TEST(SquaredError, OfMeansIsTheMeanError) {
  data::CorrelationAccumulator accumulator(4, 3);
  accumulator.add(kExamples);
  const Network network = random_network({4, 5, 3});
  const double sum = network::squared_error(network, accumulator.result());
  const double mean = network::squared_error(network, accumulator.result(data::Normalisation::mean));
  EXPECT_NEAR(12 * mean, sum, kRounding * sum);
}

}  // namespace
