// The sweep of Fig 4 on small synthetic data, against plain runs and against theory.
#include "dln/experiments/depth_sweep.hpp"

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/experiments/deep_network.hpp"
#include "dln/experiments/depth_prediction.hpp"
#include "dln/experiments/error_curve.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/chain_gradient.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;

// Inputs of variance 40 in every direction, four targets of which half the power can be explained.
LearningProblem synthetic() {
  auto stream = base::stream(1, "depth sweep test");
  LearningProblem problem;
  problem.name = "synthetic";
  problem.correlations.sigma11 = 40 * Matrix::Identity(12, 12);
  const Matrix u = linalg::haar_orthonormal(4, 4, stream), v = linalg::haar_orthonormal(12, 4, stream);
  problem.correlations.sigma31 = u * Eigen::Vector4d(60, 40, 30, 20).asDiagonal() * v.transpose();
  problem.correlations.target_power = 2 * (3600 + 1600 + 900 + 400) / 40.0;
  problem.correlations.examples = 40;
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  problem.fingerprint = 7;
  return problem;
}

DepthSweepOptions options() {
  DepthSweepOptions o;
  o.layers = {3, 6, 20};
  o.hidden_units = 40;
  o.initial_strength = 0.01;
  o.error_threshold = 100;  // from 162 to 81 at the least
  o.rates = {1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.0005};
  return o;
}

std::vector<DepthSweepRow> sweep(const LearningProblem& problem, const DepthSweepOptions& o) {
  MemoryRunStore store;
  base::SilentProgress silent;
  return run_depth_sweep(problem, o, store, silent);
}

void expect_equal(const std::vector<DepthSweepRow>& a, const std::vector<DepthSweepRow>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a[i].runs.size(); ++k) {
      EXPECT_EQ(a[i].runs[k].outcome, b[i].runs[k].outcome) << a[i].layers << ' ' << k;
      EXPECT_EQ(a[i].runs[k].epoch, b[i].runs[k].epoch) << a[i].layers << ' ' << k;
      EXPECT_EQ(a[i].runs[k].monotone, b[i].runs[k].monotone) << a[i].layers << ' ' << k;
    }
}

// Each epoch found again by one plain uncompressed run.
TEST(DepthSweep, FindsTheFirstEpochBelowTheThreshold) {
  const auto problem = synthetic();
  const auto o = options();
  int learned = 0;
  for (const auto& row : sweep(problem, o))
    for (const auto& run : row.runs) {
      if (run.outcome != SweepOutcome::learned || !run.monotone) continue;
      auto network = deep_start(problem, o, row.layers), direction = network;
      network::ChainGradient gradient(problem.correlations, network);
      double error = network::squared_error(network, problem.correlations), before = error;
      long epoch = 0;
      while (error >= o.error_threshold && epoch < 100'000) {
        gradient(network, direction);
        for (std::size_t i = 0; i < network.buffer().size(); ++i)
          network.buffer()[i] += run.rate * direction.buffer()[i];
        before = error;
        error = network::squared_error(network, problem.correlations);
        EXPECT_LE(error, before);
        ++epoch;
      }
      EXPECT_EQ(epoch, run.epoch) << row.layers << ' ' << run.rate;
      ++learned;
    }
  EXPECT_GE(learned, 3);
}

TEST(DepthSweep, TellsEveryRunsOutcome) {
  const auto rows = sweep(synthetic(), options());
  for (const auto& row : rows) {
    EXPECT_EQ(row.runs[0].outcome, SweepOutcome::diverged) << row.layers;
    EXPECT_FALSE(row.runs[0].monotone);
    ASSERT_TRUE(row.best && row.best_stable) << row.layers;
    EXPECT_LE(row.runs[*row.best].epoch, row.runs[*row.best_stable].epoch);
    EXPECT_TRUE(row.runs[*row.best_stable].monotone);
    for (std::size_t k = 0; k < row.runs.size(); ++k) {
      EXPECT_EQ(row.runs[k].outcome == SweepOutcome::not_run, k > *row.best_stable) << "the slower rates";
      EXPECT_EQ(row.runs[k].epoch == 0, k > *row.best_stable);
    }
    EXPECT_EQ(row.trained[1], 4) << "as many directions as modes";
  }
}

