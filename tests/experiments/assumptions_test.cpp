// Which assumptions a problem and a start meet: planted ones are found, and so is each way of missing them.
#include "dln/experiments/assumptions.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

// Modes of these s between random orthonormal vectors, on inputs of variance c.
LearningProblem problem_of(const std::vector<double>& s, double c = 1) {
  auto stream = base::stream(21, "assumptions test");
  const auto modes = static_cast<Eigen::Index>(s.size());
  LearningProblem problem;
  problem.name = "planted";
  problem.correlations.sigma31 = linalg::haar_orthonormal(9, modes, stream) *
                                 Eigen::Map<const Vector>(s.data(), modes).asDiagonal() *
                                 linalg::haar_orthonormal(8, modes, stream).transpose();
  problem.correlations.sigma11 = c * Matrix::Identity(8, 8);
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  return problem;
}

Network decoupled(const data::SingularModes& modes, int matrices, Eigen::Index hidden = 10) {
  std::vector<Eigen::Index> units(static_cast<std::size_t>(matrices) + 1, hidden);
  units.front() = 8;
  units.back() = 9;
  auto stream = base::stream(22, "assumptions test");
  Matrix layers(matrices, modes.size());
  for (Eigen::Index l = 0; l < matrices; ++l)
    for (Eigen::Index k = 0; k < modes.size(); ++k)
      layers(l, k) = 0.1 + 0.03 * static_cast<double>(l + 2 * k);
  return network::decoupled_weights(units, modes, layers, stream).network;
}

bool says(const Assumptions& a, const std::string& words) {
  for (const auto& finding : a.findings)
    if (finding.find(words) != std::string::npos) return true;
  return false;
}

TEST(Assumptions, FindADecoupledStartWithoutKnowingItsBases) {
  const auto problem = problem_of({9, 5, 2});
  for (const int matrices : {1, 2, 3, 5}) {
    const auto a = check_assumptions(problem, decoupled(problem.modes, matrices));
    EXPECT_TRUE(a.decoupled()) << matrices;
    EXPECT_EQ(a.form, ClosedForm::decoupled) << matrices;
    EXPECT_TRUE(a.exact);
    ASSERT_EQ(a.strengths.size(), static_cast<std::size_t>(matrices));
    for (Eigen::Index l = 0; l < matrices; ++l)
      for (Eigen::Index k = 0; k < 3; ++k)
        EXPECT_NEAR(std::abs(a.strengths[static_cast<std::size_t>(l)][k]),
                    0.1 + 0.03 * static_cast<double>(l + 2 * k), 1e-12);
    EXPECT_EQ(a.missing_directions, 0);
    EXPECT_EQ(a.balance.size(), static_cast<std::size_t>(matrices - 1));
    EXPECT_EQ(a.lambda.has_value(), matrices == 2);
  }
}

TEST(Assumptions, MeasureTheDistanceOfAStartPushedOffTheManifold) {
  const auto problem = problem_of({9, 5, 2});
  for (const int matrices : {1, 2, 4}) {
    auto start = decoupled(problem.modes, matrices);
    const Matrix weight = start.weight(matrices);
    auto stream = base::stream(5, "push");
    Matrix push(weight.rows(), weight.cols());
    for (double& x : push.reshaped()) x = stream.normal();
    start.weight(matrices) += 1e-4 * weight.norm() / push.norm() * push;
    const auto a = check_assumptions(problem, start);
    EXPECT_FALSE(a.decoupled());
    EXPECT_LE(a.decoupling.back(), 1.01e-4);
    EXPECT_GE(a.decoupling.back(), 1e-5);
    EXPECT_EQ(a.form == ClosedForm::decoupled, matrices == 1);
  }
}

TEST(Assumptions, ToldWhiteUpToAScaleFromWhiteInTheseSums) {
  const auto problem = problem_of({9, 5, 2}, 4);
  const auto a = check_assumptions(problem, decoupled(problem.modes, 2));
  EXPECT_TRUE(a.white());
  EXPECT_EQ(a.input_scale, 4);
  EXPECT_NEAR(a.whiteness_of_identity, 3, 1e-12);
  EXPECT_EQ(a.form, ClosedForm::aligned) << "s/4 and tau/4";
  EXPECT_TRUE(a.exact);
  EXPECT_TRUE(says(a, "white up to a scale"));
}

