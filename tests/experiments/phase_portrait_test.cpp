#include <gtest/gtest.h>

#include <cmath>

#include "dln/base/error.hpp"
#include "dln/experiments/phase_portrait.hpp"

namespace dln::experiments {
namespace {

TEST(PhasePortrait, DrawsCurvesThatAreWhatTheyAreCalled) {
  const PhasePortraitOptions options;
  const auto portrait = draw_phase_portrait(options);
  ASSERT_EQ(portrait.minima.size(), 2u);
  for (const auto& branch : portrait.minima)
    for (const auto& [a, b] : branch) {
      EXPECT_NEAR(a * b, options.singular_value, 1e-14);
      EXPECT_LE(std::max(std::abs(a), std::abs(b)), options.extent * (1 + 1e-14));
    }
  for (const auto& [a, b] : portrait.stable_manifold) EXPECT_EQ(a, -b);
  EXPECT_EQ(portrait.field.size(), static_cast<std::size_t>(options.arrows * options.arrows));
}

TEST(PhasePortrait, RunsItsTrajectoriesAlongHyperbolasIntoTheMinima) {
  const auto portrait = draw_phase_portrait({});
  ASSERT_EQ(portrait.trajectories.size(), 2u);
  for (const auto& curve : portrait.trajectories) {
    const auto [a0, b0] = curve.front();
    for (const auto& [a, b] : curve)
      EXPECT_NEAR(a * a - b * b, a0 * a0 - b0 * b0, 1e-8);  // 100 steps within 1e-10
    EXPECT_NEAR(curve.back()[0] * curve.back()[1], 1, 1e-6);
  }
  EXPECT_GT(portrait.trajectories[0].back()[0], 0);
  EXPECT_LT(portrait.trajectories[1].back()[0], 0)
      << "the two starts lie on either side of the stable manifold";
}

TEST(PhasePortrait, RefusesAViewWithoutTheMinima) {
  EXPECT_THROW(draw_phase_portrait({.singular_value = 9, .extent = 2}), base::DomainError);
  EXPECT_THROW(draw_phase_portrait({.arrows = 1}), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
