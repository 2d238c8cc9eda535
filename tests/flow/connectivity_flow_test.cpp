// Cooperation and competition: each is downhill on its own energy, and Eq 5 keeps to what is known of it.
#include "dln/flow/connectivity_flow.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"

namespace dln::flow {
namespace {

ConnectivityModes random_modes(Eigen::Index hidden, Eigen::Index inputs, Eigen::Index outputs) {
  auto stream = base::stream(3, "connectivity test");
  ConnectivityModes modes{linalg::Matrix(hidden, inputs), linalg::Matrix(hidden, outputs)};
  for (auto* part : {&modes.a, &modes.b})
    for (double& value : part->reshaped()) value = stream.normal();
  return modes;
}

ConnectivityFlow flow_of(std::initializer_list<double> singular_values, double tau = 1) {
  linalg::Vector s(static_cast<Eigen::Index>(singular_values.size()));
  std::ranges::copy(singular_values, s.begin());
  return ConnectivityFlow(s, tau);
}

TEST(ConnectivityFlow, LowersEachEnergyAtTheRateOfItsOwnField) {
  // dE/dt along a field that is minus the gradient is minus its squared size. The energy is a quartic
  // polynomial, so a central difference of step h errs by h^2 times its third derivative: about 1e-6 of dE/dt
  // at h = 1e-4.
  const auto flow = flow_of({3, 2, 1}, 2);
  const auto x = random_modes(4, 3, 5);
  const auto check = [&](const ConnectivityModes& field, double ConnectivityEnergy::*part) {
    const double h = 1e-4;
    const auto moved = [&](double step) {
      return ConnectivityModes{x.a + step * field.a, x.b + step * field.b};
    };
    const double slope = (flow.energy(moved(h)).*part - flow.energy(moved(-h)).*part) / (2 * h);
    const double size = field.a.squaredNorm() + field.b.squaredNorm();
    EXPECT_NEAR(slope / -size, 1, 1e-4);
  };
  check(flow.cooperation(x), &ConnectivityEnergy::cooperation);
  check(flow.competition(x), &ConnectivityEnergy::competition);
}

TEST(ConnectivityFlow, HasNoCompetitionBetweenOrthogonalModes) {
  const auto flow = flow_of({3, 2});
  ConnectivityModes x{linalg::Matrix::Zero(3, 2), linalg::Matrix::Zero(3, 2)};
  x.a(0, 0) = 0.5;
  x.b(0, 0) = 0.7;
  x.a(1, 1) = -0.2;
  x.b(1, 1) = 0.9;
  const auto apart = flow.competition(x);
  EXPECT_EQ(apart.a.norm() + apart.b.norm(), 0);
  EXPECT_EQ(flow.energy(x).competition, 0);
  // Eq 8 for each mode.
  const auto rates = flow.field(x);
  EXPECT_DOUBLE_EQ(rates.a(0, 0), 0.7 * (3 - 0.35));
  EXPECT_DOUBLE_EQ(rates.b(1, 1), -0.2 * (2 + 0.18));
}

TEST(ConnectivityFlow, RepelsOverlappingModes) {
  const auto flow = flow_of({3, 2});
  const auto x = random_modes(2, 2, 2);
  const double before = x.a.col(0).dot(x.b.col(1));
  const auto apart = flow.competition(x);
  const double change = apart.a.col(0).dot(x.b.col(1)) + x.a.col(0).dot(apart.b.col(1));
  EXPECT_LT(before * change, 0) << "the overlap shrinks, whatever its sign";
}

TEST(ConnectivityFlow, MakesModesWithoutSignalCompeteToo) {
  const auto flow = flow_of({3});
  const auto x = random_modes(2, 1, 4);  // three outputs without an input mode
  EXPECT_GT(flow.competition(x).b.rightCols(3).norm(), 0);
  EXPECT_EQ(flow.cooperation(x).b.rightCols(3).norm(), 0);
}

TEST(ConnectivityFlow, LearnsTheSignalWhenIntegrated) {
  const auto flow = flow_of({3, 2, 1});
  auto start = random_modes(3, 3, 4);
  start.a *= 0.1;
  start.b *= 0.1;
  const auto solution = ode::integrate_fully<double>(flow.right_hand_side(start), flatten(start),
                                                     base::TimeGrid<double>({0, 60}));
  const auto end = unflatten(solution.trajectory.final_state(), start);
  linalg::Matrix expected = linalg::Matrix::Zero(4, 3);
  expected.diagonal() << 3, 2, 1;
  EXPECT_LT((end.b.transpose() * end.a - expected).norm(), 1e-6);  // 60 time constants of the slowest mode
  EXPECT_LT(flow.energy(end).total(), 1e-12);
}

TEST(ConnectivityFlow, RefusesShapesThatDoNotFit) {
  EXPECT_THROW(flow_of({1, 1}, 0), base::DomainError);
  EXPECT_THROW(flow_of({1, std::nan("")}), base::DomainError);
  EXPECT_THROW(flow_of({3, 2, 1}).field(random_modes(2, 2, 5)), base::DomainError)
      << "three signals, two inputs";
  ConnectivityModes uneven = random_modes(2, 2, 2);
  uneven.b = linalg::Matrix::Zero(3, 2);
  EXPECT_THROW(flow_of({3}).energy(uneven), base::DomainError);
  const std::vector<double> short_state(3);
  EXPECT_THROW(unflatten(short_state, random_modes(2, 2, 2)), base::DomainError);
}

}  // namespace
}  // namespace dln::flow
