// The exact two-layer solution against Eq 2 integrated in 50 digits and against its own formula in hundreds,
// in every shape; what becomes of a start; and the identities that hold at all times.
#include "dln/theory/matrix_solution.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>

#include <cmath>
#include <limits>
#include <ostream>

#include "dln/base/error.hpp"
#include "dln/theory/unequal_mode.hpp"
#include "tests/theory/matrix_starts.hpp"

namespace dln::theory {
namespace {

using linalg::Matrix;
using linalg::Vector;
using reference::Start;

constexpr double kEps = std::numeric_limits<double>::epsilon(),
                 kInf = std::numeric_limits<double>::infinity();

MatrixSolution solution(const Start& start, double tau = 1) {
  return {start.w21, start.w32, start.sigma31, tau};
}

struct Case {
  const char* name;
  Shape shape;
  std::vector<double> s;
  double size, lambda, last;
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

Start start_of(const Case& c) {
  auto stream = base::stream(1, c.name);
  const Matrix sigma31 = with_singular_values(c.shape, c.s, stream);
  return balanced_start(c.shape, sigma31, c.size, c.lambda, stream);
}

// The errors that the header promises, in units of its bound.
double worst_error(const MatrixSolution& solution, double t, const reference::Products& truth,
                   const reference::Conditions& conditions) {
  const auto in_units = [](const Matrix& found, const Matrix& wanted, double condition) {
    const double error = linalg::relative_difference(found, wanted) / (64 * kEps * (1 + condition));
    return std::isnan(error) ? kInf : error;
  };
  return std::max({in_units(solution.end_to_end_at(t), truth.map, conditions.map),
                   in_units(solution.input_representation_at(t), truth.inputs, conditions.inputs),
                   in_units(solution.output_representation_at(t), truth.outputs, conditions.outputs)});
}

class MatrixSolutionOf : public testing::TestWithParam<Case> {};

TEST_P(MatrixSolutionOf, IsTheFlowOfEq2AndItsFormulaToSixtyFourEpsTimesCondition) {
  const Start start = start_of(GetParam());
  const auto found = solution(start);
  EXPECT_NEAR(found.balance(), GetParam().lambda, 1e-15 * (1 + std::abs(GetParam().lambda)));
  const auto formula = reference::by_formula(start, GetParam().last, {20, 8, 5, 3, 1, 0});
  std::vector<double> times;
  for (const auto& at : formula) times.push_back(at.time);
  const auto flow = reference::integrated(start, times);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto& [t, products, conditions] = formula[i];
    EXPECT_LE(worst_error(found, t, products, conditions), 1) << "t = " << t;
    EXPECT_LE(worst_error(found, t, flow[i], conditions), 1) << "t = " << t << ", integrated";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, MatrixSolutionOf,
    testing::Values(Case{"square", {3, 3, 3}, {3, 2, 1}, 0.5, 0, 10},
                    Case{"square from 1e-6", {3, 3, 3}, {3, 2, 1}, 1e-6, 0, 13},
                    Case{"more outputs than inputs", {2, 3, 4}, {2, 1}, 0.3, 0, 15},
                    Case{"bottleneck", {4, 2, 3}, {3, 2, 1}, 0.1, 0, 13},
                    Case{"stronger second layer", {3, 2, 4}, {3, 2, 1}, 0.2, 0.7, 13},
                    Case{"stronger first layer", {4, 3, 2}, {3, 1}, 0.2, -0.9, 13},
                    Case{"hardly any first layer", {3, 3, 4}, {2, 1, 1e-3}, 1e-6, 1, 15},
                    Case{"more hidden units than all others", {2, 6, 3}, {2, 0.7}, 0.2, 0, 15},
                    Case{"near-degenerate", {3, 2, 3}, {1 + 1e-9, 1, 1 - 1e-9}, 0.2, 0, 30},
                    Case{"degenerate", {3, 2, 2}, {1, 1}, 0.2, -0.3, 30},
                    Case{"of rank two", {4, 3, 4}, {2, 1}, 0.4, 0, 15},
                    Case{"hidden units that never move", {4, 4, 1}, {1.5}, 0.2, -0.5, 12},
                    Case{"nothing to learn", {2, 2, 3}, {}, 0.7, 0, 8},
                    Case{"large weights", {3, 2, 2}, {2, 1}, 20, 0, 12},
                    Case{"six outputs", {5, 4, 6}, {3, 2, 1.5, 1, 0.5}, 0.1, 0.2, 5}),
    [](const auto& instance) {
      std::string name = instance.param.name;
      for (char& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
      return name;
    });

// e^{300} and back: with e^{2 s t} beside I the formula as written has no digit left in double after s t
// = 18.
TEST(MatrixSolution, KeepsItsDigitsToStOfThreeHundred) {
  for (const Case& c : {Case{"far, bottleneck", {3, 2, 3}, {2, 1, 0.5}, 1e-6, 0, 150},
                        Case{"far, stronger second layer", {2, 2, 3}, {1, 0.8}, 1e-3, 0.3, 290},
                        Case{"far, stronger first layer", {3, 1, 2}, {1, 0.98}, 1e-2, -0.01, 300}}) {
    const Start start = start_of(c);
    for (const auto& [t, products, conditions] : reference::by_formula(start, c.last, {20, 8, 5, 3, 2, 1, 0}))
      EXPECT_LE(worst_error(solution(start), t, products, conditions), 1) << c.name << ", t = " << t;
  }
}

TEST(MatrixSolution, StaysFiniteAndEndsAtItsLimitBeyond) {
  for (const Case& c : {Case{"end, bottleneck", {4, 2, 3}, {3, 2, 1}, 1e-6, 0, 0},
                        Case{"end, more outputs", {2, 3, 5}, {2, 1}, 1e-3, 0, 0},
                        Case{"end, stronger first layer", {4, 3, 2}, {3, 1}, 0.1, -0.4, 0}}) {
    const Start start = start_of(c);
    const auto found = solution(start);
    const Matrix limit = found.end_to_end_at(kInf);
    for (double t : {120., 400., 1e4, 1e9, 1e300, std::numeric_limits<double>::max()}) {
      // The last mode and what is left out decay with e^{-t} at least; without hidden units to spare.
      EXPECT_LE(linalg::relative_difference(found.end_to_end_at(t), limit), 64 * kEps) << c.name << t;
      EXPECT_TRUE(found.gram_at(t).allFinite());
    }
    EXPECT_EQ(limit, found.outcome().end_to_end);
  }
}

// The scalar law, derived and written apart, on every side of the saddle and exactly on the way into it.
TEST(MatrixSolution, IsTheLawOfUnequalLayersForOneUnitInEachLayer) {
  for (const auto& [a, b] :
       {std::pair{0.1, 0.1}, {1e-3, 2.0}, {2.0, -1e-6}, {-0.3, 0.3}, {0.5, -0.4}, {0.0, 0.5}})
    for (double s : {1.5, -1.5}) {
      const UnequalMode<double> mode({.a0 = a, .b0 = b, .singular_value = s, .time_constant = 3});
      const MatrixSolution found(Matrix::Constant(1, 1, a), Matrix::Constant(1, 1, b),
                                 Matrix::Constant(1, 1, s), 3);
      for (double t : {0., 1e-3, 1., 6., 40., 200.}) {
        const double u = strength_at(mode, t);
        if (std::abs(a) == std::abs(b)) {
          EXPECT_NEAR(found.end_to_end_at(t)(0, 0), u, 64 * kEps * std::abs(u)) << a << ' ' << s << ' ' << t;
          continue;
        }
        // u may pass 0, and 1e-6 or 0.1 beside the way into the saddle every error grows as that does.
        const double scale = std::max(std::abs(u), std::abs(a * b)), growth = std::abs(a * b) < 1e-5 ? 1 : 10;
        EXPECT_NEAR(found.end_to_end_at(t)(0, 0), u, 64 * kEps * growth * scale)
            << a << ' ' << b << ' ' << s << ' ' << t;
      }
    }
}

TEST(MatrixSolution, GoesOnFromWhereItHasCome) {
  for (const Case& c : {Case{"on, square", {3, 3, 3}, {3, 2, 1}, 0.5, 0, 0},
                        Case{"on, stronger second layer", {3, 2, 4}, {3, 2, 1}, 0.2, 0.7, 0}}) {
    const Start start = start_of(c);
    const auto whole = solution(start, 2);
    const auto [n1, n2, n3] = c.shape;
    // Any Q of the right square will do: it is known up to a rotation of the hidden units.
    const auto eigen = linalg::symmetric_eigen(whole.gram_at(0.8));
    const Matrix q = eigen.vectors.leftCols(n2) * eigen.values.head(n2).cwiseSqrt().asDiagonal() *
                     Matrix::Identity(n2, n2);
    const MatrixSolution rest(q.topRows(n1).transpose(), q.bottomRows(n3), start.sigma31, 2);
    for (double t : {0., 0.5, 2., 6.}) {
      // The root of the least eigenvalue of the square loses digits: some hundred of them.
      EXPECT_LE(linalg::relative_difference(rest.gram_at(t), whole.gram_at(0.8 + t)), 1e-12) << c.name << t;
    }
  }
}

TEST(MatrixSolution, KeepsTheBalanceInItsBlocks) {
  for (const Case& c : {Case{"blocks, wide", {5, 7, 2}, {2, 1}, 0.3, 0, 0},
                        Case{"blocks, first layer", {7, 6, 2}, {2, 1}, 0.3, -0.5, 0},
                        Case{"blocks, second layer", {2, 4, 6}, {2, 1}, 0.3, 0.5, 0}}) {
    const auto found = solution(start_of(c));
    for (double t : {0., 0.1, 1., 5., 100., kInf}) {
      const Matrix map = found.end_to_end_at(t), in = found.input_representation_at(t),
                   out = found.output_representation_at(t), gram = found.gram_at(t);
      // W32 (W32^T W32 - W21 W21^T - lambda I) W21 = 0.
      EXPECT_LE((out * map - map * in - c.lambda * map).norm(), 64 * kEps * out.norm() * map.norm())
          << c.name << t;
      EXPECT_EQ(gram.topLeftCorner(c.shape.n1, c.shape.n1), in);
      EXPECT_EQ(gram.bottomRightCorner(c.shape.n3, c.shape.n3), out);
      EXPECT_EQ(gram.bottomLeftCorner(c.shape.n3, c.shape.n1), map);
      EXPECT_EQ(gram, gram.transpose());
      // The trace of the balance, to which hidden directions that nothing reaches bring lambda each.
      EXPECT_NEAR(out.trace() - in.trace(), c.lambda * static_cast<double>(c.shape.n2),
                  64 * kEps * (out.trace() + in.trace()));
    }
  }
}

TEST(MatrixSolution, BeginsAtItsStart) {
  const Start start = start_of({"start", {6, 4, 2}, {2, 1}, 0.3, -0.5, 0});
  const auto found = solution(start);
  EXPECT_LE(linalg::relative_difference(found.end_to_end_at(0), start.w32 * start.w21), 16 * kEps);
  EXPECT_LE(linalg::relative_difference(found.input_representation_at(0), start.w21.transpose() * start.w21),
            16 * kEps);
  EXPECT_LE(linalg::relative_difference(found.output_representation_at(0), start.w32 * start.w32.transpose()),
            16 * kEps);
  const MatrixSolution origin(Matrix::Zero(2, 3), Matrix::Zero(3, 2), Matrix::Identity(3, 3), 1);
  EXPECT_EQ(origin.gram_at(50).norm(), 0);
  EXPECT_EQ(origin.balance(), 0);
}

TEST(MatrixSolution, HasTheTangentKernelOfTheNetwork) {
  const Start start = start_of({"kernel", {5, 3, 2}, {2, 1}, 0.3, -0.5, 0});
  const auto found = solution(start);
  const auto kernel = found.tangent_kernel_at(0), later = found.tangent_kernel_at(1.5);
  const Vector x = Vector::LinSpaced(5, -1, 2), other = Vector::LinSpaced(5, 3, 1);
  Matrix sum = Matrix::Zero(2, 2);  // over every weight, of dy/dw(x) dy/dw(other)^T
  for (Eigen::Index j = 0; j < 3; ++j) {
    for (Eigen::Index k = 0; k < 5; ++k)
      sum += start.w32.col(j) * x[k] * other[k] * start.w32.col(j).transpose();
    sum += (start.w21 * x)[j] * (start.w21 * other)[j] * Matrix::Identity(2, 2);
  }
  EXPECT_LE(linalg::relative_difference(kernel(x, other), sum), 32 * kEps);
  EXPECT_LE(linalg::relative_difference(later.input_factor * later.input_factor.transpose(),
                                        found.input_representation_at(1.5)),
            4 * kEps);
  EXPECT_EQ(later.output_representation, found.output_representation_at(1.5));
  EXPECT_THROW(kernel(x, Vector::Ones(4)), base::DomainError);
}

TEST(MatrixSolution, RefusesWhatItHasNoSolutionFor) {
  const Start start = start_of({"refused", {3, 2, 4}, {3, 2, 1}, 0.2, 0.7, 0});
  const Matrix &w21 = start.w21, &w32 = start.w32, &sigma31 = start.sigma31;
  EXPECT_THROW(MatrixSolution(w21, 1.001 * w32.cwiseProduct(Matrix::Random(4, 2)), sigma31, 1),
               base::DomainError);
  EXPECT_THROW(MatrixSolution(w21.transpose(), w32, sigma31, 1), base::DomainError);
  EXPECT_THROW(MatrixSolution(w21, w32, sigma31.transpose(), 1), base::DomainError);
  EXPECT_THROW(MatrixSolution(Matrix(0, 3), Matrix(4, 0), sigma31, 1), base::DomainError);
  for (double tau : {0., -1., kInf, std::nan("")})
    EXPECT_THROW(MatrixSolution(w21, w32, sigma31, tau), base::DomainError) << tau;
  for (double bad : {kInf, std::nan("")})
    for (int which : {0, 1, 2}) {
      Start damaged = start;
      (which == 0 ? damaged.w21 : which == 1 ? damaged.w32 : damaged.sigma31)(1, 1) = bad;
      EXPECT_THROW(solution(damaged), base::DomainError);
    }
  EXPECT_THROW(solution(start).gram_at(-1e-9), base::DomainError);
  EXPECT_THROW(solution(start).end_to_end_at(std::nan("")), base::DomainError);
}

TEST(LambdaBalance, MeasuresAnyPair) {
  Start start = start_of({"balance", {3, 2, 4}, {3, 2, 1}, 0.2, 0.7, 0});
  EXPECT_NEAR(lambda_balance(start.w21, start.w32).lambda, 0.7, 4 * kEps);
  EXPECT_LE(lambda_balance(start.w21, start.w32).residual, 8 * kEps);
  const auto tiny = lambda_balance(1e-200 * Matrix::Ones(1, 2), 3e-200 * Matrix::Ones(2, 1));
  EXPECT_EQ(tiny.residual, 0);  // one hidden unit is always balanced
  start.w32(0, 0) += 1e-6;
  const double residual = lambda_balance(start.w21, start.w32).residual;
  EXPECT_GT(residual, 1e-8);
  EXPECT_LT(residual, 1e-5);
  EXPECT_THROW(solution(start), base::DomainError);
  EXPECT_EQ(lambda_balance(Matrix::Zero(2, 2), Matrix::Zero(2, 2)).residual, 0);
  EXPECT_THROW(lambda_balance(Matrix::Zero(2, 2), Matrix::Zero(2, 3)), base::DomainError);
}

// ------------------------------------------------------------------------------------------ outcomes

Matrix truncated(const Matrix& a, Eigen::Index rank) {
  const auto svd = linalg::singular_values(a);
  return svd.u.leftCols(rank) * svd.s.head(rank).asDiagonal() * svd.v.leftCols(rank).transpose();
}

// Square and balanced, with det(W32 W21) det(Sigma31) of the sign asked for.
Start square_start(int n, int run, bool same_sign) {
  auto stream = base::stream(7, "determinants", n, run);
  std::vector<double> s;
  for (int k = n; k > 0; --k) s.push_back(k + 0.5 * stream.uniform());
  const Shape shape{n, n, n};
  const Matrix sigma31 = with_singular_values(shape, s, stream);
  Start start = balanced_start(shape, sigma31, 1e-2, 0, stream);
  const bool same = (start.w32 * start.w21).determinant() * sigma31.determinant() > 0;
  // A reflection of the outputs leaves W32^T W32 as it is.
  if (same != same_sign) start.w32.row(0) *= -1;
  return start;
}

TEST(MatrixOutcome, IsASaddleForEveryWrongDeterminantAndForNoRightOne) {
  int recognised = 0, mistaken = 0;
  for (int run = 0; run < 20; ++run) {
    const int n = 2 + run % 5;
    const Start wrong = square_start(n, run, false), right = square_start(n, run, true);
    const auto saddle = solution(wrong).outcome(), minimum = solution(right).outcome();
    if (!saddle.least_error) ++recognised;
    if (!minimum.least_error) ++mistaken;

    const Matrix q0 = (Matrix(2 * n, n) << wrong.w21.transpose(), wrong.w32).finished();
    ASSERT_GE(saddle.lacking.cols(), 1);
    EXPECT_LE((saddle.lacking.transpose() * q0).norm(), 16 * kEps * q0.norm());
    EXPECT_LE(linalg::orthonormality_residual(saddle.lacking), 1e-14);
    EXPECT_NEAR(saddle.excess, (wrong.sigma31 - saddle.end_to_end).squaredNorm() / 2, 1e-12);
    EXPECT_GT(saddle.excess, 0.4);
    EXPECT_EQ(minimum.lacking.cols(), 0);
    EXPECT_EQ(minimum.excess, 0);
    EXPECT_LE(linalg::relative_difference(minimum.end_to_end, right.sigma31), 1e-14);
  }
  EXPECT_EQ(recognised, 20);
  EXPECT_EQ(mistaken, 0);
}

// Eq 2 itself, in 50 digits, from such a start: it comes to the saddle foretold, and waits there until the
// rounding of the start's own entries has grown.
TEST(MatrixOutcome, IsWhereTheFlowOfEq2Comes) {
  for (int run = 0; run < 3; ++run) {
    const Start wrong = square_start(3, run, false);
    const auto outcome = solution(wrong).outcome();
    const Matrix flow = reference::integrated(wrong, {14.}).front().map;
    EXPECT_LE((flow - outcome.end_to_end).norm(), 1e-3);
    EXPECT_GE((flow - wrong.sigma31).norm(), 0.9);
  }
}

TEST(MatrixOutcome, IsTheBestApproximationThroughABottleneck) {
  for (const Case& c : {Case{"best, bottleneck", {4, 2, 3}, {3, 2, 1}, 0.1, 0, 0},
                        Case{"best, tie beyond", {4, 2, 4}, {3, 2, 1, 1}, 0.1, 0, 0},
                        Case{"best, first layer", {5, 2, 3}, {3, 2, 1}, 0.1, -0.5, 0}}) {
    const Start start = start_of(c);
    const auto outcome = solution(start).outcome();
    EXPECT_TRUE(outcome.least_error) << c.name;
    EXPECT_EQ(outcome.learned[0] + outcome.learned[1], 2);
    EXPECT_LE(linalg::relative_difference(outcome.end_to_end, truncated(start.sigma31, 2)), 1e-14) << c.name;
  }
}

TEST(MatrixOutcome, TakesAnyPartOfEqualModes) {
  const Start start = start_of({"tie", {4, 2, 4}, {3, 1, 1, 1}, 0.1, 0, 0});
  const auto outcome = solution(start).outcome();
  EXPECT_TRUE(outcome.least_error);
  EXPECT_EQ(outcome.multiplicity, (std::vector<Eigen::Index>{1, 3}));
  EXPECT_EQ(outcome.learned, (std::vector<Eigen::Index>{1, 1}));
  EXPECT_NEAR((start.sigma31 - outcome.end_to_end).squaredNorm(), 2, 1e-13);
  // Which part is for the start to say.
  EXPECT_LE((outcome.end_to_end - solution(start).end_to_end_at(60)).norm(), 1e-13);
}

TEST(MatrixOutcome, NamesTheModeThatTheStartLacks) {
  // Two modes, one hidden unit that carries only the weaker one.
  const Matrix sigma31 = (Matrix(2, 3) << 2, 0, 0, 0, 1, 0).finished();
  const MatrixSolution found((Matrix(1, 3) << 0, 0.1, 0).finished(), (Matrix(2, 1) << 0, 0.1).finished(),
                             sigma31, 1);
  const auto outcome = found.outcome();
  EXPECT_FALSE(outcome.least_error);
  EXPECT_EQ(outcome.singular_values, (std::vector<double>{2, 1}));
  EXPECT_EQ(outcome.learned, (std::vector<Eigen::Index>{0, 1}));
  EXPECT_EQ(outcome.excess, 1.5);
  ASSERT_EQ(outcome.lacking.cols(), 1);
  const Vector stronger = (Vector(5) << 1, 0, 0, 1, 0).finished() / std::sqrt(2.0);
  EXPECT_NEAR(std::abs(outcome.lacking.col(0).dot(stronger)), 1, 4 * kEps);
  const Matrix weaker = (Matrix(2, 3) << 0, 0, 0, 0, 1, 0).finished();
  EXPECT_LE((outcome.end_to_end - weaker).norm(), 4 * kEps);
  EXPECT_LE((found.end_to_end_at(300) - weaker).norm(), 4 * kEps);
}

}  // namespace
}  // namespace dln::theory
