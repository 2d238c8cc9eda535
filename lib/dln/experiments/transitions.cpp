#include "dln/experiments/transitions.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/network/mode_strengths.hpp"
#include "dln/network/output_compression.hpp"
#include "dln/theory/depth_delay.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

constexpr double kTau = 1;
constexpr std::size_t kMostSamples = 50'000;

double initial_strength(const LearningProblem& problem, const TransitionOptions& options) {
  return options.share * problem.modes.singular_values.minCoeff();
}

void check(const TransitionOptions& o) {
  base::require(o.share > 0 && o.share <= 0.01, "u0 over the least s", o.share,
                "a share greater than 0 and at most 0.01");
  base::require(o.completion > 0.9 && o.completion < 1, "completion", o.completion,
                "a share of s greater than 0.9 and less than 1");
  base::require(o.resolution > 0 && o.resolution <= 0.1, "resolution", o.resolution,
                "a share of s greater than 0 and at most 0.1");
  base::require(o.start == TransitionStart::decoupled || o.depth.layers() <= 3,
                "layers of a small random start", o.depth.layers(), "2 or 3; deeper ones start decoupled");
}

Network starting_network(const LearningProblem& problem, const TransitionOptions& options) {
  const int matrices = options.depth.weight_matrices();
  const Eigen::Index modes = problem.modes.size();
  std::vector<Eigen::Index> units(static_cast<std::size_t>(matrices) + 1, modes);
  units.front() = problem.correlations.sigma31.cols();
  units.back() = problem.correlations.sigma31.rows();
  const double u0 = initial_strength(problem, options);
  auto stream = base::stream(options.seed, "transitions start", options.depth.layers());
  if (options.start == TransitionStart::small_random)
    return network::small_random_weights(
        units, matrices == 1 ? u0 : network::deviation_for_strength(u0, modes), stream);
  const auto strengths = Matrix::Constant(matrices, modes, std::pow(u0, 1.0 / matrices));
  return network::decoupled_weights(units, problem.modes, strengths, stream).network;
}

// A decoupled start's W^L lies in the span of U as every gradient does: U's coordinates are outputs enough.
LearningProblem with_modes_as_outputs(const LearningProblem& problem) {
  LearningProblem small = problem;
  small.examples.reset();
  small.correlations.sigma31 = problem.modes.output.transpose() * problem.correlations.sigma31;
  small.modes.output = Matrix::Identity(problem.modes.size(), problem.modes.size());
  return small;
}

// What is looked at at one time.
struct Look {
  Vector strengths;
  double leak, error, speed;
};

class Observer {
 public:
  Observer(const data::Correlations& correlations, const data::SingularModes& modes, const Network& shape)
      : modes_(modes), gradient_(correlations, shape), direction_(shape) {}

  Look look(const Network& network) {
    gradient_(network, direction_);
    double squares = 0;
    for (const double g : direction_.buffer()) squares += g * g;
    const auto measured = network::mode_strengths(network, modes_);
    return {measured.strengths, measured.leak, gradient_.squared_error(), squares / kTau};
  }

  // The largest change of a mode in shares of its s; infinite where the speed changes by more than half.
  double change(const Look& before, const Look& after) const {
    const double ratio = after.speed / before.speed;
    if (!(ratio < 1.5 && ratio > 1 / 1.5)) return std::numeric_limits<double>::infinity();
    return (after.strengths - before.strengths).cwiseAbs().cwiseQuotient(modes_.singular_values).maxCoeff();
  }

  double least_share(const Look& look) const {
    return look.strengths.cwiseQuotient(modes_.singular_values).minCoeff();
  }

 private:
  const data::SingularModes& modes_;
  network::ChainGradient<double> gradient_;
  Network direction_;
};

// Follows the flow from sample to sample, each stretch so long that modes move by about the resolution. How
// long that is, is found by trying: nothing is known of how long learning takes.
class Walk {
 public:
  Walk(Network start, const data::Correlations& correlations, const data::SingularModes& modes,
       double resolution)
      : now_(std::move(start)),
        correlations_(correlations),
        observer_(correlations, modes, now_),
        here_(observer_.look(now_)),
        resolution_(resolution),
        stretch_(1e-3 * kTau / modes.singular_values[0]),
        step_(stretch_) {}

  const Network& network() const { return now_; }
  const Look& here() const { return here_; }
  double time() const { return time_; }
  double least_share() const { return observer_.least_share(here_); }
  const ode::Work& work() const { return work_; }

  void advance() {
    for (;; stretch_ /= 2) {
      auto next = after_stretch();
      const Look there = observer_.look(next);
      const double change = observer_.change(here_, there);
      if (!(change <= 2 * resolution_)) continue;
      now_ = std::move(next);
      here_ = there;
      time_ += stretch_;
      if (change < resolution_) stretch_ *= std::min(resolution_ / change, 1.5);
      return;
    }
  }

