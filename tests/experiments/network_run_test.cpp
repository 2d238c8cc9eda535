// The flow of any network against the same equations in plain loops and fifty digits; its amplification of
// errors against what theory says of a passage by a saddle.
#include "dln/experiments/network_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/base/worst.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/ode/fifty_digits.hpp"
#include "dln/ode/integrate.hpp"

namespace dln::experiments {
namespace {

using Network = network::LinearNetwork<double>;
using testing::HasSubstr;

linalg::Matrix gaussian(Eigen::Index rows, Eigen::Index columns, double deviation,
                        base::RandomStream& stream) {
  return linalg::Matrix::NullaryExpr(rows, columns, [&] { return deviation * stream.normal(); });
}

struct Case {
  Network start;
  data::Correlations correlations;
};

Case random_case(const std::vector<Eigen::Index>& units, double deviation, std::uint64_t seed) {
  auto stream = base::stream(seed, "network run test");
  Network start(units);
  for (double& w : start.buffer()) w = deviation * stream.normal();
  data::Correlations correlations;
  const linalg::Matrix x = gaussian(units.front(), 3 * units.front(), 1, stream);
  correlations.sigma11 = x * x.transpose() / static_cast<double>(x.cols());
  correlations.sigma31 = gaussian(units.back(), units.front(), 2, stream);
  return {start, correlations};
}

FlowRun flow_of(const Case& c, const std::vector<double>& times, const FlowOptions& options) {
  base::SilentProgress silent;
  return follow_flow(c.start, c.correlations, times, options, silent);
}
NetworkRun descent_of(const Case& c, const std::vector<long>& steps, double learning_rate) {
  base::SilentProgress silent;
  return follow_descent(c.start, c.correlations, steps, learning_rate, silent);
}

// tau dW^l/dt = (W^L..W^{l+1})^T (Sigma31 - W^L..W^1 Sigma11) (W^{l-1}..W^1)^T over any Real, by loops over
// rows of rows, in the buffer's order: matrix after matrix, column by column.
template <class Real>
struct PlainChain {
  using Rows = std::vector<std::vector<Real>>;
  std::vector<Eigen::Index> units;
  Rows sigma11, sigma31;

