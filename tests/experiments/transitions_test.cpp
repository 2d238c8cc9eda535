// Stage-like transitions: runs of full networks against the closed forms, against the uncompressed network,
// and on spectra whose stages are known.
#include "dln/experiments/transitions.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/experiments/graph_problem.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/network/mode_strengths.hpp"
#include "dln/theory/deep_mode.hpp"

namespace dln::experiments {
namespace {

const LearningProblem& small_chain() {
  static const auto problem = graph_problem(data::chain_graph(6), {.sigma = 3, .features = 40, .seed = 2});
  return problem;
}

TransitionOptions with_layers(int layers) {
  return {.depth = base::Depth::from_layers(layers)};
}

// Items that are modes themselves, of these s.
LearningProblem problem_of(const std::vector<double>& s) {
  const auto n = static_cast<Eigen::Index>(s.size());
  LearningProblem problem;
  problem.name = "modes as given";
  problem.correlations.sigma11 = linalg::Matrix::Identity(n, n);
  problem.correlations.sigma31 = Eigen::Map<const linalg::Vector>(s.data(), n).asDiagonal();
  problem.correlations.target_power = problem.correlations.sigma31.squaredNorm();
  problem.correlations.examples = s.size();
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  return problem;
}

TEST(Transitions, WithoutHiddenLayersRelaxExponentially) {
  const auto run = run_transitions(small_chain(), with_layers(2));
  const auto& s = small_chain().modes.singular_values;
  base::Worst off;
  for (std::size_t i = 0; i < run.times.size(); ++i)
    for (Eigen::Index k = 0; k < s.size(); ++k) {
      const double expected = s[k] - (s[k] - run.initial_strength) * std::exp(-run.times[i]);
      off.see(std::abs(run.strengths(static_cast<Eigen::Index>(i), k) - expected) / s[k]);
    }
  EXPECT_LE(off.value(), 1e-6) << "a hundred stretches of tolerance 1e-8";
  EXPECT_TRUE(run.plateaus.empty());
  EXPECT_EQ(run.largest_rise(), 1) << "the speed falls from sample to sample";
  EXPECT_GE(run.median_sharpness(), 2.9);
  EXPECT_NEAR(run.median_sharpness(), std::log(9) / std::log(2), 0.03) << "u0 is up to a hundredth of s";
}

TEST(Transitions, FollowEq15ModeByModeFromADecoupledStart) {
  for (const int layers : {3, 4, 6}) {
    const auto options = with_layers(layers);
    const auto run = run_transitions(small_chain(), options);
    const auto& s = small_chain().modes.singular_values;
    base::Worst off;
    for (Eigen::Index k = 0; k < s.size(); ++k) {
      const theory::DeepMode<double> mode(base::DepthExponent(options.depth),
                                          {s[k], run.initial_strength, 1});
      for (Eigen::Index i = 0; i < run.strengths.rows(); ++i) {
        const double t = run.times[static_cast<std::size_t>(i)];
        // An error made on the plateau moves the rise in time.
        const double swing = t * rate(mode, strength_at(mode, t)) / s[k];
        off.see(std::abs(run.strengths(i, k) - strength_at(mode, t)) / s[k] / (1 + swing));
      }
    }
    EXPECT_LE(off.value(), 1e-5) << layers << " layers; tolerance 1e-8 a step";
    for (const double leak : run.leak) EXPECT_LE(leak, 1e-9);
    const linalg::Vector predicted = predicted_sharpness(small_chain(), options);
    EXPECT_LE((run.sharpness().cwiseQuotient(predicted).array() - 1).abs().maxCoeff(), 0.03);
  }
}

// The network with all its outputs, integrated in one go from bases of its own.
TEST(Transitions, AreThoseOfTheUncompressedNetwork) {
  const auto& problem = small_chain();
  const auto run = run_transitions(problem, with_layers(4));
  EXPECT_EQ(run.strengths.cols(), 6);
  const std::vector<Eigen::Index> units{6, 9, 7, 40};
  auto stream = base::stream(99, "another start");
  const auto start = network::decoupled_weights(
      units, problem.modes, linalg::Matrix::Constant(3, 6, std::cbrt(run.initial_strength)), stream);
  for (const double share : {0.3, 0.7}) {
    const auto i = static_cast<std::size_t>(share * static_cast<double>(run.times.size()));
    const auto solution = network::gradient_flow_fully(
        start.network, problem.correlations, 1, base::TimeGrid<double>({0, run.times[i]}),
        {.relative_tolerance = 1e-11, .absolute_tolerance = 1e-13});
    const auto end = network::network_at(start.network, solution.trajectory.final_state());
    const auto u = network::mode_strengths(end, problem.modes).strengths;
    const linalg::Vector difference = u - run.strengths.row(static_cast<Eigen::Index>(i)).transpose();
    EXPECT_LE(difference.norm() / problem.modes.singular_values.norm(), 1e-4)
        << "tolerance 1e-8, magnified by the sharpness of the rise";
  }
}

TEST(Transitions, SampleEveryRiseAndConserveTheError) {
  const auto options = with_layers(5);
  const auto run = run_transitions(small_chain(), options);
  const auto& s = small_chain().modes.singular_values;
  double lost = 0;
  for (std::size_t i = 1; i < run.times.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    const linalg::Vector moved = (run.strengths.row(row) - run.strengths.row(row - 1)).transpose();
    EXPECT_LE(moved.cwiseQuotient(s).cwiseAbs().maxCoeff(), 2 * options.resolution);
    lost += (run.speed[i] + run.speed[i - 1]) / 2 * (run.times[i] - run.times[i - 1]);
  }
  EXPECT_NEAR(lost / (run.error.front() - run.error.back()), 1, 0.01) << "the trapezium rule over samples";
  EXPECT_NEAR(run.error.front(), (s.array() - run.initial_strength).square().sum() / 2,
              1e-6 * s.squaredNorm());
}

TEST(Transitions, CountOneStageForEveryGapOfTheSpectrum) {
  for (const int layers : {3, 5}) {
    EXPECT_EQ(run_transitions(problem_of({2, 2, 2}), with_layers(layers)).plateaus.size(), 1u);
    EXPECT_EQ(run_transitions(problem_of({16, 16, 2}), with_layers(layers)).plateaus.size(), 2u);
    // Narrower gaps want more layers.
    EXPECT_EQ(run_transitions(problem_of({22, 6.6, 2}), with_layers(layers)).plateaus.size(),
              layers == 3 ? 2u : 3u);
    // The speed of a transition goes as s^{4 - 2/L}: one twenty times weaker is below the rule's floor.
    EXPECT_EQ(run_transitions(problem_of({40, 40, 2}), with_layers(layers)).plateaus.size(), 1u);
  }
  EXPECT_EQ(run_transitions(problem_of({22, 6.6, 2}), with_layers(2)).plateaus.size(), 0u);
}

TEST(Transitions, FromSmallRandomWeightsMixModesAndStillComeInStages) {
  auto options = with_layers(3);
  options.start = TransitionStart::small_random;
  const auto run = run_transitions(small_chain(), options);
  EXPECT_GT(*std::ranges::max_element(run.leak), 1e-4);
  EXPECT_GE(run.plateaus.size(), 1u);
  EXPECT_LE(run.median_sharpness(), 1.2);
  EXPECT_EQ(run.simulated_outputs, 12) << "40 outputs in the span of six targets and six hidden units";
  auto other = options;
  other.seed = 2;
  EXPECT_NE(run_transitions(small_chain(), other).half_times, run.half_times);
}

TEST(Transitions, OfManyProblemsAreThoseOfEach) {
  const auto flat = problem_of({2, 2});
  base::SilentProgress progress;
  const auto runs = run_transitions({&small_chain(), &flat}, {with_layers(2), with_layers(4)}, progress);
  ASSERT_EQ(runs.size(), 2u);
  ASSERT_EQ(runs[1].size(), 2u);
  EXPECT_EQ(runs[0][1].times, run_transitions(small_chain(), with_layers(4)).times);
  EXPECT_EQ(runs[1][0].speed, run_transitions(flat, with_layers(2)).speed);
}

TEST(Transitions, MeasuresSpeakOfTheirSample) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(median((linalg::Vector(3) << 5, 1, 2).finished()), 2);
  EXPECT_EQ(median((linalg::Vector(4) << 5, 1, 2, 3).finished()), 2.5);
  EXPECT_TRUE(std::isnan(median((linalg::Vector(3) << 5, nan, 2).finished())));
  EXPECT_TRUE(std::isnan(median(linalg::Vector())));
  TransitionRun run{};
  run.speed = {8, 2, 3, 1, 4, 1};
  EXPECT_EQ(run.largest_rise(), 4);
}

TEST(Transitions, RefuseOptionsOutsideTheirDomains) {
  const auto refused = [](auto change) {
    auto options = with_layers(3);
    change(options);
    EXPECT_THROW(run_transitions(small_chain(), options), base::DomainError);
  };
  refused([](auto& o) { o.share = 0.02; });
  refused([](auto& o) { o.share = 0; });
  refused([](auto& o) { o.share = std::numeric_limits<double>::quiet_NaN(); });
  refused([](auto& o) { o.completion = 1; });
  refused([](auto& o) { o.resolution = 0; });
  refused([](auto& o) {
    o.depth = base::Depth::from_layers(4);
    o.start = TransitionStart::small_random;
  });
}

TEST(GraphProblem, IsWhiteAndNamesItsGraph) {
  EXPECT_EQ(small_chain().whiteness_residual, 0);
  EXPECT_EQ(small_chain().modes.size(), 6);
  EXPECT_EQ(small_chain().name, "chain of 6 (40 features)");
  const auto graphs = structured_graphs(16);
  ASSERT_EQ(graphs.size(), 5u);
  EXPECT_EQ(graphs[0].items.size(), 15u);
  for (std::size_t i = 1; i < 5; ++i) EXPECT_EQ(graphs[i].items.size(), 16u) << graphs[i].name;
  EXPECT_THROW(structured_graphs(12), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
