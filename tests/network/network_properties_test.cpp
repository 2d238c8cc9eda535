// The algebra of gradient, Hessian and compressions, for random networks of up to four matrices with any
// correlations: mostly of a few units a layer, and some so large that other kernels take over.
#include "tests/properties.hpp"

#include <limits>

#include "dln/linalg/decompositions.hpp"
#include "dln/network/chain_gradient.hpp"
#include "dln/network/hessian.hpp"
#include "dln/network/hidden_compression.hpp"
#include "dln/network/input_compression.hpp"
#include "dln/network/output_compression.hpp"

namespace dln::network {
namespace {

using linalg::Matrix;
using Network = LinearNetwork<double>;
using Units = std::vector<Eigen::Index>;

// Roundings in products of up to five matrices, each a sum of up to 160 terms, some hundreds, relative to the
// norms of the factors.
constexpr double kRounding = 500 * std::numeric_limits<double>::epsilon();

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, base::RandomStream& stream) {
  return Matrix::NullaryExpr(rows, columns, [&stream] { return stream.normal(); });
}

Units any_units() {
  Units units(static_cast<std::size_t>(*rc::gen::inRange(2, 6)));
  const int kind = *rc::gen::element(0, 0, 0, 0, 1, 2);
  for (auto& n : units) n = kind == 1 ? *rc::gen::inRange(16, 41) : *rc::gen::inRange(1, 7);
  if (kind == 2)  // hidden layers of more than 2^14 weights, which are read once for a few outputs
    for (std::size_t i = 1; i + 1 < units.size(); ++i) units[i] = *rc::gen::inRange(130, 160);
  return units;
}

Network any_network(const Units& units, base::RandomStream& stream) {
  Network network(units);
  for (double& w : network.buffer()) w = stream.normal();
  return network;
}

// Of inputs that are white, uncorrelated or anything: the three ways in which they are treated.
data::Correlations any_correlations(const Units& units, base::RandomStream& stream) {
  const Eigen::Index n1 = units.front(), n3 = units.back();
  data::Correlations c;
  const Matrix x = gaussian(n1, n1 + 2, stream);
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      c.sigma11 = Matrix::Identity(n1, n1);
      break;
    case 1:
      c.sigma11 = x.rowwise().squaredNorm().asDiagonal();
      break;
    default:
      c.sigma11 = x * x.transpose();
  }
  c.sigma31 = gaussian(n3, n1, stream);
  c.target_power = 100;
  c.examples = 10;
  return c;
}

// Everything a property is about; its random numbers are those of one stream.
struct Case {
  base::RandomStream stream =
      base::stream(static_cast<std::uint64_t>(*rc::gen::inRange(0, 1 << 30)), "properties");
  Units units = any_units();
  Network network = any_network(units, stream);
  data::Correlations correlations = any_correlations(units, stream);
  int matrices() const { return static_cast<int>(units.size()) - 1; }
};

Network direction_of(const Network& network, const data::Correlations& correlations) {
  Network direction = network;
  ChainGradient gradient(correlations, network);
  gradient(network, direction);
  return direction;
}

// What the intermediate results of a gradient can come to, and so the size of its rounding.
double size_of(const Network& network, const data::Correlations& c) {
  double chain = 1;
  for (int l = 1; l <= network.depth().weight_matrices(); ++l) chain *= 1 + network.weight(l).norm();
  return chain * (c.sigma31.norm() + chain * c.sigma11.norm());
}

void require_same(const Network& a, const Network& b, double size) {
  RC_ASSERT(a.units() == b.units());
  RC_ASSERT((flat(a) - flat(b)).norm() <= kRounding * size);
}

TEST(NetworkProperties, GradientOfASumOfCorrelationsIsTheSumOfGradients) {
  for_all([] {
    Case x;
    const auto other = any_correlations(x.units, x.stream);
    auto sum = x.correlations;
    sum.sigma11 += other.sigma11;
    sum.sigma31 += other.sigma31;
    Network expected = direction_of(x.network, x.correlations);
    flat(expected) += flat(direction_of(x.network, other));
    require_same(direction_of(x.network, sum), expected,
                 size_of(x.network, x.correlations) + size_of(x.network, other));
  });
}

// W^l -> R_{l+1} W^l R_l^T, with Sigma11 and Sigma31 turned alike, turns the gradient alike.
TEST(NetworkProperties, GradientTurnsWithInputsHiddenUnitsAndOutputs) {
  for_all([] {
    Case x;
    std::vector<Matrix> turn;
    for (auto n : x.units) turn.push_back(linalg::haar_orthonormal(n, n, x.stream));
    const auto turned = [&](const Network& network) {
      Network result = network;
      for (int l = 1; l <= x.matrices(); ++l)
        result.weight(l) = turn[static_cast<std::size_t>(l)] * network.weight(l) *
                           turn[static_cast<std::size_t>(l - 1)].transpose();
      return result;
    };
    auto c = x.correlations;
    c.sigma11 = turn.front() * c.sigma11 * turn.front().transpose();
    c.sigma11 = (c.sigma11 + c.sigma11.transpose()).eval() / 2;
    c.sigma31 = turn.back() * c.sigma31 * turn.front().transpose();
    require_same(direction_of(turned(x.network), c), turned(direction_of(x.network, x.correlations)),
                 size_of(x.network, x.correlations));
  });
}

