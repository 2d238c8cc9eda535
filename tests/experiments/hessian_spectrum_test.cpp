// All eigenvalues of a small network's Hessian along its flow. (That the closed form has them is claim C52.)
#include "dln/experiments/hessian_spectrum.hpp"

#include <gtest/gtest.h>

namespace dln::experiments {
namespace {

TEST(HessianSpectrum, HasARowForEachTimeOnTheWayToTheMinimum) {
  const auto course = run_hessian_spectrum({.samples = 5});
  EXPECT_EQ(course.times, (std::vector<double>{0, 2.25, 4.5, 6.75, 9}));
  EXPECT_EQ(course.network.rows(), 5);
  EXPECT_EQ(course.network.cols(), 3 * 4 + 4 * 3 + 3 * 2);
  ASSERT_EQ(course.law.size(), 5u);
  EXPECT_NEAR(course.law[0].strengths[0], 0.02, 1e-15);
  EXPECT_NEAR(course.law[4].strengths[0], 2, 1e-8);
  for (std::size_t k = 0; k < 5; ++k) {
    const auto law = listed(theory::decoupled_hessian_spectrum({3, 4, 3, 2}, course.law[k]));
    EXPECT_LT((law - course.network.row(static_cast<Eigen::Index>(k)).transpose()).cwiseAbs().maxCoeff(),
              1e-9);  // a few tens of steps of tolerance 1e-12
  }
}

TEST(HessianSpectrum, ModesMoveEachByItsOwnLaw) {
  // Two matrices, tau = 1: the logistic curve of s/d, d times as fast.
  const auto after = modes_after(0.7, {2, 2, 2}, {{2, 1.5}, {0.1, 0.2}, {1, 3}});
  const auto logistic = [](double s, double u0, double t) {
    return s / (1 + (s / u0 - 1) * std::exp(-2 * s * t));
  };
  EXPECT_NEAR(after.strengths[0], logistic(2, 0.1, 0.7), 1e-14);
  EXPECT_NEAR(after.strengths[1], logistic(0.5, 0.2, 3 * 0.7), 1e-14);
}

TEST(HessianSpectrum, ListsEveryEigenvalueAsOftenAsItOccurs) {
  EXPECT_EQ(listed({{1, 2}, {3, 1}, {2, 0}}), Eigen::Vector3d(3, 1, 1));
}

TEST(HessianSpectrum, RefusesWhatIsOutOfItsDomain) {
  using base::DomainError;
  EXPECT_THROW(run_hessian_spectrum({.units = {3, 1, 3}}), DomainError);
  EXPECT_THROW(run_hessian_spectrum({.initial_strengths = {0.1}}), DomainError);
  EXPECT_THROW(run_hessian_spectrum({.input_variances = {1, 2}}), DomainError);
  EXPECT_THROW(run_hessian_spectrum({.duration = 0}), DomainError);
  EXPECT_THROW(run_hessian_spectrum({.samples = 1}), DomainError);
}

}  // namespace
}  // namespace dln::experiments