 private:
  Network after_stretch() {
    const auto solution =
        network::gradient_flow_fully(now_, correlations_, kTau, base::TimeGrid<double>({0, stretch_}),
                                     {.stepper = ode::Stepper::dopri5,
                                      .relative_tolerance = 1e-8,
                                      .absolute_tolerance = 1e-10,
                                      .first_step = std::min(step_, stretch_),
                                      .maximum_step = stretch_});
    work_.accepted_steps += solution.work.accepted_steps;
    work_.rejected_steps += solution.work.rejected_steps;
    work_.evaluations += solution.work.evaluations;
    step_ = stretch_ / static_cast<double>(solution.work.accepted_steps);
    return network::network_at(now_, solution.trajectory.final_state());
  }

  Network now_;
  const data::Correlations& correlations_;
  Observer observer_;
  Look here_;
  double resolution_, time_ = 0, stretch_;
  double step_;  // as the integrator last took them
  ode::Work work_;
};

// The first time at which a mode passes `level`, on straight lines between samples; NaN where it never does.
double time_of(const TransitionRun& run, Eigen::Index mode, double level) {
  const auto u = run.strengths.col(mode);
  if (u[0] >= level) return run.times[0];
  for (Eigen::Index i = 1; i < u.size(); ++i)
    if (u[i] >= level) {
      const double t0 = run.times[static_cast<std::size_t>(i) - 1],
                   t1 = run.times[static_cast<std::size_t>(i)];
      return t0 + (t1 - t0) * (level - u[i - 1]) / (u[i] - u[i - 1]);
    }
  return std::numeric_limits<double>::quiet_NaN();
}

void measure_modes(TransitionRun& run, const Vector& s) {
  run.rise_times.resize(s.size());
  run.half_times.resize(s.size());
  for (Eigen::Index k = 0; k < s.size(); ++k) {
    run.rise_times[k] = time_of(run, k, 0.9 * s[k]) - time_of(run, k, 0.1 * s[k]);
    run.half_times[k] = time_of(run, k, 0.5 * s[k]);
  }
}

}  // namespace

double median(Vector values) {
  if (values.size() == 0 || values.hasNaN()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

double TransitionRun::median_sharpness() const {
  return median(sharpness());
}

double TransitionRun::largest_rise() const {
  double lowest = speed.at(0), rise = 1;
  for (const double v : speed) {
    lowest = std::min(lowest, v);
    rise = std::max(rise, v / lowest);
  }
  return rise;
}

TransitionRun run_transitions(const LearningProblem& full_problem, const TransitionOptions& options) {
  check(options);
  const bool decoupled = options.start == TransitionStart::decoupled;
  const LearningProblem problem = decoupled ? with_modes_as_outputs(full_problem) : full_problem;
  const Network start = starting_network(problem, options);
  const network::OutputCompression compression(problem.correlations.sigma31, start);
  const auto correlations = compression.compress(problem.correlations);
  const auto modes = compression.compress(problem.modes);
  TransitionRun run;
  run.initial_strength = initial_strength(problem, options);
  run.simulated_outputs = compression.outputs();
  std::vector<double> rows;
  Walk walk(compression.compress(start), correlations, modes, options.resolution);
  for (;; walk.advance()) {
    const Look& look = walk.here();
    run.times.push_back(walk.time());
    rows.insert(rows.end(), look.strengths.begin(), look.strengths.end());
    run.error.push_back(look.error);
    run.speed.push_back(look.speed);
    run.leak.push_back(look.leak);
    if (options.keep_answers)
      run.answers.push_back(modes.output.transpose() * network::end_to_end(walk.network()));
    if (!(walk.least_share() < options.completion)) break;
    if (run.times.size() >= kMostSamples)
      throw base::NumericalError(
          fmt::format("{}: not learned within {} samples", problem.name, kMostSamples));
  }
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  run.strengths =
      Eigen::Map<const RowMajor>(rows.data(), static_cast<Eigen::Index>(run.times.size()), modes.size());
  run.work = walk.work();
  measure_modes(run, modes.singular_values);
  run.plateaus = find_plateaus(run.speed);
  return run;
}

std::vector<std::vector<TransitionRun>> run_transitions(const std::vector<const LearningProblem*>& problems,
                                                        const std::vector<TransitionOptions>& options,
                                                        base::Progress& progress) {
  std::vector<std::vector<TransitionRun>> runs(problems.size(), std::vector<TransitionRun>(options.size()));
  const std::size_t total = problems.size() * options.size();
  std::atomic<std::size_t> done{0};
  tbb::parallel_for(std::size_t{0}, total, [&](std::size_t i) {
    const std::size_t problem = i / options.size(), option = i % options.size();
    runs[problem][option] = run_transitions(*problems[problem], options[option]);
    progress.report("transitions", static_cast<double>(++done) / static_cast<double>(total));
  });
  return runs;
}

Vector predicted_sharpness(const LearningProblem& problem, const TransitionOptions& options) {
  check(options);
  const base::DepthExponent depth(options.depth);
  const double u0 = initial_strength(problem, options);
  return problem.modes.singular_values.unaryExpr(
      [&](double s) { return theory::rise_over_half_time(depth, u0 / s); });
}

}  // namespace dln::experiments
