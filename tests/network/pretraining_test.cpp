// Autoencoders and the starts they make, against plain loops, the general chain and known fixed points.
#include "dln/network/pretraining.hpp"

#include <gtest/gtest.h>

#include <cmath>

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
  for (const auto& sigma : {Matrix::Identity(6, 6), Matrix::Identity(6, 7), Matrix::Identity(7, 6)})
    EXPECT_THROW(AutoencoderGradient(sigma, some_autoencoder(3)), base::DomainError);
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
      {7, 4, 2}, sigma, {.learning_rate = 0.1, .epochs = 5000, .settled = 1e-3, .last_deviation = 0});
  EXPECT_TRUE(result.layers[0].settled);
  EXPECT_LT(result.layers[0].epochs, 5000);
  EXPECT_TRUE(result.network.weight(2).isZero(0));
  // The first epoch past the plateau of small weights to gain less than asked.
  const auto error_at = [&](long epochs) {
    return pretrained({7, 4, 2}, sigma, {.learning_rate = 0.1, .epochs = epochs, .last_deviation = 0})
        .layers[0]
        .error;
  };
  const long end = result.layers[0].epochs;
  const double half = result.layers[0].start_error / 2, last = error_at(end), before = error_at(end - 1),
               earlier = error_at(end - 2);
  EXPECT_EQ(result.layers[0].error, last);
  EXPECT_LT(last, half);
  EXPECT_LT(before - last, 1e-3 * before);
  EXPECT_TRUE(earlier - before >= 1e-3 * earlier || before >= half);
  EXPECT_NE(result.brief.find("settled"), std::string::npos);
}

TEST(PretrainedWeights, TellsEpochsAndErrorsOfItsAutoencoders) {
  const Matrix sigma = linalg::Vector::LinSpaced(7, 2, 0.5).asDiagonal();
  for (auto dynamics : {Dynamics::descent, Dynamics::flow}) {
    const auto layer =
        pretrained({7, 4, 2}, sigma, {.learning_rate = 0.05, .epochs = 90, .dynamics = dynamics}).layers[0];
    const Matrix rest = Matrix::Identity(7, 7) - layer.autoencoder.weight(2) * layer.autoencoder.weight(1);
    EXPECT_EQ(layer.epochs, 90);
    EXPECT_NEAR(layer.error, 0.5 * (rest * sigma * rest.transpose()).trace(), 1e-13);
    EXPECT_NEAR(layer.start_error, 0.5 * sigma.trace(), 1e-14);
    EXPECT_LT(layer.error, 0.9 * layer.start_error);
  }
}

TEST(PretrainedWeights, LeavesTheTopRandom) {
  const Matrix top = pretrained({7, 3, 200}, Matrix::Identity(7, 7),
                                {.learning_rate = 0.1, .epochs = 5, .last_deviation = 0.02})
                         .network.weight(2);
  EXPECT_NEAR(top.norm() / std::sqrt(600.0), 0.02, 0.15 * 0.02);  // five sigma, 1/sqrt(1200) each
  EXPECT_TRUE((top.array() != 0).all());
}

std::string refusal(const std::vector<Eigen::Index>& units, const PretrainingOptions& options) {
  try {
    pretrained(units, Matrix::Identity(7, 7), options);
  } catch (const base::DomainError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(PretrainedWeights, RefusesTheImpossible) {
  const PretrainingOptions good{.learning_rate = 0.1, .epochs = 5, .dynamics = Dynamics::flow};
  EXPECT_EQ(refusal({7, 3, 2}, good), "accepted");
  EXPECT_NE(refusal({7, 2}, good).find("number of layers"), std::string::npos);
  EXPECT_NE(refusal({6, 3, 2}, good).find("Sigma11 7 x 7: expected 6 x 6"), std::string::npos);
  const auto refused = [&](auto PretrainingOptions::*option, auto value, const std::string& name) {
    auto bad = good;
    bad.*option = value;
    EXPECT_TRUE(refusal({7, 3, 2}, bad).starts_with(name)) << name << ": " << refusal({7, 3, 2}, bad);
  };
  for (double value : {0.0, -0.1, std::nan("")}) {
    refused(&PretrainingOptions::learning_rate, value, "learning rate");
    refused(&PretrainingOptions::deviation, value, "deviation =");
  }
  for (double value : {-0.1, std::nan("")}) {
    refused(&PretrainingOptions::settled, value, "settled");
    refused(&PretrainingOptions::last_deviation, value, "deviation of the last matrix");
  }
  refused(&PretrainingOptions::epochs, 0L, "epochs of pretraining");
}

// What overflows to NaN in one step must not pass for an error of zero.
TEST(PretrainedWeights, EndsWhereAnAutoencoderDiverges) {
  for (double rate : {50.0, 1e200})
    EXPECT_THROW(pretrained({7, 3, 2}, Matrix::Identity(7, 7), {.learning_rate = rate}), base::NumericalError)
        << rate;
}

TEST(PretrainingResidual, IsWhatIsOffTheDiagonalOverTheDiagonal) {
  Matrix sigma31(2, 2), shear(2, 2);
  sigma31 << 2, 0, 0, 1;
  shear << 1, 1, 0, 1;
  LinearNetwork<double> network({2, 2, 2, 2});
  network.weight(1) = Matrix::Identity(2, 2);
  network.weight(2) = shear;
  network.weight(3) = shear;
  // G of the second layer is [1 1; 1 2]; the first is decoupled and the one on top left out.
  EXPECT_NEAR(pretraining_residual(network, data::singular_modes(sigma31)), std::sqrt(2.0 / 5), 1e-14);
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
