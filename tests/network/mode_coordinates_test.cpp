// Two matrices in the coordinates of the modes: the same learning as the whole network's, read off its error.
#include "dln/network/mode_coordinates.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using Network = network::LinearNetwork<double>;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr long kEpochs = 300;
// Each of 300 updates rounds by an eps or so of the weights, which growth carries along with the modes.
constexpr double kRoundingOfARun = 10 * kEpochs * kEpsilon;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(1, "mode coordinates test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

const data::Correlations kCorrelations = [] {
  data::Correlations c{.sigma11 = Matrix::Identity(17, 17), .sigma31 = gaussian(90, 17, 1) / 5};
  c.target_power = c.sigma31.squaredNorm();
  return c;
}();
const data::SingularModes kModes = data::singular_modes(kCorrelations.sigma31);

Network start(Eigen::Index hidden) {
  auto stream = base::stream(1, "mode coordinates test network");
  return network::small_random_weights({17, hidden, 90}, 0.05, stream);
}

struct Seen {
  std::vector<network::ModeStrengths> modes;
  std::vector<double> speeds;
};
Seen whole(const Network& from) {
  Seen seen;
  network::descend_fully(from, kCorrelations,
                         {.learning_rate = 0.02, .max_iterations = kEpochs, .observe_every = 5},
                         [&](const network::DescentState& state) {
                           seen.modes.push_back(network::mode_strengths(state.network, kModes));
                           seen.speeds.push_back(state.descent_speed);
                           return true;
                         });
  return seen;
}
Seen turned(const Network& from) {
  Seen seen;
  auto in_modes = network::in_mode_coordinates(kCorrelations, kModes, from);
  network::ChainGradient<double> gradient(in_modes.correlations, in_modes.start);
  network::descend(
      gradient, in_modes.start, {.learning_rate = 0.02, .max_iterations = kEpochs, .observe_every = 5},
      [&](const network::DescentState& state) {
        seen.modes.push_back(network::mode_strengths_by_error(gradient.error_correlation(), kModes));
        seen.speeds.push_back(state.descent_speed);
        return true;
      });
  return seen;
}

// Hidden layers for the steps in the cache (16 units and more) and for the others.
class ModeCoordinates : public testing::TestWithParam<Eigen::Index> {};

TEST_P(ModeCoordinates, LearnAsTheWholeNetworkDoes) {
  const Network from = start(GetParam());
  const Seen expected = whole(from), got = turned(from);
  ASSERT_EQ(got.modes.size(), 61u);
  ASSERT_EQ(expected.modes.size(), 61u);
  base::Worst strengths, leak, speed;
  for (std::size_t i = 0; i < 61; ++i) {
    const auto &a = got.modes[i], &b = expected.modes[i];
    strengths.see((a.strengths - b.strengths).cwiseAbs().maxCoeff() / kModes.singular_values[0]);
    leak.see(std::abs(a.leak - b.leak));
    speed.see(std::abs(got.speeds[i] / expected.speeds[i] - 1));
  }
  EXPECT_LE(strengths.value(), kRoundingOfARun);
  EXPECT_LE(leak.value(), kRoundingOfARun);
  EXPECT_LE(speed.value(), kRoundingOfARun);
  EXPECT_GT(expected.modes.back().strengths[0], 0.9 * kModes.singular_values[0]) << "it learned";
  EXPECT_GT(expected.modes.front().leak, 1e-5) << "a random start mixes modes";
}

// Everything that the outputs' own basis does not change.
TEST_P(ModeCoordinates, KeepTheErrorAndTheGramMatrixOfTheStart) {
  const Network from = start(GetParam());
  const auto small = network::in_mode_coordinates(kCorrelations, kModes, from);
  EXPECT_EQ(small.start.units(), (std::vector<Eigen::Index>{17, GetParam(), 17 + GetParam()}));
  const double error = network::squared_error(from, kCorrelations);
  EXPECT_NEAR(network::squared_error(small.start, small.correlations), error, 100 * kEpsilon * error);
  const Matrix gram = from.weight(2).transpose() * from.weight(2);
  EXPECT_LE(linalg::relative_difference(small.start.weight(2).transpose() * small.start.weight(2), gram),
            200 * kEpsilon);
  EXPECT_LE(linalg::relative_difference(small.start.weight(1) * kModes.input.transpose(), from.weight(1)),
            100 * kEpsilon);
}

INSTANTIATE_TEST_SUITE_P(HiddenUnits, ModeCoordinates, testing::Values(5, 16, 33));

// W32 within the span of the modes: nothing beside them but rounding, of no rank to speak of.
TEST(ModeCoordinates, OfADecoupledStartHaveNothingBesideTheModes) {
  auto stream = base::stream(1, "mode coordinates test decoupled");
  const auto from =
      network::decoupled_weights({17, 20, 90}, kModes, Matrix::Constant(2, 17, 0.1), stream).network;
  const auto small = network::in_mode_coordinates(kCorrelations, kModes, from);
  EXPECT_LE(small.start.weight(2).bottomRows(20).norm(), 100 * kEpsilon * from.weight(2).norm());
  const Seen expected = whole(from), got = turned(from);
  EXPECT_LE((got.modes.back().strengths - expected.modes.back().strengths).cwiseAbs().maxCoeff(),
            kRoundingOfARun * kModes.singular_values[0]);
}

TEST(ModeCoordinates, AreRefusedWhereTheyAreNotTheSameLearning) {
  const auto have = [](const data::Correlations& c, std::vector<Eigen::Index> units) {
    return network::have_mode_coordinates(c, kModes, units);
  };
  EXPECT_TRUE(have(kCorrelations, {17, 20, 90}));
  EXPECT_FALSE(have(kCorrelations, {17, 20, 20, 90}));
  EXPECT_FALSE(have(kCorrelations, {17, 73, 90})) << "no smaller";
  auto diagonal = kCorrelations;
  diagonal.sigma11(0, 0) = 2;
  EXPECT_FALSE(have(diagonal, {17, 20, 90}));
  EXPECT_THROW(network::in_mode_coordinates(diagonal, kModes, start(20)), base::DomainError);
  auto fewer = kModes;
  fewer.output = kModes.output.leftCols(9).eval();
  fewer.input = kModes.input.leftCols(9).eval();
  fewer.singular_values = kModes.singular_values.head(9).eval();
  EXPECT_FALSE(network::have_mode_coordinates(kCorrelations, fewer, {17, 20, 90}));
  Network bad = start(20);
  bad.buffer().back() = std::nan("");
  EXPECT_THROW(network::in_mode_coordinates(kCorrelations, kModes, bad), base::NumericalError);
}

}  // namespace
