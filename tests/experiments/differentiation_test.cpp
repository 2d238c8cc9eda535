// Progressive differentiation: broad categories before narrow ones with hidden layers, all at once without.
#include "dln/experiments/differentiation.hpp"

#include <gtest/gtest.h>

#include "dln/base/error.hpp"
#include "dln/experiments/graph_problem.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;

class TwoClusters : public testing::Test {
 protected:
  TwoClusters() : problem(expected_graph_problem(data::cluster_graph(2, 4, 0.05), {})) {}

  TransitionRun run(int layers) const {
    return run_transitions(problem, {.depth = base::Depth::from_layers(layers), .keep_answers = true});
  }

  // Squared distances between answers: of two items of different clusters, and of the same.
  static double distance(const Matrix& similarity, Eigen::Index a, Eigen::Index b) {
    return similarity(a, a) + similarity(b, b) - 2 * similarity(a, b);
  }
  static double across(const Matrix& similarity) { return distance(similarity, 0, 7); }
  static double within(const Matrix& similarity) { return distance(similarity, 0, 1); }

  LearningProblem problem;
};

TEST_F(TwoClusters, AreToldApartBeforeTheirItemsByADeepNetwork) {
  const auto found = differentiate(problem, run(5), {1, 2, 8});
  ASSERT_EQ(found.similarity.size(), 3u);
  const Matrix &shared = found.similarity[0], &broad = found.similarity[1], &all = found.similarity[2];
  // Only what all items share is known at first.
  EXPECT_LE(shared.norm(), 0.01 * all.norm());
  // 0.95 s and more of the broad mode, and less than a tenth of the narrow ones.
  EXPECT_GE((across(broad) - within(broad)) / (across(all) - within(all)), 0.9);
  EXPECT_LE(within(broad) / within(all), 0.01);
}

TEST_F(TwoClusters, AreToldApartAsTheirItemsByAShallowOne) {
  const auto learning = run(2);
  const auto found = differentiate(problem, learning, {1});
  // Every distance has come equally far, at any time: u0 is up to a hundredth of s.
  const auto ends = differentiate(problem, learning, {8});
  EXPECT_NEAR(across(found.similarity[0]) / within(found.similarity[0]),
              across(ends.similarity[0]) / within(ends.similarity[0]), 0.02);
}

TEST_F(TwoClusters, EndAtTheSimilarityOfTheirFeatures) {
  const auto learning = run(3);
  const auto found = differentiate(problem, learning, {8});
  Matrix targets = problem.correlations.sigma31;
  targets = (targets.colwise() - targets.rowwise().mean()).eval();
  const Matrix goal = targets.transpose() * targets / (targets.squaredNorm() / 8);
  // The last modes are learned to 95 %.
  EXPECT_LE((found.similarity[0] - goal).norm() / goal.norm(), 0.1);
  EXPECT_NEAR(goal.trace() / 8, 1, 1e-12);
  EXPECT_EQ(found.places.size(), learning.times.size());
  EXPECT_LE(linalg::orthonormality_residual(found.axes), 1e-12);
  // The first axis is the broad mode: it tells the clusters apart.
  const auto& end = found.places.back();
  EXPECT_LT(end(0, 0) * end(0, 7), 0);
  EXPECT_GT(end(0, 0) * end(0, 3), 0);
}

TEST_F(TwoClusters, AreRefusedWithoutAnswersOrModes) {
  auto forgetful = run(3);
  EXPECT_THROW(differentiate(problem, forgetful, {0}), base::DomainError);
  EXPECT_THROW(differentiate(problem, forgetful, {9}), base::DomainError);
  forgetful.answers.clear();
  EXPECT_THROW(differentiate(problem, forgetful, {1}), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
