#include "dln/network/gradient_flow.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"

namespace {

using namespace dln;
using base::TimeGrid;
using linalg::Matrix;
using linalg::relative_difference;
using network::gradient_flow;
using network::network_at;
using Network = network::LinearNetwork<double>;
using Units = std::vector<Eigen::Index>;

// The integrator keeps the error of each step below 1e-10 relative or 1e-12; over the up to some hundred
// steps of these stable flows it adds up to less than this.
constexpr double kFlowError = 1e-9;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(1, "flow test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

const data::Correlations kCorrelations = data::correlate({gaussian(4, 10, 1), gaussian(3, 10, 2)});

Network start(const Units& units) {
  auto stream = base::stream(1, "flow test start");
  return network::small_random_weights(units, 0.3, stream);
}

double distance(const Network& a, const Network& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.buffer().size(); ++i) sum += std::pow(a.buffer()[i] - b.buffer()[i], 2);
  return std::sqrt(sum);
}

TEST(GradientFlow, BeginsAtTheStartAndVisitsTheTimesOfTheGrid) {
  const Network w = start({4, 5, 3});
  const auto solution = gradient_flow(w, kCorrelations, 1, TimeGrid<>({0, 0.1, 0.4}));
  ASSERT_TRUE(solution.complete()) << solution.brief();
  ASSERT_EQ(solution.trajectory.size(), 3u);
  EXPECT_EQ(solution.trajectory.times(), (std::vector<double>{0, 0.1, 0.4}));
  EXPECT_EQ(distance(network_at(w, solution.trajectory.state(0)), w), 0);
}

// With one matrix and white inputs, tau W' = Sigma31 - W.
TEST(GradientFlow, OfOneMatrixDecaysExponentially) {
  auto white = kCorrelations;
  white.sigma11.setIdentity();
  const Network w = start({4, 3});
  const double tau = 2.5;
  const auto solution = gradient_flow(w, white, tau, TimeGrid<>::linear(0, 10, 6));
  ASSERT_TRUE(solution.complete()) << solution.brief();
  for (std::size_t i = 0; i < 6; ++i) {
    const double left = std::exp(-solution.trajectory.time(i) / tau);
    const Matrix expected = white.sigma31 + left * (w.weight(1) - white.sigma31);
    EXPECT_LE(relative_difference(network_at(w, solution.trajectory.state(i)).weight(1), expected),
              kFlowError);
  }
}

TEST(GradientFlow, TheErrorNeverGrows) {
  for (const Units& units : {Units{4, 5, 3}, Units{4, 2, 6, 3}}) {
    const Network w = start(units);
    const auto solution = gradient_flow(w, kCorrelations, 1, TimeGrid<>::linear(0, 3, 61));
    ASSERT_TRUE(solution.complete()) << solution.brief();
    double last = network::squared_error(w, kCorrelations);
    const double first = last;
    for (std::size_t i = 1; i < solution.trajectory.size(); ++i) {
      const double error = network::squared_error(network_at(w, solution.trajectory.state(i)), kCorrelations);
      EXPECT_LE(error, last + kFlowError * first) << "at time " << solution.trajectory.time(i);
      last = error;
    }
    EXPECT_LT(last, 0.9 * first);  // something was learned
  }
}

// d/dt (W2^T W2 - W1 W1^T) = 0 for every pair of neighbours, whatever the data.
TEST(GradientFlow, TheBalanceOfNeighbouringLayersIsConserved) {
  const Network w = start({4, 5, 2, 3});
  auto balance = [](const Network& n, int l) -> Matrix {
    return n.weight(l + 1).transpose() * n.weight(l + 1) - n.weight(l) * n.weight(l).transpose();
  };
  const auto solution = gradient_flow(w, kCorrelations, 1, TimeGrid<>::linear(0, 3, 11));
  ASSERT_TRUE(solution.complete()) << solution.brief();
  const Network end = network_at(w, solution.trajectory.final_state());
  EXPECT_GT(distance(end, w), 0.1);  // the weights themselves have moved
  for (std::size_t i = 0; i < solution.trajectory.size(); ++i)
    for (int l : {1, 2})
      EXPECT_LE((balance(network_at(w, solution.trajectory.state(i)), l) - balance(w, l)).norm(), kFlowError);
}

TEST(GradientFlow, TheTimeConstantOnlyStretchesTime) {
  const Network w = start({4, 5, 3});
  const auto fast = gradient_flow(w, kCorrelations, 1, TimeGrid<>({0, 0.5}));
  const auto slow = gradient_flow(w, kCorrelations, 20, TimeGrid<>({0, 10}));
  EXPECT_LE(
      distance(network_at(w, fast.trajectory.final_state()), network_at(w, slow.trajectory.final_state())),
      kFlowError);
}

// Descent is Euler's method for the flow in epochs: the distance between the two at one time is of first
// order in the rate, so half the rate leaves half of it.
TEST(GradientFlow, IsTheLimitOfDescentForSmallRates) {
  const Network w = start({4, 5, 3});
  const double rate_times_epochs = 0.2;
  std::vector<double> distances;
  for (double rate : {4e-4, 2e-4, 1e-4}) {
    const auto epochs = std::lround(rate_times_epochs / rate);
    const double tau = data::time_constant(rate, kCorrelations);
    const auto flow = gradient_flow(w, kCorrelations, tau, TimeGrid<>({0, static_cast<double>(epochs)}));
    ASSERT_TRUE(flow.complete()) << flow.brief();
    network::DescentOptions options;
    options.learning_rate = rate;
    options.max_iterations = epochs;
    const auto descent = network::descend(w, kCorrelations, options);
    distances.push_back(distance(descent.network, network_at(w, flow.trajectory.final_state())));
  }
  // The second order bends the ratio by the rate times a curvature of some ten, and half as much at half the
  // rate.
  EXPECT_NEAR(distances[0] / distances[1], 2, 0.02);
  EXPECT_NEAR(distances[1] / distances[2], 2, 0.01);
  EXPECT_GT(distances[2], 1e3 * kFlowError);  // far above the integrator's error, or the ratios mean nothing
}

TEST(GradientFlow, ATimeConstantThatIsNotPositiveIsRefused) {
  const Network w = start({4, 5, 3});
  for (double bad :
       {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    EXPECT_THROW(gradient_flow(w, kCorrelations, bad, TimeGrid<>({0, 1})), base::DomainError);
}

TEST(GradientFlow, ShapesThatDoNotComposeAreRefused) {
  EXPECT_THROW(gradient_flow(start({5, 3}), kCorrelations, 1, TimeGrid<>({0, 1})), base::DomainError);
}

TEST(NetworkAt, PutsAStateIntoTheShape) {
  const Network shape({2, 1, 2});
  const Network network = network_at(shape, std::vector<double>{1, 2, 3, 4});
  EXPECT_EQ(network.weight(1), (Matrix(1, 2) << 1, 2).finished());
  EXPECT_EQ(network.weight(2), (Matrix(2, 1) << 3, 4).finished());
}

TEST(NetworkAt, AStateOfAnotherSizeIsRefused) {
  const Network shape({2, 1, 2});
  EXPECT_THROW(network_at(shape, std::vector<double>(3)), base::DomainError);
  EXPECT_THROW(network_at(shape, std::vector<double>(5)), base::DomainError);
  EXPECT_THROW(network_at(shape, {}), base::DomainError);
}

}  // namespace
