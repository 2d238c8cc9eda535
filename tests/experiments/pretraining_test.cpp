// Random against pretrained starts on a small constructed task: by plain descent, from the store, and against
// the theory of aligned modes.
#include "dln/experiments/pretraining.hpp"
#include "dln/experiments/leading_components.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/data/consistency_examples.hpp"
#include "dln/linalg/decompositions.hpp"
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

// The error after every epoch of plain descent, up to the first below the threshold.
std::vector<double> plain_errors(const LearningProblem& problem, const network::LinearNetwork<double>& start,
                                 double rate, double threshold) {
  std::vector<double> errors;
  network::descend(start, problem.correlations, {.learning_rate = rate, .max_iterations = 100'000},
                   [&](const network::DescentState& state) {
                     errors.push_back(network::squared_error(state.network, problem.correlations));
                     return errors.back() >= threshold;
                   });
  return errors;
}
network::LinearNetwork<double> random_start(const PretrainingStudy& s) {
  auto stream = base::stream(s.seed, "random start", s.layers);
  return network::small_random_weights({8, 8, 8, 2}, s.deviation, stream);
}
double largest_variance(const LearningProblem& problem) {
  return linalg::symmetric_eigen(problem.correlations.sigma11).values[0];
}

TEST(CompareStarts, KeepsEvenStepsOfALongRun) {
  const auto problem = consistent();
  auto s = study(problem);
  s.pretraining_kappa = 0.02;
  MemoryRunStore store;
  base::SilentProgress silent;
  const auto run = compare_starts(problem, s, store, silent).random.same_rate;
  ASSERT_TRUE(run);
  EXPECT_NEAR(run->rate * largest_variance(problem), 0.02, 1e-14);
  const auto errors = plain_errors(problem, random_start(s), run->rate, s.error_threshold);
  ASSERT_EQ(static_cast<double>(errors.size() - 1), run->epochs);
  ASSERT_GT(errors.size(), 1200u) << "thinned twice at least";
  const auto& [epochs, kept] = run->curve;
  ASSERT_EQ(kept.size(), epochs.size());
  EXPECT_LE(epochs.size(), 601u);
  EXPECT_GE(epochs.size(), 300u);
  EXPECT_EQ(epochs.front(), 0);
  EXPECT_EQ(epochs.back(), run->epochs);
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    if (i + 1 < epochs.size()) {
      EXPECT_EQ(epochs[i], static_cast<double>(i) * epochs[1]);
    }
    EXPECT_NEAR(kept[i], errors.at(static_cast<std::size_t>(epochs[i])), 1e-9 * errors.front());
  }
}

TEST(CompareStarts, TellsTheBestRateOfAllFromTheBestWhoseErrorNeverRises) {
  const auto problem = consistent();
  auto s = study(problem);
  s.kappas = {12, 8, 5.5, 4, 2, 0.5, 0.1};
  MemoryRunStore store;
  base::SilentProgress silent;
  const auto found = compare_starts(problem, s, store, silent).random;
  ASSERT_TRUE(found.best && found.best_stable);
  EXPECT_LT(found.best->epochs, found.best_stable->epochs);
  for (const auto& run : {found.best, found.best_stable}) {
    EXPECT_NEAR(run->rate * largest_variance(problem), run->kappa, 1e-13 * run->kappa);
    EXPECT_NE(std::ranges::find_if(s.kappas, [&](double k) { return std::abs(k - run->kappa) < 1e-12; }),
              s.kappas.end());
    const auto errors = plain_errors(problem, random_start(s), run->rate, s.error_threshold);
    EXPECT_EQ(static_cast<double>(errors.size() - 1), run->epochs);
    EXPECT_EQ(std::ranges::is_sorted(errors, std::greater<>()), run->kappa == found.best_stable->kappa);
  }
}

