#include "dln/data/correlations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/data/singular_modes.hpp"

namespace {

using namespace dln::data;
using dln::linalg::Matrix;
using dln::linalg::relative_difference;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = dln::base::stream(1, "correlations test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

const Dataset kExamples{gaussian(4, 37, 1), gaussian(3, 37, 2)};
// Sums of 37 terms in different orders differ by a few roundings of each; the norms here hide no
// cancellation.
constexpr double kRounding = 37 * kEpsilon;

Dataset columns(const Dataset& all, Eigen::Index first, Eigen::Index count) {
  return {all.inputs.middleCols(first, count), all.targets.middleCols(first, count)};
}

TEST(Correlations, AreTheSumsOverTheExamples) {
  Matrix sigma11 = Matrix::Zero(4, 4), sigma31 = Matrix::Zero(3, 4);
  double power = 0;
  for (Eigen::Index mu = 0; mu < 37; ++mu) {
    for (Eigen::Index j = 0; j < 4; ++j) {
      for (Eigen::Index i = 0; i < 4; ++i) sigma11(i, j) += kExamples.inputs(i, mu) * kExamples.inputs(j, mu);
      for (Eigen::Index i = 0; i < 3; ++i)
        sigma31(i, j) += kExamples.targets(i, mu) * kExamples.inputs(j, mu);
    }
    for (Eigen::Index i = 0; i < 3; ++i) power += kExamples.targets(i, mu) * kExamples.targets(i, mu);
  }
  const auto c = correlate(kExamples);
  EXPECT_LE(relative_difference(c.sigma11, sigma11), kRounding);
  EXPECT_LE(relative_difference(c.sigma31, sigma31), kRounding);
  EXPECT_NEAR(c.target_power, power, kRounding * power);
  EXPECT_EQ(c.examples, 37u);
  EXPECT_EQ(c.normalisation, Normalisation::sum);
  EXPECT_EQ(c.sigma11, c.sigma11.transpose());  // exactly, not to rounding
}

TEST(Correlations, DoNotDependOnTheBatches) {
  CorrelationAccumulator accumulator(4, 3);
  for (auto [first, count] : {std::pair{0, 1}, std::pair{1, 20}, std::pair{21, 0}, std::pair{21, 16}})
    accumulator.add(columns(kExamples, first, count));
  const auto whole = correlate(kExamples), parts = accumulator.result();
  EXPECT_LE(relative_difference(parts.sigma11, whole.sigma11), kRounding);
  EXPECT_LE(relative_difference(parts.sigma31, whole.sigma31), kRounding);
  EXPECT_NEAR(parts.target_power, whole.target_power, kRounding * whole.target_power);
  EXPECT_EQ(parts.examples, whole.examples);
}

TEST(Correlations, MeansAreSumsOverTheNumberOfExamples) {
  CorrelationAccumulator accumulator(4, 3);
  accumulator.add(kExamples);
  const auto sums = accumulator.result(), means = accumulator.result(Normalisation::mean);
  EXPECT_EQ(means.normalisation, Normalisation::mean);
  EXPECT_EQ(means.examples, 37u);
  EXPECT_LE(relative_difference(37 * means.sigma11, sums.sigma11), 4 * kEpsilon);
  EXPECT_LE(relative_difference(37 * means.sigma31, sums.sigma31), 4 * kEpsilon);
  EXPECT_DOUBLE_EQ(37 * means.target_power, sums.target_power);
  EXPECT_EQ(sum_factor(means), 37);
  EXPECT_EQ(sum_factor(sums), 1);
}

TEST(Correlations, AskingForAResultLeavesTheSumsAlone) {
  CorrelationAccumulator accumulator(4, 3);
  accumulator.add(columns(kExamples, 0, 30));
  (void)accumulator.result(Normalisation::mean);
  accumulator.add(columns(kExamples, 30, 7));
  EXPECT_LE(relative_difference(accumulator.result().sigma11, correlate(kExamples).sigma11), kRounding);
}

TEST(Correlations, ASourceIsDrainedAndItsProgressReported) {
  struct Recorder : dln::base::Progress {
    void report(std::string_view, double fraction) override { fractions.push_back(fraction); }
    std::vector<double> fractions;
  } recorder;
  ExampleSource source{4, 3, 37, {}, {}};
  Eigen::Index at = 0;
  source.next = [&at](Dataset& batch) {
    if (at == 37) return false;
    const Eigen::Index count = std::min<Eigen::Index>(10, 37 - at);
    batch = columns(kExamples, at, count);
    at += count;
    return true;
  };
  const auto c = correlate(source, recorder);
  EXPECT_EQ(c.examples, 37u);
  EXPECT_LE(relative_difference(c.sigma31, correlate(kExamples).sigma31), kRounding);
  EXPECT_THAT(recorder.fractions, testing::ElementsAre(10.0 / 37, 20.0 / 37, 30.0 / 37, 1));
}

TEST(Correlations, BatchesOfTheWrongShapeAreRefused) {
  CorrelationAccumulator accumulator(4, 3);
  EXPECT_THROW(accumulator.add({Matrix::Ones(5, 2), Matrix::Ones(3, 2)}), dln::base::DomainError);
  EXPECT_THROW(accumulator.add({Matrix::Ones(4, 2), Matrix::Ones(2, 2)}), dln::base::DomainError);
  EXPECT_THROW(accumulator.add({Matrix::Ones(4, 2), Matrix::Ones(3, 1)}), dln::base::DomainError);
  EXPECT_THROW(correlate(Dataset{Matrix::Ones(4, 2), Matrix::Ones(3, 1)}), dln::base::DomainError);
}

TEST(Correlations, ABatchThatIsNotFiniteIsRefusedAndLeavesNoTrace) {
  for (double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    CorrelationAccumulator accumulator(4, 3);
    accumulator.add(kExamples);
    Dataset inputs = kExamples, targets = kExamples;
    inputs.inputs(1, 5) = bad;
    targets.targets(2, 36) = bad;
    EXPECT_THROW(accumulator.add(inputs), dln::base::DataError);
    EXPECT_THROW(accumulator.add(targets), dln::base::DataError);
    EXPECT_EQ(accumulator.result().examples, 37u);
    EXPECT_EQ(accumulator.result().sigma31, correlate(kExamples).sigma31);
  }
}

TEST(Correlations, OfCentredExamplesAreTheCentredCorrelations) {
  Dataset shifted = kExamples, centred_by_hand = kExamples;
  shifted.inputs.colwise() += Eigen::Vector4d(3, -2, 0, 10);
  shifted.targets.array() += 5;
  centred_by_hand.inputs.colwise() -= kExamples.inputs.rowwise().mean().eval();
  centred_by_hand.targets.colwise() -= kExamples.targets.rowwise().mean().eval();
  const auto wanted = correlate(centred_by_hand);
  CorrelationAccumulator accumulator(4, 3);
  accumulator.add(columns(shifted, 0, 12));
  accumulator.add(columns(shifted, 12, 25));
  for (auto normalisation : {Normalisation::sum, Normalisation::mean}) {
    const auto raw = accumulator.result(normalisation);
    const auto found = centred(raw);
    const double factor = sum_factor(raw);
    // The difference of sums up to a hundred times as large.
    EXPECT_LE(relative_difference(factor * found.sigma11, wanted.sigma11), 100 * kRounding);
    EXPECT_LE(relative_difference(factor * found.sigma31, wanted.sigma31), 100 * kRounding);
    EXPECT_NEAR(factor * found.target_power / wanted.target_power, 1, 100 * kRounding);
    EXPECT_EQ(found.input_mean, dln::linalg::Vector::Zero(4));
    EXPECT_EQ(constant_inputs(raw), 0);
    EXPECT_NEAR(raw.input_mean[3], 10 + kExamples.inputs.row(3).mean(), 10 * kRounding);
    EXPECT_NEAR(raw.target_mean[1], 5 + kExamples.targets.row(1).mean(), 10 * kRounding);
  }
}

TEST(Correlations, WhatIsConstantIsExactlyZeroOnceCentred) {
  Dataset with_constants = kExamples;
  with_constants.inputs.row(2).setConstant(0.1);
  with_constants.inputs.row(0).setZero();
  with_constants.targets.row(1).setConstant(1.0 / 3);
  const auto raw = correlate(with_constants);
  EXPECT_EQ(constant_inputs(raw), 2);
  const auto found = centred(raw);
  EXPECT_EQ(found.sigma11.col(2).norm(), 0);
  EXPECT_EQ(found.sigma31.col(2).norm(), 0);
  EXPECT_EQ(found.sigma31.row(1).norm(), 0);
  EXPECT_GT(found.sigma31.row(0).norm(), 0.1);
}

TEST(Correlations, WithoutMeansCannotBeCentred) {
  auto c = correlate(kExamples);
  c.input_mean.resize(0);
  EXPECT_THROW(centred(c), dln::base::DomainError);
  EXPECT_THROW(constant_inputs(c), dln::base::DomainError);
}

TEST(Correlations, OfNoExamplesDoNotExist) {
  CorrelationAccumulator accumulator(4, 3);
  EXPECT_THROW(accumulator.result(), dln::base::DataError);
  accumulator.add({Matrix(4, 0), Matrix(3, 0)});
  EXPECT_THROW(accumulator.result(), dln::base::DataError);
}

TEST(WhitenessResidual, IsZeroForTheIdentityAndOneForTwiceIt) {
  EXPECT_EQ(whiteness_residual(Matrix::Identity(5, 5)), 0);
  EXPECT_EQ(whiteness_residual(2 * Matrix::Identity(4, 4)), 1);
  Matrix skewed = Matrix::Identity(4, 4);
  skewed(2, 0) = 3;
  EXPECT_EQ(whiteness_residual(skewed), 1.5);  // 3 / ||I|| = 3 / 2
}

TEST(TimeConstant, IsTheInverseRateForSumsAndTheInverseOfRateTimesExamplesForMeans) {
  auto c = correlate(kExamples);
  EXPECT_DOUBLE_EQ(time_constant(0.25, c), 4);
  c.normalisation = Normalisation::mean;
  EXPECT_DOUBLE_EQ(time_constant(0.25, c), 4.0 / 37);
}

TEST(TimeConstant, NeedsAPositiveFiniteRate) {
  const auto c = correlate(kExamples);
  for (double bad :
       {0.0, -0.1, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    EXPECT_THROW(time_constant(bad, c), dln::base::DomainError) << bad;
}

TEST(SingularModes, MakeTheirOwnMatrixDiagonal) {
  const Matrix sigma31 = correlate(kExamples).sigma31;
  const auto modes = singular_modes(sigma31);
  ASSERT_EQ(modes.size(), 3);
  const Matrix inside = in_mode_basis(sigma31, modes);
  const Matrix wanted = modes.singular_values.asDiagonal();
  EXPECT_LE(relative_difference(inside, wanted), 100 * kEpsilon);  // two products and the SVD's own residual
}

}  // namespace
