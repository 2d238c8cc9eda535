#include "dln/data/hierarchy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/data/correlations.hpp"
#include "dln/linalg/decompositions.hpp"

namespace {

using namespace dln::data;
using dln::linalg::Matrix;
using dln::linalg::Vector;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// Two leaves differ by the 2 h edges up to their last common ancestor and down again, h levels above them,
// and each edge turns the sign with probability `flip`: E y_i y_j = (1 - 2 flip)^(2 h).
Matrix covariance_of_items(int levels, double flip) {
  const int items = 1 << levels;
  Matrix c(items, items);
  for (int i = 0; i < items; ++i)
    for (int j = 0; j < items; ++j) {
      int height = 0;
      for (int a = i, b = j; a != b; a /= 2, b /= 2) ++height;
      c(i, j) = std::pow(1 - 2 * flip, 2 * height);
    }
  return c;
}

TEST(HierarchicalTree, ItemsAreOneHotAndFeaturesAreSigns) {
  const auto dataset = sample({4, 0.2, 70, 3});
  EXPECT_EQ(dataset.inputs, Matrix::Identity(16, 16));
  EXPECT_EQ(correlate(dataset).sigma11, Matrix::Identity(16, 16));
  ASSERT_EQ(dataset.targets.rows(), 70);
  ASSERT_EQ(dataset.targets.cols(), 16);
  EXPECT_TRUE((dataset.targets.array().abs() == 1).all());
}

TEST(HierarchicalTree, TheSeedDecidesTheSample) {
  EXPECT_EQ(sample({4, 0.2, 70, 3}).targets, sample({4, 0.2, 70, 3}).targets);
  EXPECT_NE(sample({4, 0.2, 70, 3}).targets, sample({4, 0.2, 70, 4}).targets);
  // More features extend the sample: those already there stay.
  EXPECT_EQ(sample({4, 0.2, 70, 3}).targets, sample({4, 0.2, 90, 3}).targets.topRows(70));
}

TEST(HierarchicalTree, TheSampledCovarianceIsTheExpectedOne) {
  const int features = 40'000;
  const Matrix y = sample({3, 0.1, features, 5}).targets;
  const Matrix measured = y.transpose() * y / features;
  // Products of signs have variance at most 1, hence a deviation of at most 1/sqrt(features); five of them.
  EXPECT_LE((measured - covariance_of_items(3, 0.1)).cwiseAbs().maxCoeff(), 5 / std::sqrt(features));
  EXPECT_LE(y.rowwise().mean().mean(), 5 / std::sqrt(features));
  EXPECT_GE(y.rowwise().mean().mean(), -5 / std::sqrt(features));
}

TEST(HierarchicalTree, OneFeatureTellsNothingAboutTheNext) {
  const int features = 40'000;
  const Matrix y = sample({2, 0.1, features, 5}).targets;
  for (int apart : {1, 2})
    for (Eigen::Index item = 0; item < 4; ++item) {
      const double mean = y.col(item).head(features - apart).dot(y.col(0).tail(features - apart)) / features;
      EXPECT_NEAR(mean, 0, 5 / std::sqrt(features));  // independent fair signs; five deviations
    }
}

TEST(HierarchicalTree, ExpectedSingularValuesAreThoseOfTheExpectedCovariance) {
  for (int levels : {1, 2, 3, 5})
    for (double flip : {0.0, 0.03, 0.1, 0.3, 0.5, 0.8, 1.0}) {
      const int features = 100;
      const Vector s = expected_singular_values({levels, flip, features, 1});
      const Matrix c = covariance_of_items(levels, flip);
      const Vector eigenvalues = dln::linalg::symmetric_eigen(c).values;  // descending
      ASSERT_EQ(s.size(), eigenvalues.size());
      // The eigenvalues' own rounding: eps times the largest, 2^levels at most, over a few operations.
      const double rounding = 20 * kEpsilon * features * static_cast<double>(s.size());
      EXPECT_LE((s.cwiseAbs2() - features * eigenvalues).cwiseAbs().maxCoeff(), rounding)
          << levels << " levels, flip " << flip;
    }
}

// Figure 3's tree: 5 levels, flip 0.1, 1000 features. The published values are rounded; the tolerance is half
// a unit of their last digit.
TEST(HierarchicalTree, ThePublishedSpectrumComesOut) {
  const Vector s = expected_singular_values({});
  ASSERT_EQ(s.size(), 32);
  Eigen::Index at = 0;
  const struct {
    double value, half_unit;
    int times;
  } published[] = {{81.0, 0.05, 1}, {56.0, 0.05, 1},   {46.5, 0.05, 2},
                   {37.6, 0.05, 4}, {28.65, 0.005, 8}, {19.0, 0.05, 16}};
  for (const auto& mode : published)
    for (int i = 0; i < mode.times; ++i)
      EXPECT_NEAR(s[at++], mode.value, mode.half_unit) << "mode " << at - 1;
}

TEST(HierarchicalTree, ModesKnowTheLevelTheyTellApart) {
  const HierarchicalTree tree{4, 0.1, 10, 1};
  const auto levels = levels_of_modes(tree);
  EXPECT_EQ(levels, (std::vector<int>{0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4}));
  // One value a level: equal within it, and strictly smaller on the next.
  const Vector s = expected_singular_values(tree);
  ASSERT_EQ(s.size(), static_cast<Eigen::Index>(levels.size()));
  for (std::size_t k = 1; k < levels.size(); ++k)
    EXPECT_EQ(s[static_cast<Eigen::Index>(k)]<s[static_cast<Eigen::Index>(k - 1)], levels[k]> levels[k - 1]);
}

TEST(HierarchicalTree, ManyFeaturesBringTheSampleSpectrumToItsExpectation) {
  double last = std::numeric_limits<double>::infinity();
  for (int features : {500, 8000, 128'000}) {
    const HierarchicalTree tree{3, 0.1, features, 1};
    const Vector s = dln::linalg::singular_values(correlate(sample(tree)).sigma31).s;
    const Vector expected = expected_singular_values(tree);
    const double deviation = (s - expected).cwiseAbs().maxCoeff() / expected[0];
    // The 64 entries of the items' covariance deviate by up to 1 / sqrt(features) each, so its eigenvalues e
    // by up to 8 / sqrt(features); and s / s_0 by that over 2 sqrt(e e_0) = 2.2 or more: here two such
    // deviations.
    EXPECT_LE(deviation, 8 / std::sqrt(features));
    EXPECT_LT(deviation, last);  // sixteen times the features: a quarter of the deviation
    last = deviation;
  }
}

TEST(HierarchicalTree, WithoutFlipsAllItemsShareEveryFeature) {
  const auto dataset = sample({3, 0, 20, 1});
  for (Eigen::Index item = 1; item < 8; ++item) EXPECT_EQ(dataset.targets.col(item), dataset.targets.col(0));
  const Vector s = expected_singular_values({3, 0, 20, 1});
  EXPECT_DOUBLE_EQ(s[0] * s[0], 20 * 8);  // one mode holds all the power
  EXPECT_EQ(s.tail(7), Vector::Zero(7));
}

TEST(HierarchicalTree, WithCertainFlipsLeavesOfOneDepthStillAgree) {
  const auto dataset = sample({3, 1, 20, 1});
  for (Eigen::Index item = 1; item < 8; ++item) EXPECT_EQ(dataset.targets.col(item), dataset.targets.col(0));
  EXPECT_EQ(expected_singular_values({3, 1, 20, 1}), expected_singular_values({3, 0, 20, 1}));
}

TEST(HierarchicalTree, WithEvenOddsItemsAreUnrelated) {
  EXPECT_LE((expected_singular_values({3, 0.5, 16, 1}) - Vector::Constant(8, 4)).norm(), 8 * 4 * kEpsilon);
}

TEST(HierarchicalTree, ValuesOutsideTheirDomainsAreRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const HierarchicalTree& bad :
       {HierarchicalTree{0, 0.1, 10, 1}, HierarchicalTree{13, 0.1, 10, 1}, HierarchicalTree{-1, 0.1, 10, 1},
        HierarchicalTree{3, -0.01, 10, 1}, HierarchicalTree{3, 1.01, 10, 1}, HierarchicalTree{3, nan, 10, 1},
        HierarchicalTree{3, 0.1, 0, 1}, HierarchicalTree{3, 0.1, -5, 1}}) {
    EXPECT_THROW(sample(bad), dln::base::DomainError);
    EXPECT_THROW(expected_singular_values(bad), dln::base::DomainError);
    EXPECT_THROW(levels_of_modes(bad), dln::base::DomainError);
  }
}

}  // namespace
