#include "dln/network/linear_network.hpp"

#include "dln/base/error.hpp"

namespace dln::network {

template <class Real>
LinearNetwork<Real>::LinearNetwork(std::vector<Eigen::Index> units) : units_(std::move(units)) {
  base::require(units_.size() >= 2, "number of layers", static_cast<double>(units_.size()), "2 or more");
  for (Eigen::Index size : units_)
    base::require(size >= 1, "layer size", static_cast<double>(size), "1 or more");
  std::size_t total = 0;
  for (std::size_t l = 0; l + 1 < units_.size(); ++l) {
    offsets_.push_back(total);
    total += static_cast<std::size_t>(units_[l] * units_[l + 1]);
  }
  buffer_.assign(total, Real(0));
}

template <class Real>
LinearNetwork<Real> LinearNetwork<Real>::from_matrices(const std::vector<Matrix>& weights) {
  if (weights.empty()) throw base::DomainError("network: expected at least one weight matrix, got none");
  std::vector<Eigen::Index> units{weights.front().cols()};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i].cols() != units.back())
      throw base::DomainError(fmt::format("W{} has {} columns: expected {}, the rows of the matrix before it",
                                          i + 1, weights[i].cols(), units.back()));
    units.push_back(weights[i].rows());
  }
  LinearNetwork network(std::move(units));
  for (std::size_t i = 0; i < weights.size(); ++i) network.weight(static_cast<int>(i) + 1) = weights[i];
  return network;
}

template <class Real>
std::size_t LinearNetwork<Real>::index(int l) const {
  if (l < 1 || static_cast<std::size_t>(l) >= units_.size())  // asked often: the rest only where it fails
    base::require(false, "weight matrix l", l, fmt::format("1 to {}", depth().weight_matrices()));
  return static_cast<std::size_t>(l - 1);
}

template <class Real>
typename LinearNetwork<Real>::View LinearNetwork<Real>::weight(int l) {
  const std::size_t i = index(l);
  return View(buffer_.data() + offsets_[i], units_[i + 1], units_[i]);
}

template <class Real>
typename LinearNetwork<Real>::ConstView LinearNetwork<Real>::weight(int l) const {
  const std::size_t i = index(l);
  return ConstView(buffer_.data() + offsets_[i], units_[i + 1], units_[i]);
}

template <class Real>
typename LinearNetwork<Real>::Matrix product(const LinearNetwork<Real>& n, int first, int last) {
  using Matrix = typename LinearNetwork<Real>::Matrix;
  if (first == last + 1) {
    const Eigen::Index size = n.units().at(static_cast<std::size_t>(last));
    return Matrix::Identity(size, size);
  }
  base::require(first <= last, "first", first, fmt::format("at most last + 1 = {}", last + 1));
  // From the output down: the left factor never has more rows than the last layer.
  Matrix result = n.weight(last);
  for (int l = last - 1; l >= first; --l) result = Matrix(result * n.weight(l));
  return result;
}

template class LinearNetwork<double>;
template class LinearNetwork<float>;
template LinearNetwork<double>::Matrix product(const LinearNetwork<double>&, int, int);
template LinearNetwork<float>::Matrix product(const LinearNetwork<float>&, int, int);

}  // namespace dln::network
