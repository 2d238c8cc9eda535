// Autoencoders and the starts they make, against plain loops, the general chain and known fixed points.
#include "dln/network/pretraining.hpp"

#include <gtest/gtest.h>

#include "dln/base/error.hpp"
#include "dln/data/consistency_examples.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/chain_gradient.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::network {
namespace {

using linalg::Matrix;

Matrix examples() {
  auto stream = base::stream(1, "pretraining test");
  return Matrix::NullaryExpr(7, 30, [&] { return stream.normal(); });
}

LinearNetwork<double> some_autoencoder(Eigen::Index hidden, double deviation = 0.4) {
  auto stream = base::stream(2, "pretraining test");
  return small_random_weights({7, hidden, 7}, deviation, stream);
}

Pretraining pretrained(const std::vector<Eigen::Index>& units, const Matrix& sigma,
                       const PretrainingOptions& options) {
  auto stream = base::stream(3, "pretraining test");
  base::SilentProgress silent;
  return pretrained_weights(units, sigma, options, stream, silent);
}

// Eq 1, example by example.
TEST(AutoencoderGradient, IsThePlainSumOverTheExamples) {
  const Matrix x = examples(), sigma = x * x.transpose();
  const auto at = some_autoencoder(4);
  auto direction = at;
  AutoencoderGradient gradient(sigma, at);
  gradient(at, direction);
  const Matrix w21 = at.weight(1), w32 = at.weight(2);
  Matrix d21 = Matrix::Zero(4, 7), d32 = Matrix::Zero(7, 4);
  double error = 0;
  for (Eigen::Index mu = 0; mu < x.cols(); ++mu) {
    const linalg::Vector rest = x.col(mu) - w32 * (w21 * x.col(mu));
    d21 += w32.transpose() * rest * x.col(mu).transpose();
    d32 += rest * (w21 * x.col(mu)).transpose();
    error += 0.5 * rest.squaredNorm();
  }
  EXPECT_LT(linalg::relative_difference(direction.weight(1), d21), 1e-13);  // rounding of 30 terms
  EXPECT_LT(linalg::relative_difference(direction.weight(2), d32), 1e-13);
  EXPECT_NEAR(gradient.error(), error, 1e-13 * error);
  EXPECT_NEAR(gradient.error_at_zero(), 0.5 * x.squaredNorm(), 1e-13 * x.squaredNorm());
}

TEST(AutoencoderGradient, IsTheChainsWithSigma31EqualToSigma11AndScalesADiagonal) {
  const Matrix x = examples();
  for (const Matrix& sigma :
       {Matrix(x * x.transpose()), Matrix(linalg::Vector::LinSpaced(7, 5, 0.1).asDiagonal())}) {
    const auto at = some_autoencoder(3);
    auto mine = at, general = at;
    AutoencoderGradient gradient(sigma, at);
    gradient(at, mine);
    const data::Correlations correlations{sigma, sigma, sigma.trace(), 30};
    ChainGradient chain(correlations, at);
    chain(at, general);
    for (int l : {1, 2}) EXPECT_LT(linalg::relative_difference(mine.weight(l), general.weight(l)), 1e-13);
    EXPECT_NEAR(gradient.error(), chain.squared_error(), 1e-12 * chain.squared_error());
  }
}

TEST(AutoencoderGradient, RefusesAChainThatIsNone) {
  EXPECT_THROW(AutoencoderGradient(Matrix::Identity(6, 6), some_autoencoder(3)), base::DomainError);
}

TEST(PretrainedWeights, DescentFollowsTheFlowToFirstOrderInTheRate) {
  const Matrix sigma = linalg::Vector::LinSpaced(7, 2, 0.5).asDiagonal();
  const auto gap = [&](double rate) {
    PretrainingOptions options{
        .learning_rate = rate, .epochs = static_cast<long>(2 / rate), .deviation = 0.3};
    const auto descent = pretrained({7, 4, 2}, sigma, options);
    options.dynamics = Dynamics::flow;
    return (descent.network.weight(1) - pretrained({7, 4, 2}, sigma, options).network.weight(1)).norm();
  };
  EXPECT_NEAR(std::log2(gap(0.02) / gap(0.01)), 1, 0.05);  // O(rate)
}

TEST(PretrainedWeights, EveryLayerSeesTheTrainedLowerOne) {
  const Matrix x = examples(), sigma = x * x.transpose();
  const auto result = pretrained({7, 5, 4, 2}, sigma, {.learning_rate = 0.01, .epochs = 200});
  ASSERT_EQ(result.layers.size(), 2u);
  const Matrix w1 = result.network.weight(1), hidden = w1 * x;
  EXPECT_LT(linalg::relative_difference(result.layers[1].sigma, hidden * hidden.transpose()), 1e-12);
  EXPECT_EQ(w1, Matrix(result.layers[0].autoencoder.weight(1)));
  EXPECT_EQ(Matrix(result.network.weight(2)), Matrix(result.layers[1].autoencoder.weight(1)));
  EXPECT_EQ(result.epochs(), 400);
  // Full rank kept: the identity on the span of what the layer sees, in every layer.
  for (const auto& layer : result.layers)
    EXPECT_NEAR(component_strengths(layer.autoencoder, layer.sigma).strengths[0], 1, 1e-6);
}

TEST(PretrainedWeights, StopsWhereAnEpochGainsTooLittleAndLeavesTheTopZeroIfAsked) {
  const Matrix sigma = linalg::Vector::LinSpaced(7, 2, 0.5).asDiagonal();
  const auto result = pretrained(
      {7, 7, 2}, sigma, {.learning_rate = 0.1, .epochs = 5000, .settled = 1e-3, .last_deviation = 0});
  EXPECT_TRUE(result.layers[0].settled);
  EXPECT_LT(result.layers[0].epochs, 5000);
  EXPECT_TRUE(result.network.weight(2).isZero(0));
  EXPECT_NE(result.brief.find("settled"), std::string::npos);
}

TEST(PretrainedWeights, RefusesTheImpossible) {
  const Matrix sigma = Matrix::Identity(7, 7);
  EXPECT_THROW(pretrained({7, 2}, sigma, {.learning_rate = 0.1}), base::DomainError);
  EXPECT_THROW(pretrained({6, 3, 2}, sigma, {.learning_rate = 0.1}), base::DomainError);
  EXPECT_THROW(pretrained({7, 3, 2}, sigma, {.learning_rate = 0}), base::DomainError);
  EXPECT_THROW(pretrained({7, 3, 2}, sigma, {.learning_rate = 50}), base::NumericalError);
}

TEST(PretrainingResidual, IsZeroOnDecoupledStartsAndNotOnRandomOnes) {
  const auto modes = data::singular_modes(examples().leftCols(3).transpose());
  auto stream = base::stream(4, "pretraining test");
  const auto start = decoupled_weights({7, 6, 5, 3}, modes, Matrix::Constant(3, 3, 0.5), stream);
  EXPECT_LT(pretraining_residual(start.network, modes), 1e-14);
  EXPECT_GT(pretraining_residual(small_random_weights({7, 6, 5, 3}, 1, stream), modes), 0.1);
}

}  // namespace
}  // namespace dln::network
