#include "dln/experiments/time_course.hpp"

#include <tbb/parallel_for.h>

#include <atomic>
#include <cmath>
#include <limits>

#include "dln/experiments/learning_speed.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/network/mode_coordinates.hpp"
#include "dln/network/output_compression.hpp"
#include "dln/network/tanh_network.hpp"

namespace dln::experiments {
namespace {

// The moment between two samples at which a strength passes `level`, on a straight line.
double interpolate(double t0, double t1, double u0, double u1, double level) {
  return t0 + (t1 - t0) * (level - u0) / (u1 - u0);
}

linalg::Vector half_times(const TimeCourse& course, const linalg::Vector& singular_values) {
  const Eigen::Index modes = singular_values.size();
  linalg::Vector times = linalg::Vector::Constant(modes, std::numeric_limits<double>::quiet_NaN());
  for (Eigen::Index k = 0; k < modes; ++k) {
    const double half = singular_values[k] / 2;
    for (Eigen::Index i = 0; i < course.strengths.rows(); ++i) {
      if (!(course.strengths(i, k) >= half)) continue;
      const auto at = static_cast<std::size_t>(i);
      times[k] = i == 0 ? course.epochs[0]
                        : interpolate(course.epochs[at - 1], course.epochs[at], course.strengths(i - 1, k),
                                      course.strengths(i, k), half);
      break;
    }
  }
  return times;
}

// Every coordinate on which the run depends; the number is raised when its last digits may change.
std::string run_key(const LearningProblem& problem, const TimeCourseOptions& o) {
  return fmt::format(
      "time-course-2/{:08x}/{}/N2={}/lambda={:a}/u0={:a}/every={}/until={:a}/at-most={}/seed={}/run={}",
      problem.fingerprint, o.activation == Activation::tanh ? "tanh" : "linear", o.hidden_units,
      o.learning_rate, o.initial_strength, o.sample_every, o.completion, o.max_epochs, o.seed, o.run);
}

}  // namespace

Eigen::Index learnable_modes(const LearningProblem& problem, const TimeCourseOptions& options) {
  return std::min(options.hidden_units, problem.modes.size());
}

network::LinearNetwork<double> starting_network(const LearningProblem& problem,
                                                const TimeCourseOptions& options) {
  const std::vector<Eigen::Index> units{problem.correlations.sigma31.cols(), options.hidden_units,
                                        problem.correlations.sigma31.rows()};
  auto stream = base::stream(options.seed, "time course start", options.run);
  if (options.start == Start::small_random)
    return network::small_random_weights(
        units, network::deviation_for_strength(options.initial_strength, options.hidden_units), stream);
  const auto strengths =
      linalg::Matrix::Constant(2, problem.modes.size(), std::sqrt(options.initial_strength));
  return network::decoupled_weights(units, problem.modes, strengths, stream).network;
}

TimeCourse run_time_course(const LearningProblem& problem, const TimeCourseOptions& options) {
  return run_time_course(problem, options, starting_network(problem, options));
}

namespace {

// Writes the course down, sample by sample.
class Recorder {
 public:
  Recorder(const LearningProblem& problem, const TimeCourseOptions& options)
      : s_(problem.modes.singular_values),
        learnable_(learnable_modes(problem, options)),
        completion_(options.completion) {}

  // Returns whether something is left to be learned.
  bool write(const network::DescentState& state, const network::ModeStrengths& measured) {
    course_.epochs.push_back(static_cast<double>(state.iteration));
    rows_.insert(rows_.end(), measured.strengths.begin(), measured.strengths.end());
    course_.leak.push_back(measured.leak);
    course_.descent_speed.push_back(state.descent_speed);
    const auto share = measured.strengths.head(learnable_).array() / s_.head(learnable_).array();
    return !(share.minCoeff() >= completion_);
  }

  TimeCourse finished(const std::vector<Eigen::Index>& whole, const std::vector<Eigen::Index>& trained,
                      const network::DescentResult& result) {
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    course_.strengths =
        Eigen::Map<const RowMajor>(rows_.data(), static_cast<Eigen::Index>(course_.epochs.size()), s_.size());
    course_.half_times = half_times(course_, s_);
    course_.reason = result.reason;
    course_.iterations = result.iterations;
    course_.path = network::path_of(whole, trained, 0, true, result.path);
    course_.simulated_outputs = trained.back();
    return std::move(course_);
  }

