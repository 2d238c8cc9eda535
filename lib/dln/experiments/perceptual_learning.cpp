#include "dln/experiments/perceptual_learning.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "dln/base/error.hpp"
#include "dln/flow/deep_flow.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/theory/unbalanced_deep_mode.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;
using Mode = theory::UnbalancedDeepMode<double>;
using Options = PerceptualLearningOptions;

const ode::Options<double> kTolerance{.relative_tolerance = 1e-11, .absolute_tolerance = 1e-13};

void check(const Options& o) {
  base::require(o.layers.size() >= 2, "layers", static_cast<double>(o.layers.size()), "two or more");
  for (double a : o.layers) base::require_positive("a", a);
  base::require_positive("broad", o.broad);
  base::require_positive("weak", o.weak);
  base::require(std::isfinite(o.fine) && o.fine > o.weak, "fine", o.fine, "more than weak");
  base::require_positive("tau", o.time_constant);
  base::require(o.harmonics >= 1, "harmonics", o.harmonics, "1 or more");
  base::require(o.channels > 4 * o.harmonics, "channels", o.channels, "more than 4 for every harmonic");
  base::require(o.hidden > 2 * o.harmonics, "hidden units", o.hidden,
                "more than the modes of the broad task");
  base::require_positive("separation", o.separation);
  base::require(o.completion > 0 && o.completion < 1, "completion", o.completion,
                "a share greater than 0 and less than 1");
}

double angle_of(double degrees) {
  return 2 * std::numbers::pi * degrees / 180;  // orientations are the same after 180 degrees
}

std::vector<double> orientations_of(const Options& o) {
  std::vector<double> degrees;
  for (int j = 0; j < o.channels; ++j) degrees.push_back(180.0 * j / o.channels);
  return degrees;
}

// A bump of the width `separation` about `centre` on the circle of orientations.
double bump(double degrees, double centre, double width) {
  const double kappa = 1 / (angle_of(width) * angle_of(width));
  return std::exp(kappa * (std::cos(angle_of(degrees - centre)) - 1));
}

// Columns: cosine and sine of every harmonic, then the fine direction, orthonormal.
Matrix input_directions(const Options& o) {
  const auto degrees = orientations_of(o);
  Matrix v(o.channels, 2 * o.harmonics + 1);
  for (int j = 0; j < o.channels; ++j) {
    const double at = degrees[static_cast<std::size_t>(j)];
    for (int k = 0; k < o.harmonics; ++k) {
      v(j, 2 * k) = std::cos((k + 1) * angle_of(at)) * std::sqrt(2.0 / o.channels);
      v(j, 2 * k + 1) = std::sin((k + 1) * angle_of(at)) * std::sqrt(2.0 / o.channels);
    }
    v(j, 2 * o.harmonics) = bump(at, o.orientation + o.separation / 2, o.separation) -
                            bump(at, o.orientation - o.separation / 2, o.separation);
  }
  // Twice: once leaves a rounding of what was taken away.
  for (int pass = 0; pass < 2; ++pass) {
    const auto broad = v.leftCols(2 * o.harmonics);
    v.rightCols(1) -= (broad * (broad.transpose() * v.rightCols(1))).eval();
    v.rightCols(1).normalize();
  }
  return v;
}

data::Correlations task(const Options& o, const data::SingularModes& modes, double fine) {
  Vector s = Vector::Constant(modes.size(), o.broad);
  s[s.size() - 1] = fine;
  data::Correlations correlations;
  correlations.sigma11 = Matrix::Identity(o.channels, o.channels);
  correlations.sigma31 = modes.output * s.asDiagonal() * modes.input.transpose();
  return correlations;
}

// The time by which half of the change from the first to the last is made, between samples by a straight
// line.
double half_time(const std::vector<double>& epochs, const Vector& curve) {
  const double half = (curve[0] + curve[curve.size() - 1]) / 2;
  const double sign = curve[curve.size() - 1] > curve[0] ? 1 : -1;
  for (Eigen::Index k = 1; k < curve.size(); ++k)
    if (sign * (curve[k] - half) >= 0) {
      const double share = (half - curve[k - 1]) / (curve[k] - curve[k - 1]);
      const auto i = static_cast<std::size_t>(k);
      return epochs[i - 1] + share * (epochs[i] - epochs[i - 1]);
    }
  return epochs.back();
}

// What was seen of one layer at every sample.
struct Course {
  Vector weight, change, gain, square;  // |.|, distance from the start, |W^l ... W^1 v|, square
};

