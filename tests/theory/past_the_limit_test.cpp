// What descent does past the limit, held against the map itself, written once more. (Descent that runs for
// long is claim C53.)
#include "dln/theory/past_the_limit.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace {

using namespace dln;
using base::Depth;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kS = 1.7;

// Eq 14's equal layers, one step.
double after(int L, double kappa, double a, double s = kS) {
  const double rate = kappa / (L * std::pow(s, 2 - 2.0 / L));
  return a + rate * std::pow(a, L - 1) * (s - std::pow(a, L));
}
double slope(double kappa, double a) {
  return 1 + kappa / (2 * kS) * (kS - 3 * a * a);
}

TEST(PastTheLimit, CycleGoesToAndFro) {
  for (double kappa : {2.0, 2.1, 2.4, 3.0, 4.0, 6.0}) {
    const auto cycle = theory::balanced_cycle(kS, kappa);
    const double low = std::sqrt(cycle.low), high = std::sqrt(cycle.high);
    EXPECT_LE(low, high);
    EXPECT_NEAR(after(2, kappa, low), high, 20 * kEpsilon);
    EXPECT_NEAR(after(2, kappa, high), low, 20 * kEpsilon);
  }
  EXPECT_EQ(theory::balanced_cycle(kS, 2.0).low, kS);
}

TEST(PastTheLimit, CycleAttractsUpToItsBound) {
  for (double kappa : {2.2, theory::kCycleKappa, 2.8}) {
    const auto cycle = theory::balanced_cycle(kS, kappa);
    const double both = slope(kappa, std::sqrt(cycle.low)) * slope(kappa, std::sqrt(cycle.high));
    EXPECT_NEAR(both, 9 - 2 * (1 + kappa / 2) * (1 + kappa / 2), 100 * kEpsilon);
    EXPECT_EQ(both<-1 - 1e-12, kappa> theory::kCycleKappa) << kappa;
  }
  const auto at_bound = theory::balanced_cycle(kS, theory::kCycleKappa);
  EXPECT_NEAR(slope(theory::kCycleKappa, std::sqrt(at_bound.low)) *
                  slope(theory::kCycleKappa, std::sqrt(at_bound.high)),
              -1, 100 * kEpsilon);
}

// The steepest place a^2 = s (1 + 2/kappa)/3 of the map is where u gets farthest.
TEST(PastTheLimit, ExtremesReachTheRepellingCycleAtFour) {
  const auto farthest = [](double kappa) { return after(2, kappa, std::sqrt(kS * (1 + 2 / kappa) / 3)); };
  const auto repelling = [](double kappa) { return std::sqrt(kS + 2 * (2 * kS) / kappa); };
  EXPECT_NEAR(after(2, 3.3, repelling(3.3)), -repelling(3.3), 10 * kEpsilon);
  EXPECT_NEAR(farthest(theory::kBoundedKappa), repelling(theory::kBoundedKappa), 10 * kEpsilon);
  EXPECT_LT(farthest(3.99), repelling(3.99));
  EXPECT_GT(farthest(4.01), repelling(4.01));
}

TEST(PastTheLimit, AmplitudeIsTheLeadingOrderOfTheCycle) {
  for (double over : {1e-2, 1e-4}) {
    const auto cycle = theory::balanced_cycle(kS, 2 + over);
    const double amplitude = (cycle.high - cycle.low) / (2 * kS);
    EXPECT_NEAR(theory::cycle_amplitude(Depth::from_weight_matrices(2), 2 + over) / amplitude, 1, over);
  }
  // Deeper: the cycle is where descent from there comes back to.
  for (int L : {3, 5, 9}) {
    const double over = 1e-3, end = std::pow(kS, 1.0 / L);
    const double z = 1 + theory::cycle_amplitude(Depth::from_weight_matrices(L), 2 + over);
    double a = end * std::pow(z, 1.0 / L), low = 0;
    for (int k = 0; k < 20'000; ++k) {
      low = a = after(L, 2 + over, a);
      a = after(L, 2 + over, a);
    }
    const double amplitude = std::abs(std::pow(a, L) - std::pow(low, L)) / (2 * kS);
    EXPECT_NEAR((z - 1) / amplitude, 1, 10 * over) << L;
  }
}

// One step multiplies H and c by what the header says.
TEST(PastTheLimit, EllipseAndImbalanceAreMultipliedByEveryStep) {
  for (double rate : {0.2, 0.55, 1.1})
    for (double a : {-2.0, 0.4, 1.5})
      for (double b : {-0.9, 0.3, 2.2}) {
        const double e = kS - a * b, x = rate * e, next_a = a + x * b, next_b = b + x * a;
        const double size = 1 + 4 / rate + (a * a + b * b) * (1 + x * x);
        EXPECT_NEAR(theory::escape_margin(kS, rate, next_a, next_b),
                    theory::escape_margin(kS, rate, a, b) * (1 - rate * kS * x + x * x),
                    100 * kEpsilon * size * (1 + x * x));
        EXPECT_NEAR(next_a * next_a - next_b * next_b, (a * a - b * b) * (1 - x * x),
                    100 * kEpsilon * size * (1 + x * x));
      }
}

TEST(PastTheLimit, MinimaLieInsideTheEllipseUpToFourOverTheRate) {
  for (double rate : {0.2, 0.5}) {
    const double c = theory::settling_imbalance(kS, rate);
    EXPECT_NEAR(std::hypot(c, 2 * kS), 2 / rate, 100 * kEpsilon);
    for (double share : {0.9, 1.1}) {
      const double pull = share * 4 / rate, a2 = (pull + std::sqrt(pull * pull - 4 * kS * kS)) / 2;
      EXPECT_EQ(theory::escape_margin(kS, rate, std::sqrt(a2), kS / std::sqrt(a2)) > 0, share > 1);
    }
  }
  EXPECT_EQ(theory::settling_imbalance(2.0, 0.5), 0);
}

TEST(PastTheLimit, RefusesWhatIsOutOfItsDomain) {
  using base::DomainError;
  EXPECT_THROW(theory::balanced_cycle(1.0, 1.9), DomainError);
  EXPECT_THROW(theory::balanced_cycle(0.0, 2.1), DomainError);
  EXPECT_THROW(theory::balanced_cycle(1.0, double(NAN)), DomainError);
  EXPECT_THROW(theory::cycle_amplitude(Depth::from_weight_matrices(1), 2.1), DomainError);
  EXPECT_THROW(theory::cycle_amplitude(Depth::from_weight_matrices(2), 1.9), DomainError);
  EXPECT_THROW(theory::escape_margin(1.0, 2.0, 1.0, 1.0), DomainError);
  EXPECT_THROW(theory::escape_margin(1.0, 0.0, 1.0, 1.0), DomainError);
  EXPECT_THROW(theory::settling_imbalance(1.0, 1.1), DomainError);
  EXPECT_THROW(theory::settling_imbalance(2.0, 0.6), DomainError);
  EXPECT_THROW(theory::settling_imbalance(-1.0, 0.5), DomainError);
}

}  // namespace
