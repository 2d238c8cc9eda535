#include "dln/network/hessian.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/linalg/thin_products.hpp"
#include "dln/linalg/tile_products.hpp"
#include "dln/network/chain_gradient.hpp"

namespace dln::network {
namespace {

using linalg::Into;
using linalg::Matrix;
using linalg::Vector;
using Network = LinearNetwork<double>;

constexpr std::size_t kDenseWeights = 4096;

void require_finite(const Network& network) {
  for (int l = 1; l <= network.depth().weight_matrices(); ++l)
    if (!network.weight(l).allFinite())
      throw base::DomainError(
          fmt::format("W^{} holds a value that is not finite: expected finite weights", l));
}

void require_units(const Network& network, const std::vector<Eigen::Index>& units, const char* what) {
  if (network.units() != units)
    throw base::DomainError(fmt::format("{} of {} units: expected {}, as the weights have", what,
                                        fmt::join(network.units(), "-"), fmt::join(units, "-")));
}

// c = factor a b or c += factor a b, where a has few rows, or few columns.
template <class A, class B, class C>
void multiply(double factor, const A& a, const B& b, Into into, C&& c) {
  if (std::min(a.rows(), a.cols() / 2) <= linalg::kThin)
    linalg::multiply_thin(factor, linalg::strided(a), linalg::strided(b), into, c.data(), c.outerStride());
  else if (into == Into::fresh)
    c.noalias() = factor * a * b;
  else
    c.noalias() += factor * a * b;
}

// Whether tiles do best: few outputs beside a layer of some vectors.
bool in_tiles(Eigen::Index outputs, Eigen::Index units) {
  return outputs <= linalg::kThinRows && units >= 16;
}

}  // namespace

HessianProduct::HessianProduct(const data::Correlations& correlations, const Network& at)
    : correlations_(correlations), at_(at), inputs_(data::input_form(correlations.sigma11)) {
  const Eigen::Index n = at.outputs();
  require_fitting(at.units(), correlations);
  require_finite(at);
  const int matrices = at.depth().weight_matrices();
  for (int l = 0; l < matrices; ++l) {
    backward_.push_back(Matrix::Zero(2 * n, at.units()[static_cast<std::size_t>(l)]));
    forward_.push_back(backward_.back());
  }
  auto back = [&](int l) { return backward_[static_cast<std::size_t>(l)].topRows(n); };
  auto forth = [&](int l) { return forward_[static_cast<std::size_t>(l)].bottomRows(n); };
  back(matrices - 1) = at.weight(matrices);
  for (int l = matrices - 1; l >= 1; --l) multiply(1, back(l), at.weight(l), Into::fresh, back(l - 1));
  forth(0) = correlations.sigma31;
  multiply(-1, back(0), correlations.sigma11, Into::sum, forth(0));
  for (int l = 1; l < matrices; ++l)
    multiply(1, forth(l - 1), at.weight(l).transpose(), Into::fresh, forth(l));
}

// B'_l and F'_l.
void HessianProduct::move_chains(const Network& direction) {
  const Eigen::Index n = at_.outputs();
  const int matrices = at_.depth().weight_matrices();
  auto back = [&](int l) -> Matrix& { return backward_[static_cast<std::size_t>(l)]; };
  auto forth = [&](int l) -> Matrix& { return forward_[static_cast<std::size_t>(l)]; };

  back(matrices - 1).bottomRows(n) = direction.weight(matrices);
  for (int l = matrices - 1; l >= 1; --l) {
    multiply(1, back(l).bottomRows(n), at_.weight(l), Into::fresh, back(l - 1).bottomRows(n));
    multiply(1, back(l).topRows(n), direction.weight(l), Into::sum, back(l - 1).bottomRows(n));
  }
  if (inputs_ == data::InputForm::white)
    forth(0).topRows(n) = -back(0).bottomRows(n);
  else if (inputs_ == data::InputForm::diagonal)
    forth(0).topRows(n) = -back(0).bottomRows(n) * correlations_.sigma11.diagonal().asDiagonal();
  else if (in_tiles(n, at_.inputs())) {  // Sigma11 is symmetric: the long sides contiguous
    long_.resize(at_.inputs(), n);
    linalg::multiply_tiles(-1.0, correlations_.sigma11, back(0).bottomRows(n).transpose(), long_);
    forth(0).topRows(n) = long_.transpose();
  } else
    multiply(-1, back(0).bottomRows(n), correlations_.sigma11, Into::fresh, forth(0).topRows(n));
  for (int l = 1; l < matrices; ++l) {
    multiply(1, forth(l - 1).topRows(n), at_.weight(l).transpose(), Into::fresh, forth(l).topRows(n));
    multiply(1, forth(l - 1).bottomRows(n), direction.weight(l).transpose(), Into::sum, forth(l).topRows(n));
  }
}

void HessianProduct::operator()(const Network& direction, Network& product) {
  require_units(direction, units(), "direction");
  require_units(product, units(), "product");
  move_chains(direction);
  const int matrices = at_.depth().weight_matrices();
  // Left of W^L stands the identity, whose derivative is zero. backward_[l] is to the left of W^l.
  for (int l = 1; l < matrices; ++l) {
    const auto &left = backward_[static_cast<std::size_t>(l)],
               &right = forward_[static_cast<std::size_t>(l) - 1];
    if (in_tiles(at_.outputs(), left.cols())) {
      long_ = left.transpose();
      linalg::multiply_tiles(-1.0, long_, right, product.weight(l));
    } else
      multiply(-1, left.transpose(), right, Into::fresh, product.weight(l));
  }
  product.weight(matrices) = -forward_.back().topRows(at_.outputs());
}

Matrix dense_hessian(const Network& network, const data::Correlations& correlations) {
  const std::size_t weights = network.buffer().size();
  if (weights > kDenseWeights)
    throw base::DomainError(fmt::format(
        "whole Hessian of {} weights: expected {} at most; products with a vector have no such limit",
        weights, kDenseWeights));
  HessianProduct product(correlations, network);
  Network direction(network.units()), column(network.units());
  Matrix hessian(weights, weights);
  for (std::size_t i = 0; i < weights; ++i) {
    direction.buffer()[i] = 1;
    product(direction, column);
    hessian.col(static_cast<Eigen::Index>(i)) = flat(column);
    direction.buffer()[i] = 0;
  }
  return hessian;
}

namespace {

// The symmetric matrix of the Lanczos recurrence.
struct Tridiagonal {
  std::vector<double> diagonal, below;  // as many each: the last of `below` leads out of the basis

