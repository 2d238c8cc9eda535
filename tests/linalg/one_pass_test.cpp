// Products with large matrices, for every set of instructions that this machine has, against Eigen's.
#include "dln/linalg/one_pass.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"

namespace dln::linalg {
namespace {

constexpr Instructions kSets[] = {Instructions::baseline, Instructions::avx2, Instructions::avx512};

template <class Real>
using Dense = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;

template <class Real>
class OnePass : public testing::Test {
 protected:
  Dense<Real> random(Eigen::Index rows, Eigen::Index columns) {
    return Dense<Real>::NullaryExpr(rows, columns, [&] { return static_cast<Real>(stream_.normal()); });
  }
  // A sum of k products of numbers of size 1 has size sqrt(k); rounding each by eps/2, as a random walk,
  // makes eps/2 sqrt(1 + 2 + ... + k) = eps k / sqrt(8) of it, and of Eigen's as much: five deviations of the
  // two.
  static double allowed(Eigen::Index terms) {
    return 2.5 * std::numeric_limits<Real>::epsilon() * static_cast<double>(terms + 4);
  }
  // visit(r, m, n): rows that fill tiles and rows that do not, sides below, at and beyond a vector and a
  // block.
  template <class Visit>
  static void for_each_shape(Visit visit) {
    for (Eigen::Index r : {1, 2, 3, 4, 7, 10, 24})
      for (auto [m, n] : {std::pair<Eigen::Index, Eigen::Index>{1, 1},
                          {3, 5},
                          {16, 16},
                          {33, 2},
                          {128, 9},
                          {131, 64},
                          {300, 257}})
        visit(r, m, n);
  }

 private:
  base::RandomStream stream_ = base::stream(1, "one pass test");
};
using Reals = testing::Types<double, float>;
TYPED_TEST_SUITE(OnePass, Reals);

TYPED_TEST(OnePass, MultiplyInOnePass) {
  int compared = 0;
  for (Instructions set : kSets) {
    if (!supported(set)) continue;
    this->for_each_shape([&](Eigen::Index r, Eigen::Index m, Eigen::Index n) {
      const auto thin = this->random(m, r), large = this->random(m, n);
      Dense<TypeParam> result(n, r);
      thin_times_large(thin.data(), large.data(), result.data(), r, m, n, set);
      const Dense<TypeParam> expected = large.transpose() * thin;
      EXPECT_LE((result - expected).cwiseAbs().maxCoeff(), this->allowed(m)) << r << ' ' << m << ' ' << n;
      ++compared;
    });
  }
  EXPECT_GE(compared, 49);
}

TYPED_TEST(OnePass, PassThroughWhatWasAndUpdate) {
  int compared = 0;
  for (Instructions set : kSets) {
    if (!supported(set)) continue;
    this->for_each_shape([&](Eigen::Index r, Eigen::Index m, Eigen::Index n) {
      const auto left = this->random(m, r), right = this->random(r, n), before = this->random(m, n);
      Dense<TypeParam> large = before, passed(m, r);
      passed.setConstant(std::numeric_limits<TypeParam>::quiet_NaN());  // what it held does not matter
      pass_and_update(left.data(), right.data(), large.data(), passed.data(), r, m, n, set);
      const Dense<TypeParam> expected = before * right.transpose(), after = before + left * right;
      EXPECT_LE((passed - expected).cwiseAbs().maxCoeff(), this->allowed(n)) << r << ' ' << m << ' ' << n;
      EXPECT_LE((large - after).cwiseAbs().maxCoeff(), this->allowed(r)) << r << ' ' << m << ' ' << n;
      ++compared;
    });
  }
  EXPECT_GE(compared, 49);
}

TEST(OnePass, RefuseInstructionsThatAreNotThere) {
  EXPECT_TRUE(supported(Instructions::baseline));
  EXPECT_TRUE(supported(instructions_here()));
  double x = 1;
  for (Instructions set : kSets) {
    if (supported(set)) continue;
    EXPECT_THROW(thin_times_large(&x, &x, &x, 1, 1, 1, set), base::DomainError);
  }
}

}  // namespace
}  // namespace dln::linalg
