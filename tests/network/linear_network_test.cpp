#include "dln/network/linear_network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using dln::base::DomainError;
using dln::network::end_to_end;
using dln::network::LinearNetwork;
using dln::network::product;
using testing::HasSubstr;

template <class Real>
class LinearNetworkOf : public testing::Test {
 protected:
  using Network = LinearNetwork<Real>;
  using Matrix = typename Network::Matrix;

  // Small integers, so that every product below is exact in either type.
  static Matrix integers(Eigen::Index rows, Eigen::Index columns, int start) {
    Matrix m(rows, columns);
    for (Eigen::Index j = 0; j < columns; ++j)
      for (Eigen::Index i = 0; i < rows; ++i)
        m(i, j) = static_cast<Real>((start + 3 * static_cast<int>(i) + 5 * static_cast<int>(j)) % 7 - 3);
    return m;
  }
  const Matrix w1 = integers(3, 2, 0), w2 = integers(5, 3, 1), w3 = integers(4, 5, 2);
  const Network network = Network::from_matrices({w1, w2, w3});
};

using Reals = testing::Types<double, float>;
TYPED_TEST_SUITE(LinearNetworkOf, Reals);

TYPED_TEST(LinearNetworkOf, StartsWithZeroWeightsOfTheRightShapes) {
  const LinearNetwork<TypeParam> fresh({2, 3, 5, 4});
  EXPECT_EQ(fresh.depth().weight_matrices(), 3);
  EXPECT_EQ(fresh.depth().layers(), 4);
  EXPECT_EQ(fresh.inputs(), 2);
  EXPECT_EQ(fresh.outputs(), 4);
  EXPECT_EQ(fresh.units(), (std::vector<Eigen::Index>{2, 3, 5, 4}));
  EXPECT_EQ(fresh.weight(1), TestFixture::Matrix::Zero(3, 2));
  EXPECT_EQ(fresh.weight(2), TestFixture::Matrix::Zero(5, 3));
  EXPECT_EQ(fresh.weight(3), TestFixture::Matrix::Zero(4, 5));
}

TYPED_TEST(LinearNetworkOf, GivesBackTheMatricesItWasMadeOf) {
  EXPECT_EQ(this->network.units(), (std::vector<Eigen::Index>{2, 3, 5, 4}));
  EXPECT_EQ(this->network.weight(1), this->w1);
  EXPECT_EQ(this->network.weight(2), this->w2);
  EXPECT_EQ(this->network.weight(3), this->w3);
}

TYPED_TEST(LinearNetworkOf, ProductsRunFromTheLastMatrixDownToTheFirst) {
  using M = typename TestFixture::Matrix;
  EXPECT_EQ(product(this->network, 1, 3), M(this->w3 * M(this->w2 * this->w1)));
  EXPECT_EQ(product(this->network, 2, 3), M(this->w3 * this->w2));
  EXPECT_EQ(product(this->network, 1, 2), M(this->w2 * this->w1));
  EXPECT_EQ(product(this->network, 2, 2), this->w2);
  EXPECT_EQ(end_to_end(this->network), product(this->network, 1, 3));
  // It is what the network does to an input, layer by layer.
  const M x = this->integers(2, 1, 4);
  EXPECT_EQ(M(end_to_end(this->network) * x), M(this->w3 * M(this->w2 * M(this->w1 * x))));
}

TYPED_TEST(LinearNetworkOf, AnEmptyProductIsTheIdentityOfItsLayer) {
  using M = typename TestFixture::Matrix;
  EXPECT_EQ(product(this->network, 1, 0), M::Identity(2, 2));
  EXPECT_EQ(product(this->network, 2, 1), M::Identity(3, 3));
  EXPECT_EQ(product(this->network, 3, 2), M::Identity(5, 5));
  EXPECT_EQ(product(this->network, 4, 3), M::Identity(4, 4));
}

TYPED_TEST(LinearNetworkOf, ProductsOutsideTheChainAreRefused) {
  EXPECT_THROW(product(this->network, 3, 1), DomainError);
  EXPECT_THROW(product(this->network, 0, 2), DomainError);
  EXPECT_THROW(product(this->network, 1, 4), DomainError);
}

TYPED_TEST(LinearNetworkOf, ThereIsNoMatrixZeroAndNoneBeyondTheLast) {
  auto copy = this->network;
  for (int l : {0, 4, -1}) {
    EXPECT_THROW(copy.weight(l), DomainError);
    EXPECT_THROW(this->network.weight(l), DomainError);  // the view of a constant
  }
}

TYPED_TEST(LinearNetworkOf, AllWeightsLieOneMatrixAfterTheOtherInOneBuffer) {
  auto copy = this->network;
  const auto buffer = copy.buffer();
  ASSERT_EQ(buffer.size(), 3u * 2 + 5 * 3 + 4 * 5);
  EXPECT_EQ(copy.weight(1).data(), buffer.data());
  EXPECT_EQ(copy.weight(2).data(), buffer.data() + 6);
  EXPECT_EQ(copy.weight(3).data(), buffer.data() + 6 + 15);
  EXPECT_EQ(copy.weight(3).data() + copy.weight(3).size(), buffer.data() + buffer.size());
  copy.weight(2)(4, 2) = 99;  // its last entry, and so the one before the third matrix
  EXPECT_EQ(buffer[20], TypeParam(99));
  buffer[0] = 77;
  EXPECT_EQ(copy.weight(1)(0, 0), TypeParam(77));
}

TYPED_TEST(LinearNetworkOf, ACopyHasWeightsOfItsOwn) {
  auto copy = this->network;
  copy.weight(1).setConstant(42);
  EXPECT_EQ(this->network.weight(1), this->w1);
  EXPECT_NE(copy.buffer().data(), this->network.buffer().data());
}

TYPED_TEST(LinearNetworkOf, SizesThatMakeNoNetworkAreRefused) {
  using Units = std::vector<Eigen::Index>;
  for (const Units& bad : {Units{}, Units{3}, Units{3, 0}, Units{0, 3}, Units{3, -1, 2}})
    EXPECT_THROW(LinearNetwork<TypeParam>{bad}, DomainError);
  EXPECT_NO_THROW(LinearNetwork<TypeParam>(Units{1, 1}));
}

TYPED_TEST(LinearNetworkOf, MatricesThatDoNotComposeAreRefusedByName) {
  EXPECT_THROW(LinearNetwork<TypeParam>::from_matrices({}), DomainError);
  try {
    LinearNetwork<TypeParam>::from_matrices({this->w1, this->w2, this->w2});
    FAIL() << "no error";
  } catch (const DomainError& error) {
    EXPECT_THAT(error.what(), HasSubstr("W3 has 3 columns: expected 5"));
  }
}

}  // namespace