// The compressed network is the whole one: to the epoch, where the error never rises.
TEST(DepthSweep, SaysTheSameOfTheUncompressedNetwork) {
  auto o = options();
  o.rates = {0.004, 0.002};
  const auto small = sweep(synthetic(), o);
  o.compressed = false;
  const auto whole = sweep(synthetic(), o);
  expect_equal(small, whole);
  EXPECT_EQ(whole[0].trained[1], 40);
}

// Which arithmetic ran is found by looking at the start, never assumed, and every row says so.
TEST(DepthSweep, SaysWhichArithmeticRanAndWhy) {
  using network::PathKind;
  MemoryRunStore store;
  base::SilentProgress silent;
  auto o = options();
  o.layers = {6};
  o.rates = {0.002};
  const auto path = [&] { return run_depth_sweep(synthetic(), o, store, silent).front().path; };
  const auto small = path();
  EXPECT_EQ(small.kind, PathKind::compressed);
  EXPECT_TRUE(
      small.brief().starts_with("compressed: 40 hidden units act as 4, the start is block-invariant to "))
      << small.brief();
  EXPECT_NE(small.reason.find("12 inputs act as 4"), std::string::npos) << small.reason;
  EXPECT_EQ(path().brief(), small.brief()) << "also of a row from the store";
  o.compressed = false;
  EXPECT_EQ(path().kind, PathKind::general);
  EXPECT_NE(path().reason.find("not asked"), std::string::npos);
}

TEST(DeepRun, TrainsTheWholeNetworkWhereTheStartIsNotInvariant) {
  using network::PathKind;
  const auto problem = synthetic();
  const auto o = options();
  auto start = deep_start(problem, o, 6);
  EXPECT_EQ(deep_run(problem, o, start).path.kind, PathKind::compressed);
  auto stream = base::stream(3, "depth sweep test");
  for (double& w : start.buffer()) w += 1e-9 * stream.normal();
  const auto run = deep_run(problem, o, start);
  EXPECT_EQ(run.start.units(), start.units());
  EXPECT_NE(run.path.kind, PathKind::compressed);
  EXPECT_NE(run.path.reason.find("the start is not invariant"), std::string::npos) << run.path.reason;
  EXPECT_TRUE(std::ranges::equal(run.start.buffer(), start.buffer()));
}

// Inputs that cannot be made fewer are turned, and nothing else notices.
TEST(DeepRun, TurnsCorrelatedInputsToTheirAxes) {
  auto problem = synthetic();
  auto stream = base::stream(2, "depth sweep test");
  const Matrix v = linalg::haar_orthonormal(12, 12, stream);
  problem.correlations.sigma11 = v * linalg::Vector::LinSpaced(12, 10, 80).asDiagonal() * v.transpose();
  problem.fingerprint = 9;
  auto o = options();
  const auto run = deep_run(problem, o, 6);
  EXPECT_EQ(run.start.units(), (std::vector<Eigen::Index>{12, 4, 4, 4, 4, 4}));
  EXPECT_EQ(data::input_form(run.problem.correlations.sigma11), data::InputForm::diagonal);
  MemoryRunStore store;
  const auto turned = error_curve(problem, o, 6, 0.001, 200, store);
  o.compressed = false;
  EXPECT_EQ(data::input_form(deep_run(problem, o, 6).problem.correlations.sigma11),
            data::InputForm::correlated);
  const auto whole = error_curve(problem, o, 6, 0.001, 200, store);
  base::Worst worst;
  for (std::size_t t = 0; t <= 200; ++t) worst.see(std::abs(turned[t] / whole[t] - 1));
  EXPECT_LT(worst.value(), 1e-12);
  EXPECT_LT(whole[200], 0.9 * whole[0]) << "something was learned";
}

// Where a higher rate has never let the error rise and yet not learned in time, lower ones need not be tried;
// where it rises in the end, they are.
TEST(DepthSweep, GivesUpAtTheLastEpoch) {
  auto o = options();
  o.layers = {6};
  o.rates = {0.002, 0.001};
  o.max_epochs = 20;
  const auto row = sweep(synthetic(), o).front();
  EXPECT_EQ(row.runs[0].outcome, SweepOutcome::given_up);
  EXPECT_EQ(row.runs[0].epoch, 20);
  EXPECT_EQ(row.runs[1].outcome, SweepOutcome::not_run);
  EXPECT_FALSE(row.best || row.best_stable);
}

