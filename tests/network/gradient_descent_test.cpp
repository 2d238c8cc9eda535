#include "dln/network/gradient_descent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/network/initial_weights.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using network::descend;
using network::DescentOptions;
using network::DescentState;
using network::DescentStop;
using Network = network::LinearNetwork<double>;
using testing::ElementsAre;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(1, "descent test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

const data::Dataset kExamples{gaussian(4, 10, 1), gaussian(3, 10, 2)};
const data::Correlations kSums = data::correlate(kExamples);
const data::Correlations kMeans = [] {
  data::CorrelationAccumulator accumulator(4, 3);
  accumulator.add(kExamples);
  return accumulator.result(data::Normalisation::mean);
}();

Network start() {
  auto stream = base::stream(1, "descent test start");
  return network::small_random_weights({4, 5, 3}, 0.4, stream);
}

// Two runs of the same updates agree, but only to rounding: vectorised loops round by how a copy is aligned.
constexpr double kSame = 1e-12;
double distance(const Network& a, const Network& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.buffer().size(); ++i)
    largest = std::max(largest, std::abs(a.buffer()[i] - b.buffer()[i]));
  return largest;
}

DescentOptions options(double rate, long iterations) {
  DescentOptions result;
  result.learning_rate = rate;
  result.max_iterations = iterations;
  return result;
}

// A 1-1-1 network whose only mode has strength s.
data::Correlations one_mode(double s) {
  return {Matrix::Ones(1, 1), Matrix::Constant(1, 1, s), s * s, 1, data::Normalisation::sum};
}
Network chain(double a, double b) {
  return Network::from_matrices({Matrix::Constant(1, 1, a), Matrix::Constant(1, 1, b)});
}

TEST(GradientDescent, OneStepMovesEveryLayerFromTheOldWeights) {
  const double rate = 0.01;
  const Matrix w1 = start().weight(1), w2 = start().weight(2);
  const Matrix missing = kSums.sigma31 - w2 * w1 * kSums.sigma11;
  const Matrix new1 = w1 + rate * (w2.transpose() * missing), new2 = w2 + rate * (missing * w1.transpose());
  // What a careless update makes: the second layer from the first one's new weights.
  const Matrix sequential2 = w2 + rate * ((kSums.sigma31 - w2 * new1 * kSums.sigma11) * new1.transpose());

  const auto result = descend(start(), kSums, options(rate, 1));
  EXPECT_EQ(result.reason, DescentStop::max_iterations);
  EXPECT_EQ(result.iterations, 1);
  EXPECT_LE((result.network.weight(1) - new1).norm(), 100 * kEpsilon * new1.norm());  // a few products
  EXPECT_LE((result.network.weight(2) - new2).norm(), 100 * kEpsilon * new2.norm());
  EXPECT_GT((result.network.weight(2) - sequential2).norm(), 1e-3 * new2.norm());
}

TEST(GradientDescent, AnObserverSeesEverySoManyIterationsAndTheLast) {
  auto settings = options(0.01, 10);
  settings.observe_every = 4;
  std::vector<long> seen;
  const auto result = descend(start(), kSums, settings, [&](const DescentState& state) {
    seen.push_back(state.iteration);
    // It sees the weights after that many updates.
    EXPECT_LE(distance(state.network, descend(start(), kSums, options(0.01, state.iteration)).network),
              kSame);
    return true;
  });
  EXPECT_THAT(seen, ElementsAre(0, 4, 8, 10));
  EXPECT_EQ(result.reason, DescentStop::max_iterations);
  EXPECT_EQ(result.iterations, 10);
}

TEST(GradientDescent, TheLastIterationIsSeenOnceWhenTheCadenceMeetsIt) {
  auto settings = options(0.01, 8);
  settings.observe_every = 4;
  std::vector<long> seen;
  descend(start(), kSums, settings,
          [&](const DescentState& state) { return seen.push_back(state.iteration), true; });
  EXPECT_THAT(seen, ElementsAre(0, 4, 8));
}

TEST(GradientDescent, AnObserverStopsItBeforeTheUpdate) {
  const auto stopped = descend(start(), kSums, options(0.01, 1000),
                               [](const DescentState& state) { return state.iteration < 7; });
  EXPECT_EQ(stopped.reason, DescentStop::observer);
  EXPECT_EQ(stopped.iterations, 7);
  EXPECT_LE(distance(stopped.network, descend(start(), kSums, options(0.01, 7)).network), kSame);
}

TEST(GradientDescent, NoIterationsLeaveTheStartAsItWas) {
  int calls = 0;
  const auto result =
      descend(start(), kSums, options(0.01, 0), [&](const DescentState&) { return ++calls > 0; });
  EXPECT_EQ(distance(result.network, start()), 0);
  EXPECT_EQ(result.reason, DescentStop::max_iterations);
  EXPECT_EQ(result.iterations, 0);
  EXPECT_EQ(calls, 1);
}

