// The time course of learning: what decoupled and random starts do, and what is kept of many of them.
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/experiments/time_course.hpp"
#include "dln/network/mode_strengths.hpp"
#include "dln/network/tanh_network.hpp"

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

TEST(TimeCourse, TrainsOnlyTheOutputsThatLearningReaches) {
  // 120 features, of which 8 items and 12 hidden units reach 20 dimensions. The whole network, by plain
  // descent, learns every mode at the same time.
  const auto options = options_for(Start::small_random);
  const auto course = run_time_course(small_tree(), options);
  EXPECT_EQ(course.simulated_outputs, 20);
  EXPECT_EQ(course.path.kind, network::PathKind::compressed);
  EXPECT_NE(course.path.reason.find("120 outputs act as 20"), std::string::npos) << course.path.reason;
  const auto& modes = small_tree().modes;
  const auto every = static_cast<std::size_t>(options.sample_every);
  std::vector<linalg::Vector> strengths;
  network::descend_fully(starting_network(small_tree(), options), small_tree().correlations,
                         {.learning_rate = options.learning_rate,
                          .max_iterations = course.iterations,
                          .observe_every = options.sample_every},
                         [&](const network::DescentState& state) {
                           strengths.push_back(network::mode_strengths(state.network, modes).strengths);
                           return true;
                         });
  ASSERT_EQ(strengths.size(), course.epochs.size());
  base::Worst of_times, of_strengths;
  for (Eigen::Index k = 0; k < 8; ++k) {
    const double half = modes.singular_values[k] / 2;
    std::size_t i = 1;
    while (i < strengths.size() && strengths[i][k] < half) ++i;
    ASSERT_LT(i, strengths.size()) << "mode " << k;
    const double share = (half - strengths[i - 1][k]) / (strengths[i][k] - strengths[i - 1][k]);
    of_times.see(
        std::abs(course.half_times[k] - static_cast<double>(every) * (static_cast<double>(i - 1) + share)));
    for (std::size_t j = 0; j < strengths.size(); ++j)
      of_strengths.see(std::abs(course.strengths(static_cast<Eigen::Index>(j), k) - strengths[j][k]) /
                       modes.singular_values[k]);
  }
  // Two runs of some thousand updates, each rounding by some eps of the weights. What one rounds is carried
  // along with the mode as it grows, so that strengths agree to this, relative to s, and times to this times
  // their own length, some thousand epochs.
  EXPECT_LE(of_strengths.value(), 1e-12);
  EXPECT_LE(of_times.value(), 1e-9);
}

TEST(TimeCourse, TrainsAllOutputsWhereFewerWouldSaveNothing) {
  // 16 features: 8 items and 12 hidden units reach them all.
  const auto problem = tree_problem({.levels = 3, .features = 16, .seed = 7});
  auto options = options_for(Start::small_random);
  options.max_epochs = 8;
  const auto course = run_time_course(problem, options);
  EXPECT_EQ(course.simulated_outputs, 16);
  EXPECT_EQ(course.path.kind, network::PathKind::general) << course.path.brief();
}

TEST(TanhTimeCourse, FollowsTheLinearOneWhileItsWeightsAreSmall) {
  // tanh h = h - h^3/3: strengths differ by the square of the weights, relatively. Both start from the same
  // network; weights half as large, u0 a quarter, leave a quarter of the difference, up to the fourth order.
  const auto deviation = [](double u0) {
    auto options = options_for(Start::small_random);
    options.initial_strength = u0;
    options.max_epochs = 60;  // e^{0.04 * 60} = 11 times the weights of the start, some 0.01 sqrt(u0/1e-6)
    options.sample_every = 20;
    const auto linear = run_time_course(small_tree(), options);
    options.activation = Activation::tanh;
    const auto tanh = run_time_course(small_tree(), options);
    EXPECT_EQ(tanh.epochs, linear.epochs);
    EXPECT_EQ(tanh.epochs.size(), 4u);
    EXPECT_EQ(tanh.simulated_outputs, linear.simulated_outputs);
    return linalg::relative_difference(tanh.strengths, linear.strengths);
  };
  const double coarse = deviation(1e-5), fine = deviation(0.25e-5);
  EXPECT_LT(coarse, 5e-3);
  EXPECT_GT(fine, 1e-6) << "there is something to measure";
  EXPECT_NEAR(std::log2(coarse / fine), 2, 0.02);
}

TEST(TanhTimeCourse, MeasuresTheModesOfItsOwnCorrelation) {
  // Against the whole network by plain descent, with weights of size 0.1 and more, where tanh is not linear.
  auto options = options_for(Start::small_random);
  options.activation = Activation::tanh;
  options.initial_strength = 0.1;
  options.max_epochs = 40;
  const auto course = run_time_course(small_tree(), options);
  EXPECT_EQ(course.simulated_outputs, 20);
  const auto& examples = *small_tree().examples;
  base::Worst own, linear;
  Eigen::Index sample = 0;
  network::descend_tanh(
      starting_network(small_tree(), options), examples,
      {.learning_rate = options.learning_rate, .max_iterations = 40, .observe_every = options.sample_every},
      [&](const network::DescentState& state) {
        const auto& modes = small_tree().modes;
        const linalg::Vector measured = course.strengths.row(sample++);
        const auto of = [&](const network::ModeStrengths& strengths) {
          return (measured - strengths.strengths).norm() / strengths.strengths.norm();
        };
        own.see(of(network::tanh_mode_strengths(state.network, examples.inputs, modes)));
        linear.see(of(network::mode_strengths(state.network, modes)));
        return true;
      });
  EXPECT_EQ(sample, 11);
  EXPECT_LE(own.value(), 1e-13);  // 40 updates, each rounding by some eps
  EXPECT_GT(linear.value(), 0.01) << "the map of a linear network with these weights is another";
}

TEST(TanhTimeCourse, LearnsEveryModeAtTimesOfItsOwn) {
  auto options = options_for(Start::small_random);
  options.max_epochs = 20'000;
  const auto linear = run_time_course(small_tree(), options);
  options.activation = Activation::tanh;
  const auto tanh = run_time_course(small_tree(), options);
  EXPECT_EQ(tanh.reason, network::DescentStop::observer);
  for (Eigen::Index k = 0; k < 8; ++k) {
    EXPECT_FALSE(std::isnan(tanh.half_times[k])) << "mode " << k;
    EXPECT_GE(tanh.strengths(tanh.strengths.rows() - 1, k), 0.99 * small_tree().modes.singular_values[k]);
  }
  EXPECT_GT((tanh.half_times - linear.half_times).cwiseAbs().maxCoeff(), 5) << "hidden units saturate";
}

TEST(TanhTimeCourse, NeedsAProblemThatKeepsItsExamples) {
  auto problem = small_tree();
  problem.examples.reset();
  auto options = options_for(Start::small_random);
  options.max_epochs = 4;
  EXPECT_NO_THROW(run_time_course(problem, options)) << "a linear network does not";
  options.activation = Activation::tanh;
  EXPECT_THROW(run_time_course(problem, options), base::DomainError);
  EXPECT_NO_THROW(run_time_course(small_tree(), options));
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
