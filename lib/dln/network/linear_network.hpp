// LinearNetwork: a chain of weight matrices, yhat = W^L ... W^2 W^1 x, without biases (section 2).
//
// Units N_1 (inputs), N_2, ..., N_{L+1} (outputs); W^l : N_{l+1} x N_l for l = 1 .. L, as in Eq 13.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "dln/base/depth.hpp"
#include "dln/linalg/aligned_vector.hpp"
#include "dln/linalg/matrix.hpp"

namespace dln::network {

// Invariant: cols(W^{l+1}) = rows(W^l), every size at least 1. All weights live one matrix after the other in
// a single buffer on a cache line, which is also the flat state of a gradient flow.
template <class Real>
class LinearNetwork {
 public:
  using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
  using View = Eigen::Map<Matrix>;
  using ConstView = Eigen::Map<const Matrix>;

  // All weights zero. `units` = {N_1, ..., N_{L+1}}: at least two sizes, each at least 1. Throws DomainError.
  explicit LinearNetwork(std::vector<Eigen::Index> units);
  // {W^1, ..., W^L}. Throws DomainError when two neighbours do not compose.
  static LinearNetwork from_matrices(const std::vector<Matrix>& weights);

  base::Depth depth() const { return base::Depth::from_weight_matrices(static_cast<int>(units_.size()) - 1); }
  const std::vector<Eigen::Index>& units() const { return units_; }
  Eigen::Index inputs() const { return units_.front(); }
  Eigen::Index outputs() const { return units_.back(); }

  // W^l, l = 1 .. L. Throws DomainError for another l.
  View weight(int l);
  ConstView weight(int l) const;

  std::span<Real> buffer() { return buffer_; }
  std::span<const Real> buffer() const { return buffer_; }

 private:
  std::size_t index(int l) const;

  std::vector<Eigen::Index> units_;
  std::vector<std::size_t> offsets_;
  linalg::AlignedVector<Real> buffer_;
};

// W^last ... W^first : N_{last+1} x N_first; the empty product (first = last + 1) is the identity of N_first.
template <class Real>
typename LinearNetwork<Real>::Matrix product(const LinearNetwork<Real>& n, int first, int last);

// W^L ... W^1 : N_{L+1} x N_1.
template <class Real>
typename LinearNetwork<Real>::Matrix end_to_end(const LinearNetwork<Real>& n) {
  return product(n, 1, n.depth().weight_matrices());
}

// All weights as one vector, in the order of the buffer.
inline Eigen::Map<linalg::Vector> flat(LinearNetwork<double>& n) {
  return {n.buffer().data(), static_cast<Eigen::Index>(n.buffer().size())};
}
inline Eigen::Map<const linalg::Vector> flat(const LinearNetwork<double>& n) {
  return {n.buffer().data(), static_cast<Eigen::Index>(n.buffer().size())};
}

extern template class LinearNetwork<double>;
extern template class LinearNetwork<float>;

}  // namespace dln::network