// Compressed and whole networks have the same error at every epoch.
TEST(ErrorCurve, IsTheSameForCompressedAndWholeNetworks) {
  const auto problem = synthetic();
  MemoryRunStore store;
  for (auto first_layer : {FirstLayer::active_modes, FirstLayer::all_inputs}) {
    auto o = options();
    o.first_layer = first_layer;
    EXPECT_EQ(deep_run(problem, o, 6).start.units()[1], first_layer == FirstLayer::all_inputs ? 12 : 4);
    const auto small = error_curve(problem, o, 6, 0.002, 300, store);
    o.compressed = false;
    EXPECT_EQ(deep_run(problem, o, 6).start.units()[1], 40);
    const auto whole = error_curve(problem, o, 6, 0.002, 300, store);
    ASSERT_EQ(small.size(), 301U);
    ASSERT_EQ(whole.size(), 301U);
    EXPECT_NEAR(small[0], network::squared_error(deep_start(problem, o, 6), problem.correlations), 1e-10);
    EXPECT_LT(small[300], 90) << "learned, to 81 at the least";
    base::Worst worst;
    for (std::size_t t = 0; t <= 300; ++t) worst.see(std::abs(small[t] / whole[t] - 1));
    EXPECT_LT(worst.value(), 1e-12) << name_of(first_layer);
  }
  EXPECT_THROW(error_curve(problem, options(), 6, 5, 300, store), base::NumericalError);
  EXPECT_THROW(error_curve(problem, options(), 6, 0.002, -1, store), base::DomainError);
}

// On whitened inputs the further directions of W^1 stand still, and nothing else notices them.
TEST(DepthSweep, FirstLayersFurtherDirectionsDoNotMatterOnWhitenedInputs) {
  auto o = options();
  const auto active = sweep(synthetic(), o);
  o.first_layer = FirstLayer::all_inputs;
  const auto all = sweep(synthetic(), o);
  EXPECT_EQ(all[0].trained[1], 12);
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_TRUE(all[i].best_stable);
    EXPECT_EQ(all[i].best_stable, active[i].best_stable);
    EXPECT_EQ(all[i].runs[*all[i].best_stable].epoch, active[i].runs[*active[i].best_stable].epoch);
  }
  // Where Sigma11 mixes them in they do.
  auto mixed = synthetic();
  auto stream = base::stream(2, "depth sweep test");
  const Matrix v = linalg::haar_orthonormal(12, 12, stream);
  mixed.correlations.sigma11 = v * linalg::Vector::LinSpaced(12, 10, 80).asDiagonal() * v.transpose();
  mixed.fingerprint = 8;
  MemoryRunStore store;
  const auto all_mixed = error_curve(mixed, o, 6, 0.001, 200, store);
  o.first_layer = FirstLayer::active_modes;
  EXPECT_GT(std::abs(all_mixed[200] / error_curve(mixed, o, 6, 0.001, 200, store)[200] - 1), 1e-3);
}

// How far a sweep has come: from 0 to 1 by the depths, and nothing of what the store knew.
TEST(DepthSweep, TellsHowMuchOfItsOwnWorkIsDone) {
  struct Listener final : base::Progress {
    void report(std::string_view what, double fraction) override {
      EXPECT_NE(what.find("synthetic"), std::string_view::npos);
      seen.push_back(fraction);
    }
    std::vector<double> seen;
  };
  const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  MemoryRunStore store;
  auto o = options();
  o.layers = {3};
  base::SilentProgress silent;
  run_depth_sweep(synthetic(), o, store, silent);
  Listener listener;
  run_depth_sweep(synthetic(), options(), store, listener);
  ASSERT_EQ(listener.seen.size(), 3U) << "begun, and the two new depths";
  EXPECT_EQ(listener.seen.front(), 0);
  EXPECT_GT(listener.seen[1], 0.6) << "the deepest comes first and weighs most";
  EXPECT_EQ(listener.seen.back(), 1);
  Listener nothing;
  run_depth_sweep(synthetic(), options(), store, nothing);
  EXPECT_TRUE(nothing.seen.empty());
}