TEST(Assumptions, TellAlignedFromTurnedInputs) {
  auto problem = problem_of({9, 5, 2});
  const auto start = decoupled(problem.modes, 3);
  const Matrix v = problem.modes.input;
  const auto with = [&](double turned) {
    const Vector mixed = (v.col(0) + turned * v.col(1)).normalized();
    problem.correlations.sigma11 = Matrix::Identity(8, 8) + mixed * mixed.transpose();
    return check_assumptions(problem, start);
  };
  const auto aligned = with(0), nearly = with(0.1), turned = with(1);
  EXPECT_EQ(aligned.form, ClosedForm::aligned);
  EXPECT_TRUE(aligned.exact);
  EXPECT_NEAR(aligned.input_variances[0], 2, 1e-12);
  EXPECT_EQ(nearly.form, ClosedForm::aligned);
  EXPECT_FALSE(nearly.exact);
  EXPECT_EQ(turned.form, ClosedForm::none);
  EXPECT_NEAR(turned.invariance[0], 1.0 / 3, 1e-9) << "half of the extra goes astray, of 1.5";
  EXPECT_TRUE(says(turned, "coupled by Sigma11"));
}

TEST(Assumptions, ChooseTheMatrixSolutionForBalancedModesThatOverlap) {
  const auto problem = problem_of({9, 5, 2});
  auto stream = base::stream(6, "map");
  Matrix map(9, 8);
  for (double& x : map.reshaped()) x = 0.1 * stream.normal();
  const auto start = network::balanced_weights({8, 10, 9}, map, stream);
  const auto a = check_assumptions(problem, start);
  EXPECT_EQ(a.form, ClosedForm::matrix_solution);
  EXPECT_NEAR(*a.lambda, 0, 1e-12);
  EXPECT_LE(a.balance[0], 1e-12);
  EXPECT_EQ(a.missing_directions, 0);
  // W32 = [lambda I, 0..]: balanced up to lambda I, and not by 0.
  Network shifted({8, 4, 9});
  auto narrow = problem;
  shifted.weight(2) = std::sqrt(0.3) * linalg::haar_orthonormal(9, 4, stream);
  const auto b = check_assumptions(narrow, shifted);
  EXPECT_NEAR(*b.lambda, 0.3, 1e-12);
  EXPECT_LE(b.lambda_residual, 1e-12);
  EXPECT_GE(b.balance[0], 0.9);
  EXPECT_EQ(b.form, ClosedForm::matrix_solution);
}

TEST(Assumptions, ChooseSingleModesForASmallRandomStartAndNothingForALargeOne) {
  const auto problem = problem_of({9, 5, 2});
  for (const auto& [deviation, form] : {std::pair{1e-3, ClosedForm::single_mode}, {0.5, ClosedForm::none}}) {
    auto stream = base::stream(7, "weights");
    const auto a = check_assumptions(problem, network::small_random_weights({8, 10, 9}, deviation, stream));
    EXPECT_EQ(a.form, form);
    EXPECT_FALSE(a.exact);
    EXPECT_EQ(a.missing_directions, 0);
  }
  auto stream = base::stream(7, "weights");
  const auto deep = check_assumptions(problem, network::small_random_weights({8, 10, 10, 9}, 1e-3, stream));
  EXPECT_EQ(deep.form, ClosedForm::none);
  EXPECT_TRUE(says(deep, "not judged"));
}

// The square zero-balanced start of the wrong determinant, and its mirror image.
TEST(Assumptions, MissTheGrowingDirectionThatAWrongDeterminantTakesAway) {
  LearningProblem problem;
  problem.name = "square";
  problem.correlations.sigma31 = Vector((Vector(3) << 3, 2, 1).finished()).asDiagonal();
  problem.correlations.sigma11 = Matrix::Identity(3, 3);
  problem.modes = data::singular_modes(problem.correlations.sigma31);
  auto stream = base::stream(8, "square");
  for (const bool wrong : {false, true}) {
    Matrix map = linalg::haar_orthonormal(3, 3, stream);
    if ((map.determinant() < 0) != wrong) map.col(0) *= -1;
    const auto a = check_assumptions(problem, network::balanced_weights({3, 3, 3}, 1e-2 * map, stream));
    EXPECT_EQ(a.form, ClosedForm::matrix_solution);
    EXPECT_EQ(a.missing_directions, wrong ? 1 : 0) << a.weakest_direction;
    EXPECT_EQ(says(a, "saddle"), wrong);
  }
}

TEST(Assumptions, CountModesThatANarrowLayerLeavesOut) {
  const auto problem = problem_of({9, 5, 2, 1});
  const auto a = check_assumptions(problem, decoupled(problem.modes, 3, 2));
  EXPECT_EQ(a.rank, 4);
  EXPECT_EQ(a.narrowest, 2);
  EXPECT_EQ(a.learnable, 2);
  EXPECT_TRUE(a.decoupled());
  EXPECT_TRUE(says(a, "2 modes can be learned"));
}

