#include "dln/network/initial_weights.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/mode_strengths.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using linalg::Vector;
using network::balance_residual;
using network::balanced_weights;
using network::decoupled_weights;
using network::decoupling_residual;
using network::deviation_for_strength;
using network::mode_strengths;
using network::small_random_weights;
using Units = std::vector<Eigen::Index>;

// Products of a few orthonormal matrices of size up to 12.
constexpr double kRounding = 200 * std::numeric_limits<double>::epsilon();

Matrix gaussian(Eigen::Index rows, Eigen::Index columns) {
  auto stream = base::stream(1, "initial weights test");
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

const data::SingularModes kModes = data::singular_modes(gaussian(5, 7));  // five modes, 7 inputs, 5 outputs

struct Case {
  Units units;
  Eigen::Index active;  // how many of the five modes find room
};
class DecoupledStartOf : public testing::TestWithParam<Case> {
 protected:
  const Units units = GetParam().units;
  const Eigen::Index active = GetParam().active, matrices = static_cast<Eigen::Index>(units.size()) - 1;
  // All different, one negative, none zero.
  const Matrix strengths = Matrix::NullaryExpr(matrices, 5, [](Eigen::Index l, Eigen::Index k) {
    return (l == 0 && k == 1 ? -1 : 1) * (0.3 + 0.1 * static_cast<double>(l) + 0.17 * static_cast<double>(k));
  });
  base::RandomStream stream = base::stream(1, "decoupled");
  const network::DecoupledStart start = decoupled_weights(units, kModes, strengths, stream);
};

TEST_P(DecoupledStartOf, LiesOnTheInvariantManifold) {
  EXPECT_EQ(start.network.units(), units);
  EXPECT_LE(decoupling_residual(start.network, start.bases), kRounding);
}

TEST_P(DecoupledStartOf, EveryLayerHasAnOrthonormalBasisOfTheActiveModes) {
  ASSERT_EQ(start.bases.size(), units.size());
  for (std::size_t l = 0; l < units.size(); ++l) {
    EXPECT_EQ(start.bases[l].rows(), units[l]);
    ASSERT_EQ(start.bases[l].cols(), active);
    EXPECT_LE(linalg::orthonormality_residual(start.bases[l]), kRounding);
  }
  EXPECT_EQ(start.bases.front(), kModes.input.leftCols(active));
  EXPECT_EQ(start.bases.back(), kModes.output.leftCols(active));
}

TEST_P(DecoupledStartOf, TheStrengthsStandOnTheDiagonal) {
  for (int l = 1; l <= matrices; ++l) {
    const auto i = static_cast<std::size_t>(l);
    const Matrix weight = start.network.weight(l);
    const Matrix inside = start.bases[i].transpose() * weight * start.bases[i - 1];
    const Matrix wanted = strengths.row(l - 1).head(active).asDiagonal();
    EXPECT_LE((inside - wanted).norm(), kRounding) << "W" << l;
    EXPECT_NEAR(weight.norm(), wanted.norm(), kRounding) << "W" << l;  // and nothing stands elsewhere
  }
}

TEST_P(DecoupledStartOf, ModesAreAsStrongAsTheProductOfTheirLayersAndDoNotLeak) {
  const auto measured = mode_strengths(start.network, kModes);
  ASSERT_EQ(measured.strengths.size(), 5);
  EXPECT_LE(measured.leak, kRounding);
  for (Eigen::Index k = 0; k < 5; ++k) {
    double wanted = k < active ? 1 : 0;
    for (Eigen::Index l = 0; l < matrices; ++l) wanted *= strengths(l, k);
    EXPECT_NEAR(measured.strengths[k], wanted, kRounding) << "mode " << k;
  }
}

TEST_P(DecoupledStartOf, ItsHiddenBasesComeFromTheStream) {
  auto same = base::stream(1, "decoupled"), other = base::stream(2, "decoupled");
  const auto again = decoupled_weights(units, kModes, strengths, same);
  const auto different = decoupled_weights(units, kModes, strengths, other);
  EXPECT_EQ(again.network.weight(1), start.network.weight(1));
  EXPECT_GT((different.network.weight(1) - start.network.weight(1)).norm(), 0.01);
}

INSTANTIATE_TEST_SUITE_P(Shapes, DecoupledStartOf,
                         testing::Values(Case{{7, 5, 5}, 5}, Case{{7, 12, 5}, 5}, Case{{7, 3, 5}, 3},
                                         Case{{7, 6, 9, 8, 5}, 5}, Case{{7, 6, 2, 8, 5}, 2}));

TEST(DecoupledStart, OnlyTheModesThatWereGivenStrengthsAreActive) {
  auto stream = base::stream(1, "decoupled");
  const auto start = decoupled_weights({7, 6, 5}, kModes, Matrix::Constant(2, 2, 0.5), stream);
  const Vector wanted = (Vector(5) << 0.25, 0.25, 0, 0, 0).finished();
  EXPECT_LE((mode_strengths(start.network, kModes).strengths - wanted).norm(), kRounding);
}

// D_1 rectangular: strength in every input direction for which the first hidden layer has room.
TEST(DecoupledStart, CarriesAllInputsThatTheFirstHiddenLayerHolds) {
  for (const auto& [units, all] :
       {std::pair{Units{7, 12, 9, 5}, 7}, {Units{7, 6, 9, 5}, 6}, {Units{7, 5, 5}, 5}}) {
    auto stream = base::stream(1, "decoupled");
    const auto matrices = static_cast<Eigen::Index>(units.size()) - 1;
    auto start = decoupled_weights(units, kModes, Matrix::Constant(matrices, 5, 0.5), stream);
    const auto bare = start;
    network::carry_all_inputs(start, kModes, 0.5);
    EXPECT_LE(decoupling_residual(start.network, start.bases), kRounding);
    ASSERT_EQ(start.bases[0].cols(), all);
    ASSERT_EQ(start.bases[1].cols(), all);
    EXPECT_EQ(start.bases[0].leftCols(5), kModes.input);
    EXPECT_EQ(start.bases[1].leftCols(5), bare.bases[1]);
    const Matrix inside = start.bases[1].transpose() * start.network.weight(1) * start.bases[0];
    EXPECT_LE((inside - 0.5 * Matrix::Identity(all, all)).norm(), kRounding);
    EXPECT_NEAR(start.network.weight(1).norm(), 0.5 * std::sqrt(all), kRounding);
    for (int l = 2; l <= matrices; ++l) EXPECT_EQ(start.network.weight(l), bare.network.weight(l));
    EXPECT_LE((end_to_end(start.network) - end_to_end(bare.network)).norm(), kRounding)
        << "the further directions end in the first hidden layer";
  }
}

TEST(DecoupledStart, CarriesAllInputsOnlyOfItsOwnModes) {
  auto stream = base::stream(1, "decoupled");
  auto start = decoupled_weights({7, 6, 5}, kModes, Matrix::Ones(2, 5), stream);
  const auto others = data::singular_modes(gaussian(5, 7) + Matrix::Ones(5, 7));
  EXPECT_THROW(network::carry_all_inputs(start, others, 0.5), base::DomainError);
  EXPECT_THROW(network::carry_all_inputs(start, kModes, std::nan("")), base::DomainError);
  auto shallow = decoupled_weights({7, 5}, kModes, Matrix::Ones(1, 5), stream);
  EXPECT_THROW(network::carry_all_inputs(shallow, kModes, 0.5), base::DomainError);
}

TEST(DecoupledStart, WhatDoesNotFitIsRefused) {
  auto stream = base::stream(1, "decoupled");
  auto attempt = [&](const Units& units, const Matrix& strengths) {
    decoupled_weights(units, kModes, strengths, stream);
  };
  EXPECT_THROW(attempt({7, 6, 5}, Matrix::Ones(3, 2)), base::DomainError);  // two matrices
  EXPECT_THROW(attempt({7, 6, 5}, Matrix::Ones(1, 2)), base::DomainError);
  EXPECT_THROW(attempt({7, 6, 5}, Matrix::Ones(2, 6)), base::DomainError);  // five modes
  EXPECT_THROW(attempt({8, 6, 5}, Matrix::Ones(2, 2)), base::DomainError);  // seven inputs
  EXPECT_THROW(attempt({7, 6, 4}, Matrix::Ones(2, 2)), base::DomainError);  // five outputs
  Matrix broken = Matrix::Ones(2, 2);
  broken(1, 0) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(attempt({7, 6, 5}, broken), base::DomainError);
}

TEST(DecouplingResidual, IsLargeForARandomNetwork) {
  auto stream = base::stream(1, "decoupled"), noise = base::stream(1, "random network");
  const auto start = decoupled_weights({7, 6, 5}, kModes, Matrix::Ones(2, 5), stream);
  // A random W1 has 42 entries of one size, of which the five on the diagonal fit the bases.
  EXPECT_GT(decoupling_residual(small_random_weights({7, 6, 5}, 1, noise), start.bases), 0.5);
}

TEST(DecouplingResidual, MeasuresHowFarOffTheManifoldTheWorstLayerIs) {
  auto stream = base::stream(1, "decoupled");
  auto start = decoupled_weights({7, 6, 5}, kModes, Matrix::Ones(2, 5), stream);
  // 0.1 of the norm sqrt(5) put beside the diagonal of the first layer: ||W1||^2 grows from 5 to 5.05.
  start.network.weight(1) += 0.1 * std::sqrt(5.0) * start.bases[1].col(0) * start.bases[0].col(1).transpose();
  EXPECT_NEAR(decoupling_residual(start.network, start.bases), 0.1 / std::sqrt(1.01), kRounding);
  EXPECT_GT(mode_strengths(start.network, kModes).leak, 0.01);
}

class BalancedStartOf : public testing::TestWithParam<Units> {
 protected:
  const Units units = GetParam();
  // A map of the largest rank that the narrowest layer holds.
  const Eigen::Index rank = *std::ranges::min_element(units);
  const Matrix map = gaussian(5, rank) * gaussian(7, rank).transpose();
  base::RandomStream stream = base::stream(1, "balanced");
  const network::LinearNetwork<double> start = balanced_weights(units, map, stream);
};

TEST_P(BalancedStartOf, HasTheMapAskedFor) {
  EXPECT_EQ(start.units(), units);
  EXPECT_LE(linalg::relative_difference(network::end_to_end(start), map), kRounding);
}

TEST_P(BalancedStartOf, EveryTwoNeighboursAreBalanced) {
  EXPECT_LE(balance_residual(start), kRounding);
  // Not through the function that measures it: all matrices share their singular values, s^{1/L}.
  const auto matrices = static_cast<int>(units.size()) - 1;
  const Vector wanted = linalg::singular_values(map).s.head(rank).array().pow(1.0 / matrices);
  for (int l = 1; l <= matrices; ++l) {
    const Vector s = linalg::singular_values(start.weight(l)).s;
    // The root of a singular value that is wrong by eps s_1 is wrong by eps s_1^{1/L} times at most the ratio
    // of the largest to the smallest, which is below 100 here.
    EXPECT_LE((s.head(rank) - wanted).norm(), 100 * kRounding * wanted[0]) << "W" << l;
    EXPECT_LE(s.tail(s.size() - rank).sum(), kRounding * wanted[0]) << "W" << l;
  }
}

TEST_P(BalancedStartOf, ItsHiddenBasesComeFromTheStream) {
  if (units.size() == 2) return;  // no hidden layer, no choice
  auto same = base::stream(1, "balanced"), other = base::stream(2, "balanced");
  EXPECT_EQ(balanced_weights(units, map, same).weight(1), start.weight(1));
  EXPECT_GT((balanced_weights(units, map, other).weight(1) - start.weight(1)).norm(), 0.01);
}

INSTANTIATE_TEST_SUITE_P(Shapes, BalancedStartOf,
                         testing::Values(Units{7, 5}, Units{7, 5, 5}, Units{7, 12, 5}, Units{7, 3, 5},
                                         Units{7, 6, 9, 8, 5}, Units{7, 6, 2, 8, 5}));

TEST(BalancedStart, MapsThatDoNotFitAreRefused) {
  auto stream = base::stream(1, "balanced");
  const Matrix map = gaussian(5, 7);
  EXPECT_NO_THROW(balanced_weights({7, 5, 5}, map, stream));
  EXPECT_THROW(balanced_weights({7, 4, 5}, map, stream), base::DomainError);  // its rank is five
  EXPECT_THROW(balanced_weights({7, 9, 1, 9, 5}, map, stream), base::DomainError);
  EXPECT_THROW(balanced_weights({8, 6, 5}, map, stream), base::DomainError);  // seven inputs
  EXPECT_THROW(balanced_weights({6, 6, 5}, map, stream), base::DomainError);
  EXPECT_THROW(balanced_weights({7, 6, 4}, map, stream), base::DomainError);  // five outputs
  EXPECT_THROW(balanced_weights({7, 6, 6}, map, stream), base::DomainError);
  EXPECT_THROW(balanced_weights({7, 6, 5}, map.transpose(), stream), base::DomainError);
  // A fifth singular value that is small, and yet no rounding.
  auto svd = linalg::singular_values(map);
  svd.s[4] = 1e-9 * svd.s[0];
  EXPECT_THROW(balanced_weights({7, 4, 5}, svd.u * svd.s.asDiagonal() * svd.v.transpose(), stream),
               base::DomainError);
  svd.s[4] = 0;
  EXPECT_NO_THROW(balanced_weights({7, 4, 5}, svd.u * svd.s.asDiagonal() * svd.v.transpose(), stream));
}

TEST(BalanceResidual, IsTheWorstOfAllNeighboursRelativeToTheLowerOne) {
  // By hand: W1 W1^T = diag(4, 1), W2^T W2 = diag(1, 1): off by diag(-3, 0), relative to sqrt(17).
  const Matrix w1 = (Matrix(2, 3) << 2, 0, 0, 0, 1, 0).finished();
  const Matrix w2 = (Matrix(2, 2) << 0, 1, 1, 0).finished();
  using Network = network::LinearNetwork<double>;
  EXPECT_NEAR(balance_residual(Network::from_matrices({w1, w2})), 3 / std::sqrt(17.0), kRounding);
  // W2 W2^T = I, W3^T W3 = (3, 0; 4, 0)^T (3, 0; 4, 0) = diag(25, 0): off by diag(24, -1), over sqrt(2).
  const Matrix w3 = (Matrix(2, 2) << 3, 0, 4, 0).finished();
  EXPECT_NEAR(balance_residual(Network::from_matrices({w1, w2, w3})), std::sqrt(577.0 / 2), 10 * kRounding);
  EXPECT_NEAR(balance_residual(Network::from_matrices({w2, w2, w1.transpose(), w1})), 3 / std::sqrt(2.0),
              kRounding);
}

TEST(BalanceResidual, IsZeroOfASingleMatrixAndNaNOfAWeightThatIsNone) {
  using Network = network::LinearNetwork<double>;
  EXPECT_EQ(balance_residual(Network::from_matrices({gaussian(5, 7)})), 0);
  Network broken = Network::from_matrices({gaussian(5, 7), gaussian(4, 5)});
  broken.weight(2)(1, 1) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(balance_residual(broken)));
}

