// A mode by itself against the whole network, where there is nothing but that mode, and on decoupled starts,
// where modes do not see each other.
#include "dln/experiments/lone_modes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/network/mode_strengths.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;
using Units = std::vector<Eigen::Index>;

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
// Of the end: some hundred steps in another order of sums.
constexpr double kRounding = 1e-10;

LearningProblem problem_of(const Matrix& sigma11, const Matrix& sigma31) {
  LearningProblem problem;
  problem.correlations = {sigma11, sigma31, 10, 20};
  problem.modes = data::singular_modes(sigma31);
  return problem;
}

// One output, and inputs only along v: nothing but the mode s = 1.5, d = 0.8.
LearningProblem one_mode() {
  const Vector v = Vector(Eigen::Vector3d(1, -2, 2) / 3);
  return problem_of(0.8 * v * v.transpose(), 1.5 * v.transpose());
}

// Three modes along principal components of unequal variance (Eq 18).
LearningProblem aligned() {
  auto stream = base::stream(1, "lone modes test");
  const Matrix v = linalg::haar_orthonormal(5, 5, stream), u = linalg::haar_orthonormal(4, 3, stream);
  const Vector d = Vector::LinSpaced(5, 1.5, 0.5);
  return problem_of(v * d.asDiagonal() * v.transpose(),
                    u * Vector(Eigen::Vector3d(2, 1.2, 0.7)).asDiagonal() * v.leftCols(3).transpose());
}

std::vector<double> every_epoch_to(int last, int step = 1) {
  std::vector<double> epochs;
  for (int i = 0; i <= last; i += step) epochs.push_back(i);
  return epochs;
}

struct Whole {
  Matrix strengths;    // epochs x modes
  Vector half_epochs;  // by interpolation
};
Whole train(const LearningProblem& problem, const Network& start, double rate, int last) {
  Whole whole{Matrix(last + 1, problem.modes.size()), Vector::Constant(problem.modes.size(), kNothing)};
  network::descend(start, problem.correlations, {.learning_rate = rate, .max_iterations = last},
                   [&](const network::DescentState& state) {
                     whole.strengths.row(state.iteration) =
                         network::mode_strengths(state.network, problem.modes).strengths.transpose();
                     return true;
                   });
  for (Eigen::Index k = 0; k < problem.modes.size(); ++k) {
    const auto v = problem.modes.input.col(k);
    const double half = problem.modes.singular_values[k] / (2 * v.dot(problem.correlations.sigma11 * v));
    Eigen::Index i = 0;
    while (i <= last && whole.strengths(i, k) < half) ++i;
    if (i > last) continue;
    const double after = whole.strengths(i, k), before = i > 0 ? whole.strengths(i - 1, k) : half;
    whole.half_epochs[k] = i == 0 ? 0 : static_cast<double>(i) - (after - half) / (after - before);
  }
  return whole;
}

void expect_exact(const LearningProblem& problem, const Network& start, LoneLaw law, int last = 150) {
  const double rate = 0.1;
  const auto whole = train(problem, start, rate, last);
  const Eigen::Index count = problem.modes.size();
  const auto lone = follow_lone_modes(problem, count, start, rate, every_epoch_to(last));
  EXPECT_EQ(name_of(lone.law), name_of(law));
  EXPECT_EQ(name_of(lone_law(problem, count, start)), name_of(law));
  // A settled mode is taken to be at its end, 1e-9 of half of that from where it is.
  EXPECT_LE((lone.strengths - whole.strengths).cwiseAbs().maxCoeff(), kRounding + 1e-9);
  EXPECT_LE((lone.strengths.topRows(30) - whole.strengths.topRows(30)).cwiseAbs().maxCoeff(), kRounding);
  for (Eigen::Index k = 0; k < count; ++k) EXPECT_NEAR(lone.half_epochs[k], whole.half_epochs[k], 1e-8) << k;
}