 private:
  const linalg::Vector& s_;
  Eigen::Index learnable_;
  double completion_;
  TimeCourse course_;
  std::vector<double> rows_;
};

network::DescentOptions descent_of(const TimeCourseOptions& options) {
  return {.learning_rate = options.learning_rate,
          .max_iterations = options.max_epochs,
          .observe_every = options.sample_every};
}

// Where the modes can be read off the error that learning computes.
TimeCourse course_in_mode_coordinates(const LearningProblem& problem, const TimeCourseOptions& options,
                                      const network::LinearNetwork<double>& start) {
  auto turned = network::in_mode_coordinates(problem.correlations, problem.modes, start);
  network::ChainGradient<double> gradient(turned.correlations, turned.start);
  Recorder recorder(problem, options);
  const auto trained = turned.start.units();
  const auto result = network::descend(
      gradient, std::move(turned.start), descent_of(options), [&](const network::DescentState& state) {
        return recorder.write(state,
                              network::mode_strengths_by_error(gradient.error_correlation(), problem.modes));
      });
  return recorder.finished(start.units(), trained, result);
}

}  // namespace

TimeCourse run_time_course(const LearningProblem& problem, const TimeCourseOptions& options,
                           network::LinearNetwork<double> start) {
  const bool linear = options.activation == Activation::linear;
  if (!linear && !problem.examples)
    throw base::DomainError("tanh network on " + problem.name +
                            ": expected a problem that keeps its examples, such as the tree");
  if (linear && network::have_mode_coordinates(problem.correlations, problem.modes, start.units()))
    return course_in_mode_coordinates(problem, options, start);
  // What is trained has as many outputs as learning ever reaches: 64 in place of 1000.
  const network::OutputCompression compression(
      linear ? problem.correlations.sigma31 : problem.examples->targets, start);
  const auto modes = compression.compress(problem.modes);
  Recorder recorder(problem, options);
  const auto observer = [&](const network::DescentState& state) {
    return recorder.write(
        state, linear ? network::mode_strengths(state.network, modes)
                      : network::tanh_mode_strengths(state.network, problem.examples->inputs, modes));
  };
  const auto whole = start.units();
  start = compression.compress(start);
  const auto trained = start.units();
  const auto result =
      linear
          ? network::descend(std::move(start), compression.compress(problem.correlations),
                             descent_of(options), observer)
          : network::descend_tanh(std::move(start),
                                  {problem.examples->inputs, compression.compress(problem.examples->targets)},
                                  descent_of(options), observer);
  return recorder.finished(whole, trained, result);
}

theory::ThreeLayerMode<double> predicted_mode(const LearningProblem& problem,
                                              const TimeCourseOptions& options, Eigen::Index k) {
  return theory::ThreeLayerMode<double>(
      {.singular_value = problem.modes.singular_values[k],
       .initial_strength = options.initial_strength,
       .time_constant = data::time_constant(options.learning_rate, problem.correlations)});
}

linalg::Vector predicted_half_times(const LearningProblem& problem, const TimeCourseOptions& options) {
  linalg::Vector times(learnable_modes(problem, options));
  for (Eigen::Index k = 0; k < times.size(); ++k)
    times[k] = half_learning_time(predicted_mode(problem, options, k));
  return times;
}

RandomStarts run_random_starts(const LearningProblem& problem, const TimeCourseOptions& options, int runs,
                               RunStore& store, base::Progress& progress) {
  base::require(runs >= 1, "number of runs", runs, "1 or more");
  const Eigen::Index modes = problem.modes.size();
  RandomStarts starts{linalg::Matrix(runs, modes), std::vector<int>(static_cast<std::size_t>(runs))};
  std::atomic<int> done{0};
  tbb::parallel_for(0, runs, [&](int run) {
    TimeCourseOptions mine = options;
    mine.start = Start::small_random;
    mine.run = static_cast<std::uint64_t>(run);
    const std::string key = run_key(problem, mine);
    auto kept = store.find(key);  // the half times, then the number of plateaus
    if (!kept || kept->size() != static_cast<std::size_t>(modes) + 1) {
      const TimeCourse course = run_time_course(problem, mine);
      kept = std::vector<double>(course.half_times.begin(), course.half_times.end());
      kept->push_back(count_plateaus(course.descent_speed));
      store.keep(key, *kept);
    }
    starts.half_times.row(run) = Eigen::Map<const linalg::Vector>(kept->data(), modes).transpose();
    starts.plateaus[static_cast<std::size_t>(run)] = static_cast<int>(kept->back());
    progress.report("random starts on " + problem.name, static_cast<double>(++done) / runs);
  });
  return starts;
}

LearningOrder count_order(const linalg::Vector& predicted, const linalg::Matrix& measured,
                          double separation) {
  LearningOrder order;
  for (Eigen::Index i = 0; i < predicted.size(); ++i)
    for (Eigen::Index j = 0; j < predicted.size(); ++j) {
      if (!(predicted[j] - predicted[i] > separation * predicted[j])) continue;
      for (Eigen::Index run = 0; run < measured.rows(); ++run) {
        ++order.pairs;
        // Written so that a NaN, a mode never learned, counts against the claim.
        if (!(measured(run, i) < measured(run, j))) ++order.out_of_order;
      }
    }
  return order;
}

}  // namespace dln::experiments