TEST(ModeStrengths, TheLeakIsRelativeToTheStrengthOfTheData) {
  // An end-to-end map of one single entry off the diagonal in the basis of the modes.
  const Matrix map = 3 * kModes.output.col(2) * kModes.input.col(0).transpose();
  const auto measured = mode_strengths(network::LinearNetwork<double>::from_matrices({map}), kModes);
  EXPECT_LE(measured.strengths.norm(), kRounding);
  EXPECT_NEAR(measured.leak, 3 / gaussian(5, 7).norm(), kRounding);
}

TEST(SmallRandomWeights, AreNormalWithTheDeviationAskedFor) {
  auto stream = base::stream(1, "small");
  const auto network = small_random_weights({100, 200, 150}, 0.02, stream);
  double mean = 0, variance = 0;
  const auto n = static_cast<double>(network.buffer().size());
  for (double w : network.buffer()) mean += w / n, variance += w * w / n;
  EXPECT_NEAR(mean, 0,
              5 * 0.02 / std::sqrt(n));  // five deviations of the sample mean, and of the square below
  EXPECT_NEAR(variance, 4e-4, 5 * 4e-4 * std::sqrt(2 / n));
  for (double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(small_random_weights({2, 2}, bad, stream), base::DomainError);
}

TEST(DeviationForStrength, MakesTheGrowingDirectionStartAtTheStrengthAskedForInTheMean) {
  for (Eigen::Index hidden : {1, 8, 60}) {
    const double u0 = 0.03;
    const int draws = 20'000;
    const double deviation = deviation_for_strength(u0, hidden);
    auto stream = base::stream(1, "strength", hidden);
    double mean = 0;
    for (int i = 0; i < draws; ++i) {
      const auto network = small_random_weights({1, hidden, 1}, deviation, stream);
      const Vector a = network.weight(1), b = network.weight(2).transpose();
      mean += (a + b).squaredNorm() / 4 / draws;
    }
    // |a + b|^2 is a chi-square of `hidden` degrees: relative variance 2 / hidden. Five deviations.
    EXPECT_NEAR(mean, u0, 5 * u0 * std::sqrt(2.0 / static_cast<double>(hidden) / draws)) << hidden;
  }
}

TEST(DeviationForStrength, NeedsAPositiveStrengthAndAHiddenUnit) {
  EXPECT_THROW(deviation_for_strength(0, 5), base::DomainError);
  EXPECT_THROW(deviation_for_strength(-1, 5), base::DomainError);
  EXPECT_THROW(deviation_for_strength(std::numeric_limits<double>::quiet_NaN(), 5), base::DomainError);
  EXPECT_THROW(deviation_for_strength(0.1, 0), base::DomainError);
}

}  // namespace
