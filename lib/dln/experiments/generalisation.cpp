#include "dln/experiments/generalisation.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>

#include "dln/base/error.hpp"
#include "dln/data/singular_modes.hpp"
#include "dln/experiments/generalisation_store.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

constexpr double kTau = 1;
constexpr double kSpan = 3;  // of the curves, in stopping times

void check(const GeneralisationOptions& o) {
  base::require_positive("u0", o.initial_strength);
  base::require(!o.teacher.empty() && std::ranges::is_sorted(o.teacher, std::greater<>()), "teacher modes",
                static_cast<double>(o.teacher.size()), "one or more, in descending order");
  base::require(!o.layers.empty(), "depths", 0.0, "one or more");
  base::require(o.draws >= 1, "draws", o.draws, "1 or more");
  base::require(o.samples >= 10, "samples", o.samples, "10 or more");
  base::require(o.modes_together >= 1, "modes together", static_cast<double>(o.modes_together), "1 or more");
}

Matrix gaussian(Eigen::Index rows, Eigen::Index columns, base::RandomStream& stream) {
  return Matrix::NullaryExpr(rows, columns, [&] { return stream.normal(); });
}

// The targets of one draw as its own modes see them.
struct Draw {
  data::SingularModes modes;
  Matrix teacher;  // U^T Wbar V : modes x modes
  double target_power, teacher_power;
  SpectrumDraw spectrum;
};

Draw decomposed(const NoisyTargets& targets) {
  Draw draw;
  draw.modes = data::singular_modes(targets.sigma31);
  draw.teacher = draw.modes.output.transpose() * targets.teacher * draw.modes.input;
  draw.target_power = targets.sigma31.squaredNorm();
  draw.teacher_power = targets.teacher.squaredNorm();
  const Eigen::Index k = targets.output.cols();
  const auto overlaps = [k](const Matrix& ours, const Matrix& teachers) -> Vector {
    return (ours.leftCols(k).transpose() * teachers).diagonal().cwiseAbs();
  };
  const Vector held = draw.modes.singular_values.cwiseProduct(draw.teacher.diagonal());
  draw.spectrum = {draw.modes.singular_values, overlaps(draw.modes.output, targets.output),
                   overlaps(draw.modes.input, targets.input), held.tail(held.size() - k).sum()};
  return draw;
}

// Errors as learned_errors() scales them: the training error by the mean power, which does not depend on the
// draw.
ErrorCurve scaled(ErrorCurve curve, const GeneralisationOptions& o) {
  const auto teacher = o.noisy_teacher();
  for (double& e : curve.training) e /= teacher.target_power();
  for (double& e : curve.test) e /= teacher.teacher_power();
  return curve;
}

const ode::Options<double> kFlow{
    .stepper = ode::Stepper::dopri5, .relative_tolerance = 1e-8, .absolute_tolerance = 1e-10};

// Adds what the modes from `first` on, trained together, leave of the errors.
void train_block(const GeneralisationOptions& o, const Draw& draw, int number, const base::Depth& depth,
                 const base::TimeGrid<double>& grid, Eigen::Index first, ErrorCurve& curve) {
  const Eigen::Index count = std::min(o.modes_together, draw.modes.size() - first);
  const int matrices = depth.weight_matrices();
  const Vector s = draw.modes.singular_values.segment(first, count);
  const Matrix teacher = draw.teacher.block(first, first, count, count);
  data::Correlations correlations{.sigma11 = Matrix::Identity(count, count),
                                  .sigma31 = s.asDiagonal(),
                                  .target_power = s.squaredNorm(),
                                  .examples = static_cast<std::uint64_t>(count)};
  const data::SingularModes modes{Matrix::Identity(count, count), s, Matrix::Identity(count, count)};
  auto stream = base::stream(o.seed, "generalisation start", depth.layers(), number, first);
  const auto start = network::decoupled_weights(
      std::vector<Eigen::Index>(static_cast<std::size_t>(matrices) + 1, count), modes,
      Matrix::Constant(matrices, count, std::pow(o.initial_strength, 1.0 / matrices)), stream);
  const auto solution = network::gradient_flow_fully(start.network, correlations, kTau, grid, kFlow);
  for (std::size_t i = 0; i < grid.size(); ++i) {
    const Matrix w = network::end_to_end(network::network_at(start.network, solution.trajectory.state(i)));
    curve.training[i] += (correlations.sigma31 - w).squaredNorm();
    curve.test[i] += w.squaredNorm() - 2 * w.cwiseProduct(teacher).sum();
  }
}

