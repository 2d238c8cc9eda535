// What a forecast starts from and ends at: starts by kind and number, the sharpness where learning ends, and
// the small arithmetic of bands and errors.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/experiments/forecast.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/hessian.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::experiments {
namespace {

using base::Depth;
using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;
using Units = std::vector<Eigen::Index>;

LearningProblem small_tree() {
  return tree_problem({.levels = 2, .flip = 0.1, .features = 5});
}

// Inputs of unequal variance that no mode lies along.
LearningProblem overlapping() {
  auto stream = base::stream(8, "forecast starts test");
  LearningProblem problem;
  const Matrix sigma31 = Matrix::NullaryExpr(3, 4, [&] { return stream.normal(); });
  problem.correlations = {Vector(Eigen::Vector4d(2, 1, 0.7, 0.4)).asDiagonal(), sigma31, 30, 20};
  problem.modes = data::singular_modes(sigma31);
  return problem;
}

Network draw(const LearningProblem& problem, const StartOptions& options, int number = 0) {
  base::SilentProgress silent;
  return draw_start(problem, options, number, silent);
}

bool same(const Network& a, const Network& b) {
  return a.units() == b.units() && std::ranges::equal(a.buffer(), b.buffer());
}

TEST(DrawStart, GivesTheSameNetworkForTheSameSeedAndNumberOnly) {
  const auto problem = small_tree();
  for (const auto kind :
       {StartKind::decoupled, StartKind::random, StartKind::orthogonal, StartKind::pretrained})
    for (int layers : {3, 4}) {
      StartOptions options{.kind = kind, .depth = Depth::from_layers(layers), .hidden_units = 6, .seed = 3};
      const auto start = draw(problem, options, 2);
      EXPECT_EQ(start.units().front(), 4);
      EXPECT_EQ(start.units().back(), 5);
      EXPECT_EQ(start.units()[1], 6);
      EXPECT_EQ(start.units().size(), static_cast<std::size_t>(layers));
      EXPECT_TRUE(same(draw(problem, options, 2), start)) << name_of(kind);
      EXPECT_FALSE(same(draw(problem, options, 1), start)) << name_of(kind);
      options.seed = 4;
      EXPECT_FALSE(same(draw(problem, options, 2), start)) << name_of(kind);
    }
}

TEST(DrawStart, HasTheSizeThatItsKindPromises) {
  const auto problem = small_tree();
  const double u0 = 0.01;
  for (int layers : {2, 3, 4}) {
    const auto depth = Depth::from_layers(layers);
    const int matrices = depth.weight_matrices();
    const double gain = std::pow(u0, 1.0 / matrices);
    StartOptions options{
        .kind = StartKind::decoupled, .depth = depth, .hidden_units = 200, .initial_strength = u0};
    const Matrix map = data::in_mode_basis(network::end_to_end(draw(problem, options)), problem.modes);
    EXPECT_LE((map - u0 * Matrix::Identity(map.rows(), map.cols())).norm(), 1e-14);

    options.kind = StartKind::orthogonal;
    const auto orthogonal = draw(problem, options);
    for (int l = 1; l <= matrices; ++l)
      for (const double s : linalg::singular_values(orthogonal.weight(l)).s) EXPECT_NEAR(s, gain, 1e-12);

    options.kind = StartKind::random;
    const auto random = draw(problem, options);
    const double deviation = matrices == 1   ? u0
                             : matrices == 2 ? std::sqrt(2 * u0 / 200)
                                             : gain / std::sqrt(200);
    for (int l = 1; l <= matrices; ++l) {
      const auto w = random.weight(l);
      // A variance from n numbers: relative deviation sqrt(2/n), five of them.
      EXPECT_NEAR(w.squaredNorm() / static_cast<double>(w.size()) / (deviation * deviation), 1,
                  5 * std::sqrt(2 / static_cast<double>(w.size())))
          << layers;
    }
  }
}

TEST(DrawStart, HandsAGivenNetworkThrough) {
  auto stream = base::stream(9, "forecast starts test");
  const auto given = network::small_random_weights({4, 7, 5}, 0.1, stream);
  StartOptions options{.kind = StartKind::given, .given = given};
  for (int number : {0, 5}) EXPECT_TRUE(same(draw(small_tree(), options, number), given));
  options.given.reset();
  EXPECT_THROW(draw(small_tree(), options), base::DomainError);
  options.given = Network({3, 7, 5});
  EXPECT_THROW(draw(small_tree(), options), base::DomainError);
}

TEST(DrawStart, RefusesOptionsOutOfTheirDomains) {
  const auto problem = small_tree();
  EXPECT_THROW(draw(problem, {.kind = StartKind::pretrained, .depth = Depth::from_layers(2)}),
               base::DomainError);
  EXPECT_THROW(draw(problem, {.hidden_units = 0}), base::DomainError);
  for (double bad : {0.0, -1.0, std::nan("")})
    EXPECT_THROW(draw(problem, {.initial_strength = bad}), base::DomainError);
}

TEST(DrawStart, ScattersWhereChanceDecidesWhatTheoryExpects) {
  for (const auto kind : {StartKind::random, StartKind::orthogonal}) EXPECT_TRUE(scatters(kind));
  for (const auto kind : {StartKind::decoupled, StartKind::pretrained, StartKind::given})
    EXPECT_FALSE(scatters(kind));
}

double dense_top(const LearningProblem& problem, const Units& units, const Matrix& map) {
  auto stream = base::stream(10, "forecast starts test");
  const auto at = network::balanced_weights(units, map, stream);
  return linalg::symmetric_eigen(network::dense_hessian(at, problem.correlations)).values[0];
}

Units units_of(const LearningProblem& problem, int layers, Eigen::Index hidden) {
  Units units(static_cast<std::size_t>(layers), hidden);
  units.front() = problem.correlations.sigma31.cols();
  units.back() = problem.correlations.sigma31.rows();
  return units;
}

SharpnessAhead ahead(const LearningProblem& problem, const Units& units) {
  auto stream = base::stream(11, "forecast starts test");
  return sharpness_ahead(problem, network::small_random_weights(units, 0.3, stream));
}

TEST(SharpnessAhead, IsThatOfTheDenseHessianAtTheStart) {
  const auto problem = overlapping();
  const auto units = units_of(problem, 3, 4);
  auto stream = base::stream(12, "forecast starts test");
  const auto start = network::small_random_weights(units, 2.0, stream);
  const auto found = sharpness_ahead(problem, start);
  const double dense = linalg::symmetric_eigen(network::dense_hessian(start, problem.correlations)).values[0];
  // Lanczos' residual of 1e-4 enters squared.
  EXPECT_NEAR(found.start / dense, 1, 1e-6);
  EXPECT_GT(found.start, found.theory_end) << "large weights: a rate has to bear the start";
  EXPECT_EQ(found.largest(), found.start);
}

TEST(SharpnessAhead, IsThatOfTheDenseHessianAtBothEnds) {
  const auto problem = overlapping();
  const auto [s, d] = aligned_modes(problem);
  const auto& [output, singular_values, input] = problem.modes;
  const auto& c = problem.correlations;
  const Matrix theory = output * s.cwiseQuotient(d).asDiagonal() * input.transpose(),
               least = c.sigma31 * c.sigma11.diagonal().cwiseInverse().asDiagonal();
  ASSERT_LE((c.sigma31 - least * c.sigma11).norm(), 1e-12);
  for (int layers : {2, 3, 4}) {
    const auto found = ahead(problem, units_of(problem, layers, 6));
    const auto units = units_of(problem, layers, 4);
    // Lanczos' residual of 1e-6 enters squared; random products of the start cost some digits.
    EXPECT_NEAR(found.theory_end / dense_top(problem, units, theory), 1, 1e-8) << layers;
    EXPECT_NEAR(found.least_error / dense_top(problem, units, least), 1, 1e-8) << layers;
    if (layers > 2) {
      EXPECT_GT(std::abs(found.least_error / found.theory_end - 1), 1e-3);
    }
  }
}

TEST(SharpnessAhead, OfANarrowNetworkIsAtWhatItHolds) {
  const auto problem = overlapping();
  const auto& c = problem.correlations;
  const auto found = ahead(problem, {4, 2, 3});
  const auto [s, d] = aligned_modes(problem);
  const auto& modes = problem.modes;
  const Matrix theory = modes.output.leftCols(2) * s.cwiseQuotient(d).head(2).asDiagonal() *
                        modes.input.leftCols(2).transpose();
  EXPECT_NEAR(found.theory_end / dense_top(problem, {4, 2, 3}, theory), 1, 1e-8);
  // The least error of rank two: from the modes of whitened inputs, (Sigma31 D^{-1/2})_2 D^{-1/2}.
  const Matrix root = c.sigma11.diagonal().cwiseSqrt().cwiseInverse().asDiagonal();
  const auto white = linalg::singular_values(c.sigma31 * root);
  const Matrix least =
      white.u.leftCols(2) * white.s.head(2).asDiagonal() * white.v.leftCols(2).transpose() * root;
  EXPECT_NEAR(found.least_error / dense_top(problem, {4, 2, 3}, least), 1, 1e-8);
}

TEST(SharpnessAhead, OnWhiteInputsIsThatOfTheFirstModeByItself) {
  const auto problem = small_tree();
  const double s = problem.modes.singular_values[0];
  for (int matrices : {1, 2, 3, 5}) {
    const auto found = ahead(problem, units_of(problem, matrices + 1, 10));
    // L s^{2 - 2/L}; L = 1: that of Sigma11 = I.
    const double wanted = matrices * std::pow(s, 2 - 2.0 / matrices);
    EXPECT_NEAR(found.theory_end / wanted, 1, 1e-9) << matrices;
    EXPECT_NEAR(found.least_error / wanted, 1, 1e-9) << matrices;
  }
}

TEST(ErrorOfStrengths, IsThatOfTheMap) {
  const auto problem = overlapping();
  const auto modes = aligned_modes(problem);
  for (Eigen::Index count : {1, 2, 3}) {
    const Vector u = Vector::LinSpaced(count, 0.3, 1.4);
    const Matrix map = problem.modes.output.leftCols(count) * u.asDiagonal() *
                       problem.modes.input.leftCols(count).transpose();
    EXPECT_NEAR(error_of_strengths(problem.correlations.target_power, modes, u),
                squared_error_of_map(map, problem.correlations), 1e-13 * problem.correlations.target_power);
  }
}

TEST(ErrorOfStrengths, KeepsItsDigitsNearTheEnd) {
  const AlignedModes modes{Eigen::Vector3d(2, 1, 0.5), Eigen::Vector3d(1, 4, 0.5)};
  const Vector end = modes.singular_values.cwiseQuotient(modes.input_variances);
  const double power = end.dot(modes.singular_values);  // without rounding
  EXPECT_EQ(error_of_strengths(power, modes, end), 0);
  for (const double off : {1e-3, 1e-6, 1e-9})
    EXPECT_NEAR(error_of_strengths(power, modes, (1 + off) * end) / (0.5 * power * off * off), 1,
                1e-15 / off);
  EXPECT_EQ(error_of_strengths(power * (1 - 1e-15), modes, end), 0) << "rounding makes no error negative";
}

TEST(ColumnQuantiles, AreInterpolatedDownEachColumn) {
  const double nothing = std::nan("");
  const Matrix values{{5, 1, nothing}, {1, nothing, 2}, {3, 2, nothing}};
  const auto expect = [&](double q, double first, double second) {
    EXPECT_DOUBLE_EQ(column_quantiles(values, q)[0], first) << q;
    EXPECT_DOUBLE_EQ(column_quantiles(values, q)[1], second) << q;
  };
  expect(0, 1, 1);
  expect(0.25, 2, 1.5);
  expect(0.5, 3, 2);
  EXPECT_DOUBLE_EQ(column_quantiles(values, 0.9)[0], 4.6);
  EXPECT_EQ(column_quantiles(values, 1)[0], 5);
  EXPECT_TRUE(std::isnan(column_quantiles(values, 0.51)[1])) << "NaNs sort last";
  EXPECT_TRUE(std::isnan(column_quantiles(values, 0.5)[2]));
  EXPECT_EQ(column_quantiles(values, 0)[2], 2);
  EXPECT_EQ(column_quantiles(values.topRows(1), 0.7)[0], 5);
  for (double bad : {-0.1, 1.1, nothing}) EXPECT_THROW(column_quantiles(values, bad), base::DomainError);
  EXPECT_THROW(column_quantiles(Matrix(0, 2), 0.5), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
