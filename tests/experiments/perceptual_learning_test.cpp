// Perceptual learning: three witnesses, and what does and does not order the layers.
#include "dln/experiments/perceptual_learning.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"

namespace dln::experiments {
namespace {

// A hundred steps of tolerance 1e-11.
constexpr double kSteps = 1e-9;

PerceptualLearning run(int matrices, double ratio, PerceptualStart start = PerceptualStart::decoupled) {
  return run_perceptual_learning(
      {.layers = graded_layers(matrices, 0.25, ratio), .start = start, .samples = 201});
}

TEST(PerceptualLearning, GoesAlikeInClosedFormFlowAndNetwork) {
  for (int L : {2, 3, 5})
    for (double ratio : {0.5, 1.0, 2.0}) {
      const auto found = run(L, ratio);
      EXPECT_LT((found.flow - found.theory).cwiseAbs().maxCoeff(), kSteps);
      EXPECT_LT((found.network - found.theory).cwiseAbs().maxCoeff(), kSteps);
      EXPECT_NEAR(found.theory.row(0).prod(), 0.099, kSteps) << "the weak mode was learned";
      EXPECT_NEAR(found.theory.row(200).prod(), 0.99, kSteps) << "and strengthened";
      for (std::size_t l = 0; l < found.by_theory.size(); ++l) {
        const auto &theory = found.by_theory[l], &network = found.by_network[l];
        EXPECT_NEAR(theory.weight_change, network.weight_change, 10 * kSteps);
        EXPECT_NEAR(theory.weight_half_time, network.weight_half_time, 10 * kSteps);
        EXPECT_NEAR(theory.gain_after, network.gain_after, 10 * kSteps);
        EXPECT_NEAR(theory.gain_half_time, network.gain_half_time, 10 * kSteps);
      }
    }
}

TEST(PerceptualLearning, SquaresGrowAlikeInEveryLayerFromAnyStart) {
  for (auto start : {PerceptualStart::decoupled, PerceptualStart::random_weights}) {
    const auto found = run(4, 2, start).by_network;
    EXPECT_GT(found[0].square_growth, 0.1);
    for (const auto& layer : found) EXPECT_NEAR(layer.square_growth, found[0].square_growth, kSteps);
  }
}

TEST(PerceptualLearning, EqualLayersHaveNoOrderInTheirWeights) {
  const auto found = run(4, 1).by_network;
  for (const auto& layer : found) {
    EXPECT_NEAR(layer.weight_change, found[0].weight_change, kSteps);
    EXPECT_NEAR(layer.weight_half_time, found[0].weight_half_time, kSteps);
  }
}

TEST(PerceptualLearning, TheWeakerLayerChangesMoreAndEarlier) {
  for (double ratio : {0.5, 2.0}) {
    auto found = run(4, ratio).by_network;
    std::ranges::sort(found, {}, &LayerChange::weight_before);
    for (std::size_t l = 1; l < found.size(); ++l) {
      EXPECT_GT(found[l - 1].weight_change, 1.02 * found[l].weight_change);
      EXPECT_LT(found[l - 1].weight_half_time, found[l].weight_half_time - 1e-3);
    }
    for (const auto& layer : found)
      EXPECT_NEAR(layer.weight_change,
                  std::sqrt(1 + layer.square_growth / (layer.weight_before * layer.weight_before)) - 1,
                  10 * kSteps);
  }
}

TEST(PerceptualLearning, ReceptiveFieldsChangeMoreAndLaterTheHigherTheLayerEqualOrNot) {
  for (double ratio : {1.0, 2.0}) {
    const auto found = run(4, ratio).by_network;
    for (std::size_t l = 1; l < found.size(); ++l) {
      EXPECT_GT(found[l].gain_after / found[l].gain_before,
                1.1 * (found[l - 1].gain_after / found[l - 1].gain_before));
      EXPECT_GT(found[l].gain_half_time, found[l - 1].gain_half_time + 1e-3);
    }
    if (ratio == 1) {
      EXPECT_NEAR(found[1].gain_after / found[1].gain_before, std::sqrt(10.0), 1e-7);
    }
  }
}

// In the broad modes' directions nothing changes but what little they had left to learn.
TEST(PerceptualLearning, ReceptiveFieldsChangeAlongTheFineDirection) {
  const auto found = run(3, 1);
  ASSERT_EQ(found.receptive_fields.size(), 3u);
  EXPECT_NEAR(found.fine_direction.norm(), 1, 1e-14);
  for (std::size_t l = 0; l < 3; ++l) {
    const auto& field = found.receptive_fields[l];
    const linalg::Vector change = field.after - field.before;
    const double along = change.dot(found.fine_direction);
    EXPECT_GT(std::abs(along), 0.1) << l;
    EXPECT_LT((change - along * found.fine_direction).norm(), 1e-6 * std::abs(along)) << l;
  }
}

TEST(PerceptualLearning, TheFineDirectionIsSteepestAtTheOrientationLearned) {
  const auto found = run(2, 1);
  Eigen::Index steepest = 0;
  double most = 0;
  for (Eigen::Index j = 0; j + 1 < found.fine_direction.size(); ++j)
    if (const double slope = found.fine_direction[j + 1] - found.fine_direction[j]; slope > most)
      most = slope, steepest = j;
  EXPECT_NEAR(found.orientations[static_cast<std::size_t>(steepest)], 90, 5.1) << "one channel";
}

TEST(PerceptualLearning, FromRandomWeightsTheLayerOfLeastNormGrowsMostRelatively) {
  auto found = run(3, 2, PerceptualStart::random_weights);
  EXPECT_EQ(found.network.size(), 0);
  auto layers = found.by_network;
  std::ranges::sort(layers, {}, &LayerChange::weight_before);
  for (std::size_t l = 1; l < layers.size(); ++l) {
    EXPECT_GT(layers[l].weight_before, 1.02 * layers[l - 1].weight_before);
    EXPECT_LT(layers[l].weight_change, layers[l - 1].weight_change);
  }
}

TEST(GradedLayers, HaveTheirMeanAndRatio) {
  const auto layers = graded_layers(4, 0.3, 2);
  double product = 1;
  for (double a : layers) product *= a;
  EXPECT_NEAR(product, std::pow(0.3, 4), 1e-15);
  for (std::size_t l = 1; l < 4; ++l) EXPECT_NEAR(layers[l - 1] / layers[l], 2, 1e-14);
  EXPECT_THROW(graded_layers(1, 0.3, 2), base::DomainError);
  EXPECT_THROW(graded_layers(3, 0, 2), base::DomainError);
  EXPECT_THROW(graded_layers(3, 0.3, 0), base::DomainError);
}

TEST(PerceptualLearning, RefusesWhatIsOutOfItsDomain) {
  EXPECT_THROW(run_perceptual_learning({.layers = {0.3}}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.layers = {0.3, -0.3}}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.broad = 0}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.weak = 0}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.weak = 1, .fine = 1}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.time_constant = 0}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.harmonics = 0}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.channels = 8}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.hidden = 4}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.separation = 0}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.completion = 1}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.samples = 1}), base::DomainError);
  EXPECT_THROW(run_perceptual_learning({.layers = {0.9, 0.9}}), base::UnreachableError)
      << "already beyond the weak mode";
}

}  // namespace
}  // namespace dln::experiments
