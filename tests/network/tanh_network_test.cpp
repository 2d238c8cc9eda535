#include "dln/network/tanh_network.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/network/initial_weights.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using linalg::relative_difference;
using network::TanhGradient;
using Network = network::LinearNetwork<double>;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
// Sums of up to 12 products of values of size one, and some cancellation between target and output.
constexpr double kRounding = 100 * kEpsilon;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(1, "tanh test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

// 4 inputs, correlated and far from white; 3 targets; 12 examples.
const data::Dataset kExamples{gaussian(4, 4, 1) * gaussian(4, 12, 2), gaussian(3, 12, 3)};
// Four one-hot items.
const data::Dataset kOneHot{Matrix::Identity(4, 4), gaussian(3, 4, 4)};

Network random_network(double deviation = 0.6) {
  auto stream = base::stream(1, "tanh test network");
  return network::small_random_weights({4, 5, 3}, deviation, stream);
}

Network direction_of(const Network& weights, const data::Dataset& examples) {
  Network direction = weights;
  TanhGradient gradient(examples, weights);
  gradient(weights, direction);
  return direction;
}

double difference(const Network& a, const Network& b) {
  base::Worst largest;
  for (int l : {1, 2}) largest.see(relative_difference(a.weight(l), b.weight(l)));
  return largest.value();
}

// The answer to one example and the error over all of them, unit by unit.
std::vector<double> answer(const Network& weights, const Matrix& inputs, Eigen::Index example) {
  std::vector<double> outputs(static_cast<std::size_t>(weights.outputs()), 0.0);
  for (Eigen::Index j = 0; j < weights.units()[1]; ++j) {
    double into = 0;
    for (Eigen::Index i = 0; i < weights.inputs(); ++i) into += weights.weight(1)(j, i) * inputs(i, example);
    for (std::size_t k = 0; k < outputs.size(); ++k)
      outputs[k] += weights.weight(2)(static_cast<Eigen::Index>(k), j) * std::tanh(into);
  }
  return outputs;
}

double error_of(const Network& weights, const data::Dataset& examples) {
  double error = 0;
  for (Eigen::Index mu = 0; mu < examples.inputs.cols(); ++mu) {
    const auto outputs = answer(weights, examples.inputs, mu);
    for (std::size_t k = 0; k < outputs.size(); ++k)
      error += std::pow(examples.targets(static_cast<Eigen::Index>(k), mu) - outputs[k], 2) / 2;
  }
  return error;
}

TEST(TanhGradient, IsMinusTheSlopeOfTheError) {
  // Central differences at h and h/2, of which Richardson's 4/3 and -1/3 leave h^4 times a fifth derivative:
  // of size 1e2 to 1e4 for these inputs, 1e-10 at h = 1e-3 when divided by 4 * 120. Rounding leaves eps E/h.
  const double h = 1e-3;
  for (const auto* examples : {&kExamples, &kOneHot}) {
    const Network weights = random_network(), direction = direction_of(weights, *examples);
    Network slope = weights;
    const auto central = [&](std::size_t i, double step) {
      Network above = weights, below = weights;
      above.buffer()[i] += step;
      below.buffer()[i] -= step;
      return (error_of(below, *examples) - error_of(above, *examples)) / (2 * step);
    };
    base::Worst largest;
    for (std::size_t i = 0; i < weights.buffer().size(); ++i) {
      slope.buffer()[i] = (4 * central(i, h / 2) - central(i, h)) / 3;
      largest.see(std::abs(slope.buffer()[i] - direction.buffer()[i]));
    }
    EXPECT_LE(largest.value(), 1e-9);
    EXPECT_LE(difference(direction, slope), 1e-9);  // the same, relative to each matrix
    // The hidden units are not in their linear range.
    EXPECT_GT((weights.weight(1) * examples->inputs).cwiseAbs().maxCoeff(), 1);
  }
}

TEST(TanhGradient, IsTheSameOnTheShortWayForOneHotInputs) {
  data::Dataset nearly = kOneHot;
  nearly.inputs(0, 0) += kEpsilon;  // enough to be sent the long way
  const Network weights = random_network();
  EXPECT_LE(difference(direction_of(weights, kOneHot), direction_of(weights, nearly)), kRounding);
  // Other items in another order are not the identity, and give other gradients.
  data::Dataset turned = kOneHot;
  turned.inputs.col(0).swap(turned.inputs.col(1));
  EXPECT_GT(difference(direction_of(weights, turned), direction_of(weights, kOneHot)), 1e-2);
  // The same pairs of items and targets in that order: the sums do not care.
  turned.targets.col(0).swap(turned.targets.col(1));
  EXPECT_LE(difference(direction_of(weights, turned), direction_of(weights, kOneHot)), kRounding);
}

TEST(TanhGradient, IsThatOfTheLinearNetworkForTinyWeightsUpToTheirSquare) {
  // tanh h = h - h^3/3: the relative deviation is of second order in the weights. Their next order is the
  // fourth, so that at 2e-2 and 1e-2 the measured order is 2 up to some (2e-2)^2 times a constant of size 10.
  const auto correlations = data::correlate(kExamples);
  const auto deviation = [&](double size) {
    const Network weights = random_network(size);
    Network linear = weights;
    network::ChainGradient gradient(correlations, weights);
    gradient(weights, linear);
    return difference(direction_of(weights, kExamples), linear);
  };
  const double coarse = deviation(2e-2), fine = deviation(1e-2);
  EXPECT_LT(coarse, 0.02);  // (2e-2)^2 |x|^2, |x|^2 of size 10 to 50
  EXPECT_GT(fine, 1e-6) << "there is something to measure";
  EXPECT_NEAR(std::log2(coarse / fine), 2, 0.02);
}

TEST(TanhGradient, TheResidualNormIsTheRootOfTwiceTheError) {
  for (const auto* examples : {&kExamples, &kOneHot}) {
    const Network weights = random_network();
    Network direction = weights;
    TanhGradient gradient(*examples, weights);
    gradient(weights, direction);
    const double expected = std::sqrt(2 * error_of(weights, *examples));
    EXPECT_NEAR(gradient.residual_norm(), expected, kRounding * expected);
    gradient(Network({4, 5, 3}), direction);  // it answers 0 to everything
    EXPECT_NEAR(gradient.residual_norm(), examples->targets.norm(), kRounding * examples->targets.norm());
  }
}

TEST(TanhGradient, KeepsNothingFromAnEarlierCall) {
  const Network weights = random_network();
  for (const auto* examples : {&kExamples, &kOneHot}) {
    Network direction = random_network(3);
    TanhGradient gradient(*examples, weights);
    gradient(random_network(2), direction);
    gradient(weights, direction);
    EXPECT_LE(difference(direction, direction_of(weights, *examples)), kRounding);
  }
}

TEST(TanhGradient, VanishesWhereEveryExampleIsAnswered) {
  const Network weights = random_network();
  data::Dataset solved = kExamples;
  for (Eigen::Index mu = 0; mu < solved.inputs.cols(); ++mu) {
    const auto outputs = answer(weights, solved.inputs, mu);
    for (std::size_t k = 0; k < outputs.size(); ++k)
      solved.targets(static_cast<Eigen::Index>(k), mu) = outputs[k];
  }
  const Network direction = direction_of(weights, solved);
  for (int l : {1, 2})
    EXPECT_LE(direction.weight(l).norm(), kRounding * solved.targets.norm() * solved.inputs.norm());
}

TEST(TanhGradient, ShapesThatDoNotFitAreRefused) {
  EXPECT_THROW(TanhGradient(kExamples, Network({5, 5, 3})), base::DomainError);     // four inputs
  EXPECT_THROW(TanhGradient(kExamples, Network({4, 5, 4})), base::DomainError);     // three targets
  EXPECT_THROW(TanhGradient(kExamples, Network({4, 3})), base::DomainError);        // two matrices
  EXPECT_THROW(TanhGradient(kExamples, Network({4, 5, 5, 3})), base::DomainError);  // two matrices
  const data::Dataset unpaired{kExamples.inputs, kExamples.targets.leftCols(11)};
  EXPECT_THROW(TanhGradient(unpaired, Network({4, 5, 3})), base::DomainError);
  EXPECT_NO_THROW(TanhGradient(kExamples, Network({4, 5, 3})));
}

TEST(TanhCorrelation, IsTheSumOverTheExamples) {
  for (const Matrix& inputs : {kExamples.inputs, kOneHot.inputs}) {
    const Network weights = random_network();
    Matrix sum = Matrix::Zero(3, 4);
    double size = 0;
    for (Eigen::Index mu = 0; mu < inputs.cols(); ++mu) {
      const auto outputs = answer(weights, inputs, mu);
      for (Eigen::Index k = 0; k < 3; ++k)
        for (Eigen::Index i = 0; i < 4; ++i) {
          sum(k, i) += outputs[static_cast<std::size_t>(k)] * inputs(i, mu);
          size += std::abs(outputs[static_cast<std::size_t>(k)] * inputs(i, mu));
        }
    }
    // Relative to what is summed, for its terms have both signs.
    const Matrix correlation = network::tanh_correlation(weights, inputs);
    ASSERT_EQ(correlation.rows(), 3);
    ASSERT_EQ(correlation.cols(), 4);
    EXPECT_LE((correlation - sum).norm(), 20 * kEpsilon * size);
  }
}

TEST(TanhCorrelation, ShapesThatDoNotFitAreRefused) {
  EXPECT_THROW(network::tanh_correlation(Network({5, 5, 3}), kExamples.inputs), base::DomainError);
  EXPECT_THROW(network::tanh_correlation(Network({4, 3}), kExamples.inputs), base::DomainError);
  EXPECT_THROW(network::tanh_correlation(Network({4, 5, 5, 3}), kExamples.inputs), base::DomainError);
}

TEST(TanhDescent, StepsAlongTheGradientFromTheOldWeights) {
  const double rate = 0.01;
  const Network start = random_network(), direction = direction_of(start, kExamples);
  Network expected = start;
  for (std::size_t i = 0; i < expected.buffer().size(); ++i)
    expected.buffer()[i] += rate * direction.buffer()[i];
  const auto result = network::descend_tanh(start, kExamples, {.learning_rate = rate, .max_iterations = 1});
  EXPECT_EQ(result.reason, network::DescentStop::max_iterations);
  EXPECT_LE(difference(result.network, expected), kRounding);
}

TEST(TanhDescent, LowersTheErrorAtTheSpeedItReports) {
  // One step lowers the error by speed times one epoch up to the curvature, O(rate) of it; the difference of
  // the two errors loses eps E / (rate |G|^2), 1e-8.
  const double rate = 1e-7;
  std::vector<double> errors, speeds;
  network::descend_tanh(random_network(), kExamples, {.learning_rate = rate, .max_iterations = 1},
                        [&](const network::DescentState& state) {
                          errors.push_back(error_of(state.network, kExamples));
                          speeds.push_back(state.descent_speed);
                          return true;
                        });
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_NEAR((errors[0] - errors[1]) / speeds[0], 1, 1e-4);
}

TEST(TanhDescent, WeightsThatAreNotNumbersAreADivergence) {
  for (int l : {1, 2})
    for (const auto* examples : {&kExamples, &kOneHot}) {
      Network broken = random_network();
      broken.weight(l)(1, 1) = std::numeric_limits<double>::quiet_NaN();
      const auto never = [](const network::DescentState&) -> bool {
        throw std::logic_error("an observer was shown a NaN");
      };
      const auto result =
          network::descend_tanh(broken, *examples, {.learning_rate = 0.01, .max_iterations = 100}, never);
      EXPECT_EQ(result.reason, network::DescentStop::diverged);
      EXPECT_EQ(result.iterations, 0);
    }
}

TEST(TanhDescent, AnAbsurdRateIsADivergenceAndNotAnAnswer) {
  const auto result =
      network::descend_tanh(random_network(), kExamples, {.learning_rate = 10, .max_iterations = 1000});
  EXPECT_EQ(result.reason, network::DescentStop::diverged);
  EXPECT_LT(result.iterations, 100);
}

}  // namespace
