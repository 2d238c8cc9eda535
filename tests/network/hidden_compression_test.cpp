// Compressed hidden layers against the uncompressed run, and starts that must not be compressed.
#include "dln/network/hidden_compression.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::network {
namespace {

using linalg::Matrix;
using testing::ElementsAre;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  auto stream = base::stream(seed, "hidden compression test");
  return Matrix::NullaryExpr(rows, columns, [&] { return stream.normal(); });
}

struct Problem {
  data::Correlations correlations;
  data::SingularModes modes;
};
Problem problem(Eigen::Index inputs, Eigen::Index outputs, bool white) {
  Problem p;
  const Matrix x = gaussian(inputs, 3 * inputs, 1);
  p.correlations.sigma11 = white ? Matrix(Matrix::Identity(inputs, inputs))
                                 : Matrix(x * x.transpose() / (3.0 * static_cast<double>(inputs)));
  p.correlations.sigma31 = gaussian(outputs, inputs, 2);
  p.modes = data::singular_modes(p.correlations.sigma31);
  return p;
}

LinearNetwork<double> decoupled(const Problem& p, std::vector<Eigen::Index> units) {
  auto stream = base::stream(3, "hidden compression test");
  const auto matrices = static_cast<Eigen::Index>(units.size()) - 1;
  const Matrix strengths = Matrix::Constant(matrices, p.modes.size(), 0.5);
  return decoupled_weights(units, p.modes, strengths, stream).network;
}

double largest_difference(const LinearNetwork<double>& a, const LinearNetwork<double>& b) {
  base::Worst worst;
  for (std::size_t i = 0; i < a.buffer().size(); ++i) worst.see(std::abs(a.buffer()[i] - b.buffer()[i]));
  return worst.value();
}

TEST(HiddenCompression, FindsTheActiveModesOfADecoupledStart) {
  const auto p = problem(12, 4, false);
  const HiddenCompression compression(decoupled(p, {12, 80, 90, 70, 4}));
  EXPECT_TRUE(compression.compresses());
  EXPECT_THAT(compression.units(), ElementsAre(12, 4, 4, 4, 4));
  EXPECT_LT(compression.residual(), 1e-14);
  EXPECT_NE(compression.brief().find("12-4-4-4-4, from 12-80-90-70-4"), std::string::npos)
      << compression.brief();
}

// For any Sigma11: after three hundred steps, in which the error falls to its floor, the same to rounding.
TEST(HiddenCompression, FollowsTheUncompressedRun) {
  for (bool white : {true, false}) {
    const auto p = problem(12, 4, white);
    const auto start = decoupled(p, {12, 80, 90, 70, 4});
    const HiddenCompression compression(start);
    const DescentOptions options{.learning_rate = 0.005, .max_iterations = 300};
    const auto whole = descend_fully(start, p.correlations, options);
    const auto small = descend_fully(compression.compress(start), p.correlations, options);
    EXPECT_LT(squared_error(whole.network, p.correlations), 0.6 * squared_error(start, p.correlations));
    EXPECT_LT(largest_difference(whole.network, compression.expand(small.network)), 1e-12) << white;
    EXPECT_LT(largest_difference(small.network, compression.compress(whole.network)), 1e-12) << white;
  }
}

// With every input direction in W^1, its hidden layer needs as many; the layers above do not.
TEST(HiddenCompression, SeesEveryInputDirectionInTheFirstMatrix) {
  for (bool white : {true, false}) {
    const auto p = problem(12, 4, white);
    auto stream = base::stream(3, "hidden compression test");
    auto decoupled = decoupled_weights({12, 80, 70, 4}, p.modes, Matrix::Constant(3, 4, 0.5), stream);
    carry_all_inputs(decoupled, p.modes, 0.5);
    const auto& start = decoupled.network;
    const HiddenCompression compression(start);
    EXPECT_THAT(compression.units(), ElementsAre(12, 12, 4, 4));
    const DescentOptions options{.learning_rate = 0.005, .max_iterations = 300};
    const auto whole = descend_fully(start, p.correlations, options);
    const auto small = descend_fully(compression.compress(start), p.correlations, options);
    EXPECT_LT(squared_error(whole.network, p.correlations), 0.6 * squared_error(start, p.correlations));
    EXPECT_LT(largest_difference(whole.network, compression.expand(small.network)), 1e-12) << white;
  }
}

// As wide as Fig 4's: 784 of 1000 directions, and ten in the layers above.
TEST(HiddenCompression, FindsSevenHundredDirectionsOfAThousand) {
  auto stream = base::stream(3, "hidden compression test");
  const auto modes = data::singular_modes(gaussian(10, 784, 2));
  auto start = decoupled_weights({784, 1000, 1000, 10}, modes, Matrix::Constant(3, 10, 0.1), stream);
  EXPECT_THAT(HiddenCompression(start.network).units(), ElementsAre(784, 10, 10, 10));
  carry_all_inputs(start, modes, 0.1);
  EXPECT_THAT(HiddenCompression(start.network).units(), ElementsAre(784, 784, 10, 10));
}

TEST(HiddenCompression, SeesWhatARandomFirstMatrixAdds) {
  auto start = decoupled(problem(12, 4, false), {12, 80, 70, 4});
  start.weight(1) = gaussian(80, 12, 4);  // twelve columns of W^1 and four rows of W^2
  EXPECT_THAT(HiddenCompression(start).units(), ElementsAre(12, 16, 4, 4));
}

TEST(HiddenCompression, LeavesARandomStartAsItIs) {
  auto stream = base::stream(5, "hidden compression test");
  const auto start = small_random_weights({30, 40, 40, 30}, 0.1, stream);
  const HiddenCompression compression(start);
  EXPECT_FALSE(compression.compresses());
  EXPECT_EQ(largest_difference(start, compression.compress(start)), 0);
  EXPECT_EQ(largest_difference(start, compression.expand(start)), 0);
}

// One entry that a rank of four does not hold is part of the start, however small.
TEST(HiddenCompression, MissesNoDirection) {
  const auto p = problem(12, 4, true);
  auto start = decoupled(p, {12, 80, 70, 4});
  start.weight(2)(3, 5) += 1e-6;
  EXPECT_THAT(HiddenCompression(start).units(), ElementsAre(12, 5, 5, 4));
}

TEST(HiddenCompression, TakesZeroWeightsAndRefusesNaN) {
  LinearNetwork<double> start({3, 40, 2});
  const HiddenCompression compression(start);
  EXPECT_EQ(largest_difference(start, compression.expand(compression.compress(start))), 0);
  start.weight(1)(0, 0) = std::nan("");
  EXPECT_THROW(HiddenCompression{start}, base::NumericalError);
  EXPECT_THROW(compression.compress(LinearNetwork<double>({3, 41, 2})), base::DomainError);
  EXPECT_THROW(compression.expand(LinearNetwork<double>({3, 41, 2})), base::DomainError);
}

}  // namespace
}  // namespace dln::network