TEST(CompareStarts, TellsThePretrainedStartOfItsStream) {
  const auto problem = consistent();
  auto s = study(problem);
  s.pretraining_epochs = 12;  // the smaller components are not learned by then
  MemoryRunStore store;
  base::SilentProgress silent;
  const auto found = compare_starts(problem, s, store, silent);
  auto stream = base::stream(s.seed, "pretrained start", s.layers);
  const auto start = network::pretrained_weights({8, 8, 8, 2}, problem.correlations.sigma11,
                                                 {.learning_rate = 0.5 / largest_variance(problem),
                                                  .epochs = 12,
                                                  .deviation = s.deviation,
                                                  .last_deviation = s.deviation},
                                                 stream, silent);
  ASSERT_EQ(found.autoencoders.size(), 2u);
  for (std::size_t l = 0; l < 2; ++l) {
    const auto& layer = start.layers[l];
    const auto held = network::component_strengths(layer.autoencoder, layer.sigma).strengths;
    EXPECT_EQ(found.autoencoders[l].epochs, 12);
    EXPECT_EQ(found.autoencoders[l].error_share, layer.error / layer.start_error);
    EXPECT_EQ(found.autoencoders[l].most, held.maxCoeff());
    EXPECT_EQ(found.autoencoders[l].learned, (held.array() > 0.5).count());
  }
  EXPECT_GT(found.autoencoders[0].learned, 0);
  EXPECT_LT(found.autoencoders[0].learned, 8);
  EXPECT_EQ(found.decoupling_residual, network::pretraining_residual(start.network, problem.modes));
  // Along its way a mode meets |W^l x|, and the part along u on top: together u^T W v.
  const linalg::Matrix map = network::end_to_end(start.network);
  for (Eigen::Index k = 0; k < problem.modes.size(); ++k)
    EXPECT_NEAR(found.pretrained.layer_strengths.row(k).prod(),
                problem.modes.output.col(k).dot(map * problem.modes.input.col(k)),
                1e-15 + 1e-12 * map.norm());
}

TEST(CompareStarts, GainIsTheQuotientOfTotals) {
  StartComparison c;
  c.pretrained.pretraining_epochs = 60;
  c.random.best = TimedRun{1, 1, 200, {}};
  c.pretrained.best = TimedRun{1, 1, 40, {}};
  c.pretrained.same_rate = TimedRun{1, 1, 90, {}};
  EXPECT_EQ(c.gain(&StartRuns::best), 2);
  EXPECT_TRUE(std::isnan(c.gain(&StartRuns::same_rate)));
  EXPECT_TRUE(std::isnan(c.pretrained.total(c.pretrained.best_stable)));
}

class CountingStore final : public RunStore {
 public:
  std::optional<std::vector<double>> find(const std::string& key) override { return runs_.find(key); }
  void keep(const std::string& key, const std::vector<double>& values) override {
    ++kept;
    runs_.keep(key, values);
  }
  std::size_t kept = 0;

 private:
  MemoryRunStore runs_;
};

TEST(CompareStarts, TakesFromTheStoreWhatItKept) {
  const auto problem = consistent();
  const auto s = study(problem);
  CountingStore store;
  base::SilentProgress silent;
  const auto first = compare_starts(problem, s, store, silent),
             again = compare_starts(problem, s, store, silent);
  EXPECT_EQ(first.random.layer_strengths, again.random.layer_strengths);
  EXPECT_EQ(first.pretrained.best->curve.errors, again.pretrained.best->curve.errors);
  EXPECT_EQ(first.pretrained.best_stable->rate, again.pretrained.best_stable->rate);
  EXPECT_EQ(first.decoupling_residual, again.decoupling_residual);
  ASSERT_EQ(again.autoencoders.size(), 2u);
  EXPECT_EQ(first.autoencoders[1].most, again.autoencoders[1].most);
  const std::size_t kept = store.kept;
  auto other = s;
  other.seed = 2;
  compare_starts(problem, other, store, silent);
  EXPECT_EQ(kept, 1u) << "the second time was not done again";
  EXPECT_EQ(store.kept, 2u) << "but another seed is another study";
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
  const auto refused = [&](auto PretrainingStudy::*option, auto value) {
    auto bad = study(problem);
    bad.*option = value;
    EXPECT_THROW(compare_starts(problem, bad, store, silent), base::DomainError) << value;
  };
  refused(&PretrainingStudy::error_threshold, 0.0);
  refused(&PretrainingStudy::pretraining_kappa, 0.0);
  refused(&PretrainingStudy::max_epochs, 0L);
  refused(&PretrainingStudy::patience, 0.5);
  refused(&PretrainingStudy::hidden_units, Eigen::Index{0});
  EXPECT_THROW(leading_components(problem, 3), base::DomainError);  // Sigma11 is not diagonal
}

TEST(LeadingComponents, AreTheFirstOnesWithTheirTargets) {
  auto problem = consistent();
  problem.correlations.sigma11 = linalg::Vector::LinSpaced(8, 2, 0.5).asDiagonal();
  const auto some = leading_components(problem, 3);
  EXPECT_EQ(some.correlations.sigma11, problem.correlations.sigma11.topLeftCorner(3, 3));
  EXPECT_EQ(some.correlations.sigma31, problem.correlations.sigma31.leftCols(3));
  EXPECT_EQ(some.modes.input.rows(), 3);
  EXPECT_NE(some.fingerprint, problem.fingerprint);
  EXPECT_THROW(leading_components(problem, 9), base::DomainError);
  EXPECT_THROW(leading_components(problem, 0), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
