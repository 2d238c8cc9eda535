#include "dln/network/chain_gradient.hpp"

#include <cmath>
#include <type_traits>

#include "dln/base/error.hpp"
#include "dln/linalg/one_pass.hpp"
#include "dln/linalg/small_products.hpp"
#include "dln/linalg/tile_products.hpp"

namespace dln::network {
namespace {

// Compressed networks have ten units a layer, say, and a hundred layers: a general product would spend its
// time packing.
bool small(Eigen::Index rows, Eigen::Index inner, Eigen::Index columns) {
  return linalg::few_rows(rows) && inner * columns <= 1 << 14;
}
// Whole networks are a thousand units wide and have few outputs: what counts is how often weights are read.
bool wide(Eigen::Index outputs, Eigen::Index rows, Eigen::Index columns) {
  return outputs <= linalg::kThinRows && rows >= 16 && rows * columns > 1 << 14;
}
bool wide(Eigen::Index outputs, const auto& weight) {
  return wide(outputs, weight.rows(), weight.cols());
}

// Fig 3's layers: too many rows for the small products, too few for the wide ones.
bool middling(const auto& a, const auto& b) {
  return linalg::suits_tiles(a.rows(), a.cols(), b.cols());
}

// Whether there are two matrices on white inputs, that small together.
bool in_cache(const std::vector<Eigen::Index>& units, data::InputForm inputs) {
  return inputs == data::InputForm::white && units.size() == 3 && units[2] >= 16 && units[1] >= 16 &&
         units[1] * (units[0] + units[2]) <= 1 << 14;
}

// Whether a product with Sigma11 does best to read it as it lies, once for every few outputs.
bool thin_beside_inputs(const auto& sigma31) {
  return sigma31.cols() >= 16 && sigma31.rows() <= linalg::kThinRows;
}

template <class M>
constexpr bool kDoubles = std::is_same_v<typename M::Scalar, double>;

// c = a b.
template <class M>
void multiply(const M& a, const auto& b, auto&& c) {
  if constexpr (kDoubles<M>)
    if (small(a.rows(), a.cols(), b.cols()))
      return linalg::multiply_small(a.data(), b.data(), c.data(), a.rows(), a.cols(), b.cols());
  if (middling(a, b)) return linalg::multiply_tiles(typename M::Scalar(1), a, b, c);
  c.noalias() = a * b;
}
// c = a b^T.
template <class M>
void multiply_by_transpose(const M& a, const auto& b, M& c) {
  if constexpr (kDoubles<M>)
    if (small(a.rows(), a.cols(), b.rows()))
      return linalg::multiply_small_by_transpose(a.data(), b.data(), c.data(), a.rows(), a.cols(), b.rows());
  if (middling(a, b.transpose())) return linalg::multiply_tiles(typename M::Scalar(1), a, b.transpose(), c);
  c.noalias() = a * b.transpose();
}
// c = a^T b, with room for a^T.
template <class M>
void multiply_transposed(const M& a, const M& b, auto&& c, M& transposed) {
  if constexpr (kDoubles<M>)
    if (small(a.cols(), a.rows(), b.cols())) {
      transposed = a.transpose();
      return linalg::multiply_small(transposed.data(), b.data(), c.data(), a.cols(), a.rows(), b.cols());
    }
  if (middling(a.transpose(), b)) {
    transposed = a.transpose();
    return linalg::multiply_tiles(typename M::Scalar(1), transposed, b, c);
  }
  c.noalias() = a.transpose() * b;
}

}  // namespace

template <class Real>
ChainGradient<Real>::ChainGradient(const data::Correlations& correlations, const Network& shape)
    : inputs_(data::input_form(correlations.sigma11)),
      sigma31_(correlations.sigma31.template cast<Real>()),
      target_power_(correlations.target_power),
      sum_factor_(data::sum_factor(correlations)),
      units_(shape.units()),
      backward_(static_cast<std::size_t>(shape.depth().weight_matrices())),
      forward_(backward_.size()) {
  require_fitting(shape.units(), correlations);
  fused_ = in_cache(shape.units(), inputs_);
  if (fused_) {
    room_.resize(static_cast<std::size_t>(2 * padded(sigma31_.size()) + padded(units_[1] * units_[2])));
    targets() = sigma31_;
  }
  if (inputs_ == data::InputForm::diagonal)
    sigma11_ = correlations.sigma11.diagonal().template cast<Real>();
  else if (inputs_ == data::InputForm::correlated)
    sigma11_ = correlations.sigma11.template cast<Real>();
  for (int l = 0; l < shape.depth().weight_matrices(); ++l) {
    const Eigen::Index units = shape.units()[static_cast<std::size_t>(l)];
    above(l).resize(shape.outputs(), units);
    below(l).resize(shape.outputs(), units);
  }
}

template <class Real>
void ChainGradient<Real>::look(const Network& network) {
  if (fused_)
    return linalg::multiply_tiles(targets(), Real(-1), network.weight(2), network.weight(1), error());
  const int matrices = network.depth().weight_matrices();
  above(matrices - 1) = network.weight(matrices);
  for (int l = matrices - 1; l >= 1; --l) {
    const auto weight = network.weight(l);
    if (!wide(sigma31_.rows(), weight)) {
      multiply(above(l), weight, above(l - 1));
      continue;
    }
    transposed_ = above(l).transpose();
    product_.resize(weight.cols(), sigma31_.rows());
    linalg::thin_times_large(transposed_.data(), weight.data(), product_.data(), sigma31_.rows(),
                             weight.rows(), weight.cols());
    above(l - 1) = product_.transpose();
  }
  below(0) = sigma31_;
  if (inputs_ == data::InputForm::white)
    below(0) -= above(0);
  else if (inputs_ == data::InputForm::diagonal)
    below(0) -= above(0) * sigma11_.col(0).asDiagonal();
  else if (thin_beside_inputs(sigma31_)) {
    product_.resize(sigma31_.cols(), sigma31_.rows());  // Sigma11 is symmetric: the long sides contiguous
    linalg::multiply_tiles(Real(1), sigma11_, above(0).transpose(), product_);
    below(0) -= product_.transpose();
  } else
    below(0).noalias() -= above(0) * sigma11_;
}

template <class Real>
void ChainGradient<Real>::operator()(const Network& network, Network& direction) {
  const int matrices = network.depth().weight_matrices();
  look(network);
  if (fused_) {
    auto second = transposed();
    linalg::transpose(network.weight(2), second);
    linalg::multiply_tiles(Real(1), second, error(), direction.weight(1));
    linalg::multiply_tiles(Real(1), error(), network.weight(1).transpose(), direction.weight(2));
    return;
  }
  for (int l = 1; l < matrices; ++l) multiply_by_transpose(below(l - 1), network.weight(l), below(l));
  // above(l) holds the factor left of W^l for l < L; left of W^L stands the identity.
  for (int l = 1; l < matrices; ++l)
    multiply_transposed(above(l), below(l - 1), direction.weight(l), transposed_);
  direction.weight(matrices) = below(matrices - 1);
}

template <class Real>
void ChainGradient<Real>::step(Network& network, Real rate) {
  if (fused_) {
    auto first = network.weight(1), second = network.weight(2), before = transposed();
    linalg::transpose(second, before);  // both move from the old weights
    linalg::multiply_tiles(second, rate, error(), first.transpose(), second);
    return linalg::multiply_tiles(first, rate, before, error(), first);
  }
  const int matrices = network.depth().weight_matrices();
  for (int l = 1; l < matrices; ++l) {
    auto weight = network.weight(l);
    if (wide(sigma31_.rows(), weight)) {
      transposed_ = rate * above(l).transpose();
      product_.resize(weight.rows(), sigma31_.rows());
      linalg::pass_and_update(transposed_.data(), below(l - 1).data(), weight.data(), product_.data(),
                              sigma31_.rows(), weight.rows(), weight.cols());
      below(l) = product_.transpose();
    } else {
      multiply_by_transpose(below(l - 1), weight, below(l));
      product_.resize(weight.rows(), weight.cols());
      multiply_transposed(above(l), below(l - 1), product_, transposed_);
      weight += rate * product_;
    }
  }
  network.weight(matrices) += rate * below(matrices - 1);
}

template <class Real>
double ChainGradient<Real>::error_correlation_norm() const {
  if (!fused_) return static_cast<double>(forward_.front().norm());
  const auto error = error_correlation();
  return std::sqrt(linalg::squared_norm(error.data(), error.size()));
}

template <class Real>
typename LinearNetwork<Real>::ConstView ChainGradient<Real>::error_correlation() const {
  const Real* data = fused_ ? room_.data() + padded(sigma31_.size()) : forward_.front().data();
  return {data, sigma31_.rows(), sigma31_.cols()};
}

// With W the end-to-end map, ||y||^2 - 2 W.Sigma31 + W Sigma11.W = ||y||^2 - W.(Sigma31 + (Sigma31 - W
// Sigma11)).
template <class Real>
double ChainGradient<Real>::squared_error() const {
  const auto targets = sigma31_.template cast<double>().array();
  const auto error = error_correlation();
  const auto left = error.template cast<double>().array();
  const double explained = fused_
                               ? ((targets - left) * (targets + left)).sum()  // W = Sigma31 - (Sigma31 - W)
                               : (backward_.front().template cast<double>().array() * (targets + left)).sum();
  return 0.5 * (target_power_ - explained);
}

template class ChainGradient<double>;
template class ChainGradient<float>;

TrainingPath gradient_path(const std::vector<Eigen::Index>& units, data::InputForm inputs) {
  if (in_cache(units, inputs))
    return {PathKind::fused,
            fmt::format("{} weights of two matrices stay in the cache", units[1] * (units[0] + units[2]))};
  Eigen::Index in_one_pass = 0, all = 0;
  for (std::size_t l = 0; l + 1 < units.size(); ++l) {
    const Eigen::Index size = units[l] * units[l + 1];
    all += size;
    if (l + 2 < units.size() && wide(units.back(), units[l + 1], units[l])) in_one_pass += size;
  }
  if (2 * in_one_pass > all)
    return {PathKind::fused, fmt::format("{} outputs, at most {} rows", units.back(), linalg::kThinRows)};
  if (units.back() > linalg::kThinRows)
    return {PathKind::general, fmt::format("{} outputs, more than {} rows", units.back(), linalg::kThinRows)};
  return {PathKind::general, "layers too small to count how often they are read"};
}

void require_fitting(const std::vector<Eigen::Index>& units, const data::Correlations& correlations) {
  const Eigen::Index from = units.front(), to = units.back();
  const auto &sigma11 = correlations.sigma11, &sigma31 = correlations.sigma31;
  if (sigma31.cols() != from || sigma31.rows() != to || sigma11.rows() != from || sigma11.cols() != from)
    throw base::DomainError(fmt::format(
        "network from {} inputs to {} outputs: Sigma31 is {} x {} and Sigma11 {} x {}, expected {} x {} and "
        "{} x {}",
        from, to, sigma31.rows(), sigma31.cols(), sigma11.rows(), sigma11.cols(), to, from, from, from));
}

double squared_error(const LinearNetwork<double>& network, const data::Correlations& correlations) {
  const linalg::Matrix map = end_to_end(network);
  const double cross = (correlations.sigma31.array() * map.array()).sum();
  const double power = ((map * correlations.sigma11).array() * map.array()).sum();
  return 0.5 * (correlations.target_power - 2 * cross + power);
}

}  // namespace dln::network
