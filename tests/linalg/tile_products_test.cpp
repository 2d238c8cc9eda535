// Products by tiles, for every set of instructions that this machine has, against Eigen's.
#include "dln/linalg/tile_products.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"

namespace dln::linalg {
namespace {

constexpr Instructions kSets[] = {Instructions::baseline, Instructions::avx2, Instructions::avx512};

template <class Real>
using Dense = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;

template <class Real>
class TileProducts : public testing::Test {
 protected:
  Dense<Real> random(Eigen::Index rows, Eigen::Index columns) {
    return Dense<Real>::NullaryExpr(rows, columns, [&] { return static_cast<Real>(stream_.normal()); });
  }
  // As in one_pass_test.cpp: five deviations of two sums of this many products of numbers of size 1.
  static double allowed(Eigen::Index terms) {
    return 2.5 * std::numeric_limits<Real>::epsilon() * static_cast<double>(terms + 4);
  }
  // visit(n, k, m): rows and columns that fill tiles, and every kind of rest.
  template <class Visit>
  static void for_each_shape(Visit visit) {
    for (Eigen::Index n : {1, 3, 4, 8, 9, 10, 16, 23, 32, 47, 64, 100})
      for (auto [k, m] : {std::pair<Eigen::Index, Eigen::Index>{1, 1}, {5, 2}, {32, 32}, {7, 13}, {64, 20}})
        visit(n, k, m);
  }

 private:
  base::RandomStream stream_ = base::stream(1, "tile products test");
};
using Reals = testing::Types<double, float>;
TYPED_TEST_SUITE(TileProducts, Reals);

TYPED_TEST(TileProducts, AreProductsWithEitherFactorLyingAnyWay) {
  using Real = TypeParam;
  int compared = 0;
  for (Instructions set : kSets) {
    if (!supported(set)) continue;
    this->for_each_shape([&](Eigen::Index n, Eigen::Index k, Eigen::Index m) {
      const auto a = this->random(n, k), b = this->random(k, m), start = this->random(n, m);
      const Dense<Real> bt = b.transpose(), expected = start - Real(0.5) * a * b;
      Dense<Real> c(n, m), over = start;
      c.setConstant(std::numeric_limits<Real>::quiet_NaN());  // what it held does not matter
      multiply_tiles<Real>({a.data(), n, b.data(), 1, k, start.data(), n, c.data(), n, n, k, m, Real(-0.5)},
                           set);
      EXPECT_LE((c - expected).cwiseAbs().maxCoeff(), this->allowed(k)) << n << ' ' << k << ' ' << m;
      // In place and from the transpose: the same sums in the same order.
      multiply_tiles<Real>(
          {a.data(), n, bt.data(), m, 1, over.data(), n, over.data(), n, n, k, m, Real(-0.5)}, set);
      EXPECT_EQ(over, c) << n << ' ' << k << ' ' << m;
      ++compared;
    });
  }
  EXPECT_GE(compared, 60);
}

// What the order of sums promises: nothing depends on the tile in which an entry is found.
TYPED_TEST(TileProducts, OfABlockAreTheBlockOfTheProduct) {
  using Real = TypeParam;
  const auto a = this->random(61, 30), b = this->random(30, 37);
  for (Instructions set : kSets) {
    if (!supported(set)) continue;
    Dense<Real> whole(61, 37), part(61, 37);
    multiply_tiles<Real>({a.data(), 61, b.data(), 1, 30, nullptr, 0, whole.data(), 61, 61, 30, 37, Real(1)},
                         set);
    for (Eigen::Index n : {1, 5, 17, 40, 60})
      for (Eigen::Index m : {1, 6, 36}) {
        part.setZero();
        multiply_tiles<Real>(
            {a.data() + 1, 61, b.data() + 30, 1, 30, nullptr, 0, part.data(), 61, n, 30, m, Real(1)}, set);
        EXPECT_EQ(part.topLeftCorner(n, m), whole.block(1, 1, n, m)) << n << ' ' << m;
        EXPECT_EQ(part.bottomRows(61 - n).norm(), 0) << "nothing is written beyond";
      }
  }
}

TYPED_TEST(TileProducts, AddingOneComesToTheSameAsHavingAddedIt) {
  using Real = TypeParam;
  const auto a = this->random(33, 30), b = this->random(30, 7), start = this->random(33, 7);
  Dense<Real> at_once(33, 7), product(33, 7), later = start;
  multiply_tiles(start, Real(0.3), a, b, at_once);
  multiply_tiles(Real(1), a, b, product);
  add_fused(Real(0.3), product.data(), later.data(), later.size());
  EXPECT_EQ(at_once, later);
}

TYPED_TEST(TileProducts, TransposingMovesEveryEntry) {
  using Real = TypeParam;
  this->for_each_shape([&](Eigen::Index n, Eigen::Index, Eigen::Index m) {
    const auto a = this->random(n, m);
    for (Instructions set : kSets) {
      if (!supported(set)) continue;
      Dense<Real> c(m, n);
      c.setConstant(std::numeric_limits<Real>::quiet_NaN());
      transpose(a.data(), c.data(), n, m, set);
      EXPECT_EQ(c, a.transpose()) << n << ' ' << m;
    }
  });
}

TYPED_TEST(TileProducts, SquaresAreSummedToTheLast) {
  using Real = TypeParam;
  for (Eigen::Index size : {1, 7, 8, 63, 64, 65, 128, 1000, 2048}) {
    const auto a = this->random(size, 1);
    const double expected = a.template cast<double>().squaredNorm();
    for (Instructions set : kSets)
      if (supported(set)) {  // squares of one sign: each sum loses eps of it
        EXPECT_NEAR(
            squared_norm(a.data(), size, set), expected,
            2 * std::numeric_limits<Real>::epsilon() * std::sqrt(static_cast<double>(size)) * expected)
            << size;
      }
  }
}

TEST(TileProducts, RefuseInstructionsThatAreNotThere) {
  double x = 1, y = 0;
  for (Instructions set : kSets) {
    const TileProduct<double> one{&x, 1, &x, 1, 1, nullptr, 0, &y, 1, 1, 1, 1, 1};
    if (supported(set)) {
      EXPECT_NO_THROW(multiply_tiles(one, set));
    } else {
      EXPECT_THROW(multiply_tiles(one, set), base::DomainError);
      EXPECT_THROW(transpose(&x, &y, 1, 1, set), base::DomainError);
      EXPECT_THROW(squared_norm(&x, 1, set), base::DomainError);
    }
  }
}

TEST(InnerProducts, AreThoseOfColumns) {
  auto stream = base::stream(1, "inner products test");
  const auto random = [&](Eigen::Index rows, Eigen::Index columns) {
    return Matrix(Matrix::NullaryExpr(rows, columns, [&] { return stream.normal(); }));
  };
  for (Eigen::Index m : {1, 7, 64, 1000}) {
    const Matrix a = random(m, 33), b = random(m, 40), expected = a.transpose() * b;
    EXPECT_LE((inner_products(a, b) - expected).cwiseAbs().maxCoeff(),
              2.5 * std::numeric_limits<double>::epsilon() * static_cast<double>(m + 4));
  }
}

}  // namespace
}  // namespace dln::linalg
