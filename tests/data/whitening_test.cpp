#include "dln/data/whitening.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"

namespace {

using namespace dln::data;
using dln::linalg::Matrix;
using dln::linalg::relative_difference;
using dln::linalg::Vector;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// Rounding grows with the condition of Sigma11, which for mixtures() is about 100; over 6 inputs or 200
// examples.
constexpr double kCondition = 200;

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = dln::base::stream(1, "whitening test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

Matrix identity(Eigen::Index size) {
  return Matrix::Identity(size, size);
}

// 200 examples of 6 inputs that are mixtures of `rank` independent ones, and 4 targets.
Dataset mixtures(Eigen::Index rank) {
  return {gaussian(6, rank, 1) * gaussian(rank, 200, 2), gaussian(4, 200, 3)};
}

// Sigma11 with a spectrum from 1 down to 1/condition, in a random basis.
Correlations conditioned(double condition) {
  const Eigen::Index size = 20;
  auto stream = dln::base::stream(1, "whitening test basis");
  const Matrix q = dln::linalg::haar_orthonormal(size, size, stream);
  const Vector spectrum = Vector::LinSpaced(size, 0, -std::log(condition)).array().exp();
  Correlations c;
  c.sigma11 = q * spectrum.asDiagonal() * q.transpose();
  c.sigma31 = gaussian(3, size, 4) * c.sigma11;  // as of targets that are a linear map of the inputs
  c.examples = 100;
  return c;
}

TEST(Whitening, TheTransformMakesTheInputsWhite) {
  const auto dataset = mixtures(6);
  const auto raw = correlate(dataset);
  const auto white = whiten(raw, WhiteScale::identity);
  EXPECT_EQ(white.dropped, 0);
  EXPECT_LE(white.residual, 1e-6);
  EXPECT_LE((white.transform * raw.sigma11 * white.transform.transpose() - identity(6)).norm(),
            kCondition * 6 * kEpsilon);
  // And so it does for the examples themselves, one by one.
  const auto again = correlate(Dataset{white.transform * dataset.inputs, dataset.targets});
  EXPECT_LE((again.sigma11 - identity(6)).norm(), kCondition * 200 * kEpsilon);
  EXPECT_LE(relative_difference(white.correlations.sigma31, again.sigma31), kCondition * 200 * kEpsilon);
  EXPECT_EQ(white.correlations.target_power, raw.target_power);
  EXPECT_EQ(white.correlations.examples, 200u);
}

TEST(Whitening, TheWhiteSigma11IsTheIdentityToTheLastBit) {
  EXPECT_EQ(whiten(correlate(mixtures(6)), WhiteScale::identity).correlations.sigma11, identity(6));
}

TEST(Whitening, UnitVarianceGivesEveryInputMeanSquareOne) {
  const auto dataset = mixtures(6);
  const auto white = whiten(correlate(dataset), WhiteScale::unit_variance);
  EXPECT_EQ(white.correlations.sigma11, 200 * identity(6));
  EXPECT_LE(white.residual, 1e-6);
  const Matrix inputs = white.transform * dataset.inputs;
  const Vector mean_square = inputs.rowwise().squaredNorm() / 200;
  EXPECT_LE((mean_square - Vector::Ones(6)).norm(), kCondition * 200 * kEpsilon);
}

TEST(Whitening, DirectionsWithoutDataAreDropped) {
  const auto dataset = mixtures(4);
  const auto raw = correlate(dataset);
  const auto white = whiten(raw, WhiteScale::identity);
  EXPECT_EQ(white.dropped, 2);
  ASSERT_EQ(white.transform.rows(), 4);
  ASSERT_EQ(white.transform.cols(), 6);
  EXPECT_EQ(white.correlations.sigma11, identity(4));
  ASSERT_EQ(white.correlations.sigma31.cols(), 4);
  EXPECT_LE((white.transform * raw.sigma11 * white.transform.transpose() - identity(4)).norm(),
            kCondition * 6 * kEpsilon);
}

// The best linear map of the data, Sigma31 Sigma11^-1, is the best map of the white data after T. Its
// defining equation W Sigma11 = Sigma31 holds only if the span was kept whole and the transform is right.
TEST(Whitening, TheBestLinearMapIsTheSameThroughTheTransform) {
  for (Eigen::Index rank : {6, 4})
    for (auto scale : {WhiteScale::identity, WhiteScale::unit_variance}) {
      const auto raw = correlate(mixtures(rank));
      const auto white = whiten(raw, scale);
      const double c = white.correlations.sigma11(0, 0);
      const Matrix best = white.correlations.sigma31 / c * white.transform;
      EXPECT_LE(relative_difference(best * raw.sigma11, raw.sigma31), kCondition * 200 * kEpsilon);
    }
}

TEST(Whitening, BadlyConditionedDataAreStillWhiteWithinTheBound) {
  const auto raw = conditioned(1e8);
  const auto white = whiten(raw, WhiteScale::identity);
  EXPECT_EQ(white.dropped, 0);
  EXPECT_LE(white.residual, 1e-6);
  EXPECT_GT(white.residual, 0);  // measured, not assumed
  // In the wider type, so that the test's own products add nothing: eps times the condition is 2e-8.
  using Wide = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
  const Wide t = white.transform.cast<long double>();
  const Wide product = t * raw.sigma11.cast<long double>() * t.transpose();
  EXPECT_LE((product - Wide::Identity(20, 20)).norm() / std::sqrt(20.0L), 1e-6L);
}

TEST(Whitening, MeansAreRefused) {
  auto raw = correlate(mixtures(6));
  raw.normalisation = Normalisation::mean;
  EXPECT_THROW(whiten(raw, WhiteScale::identity), dln::base::DomainError);
}

TEST(Whitening, InputsThatAreAllZeroAreRefused) {
  const auto raw = correlate(Dataset{Matrix::Zero(6, 9), Matrix::Ones(4, 9)});
  EXPECT_THROW(whiten(raw, WhiteScale::identity), dln::base::DataError);
}

TEST(Whitening, ASigma11ThatIsNotFiniteIsRefused) {
  auto raw = correlate(mixtures(6));
  raw.sigma11(3, 3) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(whiten(raw, WhiteScale::identity), dln::base::NumericalError);
}

}  // namespace