ErrorCurve train(const GeneralisationOptions& o, const Draw& draw, int number, const base::Depth& depth,
                 const std::vector<double>& times) {
  const base::TimeGrid<double> grid(times);
  ErrorCurve curve{std::vector<double>(times.size(), 0.0),
                   std::vector<double>(times.size(), draw.teacher_power)};
  for (Eigen::Index first = 0; first < draw.modes.size(); first += o.modes_together)
    train_block(o, draw, number, depth, grid, first, curve);
  return scaled(std::move(curve), o);
}

ErrorCurve train_random(const GeneralisationOptions& o, int number, Eigen::Index hidden_units,
                        const std::vector<double>& times) {
  const auto targets = draw_targets(o, number);
  const data::Correlations correlations{.sigma11 = Matrix::Identity(o.inputs, o.inputs),
                                        .sigma31 = targets.sigma31,
                                        .target_power = targets.sigma31.squaredNorm(),
                                        .examples = static_cast<std::uint64_t>(o.inputs)};
  auto stream = base::stream(o.seed, "generalisation random start", number);
  const auto start = network::small_random_weights(
      {o.inputs, hidden_units, o.outputs}, network::deviation_for_strength(o.initial_strength, hidden_units),
      stream);
  auto flow = kFlow;
  flow.relative_tolerance = 1e-4;
  flow.absolute_tolerance = 1e-7;
  const auto solution =
      network::gradient_flow_fully(start, correlations, kTau, base::TimeGrid<double>(times), flow);
  ErrorCurve curve;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Matrix w = network::end_to_end(network::network_at(start, solution.trajectory.state(i)));
    curve.training.push_back((targets.sigma31 - w).squaredNorm());
    curve.test.push_back((targets.teacher - w).squaredNorm());
  }
  return scaled(std::move(curve), o);
}

// A draw made at first use.
class Lazy {
 public:
  Lazy(const GeneralisationOptions& options, int number) : options_(options), number_(number) {}
  const Draw& get() {
    if (!draw_) draw_ = decomposed(draw_targets(options_, number_));
    return *draw_;
  }

 private:
  const GeneralisationOptions& options_;
  int number_;
  std::optional<Draw> draw_;
};

SpectrumDraw spectrum_of(const GeneralisationOptions& o, int number, Lazy& draw, RunStore& store) {
  const auto key = draw_key(o, number);
  if (auto kept = unpacked_spectrum(store.find(key), o)) return *kept;
  store.keep(key, packed(draw.get().spectrum));
  return draw.get().spectrum;
}

template <class Run>
ErrorCurve curve_of(const std::string& key, const std::vector<double>& times, RunStore& store,
                    const Run& run) {
  if (auto kept = unpacked(store.find(key), times.size())) return *kept;
  ErrorCurve curve = run();
  store.keep(key, packed(curve));
  return curve;
}

// `task(number)` for every draw, on all cores.
template <class Task>
void over_draws(const GeneralisationOptions& o, const char* what, base::Progress& progress,
                const Task& task) {
  std::atomic<int> done{0};
  tbb::parallel_for(
      tbb::blocked_range<int>(0, o.draws, 1),
      [&](const auto& range) {
        for (int number = range.begin(); number < range.end(); ++number) {
          task(number);
          progress.report(what, static_cast<double>(++done) / o.draws);
        }
      },
      tbb::simple_partitioner());
}