Network random_start(const Units& units, double deviation) {
  auto stream = base::stream(2, "lone modes test", units.size());
  auto start = network::small_random_weights(units, deviation, stream);
  // Whether the mode grows or dies is the sign of chance.
  if (network::end_to_end(start).row(0).dot(Eigen::RowVector3d(1, -2, 2)) < 0) start.weight(1) *= -1;
  return start;
}

TEST(LoneModes, AreTheWholeNetworkFromRandomStartsWhereThereIsOneModeOnly) {
  expect_exact(one_mode(), random_start({3, 1}, 0.1), LoneLaw::shallow);
  expect_exact(one_mode(), random_start({3, 6, 1}, 0.1), LoneLaw::two_layers);
  expect_exact(one_mode(), random_start({3, 6, 5, 1}, 0.4), LoneLaw::network);
  expect_exact(one_mode(), random_start({3, 6, 5, 6, 1}, 0.5), LoneLaw::network);
  expect_exact(one_mode(), random_start({3, 1, 1, 1}, 0.9), LoneLaw::unequal_layers);
}

TEST(LoneModes, AreTheWholeNetworkFromOrthogonalStarts) {
  for (const Units& units : {Units{3, 1}, {3, 6, 1}, {3, 6, 6, 1}, {3, 6, 6, 6, 1}}) {
    auto stream = base::stream(3, "lone modes test", units.size());
    const auto start = network::orthogonal_weights(units, 0.7, stream);
    const LoneLaw law = units.size() == 2   ? LoneLaw::shallow
                        : units.size() == 3 ? LoneLaw::two_layers
                                            : LoneLaw::network;
    expect_exact(one_mode(), start, law);
  }
}

Network decoupled(const LearningProblem& problem, const Matrix& strengths) {
  Units units(static_cast<std::size_t>(strengths.rows() + 1), 6);
  units.front() = problem.correlations.sigma31.cols();
  units.back() = problem.correlations.sigma31.rows();
  auto stream = base::stream(4, "lone modes test");
  return network::decoupled_weights(units, problem.modes, strengths, stream).network;
}

// Row l - 1: layer l of the three modes.
Matrix unequal_strengths(Eigen::Index matrices) {
  return Matrix::NullaryExpr(matrices, 3, [](Eigen::Index l, Eigen::Index k) {
    return 0.4 + 0.1 * static_cast<double>(l) + 0.05 * static_cast<double>(k);
  });
}

TEST(LoneModes, AreTheWholeNetworkFromDecoupledStartsOnAlignedInputs) {
  const auto problem = aligned();
  const auto equal = [&](Eigen::Index l) { return decoupled(problem, Matrix::Constant(l, 3, 0.5)); };
  expect_exact(problem, equal(1), LoneLaw::shallow);
  expect_exact(problem, equal(2), LoneLaw::two_layers);
  expect_exact(problem, equal(3), LoneLaw::equal_layers);
  expect_exact(problem, equal(4), LoneLaw::equal_layers);
  for (Eigen::Index matrices : {2, 3, 4})
    expect_exact(problem, decoupled(problem, unequal_strengths(matrices)),
                 matrices == 2 ? LoneLaw::two_layers : LoneLaw::unequal_layers);
}

TEST(LoneModes, ObeyTheLeastSpecialLawAmongThem) {
  const auto problem = aligned();
  Matrix strengths = Matrix::Constant(3, 3, 0.5);
  strengths(1, 2) = 0.6;
  const auto start = decoupled(problem, strengths);
  EXPECT_EQ(lone_law(problem, 2, start), LoneLaw::equal_layers);
  EXPECT_EQ(lone_law(problem, 3, start), LoneLaw::unequal_layers);
}