  // Whether every pivot of x I - T is positive.
  bool lies_below(double x) const {
    double pivot = 1;
    for (std::size_t j = 0; j < diagonal.size(); ++j) {
      pivot = x - diagonal[j] - (j > 0 ? below[j - 1] * below[j - 1] / pivot : 0);
      if (!(pivot > 0)) return false;
    }
    return true;
  }

  // By bisection to the last digit, between the largest diagonal entry and Gershgorin's bound.
  double largest_eigenvalue() const {
    double low = *std::ranges::max_element(diagonal), high = low;
    for (std::size_t j = 0; j < diagonal.size(); ++j)
      high =
          std::max(high, diagonal[j] + (j > 0 ? below[j - 1] : 0) + (j + 1 < diagonal.size() ? below[j] : 0));
    for (double middle = low + (high - low) / 2; low < middle && middle < high;
         middle = low + (high - low) / 2)
      (lies_below(middle) ? high : low) = middle;
    return high;
  }

  // Its eigenvector, of length 1, by the recurrence from the last entry up: there entries grow, and errors
  // do not.
  Vector eigenvector(double value) const {
    const auto size = static_cast<Eigen::Index>(diagonal.size());
    Vector v = Vector::Ones(size);
    for (Eigen::Index j = size - 1; j > 0; --j) {
      const auto i = static_cast<std::size_t>(j);
      const double beyond = j + 1 < size ? below[i] * v[j + 1] : 0;
      v[j - 1] = ((value - diagonal[i]) * v[j] - beyond) / below[i - 1];
    }
    return v.normalized();
  }
};

// Lanczos iteration by its three-term recurrence, without reorthogonalisation: orthogonality is lost only
// along eigenvectors already found (Paige), and the first that is wanted is the last.
class Lanczos {
 public:
  Lanczos(const data::Correlations& correlations, const Network& network, const TopEigenvalueOptions& options)
      : product_(correlations, network), options_(options), next_(network.units()) {}

