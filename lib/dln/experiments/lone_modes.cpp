#include "dln/experiments/lone_modes.hpp"

#include <cmath>
#include <limits>
#include <optional>

#include "dln/base/error.hpp"
#include "dln/experiments/rate_advice.hpp"
#include "dln/network/chain_gradient.hpp"
#include "dln/theory/deep_mode.hpp"
#include "dln/theory/unbalanced_deep_mode.hpp"
#include "dln/theory/unequal_mode.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
// A mode handed on along one direction but for rounding of the products that made the start.
constexpr double kAlong = 1e-9;
constexpr double kSettled = 1e-9;  // of the end, within which a mode has settled there

// Where strengths go, epoch by epoch.
class Course {
 public:
  Course(const std::vector<double>& epochs, double half, Eigen::Ref<Vector> strengths)
      : epochs_(epochs), half_(half), strengths_(strengths) {
    strengths_.setConstant(kNothing);
  }
  // False when nothing more is wanted: at the last epoch, or once nothing will change any more.
  bool see(double epoch, double u) {
    if (std::isnan(half_epoch) && u >= half_)
      half_epoch = epoch == 0 ? 0 : epoch - 1 + (half_ - before_) / (u - before_);
    const bool settled =
        std::abs(u - 2 * half_) <= kSettled * half_ && std::abs(u - before_) <= kSettled * half_;
    before_ = u;
    if (epoch == epochs_[next_]) strengths_[static_cast<Eigen::Index>(next_++)] = u;
    if (settled)
      while (next_ < epochs_.size()) strengths_[static_cast<Eigen::Index>(next_++)] = 2 * half_;
    return next_ < epochs_.size() && std::isfinite(u);
  }
  double half_epoch = kNothing;

 private:
  const std::vector<double>& epochs_;
  double half_, before_ = 0;
  Eigen::Ref<Vector> strengths_;
  std::size_t next_ = 0;
};

// a_i += rate (s - d u) prod_{j != i} a_j, all from the old values.
void follow_chain(std::vector<double> a, double s, double d, double rate, Course& course) {
  std::vector<double> above(a.size() + 1, 1.0);
  for (double epoch = 0;; ++epoch) {
    for (std::size_t i = a.size(); i-- > 0;) above[i] = above[i + 1] * a[i];
    const double u = above[0];
    if (!course.see(epoch, u)) return;
    const double push = rate * (s - d * u);
    double below = 1;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double old = a[i];
      a[i] += push * below * above[i + 1];
      below *= old;
    }
  }
}

// A network of one input and one output, whose matrices learn by outer products: no more is formed.
void follow_network(Vector first, std::vector<Matrix> inner, Vector last, double s, double d, double rate,
                    Course& course) {
  std::vector<Vector> below(inner.size() + 1), above(inner.size() + 1);  // of and on every hidden layer
  for (double epoch = 0;; ++epoch) {
    below.front() = first;
    for (std::size_t l = 0; l < inner.size(); ++l) below[l + 1].noalias() = inner[l] * below[l];
    above.back() = last;
    for (std::size_t l = inner.size(); l-- > 0;) above[l].noalias() = inner[l].transpose() * above[l + 1];
    const double u = last.dot(below.back());
    if (!course.see(epoch, u)) return;
    const double push = rate * (s - d * u);
    first += push * above.front();
    last += push * below.back();
    for (std::size_t l = 0; l < inner.size(); ++l)
      inner[l].noalias() += (push * above[l + 1]) * below[l].transpose();
  }
}

// One mode's way through the start.
struct LoneStart {
  LoneLaw law;
  std::vector<double> chain;  // empty for a network
};

// The strengths of the layers where each hands the mode on along one direction: forwards, and backwards the
// same way.
std::optional<std::vector<double>> along_one_direction(const Network& start, const Vector& first,
                                                       const Vector& last) {
  const int matrices = start.depth().weight_matrices();
  std::vector<double> chain{first.stableNorm()};
  if (!(chain[0] > 0)) return {};
  Vector direction = first / chain[0];
  for (int l = 2; l < matrices; ++l) {
    const Vector passed = start.weight(l) * direction;
    const double size = passed.stableNorm();
    if (!(size > 0)) return {};
    const Vector next = passed / size;
    if ((start.weight(l).transpose() * next - size * direction).norm() > kAlong * size) return {};
    chain.push_back(size);
    direction = next;
  }
  const double top = last.dot(direction);
  if ((last - top * direction).norm() > kAlong * std::abs(top)) return {};
  chain.push_back(top);
  return chain;
}

LoneStart lone_start(const Network& start, const Vector& first, const Vector& last) {
  if (start.depth().weight_matrices() == 2) {
    const double plus = (first + last).stableNorm() / 2, minus = (first - last).stableNorm() / 2;
    return {LoneLaw::two_layers, {plus + minus, plus - minus}};
  }
  auto chain = along_one_direction(start, first, last);
  if (!chain) return {LoneLaw::network, {}};
  for (const double strength : *chain)
    if (std::abs(strength - chain->front()) > kAlong * chain->front())
      return {LoneLaw::unequal_layers, std::move(*chain)};
  return {LoneLaw::equal_layers, std::move(*chain)};
}

