// What the runs of an error budget run on: each switch turns off what it names and nothing else.
#include "dln/experiments/error_budget_data.hpp"

#include <gtest/gtest.h>

#include "dln/linalg/decompositions.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;

constexpr double kU0 = 1e-5;

struct Problem {
  data::Correlations correlations;
  data::SingularModes modes;
};

Problem some_problem() {
  auto stream = base::stream(11, "error budget data test");
  Problem problem;
  problem.correlations.sigma11 = Matrix::Identity(4, 4);
  problem.correlations.sigma31 = linalg::haar_orthonormal(6, 3, stream) *
                                 Vector((Vector(3) << 10, 6, 3).finished()).asDiagonal() *
                                 linalg::haar_orthonormal(4, 3, stream).transpose();
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  return problem;
}

network::LinearNetwork<double> some_start() {
  auto stream = base::stream(12, "error budget data test");
  return network::small_random_weights({4, 5, 6}, network::deviation_for_strength(kU0, 5), stream);
}

TEST(BudgetData, SwitchesSeedAndImbalanceOffWithoutTouchingTheRest) {
  const auto problem = some_problem();
  const auto data = as_given(problem.correlations, problem.modes, some_start());
  const auto squares = [](const Matrix& m) { return m.colwise().squaredNorm().transpose().eval(); };
  const auto before = parts_of(data);
  for (const bool seed : {false, true})
    for (const bool imbalance : {false, true}) {
      auto changed = data;
      changed.start = prepared_start(data, {.seed = seed, .imbalance = imbalance}, kU0, 2);
      const auto after = parts_of(changed);
      const Vector p = squares(after.growing), m = squares(after.shrinking);
      for (Eigen::Index k = 0; k < 3; ++k) {
        const bool learnable = k < 2;
        EXPECT_NEAR(p[k], seed || !learnable ? before.growing.col(k).squaredNorm() : kU0, 1e-12 * kU0);
        EXPECT_NEAR(m[k], imbalance || !learnable ? before.shrinking.col(k).squaredNorm() : 0, 1e-12 * kU0);
      }
      // What lies outside the modes stays.
      const Matrix v = problem.modes.input, moved = changed.start.weight(1) - data.start.weight(1);
      EXPECT_LE((moved - moved * v * v.transpose()).norm(), 1e-17);
    }
}

TEST(BudgetData, MakesModesEigenvectorsAndChangesNothingElse) {
  auto problem = some_problem();
  auto stream = base::stream(12, "error budget test");
  const Matrix turn = linalg::haar_orthonormal(4, 4, stream);
  problem.correlations.sigma11 =
      turn * Vector((Vector(4) << 3, 2, 1, 0.5).finished()).asDiagonal() * turn.transpose();
  const Matrix v = problem.modes.input;
  const auto given = as_given(problem.correlations, problem.modes, some_start());
  const auto made = aligned(given);
  const Matrix& sigma11 = made.correlations.sigma11;
  const Vector d = (v.transpose() * problem.correlations.sigma11 * v).diagonal();
  EXPECT_LE((given.variances - d).norm(), 1e-14);
  EXPECT_LE((sigma11 * made.modes.input - made.modes.input * d.asDiagonal()).norm(), 1e-14);
  EXPECT_NEAR(sigma11.trace(), 6.5, 1e-13) << "the block on the complement is its own";
  const auto& modes = made.modes;
  EXPECT_LE((made.correlations.sigma31 -
             modes.output * modes.singular_values.asDiagonal() * modes.input.transpose())
                .norm(),
            1e-13);
  EXPECT_LE((parts_of(made).growing - parts_of(given).growing).norm(), 1e-16);
  EXPECT_LE((parts_of(white(given)).shrinking - parts_of(given).shrinking).norm(), 1e-16);
  EXPECT_EQ(causes_present(made, kU0, 3).input, BudgetInput::aligned);
  EXPECT_EQ(causes_present(given, kU0, 3).input, BudgetInput::as_given);
}

}  // namespace
}  // namespace dln::experiments
