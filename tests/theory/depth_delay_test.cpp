// Learning rates and delays of deep modes: against finite differences of Eq 14, gradient descent at the edge
// of stability, and steps counted by quadrature.
#include "dln/theory/depth_delay.hpp"

#include <gtest/gtest.h>

#include <boost/math/quadrature/tanh_sinh.hpp>
#include <vector>

#include "dln/base/worst.hpp"
#include "dln/theory/learning_rate.hpp"

namespace dln::theory {
namespace {

using base::Depth;
using base::DepthExponent;

DepthExponent layers(int n) {
  return DepthExponent(Depth::from_layers(n));
}

// Second derivatives of (s - prod a)^2 / 2 by central differences in long double.
long double energy(const std::vector<long double>& a, long double s) {
  long double u = 1;
  for (long double x : a) u *= x;
  return (s - u) * (s - u) / 2;
}
long double second_derivative(std::vector<long double> a, long double s, std::size_t i, std::size_t j) {
  const long double h = 1e-4L;
  long double sum = 0;
  for (int p : {-1, 1})
    for (int q : {-1, 1}) {
      auto moved = a;
      moved[i] += p * h;
      moved[j] += q * h;
      sum += p * q * energy(moved, s);
    }
  return sum / (4 * h * h);
}

// With equal layers the Hessian has one number on the diagonal and one off it: d + (L-1) e once, d - e
// otherwise.
TEST(LearningRate, DiagonalHessianIsThatOfEq14) {
  for (int L : {1, 2, 3, 5, 9})
    for (double a : {0.2, 0.8, 1.2})
      for (double s : {0.5, 2.0}) {
        const std::vector<long double> at(static_cast<std::size_t>(L), a);
        const auto h = diagonal_hessian(Depth::from_weight_matrices(L), s, a);
        const long double d = second_derivative(at, s, 0, 0), e = L > 1 ? second_derivative(at, s, 0, 1) : 0;
        // Differences: their error is h^2 times fourth derivatives, some hundreds here.
        EXPECT_NEAR(h.symmetric, static_cast<double>(d + (L - 1) * e), 1e-4) << L << ' ' << a;
        if (L > 1) {
          EXPECT_NEAR(h.antisymmetric, static_cast<double>(d - e), 1e-4) << L << ' ' << a;
        }
      }
}

TEST(LearningRate, LargestEigenvalueIsThatOfTheMinimum) {
  for (int L : {1, 2, 3, 7, 40})
    for (double s : {0.3, 1.0, 20.0}) {
      const Depth depth = Depth::from_weight_matrices(L);
      const double end = std::pow(s, 1.0 / L), most = largest_hessian_eigenvalue(DepthExponent(depth), s);
      base::Worst seen;
      for (int i = 0; i <= 1000; ++i) {
        const auto h = diagonal_hessian(depth, s, end * i / 1000);
        seen.see(std::max(std::abs(h.symmetric), std::abs(h.antisymmetric)));
      }
      EXPECT_NEAR(seen.value() / most, 1, 1e-12) << L << ' ' << s;
      EXPECT_DOUBLE_EQ(optimal_learning_rate(DepthExponent(depth), s), 1 / most);
      EXPECT_DOUBLE_EQ(stability_limit(DepthExponent(depth), s), 2 / most);
    }
  EXPECT_DOUBLE_EQ(optimal_learning_rate(layers(3), 4.0),
                   1 / 8.0);  // 1/(2s), where the paper's form has 1/(3 s^2)
  EXPECT_THROW(largest_hessian_eigenvalue(DepthExponent::infinite(), 1.0), base::DomainError);
  EXPECT_THROW(largest_hessian_eigenvalue(layers(3), 0.0), base::DomainError);
}

// Descent beside the minimum: 0.98 of the limit comes back to it, 1.02 does not.
TEST(LearningRate, StabilityLimitIsSharp) {
  for (int L : {2, 3, 9}) {
    const double s = 1.7, limit = stability_limit(DepthExponent(Depth::from_weight_matrices(L)), s);
    const auto distance_after = [&](double kappa) {
      double a = std::pow(s, 1.0 / L) * (1 + 1e-7);
      for (int i = 0; i < 300; ++i) a += kappa * limit * std::pow(a, L - 1) * (s - std::pow(a, L));
      return std::abs(std::pow(a, L) / s - 1);
    };
    EXPECT_LT(distance_after(0.98), 1e-7) << L;
    EXPECT_GT(distance_after(1.02), 1e-5) << L;
  }
}

TEST(LearningRate, EqualLayersAreTheFlattestMinimum) {
  const std::vector<double> equal{2, 2, 2}, unequal{1, 2, 4};
  EXPECT_DOUBLE_EQ(largest_hessian_eigenvalue_at<double>(equal), largest_hessian_eigenvalue(layers(4), 8.0));
  EXPECT_DOUBLE_EQ(largest_hessian_eigenvalue_at<double>(unequal), 64 + 16 + 4);
  const std::vector<double> bad{1, 0};
  EXPECT_THROW(largest_hessian_eigenvalue_at<double>(bad), base::DomainError);
}

// Every minimum of the same product is steeper: for a geometric spread of any width about equal layers.
TEST(LearningRate, UnequalMinimaAreSteeperTheMoreUnequalTheyAre) {
  const double s = 1.7, a = std::cbrt(s);
  double flatter = largest_hessian_eigenvalue(layers(4), s);
  for (double spread : {0.01, 0.1, 0.5, 2.0})
    for (int odd : {0, 1, 2}) {
      std::vector<double> minimum(3, a * std::exp(spread));
      minimum[static_cast<std::size_t>(odd)] = a * std::exp(-2 * spread);
      const double steep = largest_hessian_eigenvalue_at<double>(minimum);
      EXPECT_GT(steep, flatter) << spread;
      if (odd == 2) flatter = steep;
    }
}

// The Hessian of (s - a_1 ... a_L)^2 / 2 by differences along its gradient's direction g_i = s/a_i.
TEST(LearningRate, TheMinimumReachedIsAsSteepAsItsHessian) {
  const std::vector<std::vector<double>> starts{{2, -0.5}, {0.24, 0.06, 0.96, 0.12, 0.48}, {-0.2, 0.5, 0.9}};
  for (const auto& start : starts) {
    const UnbalancedDeepMode<double> mode({start, 3, 1});
    const auto minimum = layers_reached(mode);
    double u = 1, norm = 0;
    for (double x : minimum) u *= x;
    EXPECT_NEAR(u, 3, 1e-14);
    for (std::size_t i = 1; i < start.size(); ++i)
      EXPECT_NEAR(minimum[i] * minimum[i] - minimum[0] * minimum[0],
                  start[i] * start[i] - start[0] * start[0], 1e-14);
    for (double x : minimum) norm += 9 / (x * x);
    const auto error = [&](double h) {
      double product = 1;
      for (double x : minimum) product *= x + h * (3 / x) / std::sqrt(norm);
      return (3 - product) * (3 - product) / 2;
    };
    const double h = 1e-4, curvature = (error(h) - 2 * error(0) + error(-h)) / (h * h);
    const double largest = largest_hessian_eigenvalue_reached(mode);
    EXPECT_NEAR(curvature / largest, 1, 1e-5);  // h^2 times a few derivatives, over h^2
    EXPECT_NEAR(largest / largest_hessian_eigenvalue_at<double>(minimum), 1, 1e-14);
  }
  const UnbalancedDeepMode<double> pair({{2, -0.5}, 3, 1});
  EXPECT_NEAR(largest_hessian_eigenvalue_reached(pair), std::hypot(3.75, 6), 1e-14);
  const UnbalancedDeepMode<double> held({{-0.5, 0.5, 0.7}, 3, 1});
  EXPECT_THROW(largest_hessian_eigenvalue_reached(held), base::UnreachableError);
}

TEST(LearningRate, PairsOfModesAreAGeometricSum) {
  const Depth depth = Depth::from_weight_matrices(4);
  EXPECT_NEAR(pair_hessian_eigenvalue(depth, 3.0, 3.0), largest_hessian_eigenvalue(DepthExponent(depth), 3.0),
              1e-13);
  const double a = 3, b = 0.5, ratio = (a * a - b * b) / (std::sqrt(a) - std::sqrt(b));  // s^{2/L} = sqrt(s)
  EXPECT_NEAR(pair_hessian_eigenvalue(depth, a, b) / ratio, 1, 1e-14);
  EXPECT_NEAR(pair_hessian_eigenvalue(depth, a, b, 7.0) / ratio, 7, 1e-13);
  EXPECT_NEAR(pair_hessian_eigenvalue(depth, 0.0, b), std::pow(b, 1.5),
              1e-15);  // 0^0 = 1: the last layer alone
  EXPECT_EQ(pair_hessian_eigenvalue(Depth::from_weight_matrices(1), 0.0, 0.0), 1);
}

TEST(DepthDelay, CountsTheStepsOfEq15AtItsOwnBestRate) {
  boost::math::quadrature::tanh_sinh<double> integrator;
  for (int n : {2, 3, 4, 10, 100}) {
    const double nu = 2.0 / (n - 1), delta = 0.01;
    const double steps = integrator.integrate([&](double x) { return std::pow(x, nu - 2) / (1 - x); }, delta,
                                              1 - delta, 1e-13);
    EXPECT_NEAR(steps_at_optimal_rate(layers(n), 1.0, delta) / steps, 1, 1e-11) << n;
    EXPECT_NEAR(steps_at_optimal_rate(layers(n), 30.0, 30 * delta) / steps, 1, 1e-11)
        << n << ": no other s than in eps/s";
  }
}

TEST(DepthDelay, IsFiniteAndReachesItsLimitFromBelow) {
  const double s = 2, eps = 1e-3;
  const double limit = delay_of_infinite_depth(s, eps);
  EXPECT_NEAR(limit, s * (s - 2 * eps) / (eps * (s - eps)), 1e-9);
  EXPECT_NEAR(
      steps_at_optimal_rate(DepthExponent::infinite(), s, eps) - steps_at_optimal_rate(layers(3), s, eps),
      limit, 1e-9);
  EXPECT_NEAR(leading_delay_of_infinite_depth(s, eps) / limit, 1, 2 * eps / s);
  double before = delay_over_three_layers(layers(2), s, eps);
  EXPECT_LT(before, 0);
  EXPECT_EQ(delay_over_three_layers(layers(3), s, eps), 0);
  for (int n : {3, 4, 10, 100, 1000, 10000}) {
    const double delay = delay_over_three_layers(layers(n), s, eps);
    EXPECT_GT(delay, before) << n;
    EXPECT_LT(delay, limit) << n;
    before = delay;
  }
  EXPECT_NEAR(before / limit, 1, 4e-3);  // 2 ln(s/eps) / N_l = 1.5e-3, to first order
}

TEST(DepthDelay, SharpensAsAPowerOfTheStart) {
  const DepthExponent shallow(Depth::from_layers(2));
  EXPECT_NEAR(rise_over_half_time(shallow, 1e-12), std::log(9) / std::log(2), 1e-10);
  EXPECT_NEAR(rise_over_half_time(layers(3), 1e-6), std::log(81) / std::log(1e6 - 1), 1e-12);
  for (int n : {4, 10, 100}) {
    const DepthExponent depth = layers(n);
    const double power = 1 - 2.0 / (n - 1), c = sharpness_constant<double>(depth);
    EXPECT_NEAR(rise_over_half_time(depth, 1e-12) / (c * std::pow(1e-12, power)), 1, 1e-3) << n;
  }
  EXPECT_NEAR(sharpness_constant<double>(DepthExponent::infinite()), 4 * std::log(3) + 10 - 10 / 9.0, 1e-13);
  EXPECT_THROW(sharpness_constant<double>(layers(3)), base::DomainError);
  EXPECT_THROW(rise_over_half_time(layers(3), 0.5), base::DomainError);
}

// Powers of the start far below the smallest double must not spoil the sum.
TEST(DepthDelay, ReachesTheSmallestStarts) {
  EXPECT_NEAR(steps_at_optimal_rate(layers(3), 1.0, 1e-300) / (2 * 300 * std::log(10)), 1, 1e-14);
  EXPECT_NEAR(steps_at_optimal_rate(layers(4), 1.0, 1e-300) / (3 * 1e100), 1,
              1e-12);  // n/(n - 2) delta^{-(1 - 2/n)}
  EXPECT_NEAR(steps_at_optimal_rate(DepthExponent::infinite(), 1.0, 1e-300) / 1e300, 1, 1e-12);
}

TEST(DepthDelay, RefusesTargetsThatOverlapTheStart) {
  for (double eps : {0.0, -1.0, 0.5, 0.6, std::nan("")})
    EXPECT_THROW(steps_at_optimal_rate(layers(3), 1.0, eps), base::DomainError) << eps;
  EXPECT_THROW(delay_of_infinite_depth(0.0, 0.1), base::DomainError);
}

TEST(DepthDelay, DependsOnNoUnitOfStrength) {
  for (int n : {2, 3, 4, 10, 100})
    for (double unit : {1e-300, 1e-150, 1e150, 1e300})
      // eps/s is rounded: an error of eps/2 times d ln k / d ln delta, less than 1.
      EXPECT_NEAR(
          steps_at_optimal_rate(layers(n), unit, 0.001 * unit) / steps_at_optimal_rate(layers(n), 1.0, 0.001),
          1, 1e-14)
          << n << ' ' << unit;
  EXPECT_NEAR(steps_at_optimal_rate(DepthExponent::infinite(), 1e300, 1e297), 1012.8125085562963, 1e-10);
  EXPECT_NEAR(steps_at_optimal_rate(layers(3), 1e308, 10.0), 2 * 307 * std::log(10.0), 1e-10);
  EXPECT_THROW(steps_at_optimal_rate(layers(3), 1e308, 1e-10), base::DomainError)
      << "a share that is no normal number has lost its digits";
}

}  // namespace
}  // namespace dln::theory