TEST(GradientDescent, TheDescentSpeedIsTheSlopeOfTheErrorPerEpoch) {
  for (const auto& correlations : {kSums, kMeans}) {
    const double rate = 1e-7;
    std::vector<double> errors, speeds;
    descend(start(), correlations, options(rate, 1), [&](const DescentState& state) {
      errors.push_back(network::squared_error(state.network, correlations));
      speeds.push_back(state.descent_speed);
      return true;
    });
    // One epoch changes the error by the speed up to the curvature, O(rate) of it; rounding adds eps E /
    // speed, and E / speed is about 1 / (rate |G|^2 / E).
    ASSERT_EQ(errors.size(), 2u);
    EXPECT_NEAR((errors[0] - errors[1]) / speeds[0], 1, 1e-5);
  }
}

TEST(GradientDescent, DivergenceIsReportedWithTheIterationThatShowsIt) {
  auto error_of = [](const Network& network) {
    return (kSums.sigma31 - network::end_to_end(network) * kSums.sigma11).norm();
  };
  const double bound = 1e3 * std::max(error_of(start()), kSums.sigma31.norm());
  const auto result = descend(start(), kSums, options(1, 1000));
  ASSERT_EQ(result.reason, DescentStop::diverged);
  EXPECT_LT(result.iterations, 20);
  EXPECT_FALSE(error_of(result.network) <= bound);
  // One iteration earlier everything was still in bounds, and the run would have ended normally.
  const auto before = descend(start(), kSums, options(1, result.iterations - 1));
  EXPECT_EQ(before.reason, DescentStop::max_iterations);
  EXPECT_LE(error_of(before.network), bound);
  EXPECT_THAT(result.brief(), testing::HasSubstr(std::to_string(result.iterations)));
}

TEST(GradientDescent, WeightsThatAreNotNumbersAreADivergence) {
  Network broken = start();
  broken.weight(2)(1, 1) = kNaN;
  auto never = [](const DescentState&) -> bool { throw std::logic_error("an observer was shown a NaN"); };
  const auto result = descend(broken, kSums, options(0.01, 100), never);
  EXPECT_EQ(result.reason, DescentStop::diverged);
  EXPECT_EQ(result.iterations, 0);
}

TEST(GradientDescent, WhatItReturnsAsDoneIsFinite) {
  int diverged = 0;
  for (double rate = 1e-3; rate < 1e300; rate *= 1e7)
    for (long iterations = 0; iterations < 12; ++iterations) {
      const auto result = descend(start(), kSums, options(rate, iterations));
      diverged += result.reason == DescentStop::diverged;
      if (result.reason == DescentStop::diverged) continue;
      for (double weight : result.network.buffer()) ASSERT_TRUE(std::isfinite(weight)) << "rate " << rate;
    }
  EXPECT_GT(diverged, 100);  // most of these rates are absurd
}

TEST(GradientDescent, MeansGiveTheTrajectoryOfSums) {
  const auto sums = descend(start(), kSums, options(0.01, 200)).network;
  const auto means = descend(start(), kMeans, options(0.01, 200)).network;
  EXPECT_LE(distance(means, sums), 1e-12);  // 200 updates of weights of size 1, each rounded
  EXPECT_GT(distance(sums, start()), 0.1);
}

// At the minimum of a 1-1-1 network with balanced weights the curvature is w1^2 + w2^2 = 2 s, so that plain
// descent is stable for rates below 2 / (2 s) = 1 / s and unstable above.
TEST(GradientDescent, IsStableBelowTwoOverTheCurvatureAndNotAbove) {
  for (double s : {0.5, 3.0}) {
    const double limit = 2 / (2 * s), w = std::sqrt(0.9 * s);
    auto left = [s](const Network& network) { return std::abs(1 - network::end_to_end(network)(0, 0) / s); };
    // Below: each step multiplies what is left by 1 - 2 * 0.98 = -0.96, and 0.96^1000 is 2e-18. The rounding
    // of all steps adds up to 1 / (1 - 0.96) = 25 times that of one.
    EXPECT_LE(left(descend(chain(w, w), one_mode(s), options(0.98 * limit, 1000)).network),
              25 * 10 * kEpsilon);
    // Above: by -1.04, until it runs into a cycle of two; halfway and at the end it is away from the minimum.
    for (long iterations : {1000, 1001, 5000})
      EXPECT_GT(left(descend(chain(w, w), one_mode(s), options(1.02 * limit, iterations)).network), 0.01);
  }
}

TEST(GradientDescent, OptionsOutsideTheirDomainsAreRefused) {
  for (double bad : {0.0, -1.0, kNaN, kInfinity}) {
    EXPECT_THROW(descend(start(), kSums, options(bad, 1)), base::DomainError);
    auto settings = options(0.01, 1);
    settings.divergence_bound = bad;
    EXPECT_THROW(descend(start(), kSums, settings), base::DomainError);
  }
  EXPECT_THROW(descend(start(), kSums, options(0.01, -1)), base::DomainError);
  auto settings = options(0.01, 1);
  settings.observe_every = 0;
  EXPECT_THROW(descend(start(), kSums, settings), base::DomainError);
  EXPECT_THROW(descend(chain(1, 1), kSums, options(0.01, 1)),
               base::DomainError);  // shapes that do not compose
}

}  // namespace
