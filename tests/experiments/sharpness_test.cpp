// The top eigenvalue along training: on anyone's problem, in the unit of the rate, and beside the closed
// form.
#include "dln/experiments/sharpness.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/hessian.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::experiments {
namespace {

using base::Depth;
using linalg::Matrix;

// Twelve examples of correlated inputs, and targets that no network attains.
data::Correlations anyones(data::Normalisation normalisation) {
  auto stream = base::stream(4, "sharpness test");
  const auto gaussian = [&](Eigen::Index rows, Eigen::Index columns) {
    return Matrix(Matrix::NullaryExpr(rows, columns, [&] { return stream.normal(); }));
  };
  const Matrix mixed = gaussian(4, 4) * gaussian(4, 12);
  data::CorrelationAccumulator accumulator(4, 3);
  accumulator.add({mixed, gaussian(3, 12)});
  return accumulator.result(normalisation);
}

network::LinearNetwork<double> some_network() {
  auto stream = base::stream(5, "sharpness test");
  return network::small_random_weights({4, 3, 3}, 0.3, stream);
}

LearningProblem small_tree() {
  return tree_problem({.levels = 2, .flip = 0.1, .features = 12});
}

TEST(SharpnessAlong, IsTheTopOfTheNetworksOwnHessianOnAnyProblem) {
  const auto correlations = anyones(data::Normalisation::sum);
  for (Way way : {Way::flow, Way::descent}) {
    const auto course = sharpness_along(correlations, some_network(), way,
                                        {.learning_rate = 2e-3, .duration = 300, .samples = 4});
    ASSERT_EQ(course.samples.size(), 4u);
    EXPECT_EQ(course.limit, 1000);
    EXPECT_FALSE(course.diverged);
    for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(course.samples[k].epoch, 100.0 * static_cast<double>(k));
    for (const auto& [sample, at] :
         {std::pair{course.samples.front(), some_network()}, std::pair{course.samples.back(), course.end}}) {
      const double top = linalg::symmetric_eigen(network::dense_hessian(at, correlations)).values[0];
      EXPECT_NEAR(sample.largest_eigenvalue / top, 1, 1e-12);  // Lanczos' residual enters squared
      EXPECT_NEAR(sample.error / network::squared_error(at, correlations), 1, 1e-14);
    }
    EXPECT_LT(course.samples.back().error, 0.9 * course.samples.front().error);
  }
}

TEST(SharpnessAlong, SpeaksOfSumsWhateverTheNormalisation) {
  const SharpnessOptions options{.learning_rate = 2e-3, .duration = 50, .samples = 3};
  for (Way way : {Way::flow, Way::descent}) {
    const auto sums = sharpness_along(anyones(data::Normalisation::sum), some_network(), way, options);
    const auto means = sharpness_along(anyones(data::Normalisation::mean), some_network(), way, options);
    for (std::size_t k = 0; k < 3; ++k) {
      EXPECT_NEAR(means.samples[k].largest_eigenvalue / sums.samples[k].largest_eigenvalue, 1, 1e-8);
      EXPECT_NEAR(means.samples[k].error / sums.samples[k].error, 1, 1e-8);
    }
  }
}

TEST(SharpnessAlong, LooksAtEveryIterationOnceWhereThereAreFew) {
  const auto course = sharpness_along(anyones(data::Normalisation::sum), some_network(), Way::descent,
                                      {.learning_rate = 1e-3, .duration = 3, .samples = 9});
  ASSERT_EQ(course.samples.size(), 4u);
  for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(course.samples[k].epoch, static_cast<double>(k));
}

TEST(SharpnessAlong, SaysWhenDescentDiverged) {
  const auto course = sharpness_along(anyones(data::Normalisation::sum), some_network(), Way::descent,
                                      {.learning_rate = 1, .duration = 1000, .samples = 5});
  EXPECT_TRUE(course.diverged);
  EXPECT_LT(course.samples.size(), 5u);
}

TEST(RunSharpness, FollowsTheClosedFormToTheSteepestMinimum) {
  const auto tree = small_tree();
  for (int layers : {2, 3, 4}) {
    const auto run =
        run_sharpness(tree, {.depth = Depth::from_layers(layers), .hidden_units = 5, .samples = 7});
    const double most = run.plan.largest_at_minimum;
    ASSERT_EQ(run.theory.size(), 7u);
    for (std::size_t k = 0; k < 7; ++k)
      EXPECT_NEAR(run.flow.samples[k].largest_eigenvalue / most, run.theory[k] / most, 1e-7) << k;
    EXPECT_NEAR(run.theory.back() / most, 1, 0.01);
    // Descent is a little late: by the finite step, here a half of 1/lambda_max.
    for (std::size_t k = 0; k < 7; ++k)
      EXPECT_NEAR(run.descent.samples[k].largest_eigenvalue / most, run.theory[k] / most, 0.3) << k;
    EXPECT_NEAR(run.descent.samples.back().largest_eigenvalue / most, 1, 0.01);
  }
}

TEST(RunSharpness, TakesInputsOfAnyVarianceAlongTheModes) {
  auto problem = small_tree();
  const auto& modes = problem.modes;
  const linalg::Vector d = linalg::Vector::LinSpaced(modes.input.rows(), 3, 1);
  const Matrix basis = linalg::completed_basis(modes.input);
  problem.correlations.sigma11 = basis * d.asDiagonal() * basis.transpose();
  const SharpnessRunOptions options{.depth = Depth::from_layers(4), .hidden_units = 6, .samples = 7};
  const auto run = run_sharpness(problem, options);
  for (std::size_t k = 0; k < 7; ++k)
    EXPECT_NEAR(run.flow.samples[k].largest_eigenvalue / run.theory[k], 1, 1e-7) << k;
  // Off the modes there is no closed form; any way can be followed all the same.
  problem.correlations.sigma11(0, 1) = problem.correlations.sigma11(1, 0) += 0.5;
  EXPECT_THROW(run_sharpness(problem, options), base::DomainError);
  EXPECT_NO_THROW(sharpness_along(problem.correlations, run.plan.start, Way::descent,
                                  {.learning_rate = 1e-3, .duration = 10, .samples = 2}));
}

// Inputs beside the modes matter where they vary most: along the sum of two directions here, which no axis
// is.
TEST(RunSharpness, TakesInputsBesideTheModes) {
  auto problem = small_tree();
  const Matrix basis = linalg::completed_basis(problem.modes.input);
  problem.correlations.sigma31 =
      problem.correlations.sigma31 * basis.leftCols(2) * basis.leftCols(2).transpose();
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  const linalg::Vector beside = basis.col(2) + basis.col(3);
  problem.correlations.sigma11 += 3 * beside * beside.transpose();  // an input of variance 1 + 6
  const auto run = run_sharpness(problem, {.depth = Depth::from_layers(4), .hidden_units = 5, .samples = 5});
  ASSERT_EQ(problem.modes.size(), 2);
  const double s = problem.modes.singular_values[0];
  EXPECT_NEAR(run.plan.largest_at_minimum / (7 * std::pow(s, 4.0 / 3)), 1, 1e-12);
  for (std::size_t k = 0; k < 5; ++k)
    EXPECT_NEAR(run.flow.samples[k].largest_eigenvalue / run.theory[k], 1, 1e-7) << k;
}

TEST(RunSharpness, FromSmallRandomWeightsEndsInTheSamePlace) {
  const auto run =
      run_sharpness(small_tree(), {.hidden_units = 5, .start = Start::small_random, .samples = 3});
  EXPECT_NEAR(run.descent.samples.back().largest_eigenvalue / run.plan.largest_at_minimum, 1, 0.01);
  EXPECT_LT(run.descent.samples.front().largest_eigenvalue / run.plan.largest_at_minimum, 0.6);
}

TEST(RunSharpness, RefusesWhatIsOutOfItsDomain) {
  using base::DomainError;
  const auto tree = small_tree();
  EXPECT_THROW(plan_sharpness(tree, {.hidden_units = 2}), DomainError);
  EXPECT_THROW(plan_sharpness(tree, {.hidden_units = 5, .share = 0}), DomainError);
  EXPECT_THROW(plan_sharpness(tree, {.hidden_units = 5, .share = 0.995}), DomainError);
  EXPECT_THROW(plan_sharpness(tree, {.hidden_units = 5, .kappa = 0}), DomainError);
  EXPECT_THROW(plan_sharpness(tree, {.hidden_units = 5, .completion = 1}), DomainError);
  EXPECT_THROW(plan_sharpness(tree, {.hidden_units = 5, .duration = -1}), DomainError);
  const auto correlations = anyones(data::Normalisation::sum);
  for (const SharpnessOptions& options : {SharpnessOptions{.learning_rate = 0, .duration = 10},
                                          {.learning_rate = 1e-3, .duration = 0.5},
                                          {.learning_rate = 1e-3, .duration = 10, .samples = 1},
                                          {.learning_rate = 1e-3, .duration = 10, .tolerance = 0},
                                          {.learning_rate = 1e-3, .duration = NAN}})
    EXPECT_THROW(sharpness_along(correlations, some_network(), Way::descent, options), DomainError);
}

}  // namespace
}  // namespace dln::experiments