// d/dt of W^{l+1}^T W^{l+1} - W^l W^l^T along the direction: zero, whatever the weights and the data.
TEST(NetworkProperties, DirectionConservesTheDifferenceBetweenNeighbours) {
  for_all([] {
    const Case x;
    const Network g = direction_of(x.network, x.correlations);
    for (int l = 1; l < x.matrices(); ++l) {
      const Matrix above = x.network.weight(l + 1).transpose() * g.weight(l + 1),
                   below = g.weight(l) * x.network.weight(l).transpose();
      RC_ASSERT((above - below).norm() <=
                kRounding * size_of(x.network, x.correlations) * (1 + flat(x.network).norm()));
    }
  });
}

TEST(NetworkProperties, LookAndStepMoveByTheGradient) {
  for_all([] {
    const Case x;
    const double rate = size_between(-4, 0);
    Network expected = x.network, stepped = x.network;
    flat(expected) += rate * flat(direction_of(x.network, x.correlations));
    ChainGradient gradient(x.correlations, x.network);
    gradient.look(stepped);
    gradient.step(stepped, rate);
    require_same(stepped, expected, rate * size_of(x.network, x.correlations) + flat(x.network).norm());
  });
}

TEST(NetworkProperties, HessianIsSymmetricAndLinear) {
  for_all([] {
    Case x;
    const Network u = any_network(x.units, x.stream), v = any_network(x.units, x.stream);
    HessianProduct hessian(x.correlations, x.network);
    Network hu = u, hv = v, both = u, h_both = u;
    hessian(u, hu);
    hessian(v, hv);
    const double size = size_of(x.network, x.correlations) * (flat(u).norm() + flat(v).norm());
    RC_ASSERT(std::abs(flat(u).dot(flat(hv)) - flat(v).dot(flat(hu))) <=
              kRounding * size * (flat(u).norm() + flat(v).norm()));
    const double a = x.stream.normal(), b = x.stream.normal();
    flat(both) = a * flat(u) + b * flat(v);
    hessian(both, h_both);
    Network sum = u;
    flat(sum) = a * flat(hu) + b * flat(hv);
    require_same(h_both, sum, size * (std::abs(a) + std::abs(b)));
  });
}

// A compression whose basis holds the start: what it makes of network and gradient can be undone.
TEST(NetworkProperties, HiddenLayersComeBackFromTheirCompression) {
  for_all([] {
    Case x;
    Units wide = x.units;
    for (std::size_t i = 1; i + 1 < wide.size(); ++i)
      wide[i] += *rc::gen::inRange(17, 30);  // below, none is sought
    std::vector<Matrix> basis;               // the small network among more units
    for (std::size_t i = 0; i < wide.size(); ++i)
      basis.push_back(i == 0 || i + 1 == wide.size()
                          ? Matrix(Matrix::Identity(wide[i], wide[i]))
                          : linalg::haar_orthonormal(wide[i], x.units[i], x.stream));
    Network start(wide);
    for (int l = 1; l <= x.matrices(); ++l)
      start.weight(l) = basis[static_cast<std::size_t>(l)] * x.network.weight(l) *
                        basis[static_cast<std::size_t>(l - 1)].transpose();
    const HiddenCompression compression(start);
    for (std::size_t i = 0; i < wide.size(); ++i) RC_ASSERT(compression.units()[i] <= x.units[i]);
    const auto few = compression.compress(start);
    require_same(compression.expand(few), start, 1 + flat(start).norm());
    require_same(compression.expand(direction_of(few, x.correlations)), direction_of(start, x.correlations),
                 size_of(x.network, x.correlations));
  });
}

TEST(NetworkProperties, OutputsComeBackFromTheirCompression) {
  for_all([] {
    Case x;
    const Eigen::Index many = x.units.back() + *rc::gen::inRange(8, 20);
    const Matrix basis = linalg::haar_orthonormal(many, x.units.back(), x.stream);
    Units wide = x.units;
    wide.back() = many;
    Network start(wide);
    for (int l = 1; l < x.matrices(); ++l) start.weight(l) = x.network.weight(l);
    start.weight(x.matrices()) = basis * x.network.weight(x.matrices());
    auto c = x.correlations;
    c.sigma31 = basis * c.sigma31;
    const OutputCompression compression(c.sigma31, start);
    const auto few = compression.compress(start);
    RC_CLASSIFY(compression.compresses());
    require_same(compression.expand(few), start, 1 + flat(start).norm());
    require_same(compression.expand(direction_of(few, compression.compress(c))), direction_of(start, c),
                 size_of(x.network, x.correlations));
  });
}

TEST(NetworkProperties, InputsComeBackFromTheirCompression) {
  for_all([] {
    Case x;
    const Eigen::Index many = x.units.front() + *rc::gen::inRange(8, 20);
    const Matrix basis = linalg::haar_orthonormal(many, x.units.front(), x.stream);
    Units wide = x.units;
    wide.front() = many;
    Network start(wide);
    start.weight(1) = x.network.weight(1) * basis.transpose();
    for (int l = 2; l <= x.matrices(); ++l) start.weight(l) = x.network.weight(l);
    auto c = x.correlations;
    c.sigma11 = 3 * Matrix::Identity(many, many);  // leaves every span of inputs where it is
    c.sigma31 = c.sigma31 * basis.transpose();
    const InputCompression compression(c, start);
    const auto few = compression.compress(start);
    RC_CLASSIFY(compression.compresses());
    require_same(compression.expand(few), start, 1 + flat(start).norm());
    const double size = size_of(x.network, x.correlations) + size_of(start, c);
    require_same(compression.expand(direction_of(few, compression.compress(c))), direction_of(start, c),
                 size);
  });
}

}  // namespace
}  // namespace dln::network