LayerChange change_of(const std::vector<double>& epochs, const Course& c) {
  const Eigen::Index last = c.weight.size() - 1;
  return {c.weight[0],  c.change[last] / c.weight[0], half_time(epochs, c.change), c.gain[0],
          c.gain[last], half_time(epochs, c.gain),    c.square[last] - c.square[0]};
}

std::vector<LayerChange> changes_of_mode(const std::vector<double>& epochs, const Matrix& layers) {
  std::vector<LayerChange> changes;
  Vector gain = Vector::Ones(layers.rows());
  for (Eigen::Index l = 0; l < layers.cols(); ++l) {
    const Vector a = layers.col(l);
    gain = gain.cwiseProduct(a);
    changes.push_back(change_of(epochs, {a, a.array() - a[0], gain, a.cwiseAbs2()}));
  }
  return changes;
}

std::vector<LayerChange> changes_of_network(const std::vector<double>& epochs,
                                            const std::vector<Network>& along, const Vector& fine,
                                            const Matrix& strengths) {
  std::vector<LayerChange> changes;
  const auto samples = static_cast<Eigen::Index>(along.size());
  for (int l = 1; l <= along[0].depth().weight_matrices(); ++l) {
    Course c{Vector(samples), Vector(samples), Vector(samples), Vector(samples)};
    for (Eigen::Index k = 0; k < samples; ++k) {
      const Network& now = along[static_cast<std::size_t>(k)];
      c.square[k] = now.weight(l).squaredNorm();
      c.gain[k] = (network::product(now, 1, l) * fine).norm();
      c.weight[k] = strengths.size() > 0 ? strengths(k, l - 1) : std::sqrt(c.square[k]);
      c.change[k] = (now.weight(l) - along[0].weight(l)).norm();
    }
    changes.push_back(change_of(epochs, c));
  }
  return changes;
}

std::vector<ReceptiveField> fields_of(const Network& before, const Network& after) {
  std::vector<ReceptiveField> fields;
  for (int l = 1; l <= before.depth().weight_matrices(); ++l) {
    const Matrix old = network::product(before, 1, l), now = network::product(after, 1, l);
    Eigen::Index unit;
    (now - old).rowwise().norm().maxCoeff(&unit);
    fields.push_back({old.row(unit).transpose(), now.row(unit).transpose()});
  }
  return fields;
}

std::vector<Network> follow(const Network& start, const data::Correlations& correlations, double tau,
                            const base::TimeGrid<double>& grid) {
  const auto solution = network::gradient_flow_fully(start, correlations, tau, grid, kTolerance);
  std::vector<Network> along;
  for (std::size_t k = 0; k < grid.size(); ++k)
    along.push_back(network::network_at(start, solution.trajectory.state(k)));
  return along;
}

// The network's two tasks.
class TwoTasks {
 public:
  explicit TwoTasks(const Options& o) : o_(o), stream_(base::stream(o.seed, "perceptual learning")) {
    modes_.input = input_directions(o);
    const Eigen::Index modes = modes_.input.cols();
    modes_.output = linalg::haar_orthonormal(modes, modes, stream_);
    modes_.singular_values = Vector::Constant(modes, o.broad);
    units_.assign(o.layers.size() + 1, o.hidden);
    units_.front() = o.channels;
    units_.back() = modes;
  }

  Vector fine_direction() const { return modes_.input.rightCols(1); }

  void from_decoupled(PerceptualLearning& result, double broad_epochs, const base::TimeGrid<double>& grid) {
    const Eigen::Index L = static_cast<Eigen::Index>(o_.layers.size());
    const Matrix strengths = Eigen::Map<const Vector>(o_.layers.data(), L).replicate(1, modes_.size());
    const auto start = network::decoupled_weights(units_, modes_, strengths, stream_);
    const auto ready =
        follow(start.network, broad(), o_.time_constant, base::TimeGrid<double>({0, broad_epochs})).back();
    const auto along = follow(ready, fine(), o_.time_constant, grid);
    result.network.resize(static_cast<Eigen::Index>(grid.size()), L);
    for (Eigen::Index k = 0; k < result.network.rows(); ++k)
      for (Eigen::Index l = 0; l < L; ++l) {
        const auto i = static_cast<std::size_t>(l);
        const auto weight = along[static_cast<std::size_t>(k)].weight(static_cast<int>(l) + 1);
        result.network(k, l) =
            start.bases[i + 1].rightCols(1).reshaped().dot(weight * start.bases[i].rightCols(1).reshaped());
      }
    result.by_network = changes_of_network(result.epochs, along, fine_direction(), result.network);
    result.receptive_fields = fields_of(along.front(), along.back());
  }