TEST(Assumptions, TakeModesOfEqualSAsASubspaceWhoseAxesTheStartChooses) {
  const auto problem = problem_of({9, 4, 4, 4, 2, 2, 1, 0.97});
  EXPECT_EQ(problem.modes.size(), 8);
  auto turned = problem.modes;
  auto stream = base::stream(31, "turn");
  const Matrix three = linalg::haar_orthonormal(3, 3, stream), two = linalg::haar_orthonormal(2, 2, stream);
  for (Matrix* m : {&turned.input, &turned.output}) {
    m->middleCols(1, 3) = (m->middleCols(1, 3) * three).eval();
    m->middleCols(4, 2) = (m->middleCols(4, 2) * two).eval();
  }
  for (const int matrices : {1, 2, 4}) {
    const auto start = decoupled(turned, matrices);
    EXPECT_GE(fit_decoupled(start, problem.modes).worst(), 1e-2) << "in the axes of the SVD it is not";
    const auto a = check_assumptions(problem, start);
    EXPECT_TRUE(a.decoupled()) << matrices;
    EXPECT_EQ(a.form, ClosedForm::decoupled);
    ASSERT_EQ(a.equal_modes.size(), 2u);
    EXPECT_EQ(a.equal_modes[0].first, 1);
    EXPECT_EQ(a.equal_modes[0].size, 3);
    EXPECT_EQ(a.equal_modes[1].size, 2);
    ASSERT_EQ(a.near_modes.size(), 3u);
    EXPECT_EQ(a.near_modes[2].first, 6);
    EXPECT_TRUE(says(a, "2 to 4, 5 to 6"));
  }
  // U turned by another rotation than V is no choice of axes.
  auto apart = turned;
  apart.output.middleCols(1, 3) = (apart.output.middleCols(1, 3) * three).eval();
  EXPECT_FALSE(check_assumptions(problem, decoupled(apart, 2)).decoupled());
}

TEST(Assumptions, OfOneModeAndOfNoHiddenLayer) {
  const auto problem = problem_of({3});
  const auto one = check_assumptions(problem, decoupled(problem.modes, 2));
  EXPECT_EQ(one.form, ClosedForm::decoupled);
  EXPECT_EQ(one.learnable, 1);
  auto stream = base::stream(7, "weights");
  const auto two = problem_of({3, 1});
  const auto shallow = check_assumptions(two, network::small_random_weights({8, 9}, 1e-3, stream));
  EXPECT_FALSE(shallow.decoupled());
  EXPECT_EQ(shallow.form, ClosedForm::decoupled)
      << "the diagonal of U^T W V obeys its law whatever surrounds it";
  EXPECT_TRUE(shallow.exact);
  EXPECT_TRUE(says(shallow, "never compete"));
  EXPECT_TRUE(shallow.balance.empty());
  EXPECT_TRUE(std::isnan(shallow.lambda_residual));
  EXPECT_EQ(shallow.missing_directions, 0);
}

TEST(Assumptions, OfAStartOfZerosSayThatItStaysThere) {
  const auto problem = problem_of({9, 5, 2});
  for (const std::vector<Eigen::Index>& units : {std::vector<Eigen::Index>{8, 5, 9}, {8, 5, 6, 9}}) {
    const auto a = check_assumptions(problem, Network(units));
    EXPECT_TRUE(a.decoupled());
    EXPECT_EQ(a.missing_directions, 3);
    EXPECT_TRUE(says(a, "saddle"));
  }
  EXPECT_EQ(check_assumptions(problem, Network({8, 9})).missing_directions, 0) << "a convex problem has none";
}

TEST(Assumptions, OfDeepDecoupledModesKnowThoseThatCannotGrow) {
  const auto problem = problem_of({9, 5, 2});
  auto stream = base::stream(41, "deep");
  Matrix layers = Matrix::Constant(3, 3, 0.2);
  layers(1, 0) = -0.2;              // equal sizes, negative product
  layers(0, 1) = layers(2, 1) = 0;  // two zeros
  layers(0, 2) = -0.1;              // negative, but one layer is the least: it turns round
  const auto start = network::decoupled_weights({8, 10, 10, 9}, problem.modes, layers, stream).network;
  const auto a = check_assumptions(problem, start);
  EXPECT_TRUE(a.decoupled());
  EXPECT_EQ(a.missing_directions, 2);
}

TEST(Assumptions, RefuseWhatDoesNotComposeOrIsNotFinite) {
  const auto problem = problem_of({9, 5, 2});
  EXPECT_THROW(check_assumptions(problem, Network({7, 5, 9})), base::DomainError);
  EXPECT_THROW(check_assumptions(problem, Network({8, 5, 8})), base::DomainError);
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    auto start = decoupled(problem.modes, 2);
    start.weight(2)(1, 1) = bad;
    EXPECT_THROW(check_assumptions(problem, start), base::DomainError);
  }
  auto crooked = problem;
  crooked.correlations.sigma11 = Matrix::Identity(7, 7);
  EXPECT_THROW(check_assumptions(crooked, decoupled(problem.modes, 2)), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