// The half time by the flow's closed form.
double flow_half(const LoneStart& lone, double s, double d, double rate) try {
  const double end = s / d, tau = 1 / (rate * d);
  switch (lone.law) {
    case LoneLaw::shallow: {
      const double u0 = lone.chain[0];
      return u0 >= end / 2 ? 0 : tau * std::log((end - u0) / (end / 2));
    }
    case LoneLaw::two_layers:
      return half_learning_time(theory::UnequalMode<double>({lone.chain[0], lone.chain[1], end, tau}));
    case LoneLaw::equal_layers: {
      const auto depth = base::Depth::from_weight_matrices(static_cast<int>(lone.chain.size()));
      const double u0 = std::pow(lone.chain[0], depth.weight_matrices());
      return half_learning_time(theory::DeepMode<double>(base::DepthExponent(depth), {end, u0, tau}));
    }
    case LoneLaw::unequal_layers:
      return half_learning_time(theory::UnbalancedDeepMode<double>({lone.chain, end, tau}));
    case LoneLaw::network:
      break;
  }
  return kNothing;
} catch (const base::UnreachableError&) {
  return kNothing;  // a saddle's own way
}

std::vector<Matrix> inner_matrices(const Network& start) {
  std::vector<Matrix> inner;
  for (int l = 2; l < start.depth().weight_matrices(); ++l) inner.emplace_back(start.weight(l));
  return inner;
}

struct Projections {
  Matrix first;  // W^1 V : N_2 x count
  Matrix last;   // W^L^T U : N_L x count
};

Projections projections(const LearningProblem& problem, Eigen::Index count, const Network& start) {
  network::require_fitting(start.units(), problem.correlations);
  const auto& modes = problem.modes;
  base::require(count >= 1 && count <= modes.size(), "modes", static_cast<double>(count),
                fmt::format("1 to {}", modes.size()));
  const int matrices = start.depth().weight_matrices();
  return {start.weight(1) * modes.input.leftCols(count),
          start.weight(matrices).transpose() * modes.output.leftCols(count)};
}

}  // namespace

std::string_view name_of(LoneLaw law) {
  switch (law) {
    case LoneLaw::shallow:
      return "u' = s - d u, without hidden layers";
    case LoneLaw::two_layers:
      return "Eq 8 from unequal layers";
    case LoneLaw::equal_layers:
      return "Eq 15";
    case LoneLaw::unequal_layers:
      return "Eq 14 from unequal layers";
    case LoneLaw::network:
      return "networks of one mode each";
  }
  return "unknown";
}

LoneLaw lone_law(const LearningProblem& problem, Eigen::Index count, const Network& start) {
  const auto [first, last] = projections(problem, count, start);
  if (start.depth().weight_matrices() == 1) return LoneLaw::shallow;
  LoneLaw law = LoneLaw::two_layers;
  for (Eigen::Index k = 0; k < count; ++k)
    law = std::max(law, lone_start(start, first.col(k), last.col(k)).law);
  return law;
}

LoneModes follow_lone_modes(const LearningProblem& problem, Eigen::Index count, const Network& start,
                            double rate, const std::vector<double>& epochs) {
  base::require_positive("learning rate", rate);
  base::require(!epochs.empty() && epochs.front() == 0, "first epoch",
                epochs.empty() ? kNothing : epochs.front(), "0");
  for (std::size_t i = 1; i < epochs.size(); ++i)
    base::require(epochs[i] > epochs[i - 1] && epochs[i] == std::floor(epochs[i]), "epoch", epochs[i],
                  "whole numbers that increase strictly");
  const auto [first, last] = projections(problem, count, start);
  const auto [s, d] = aligned_modes(problem);
  const auto samples = static_cast<Eigen::Index>(epochs.size());
  const bool shallow = start.depth().weight_matrices() == 1;
  LoneModes found{shallow ? LoneLaw::shallow : LoneLaw::two_layers, Matrix(samples, count), Vector(count),
                  Vector(count)};
  for (Eigen::Index k = 0; k < count; ++k) {
    LoneStart lone;
    if (shallow)
      lone = {LoneLaw::shallow, {problem.modes.output.col(k).dot(first.col(k))}};
    else
      lone = lone_start(start, first.col(k), last.col(k));
    Course course(epochs, s[k] / (2 * d[k]), found.strengths.col(k));
    if (lone.law == LoneLaw::network)
      follow_network(first.col(k), inner_matrices(start), last.col(k), s[k], d[k], rate, course);
    else
      follow_chain(lone.chain, s[k], d[k], rate, course);
    found.half_epochs[k] = course.half_epoch;
    found.flow_half_epochs[k] = flow_half(lone, s[k], d[k], rate);
    found.law = std::max(found.law, lone.law);
  }
  return found;
}

}  // namespace dln::experiments
