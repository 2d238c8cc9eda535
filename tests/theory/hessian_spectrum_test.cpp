// The whole Hessian of two matrices along their decoupled path, where it meets the other laws.
#include <gtest/gtest.h>

#include <limits>

#include "dln/base/error.hpp"
#include "dln/theory/learning_rate.hpp"

namespace {

using namespace dln;
using theory::decoupled_hessian_spectrum;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
const auto kTwo = base::Depth::from_weight_matrices(2);

// Every eigenvalue as often as it occurs, in order of size.
std::vector<double> listed(const theory::ThreeLayerUnits& units, const std::vector<double>& s,
                           const std::vector<double>& u) {
  std::vector<double> all;
  for (const auto& [value, count] : decoupled_hessian_spectrum<double>(units, s, u))
    all.insert(all.end(), static_cast<std::size_t>(count), value);
  std::ranges::sort(all);
  return all;
}

void expect_near(const std::vector<double>& a, const std::vector<double>& b, double bound) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], bound) << i;
}

TEST(DecoupledHessianSpectrum, HasOneEigenvalueForEachWeight) {
  for (const auto& units : {theory::ThreeLayerUnits{2, 2, 2}, {5, 2, 3}, {2, 7, 4}, {6, 3, 6}})
    EXPECT_EQ(listed(units, {2, 1}, {0.3, 0.1}).size(), units.hidden * (units.inputs + units.outputs));
}

TEST(DecoupledHessianSpectrum, OfASingleUnitIsThatOfTheMode) {
  for (double u : {0.0, 0.2, 1.4, 2.0}) {
    const auto h = theory::diagonal_hessian(kTwo, 1.4, std::sqrt(u));
    std::vector<double> expected{h.symmetric, h.antisymmetric};
    std::ranges::sort(expected);
    expect_near(listed({1, 1, 1}, {1.4}, {u}), expected, 10 * kEpsilon);
  }
}

// Each weight enters the squared error as a parabola: the trace is that of the quadratic part alone, N_3
// |W1|^2 + N_1 |W2|^2.
TEST(DecoupledHessianSpectrum, SumsToTheTraceOfTheParabolas) {
  double sum = 0;
  for (double value : listed({5, 4, 3}, {2, 1.3, 0.2}, {0.7, 0.1, 0.4})) sum += value;
  EXPECT_NEAR(sum, (3 + 5) * (0.7 + 0.1 + 0.4), 100 * kEpsilon);
}

TEST(DecoupledHessianSpectrum, AtTheMinimumIsThatOfThePairs) {
  const std::vector<double> s{2, 1.3};
  const auto at = [&](std::size_t k) { return k < s.size() ? s[k] : 0.0; };
  std::vector<double> expected(5 * (4 + 3) - 4 * 3, 0.0);
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = 0; b < 4; ++b)
      expected.push_back(theory::pair_hessian_eigenvalue(kTwo, at(a), at(b)));
  std::ranges::sort(expected);
  expect_near(listed({4, 5, 3}, s, s), expected, 10 * kEpsilon);
}

TEST(DecoupledHessianSpectrum, RefusesModesThatDoNotFit) {
  const std::vector<double> one{1}, two{2, 1}, negative{1, -1}, nan{1, NAN}, none;
  EXPECT_THROW(decoupled_hessian_spectrum<double>({3, 1, 3}, two, two), base::DomainError);
  EXPECT_THROW(decoupled_hessian_spectrum<double>({3, 3, 3}, two, one), base::DomainError);
  EXPECT_THROW(decoupled_hessian_spectrum<double>({3, 3, 3}, two, negative), base::DomainError);
  EXPECT_THROW(decoupled_hessian_spectrum<double>({3, 3, 3}, nan, two), base::DomainError);
  EXPECT_THROW(decoupled_hessian_spectrum<double>({3, 3, 3}, none, none), base::DomainError);
}

}  // namespace
