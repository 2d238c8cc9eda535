// The sharpness of hessian.hpp: Lanczos iteration over whole networks, or over the factors of HessianRange.
#include <algorithm>
#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/network/hessian_range.hpp"

namespace dln::network {
namespace {

using linalg::Vector;
using Network = LinearNetwork<double>;

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

Vector& flat(Vector& v) {
  return v;
}
const Vector& flat(const Vector& v) {
  return v;
}

// What Lanczos iteration needs of its vectors. multiply(), dot() and divide() are of the vector that length()
// saw last, but for that division.
class WholeNetworks {
 public:
  using Element = Network;
  explicit WholeNetworks(HessianProduct& hessian) : hessian_(hessian) {}

  Network blank() const { return Network(hessian_.units()); }
  double length(const Network& v) { return flat(v).norm(); }
  void divide(Network& v, double by) { flat(v) /= by; }
  void multiply(const Network& v, Network& product) { hessian_(v, product); }
  double dot(const Network& v, const Network& other) { return flat(v).dot(flat(other)); }
  Network whole(const Network& v) { return v; }
  bool is_sound() const { return true; }

 private:
  HessianProduct& hessian_;
};

// More factors than the range has dimensions: what vectors hold beside it is nothing to H, but a three-term
// recurrence makes it grow, and lengths lose their digits to it.
class Factors {
 public:
  using Element = Vector;
  explicit Factors(HessianProduct& hessian) : range_(hessian), seen_(range_.size()) {}

  Vector blank() const { return Vector::Zero(range_.size()); }
  double length(const Vector& v) {
    range_.see(v, seen_);
    const double square = v.dot(seen_), half_the_digits = std::sqrt(std::numeric_limits<double>::epsilon());
    if (square < half_the_digits * v.norm() * seen_.norm()) is_sound_ = false;
    return square < 0 ? 0 : std::sqrt(square);  // below zero by rounding; NaN stays
  }
  void divide(Vector& v, double by) {
    v /= by;
    seen_ /= by;
  }
  void multiply(const Vector&, Vector& product) { range_.multiply(seen_, product); }
  double dot(const Vector&, const Vector& other) { return seen_.dot(other); }
  Network whole(const Vector& v) { return range_.network(v); }
  bool is_sound() const { return is_sound_; }

 private:
  HessianRange range_;
  Vector seen_;
  bool is_sound_ = true;
};

bool is_final(const TopEigenvalue& top, const TopEigenvalueOptions& options) {
  return top.reason == TopEigenvalueStop::converged || top.products + 2 > options.max_products;
}

// Lanczos iteration by its three-term recurrence, without reorthogonalisation: orthogonality is lost only
// along eigenvectors already found (Paige), and the first that is wanted is the last.
template <class Space>
class Lanczos {
 public:
  using Element = typename Space::Element;

  Lanczos(HessianProduct& hessian, const TopEigenvalueOptions& options)
      : hessian_(hessian), space_(hessian), options_(options), next_(space_.blank()) {}

  TopEigenvalue run() {
    auto stream = base::stream(options_.seed, "Hessian start");
    Element v = space_.blank();
    for (double& x : flat(v)) x = stream.normal();
    return run(std::move(v), 0);
  }
  // From there, after that many products. Ends before it has converged, or spent its products, where the
  // space is no longer sound.
  TopEigenvalue run(Element v, int products) {
    products_ = products;
    for (;;) {
      v = improved(std::move(v));
      auto top = judged(space_.whole(v));
      if (is_final(top, options_) || !space_.is_sound()) return top;
    }
  }

 private:
  // Begins at this vector and ends at the vector of the basis's top eigenvalue: where its residual is
  // estimated to be small enough, or at the last step that the options allow.
  Element improved(Element start) {
    Tridiagonal t;
    space_.divide(start, space_.length(start));
    basis_.assign(1, std::move(start));
    for (;;) {
      const double last = extend(t), value = t.largest_eigenvalue();
      const Vector coefficients = t.eigenvector(value);
      const double estimate = last * std::abs(coefficients[coefficients.size() - 1]);
      if (!(estimate > options_.tolerance / 2 * std::abs(value)) || is_last_step() || !space_.is_sound())
        return combined(coefficients);
      space_.divide(next_, last);
      basis_.push_back(next_);
    }
  }

  // One more row of T: H q_j without its parts along q_j and q_{j-1} stays in next_; returns its length.
  double extend(Tridiagonal& t) {
    const Element& q = basis_.back();
    space_.multiply(q, next_);
    ++products_;
    const double along = space_.dot(q, next_);
    if (basis_.size() > 1)
      flat(next_) -= along * flat(q) + t.below.back() * flat(basis_[basis_.size() - 2]);
    else
      flat(next_) -= along * flat(q);
    const double left = space_.length(next_);
    require_range(along, left);
    t.diagonal.push_back(along);
    t.below.push_back(left);
    return left;
  }

  bool is_last_step() const {
    return static_cast<int>(basis_.size()) >= options_.basis ||
           basis_.size() >= hessian_.at().buffer().size() || products_ + 1 >= options_.max_products;
  }

  Element combined(const Vector& coefficients) const {
    Element sum = space_.blank();
    for (std::size_t j = 0; j < basis_.size(); ++j)
      flat(sum) += coefficients[static_cast<Eigen::Index>(j)] * flat(basis_[j]);
    return sum;
  }

  // By a product with the whole of it.
  TopEigenvalue judged(Network v) {
    flat(v) /= flat(v).norm();
    Network moved(v.units());
    hessian_(v, moved);
    ++products_;
    const double value = flat(v).dot(flat(moved));
    const double error = (flat(moved) - value * flat(v)).norm();
    require_range(value, error);
    const double residual = error > 0 ? error / std::abs(value) : 0;
    return {value, std::move(v), residual, products_,
            residual <= options_.tolerance ? TopEigenvalueStop::converged : TopEigenvalueStop::max_products};
  }

  static void require_range(double a, double b) {
    if (!std::isfinite(a) || !std::isfinite(b))
      throw base::NumericalError(
          "Hessian product: beyond the range of a double; scale weights and data down");
  }

  HessianProduct& hessian_;
  Space space_;
  TopEigenvalueOptions options_;
  std::vector<Element> basis_;
  Element next_;
  int products_ = 0;
};

}  // namespace

TopEigenvalue top_hessian_eigenvalue(const Network& network, const data::Correlations& correlations,
                                     const TopEigenvalueOptions& options) {
  base::require_positive("tolerance", options.tolerance);
  base::require(options.max_products >= 2, "max_products", options.max_products, "2 or more");
  base::require(options.basis >= 2, "basis", options.basis, "2 or more");
  HessianProduct hessian(correlations, network);
  // The factors are worth their own products where they are few beside the weights.
  const bool few = 4 * hessian_factors(network.units()) <= flat(network).size();
  if (!few) return Lanczos<WholeNetworks>(hessian, options).run();
  auto top = Lanczos<Factors>(hessian, options).run();
  if (is_final(top, options)) return top;
  return Lanczos<WholeNetworks>(hessian, options).run(std::move(top.vector), top.products);
}

std::string TopEigenvalue::brief() const {
  return fmt::format("{} after {} products: largest eigenvalue {:.12g}, residual {:.2g}",
                     reason == TopEigenvalueStop::converged ? "converged" : "not converged", products, value,
                     residual);
}

}  // namespace dln::network
