// The compressed network against the whole one: learning in coordinates of Q is the same learning.
#include "dln/network/output_compression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/network/mode_strengths.hpp"
#include "dln/network/tanh_network.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using linalg::relative_difference;
using network::OutputCompression;
using Network = network::LinearNetwork<double>;
using Units = std::vector<Eigen::Index>;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
// One product with Q and one with Q^T: sums of up to 60 terms of one size.
constexpr double kRounding = 50 * kEpsilon;
// Each of 600 updates rounds by an eps or so of the weights. At kRate descent is stable, so that none of this
// grows: above about 0.015 the steps of the deeper networks oscillate, and amplify it.
constexpr double kRoundingOfARun = 600 * kEpsilon;
constexpr double kRate = 0.01;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(1, "compression test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

// 5 inputs, correlated and far from white; 60 targets.
const data::Dataset kExamples{gaussian(5, 5, 1) * gaussian(5, 9, 2) / 3, gaussian(60, 9, 3) / 3};
const data::Correlations kCorrelations = data::correlate(kExamples);
const data::SingularModes kModes = data::singular_modes(kCorrelations.sigma31);

Network random_network(const Units& units, double deviation = 0.1) {
  auto stream = base::stream(1, "compression test network", units.size());
  return network::small_random_weights(units, deviation, stream);
}

double difference(const Network& a, const Network& b) {
  base::Worst largest;
  for (int l = 1; l <= a.depth().weight_matrices(); ++l)
    largest.see(relative_difference(a.weight(l), b.weight(l)));
  return largest.value();
}

network::DescentOptions descent(double rate, long iterations) {
  return {.learning_rate = rate, .max_iterations = iterations};
}

class OutputCompressionOf : public testing::TestWithParam<Units> {
 protected:
  const Network start = random_network(GetParam());
  const OutputCompression compression{kCorrelations.sigma31, start};
};

TEST_P(OutputCompressionOf, HasAsManyOutputsAsLearningReachesAtMost) {
  ASSERT_TRUE(compression.compresses());
  // The columns of Sigma31 and of W^L, which are independent here.
  const Eigen::Index reached = start.inputs() + start.units()[start.units().size() - 2];
  EXPECT_EQ(compression.outputs(), reached);
  const Network small = compression.compress(start);
  Units units = GetParam();
  units.back() = reached;
  EXPECT_EQ(small.units(), units);
  EXPECT_EQ(compression.expand(small).units(), GetParam());
  EXPECT_EQ(compression.compress(kCorrelations).sigma31.rows(), reached);
  EXPECT_EQ(compression.compress(kModes).output.rows(), reached);
}

TEST_P(OutputCompressionOf, ExpandingUndoesCompressing) {
  const Network small = compression.compress(start), back = compression.expand(small);
  EXPECT_LE(difference(back, start), kRounding);
  // All layers but the last are copied, not computed.
  for (int l = 1; l < start.depth().weight_matrices(); ++l) {
    EXPECT_EQ(small.weight(l), start.weight(l)) << "W" << l;
    EXPECT_EQ(back.weight(l), start.weight(l)) << "W" << l;
  }
  // And the other way round, for any small network: Q has orthonormal columns.
  const Network any = random_network(small.units(), 1);
  EXPECT_LE(difference(compression.compress(compression.expand(any)), any), kRounding);
}

TEST_P(OutputCompressionOf, DescentIsTheSame) {
  ASSERT_GT(data::whiteness_residual(kCorrelations.sigma11), 1);
  const long iterations = 600;
  const auto whole = network::descend_fully(start, kCorrelations, descent(kRate, iterations));
  const auto small = network::descend_fully(compression.compress(start), compression.compress(kCorrelations),
                                            descent(kRate, iterations));
  EXPECT_EQ(small.iterations, iterations);
  EXPECT_LE(difference(compression.expand(small.network), whole.network), kRoundingOfARun);
  EXPECT_LE(difference(small.network, compression.compress(whole.network)), kRoundingOfARun);
  // Not for want of learning: most of what can be learned has been.
  EXPECT_GT(difference(whole.network, start), 0.5);
  EXPECT_LT((kCorrelations.sigma31 - network::end_to_end(whole.network) * kCorrelations.sigma11).norm(),
            0.5 * kCorrelations.sigma31.norm());
}

TEST_P(OutputCompressionOf, EveryErrorAndSpeedAlongTheWayIsTheSame) {
  struct Seen {
    std::vector<double> speeds, errors;
  };
  const auto watch = [](const Network& from, const data::Correlations& correlations) {
    Seen seen;
    network::descend_fully(from, correlations, descent(kRate, 100), [&](const network::DescentState& state) {
      seen.speeds.push_back(state.descent_speed);
      seen.errors.push_back(network::squared_error(state.network, correlations));
      return true;
    });
    return seen;
  };
  const Seen whole = watch(start, kCorrelations),
             small = watch(compression.compress(start), compression.compress(kCorrelations));
  base::Worst speed, error;
  ASSERT_EQ(whole.speeds.size(), 101u);
  ASSERT_EQ(small.speeds.size(), 101u);
  for (std::size_t i = 0; i < whole.speeds.size(); ++i) {
    speed.see(std::abs(small.speeds[i] / whole.speeds[i] - 1));
    error.see(std::abs(small.errors[i] - whole.errors[i]) / whole.errors[0]);
  }
  EXPECT_LE(speed.value(), kRoundingOfARun);
  EXPECT_LE(error.value(), kRoundingOfARun);
}

TEST_P(OutputCompressionOf, FlowIsTheSame) {
  const auto grid = base::TimeGrid<>::linear(0, 6, 4);
  const auto whole = network::gradient_flow_fully(start, kCorrelations, 1, grid);
  const Network compressed = compression.compress(start);
  const auto small = network::gradient_flow_fully(compressed, compression.compress(kCorrelations), 1, grid);
  // The integrator sees other coordinates and may choose other steps: each keeps its error below 1e-10
  // relative or 1e-12, and some hundred of them add up to less than this.
  const double flow_error = 1e-9;
  base::Worst largest;
  for (std::size_t i = 0; i < grid.size(); ++i)
    largest.see(difference(compression.expand(network::network_at(compressed, small.trajectory.state(i))),
                           network::network_at(start, whole.trajectory.state(i))));
  EXPECT_LE(largest.value(), flow_error);
  EXPECT_GT(difference(network::network_at(start, whole.trajectory.final_state()), start), 0.5);
}

TEST_P(OutputCompressionOf, ModesAreAsStrongAndLeakAsMuch) {
  const auto small_modes = compression.compress(kModes);
  EXPECT_EQ(small_modes.singular_values, kModes.singular_values);
  EXPECT_EQ(small_modes.input, kModes.input);
  EXPECT_LE(linalg::orthonormality_residual(small_modes.output), kRounding);
  // At the start, and after some learning.
  for (long iterations : {0L, 50L}) {
    const auto at = network::descend_fully(start, kCorrelations, descent(kRate, iterations)).network;
    const auto whole = network::mode_strengths(at, kModes),
               small = network::mode_strengths(compression.compress(at), small_modes);
    EXPECT_LE((small.strengths - whole.strengths).norm() / whole.strengths.norm(), kRounding) << iterations;
    EXPECT_LE(std::abs(small.leak / whole.leak - 1), kRounding) << iterations;
    EXPECT_GT(whole.leak, 1e-5) << "a random network mixes modes";
  }
}

TEST_P(OutputCompressionOf, WeightsOutsideTheSpanAreRefused) {
  // 60 outputs: a random last matrix of another seed lies almost wholly outside the 8 to 11 dimensions.
  Network other = start;
  const int last = start.depth().weight_matrices();
  other.weight(last) = gaussian(60, start.weight(last).cols(), 7);
  EXPECT_THROW(compression.compress(other), base::DomainError);
  // A part outside of 1e-9 of the whole is no rounding either, which is 1e3 eps sqrt(60), 2e-12.
  Network slightly = start;
  slightly.weight(last) += 1e-9 * other.weight(last);
  EXPECT_THROW(compression.compress(slightly), base::DomainError);
  Network not_a_number = start;
  not_a_number.weight(last)(17, 0) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(compression.compress(not_a_number), base::DomainError);
  // The earlier layers may be anything.
  Network earlier = start;
  for (int l = 1; l < last; ++l) earlier.weight(l).setConstant(5);
  EXPECT_NO_THROW(compression.compress(earlier));
}

TEST_P(OutputCompressionOf, OtherNumbersOfOutputsAreRefused) {
  Units fewer = GetParam(), more = GetParam();
  fewer.back() = 59;
  more.back() = 61;
  for (const Units& units : {fewer, more}) {
    EXPECT_THROW(OutputCompression(kCorrelations.sigma31, random_network(units)), base::DomainError);
    EXPECT_THROW(compression.compress(random_network(units)), base::DomainError);
    EXPECT_THROW(compression.compress(Matrix(gaussian(units.back(), 2, 8))), base::DomainError);
  }
  EXPECT_THROW(compression.expand(start), base::DomainError) << "it has all its outputs already";
}

INSTANTIATE_TEST_SUITE_P(Depths, OutputCompressionOf,
                         testing::Values(Units{5, 60}, Units{5, 4, 60}, Units{5, 4, 6, 60}));

TEST(OutputCompression, DescentOfATanhNetworkIsTheSameWithTheTargetsCompressed) {
  const Network start = random_network({5, 4, 60}, 0.5);
  const OutputCompression compression(kExamples.targets, start);  // 9 targets and 4 hidden units
  ASSERT_TRUE(compression.compresses());
  EXPECT_EQ(compression.outputs(), 13);
  const auto run = [](const Network& from, const data::Dataset& examples) {
    network::TanhGradient gradient(examples, from);
    const network::LearningRule rule = [&](const Network& at, Network& direction) {
      gradient(at, direction);
      return gradient.residual_norm();
    };
    return network::descend_by(rule, examples.targets.norm(), from, descent(kRate, 600));
  };
  const auto whole = run(start, kExamples);
  const auto small =
      run(compression.compress(start), {kExamples.inputs, compression.compress(kExamples.targets)});
  EXPECT_EQ(whole.reason, network::DescentStop::max_iterations);
  EXPECT_EQ(small.reason, network::DescentStop::max_iterations);
  EXPECT_LE(difference(compression.expand(small.network), whole.network), kRoundingOfARun);
  EXPECT_GT(difference(whole.network, start), 0.5);
  // Its hidden units were not in their linear range, where this would say no more than for linear networks.
  const Matrix input = whole.network.weight(1) * kExamples.inputs;
  EXPECT_GT(input.cwiseAbs().maxCoeff(), 0.5);  // tanh 0.5 is 8 % below 0.5
}

TEST(OutputCompression, TanhModesAreAsStrong) {
  const Network start = random_network({5, 4, 60}, 0.5);
  const OutputCompression compression(kExamples.targets, start);
  const auto whole = network::tanh_mode_strengths(start, kExamples.inputs, kModes),
             small = network::tanh_mode_strengths(compression.compress(start), kExamples.inputs,
                                                  compression.compress(kModes));
  EXPECT_LE((small.strengths - whole.strengths).norm() / whole.strengths.norm(), kRounding);
  EXPECT_LE(std::abs(small.leak / whole.leak - 1), kRounding);
}

TEST(OutputCompression, DependentTargetsAreSpannedToo) {
  // Targets of rank 1 in 5 columns: their QR has zero pivots, and Q spans them all the same.
  auto dependent = kCorrelations;
  dependent.sigma31 = gaussian(60, 1, 4) * gaussian(1, 5, 5);
  const Network start = random_network({5, 4, 60}, 0.3);
  const OutputCompression compression(dependent.sigma31, start);
  ASSERT_TRUE(compression.compresses());
  const auto whole = network::descend_fully(start, dependent, descent(1e-3, 300));
  const auto small = network::descend_fully(compression.compress(start), compression.compress(dependent),
                                            descent(1e-3, 300));
  EXPECT_LE(difference(compression.expand(small.network), whole.network), kRoundingOfARun);
}

// N_1 + N_L = 9: with 9 outputs nothing is gained, with 10 one output is.
TEST(OutputCompression, HandsEverythingThroughWhereItWouldSaveNothing) {
  for (Eigen::Index outputs : {2, 9}) {
    const Network start = random_network({5, 4, outputs});
    data::Correlations correlations = kCorrelations;
    correlations.sigma31 = kCorrelations.sigma31.topRows(outputs);
    const auto modes = data::singular_modes(correlations.sigma31);
    const OutputCompression compression(correlations.sigma31, start);
    EXPECT_FALSE(compression.compresses());
    EXPECT_EQ(compression.outputs(), outputs);
    EXPECT_EQ(compression.compress(correlations.sigma31), correlations.sigma31);
    EXPECT_EQ(compression.compress(correlations).sigma31, correlations.sigma31);
    EXPECT_EQ(compression.compress(modes).output, modes.output);
    for (const Network& handed : {compression.compress(start), compression.expand(start)}) {
      EXPECT_EQ(handed.units(), start.units());
      for (int l : {1, 2}) EXPECT_EQ(handed.weight(l), start.weight(l));
    }
  }
  const Network ten = random_network({5, 4, 10});
  EXPECT_EQ(OutputCompression(kCorrelations.sigma31.topRows(10), ten).outputs(), 9);
}

}  // namespace
