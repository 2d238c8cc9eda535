// The time course of learning: what decoupled and random starts do, and what is kept of many of them.
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <cmath>

#include "dln/experiments/time_course.hpp"

namespace dln::experiments {
namespace {

const LearningProblem& small_tree() {
  static const LearningProblem problem = tree_problem({.levels = 3, .features = 120, .seed = 7});
  return problem;
}

TimeCourseOptions options_for(Start start) {
  TimeCourseOptions options;
  options.hidden_units = 12;
  options.learning_rate = 0.04 / small_tree().modes.singular_values[0];
  options.start = start;
  return options;
}

TEST(TimeCourse, FollowsTheTheoryFromADecoupledStartUpToTheStepSize) {
  const auto options = options_for(Start::decoupled);
  const auto course = run_time_course(small_tree(), options);
  EXPECT_EQ(course.reason, network::DescentStop::observer);
  const auto predicted = predicted_half_times(small_tree(), options);
  for (Eigen::Index k = 0; k < predicted.size(); ++k) {
    // Euler steps slow a plateau by x / ln(1 + x) - 1, about x/2, with x = lambda s.
    const double x = options.learning_rate * small_tree().modes.singular_values[k];
    EXPECT_NEAR(course.half_times[k] / predicted[k] - 1, x / std::log1p(x) - 1, 0.2 * x);
  }
  for (double leak : course.leak) EXPECT_LT(leak, 1e-12);  // rounding, amplified by sqrt(s/u0) = 1e3 to 1e4
}

TEST(TimeCourse, MixesModesFromARandomStart) {
  const auto course = run_time_course(small_tree(), options_for(Start::small_random));
  EXPECT_GT(*std::ranges::max_element(course.leak), 1e-3);
  EXPECT_LT(course.leak.back(), 0.02) << "and yet they come out decoupled in the end";
}

TEST(TimeCourse, StopsWhenEveryLearnableModeIsLearned) {
  auto options = options_for(Start::decoupled);
  options.hidden_units = 3;  // of 8 modes
  const auto course = run_time_course(small_tree(), options);
  EXPECT_EQ(learnable_modes(small_tree(), options), 3);
  EXPECT_EQ(course.reason, network::DescentStop::observer);
  EXPECT_FALSE(std::isnan(course.half_times[2]));
  for (Eigen::Index k = 3; k < 8; ++k)
    EXPECT_TRUE(std::isnan(course.half_times[k])) << "mode " << k << " has no hidden unit left";
}

TEST(TimeCourse, SaysWhenItRanOutOfEpochs) {
  auto options = options_for(Start::decoupled);
  options.max_epochs = 20;
  const auto course = run_time_course(small_tree(), options);
  EXPECT_EQ(course.reason, network::DescentStop::max_iterations);
  EXPECT_TRUE(std::isnan(course.half_times[0]));
}

TEST(RandomStarts, AreTheSameForAnyNumberOfThreads) {
  base::SilentProgress progress;
  const auto options = options_for(Start::small_random);
  const auto run = [&](std::size_t threads) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    MemoryRunStore store;
    return run_random_starts(small_tree(), options, 4, store, progress);
  };
  const auto one = run(1), two = run(2);
  EXPECT_EQ(one.half_times, two.half_times);
  EXPECT_EQ(one.plateaus, two.plateaus);
  EXPECT_NE(one.half_times.row(0), one.half_times.row(1)) << "different runs start differently";
}

TEST(RandomStarts, AreLookedUpBeforeTheyAreRun) {
  class CountingStore final : public RunStore {
   public:
    std::optional<std::vector<double>> find(const std::string& key) override {
      const auto found = inner.find(key);
      ++(found ? hits : misses);
      return found;
    }
    void keep(const std::string& key, const std::vector<double>& values) override { inner.keep(key, values); }
    MemoryRunStore inner;
    std::atomic<int> hits{0}, misses{0};
  } store;
  base::SilentProgress progress;
  auto options = options_for(Start::small_random);
  const auto first = run_random_starts(small_tree(), options, 3, store, progress);
  const auto again = run_random_starts(small_tree(), options, 3, store, progress);
  EXPECT_EQ(store.misses, 3);
  EXPECT_EQ(store.hits, 3);
  EXPECT_EQ(first.half_times, again.half_times);
  options.seed = 2;
  run_random_starts(small_tree(), options, 3, store, progress);
  EXPECT_EQ(store.misses, 6) << "another seed is another run";
}

TEST(LearningOrder, CountsSeparatedPairsOnlyAndEveryModeNeverLearned) {
  linalg::Vector predicted(3);
  predicted << 100, 105, 200;  // the first two are within 10 %
  linalg::Matrix measured(2, 3);
  measured << 120, 110, 190,  // the near pair swapped: does not count
      100, 105, std::nan("");
  const auto order = count_order(predicted, measured, 0.1);
  EXPECT_EQ(order.pairs, 4);
  EXPECT_EQ(order.out_of_order, 2) << "a mode that was never learned is out of order";
  measured(1, 2) = 104;
  EXPECT_EQ(count_order(predicted, measured, 0.1).out_of_order, 1);
}

}  // namespace
}  // namespace dln::experiments
