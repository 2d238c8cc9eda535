// A recorded run against plain descent of the network as it is, measured directly.
#include "dln/experiments/recorded_run.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/experiments/rate_advice.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/hessian.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/network/mode_strengths.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using Network = network::LinearNetwork<double>;
using Units = std::vector<Eigen::Index>;

// Of numbers of size one after some hundred steps in other coordinates.
constexpr double kRounding = 1e-10;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(6, "recorded run test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

// Inputs of unequal variance that no mode lies along, and targets with noise.
AnalysisProblem noisy(Eigen::Index inputs, Eigen::Index outputs) {
  const auto examples = [&](Eigen::Index count, int which) {
    const Matrix x = gaussian(inputs, inputs, 1) * gaussian(inputs, count, which);
    return data::correlate(
        {0.05 * x, gaussian(outputs, inputs, 2) * 0.05 * x + 0.1 * gaussian(outputs, count, which + 1)});
  };
  return analysis_problem({examples(40, 10), examples(15, 20)}, InputTreatment::raw);
}

Network random_start(const Units& units) {
  auto stream = base::stream(7, "recorded run test");
  return network::small_random_weights(units, 0.2, stream);
}

RecordedRun record(const AnalysisProblem& analysed, const Network& start, double rate,
                   const std::vector<double>& epochs) {
  base::SilentProgress silent;
  return record_run(analysed, start, rate, epochs, silent);
}

const std::vector<double> kEpochs{0, 1, 3, 10, 40, 100, 200};

void expect_plain_descent(const AnalysisProblem& analysed, const Network& start, double rate) {
  const auto run = record(analysed, start, rate, kEpochs);
  ASSERT_EQ(run.epochs, kEpochs);
  EXPECT_EQ(run.iterations, 200);
  ASSERT_EQ(run.held_out_error.size(), kEpochs.size());
  const auto& correlations = analysed.problem.correlations;
  std::size_t i = 0;
  const auto plain = network::descend(
      start, correlations, {.learning_rate = rate, .max_iterations = 200},
      [&](const network::DescentState& state) {
        if (static_cast<double>(state.iteration) != kEpochs[i]) return true;
        const auto row = static_cast<Eigen::Index>(i);
        const auto measured = network::mode_strengths(state.network, analysed.problem.modes);
        EXPECT_LE((run.strengths.row(row).transpose() - measured.strengths).norm(), kRounding);
        EXPECT_NEAR(run.leak[i], measured.leak, kRounding);
        EXPECT_NEAR(run.error[i], network::squared_error(state.network, correlations),
                    kRounding * correlations.target_power);
        EXPECT_NEAR(run.held_out_error[i], network::squared_error(state.network, *analysed.held_out),
                    kRounding * analysed.held_out->target_power);
        for (int l = 1; l <= start.depth().weight_matrices(); ++l)
          EXPECT_NEAR(run.squares(row, l - 1) / state.network.weight(l).squaredNorm(), 1, kRounding) << l;
        ++i;
        return true;
      });
  EXPECT_EQ(i, kEpochs.size());
  EXPECT_EQ(run.end.units(), start.units());
  EXPECT_LE((network::flat(run.end) - network::flat(plain.network)).norm(), kRounding);
  EXPECT_LT(run.error.back(), 0.9 * run.error.front());
}

TEST(RecordedRun, IsPlainDescentAtEveryDepth) {
  const auto analysed = noisy(5, 3);
  for (const Units& units : {Units{5, 3}, {5, 6, 3}, {5, 6, 4, 3}, {5, 4, 6, 4, 3}})
    expect_plain_descent(analysed, random_start(units), 0.05);
}

TEST(RecordedRun, IsPlainDescentWhereInputsOrOutputsAreCompressed) {
  expect_plain_descent(noisy(4, 30), random_start({4, 5, 30}), 0.02);
  expect_plain_descent(noisy(24, 2), random_start({24, 3, 2}), 0.01);
}

TEST(RecordedRun, TakesItsHalfTimesFromBetweenItsEpochs) {
  const auto analysed = noisy(5, 3);
  const auto start = random_start({5, 6, 3});
  std::vector<double> epochs;
  for (int i = 0; i <= 300; i += 5) epochs.push_back(i);
  const auto run = record(analysed, start, 0.05, epochs);
  const auto [s, d] = aligned_modes(analysed.problem);
  for (Eigen::Index k = 0; k < 3; ++k) {
    const double half = s[k] / (2 * d[k]);
    double wanted = std::nan("");
    for (Eigen::Index i = 1; i < run.strengths.rows() && std::isnan(wanted); ++i)
      if (const double before = run.strengths(i - 1, k), after = run.strengths(i, k); after >= half)
        wanted = 5 * (static_cast<double>(i) - (after - half) / (after - before));
    ASSERT_FALSE(std::isnan(wanted)) << k;
    EXPECT_NEAR(run.half_epochs[k], wanted, 1e-9);
  }
  const auto brief = record(analysed, start, 0.05, {0, 1});
  EXPECT_TRUE(brief.half_epochs.array().isNaN().all()) << "not reached";
  EXPECT_EQ(record(analysed, run.end, 0.05, {0, 1}).half_epochs[0], 0) << "passed at the start";
}

TEST(RecordedRun, HasNoHeldOutErrorWithoutHeldOutExamples) {
  auto analysed = noisy(5, 3);
  analysed.held_out.reset();
  EXPECT_TRUE(record(analysed, random_start({5, 6, 3}), 0.05, kEpochs).held_out_error.empty());
}

TEST(RecordedRun, SaysThatItDivergedAndWhereItStopped) {
  const auto run = record(noisy(5, 3), random_start({5, 6, 3}), 20, {0, 1, 2, 1000, 2000});
  EXPECT_EQ(run.reason, network::DescentStop::diverged);
  EXPECT_TRUE(run.error_rose);
  EXPECT_LT(run.iterations, 1000);
  EXPECT_LT(run.epochs.size(), 5u);
  EXPECT_EQ(run.strengths.rows(), static_cast<Eigen::Index>(run.epochs.size()));
  EXPECT_EQ(run.squares.rows(), static_cast<Eigen::Index>(run.epochs.size()));
  EXPECT_EQ(run.error.size(), run.epochs.size());
}

// From near a minimum, descent falls below 2/lambda_max and rises above it.
TEST(RecordedRun, TellsRatesOnEitherSideOfTheEdge) {
  const auto analysed = noisy(5, 3);
  std::vector<double> epochs;
  for (int i = 0; i <= 100; ++i) epochs.push_back(i);
  const auto end = record(analysed, random_start({5, 6, 3}), 0.05, {0, 5000}).end;
  Network near = end;
  network::flat(near) += 1e-3 * network::flat(random_start({5, 6, 3}));
  const double limit =
      2 / linalg::symmetric_eigen(network::dense_hessian(end, analysed.problem.correlations)).values[0];
  EXPECT_FALSE(record(analysed, near, 0.95 * limit, epochs).error_rose);
  EXPECT_TRUE(record(analysed, near, 1.05 * limit, epochs).error_rose);
  EXPECT_FALSE(record(analysed, end, 1e-12, epochs).error_rose) << "rounding is no rise";
}

TEST(RecordedRun, RefusesWhatDoesNotFit) {
  const auto analysed = noisy(5, 3);
  EXPECT_THROW(record(analysed, random_start({4, 6, 3}), 0.05, {0, 1}), base::DomainError);
  EXPECT_THROW(record(analysed, random_start({5, 6, 2}), 0.05, {0, 1}), base::DomainError);
  for (double rate : {0.0, -0.1, std::nan("")})
    EXPECT_THROW(record(analysed, random_start({5, 6, 3}), rate, {0, 1}), base::DomainError) << rate;
  for (const std::vector<double>& epochs : {std::vector<double>{}, {1, 2}})
    EXPECT_THROW(record(analysed, random_start({5, 6, 3}), 0.05, epochs), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
