// Mode strengths against plain loops over every unit.
#include "dln/network/mode_strengths.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"
#include "dln/network/initial_weights.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using Network = network::LinearNetwork<double>;

// Triple products of matrices of size up to 9 with entries of size one.
constexpr double kRounding = 100 * std::numeric_limits<double>::epsilon();

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, int which) {
  auto stream = base::stream(1, "mode strengths test", which);
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

// 4 inputs, 7 outputs and so four modes; 9 examples.
const data::Dataset kExamples{gaussian(4, 9, 1), gaussian(7, 9, 2)};
const data::SingularModes kModes = data::singular_modes(kExamples.targets * kExamples.inputs.transpose());

Network random_network(const std::vector<Eigen::Index>& units) {
  auto stream = base::stream(1, "mode strengths test network", units.size());
  return network::small_random_weights(units, 0.6, stream);
}

// sum_ij u_i m_ij v_j for modes k and l.
double between(const Matrix& m, Eigen::Index k, Eigen::Index l) {
  double sum = 0;
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j) sum += kModes.output(i, k) * m(i, j) * kModes.input(j, l);
  return sum;
}

void expect_strengths_of(const Matrix& map, const network::ModeStrengths& measured) {
  ASSERT_EQ(measured.strengths.size(), 4);
  base::Worst largest;
  double leak = 0, power = 0;
  for (Eigen::Index k = 0; k < 4; ++k) {
    largest.see(std::abs(measured.strengths[k] - between(map, k, k)));
    power += kModes.singular_values[k] * kModes.singular_values[k];
    for (Eigen::Index l = 0; l < 4; ++l)
      if (l != k) leak += std::pow(between(map, k, l), 2);
  }
  EXPECT_LE(largest.value(), kRounding * map.norm());
  EXPECT_NEAR(measured.leak, std::sqrt(leak / power), kRounding * std::sqrt(leak / power));
  EXPECT_GT(measured.leak, 1e-3) << "a random network mixes modes";
}

TEST(ModeStrengths, AreTheDiagonalOfTheMapInTheBasisOfTheModes) {
  for (const auto& network :
       {random_network({4, 7}), random_network({4, 5, 7}), random_network({4, 5, 3, 7})})
    expect_strengths_of(network::end_to_end(network), network::mode_strengths(network, kModes));
}

TEST(ModeStrengths, OfATanhNetworkAreThoseOfItsOwnCorrelation) {
  const Network weights = random_network({4, 5, 7});
  Matrix correlation = Matrix::Zero(7, 4);
  double largest_input = 0;
  for (Eigen::Index mu = 0; mu < 9; ++mu)
    for (Eigen::Index j = 0; j < 5; ++j) {
      double into = 0;
      for (Eigen::Index i = 0; i < 4; ++i) into += weights.weight(1)(j, i) * kExamples.inputs(i, mu);
      largest_input = std::max(largest_input, std::abs(into));
      for (Eigen::Index k = 0; k < 7; ++k)
        for (Eigen::Index i = 0; i < 4; ++i)
          correlation(k, i) += weights.weight(2)(k, j) * std::tanh(into) * kExamples.inputs(i, mu);
    }
  EXPECT_GT(largest_input, 1) << "where tanh is not linear";
  expect_strengths_of(correlation, network::tanh_mode_strengths(weights, kExamples.inputs, kModes));
}

TEST(GrowingStrengths, AreAQuarterOfTheSquareOfTheSumOfBothLayers) {
  const Network network = random_network({4, 5, 7});
  const linalg::Vector growing = network::growing_strengths(network, kModes);
  ASSERT_EQ(growing.size(), 4);
  base::Worst largest;
  for (Eigen::Index k = 0; k < 4; ++k) {
    double expected = 0;
    for (Eigen::Index unit = 0; unit < 5; ++unit) {
      double a = 0, b = 0;
      for (Eigen::Index i = 0; i < 4; ++i) a += network.weight(1)(unit, i) * kModes.input(i, k);
      for (Eigen::Index o = 0; o < 7; ++o) b += network.weight(2)(o, unit) * kModes.output(o, k);
      expected += (a + b) * (a + b) / 4;
    }
    largest.see(std::abs(growing[k] / expected - 1));
  }
  EXPECT_LE(largest.value(), kRounding);
}

TEST(GrowingStrengths, AreTheStrengthsThemselvesWhereBothLayersAreEqual) {
  // On the manifold with a = b = sqrt(u0) all of the start grows.
  auto stream = base::stream(1, "mode strengths test start");
  Matrix strengths(2, 4);
  strengths << 0.1, 0.2, 0.3, 0.4,  //
      0.1, 0.2, 0.3, -0.4;
  const auto start = network::decoupled_weights({4, 5, 7}, kModes, strengths, stream).network;
  const linalg::Vector growing = network::growing_strengths(start, kModes);
  for (Eigen::Index k = 0; k < 3; ++k)
    EXPECT_NEAR(growing[k], strengths(0, k) * strengths(0, k), kRounding) << "mode " << k;
  EXPECT_NEAR(growing[3], 0, kRounding) << "a = -b runs into the saddle";
}

TEST(GrowingStrengths, OfOtherDepthsAreRefused) {
  EXPECT_THROW(network::growing_strengths(random_network({4, 7}), kModes), base::DomainError);
  EXPECT_THROW(network::growing_strengths(random_network({4, 5, 5, 7}), kModes), base::DomainError);
}

}  // namespace