  // Times are its own: from such a start modes set out from other strengths.
  void from_random_weights(PerceptualLearning& result, double broad_epochs, double fine_epochs) {
    Network start(units_);
    for (int l = 1; l <= start.depth().weight_matrices(); ++l)
      for (double& entry : start.weight(l).reshaped())
        entry = o_.layers[static_cast<std::size_t>(l) - 1] / std::sqrt(o_.hidden) * stream_.normal();
    const Network ready = until(start, broad(), o_.completion * o_.weak, broad_epochs).first;
    const double epochs = until(ready, fine(), o_.completion * o_.fine, fine_epochs).second;
    const auto grid = base::TimeGrid<double>::linear(0, epochs, o_.samples);
    const auto along = follow(ready, fine(), o_.time_constant, grid);
    result.epochs = grid.times();
    result.by_network = changes_of_network(result.epochs, along, fine_direction(), {});
    result.receptive_fields = fields_of(along.front(), along.back());
  }

 private:
  data::Correlations broad() const { return task(o_, modes_, o_.weak); }
  data::Correlations fine() const { return task(o_, modes_, o_.fine); }

  // Trains until the fine mode has that strength; looks 400 times within `guess`, then within twice that, ...
  std::pair<Network, double> until(const Network& start, const data::Correlations& correlations,
                                   double strength, double guess) const {
    for (int attempt = 0; attempt < 10; ++attempt, guess *= 2) {
      const auto grid = base::TimeGrid<double>::linear(0, guess, 401);
      const auto along = follow(start, correlations, o_.time_constant, grid);
      for (std::size_t k = 1; k < along.size(); ++k)
        if (modes_.output.rightCols(1).reshaped().dot(end_to_end(along[k]) * fine_direction()) >= strength)
          return {along[k], grid[k]};
    }
    throw base::NumericalError(
        "a network from random weights did not learn the fine mode; take larger layers");
  }

  const Options& o_;
  base::RandomStream stream_;
  data::SingularModes modes_;
  std::vector<Eigen::Index> units_;
};

}  // namespace

std::vector<double> graded_layers(int matrices, double mean, double ratio) {
  base::require(matrices >= 2, "L", matrices, "2 or more");
  base::require_positive("mean", mean);
  base::require_positive("ratio", ratio);
  std::vector<double> layers;
  for (int l = 1; l <= matrices; ++l) layers.push_back(mean * std::pow(ratio, (matrices + 1) / 2.0 - l));
  return layers;
}

PerceptualLearning run_perceptual_learning(const Options& o) {
  check(o);
  const Mode weak({o.layers, o.weak, o.time_constant});
  const double broad_epochs = time_to_reach(weak, o.completion * o.weak);
  const Mode fine({layers_at(weak, broad_epochs), o.fine, o.time_constant});
  const double fine_epochs = time_to_reach(fine, o.completion * o.fine);
  const auto grid = base::TimeGrid<double>::linear(0, fine_epochs, o.samples);

  PerceptualLearning result;
  result.epochs = grid.times();
  result.orientations = orientations_of(o);
  const auto L = static_cast<Eigen::Index>(o.layers.size());
  result.theory.resize(o.samples, L);
  result.flow.resize(o.samples, L);
  const auto before =
      ode::integrate_fully<double>(flow::DeepFlow<double>({o.weak, o.time_constant}).layers(), o.layers,
                                   base::TimeGrid<double>({0, broad_epochs}), kTolerance);
  const auto along = ode::integrate_fully<double>(
      flow::DeepFlow<double>({o.fine, o.time_constant}).layers(),
      {before.trajectory.final_state().begin(), before.trajectory.final_state().end()}, grid, kTolerance);
  for (Eigen::Index k = 0; k < o.samples; ++k) {
    const auto i = static_cast<std::size_t>(k);
    const auto now = layers_at(fine, grid[i]);
    result.theory.row(k) = Eigen::Map<const Eigen::RowVectorXd>(now.data(), L);
    result.flow.row(k) = Eigen::Map<const Eigen::RowVectorXd>(along.trajectory.state(i).data(), L);
  }
  result.by_theory = changes_of_mode(result.epochs, result.theory);
  TwoTasks network(o);
  result.fine_direction = network.fine_direction();
  if (o.start == PerceptualStart::decoupled)
    network.from_decoupled(result, broad_epochs, grid);
  else
    network.from_random_weights(result, broad_epochs, fine_epochs);
  return result;
}

}  // namespace dln::experiments
