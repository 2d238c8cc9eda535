// The whole Hessian of any depth along the decoupled path, where it meets the laws that are known already.
// (Its agreement with the network's own Hessian is claim C52.)
#include "dln/theory/decoupled_hessian.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

namespace {

using namespace dln;
using theory::decoupled_hessian_spectrum;
using theory::DecoupledModes;
using theory::largest_decoupled_hessian_eigenvalue;
using Units = std::vector<long>;

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
// Blocks of at most ten rows, entries of order ten: some hundred roundings.
constexpr double kRounding = 500 * kEpsilon;

std::vector<double> listed(const std::vector<theory::CountedEigenvalue<double>>& counted) {
  std::vector<double> all;
  for (const auto& [value, count] : counted) all.insert(all.end(), static_cast<std::size_t>(count), value);
  std::ranges::sort(all);
  return all;
}
std::vector<double> listed(const Units& units, const DecoupledModes& modes) {
  return listed(decoupled_hessian_spectrum(units, modes));
}

void expect_near(const std::vector<double>& a, const std::vector<double>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], kRounding) << i;
}

TEST(DeepDecoupledHessian, HasOneEigenvalueForEachWeight) {
  for (const auto& units :
       {Units{4, 3}, Units{2, 2, 2}, Units{5, 2, 3}, Units{3, 4, 2, 5}, Units{2, 3, 3, 4, 2}}) {
    long weights = 0;
    for (std::size_t l = 1; l < units.size(); ++l) weights += units[l] * units[l - 1];
    EXPECT_EQ(listed(units, {{2, 1}, {0.3, 0.1}}).size(), weights);
  }
}

TEST(DeepDecoupledHessian, OfTwoMatricesIsTheClosedForm) {
  const std::vector<double> s{2, 1.3, 0.4};
  for (const std::vector<double>& u :
       {std::vector<double>{0, 0, 0}, {0.2, 0.1, 0}, {1.9, 0.6, 0.3}, {2.2, 1.4, 0.5}})
    expect_near(listed({4, 5, 3}, {s, u}),
                listed(theory::decoupled_hessian_spectrum<double>({4, 5, 3}, s, u)));
}

TEST(DeepDecoupledHessian, OfASingleUnitIsThatOfTheMode) {
  for (int L : {2, 3, 5})
    for (double u : {0.0, 0.2, 1.4, 2.0}) {
      const auto h =
          theory::diagonal_hessian(base::Depth::from_weight_matrices(L), 1.4, std::pow(u, 1.0 / L));
      std::vector<double> expected(static_cast<std::size_t>(L), h.antisymmetric);
      expected[0] = h.symmetric;
      std::ranges::sort(expected);
      expect_near(listed(Units(static_cast<std::size_t>(L) + 1, 1), {{1.4}, {u}}), expected);
    }
}

TEST(DeepDecoupledHessian, AtTheMinimumIsThatOfThePairs) {
  const std::vector<double> u{2, 1.3}, d{1, 2.5, 0.7};
  for (const auto& units : {Units{3, 3, 4}, Units{3, 4, 2, 4}, Units{3, 2, 2, 5, 4}}) {
    const auto depth = base::Depth::from_weight_matrices(static_cast<int>(units.size()) - 1);
    const auto strength = [&](std::size_t k) { return k < 2 ? u[k] : 0.0; };
    std::vector<double> expected;
    for (std::size_t a = 0; a < 4; ++a)
      for (std::size_t b = 0; b < 3; ++b)
        expected.push_back(theory::pair_hessian_eigenvalue(depth, strength(a), strength(b), d[b]));
    const auto all = listed(units, {{u[0] * d[0], u[1] * d[1]}, u, d});
    expected.resize(all.size(), 0.0);
    std::ranges::sort(expected);
    expect_near(all, expected);
  }
}

// Where the variances of two modes meet, the block of 2L variables parts in two.
TEST(DeepDecoupledHessian, IsTheSameByEitherBlock) {
  for (int L : {2, 3, 4, 7}) {
    const theory::detail::ModePair pair{L, 1.1, 0.6, 0.3, 0.8, 1.7, 1.7};
    std::vector<double> whole, parts;
    for (double x : linalg::symmetric_eigen(theory::detail::whole_block(pair)).values) whole.push_back(x);
    for (int sign : {1, -1})
      for (double x : linalg::symmetric_eigen(theory::detail::hankel_block(pair, sign)).values)
        parts.push_back(x);
    std::ranges::sort(whole);
    std::ranges::sort(parts);
    expect_near(whole, parts);
  }
}

TEST(DeepDecoupledHessian, IsLargestAtTheMinimum) {
  const std::vector<double> s{2, 1.3};
  for (int L : {1, 2, 3, 5}) {
    const Units units(static_cast<std::size_t>(L) + 1, 3);
    const double most =
        theory::largest_hessian_eigenvalue(base::DepthExponent(base::Depth::from_weight_matrices(L)), s[0]);
    EXPECT_NEAR(largest_decoupled_hessian_eigenvalue(units, {s, s}), most, kRounding);
    for (double first : {0.0, 0.1, 0.5, 0.9, 1.0})
      for (double second : {0.0, 0.1, 0.5, 0.9, 1.0})
        EXPECT_LE(largest_decoupled_hessian_eigenvalue(units, {s, {first * s[0], second * s[1]}}),
                  most + kRounding);
  }
}

TEST(DeepDecoupledHessian, RefusesModesThatDoNotFit) {
  using base::DomainError;
  const Units units{3, 3, 3, 3};
  EXPECT_THROW(decoupled_hessian_spectrum({3}, {{1}, {1}}), DomainError);
  EXPECT_THROW(decoupled_hessian_spectrum({3, 1, 3}, {{2, 1}, {2, 1}}), DomainError);
  EXPECT_THROW(decoupled_hessian_spectrum(units, {{2, 1}, {1}}), DomainError);
  EXPECT_THROW(decoupled_hessian_spectrum(units, {{2, 1}, {1, -1}}), DomainError);
  EXPECT_THROW(decoupled_hessian_spectrum(units, {{1, NAN}, {1, 1}}), DomainError);
  EXPECT_THROW(decoupled_hessian_spectrum(units, {{}, {}}), DomainError);
  EXPECT_THROW(decoupled_hessian_spectrum(units, {{1}, {1}, {1, 1}}), DomainError);
  EXPECT_THROW(decoupled_hessian_spectrum(units, {{1}, {1}, {1, 1, 0}}), DomainError);
}

}  // namespace