TEST(LoneModes, AreThoseOfTheFlowAsTheRateTendsToZero) {
  const auto problem = aligned();
  for (Eigen::Index matrices : {1, 2, 3, 4})
    for (const Matrix& strengths :
         {Matrix(Matrix::Constant(matrices, 3, std::pow(0.05, 1.0 / static_cast<double>(matrices)))),
          Matrix((matrices == 1 ? 0.3 : 1) * unequal_strengths(matrices))}) {
      const auto start = decoupled(problem, strengths);
      Vector lateness[2];
      for (int i : {0, 1}) {
        const double rate = 0.01 / (1 << i);
        const auto modes = follow_lone_modes(problem, 3, start, rate, {0, 2000});
        lateness[i] = rate * (modes.half_epochs - modes.flow_half_epochs);
      }
      for (Eigen::Index k = 0; k < 3; ++k) {
        EXPECT_NEAR(lateness[0][k] / lateness[1][k], 2, 0.2) << matrices << " matrices, mode " << k;
        EXPECT_LT(std::abs(lateness[1][k]), 0.02);
      }
    }
}

TEST(LoneModes, HaveNoClosedFormWhereTheNetworkIsFollowed) {
  const auto modes = follow_lone_modes(one_mode(), 1, random_start({3, 6, 5, 1}, 0.4), 0.1, {0, 200});
  EXPECT_TRUE(std::isnan(modes.flow_half_epochs[0]));
  EXPECT_TRUE(std::isfinite(modes.half_epochs[0]));
}

TEST(LoneModes, DoNotDependOnWhereTheyAreLookedAt) {
  const auto problem = aligned();
  const auto start = decoupled(problem, unequal_strengths(3));
  const auto often = follow_lone_modes(problem, 3, start, 0.1, every_epoch_to(100)),
             seldom = follow_lone_modes(problem, 3, start, 0.1, every_epoch_to(100, 20));
  for (Eigen::Index i = 0; i <= 5; ++i) EXPECT_EQ(seldom.strengths.row(i), often.strengths.row(20 * i));
  EXPECT_EQ(seldom.half_epochs, often.half_epochs);
  const auto leading = follow_lone_modes(problem, 2, start, 0.1, every_epoch_to(100));
  EXPECT_EQ(leading.strengths, often.strengths.leftCols(2));
}

TEST(LoneModes, EndExactlyAtTheirEndOnceSettledHoweverLongOneLooks) {
  const auto problem = aligned();
  const auto modes =
      follow_lone_modes(problem, 3, decoupled(problem, Matrix::Constant(3, 3, 0.5)), 0.1, {0, 1e3, 1e15});
  for (Eigen::Index k = 0; k < 3; ++k)
    EXPECT_NEAR(modes.strengths(2, k),
                problem.modes.singular_values[k] / (1.5 - 0.25 * static_cast<double>(k)), 1e-12);
}

// Nobody could wait for the last of these epochs.
TEST(LoneModes, AreNoNumbersOnceTheyDivergeAndFollowedNoFurther) {
  const auto problem = aligned();
  const std::vector<double> epochs{0, 2000, 1e15};
  for (Eigen::Index matrices : {1, 2, 3}) {
    const auto modes =
        follow_lone_modes(problem, 3, decoupled(problem, unequal_strengths(matrices)), 50, epochs);
    EXPECT_TRUE(modes.strengths.row(0).allFinite());
    EXPECT_TRUE(modes.strengths.bottomRows(2).array().isNaN().all()) << modes.strengths;
  }
  const auto network = follow_lone_modes(one_mode(), 1, random_start({3, 6, 5, 1}, 0.4), 50, epochs);
  EXPECT_TRUE(network.strengths.bottomRows(2).array().isNaN().all());
}

TEST(LoneModes, ThatStartBeyondHalfNeedNoTime) {
  const auto problem = aligned();
  for (Eigen::Index matrices : {1, 2, 3, 4})
    for (double gain : {0.95, 1.5}) {
      const auto modes = follow_lone_modes(
          problem, 3, decoupled(problem, Matrix::Constant(matrices, 3, gain)), 0.01, {0, 1});
      for (Eigen::Index k = 0; k < 3; ++k) {
        EXPECT_EQ(modes.half_epochs[k], 0);
        EXPECT_EQ(modes.flow_half_epochs[k], 0) << matrices;
      }
    }
}