  // Begins at a unit vector and ends at the vector of the basis's top eigenvalue: where its residual is
  // estimated to be small enough, or at the last step that the options allow.
  Network improve(Network start) {
    Tridiagonal t;
    basis_.assign(1, std::move(start));
    for (;;) {
      const double last = extend(t), value = t.largest_eigenvalue();
      const Vector coefficients = t.eigenvector(value);
      const double estimate = last * std::abs(coefficients[coefficients.size() - 1]);
      if (!(estimate > options_.tolerance / 2 * value) || is_last_step()) return combined(coefficients);
      flat(next_) /= last;
      basis_.push_back(next_);
    }
  }

  TopEigenvalue judge(Network v) {
    multiply(v);
    const double value = flat(v).dot(flat(next_));
    const double error = (flat(next_) - value * flat(v)).norm();
    const double residual = error > 0 ? error / std::abs(value) : 0;
    return {value, std::move(v), residual, products_,
            residual <= options_.tolerance ? TopEigenvalueStop::converged : TopEigenvalueStop::max_products};
  }

  bool may_go_on() const { return products_ + 2 <= options_.max_products; }

 private:
  void multiply(const Network& v) {
    product_(v, next_);
    ++products_;
  }

  // One more row of T: H q_j without its parts along q_j and q_{j-1} stays in next_; returns its length.
  double extend(Tridiagonal& t) {
    const Network& q = basis_.back();
    multiply(q);
    const double along = flat(q).dot(flat(next_));
    if (basis_.size() > 1)
      flat(next_) -= along * flat(q) + t.below.back() * flat(basis_[basis_.size() - 2]);
    else
      flat(next_) -= along * flat(q);
    const double left = flat(next_).norm();
    if (!std::isfinite(along) || !std::isfinite(left))
      throw base::NumericalError(
          "Hessian product: beyond the range of a double; scale weights and data down");
    t.diagonal.push_back(along);
    t.below.push_back(left);
    return left;
  }

  bool is_last_step() const {
    return static_cast<int>(basis_.size()) >= options_.basis || basis_.size() >= next_.buffer().size() ||
           products_ + 1 >= options_.max_products;
  }

  Network combined(const Vector& coefficients) const {
    Network sum(next_.units());
    for (std::size_t j = 0; j < basis_.size(); ++j)
      flat(sum) += coefficients[static_cast<Eigen::Index>(j)] * flat(basis_[j]);
    flat(sum) /= flat(sum).norm();
    return sum;
  }

  HessianProduct product_;
  TopEigenvalueOptions options_;
  std::vector<Network> basis_;
  Network next_;
  int products_ = 0;
};

Network random_direction(const Network& shape, std::uint64_t seed) {
  auto stream = base::stream(seed, "Hessian start");
  Network start(shape.units());
  for (double& x : start.buffer()) x = stream.normal();
  flat(start) /= flat(start).norm();
  return start;
}

}  // namespace

TopEigenvalue top_hessian_eigenvalue(const Network& network, const data::Correlations& correlations,
                                     const TopEigenvalueOptions& options) {
  base::require_positive("tolerance", options.tolerance);
  base::require(options.max_products >= 2, "max_products", options.max_products, "2 or more");
  base::require(options.basis >= 2, "basis", options.basis, "2 or more");
  Lanczos lanczos(correlations, network, options);
  TopEigenvalue top = lanczos.judge(lanczos.improve(random_direction(network, options.seed)));
  while (top.reason != TopEigenvalueStop::converged && lanczos.may_go_on())
    top = lanczos.judge(lanczos.improve(std::move(top.vector)));
  return top;
}

std::string TopEigenvalue::brief() const {
  return fmt::format("{} after {} products: largest eigenvalue {:.12g}, residual {:.2g}",
                     reason == TopEigenvalueStop::converged ? "converged" : "not converged", products, value,
                     residual);
}

}  // namespace dln::network
