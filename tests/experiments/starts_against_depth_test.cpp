// Starts against depth on small synthetic data, against plain runs.
#include "dln/experiments/starts_against_depth.hpp"
#include "dln/experiments/leading_components.hpp"

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/chain_gradient.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;

// Inputs of variance 40 in every direction, four targets.
LearningProblem synthetic() {
  auto stream = base::stream(1, "starts test");
  LearningProblem problem;
  problem.name = "synthetic";
  problem.correlations.sigma11 = 40 * Matrix::Identity(12, 12);
  const Matrix u = linalg::haar_orthonormal(4, 4, stream), v = linalg::haar_orthonormal(12, 4, stream);
  problem.correlations.sigma31 = u * Eigen::Vector4d(12, 10, 9, 8).asDiagonal() * v.transpose();
  problem.correlations.target_power = 2 * problem.correlations.sigma31.squaredNorm() / 40;
  problem.correlations.examples = 40;
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  problem.fingerprint = 7;
  return problem;
}

StartsOptions options() {
  StartsOptions o;
  o.layers = {3, 12};
  o.width = 12;
  o.starts = 2;
  o.remaining = 0.05;
  return o;
}

std::vector<StartsRow> run(const StartsOptions& o) {
  MemoryRunStore store;
  base::SilentProgress silent;
  return run_starts_against_depth(synthetic(), o, store, silent);
}

void expect_equal(const StartRun& a, const StartRun& b) {
  EXPECT_EQ(a.kappa, b.kappa);
  EXPECT_EQ(a.epochs, b.epochs);
  EXPECT_EQ(a.learned, b.learned);
  EXPECT_EQ(a.log_greatest, b.log_greatest);
  EXPECT_EQ(a.log_median, b.log_median);
  EXPECT_EQ(a.log_least, b.log_least);
}

void expect_equal(const std::vector<StartsRow>& a, const std::vector<StartsRow>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a[i].orthogonal.size(); ++k) {
      expect_equal(a[i].orthogonal[k], b[i].orthogonal[k]);
      expect_equal(a[i].gaussian[k], b[i].gaussian[k]);
    }
}

// A plain run: the errors of all epochs up to the first below the threshold, or to `most`.
std::vector<double> errors(const network::LinearNetwork<double>& start, double rate, double threshold,
                           long most) {
  const auto problem = synthetic();
  auto network = start, direction = start;
  network::ChainGradient gradient(problem.correlations, network);
  std::vector<double> all{network::squared_error(network, problem.correlations)};
  while (all.back() >= threshold && static_cast<long>(all.size()) <= most) {
    gradient(network, direction);
    for (std::size_t i = 0; i < network.buffer().size(); ++i)
      network.buffer()[i] += rate * direction.buffer()[i];
    all.push_back(network::squared_error(network, problem.correlations));
    if (!(all.back() <= all[all.size() - 2])) break;
  }
  return all;
}

TEST(StartsAgainstDepth, TrainAtTheHighestRateAtWhichTheErrorNeverRises) {
  const auto problem = synthetic();
  const auto o = options();
  const double explained = 0.5 * problem.correlations.sigma31.squaredNorm() / 40;
  const double threshold = 0.5 * problem.correlations.target_power - 0.95 * explained;
  int learned = 0;
  for (const auto& row : run(o))
    for (int k = 0; k < o.starts; ++k)
      for (ScaledStart kind : {ScaledStart::orthogonal, ScaledStart::gaussian}) {
        const auto i = static_cast<std::size_t>(k);
        const StartRun& found = kind == ScaledStart::orthogonal ? row.orthogonal[i] : row.gaussian[i];
        if (!found.learned) continue;
        ++learned;
        const auto start = scaled_start(problem, o, kind, row.layers, k);
        const double unit = 1 / (40.0 * (row.layers - 1));
        const auto at = errors(start, found.kappa * unit, threshold, o.max_epochs);
        EXPECT_LT(at.back(), threshold);
        EXPECT_EQ(static_cast<long>(at.size()) - 1, found.epochs);
        for (std::size_t e = 1; e < at.size(); ++e) EXPECT_LE(at[e], at[e - 1]);
        const auto above = errors(start, 1.1 * found.kappa * unit, threshold, o.max_epochs);
        EXPECT_FALSE(above.back() <= above[above.size() - 2]) << "the next higher rate is not stable";
      }
  EXPECT_GE(learned, 6) << "the orthogonal ones and the shallow Gaussian ones";
}