DepthGeneralisation in_theory(const GeneralisationOptions& o, int layers) {
  const auto depth = base::Depth::from_layers(layers);
  const auto teacher = o.noisy_teacher();
  DepthGeneralisation found{.layers = layers,
                            .times = {},
                            .theory = {},
                            .optimum = optimal_stopping(teacher, depth, o.initial_strength),
                            .trained = std::vector<ErrorCurve>(static_cast<std::size_t>(o.draws))};
  found.times = base::TimeGrid<double>::linear(0, kSpan * found.optimum.time, o.samples).times();
  found.theory = {std::vector<double>(found.times.size()), std::vector<double>(found.times.size())};
  tbb::parallel_for(std::size_t{0}, found.times.size(), [&](std::size_t i) {
    const auto errors = errors_at(teacher, depth, o.initial_strength, found.times[i]);
    found.theory.training[i] = errors.training;
    found.theory.test[i] = errors.test;
  });
  return found;
}

}  // namespace

theory::NoisyTeacher GeneralisationOptions::noisy_teacher() const {
  check(*this);
  return {inputs, outputs, teacher, noise};
}

NoisyTargets draw_targets(const GeneralisationOptions& o, int number) {
  auto stream = base::stream(o.seed, "generalisation targets", number);
  const auto k = static_cast<Eigen::Index>(o.teacher.size());
  NoisyTargets targets;
  targets.output = linalg::haar_orthonormal(o.outputs, k, stream);
  targets.input = linalg::haar_orthonormal(o.inputs, k, stream);
  targets.teacher =
      targets.output * Eigen::Map<const Vector>(o.teacher.data(), k).asDiagonal() * targets.input.transpose();
  const double deviation = o.noise / std::sqrt(static_cast<double>(o.inputs));
  targets.sigma31 = targets.teacher + deviation * gaussian(o.outputs, o.inputs, stream);
  return targets;
}

std::vector<SpectrumDraw> draw_spectra(const GeneralisationOptions& o, RunStore& store,
                                       base::Progress& progress) {
  check(o);
  std::vector<SpectrumDraw> spectra(static_cast<std::size_t>(o.draws));
  over_draws(o, "spectra of a noisy teacher", progress, [&](int number) {
    Lazy draw(o, number);
    spectra[static_cast<std::size_t>(number)] = spectrum_of(o, number, draw, store);
  });
  return spectra;
}

Generalisation run_generalisation(const GeneralisationOptions& o, RunStore& store, base::Progress& progress) {
  check(o);
  Generalisation found{.spectra = std::vector<SpectrumDraw>(static_cast<std::size_t>(o.draws)), .depths = {}};
  for (const int layers : o.layers) found.depths.push_back(in_theory(o, layers));
  over_draws(o, "learning from a noisy teacher", progress, [&](int number) {
    Lazy draw(o, number);
    found.spectra[static_cast<std::size_t>(number)] = spectrum_of(o, number, draw, store);
    for (auto& depth : found.depths) {
      const auto network = fmt::format("Nl={}/together={}", depth.layers, o.modes_together);
      depth.trained[static_cast<std::size_t>(number)] = curve_of(
          curve_key(o, number, network, depth.times), depth.times, store,
          [&] { return train(o, draw.get(), number, base::Depth::from_layers(depth.layers), depth.times); });
    }
  });
  return found;
}

std::vector<ErrorCurve> run_random_generalisation(const GeneralisationOptions& o, Eigen::Index hidden_units,
                                                  const std::vector<double>& times, RunStore& store,
                                                  base::Progress& progress) {
  check(o);
  base::require(hidden_units >= 1, "N2", static_cast<double>(hidden_units), "1 or more hidden units");
  std::vector<ErrorCurve> curves(static_cast<std::size_t>(o.draws));
  over_draws(o, "noisy teacher, random starts", progress, [&](int number) {
    const auto key = curve_key(o, number, fmt::format("random/N2={}", hidden_units), times);
    curves[static_cast<std::size_t>(number)] =
        curve_of(key, times, store, [&] { return train_random(o, number, hidden_units, times); });
  });
  return curves;
}

}  // namespace dln::experiments
