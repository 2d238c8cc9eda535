#include "dln/base/time_grid.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "dln/base/trajectory.hpp"

namespace {

using namespace dln::base;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(TimeGrid, KeepsTheTimesItWasGiven) {
  const TimeGrid<> grid({-1, 0, 0.5, 7});
  EXPECT_THAT(grid.times(), ElementsAre(-1, 0, 0.5, 7));
  EXPECT_THAT(std::vector<double>(grid.begin(), grid.end()), ElementsAre(-1, 0, 0.5, 7));
  EXPECT_EQ(grid.size(), 4u);
  EXPECT_EQ(grid.front(), -1);
  EXPECT_EQ(grid[2], 0.5);
  EXPECT_EQ(grid.back(), 7);
}

TEST(TimeGrid, OneTimeIsEnoughAndNoneIsTooFew) {
  EXPECT_EQ(TimeGrid<>({3}).front(), TimeGrid<>({3}).back());
  EXPECT_THROW(TimeGrid<>(std::vector<double>{}), DomainError);
}

TEST(TimeGrid, TimesMustIncreaseStrictly) {
  EXPECT_THROW(TimeGrid<>({0, 1, 1}), DomainError);
  EXPECT_THROW(TimeGrid<>({0, 1, 0.5}), DomainError);
  EXPECT_THROW(TimeGrid<>({1, 0}), DomainError);
  EXPECT_NO_THROW(TimeGrid<>({1, 1 + kEpsilon}));
}

TEST(TimeGrid, TimesMustBeFinite) {
  for (double bad : {kNaN, kInfinity, -kInfinity}) {
    EXPECT_THROW(TimeGrid<>({bad}), DomainError);
    EXPECT_THROW(TimeGrid<>({-1, bad}), DomainError);
    EXPECT_THROW(TimeGrid<>({bad, 1}), DomainError);
  }
}

TEST(TimeGrid, ALinearGridEndsExactlyWhereItShould) {
  // Thirds of 0.7 are not representable: without care the last time would miss by a rounding.
  for (int count = 2; count < 200; ++count) {
    const auto grid = TimeGrid<>::linear(0.1, 0.7, count);
    ASSERT_EQ(grid.size(), static_cast<std::size_t>(count));
    ASSERT_EQ(grid.front(), 0.1);
    ASSERT_EQ(grid.back(), 0.7) << count;
  }
}

TEST(TimeGrid, ALinearGridHasEqualSteps) {
  const int count = 101;
  const auto grid = TimeGrid<>::linear(-3, 17, count);
  for (std::size_t i = 1; i < grid.size(); ++i)
    EXPECT_NEAR(grid[i] - grid[i - 1], 0.2, 4 * 17 * kEpsilon);  // two times, each rounded twice at up to 17
}

TEST(TimeGrid, ALinearGridNeedsTwoTimesAndALastAfterTheFirst) {
  EXPECT_THROW(TimeGrid<>::linear(0, 1, 1), DomainError);
  EXPECT_THROW(TimeGrid<>::linear(0, 1, -5), DomainError);
  EXPECT_THROW(TimeGrid<>::linear(1, 1, 2), DomainError);
  EXPECT_THROW(TimeGrid<>::linear(1, 0, 3), DomainError);
  EXPECT_THROW(TimeGrid<>::linear(0, kInfinity, 3), DomainError);
  EXPECT_THROW(TimeGrid<>::linear(kNaN, 1, 3), DomainError);
  EXPECT_THROW(TimeGrid<>::linear(1, 1 + kEpsilon, 9), DomainError);  // no room for nine distinct times
}

TEST(TimeGrid, AnyRealTypeWillDo) {
  const auto grid = TimeGrid<long double>::linear(0, 1, 4);
  EXPECT_EQ(grid[1], 1.0L / 3);
}

TEST(Trajectory, GivesBackEveryStateWithItsTime) {
  Trajectory<> trajectory(2);
  EXPECT_EQ(trajectory.size(), 0u);
  trajectory.append(0, std::array{1.0, 2.0});
  trajectory.append(0.5, std::array{3.0, 4.0});
  trajectory.append(2, std::array{5.0, 6.0});
  EXPECT_EQ(trajectory.dimension(), 2u);
  EXPECT_EQ(trajectory.size(), 3u);
  EXPECT_THAT(trajectory.times(), ElementsAre(0, 0.5, 2));
  EXPECT_EQ(trajectory.time(1), 0.5);
  EXPECT_THAT(trajectory.state(1), ElementsAre(3, 4));
  EXPECT_THAT(trajectory.final_state(), ElementsAre(5, 6));
  EXPECT_THAT(trajectory.component(0), ElementsAre(1, 3, 5));
  EXPECT_THAT(trajectory.component(1), ElementsAre(2, 4, 6));
}

TEST(Trajectory, AStateOfAnotherDimensionIsRefusedAndNotKept) {
  Trajectory<> trajectory(2);
  try {
    trajectory.append(0, std::array{1.0, 2.0, 3.0});
    FAIL() << "no error";
  } catch (const DomainError& error) {
    EXPECT_THAT(error.what(), HasSubstr("3: expected 2"));
  }
  EXPECT_THROW(trajectory.append(0, std::array{1.0}), DomainError);
  EXPECT_EQ(trajectory.size(), 0u);
  EXPECT_TRUE(trajectory.times().empty());
}

}  // namespace
