#include "dln/theory/fixed_points.hpp"

#include <gtest/gtest.h>

namespace dln::theory {
namespace {

const std::vector<double> kFour{4, 3, 2, 1};

TEST(FixedPoints, CountsDirectionsOfOneModeByHand) {
  const std::vector<double> s{2};
  EXPECT_EQ(negative_directions(s, {true}, 1), 0);
  EXPECT_EQ(negative_directions(s, {false}, 1), 1);  // the origin of Fig 2 is a saddle with one way down
  EXPECT_EQ(negative_directions(s, {false}, 3), 3);
}

TEST(FixedPoints, LeavesOnlyTheStrongestModesStable) {
  for (int hidden = 1; hidden <= 6; ++hidden) {
    int stable = 0;
    for (const auto& active : families_of_critical_points(4, hidden))
      if (negative_directions(kFour, active, hidden) == 0) {
        ++stable;
        for (int k = 0; k < 4; ++k) EXPECT_EQ(active[static_cast<std::size_t>(k)], k < hidden);
      }
    EXPECT_EQ(stable, 1) << hidden;
  }
}

TEST(FixedPoints, CountsAStrongerModeLeftOutOnceForEachWeakerOneHeld) {
  EXPECT_EQ(negative_directions(kFour, {false, true, true, false}, 2), 2);
  EXPECT_EQ(negative_directions(kFour, {false, false, true, true}, 2), 4);
  EXPECT_EQ(negative_directions(kFour, {true, false, false, true}, 3), 2 + 2);
}

TEST(FixedPoints, HasMoreFamiliesThanThoseThatFillTheHiddenLayer) {
  EXPECT_EQ(families_of_critical_points(4, 2).size(), 1u + 4 + 6);  // not C(4, 2) = 6
  EXPECT_EQ(families_of_critical_points(4, 9).size(), 16u);
}

TEST(FixedPoints, RefusesWhatIsNoCriticalPoint) {
  EXPECT_THROW(negative_directions(kFour, {true, true, true, false}, 2), base::DomainError);
  EXPECT_THROW(negative_directions(kFour, {true}, 2), base::DomainError);
  EXPECT_THROW(negative_directions(std::vector<double>{2, 2}, {true, false}, 1), base::DomainError);
  EXPECT_THROW(negative_directions(std::vector<double>{2, -1}, {true, false}, 1), base::DomainError);
  EXPECT_THROW(families_of_critical_points(0, 1), base::DomainError);
}

}  // namespace
}  // namespace dln::theory