TEST(StartsAgainstDepth, OrthogonalProductsKeepTheirSingularValuesAndGaussianOnesLoseThem) {
  const auto rows = run(options());
  for (const auto& row : rows)
    for (const auto& found : row.orthogonal) {
      EXPECT_LT(std::abs(found.log_greatest), 1e-12);
      EXPECT_LT(std::abs(found.log_least), 1e-12);
    }
  for (const auto& found : rows[1].gaussian) {
    EXPECT_LT(found.log_least, found.log_median);
    EXPECT_LT(found.log_median, found.log_greatest);
    EXPECT_LT(found.log_median, -1) << "ten factors";
  }
}

TEST(StartsAgainstDepth, GiveAGaussianStartUpAfterSoManyTimesTheOrthogonalOnesEpochs) {
  auto o = options();
  o.layers = {12};
  o.patience = 1;
  for (const auto& row : run(o))
    for (std::size_t k = 0; k < row.gaussian.size(); ++k) {
      EXPECT_FALSE(row.gaussian[k].learned);
      EXPECT_EQ(row.gaussian[k].epochs, row.orthogonal[k].epochs);
    }
}

TEST(StartsAgainstDepth, AreTheSameWhateverTheThreads) {
  const auto many = run(options());
  tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  expect_equal(many, run(options()));
}

TEST(StartsAgainstDepth, AreLookedUpBeforeTheyAreRun) {
  class Counting final : public RunStore {
   public:
    std::optional<std::vector<double>> find(const std::string& key) override { return kept_.find(key); }
    void keep(const std::string& key, const std::vector<double>& values) override {
      const std::lock_guard lock(mutex_);
      ++count;
      kept_.keep(key, values);
    }
    int count = 0;

   private:
    std::mutex mutex_;
    MemoryRunStore kept_;
  } store;
  base::SilentProgress silent;
  const auto first = run_starts_against_depth(synthetic(), options(), store, silent);
  EXPECT_EQ(store.count, 4);
  expect_equal(first, run_starts_against_depth(synthetic(), options(), store, silent));
  EXPECT_EQ(store.count, 4);
  auto other = options();
  other.seed = 2;
  run_starts_against_depth(synthetic(), other, store, silent);
  EXPECT_EQ(store.count, 8) << "another seed is another run";
}

TEST(MedianEpochs, IsInfiniteWhereFewerThanHalfHaveLearned) {
  const auto learned = [](long epochs) { return StartRun{1, epochs, true, 0, 0, 0}; };
  const StartRun not_learned{1, 5, false, 0, 0, 0};
  EXPECT_EQ(median_epochs({learned(7), learned(3), not_learned}), 7);
  EXPECT_EQ(median_epochs({learned(4), learned(3)}), 3.5);
  EXPECT_EQ(median_epochs({learned(4), not_learned, not_learned}), std::numeric_limits<double>::infinity());
  EXPECT_THROW(median_epochs({}), base::DomainError);
}

TEST(LeadingInputs, AreTheFirstOnes) {
  const auto problem = synthetic();
  const auto leading = leading_components(problem, 5);
  EXPECT_EQ(leading.correlations.sigma11, 40 * Matrix::Identity(5, 5));
  EXPECT_EQ(leading.correlations.sigma31, problem.correlations.sigma31.leftCols(5));
  EXPECT_NE(leading.fingerprint, problem.fingerprint);
  EXPECT_THROW(leading_components(problem, 0), base::DomainError);
  EXPECT_THROW(leading_components(problem, 13), base::DomainError);
}

TEST(StartsAgainstDepth, RefuseWhatIsOutOfTheirDomain) {
  const auto refused = [](auto change) {
    auto o = options();
    change(o);
    EXPECT_THROW(run(o), base::DomainError);
  };
  refused([](auto& o) { o.layers = {}; });
  refused([](auto& o) { o.layers = {2}; });
  refused([](auto& o) { o.width = 11; });
  refused([](auto& o) { o.starts = 0; });
  refused([](auto& o) { o.gain = 0; });
  refused([](auto& o) { o.remaining = 1; });
  refused([](auto& o) { o.patience = 0.5; });
  refused([](auto& o) { o.max_epochs = 0; });
  auto o = options();
  o.max_epochs = 1;
  EXPECT_THROW(run(o), base::NumericalError) << "not learned after one epoch";
  auto problem = synthetic();
  problem.correlations.sigma11(0, 0) = 50;
  MemoryRunStore store;
  base::SilentProgress silent;
  EXPECT_THROW(run_starts_against_depth(problem, options(), store, silent), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