  static Rows rows_of(const linalg::Matrix& m) {
    Rows rows(static_cast<std::size_t>(m.rows()), std::vector<Real>(static_cast<std::size_t>(m.cols())));
    for (Eigen::Index i = 0; i < m.rows(); ++i)
      for (Eigen::Index j = 0; j < m.cols(); ++j)
        rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] = Real(m(i, j));
    return rows;
  }
  static Rows times(const Rows& x, const Rows& y) {
    Rows z(x.size(), std::vector<Real>(y[0].size(), Real(0)));
    for (std::size_t i = 0; i < x.size(); ++i)
      for (std::size_t j = 0; j < y[0].size(); ++j)
        for (std::size_t k = 0; k < y.size(); ++k) z[i][j] += x[i][k] * y[k][j];
    return z;
  }
  static Rows transposed(const Rows& x) {
    Rows z(x[0].size(), std::vector<Real>(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i)
      for (std::size_t j = 0; j < x[0].size(); ++j) z[j][i] = x[i][j];
    return z;
  }

  void operator()(std::span<const Real> state, std::span<Real> rate, const Real& tau) const {
    std::vector<Rows> w;
    std::size_t at = 0;
    for (std::size_t l = 0; l + 1 < units.size(); ++l) {
      Rows m(static_cast<std::size_t>(units[l + 1]), std::vector<Real>(static_cast<std::size_t>(units[l])));
      for (std::size_t j = 0; j < m[0].size(); ++j)
        for (auto& row : m) row[j] = state[at++];
      w.push_back(m);
    }
    Rows whole = w[0];
    for (std::size_t l = 1; l < w.size(); ++l) whole = times(w[l], whole);
    Rows error = times(whole, sigma11);
    for (std::size_t i = 0; i < error.size(); ++i)
      for (std::size_t j = 0; j < error[0].size(); ++j) error[i][j] = sigma31[i][j] - error[i][j];
    at = 0;
    for (std::size_t l = 0; l < w.size(); ++l) {
      Rows g = error;
      for (std::size_t above = w.size() - 1; above > l; --above) g = times(transposed(w[above]), g);
      if (l > 0) {
        Rows below = w[0];
        for (std::size_t k = 1; k < l; ++k) below = times(w[k], below);
        g = times(g, transposed(below));
      }
      for (std::size_t j = 0; j < g[0].size(); ++j)
        for (auto& row : g) rate[at++] = row[j] / tau;
    }
  }
};

template <class Real>
PlainChain<Real> plain(const Case& c) {
  return {c.start.units(), PlainChain<Real>::rows_of(c.correlations.sigma11),
          PlainChain<Real>::rows_of(c.correlations.sigma31)};
}

// max|dW| / max|W| over all moments.
double distance_from_fifty_digits(const Case& c, double tau, const NetworkRun& run) {
  using Real = ode::FiftyDigits;
  const auto chain = plain<Real>(c);
  std::vector<Real> start(c.start.buffer().begin(), c.start.buffer().end());
  std::vector<Real> times{Real(0)};
  for (double t : run.moments) times.emplace_back(t);
  ode::Options<Real> options;
  options.relative_tolerance = Real(1e-18);
  options.absolute_tolerance = Real(1e-24);
  const auto solution = ode::integrate_fully<Real>(
      [&](std::span<const Real> x, std::span<Real> rate, Real) { chain(x, rate, Real(tau)); }, start,
      base::TimeGrid<Real>(times), options);
  base::Worst difference, size;
  for (std::size_t i = 0; i < run.moments.size(); ++i)
    for (std::size_t k = 0; k < start.size(); ++k) {
      const Real exact = solution.trajectory.state(i + 1)[k];
      difference.see(static_cast<double>(abs(Real(run.weights[i][k]) - exact)));
      size.see(std::abs(static_cast<double>(exact)));
    }
  return difference.value() / size.value();
}

TEST(NetworkRun, FlowHoldsItsDigitsForAnyChain) {
  const std::vector<std::pair<std::vector<Eigen::Index>, double>> chains{
      {{3, 2}, 0.3}, {{3, 4, 2}, 0.3}, {{2, 3, 3, 2}, 0.2}, {{2, 2, 2, 2, 2}, 0.7}};
  std::uint64_t seed = 0;
  for (const auto& [units, deviation] : chains) {
    const auto c = random_case(units, deviation, ++seed);
    const auto flow = flow_of(c, {0.25, 1, 4, 15}, {1.5, 1e-12, true});
    ASSERT_TRUE(flow.accuracy);
    // A hundred steps, each within 1e-14, amplified as measured: far inside what is promised.
    EXPECT_LT(distance_from_fifty_digits(c, 1.5, flow.run), 1e-12 * flow.accuracy->amplification)
        << "seed " << seed;
    EXPECT_LT(flow.accuracy->agreement, 1e-12 * flow.accuracy->amplification) << "seed " << seed;
  }
}

TEST(NetworkRun, FlowPromisesTenDigitsPastASaddle) {
  const auto c = random_case({3, 3, 3}, 1e-4, 7);
  const auto flow = flow_of(c, {2, 5, 10, 20, 40}, {1, 1e-12, true});
  EXPECT_GT(flow.accuracy->amplification, 10) << "small weights start beside the saddle at the origin";
  EXPECT_LT(distance_from_fifty_digits(c, 1, flow.run), 1e-10);
}

// So long a time that the tolerance sets the steps, not their longest length of a hundredth.
TEST(NetworkRun, ErrorFallsWithTheTolerance) {
  const auto c = random_case({3, 4, 2}, 0.3, 2);
  const auto error = [&](double rtol) {
    return distance_from_fifty_digits(c, 1, flow_of(c, {1, 400}, {1, rtol, false}).run);
  };
  const double loose = error(1e-4), tight = error(1e-9);
  EXPECT_LT(loose, 1e-4);
  EXPECT_GT(loose, 1e2 * tight);
  EXPECT_LT(tight, 1e-9);
}

// Modes s = 4 and 1 on the diagonal, both from a = b = w. When the first is done (max|W| = 2), the second is
// at about w e^t, t = ln(4/w^2) / 8 the time the first took, and what is added to it then grows until it
// turns over: by at most |da/dln a0| = 2 / sqrt(27) over its size, times how much of a random deviation lies
// along it.
TEST(NetworkRun, AmplificationIsThatOfTheSaddlePassed) {
  Case c{Network({2, 2, 2}), {}};
  c.correlations.sigma11 = linalg::Matrix::Identity(2, 2);
  c.correlations.sigma31 = Eigen::Vector2d(4, 1).asDiagonal();
  const double w = 1e-4;
  for (int l = 1; l <= 2; ++l) c.start.weight(l) = w * linalg::Matrix::Identity(2, 2);
  const auto flow = flow_of(c, {1, 2, 3, 5, 7, 8, 9, 10, 12}, {1, 1e-12, true});
  const double at_saddle = w * std::exp(std::log(4 / (w * w)) / 8);
  const double largest = 2 / std::sqrt(27.0) / at_saddle;
  EXPECT_LT(flow.accuracy->amplification, 1.5 * largest);
  EXPECT_GT(flow.accuracy->amplification, 0.2 * largest);
  // From the middle of the basin nothing grows much.
  for (int l = 1; l <= 2; ++l) c.start.weight(l) = 0.9 * linalg::Matrix::Identity(2, 2);
  EXPECT_LT(flow_of(c, {1, 5}, {}).accuracy->amplification, 3);
}

TEST(NetworkRun, StartHoldsAtTimeZero) {
  const auto c = random_case({3, 2, 2}, 0.3, 3);
  const std::vector<double> start(c.start.buffer().begin(), c.start.buffer().end());
  const auto from_zero = flow_of(c, {0, 1}, {});
  EXPECT_EQ(from_zero.run.weights[0], start);
  EXPECT_EQ(flow_of(c, {1}, {}).run.weights[0], from_zero.run.weights[1]);
  EXPECT_EQ(flow_of(c, {0}, {}).run.weights[0], start);
}

TEST(NetworkRun, OriginStaysWhereItIs) {
  auto c = random_case({3, 2, 2}, 0.3, 3);
  std::ranges::fill(c.start.buffer(), 0.0);
  const auto flow = flow_of(c, {1, 10}, {});
  for (double w : flow.run.weights[1]) EXPECT_EQ(w, 0);
  EXPECT_EQ(flow.accuracy->agreement, 0);
}

TEST(NetworkRun, DescentIsEq1Repeated) {
  const auto c = random_case({3, 4, 2}, 0.3, 5);
  const double rate = 0.01;
  const auto run = descent_of(c, {0, 1, 20, 200}, rate);
  ASSERT_EQ(run.moments, (std::vector<double>{0, 1, 20, 200}));
  const auto chain = plain<double>(c);
  std::vector<double> state(c.start.buffer().begin(), c.start.buffer().end()), step(state.size());
  std::size_t next = 0;
  for (int i = 0; i <= 200; ++i) {
    if (run.moments[next] == i) {
      base::Worst difference;
      for (std::size_t k = 0; k < state.size(); ++k)
        difference.see(std::abs(state[k] - run.weights[next][k]));
      EXPECT_LT(difference.value(), 1e-13) << i;  // two hundred updates of size 1, each rounded
      ++next;
    }
    chain(state, step, 1 / rate);
    for (std::size_t k = 0; k < state.size(); ++k) state[k] += step[k];
  }
  EXPECT_EQ(next, 4U);
}

TEST(NetworkRun, NamesTheIterationAtWhichDescentDiverged) {
  const auto c = random_case({3, 4, 2}, 0.3, 5);
  try {
    descent_of(c, {1000}, 3.0);
    FAIL() << "expected divergence";
  } catch (const base::NumericalError& error) {
    EXPECT_THAT(error.what(), HasSubstr("lambda = 3"));
    EXPECT_THAT(error.what(), HasSubstr("iteration"));
  }
}

TEST(NetworkRun, StrengthsAreTheDiagonalInTheModesBasis) {
  const auto c = random_case({3, 4, 2}, 0.3, 6);
  const auto run = descent_of(c, {0, 50}, 0.01);
  const auto modes = data::singular_modes(c.correlations.sigma31);
  const auto table = strengths_along(run, c.start, modes);
  ASSERT_EQ(table.rows(), 2);
  ASSERT_EQ(table.cols(), modes.size() + 1);
  const Network now = [&] {
    Network n = c.start;
    std::ranges::copy(run.weights[1], n.buffer().begin());
    return n;
  }();
  const linalg::Matrix map = now.weight(2) * now.weight(1);
  for (Eigen::Index k = 0; k < modes.size(); ++k)
    EXPECT_NEAR(table(1, k), modes.output.col(k).dot(map * modes.input.col(k)), 1e-14);
}

TEST(NetworkRun, RefusesMomentsAndOptionsOutOfTheirDomains) {
  const auto c = random_case({3, 2, 2}, 0.3, 3);
  EXPECT_THROW(flow_of(c, {}, {}), base::DomainError);
  EXPECT_THROW(flow_of(c, {-1, 1}, {}), base::DomainError);
  EXPECT_THROW(flow_of(c, {1, 1}, {}), base::DomainError);
  EXPECT_THROW(flow_of(c, {1, std::nan("")}, {}), base::DomainError);
  EXPECT_THROW(flow_of(c, {1}, {.time_constant = 0}), base::DomainError);
  EXPECT_THROW(flow_of(c, {1}, {.relative_tolerance = 1e-20}), base::DomainError);
  EXPECT_THROW(descent_of(c, {}, 0.1), base::DomainError);
  EXPECT_THROW(descent_of(c, {2, 1}, 0.1), base::DomainError);
  EXPECT_THROW(descent_of(c, {1}, -0.1), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
