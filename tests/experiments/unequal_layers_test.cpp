// Which layer moves when: three witnesses of unequal layers, and the two laws that order them.
#include "dln/experiments/unequal_layers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;

// A hundred steps of tolerance 1e-11.
constexpr double kSteps = 1e-9;

// Indices of layers from the least to the greatest.
std::vector<std::size_t> by_size(const UnequalLayers& run) {
  std::vector<std::size_t> order(run.layers.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, {}, [&](std::size_t l) { return std::abs(run.layers[l].start); });
  return order;
}

TEST(UnequalLayers, MoveAlikeInClosedFormFlowAndNetwork) {
  for (const std::vector<double>& layers :
       {std::vector<double>{0.24, 0.06, 0.96, 0.12, 0.48}, {-0.2, 0.5, 0.9}, {0.3, 0.3, 1.4, 0.1}}) {
    const auto run = run_unequal_layers({.layers = layers, .singular_value = 1.3, .time_constant = 2});
    EXPECT_LT((run.flow - run.theory).cwiseAbs().maxCoeff(), kSteps);
    EXPECT_LT((run.network - run.theory).cwiseAbs().maxCoeff(), kSteps);
    EXPECT_GT((run.theory.bottomRows(1) - run.theory.topRows(1)).cwiseAbs().minCoeff(), 0.01)
        << "every layer has moved";
    EXPECT_NEAR(run.flow.bottomRows(1).prod(), 0.99 * 1.3, kSteps);
  }
}

TEST(UnequalLayers, GrowByTheSameSquareInEveryLayer) {
  const auto run = run_unequal_layers();
  EXPECT_LT(run.flow_spread, kSteps);
  EXPECT_LT(run.network_spread, kSteps);
  for (const auto& layer : run.layers) {
    EXPECT_NEAR(layer.end * layer.end - layer.start * layer.start, run.growth, 1e-14);
    EXPECT_NEAR(layer.relative_change, std::sqrt(1 + run.growth / (layer.start * layer.start)) - 1, 1e-13);
  }
}

TEST(UnequalLayers, TheLeastMovesFirstAndMost) {
  for (const std::vector<double>& layers :
       {std::vector<double>{0.24, 0.06, 0.96, 0.12, 0.48}, {-0.2, 0.5, 0.9}}) {
    const auto run = run_unequal_layers({.layers = layers});
    const auto order = by_size(run);
    for (std::size_t i = 1; i < order.size(); ++i) {
      const auto &less = run.layers[order[i - 1]], &more = run.layers[order[i]];
      EXPECT_LT(less.half_time, more.half_time);
      EXPECT_GT(less.relative_change, more.relative_change);
    }
  }
}

TEST(UnequalLayers, AreHalfWayAtTheTimeTheTheorySays) {
  for (const std::vector<double>& layers : {std::vector<double>{0.24, 0.06, 0.96}, {-0.2, 0.5, 0.9}})
    for (std::size_t l = 0; l < 3; ++l) {
      const auto half = run_unequal_layers({.layers = layers}).layers[l];
      // The flow, run for just as long.
      const auto run = run_unequal_layers({.layers = layers, .duration = half.half_time});
      EXPECT_NEAR(run.flow(run.flow.rows() - 1, static_cast<Eigen::Index>(l)), (half.start + half.end) / 2,
                  kSteps);
    }
}

TEST(UnequalLayers, RunIntoTheSaddleForAsLongAsIsAsked) {
  const UnequalLayersOptions tied{.layers = {-0.5, 0.5, 0.9}, .duration = 5};
  const auto run = run_unequal_layers(tied);
  EXPECT_LT((run.flow - run.theory).cwiseAbs().maxCoeff(), kSteps);
  EXPECT_EQ(run.layers[0].end, 0);
  EXPECT_NEAR(run.growth, -0.25, 1e-15);
  EXPECT_THROW(run_unequal_layers({.layers = tied.layers}), base::UnreachableError);
}

// ||W^l||_F^2 grows alike in every layer on any data, from any weights.
class AnyNetwork : public testing::Test {
 protected:
  AnyNetwork() {
    auto stream = base::stream(3, "unequal layers test");
    const Matrix x = linalg::haar_orthonormal(6, 4, stream) * Eigen::Vector4d(2, 1.3, 0.6, 0.2).asDiagonal() *
                     linalg::haar_orthonormal(4, 4, stream).transpose();
    const Matrix y = linalg::haar_orthonormal(6, 3, stream);
    correlations.sigma11 = x.transpose() * x;
    correlations.sigma31 = y.transpose() * x;
    correlations.target_power = y.squaredNorm();
    start = network::small_random_weights({4, 5, 2, 3}, 0.3, stream);
  }
  double spread_to(const network::LinearNetwork<double>& end) const {
    std::vector<double> growth;
    for (int l = 1; l <= 3; ++l)
      growth.push_back(end.weight(l).squaredNorm() - start.weight(l).squaredNorm());
    return *std::ranges::max_element(growth) - *std::ranges::min_element(growth);
  }
  double growth_to(const network::LinearNetwork<double>& end) const {
    return end.weight(1).squaredNorm() - start.weight(1).squaredNorm();
  }

  data::Correlations correlations;
  network::LinearNetwork<double> start{{4, 5, 2, 3}};
};

TEST_F(AnyNetwork, GrowsAlikeInEveryLayerAlongItsFlow) {
  const auto solution =
      network::gradient_flow_fully(start, correlations, 1, base::TimeGrid<double>({0, 20}),
                                   {.relative_tolerance = 1e-11, .absolute_tolerance = 1e-13});
  const auto end = network::network_at(start, solution.trajectory.final_state());
  EXPECT_GT(growth_to(end), 0.3) << "something was learned";
  EXPECT_LT(spread_to(end), kSteps);
}

TEST_F(AnyNetwork, GrowsAlikeUpToTheLearningRateByDescent) {
  const auto spread = [&](double rate) {
    const auto result = network::descend_fully(
        start, correlations, {.learning_rate = rate, .max_iterations = std::lround(20 / rate)});
    return spread_to(result.network);
  };
  const double coarse = spread(0.01), fine = spread(0.005);
  EXPECT_GT(fine, 1e-6) << "finite steps do show";
  EXPECT_NEAR(coarse / fine, 2, 0.1);  // O(lambda): the next order is 1 % of the first
}

TEST(UnequalLayers, RefuseWhatIsOutOfTheirDomain) {
  EXPECT_THROW(run_unequal_layers({.layers = {0.5}}), base::DomainError);
  EXPECT_THROW(run_unequal_layers({.singular_value = 0}), base::DomainError);
  EXPECT_THROW(run_unequal_layers({.completion = 1}), base::DomainError);
  EXPECT_THROW(run_unequal_layers({.duration = -1}), base::DomainError);
  EXPECT_THROW(run_unequal_layers({.samples = 1}), base::DomainError);
  EXPECT_THROW(run_unequal_layers({.width = 1}), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