TEST(LoneModes, FromZeroLearnOnlyWithoutHiddenLayers) {
  const auto problem = aligned();
  for (const Units& units : {Units{5, 4}, {5, 6, 4}, {5, 6, 6, 4}}) {
    const auto modes = follow_lone_modes(problem, 3, Network(units), 0.1, {0, 500});
    for (Eigen::Index k = 0; k < 3; ++k) {
      EXPECT_EQ(std::isnan(modes.half_epochs[k]), units.size() > 2);
      EXPECT_EQ(std::isnan(modes.flow_half_epochs[k]), units.size() > 2);
      if (units.size() > 2) {
        EXPECT_EQ(modes.strengths(1, k), 0);
      }
    }
  }
}

// Along the first of three inputs, so that nothing is rounded off the stable manifold of the saddle.
TEST(LoneModes, OfExactlyOpposedLayersEndAtTheSaddle) {
  const Vector v = Vector::Unit(3, 0);
  const auto problem = problem_of(0.8 * v * v.transpose(), 1.5 * v.transpose());
  const Matrix first = Vector::LinSpaced(4, 0.2, 0.8) * v.transpose(), one = Matrix::Constant(1, 1, 0.5);
  for (const auto& start : {Network::from_matrices({first, -first.leftCols(1).transpose()}),
                            Network::from_matrices({Matrix(0.5 * v.transpose()), one, -one})}) {
    const auto modes = follow_lone_modes(problem, 1, start, 0.1, {0, 10, 2000});
    EXPECT_TRUE(std::isnan(modes.half_epochs[0]));
    EXPECT_TRUE(std::isnan(modes.flow_half_epochs[0]));
    EXPECT_LT(modes.strengths(0, 0), modes.strengths(1, 0));
    EXPECT_NEAR(modes.strengths(2, 0), 0, 1e-4);
  }
}

TEST(LoneModes, OfOpposedLayersTurnTheLeastOfThemAndLearn) {
  const auto problem = aligned();
  for (Eigen::Index matrices : {2, 3}) {
    Matrix strengths = unequal_strengths(matrices);
    strengths.row(0) *= -1;
    const auto modes = follow_lone_modes(problem, 3, decoupled(problem, strengths), 1e-3, {0, 50'000});
    for (Eigen::Index k = 0; k < 3; ++k) {
      EXPECT_LT(modes.strengths(0, k), 0);
      EXPECT_NEAR(modes.half_epochs[k] / modes.flow_half_epochs[k], 1, 5e-3) << "O(rate)";
    }
  }
}

TEST(LoneModes, RefuseWhatDoesNotFit) {
  const auto problem = aligned();
  const auto start = decoupled(problem, unequal_strengths(2));
  const auto refused = [&](const Network& network, Eigen::Index count, double rate,
                           const std::vector<double>& epochs) {
    EXPECT_THROW(follow_lone_modes(problem, count, network, rate, epochs), base::DomainError);
  };
  EXPECT_NO_THROW(follow_lone_modes(problem, 3, start, 0.1, {0, 1}));
  for (const Units& units : {Units{4, 6, 4}, {5, 6, 3}}) {
    refused(Network(units), 3, 0.1, {0, 1});
    EXPECT_THROW(lone_law(problem, 3, Network(units)), base::DomainError);
  }
  for (Eigen::Index count : {0, 4}) refused(start, count, 0.1, {0, 1});
  for (double rate : {0.0, -0.1, kNothing}) refused(start, 3, rate, {0, 1});
  for (const std::vector<double>& epochs :
       {std::vector<double>{}, {1, 2}, {0, 1.5}, {0, 2, 2}, {0, 3, 2}, {0, kNothing}})
    refused(start, 3, 0.1, epochs);
}

}  // namespace
}  // namespace dln::experiments
