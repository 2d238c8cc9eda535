// Steps in place: what ChainGradient and descent in place make of wide networks, against plain products, and
// of small ones, against descent with a direction of its own.
#include <gtest/gtest.h>

#include <limits>

#include "dln/base/error.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/initial_weights.hpp"

namespace {

using namespace dln;
using linalg::Matrix;
using linalg::relative_difference;
using Network = network::LinearNetwork<double>;
using Single = network::LinearNetwork<float>;
using Units = std::vector<Eigen::Index>;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// 40 inputs: white, with variances of their own, or correlated; `outputs` targets.
data::Correlations correlations_of(const std::string& inputs, Eigen::Index outputs) {
  auto stream = base::stream(1, "wide descent test", outputs);
  const Matrix x = Matrix::NullaryExpr(40, 80, [&] { return stream.normal(); });
  const Matrix y = Matrix::NullaryExpr(outputs, 80, [&] { return stream.normal(); });
  auto correlations = data::correlate(data::Dataset{x, y});
  if (inputs == "white") correlations.sigma11.setIdentity();
  if (inputs == "diagonal") correlations.sigma11 = Matrix(correlations.sigma11.diagonal().asDiagonal());
  return correlations;
}

Network random_network(const Units& units) {
  auto stream = base::stream(1, "wide descent test network", units.size());
  return network::small_random_weights(units, 0.1, stream);
}
Single in_single(const Network& network) {
  Single single(network.units());
  std::ranges::transform(network.buffer(), single.buffer().begin(),
                         [](double w) { return static_cast<float>(w); });
  return single;
}

// Eq 13, factor by factor, W^l + rate G^l.
Network stepped(const Network& at, const data::Correlations& correlations, double rate) {
  const int matrices = at.depth().weight_matrices();
  const Matrix missing = correlations.sigma31 - network::end_to_end(at) * correlations.sigma11;
  Network result = at;
  for (int l = 1; l <= matrices; ++l)
    result.weight(l) += rate * network::product(at, l + 1, matrices).transpose() * missing *
                        network::product(at, 1, l - 1).transpose();
  return result;
}

template <class Real>
double difference(const network::LinearNetwork<Real>& a, const Network& b, const Network& from) {
  double largest = 0;  // of the changes from `from`, relative to each matrix's
  for (int l = 1; l <= b.depth().weight_matrices(); ++l)
    largest = std::max(largest, relative_difference(a.weight(l).template cast<double>() - from.weight(l),
                                                    b.weight(l) - from.weight(l)));
  return largest;
}

const std::vector<Units> kWide{
    {40, 500, 450, 3}, {40, 450, 500, 480, 10}, {40, 600, 24}, {40, 600, 30}, {40, 7}};

TEST(WideDescent, OneStepIsEq13FromTheOldWeights) {
  for (const auto& inputs : {"white", "diagonal", "correlated"})
    for (const Units& units : kWide) {
      const auto correlations = correlations_of(inputs, units.back());
      const Network start = random_network(units);
      Network moved = start;
      network::ChainGradient gradient(correlations, moved);
      gradient.look(moved);
      // Through the correlations it is a difference of powers; sums of a thousand terms round by some 30 eps.
      EXPECT_NEAR(gradient.squared_error(), network::squared_error(start, correlations),
                  1e3 * kEpsilon * correlations.target_power);
      const Matrix missing = correlations.sigma31 - network::end_to_end(start) * correlations.sigma11;
      EXPECT_NEAR(gradient.error_correlation_norm() / missing.norm(), 1, 1e3 * kEpsilon);
      gradient.step(moved, 1.0);
      // Products of up to four matrices, sums of up to 600 terms each: sqrt(600) roundings a product.
      EXPECT_LE(difference(moved, stepped(start, correlations, 1.0), start), 1e3 * kEpsilon)
          << inputs << ' ' << units.size();
    }
}

TEST(WideDescent, TheDirectionIsTheStepOfRateOne) {
  for (const Units& units : kWide) {
    const auto correlations = correlations_of("diagonal", units.back());
    const Network start = random_network(units);
    Network direction = start;
    network::ChainGradient gradient(correlations, start);
    gradient(start, direction);
    Network moved = start;
    for (std::size_t i = 0; i < moved.buffer().size(); ++i) moved.buffer()[i] += direction.buffer()[i];
    EXPECT_LE(difference(moved, stepped(start, correlations, 1.0), start), 1e3 * kEpsilon) << units.size();
  }
}

TEST(WideDescent, InSinglePrecisionIsTheSameToSevenDigits) {
  constexpr double kSingle = std::numeric_limits<float>::epsilon();
  for (const Units& units : kWide) {
    const auto correlations = correlations_of("diagonal", units.back());
    const Single start = in_single(random_network(units));
    Network same(units);
    std::ranges::copy(start.buffer(), same.buffer().begin());
    Single moved = start;
    network::ChainGradient gradient(correlations, moved);
    gradient.look(moved);
    gradient.step(moved, 1.0F);
    EXPECT_LE(difference(moved, stepped(same, correlations, 1.0), same), 1e3 * kSingle) << units.size();
    EXPECT_NEAR(gradient.squared_error() / network::squared_error(same, correlations), 1, 1e2 * kSingle);
  }
}

network::DescentOptions options(double rate, long iterations) {
  return {.learning_rate = rate, .max_iterations = iterations};
}

TEST(DescendInPlace, IsDescent) {
  for (const Units& units : {Units{40, 8, 9, 4}, Units{40, 200, 150, 4}}) {
    const auto correlations = correlations_of("correlated", 4);
    const Network start = random_network(units);
    const auto expected = network::descend(start, correlations, options(1e-4, 50));
    Network network = start;
    network::ChainGradient gradient(correlations, network);
    std::vector<long> seen;
    const auto result =
        network::descend_in_place(gradient, network, options(1e-4, 50), [&](long i, double error) {
          seen.push_back(i);
          return std::isfinite(error);
        });
    EXPECT_EQ(result.reason, network::DescentStop::max_iterations);
    EXPECT_EQ(result.iterations, 50);
    EXPECT_EQ(seen.size(), 51U);
    // Fifty steps, each rounded as above.
    EXPECT_LE(difference(network, expected.network, start), 50 * 1e3 * kEpsilon) << units.size();
  }
}

TEST(DescendInPlace, MeansGiveTheTrajectoryOfSums) {
  const auto sums = correlations_of("correlated", 4);
  auto means = sums;
  const double examples = static_cast<double>(sums.examples);
  means.sigma11 /= examples;
  means.sigma31 /= examples;
  means.target_power /= examples;
  means.normalisation = data::Normalisation::mean;
  const Network start = random_network({40, 8, 4});
  Network of_sums = start, of_means = start;
  network::ChainGradient first(sums, start), second(means, start);
  network::descend_in_place(first, of_sums, options(1e-4, 30));
  network::descend_in_place(second, of_means, options(1e-4, 30));
  EXPECT_LE(difference(of_means, of_sums, start), 30 * 1e3 * kEpsilon);
}

TEST(DescendInPlace, StopsWhereItsObserverSaysOrWhereItDiverges) {
  const auto correlations = correlations_of("white", 4);
  const Network start = random_network({40, 8, 4});
  network::ChainGradient gradient(correlations, start);
  Network network = start;
  auto result =
      network::descend_in_place(gradient, network, options(1e-3, 100), [](long i, double) { return i < 7; });
  EXPECT_EQ(result.reason, network::DescentStop::observer);
  EXPECT_EQ(result.iterations, 7);
  network = start;
  result = network::descend_in_place(gradient, network, options(10, 100));
  EXPECT_EQ(result.reason, network::DescentStop::diverged);
  EXPECT_EQ(result.iterations, network::descend(start, correlations, options(10, 100)).iterations);
  network.buffer()[3] = std::numeric_limits<double>::quiet_NaN();
  result = network::descend_in_place(gradient, network, options(1e-3, 100),
                                     [](long, double) -> bool { throw std::logic_error("shown a NaN"); });
  EXPECT_EQ(result.reason, network::DescentStop::diverged);
  EXPECT_EQ(result.iterations, 0);
}

TEST(DescendInPlace, RefusesOptionsOutsideTheirDomains) {
  const auto correlations = correlations_of("white", 4);
  Network network = random_network({40, 8, 4});
  network::ChainGradient gradient(correlations, network);
  auto every_second = options(1e-3, 10);
  every_second.observe_every = 2;
  for (const auto& bad : {options(0, 10), options(std::nan(""), 10), options(1e-3, -1), every_second})
    EXPECT_THROW(network::descend_in_place(gradient, network, bad), base::DomainError);
}

}  // namespace
