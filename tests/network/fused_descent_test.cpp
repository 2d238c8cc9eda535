// Descent of two small matrices (Fig 3): steps in place are those along the direction, to the last bit,
// nothing is allocated on the way, and the result says which arithmetic ran.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>

#include "dln/network/initial_weights.hpp"
#include "dln/network/tanh_network.hpp"

// Counts every allocation of this program, Eigen's included, where that is possible.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define DLN_COUNTS_ALLOCATIONS
namespace {
std::atomic<long> allocations{0};
}
extern "C" void* __libc_malloc(std::size_t);
extern "C" void* malloc(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
#endif

namespace {

using namespace dln;
using linalg::Matrix;
using network::DescentOptions;
using network::PathKind;
using Network = network::LinearNetwork<double>;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(1, "fused descent test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

Network start(const std::vector<Eigen::Index>& units) {
  auto stream = base::stream(1, "fused descent test network");
  return network::small_random_weights(units, 0.1, stream);
}

data::Correlations white(const Matrix& targets) {
  return {.sigma11 = Matrix::Identity(targets.cols(), targets.cols()),
          .sigma31 = targets,
          .target_power = targets.squaredNorm()};
}

// A problem of Fig 3's kind and one whose sizes fill no vector.
struct Case {
  std::vector<Eigen::Index> units;
  data::Dataset examples;
};
std::vector<Case> cases() {
  return {{{32, 32, 64}, {Matrix::Identity(32, 32), gaussian(64, 32, 1)}},
          {{13, 17, 21}, {Matrix::Identity(13, 13), gaussian(21, 13, 2)}}};
}

network::DescentResult descend(const Case& c, bool tanh, const DescentOptions& options,
                               const network::DescentObserver& observer = {}) {
  return tanh ? network::descend_tanh(start(c.units), c.examples, options, observer)
              : network::descend(start(c.units), white(c.examples.targets), options, observer);
}

TEST(FusedDescent, IsTheSameWhoeverLooksAndHoweverOften) {
  for (const auto& c : cases())
    for (bool tanh : {false, true}) {
      DescentOptions options{.learning_rate = 1e-3, .max_iterations = 50};
      const auto alone = descend(c, tanh, options);
      EXPECT_EQ(alone.path.kind, PathKind::fused) << alone.path.brief();
      for (long every : {1, 3, 50}) {
        options.observe_every = every;
        const auto seen = descend(c, tanh, options, [](const network::DescentState&) { return true; });
        EXPECT_TRUE(std::ranges::equal(seen.network.buffer(), alone.network.buffer())) << every;
      }
    }
}

// Against the same steps by plain products of Eigen's; they differ by rounding, which learning amplifies a
// little.
TEST(FusedDescent, FollowsPlainProducts) {
  for (const auto& c : cases())
    for (bool tanh : {false, true}) {
      const auto fused = descend(c, tanh, {.learning_rate = 1e-3, .max_iterations = 200});
      const Network at = start(c.units);
      Matrix w1 = at.weight(1), w2 = at.weight(2);
      for (int i = 0; i < 200; ++i) {
        const Matrix hidden = tanh ? Matrix(w1.array().tanh()) : w1;
        const Matrix error = c.examples.targets - w2 * hidden;
        Matrix back = w2.transpose() * error;
        if (tanh) back.array() *= 1 - hidden.array().square();
        w2 += 1e-3 * error * hidden.transpose();
        w1 += 1e-3 * back;
      }
      EXPECT_LE(linalg::relative_difference(fused.network.weight(1), w1), 1e-12);
      EXPECT_LE(linalg::relative_difference(fused.network.weight(2), w2), 1e-12);
      EXPECT_GT(linalg::relative_difference(at.weight(2), w2), 0.1) << "it moved";
    }
}

TEST(FusedDescent, KnowsItsErrorWithoutTheProductOfTheWeights) {
  const auto c = cases().front();
  const auto correlations = white(c.examples.targets);
  const Network at = start(c.units);
  network::ChainGradient<double> gradient(correlations, at);
  gradient.look(at);
  const double expected = network::squared_error(at, correlations);
  EXPECT_NEAR(gradient.squared_error(), expected, 1e-13 * expected);
}

#ifdef DLN_COUNTS_ALLOCATIONS
long allocations_of(const Case& c, bool tanh, long epochs) {
  const long before = allocations;
  long seen = 0;
  descend(c, tanh, {.learning_rate = 1e-3, .max_iterations = epochs, .observe_every = epochs / 10},
          [&](const network::DescentState&) { return ++seen > 0; });
  EXPECT_EQ(seen, 11);
  return allocations - before;
}

TEST(FusedDescent, AllocatesNothingFromEpochToEpoch) {
  for (const auto& c : cases())
    for (bool tanh : {false, true}) {
      const long few = allocations_of(c, tanh, 100), many = allocations_of(c, tanh, 1000);
      EXPECT_GT(few, 0) << "they are counted";
      EXPECT_EQ(few, many);
    }
}
#endif

TEST(TrainingPath, SaysWhyAnotherArithmeticRan) {
  using Units = std::vector<Eigen::Index>;
  using data::InputForm;
  const auto said = [](const Units& units, InputForm inputs) {
    return network::gradient_path(units, inputs).brief();
  };
  EXPECT_EQ(said({32, 32, 64}, InputForm::white), "fused: 3072 weights of two matrices stay in the cache");
  EXPECT_EQ(said({784, 1000, 1000, 10}, InputForm::correlated), "fused: 10 outputs, at most 24 rows");
  EXPECT_EQ(said({784, 1000, 1000, 64}, InputForm::correlated), "general: 64 outputs, more than 24 rows");
  EXPECT_EQ(said({10, 10, 10, 10}, InputForm::white),
            "general: layers too small to count how often they are read");
  EXPECT_NE(network::gradient_path({32, 32, 64}, InputForm::diagonal).kind, PathKind::fused);
}

TEST(TrainingPath, NamesWhatActsAsLess) {
  using network::path_of;
  const network::TrainingPath general{PathKind::general, "small"};
  EXPECT_EQ(
      path_of({784, 1000, 900, 10}, {10, 10, 10, 10}, 2e-16, true, general).brief(),
      "compressed: 1000 hidden units act as 10, the start is block-invariant to 2e-16; 784 inputs act as 10, "
      "their span is invariant; small");
  EXPECT_EQ(path_of({32, 32, 1000}, {32, 32, 64}, 0, true, general).brief(),
            "compressed: 1000 outputs act as 64, the span of targets and start; small");
  EXPECT_EQ(
      path_of({4, 5, 6}, {4, 5, 6}, 0, true, general).brief(),
      "general: small; no layer can be made smaller: the start is not invariant, or has no units to spare");
  EXPECT_EQ(path_of({4, 5, 6}, {4, 5, 6}, 0, false, general).brief(),
            "general: small; not asked to look for a smaller network");
  EXPECT_THROW(path_of({4, 5, 6}, {4, 6}, 0, true, general), base::DomainError);
}

}  // namespace
