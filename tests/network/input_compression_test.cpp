// Compressed inputs against the uncompressed run, and inputs that must stay as they are.
#include "dln/network/input_compression.hpp"

#include <gtest/gtest.h>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/data/singular_modes.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::network {
namespace {

using linalg::Matrix;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  auto stream = base::stream(seed, "input compression test");
  return Matrix::NullaryExpr(rows, columns, [&] { return stream.normal(); });
}

data::Correlations white() {
  data::Correlations c;
  c.sigma11 = 3 * Matrix::Identity(30, 30);
  c.sigma31 = gaussian(4, 30, 2);
  c.target_power = 100;
  return c;
}

LinearNetwork<double> decoupled(const data::Correlations& c, const std::vector<Eigen::Index>& units) {
  auto stream = base::stream(3, "input compression test");
  const auto matrices = static_cast<Eigen::Index>(units.size()) - 1;
  return decoupled_weights(units, data::singular_modes(c.sigma31), Matrix::Constant(matrices, 4, 0.5), stream)
      .network;
}

double largest_difference(const LinearNetwork<double>& a, const LinearNetwork<double>& b) {
  base::Worst worst;
  for (std::size_t i = 0; i < a.buffer().size(); ++i) worst.see(std::abs(a.buffer()[i] - b.buffer()[i]));
  return worst.value();
}

TEST(InputCompression, FollowsTheUncompressedRunOnWhitenedInputs) {
  const auto c = white();
  for (const auto& start :
       {decoupled(c, {30, 9, 8, 4}), decoupled(c, {30, 9, 9, 9, 9, 4}),
        LinearNetwork<double>::from_matrices({gaussian(6, 30, 7) / 20, gaussian(4, 6, 8)})}) {
    const InputCompression compression(c, start);
    ASSERT_TRUE(compression.compresses());
    const auto few = compression.compress(c);
    EXPECT_LE(few.sigma31.cols(), 10);
    EXPECT_EQ(few.sigma11, 3 * Matrix::Identity(few.sigma31.cols(), few.sigma31.cols()));
    const DescentOptions options{.learning_rate = 0.002, .max_iterations = 400};
    const auto whole = descend_fully(start, c, options);
    const auto small = descend_fully(compression.compress(start), few, options);
    EXPECT_LT(squared_error(whole.network, c), 0.8 * squared_error(start, c));
    EXPECT_NEAR(squared_error(whole.network, c), squared_error(small.network, few), 1e-11);
    EXPECT_LT(largest_difference(whole.network, compression.expand(small.network)), 1e-12);
  }
}

TEST(TurnInputs, LeavesTheErrorAtEveryStepAsItIs) {
  auto c = white();
  const Matrix mixed = gaussian(30, 40, 9);
  c.sigma11 = mixed * mixed.transpose() / 40;
  const auto start = decoupled(c, {30, 9, 8, 4});
  const auto turned = turn_inputs(c, start);
  EXPECT_EQ(data::input_form(turned.correlations.sigma11), data::InputForm::diagonal);
  const DescentOptions options{.learning_rate = 0.002, .max_iterations = 400};
  const auto whole = descend_fully(start, c, options);
  const auto small = descend_fully(turned.start, turned.correlations, options);
  EXPECT_LT(squared_error(whole.network, c), 0.9 * squared_error(start, c));
  EXPECT_NEAR(squared_error(whole.network, c), squared_error(small.network, turned.correlations), 1e-11);
  EXPECT_LT(largest_difference(LinearNetwork<double>::from_matrices({Matrix(whole.network.weight(2))}),
                               LinearNetwork<double>::from_matrices({Matrix(small.network.weight(2))})),
            1e-12);
  EXPECT_THROW(turn_inputs(c, LinearNetwork<double>({29, 5, 4})), base::DomainError);
}

// Any Sigma11 for which the span is invariant will do: here its eigenvectors are the modes.
TEST(InputCompression, NeedsOnlyAnInvariantSpan) {
  auto c = white();
  const auto modes = data::singular_modes(c.sigma31);
  c.sigma11 += modes.input * Eigen::Vector4d(5, 4, 3, 2).asDiagonal() * modes.input.transpose();
  const auto start = decoupled(c, {30, 9, 4});
  const InputCompression compression(c, start);
  ASSERT_TRUE(compression.compresses());
  EXPECT_EQ(compression.compress(c).sigma31.cols(), 4);
  const DescentOptions options{.learning_rate = 0.002, .max_iterations = 400};
  const auto whole = descend_fully(start, c, options);
  const auto small = descend_fully(compression.compress(start), compression.compress(c), options);
  EXPECT_LT(largest_difference(whole.network, compression.expand(small.network)), 1e-12);
}

TEST(InputCompression, LeavesWhatIsNotInvariantAsItIs) {
  auto c = white();
  const auto start = decoupled(c, {30, 9, 4});
  const auto same = [&] {
    const InputCompression compression(c, start);
    return !compression.compresses() && compression.compress(c).sigma31 == c.sigma31 &&
           largest_difference(compression.compress(start), start) == 0 &&
           largest_difference(compression.expand(start), start) == 0;
  };
  EXPECT_FALSE(same());
  c.sigma11(3, 5) = c.sigma11(5, 3) = 1e-9;  // however little
  EXPECT_TRUE(same());
  const Matrix x = gaussian(30, 90, 4);
  c.sigma11 = x * x.transpose() / 90;
  EXPECT_TRUE(same());
}

TEST(InputCompression, LeavesAWideFirstLayerAsItIs) {
  const auto c = white();
  const auto start = LinearNetwork<double>::from_matrices({gaussian(28, 30, 7), gaussian(4, 28, 8)});
  EXPECT_FALSE(InputCompression(c, start).compresses());
}

TEST(InputCompression, RefusesOtherSizesAndNaN) {
  auto c = white();
  EXPECT_THROW(InputCompression(c, LinearNetwork<double>({29, 5, 4})), base::DomainError);
  const auto start = decoupled(c, {30, 9, 4});
  const InputCompression compression(c, start);
  EXPECT_THROW(compression.compress(LinearNetwork<double>({29, 9, 4})), base::DomainError);
  EXPECT_THROW(compression.expand(LinearNetwork<double>({5, 9, 4})), base::DomainError);
  c.sigma31(0, 0) = std::nan("");
  EXPECT_THROW(InputCompression(c, start), base::NumericalError);
}

}  // namespace
}  // namespace dln::network
