// Random against pretrained starts on a small constructed task: by plain descent, from the store, and against
// the theory of aligned modes.
#include "dln/experiments/pretraining.hpp"

#include <gtest/gtest.h>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/data/consistency_examples.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::experiments {
namespace {

LearningProblem consistent() {
  data::ConsistencyExample example;
  example.variances = linalg::Vector::LinSpaced(8, 2, 0.5);
  example.singular_values = Eigen::Vector2d(1, 0.6);
  example.outputs = 2;
  LearningProblem problem;
  problem.name = "consistent";
  problem.correlations = data::correlate(data::sample(example));
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  problem.fingerprint = data::fingerprint(problem.correlations);
  return problem;
}

PretrainingStudy study(const LearningProblem& problem) {
  PretrainingStudy s;
  s.layers = 4;
  s.hidden_units = 8;
  s.deviation = 0.05;
  s.pretraining_epochs = 100;
  s.kappas = {2, 0.5, 0.1};
  s.error_threshold = 0.05 * problem.correlations.target_power;
  return s;
}

TEST(CompareStarts, FindsTheEpochOfAPlainRun) {
  const auto problem = consistent();
  const auto s = study(problem);
  MemoryRunStore store;
  base::SilentProgress silent;
  const auto found = compare_starts(problem, s, store, silent);
  ASSERT_TRUE(found.random.same_rate && found.pretrained.same_rate);
  auto stream = base::stream(s.seed, "random start", s.layers);
  const auto start = network::small_random_weights({8, 8, 8, 2}, s.deviation, stream);
  long epoch = -1;
  network::descend(start, problem.correlations, {.learning_rate = found.random.same_rate->rate},
                   [&](const network::DescentState& state) {
                     if (network::squared_error(state.network, problem.correlations) < s.error_threshold)
                       epoch = state.iteration;
                     return epoch < 0;
                   });
  EXPECT_EQ(static_cast<double>(epoch), found.random.same_rate->epochs);
  EXPECT_EQ(found.pretrained.pretraining_epochs, 200);
  EXPECT_EQ(found.pretrained.total(found.pretrained.best), 200 + found.pretrained.best->epochs);
  const auto& curve = found.random.same_rate->curve;
  EXPECT_LT(curve.errors.back(), s.error_threshold);
  EXPECT_GE(curve.errors[curve.errors.size() - 2], s.error_threshold);
}

TEST(CompareStarts, TakesFromTheStoreWhatItKept) {
  const auto problem = consistent();
  const auto s = study(problem);
  MemoryRunStore store;
  base::SilentProgress silent;
  const auto first = compare_starts(problem, s, store, silent),
             again = compare_starts(problem, s, store, silent);
  EXPECT_EQ(first.random.layer_strengths, again.random.layer_strengths);
  EXPECT_EQ(first.pretrained.best->curve.errors, again.pretrained.best->curve.errors);
  EXPECT_EQ(first.pretrained.best_stable->rate, again.pretrained.best_stable->rate);
  EXPECT_EQ(first.decoupling_residual, again.decoupling_residual);
  ASSERT_EQ(again.autoencoders.size(), 2u);
  EXPECT_EQ(first.autoencoders[1].most, again.autoencoders[1].most);
}

// Eq 18 holds, so every mode learns by itself; what is left of competition and the finite step is small.
TEST(AlignedError, IsTheErrorOfAConsistentTask) {
  const auto problem = consistent();
  auto s = study(problem);
  s.kappas = {0.05};
  s.deviation = 0.01;
  s.pretraining_epochs = 400;
  MemoryRunStore store;
  base::SilentProgress silent;
  const auto found = compare_starts(problem, s, store, silent);
  ASSERT_TRUE(found.pretrained.best);
  const auto& run = *found.pretrained.best;
  const auto theory = aligned_error(problem, found.pretrained.layer_strengths, run.rate, run.curve.epochs);
  base::Worst worst;
  for (std::size_t i = 0; i < theory.size(); ++i) worst.see(std::abs(theory[i] - run.curve.errors[i]));
  EXPECT_LT(worst.value(), 0.03 * 0.5 * problem.correlations.target_power);  // O(rate) and O(sigma)
  EXPECT_NEAR(least_aligned_error(problem), 0, 1e-12);
  EXPECT_NEAR(least_error(problem), 0, 1e-12);
}

TEST(CompareStarts, RefusesOptionsOutOfTheirDomains) {
  const auto problem = consistent();
  MemoryRunStore store;
  base::SilentProgress silent;
  auto s = study(problem);
  s.layers = 2;
  EXPECT_THROW(compare_starts(problem, s, store, silent), base::DomainError);
  s = study(problem);
  s.deviation = 0;
  EXPECT_THROW(compare_starts(problem, s, store, silent), base::DomainError);
  EXPECT_THROW(leading_components(problem, 3), base::DomainError);  // Sigma11 is not diagonal
}

}  // namespace
}  // namespace dln::experiments
