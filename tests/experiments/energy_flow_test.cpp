// The energy along one run, against a plain run of the whole network; and the saddles on its way.
#include "dln/experiments/energy_flow.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/experiments/learning_speed.hpp"
#include "dln/network/mode_strengths.hpp"

namespace dln::experiments {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

const LearningProblem& small_tree() {
  static const LearningProblem problem = tree_problem({.levels = 3, .features = 120, .seed = 7});
  return problem;
}

TimeCourseOptions options() {
  TimeCourseOptions result;
  result.hidden_units = 12;
  result.learning_rate = 0.04 / small_tree().modes.singular_values[0];
  result.initial_strength = 1e-12;  // so small a start passes its saddles close by
  return result;
}

const EnergyFlow& flow() {
  static const EnergyFlow result = run_energy_flow(small_tree(), options());
  return result;
}

TEST(EnergyFlow, StartsWithCooperationAndEndsWithNothing) {
  ASSERT_GT(flow().epochs.size(), 100u);
  for (const auto* values : {&flow().cooperation, &flow().competition, &flow().descent_speed})
    ASSERT_EQ(values->size(), flow().epochs.size());
  // The two are given over their sum at the start, where the weights are of size 1e-6 and s of size 10.
  EXPECT_NEAR(flow().cooperation.front() + flow().competition.front(), 1, 4 * kEpsilon);
  EXPECT_NEAR(flow().cooperation.front(), 1, 1e-12);
  // It stops when each mode has 0.99 of its s: 1e-4 of what was there at most, of modes that still grow.
  EXPECT_LE(flow().cooperation.back(), 1.01e-4);
  EXPECT_LE(flow().competition.back(), 1e-4);
  EXPECT_EQ(flow().epochs.front(), 0);
}

TEST(EnergyFlow, TheTotalNeverGrowsButItsPartsDo) {
  base::Worst growth;
  double competition = 0;
  for (std::size_t i = 1; i < flow().epochs.size(); ++i) {
    growth.see(flow().cooperation[i] + flow().competition[i] - flow().cooperation[i - 1] -
               flow().competition[i - 1]);
    competition = std::max(competition, flow().competition[i]);
    EXPECT_GE(flow().cooperation[i], 0);
    EXPECT_GE(flow().competition[i], 0);
    EXPECT_GT(flow().epochs[i], flow().epochs[i - 1]);
  }
  // Descent at lambda s = 0.04 lies far below 2, where it would overshoot; each sum rounds by some eps of the
  // energy at the start.
  EXPECT_LE(growth.value(), 100 * kEpsilon);
  // Competition comes and goes: below 1e-20 at the start, where both factors of a.b are of size 1e-6.
  EXPECT_LE(flow().competition.front(), 1e-20);
  EXPECT_GT(competition, 100 * flow().competition.back());
}

TEST(EnergyFlow, IsTheSquaredErrorOfTheWholeNetworkInTheBasisOfTheModes) {
  // ||Sigma31 - W||_F^2 is the sum of both, for Sigma11 = I; the diagonal of it is cooperation. Without
  // compression and without the connectivity modes.
  const auto& problem = small_tree();
  const linalg::Vector& s = problem.modes.singular_values;
  std::vector<double> cooperation, competition, speed;
  network::descend_fully(
      starting_network(problem, options()), problem.correlations,
      {.learning_rate = options().learning_rate,
       .max_iterations = static_cast<long>(flow().epochs.back()),
       .observe_every = options().sample_every},
      [&](const network::DescentState& state) {
        const linalg::Matrix left = problem.correlations.sigma31 - network::end_to_end(state.network);
        cooperation.push_back(
            (s - network::mode_strengths(state.network, problem.modes).strengths).squaredNorm());
        // Not as a difference of two sums: what is left when the diagonal is taken out.
        const linalg::Vector diagonal =
            (problem.modes.output.transpose() * left * problem.modes.input).diagonal();
        competition.push_back(
            (left - problem.modes.output * diagonal.asDiagonal() * problem.modes.input.transpose())
                .squaredNorm());
        speed.push_back(state.descent_speed);
        return true;
      });
  ASSERT_EQ(cooperation.size(), flow().epochs.size());
  const double total = cooperation.front() + competition.front();
  base::Worst of_cooperation, of_competition, of_speed;
  const double fastest = *std::max_element(speed.begin(), speed.end());
  for (std::size_t i = 0; i < speed.size(); ++i) {
    of_cooperation.see(std::abs(flow().cooperation[i] - cooperation[i] / total));
    of_competition.see(std::abs(flow().competition[i] - competition[i] / total));
    of_speed.see(std::abs(flow().descent_speed[i] - speed[i]) / fastest);
  }
  // Two runs of a few thousand updates that each round by some eps of the weights. Passing a saddle carries
  // the relative error of a mode along with it and adds none.
  const double rounding = 1e4 * kEpsilon;
  EXPECT_LE(of_cooperation.value(), rounding);
  EXPECT_LE(of_competition.value(), rounding);
  EXPECT_LE(of_speed.value(), rounding);
}

TEST(EnergyFlow, PassesSaddlesWithMoreAndMoreModesLearned) {
  const auto& saddles = flow().saddles;
  ASSERT_GE(saddles.size(), 2u) << "the origin and another: the levels of a tree are learned in turn";
  EXPECT_EQ(saddles.front().active, 0) << "the origin";
  EXPECT_EQ(saddles.front().negative_directions, 12 * 8) << "every hidden unit can take up every mode";
  // Weights there are of the size of the start, 1e-6, and have grown by a little.
  EXPECT_LT(saddles.front().distance, 1e-6);
  for (std::size_t i = 0; i < saddles.size(); ++i) {
    const auto& saddle = saddles[i];
    // The strongest modes are the ones learned: no active mode can give way, and each of the 12 - k spare
    // hidden units can take up each of the 8 - k others.
    EXPECT_EQ(saddle.negative_directions, (12 - saddle.active) * (8 - saddle.active)) << i;
    EXPECT_GT(saddle.negative_directions, 0) << "the minimum is no saddle";
    // Close by: nearer than any two critical points are, s_8 / ||Sigma31||.
    const linalg::Vector& s = small_tree().modes.singular_values;
    EXPECT_LT(saddle.distance, s[7] / s.norm()) << i;
    EXPECT_GE(saddle.distance, 0) << i;
    if (i > 0) {
      EXPECT_GT(saddle.active, saddles[i - 1].active);
      EXPECT_GT(saddle.epoch, saddles[i - 1].epoch);
    }
  }
}

TEST(EnergyFlow, TheDistanceOfASaddleIsThatOfTheNetworkAtItsEpoch) {
  const auto& problem = small_tree();
  const auto& saddle = flow().saddles.at(1);
  const auto network = network::descend_fully(starting_network(problem, options()), problem.correlations,
                                              {.learning_rate = options().learning_rate,
                                               .max_iterations = static_cast<long>(saddle.epoch)})
                           .network;
  const auto k = saddle.active;
  const auto& modes = problem.modes;
  const linalg::Matrix critical = modes.output.leftCols(k) * modes.singular_values.head(k).asDiagonal() *
                                  modes.input.leftCols(k).transpose();
  const double distance =
      (network::end_to_end(network) - critical).norm() / problem.correlations.sigma31.norm();
  // As above; the distance itself is of size 1e-2. (What W does outside the modes is of the size of the
  // start, and these eight modes leave no input out.)
  EXPECT_NEAR(saddle.distance, distance, 1e4 * kEpsilon);
}

TEST(EnergyFlow, EveryPlateauOnTheWayIsASaddlePassed) {
  // This run ends without a lull near the minimum: the last mode's speed falls to the end.
  std::vector<double> epochs;
  for (std::size_t i : find_plateaus(flow().descent_speed)) epochs.push_back(flow().epochs[i]);
  std::vector<double> passed;
  for (const auto& saddle : flow().saddles) passed.push_back(saddle.epoch);
  EXPECT_EQ(passed, epochs);
}

TEST(EnergyFlow, ASaddleIsPassedAtTheSlowest) {
  for (const auto& saddle : flow().saddles) {
    const auto at = static_cast<std::size_t>(saddle.epoch) / static_cast<std::size_t>(options().sample_every);
    ASSERT_EQ(flow().epochs[at], saddle.epoch);
    // The origin too, whose speed is a billionth of the fastest: from a random start it is not the first
    // sample, for the part with a = -b decays before the part with a = b grows.
    ASSERT_GT(at, 0u);
    EXPECT_LT(flow().descent_speed[at], flow().descent_speed[at - 1]) << saddle.active;
    EXPECT_LT(flow().descent_speed[at], flow().descent_speed[at + 1]) << saddle.active;
  }
}

TEST(EnergyFlow, OfATanhNetworkIsRefused) {
  auto tanh = options();
  tanh.activation = Activation::tanh;
  EXPECT_THROW(run_energy_flow(small_tree(), tanh), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