TEST(DepthSweep, GivesTheSameNumbersOnOneThreadAndFromItsStore) {
  const auto problem = synthetic();
  const auto two = sweep(problem, options());
  const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  MemoryRunStore store;
  base::SilentProgress silent;
  expect_equal(two, run_depth_sweep(problem, options(), store, silent));
  expect_equal(two, run_depth_sweep(problem, options(), store, silent));
}

// Whitened inputs decouple: descent in small steps is Eq 15 for every mode.
TEST(DepthSweep, AgreesWithTheoryAtSmallRates) {
  const auto problem = synthetic();
  auto o = options();
  for (int layers : {3, 6, 20}) {
    o.layers = {layers};
    o.rates = {0.01 / largest_aligned_eigenvalue(problem, layers)};
    const auto row = sweep(problem, o).front();
    ASSERT_TRUE(row.best);
    const double predicted = predicted_epoch(problem, o, layers, o.rates[0]);
    EXPECT_NEAR(static_cast<double>(row.runs[0].epoch) / predicted, 1, 0.01)
        << layers;  // first order in 0.01
  }
  o.error_threshold = 50;
  EXPECT_THROW(predicted_epoch(problem, o, 3, 0.001), base::DomainError) << "the modes leave 81";
}

TEST(DepthSweep, KnowsTheLargestEigenvalueOfWhitenedModes) {
  const auto problem = synthetic();
  // Strengths 1.5, 1, 0.75, 0.5 and d = 40: the strongest mode alone, d L u^{2 - 2/L}.
  EXPECT_NEAR(largest_aligned_eigenvalue(problem, 4), 40 * 3 * std::pow(1.5, 4.0 / 3), 1e-9);
  auto o = options();
  o.rates.clear();
  o.kappas = stability_grid(0.5, 2.1, 2);
  ASSERT_EQ(o.kappas.size(), 3U);
  for (const auto& row : sweep(problem, o))
    EXPECT_NEAR(row.runs[1].rate * largest_aligned_eigenvalue(problem, row.layers), 1, 1e-12) << row.layers;
}

TEST(DepthSweep, FindsTheSlopeWithDepth) {
  const std::vector<int> layers{3, 20, 40, 80};
  EXPECT_NEAR(slope_with_depth(layers, {1, 1. / 400, 1. / 1600, 1. / 6400}), -2, 1e-12);
  EXPECT_TRUE(std::isnan(slope_with_depth(layers, {1, 1, std::nan(""), 1})));
  EXPECT_THROW(slope_with_depth(layers, {1, 1, 1}), base::DomainError);
  EXPECT_THROW(slope_with_depth({3, 20}, {1, 1}), base::DomainError);
}

TEST(DepthSweep, HasThePapersGrid) {
  const auto rates = paper_rates();
  ASSERT_EQ(rates.size(), 20U);
  EXPECT_NEAR(rates.front(), 1e-4, 1e-18);
  EXPECT_NEAR(rates.back(), 1e-7, 1e-20);
  EXPECT_NEAR(rates[0] / rates[1], 1.4384, 1e-4);
}

TEST(DepthSweep, RefusesOptionsOutOfTheirDomains) {
  const auto problem = synthetic();
  const auto refused = [&](auto change) {
    auto o = options();
    change(o);
    EXPECT_THROW(sweep(problem, o), base::DomainError);
  };
  refused([](auto& o) { o.layers = {}; });
  refused([](auto& o) { o.layers = {1}; });
  refused([](auto& o) { o.rates = {0}; });
  refused([](auto& o) { o.rates = {std::nan("")}; });
  refused([](auto& o) { o.rates.clear(), o.kappas = {-1}; });
  refused([](auto& o) { o.kappas = {1}; });  // as well as rates
  refused([](auto& o) { o.hidden_units = 0; });
  refused([](auto& o) { o.initial_strength = 0; });
  refused([](auto& o) { o.error_threshold = -1; });
  refused([](auto& o) { o.max_epochs = 0; });
  refused([](auto& o) { o.patience = 0.5; });
}

}  // namespace
}  // namespace dln::experiments
