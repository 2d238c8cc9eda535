#include "dln/data/consistency.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/data/consistency_examples.hpp"
#include "dln/linalg/decompositions.hpp"

namespace {

using namespace dln::data;
using dln::linalg::Matrix;
using dln::linalg::Vector;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// Twenty inputs, variances from 100 to 1.
ConsistencyExample example(TaskModes modes) {
  ConsistencyExample made;
  made.modes = modes;
  made.variances =
      Vector::NullaryExpr(20, [](Eigen::Index k) { return std::pow(10, 2 - static_cast<double>(k) / 9.5); });
  made.singular_values = Vector{{8, 4, 2}};
  made.outputs = 5;
  return made;
}

Consistency examined(TaskModes modes) {
  const auto c = correlate(sample(example(modes)));
  return consistency(c, singular_modes(c.sigma31));
}

// Sums of 20 products, the SVD and the eigenvectors each leave a few eps of the largest entry; the least d is
// 1/100 of the largest variance.
constexpr double kRounding = 100 * 100 * kEpsilon;

TEST(ConsistencyExample, HasTheSpectraAskedFor) {
  for (auto modes : kAllTaskModes) {
    const auto made = example(modes);
    const auto c = correlate(sample(made));
    const auto found = singular_modes(c.sigma31);
    ASSERT_EQ(found.size(), 3);
    EXPECT_LE((found.singular_values - made.singular_values).norm(), kRounding) << name_of(modes);
    const auto eigen = dln::linalg::symmetric_eigen(c.sigma11);
    EXPECT_LE((eigen.values - made.variances).norm(), kRounding * 100) << name_of(modes);
    // A linear network reaches no error: Sigma31 Sigma11^{-1} Sigma31^T has the targets' whole power.
    const Matrix in_components = c.sigma31 * eigen.vectors;
    const double reached =
        (in_components * eigen.values.cwiseSqrt().cwiseInverse().asDiagonal()).squaredNorm();
    EXPECT_NEAR(reached / c.target_power, 1, kRounding) << name_of(modes);
  }
}

TEST(ConsistencyExample, ImpossibleOnesAreRefused) {
  auto made = example(TaskModes::misleading);
  made.singular_values = Vector::Ones(11);
  made.outputs = 11;
  EXPECT_THROW(sample(made), dln::base::DomainError);
  made.modes = TaskModes::leading;
  EXPECT_NO_THROW(sample(made));
  made.outputs = 10;
  EXPECT_THROW(sample(made), dln::base::DomainError);
  made = example(TaskModes::leading);
  made.variances[3] = 200;
  EXPECT_THROW(sample(made), dln::base::DomainError);
  made.variances[3] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(sample(made), dln::base::DomainError);
}

TEST(Consistency, HoldsForLeadingAndForMinorComponents) {
  for (auto modes : {TaskModes::leading, TaskModes::minor}) {
    const auto found = examined(modes);
    EXPECT_LE(found.modes.off_diagonal, kRounding);
    EXPECT_LE(found.modes.invariance, kRounding);
    EXPECT_EQ(found.count(ModeVerdict::consistent), 3);
    for (Eigen::Index k = 0; k < 3; ++k) {
      const auto& mode = found.by_mode[static_cast<std::size_t>(k)];
      EXPECT_NEAR(mode.alignment, 1, kRounding);
      EXPECT_EQ(mode.component, modes == TaskModes::leading ? k : 17 + k);
      EXPECT_NEAR(mode.variance / found.variances[mode.component], 1, kRounding);
    }
  }
}

TEST(Consistency, ThePrintedCheckPassesPairsOfComponentsAndInvarianceDoesNot) {
  const auto found = examined(TaskModes::misleading);
  EXPECT_LE(found.modes.off_diagonal, kRounding);
  EXPECT_EQ(found.count(ModeVerdict::misleading), 3);
  for (std::size_t k = 0; k < 3; ++k) {
    // (q_i + q_j)/sqrt 2: d is the mean of the two variances, and Sigma11 v - d v half their difference.
    const double a = found.variances[static_cast<Eigen::Index>(k)],
                 b = found.variances[static_cast<Eigen::Index>(19 - k)];
    EXPECT_NEAR(found.by_mode[k].invariance, (a - b) / (a + b), kRounding);
    EXPECT_NEAR(found.by_mode[k].alignment, std::sqrt(0.5), kRounding);
  }
}

TEST(Consistency, IsViolatedByRandomModesAsMuchAsByAnyRandomColumns) {
  const auto found = examined(TaskModes::random);
  EXPECT_EQ(found.count(ModeVerdict::consistent) + found.count(ModeVerdict::approximate), 0);
  EXPECT_GE(found.count(ModeVerdict::violated), 1);
  // Both are Haar; a factor 3 is far outside what three columns in twenty dimensions scatter.
  EXPECT_GE(found.modes.off_diagonal, found.random.off_diagonal / 3);
  EXPECT_LE(found.modes.off_diagonal, found.random.off_diagonal * 3);
}

TEST(Consistency, OfAMixedTaskIsJudgedModeByMode) {
  // Sigma11 = diag(9, 4, 1); v_1 = e_1, v_2 and v_3 turned by 0.2 in the plane of e_2 and e_3.
  const double c = std::cos(0.2), s = std::sin(0.2);
  SingularModes modes{Matrix::Identity(3, 3), Vector{{3, 2, 1}}, Matrix{{1, 0, 0}, {0, c, -s}, {0, s, c}}};
  Correlations data{Vector{{9, 4, 1}}.asDiagonal(), Matrix::Identity(3, 3), 1, 10};
  const auto found = consistency(data, modes);
  EXPECT_EQ(found.by_mode[0].verdict, ModeVerdict::consistent);
  EXPECT_EQ(found.by_mode[1].verdict, ModeVerdict::approximate);  // 3 c s / (4 c^2 + s^2) = 0.15
  EXPECT_EQ(found.by_mode[2].verdict, ModeVerdict::violated);     // 3 c s / (4 s^2 + c^2) = 0.52
  EXPECT_NEAR(found.by_mode[1].invariance, 3 * c * s / (4 * c * c + s * s), 20 * kEpsilon);
  EXPECT_NEAR(found.by_mode[1].off_diagonal, found.by_mode[1].invariance, 20 * kEpsilon);
  ASSERT_TRUE(found.without_leading);
  const double d2 = 4 * c * c + s * s, d3 = 4 * s * s + c * c;
  EXPECT_NEAR(found.without_leading->off_diagonal, std::sqrt(2) * 3 * c * s / std::hypot(d2, d3),
              20 * kEpsilon);
  EXPECT_GT(found.without_leading->off_diagonal, found.modes.off_diagonal);
  EXPECT_EQ(found.inputs_off_diagonal, 0);
}

// Sigma31 = Q: every s is 1, and V is any orthogonal matrix; the turned one is the components'.
TEST(Consistency, ModesOfEqualSAreASubspace) {
  auto stream = dln::base::stream(3, "equal s");
  const Matrix q = dln::linalg::haar_orthonormal(4, 4, stream);
  const Vector roots{{1, 2, 3, 4}};
  const Matrix x = q.transpose() * roots.asDiagonal(), y = roots.cwiseInverse().asDiagonal();
  const auto c = correlate({x, y});
  const auto modes = singular_modes(c.sigma31);
  const auto found = consistency(c, modes);
  EXPECT_EQ(found.count(ModeVerdict::consistent), 4);
  EXPECT_LE(found.modes.invariance, kRounding);
  EXPECT_TRUE(found.printed_check_is_empty());
  EXPECT_TRUE(std::isnan(found.modes.off_diagonal));
  EXPECT_FALSE(found.without_leading);
  for (const auto& mode : found.by_mode) {
    EXPECT_EQ(mode.equal_modes, 4);
    EXPECT_NEAR(mode.alignment, 1, kRounding);
  }
  const auto turned = turned_within_equal_s(modes, c.sigma11);
  EXPECT_LE((turned.output * turned.input.transpose() - c.sigma31).norm(), kRounding)
      << "U and V turn together";
}

TEST(Consistency, OnlyTheModesOfEqualSTurn) {
  // Two pairs: s = 2, 2 within the plane of e_1, e_2, turned; s = 1, 0.5 along (e_3 +- e_4)/sqrt 2.
  const double h = std::sqrt(0.5), c = std::cos(0.7), s = std::sin(0.7);
  const Matrix v{{c, -s, 0, 0}, {s, c, 0, 0}, {0, 0, h, h}, {0, 0, h, -h}};
  SingularModes modes{Matrix::Identity(4, 4), Vector{{2, 2 * (1 - 1e-12), 1, 0.5}}, v};
  const Correlations data{Vector{{9, 4, 3, 1}}.asDiagonal(), Matrix::Identity(4, 4), 1, 10};
  const auto found = consistency(data, modes);
  EXPECT_EQ(found.count(ModeVerdict::consistent), 2);
  EXPECT_EQ(found.count(ModeVerdict::violated), 2);  // d = 2, off by 1
  EXPECT_EQ(found.by_mode[1].equal_modes, 2);
  EXPECT_EQ(found.by_mode[2].equal_modes, 1);
  ASSERT_TRUE(found.without_leading);
  EXPECT_NEAR(found.without_leading->off_diagonal, 0.5, 20 * kEpsilon) << "of both modes of s = 1 and 0.5";
  modes.singular_values[1] = 1.9;
  EXPECT_EQ(consistency(data, modes).count(ModeVerdict::consistent), 0);
}

TEST(Consistency, OverlapsWithComponentsOfEqualVarianceAreWithTheirSpace) {
  const double h = std::sqrt(0.5);
  const SingularModes modes{Matrix::Identity(3, 2), Vector{{2, 1}}, Matrix{{0, 1}, {h, 0}, {h, 0}}};
  const Correlations data{Vector{{9, 4, 4}}.asDiagonal(), Matrix::Identity(3, 3), 1, 10};
  const auto found = consistency(data, modes);
  EXPECT_NEAR(found.by_mode[0].alignment, 1, 20 * kEpsilon);
  EXPECT_EQ(found.by_mode[0].component, 1);
  EXPECT_EQ(found.by_mode[0].equal_components, 2);
  EXPECT_EQ(found.by_mode[1].equal_components, 1);
}

// B of one mode is 1 x 1 and diagonal whatever the mode is: it cannot be misled by.
TEST(Consistency, OfASingleModeIsJudgedByTheInvarianceAlone) {
  const double h = std::sqrt(0.5);
  SingularModes modes{Matrix::Identity(3, 1), Vector{{2}}, Matrix{{h}, {h}, {0}}};
  const Correlations data{Vector{{18, 8, 2}}.asDiagonal(), Matrix::Identity(3, 3), 1, 10};
  const auto found = consistency(data, modes);
  EXPECT_TRUE(found.printed_check_is_empty());
  EXPECT_EQ(found.by_mode[0].verdict, ModeVerdict::violated);
  EXPECT_NEAR(found.by_mode[0].invariance, 5.0 / 13, 20 * kEpsilon);
  EXPECT_TRUE(std::isnan(found.modes.off_diagonal));
  EXPECT_TRUE(std::isnan(found.random.off_diagonal));
  modes.input = Matrix{{1}, {0}, {0}};
  EXPECT_EQ(consistency(data, modes).by_mode[0].verdict, ModeVerdict::consistent);
}

TEST(Consistency, OneModeHasNothingWithoutTheLeadingOne) {
  auto made = example(TaskModes::leading);
  made.singular_values = Vector{{1}};
  const auto c = correlate(sample(made));
  EXPECT_FALSE(consistency(c, singular_modes(c.sigma31)).without_leading);
  EXPECT_TRUE(std::isnan(consistency_residuals(c.sigma11, Matrix(20, 0)).off_diagonal));
}

TEST(Consistency, IsTheSameFromMeansAndFromSumsAndFromTheSameSeed) {
  const auto dataset = sample(example(TaskModes::random));
  CorrelationAccumulator accumulator(20, 5);
  accumulator.add(dataset);
  const auto sums = accumulator.result(), means = accumulator.result(Normalisation::mean);
  const auto a = consistency(sums, singular_modes(sums.sigma31), 7),
             b = consistency(means, singular_modes(means.sigma31), 7),
             other = consistency(sums, singular_modes(sums.sigma31), 8);
  EXPECT_NEAR(a.modes.invariance, b.modes.invariance, kRounding);
  EXPECT_NEAR(a.random.invariance, b.random.invariance, kRounding);
  EXPECT_GT(std::abs(a.random.invariance - other.random.invariance), 1e-6);
}

TEST(Consistency, AModeWithoutVarianceAndShapesThatDoNotFitAreNotPassed) {
  SingularModes modes{Matrix::Identity(2, 2), Vector{{2, 1}}, Matrix::Identity(2, 2)};
  Correlations data{Vector{{1, 0}}.asDiagonal(), Matrix::Identity(2, 2), 1, 10};
  EXPECT_EQ(consistency(data, modes).by_mode[1].verdict, ModeVerdict::violated);
  data.sigma11 = Matrix::Identity(3, 3);
  EXPECT_THROW(consistency(data, modes), dln::base::DomainError);
  data.sigma11 = Matrix::Constant(2, 2, std::numeric_limits<double>::quiet_NaN());
  EXPECT_THROW(consistency(data, modes), dln::base::NumericalError);
}

}  // namespace
