#include "dln/experiments/network_run.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/base/worst.hpp"
#include "dln/network/gradient_descent.hpp"
#include "dln/network/gradient_flow.hpp"

namespace dln::experiments {
namespace {

using Network = network::LinearNetwork<double>;

double largest(std::span<const double> values) {
  base::Worst worst;
  for (double value : values) worst.see(std::abs(value));
  return worst.value();
}

double largest_difference(std::span<const double> x, std::span<const double> y) {
  base::Worst worst;
  for (std::size_t i = 0; i < x.size(); ++i) worst.see(std::abs(x[i] - y[i]));
  return worst.value();
}

// Everything a flow needs but where and when.
struct Flow {
  const Network& shape;
  const data::Correlations& correlations;
  double tau;

  // States at `times`, the first of which is when `from` holds.
  std::vector<std::vector<double>> states(const Network& from, const std::vector<double>& times,
                                          ode::Stepper stepper, double tolerance) const {
    if (times.size() == 1) return {{from.buffer().begin(), from.buffer().end()}};
    ode::Options<double> options;
    options.stepper = stepper;
    options.relative_tolerance = tolerance;
    // Far below the start's own weights: what is small there may grow by decades.
    options.absolute_tolerance = std::max(1e-3 * tolerance * largest(from.buffer()), 1e-300);
    const auto solution =
        network::gradient_flow_fully(from, correlations, tau, base::TimeGrid<double>(times), options);
    std::vector<std::vector<double>> states;
    for (std::size_t i = 0; i < times.size(); ++i) {
      const auto state = solution.trajectory.state(i);
      states.emplace_back(state.begin(), state.end());
    }
    return states;
  }
};

// A deviation, and a tolerance at which what becomes of it is known to a percent.
constexpr double kDeviation = 1e-7, kLooser = 1e-9;
constexpr std::size_t kLooks = 64;   // equally spaced, and as many of the moments
constexpr std::size_t kPlaces = 16;  // of these, where a deviation is put in; then kCloser around the worst
constexpr std::size_t kCloser = 8;

// From 0 on, increasing, no two closer than rounding; `moments` starts at 0.
std::vector<double> looks(const std::vector<double>& moments) {
  std::vector<double> all;
  for (std::size_t i = 0; i <= kLooks; ++i)
    all.push_back(moments.back() * static_cast<double>(i) / static_cast<double>(kLooks));
  for (std::size_t i = 0; i < moments.size(); i += 1 + moments.size() / kLooks) all.push_back(moments[i]);
  std::ranges::sort(all);
  std::vector<double> kept{0};
  for (double t : all)
    if (t - kept.back() > 1e-9 * t) kept.push_back(t);
  return kept;
}

// The growth of a random deviation put in at times[place], seen at every later time.
double growth_from(const Flow& flow, const std::vector<std::vector<double>>& states,
                   const std::vector<double>& times, std::size_t place) {
  auto stream = base::stream(1, "deviation of a flow", place);
  const double size = largest(states[place]);
  if (!(size > 0)) return 1;  // from the origin nothing moves
  Network deviated = network::network_at(flow.shape, states[place]);
  double put_in = 0;
  for (double& weight : deviated.buffer()) {
    const double deviation = kDeviation * size * (2 * stream.uniform() - 1);
    weight += deviation;
    put_in = std::max(put_in, std::abs(deviation));
  }
  const std::vector<double> rest(times.begin() + static_cast<std::ptrdiff_t>(place), times.end());
  const auto moved = flow.states(deviated, rest, ode::Stepper::fehlberg78, kLooser);
  base::Worst growth;
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const auto& reference = states[place + i];
    if (const double now = largest(reference); now > 0)
      growth.see(largest_difference(moved[i], reference) / now / (put_in / size));
  }
  return growth.value();
}

double largest_growth(const Flow& flow, const std::vector<double>& times, base::Progress& progress) {
  const auto states = flow.states(flow.shape, times, ode::Stepper::fehlberg78, kLooser);
  double worst = 1;  // that of a deviation at the last moment
  std::size_t worst_place = 0;
  std::atomic<std::size_t> done = 0;
  const auto try_places = [&](std::size_t first, std::size_t last, std::size_t apart) {
    std::vector<std::size_t> places;
    for (std::size_t i = first; i < last; i += std::max<std::size_t>(1, apart)) places.push_back(i);
    std::vector<double> growth(places.size());
    tbb::parallel_for(std::size_t{0}, places.size(), [&](std::size_t i) {
      growth[i] = growth_from(flow, states, times, places[i]);
      progress.report("amplification of errors",
                      std::min(1.0, static_cast<double>(++done) / (kPlaces + kCloser + 1)));
    });
    for (std::size_t i = 0; i < places.size(); ++i)
      if (!(growth[i] <= worst)) {
        worst = growth[i];
        worst_place = places[i];
      }
  };
  const std::size_t last = times.size() - 1, apart = std::max<std::size_t>(1, last / kPlaces);
  try_places(0, last, apart);
  try_places(worst_place - std::min(worst_place, apart), std::min(worst_place + apart, last),
             2 * apart / kCloser);
  return worst;
}

FlowAccuracy measure(const Flow& flow, const std::vector<double>& moments, const NetworkRun& run,
                     double tolerance, base::Progress& progress) {
  std::vector<double> from_zero = moments;
  if (from_zero.front() > 0) from_zero.insert(from_zero.begin(), 0);
  progress.report("second integrator", 0);
  const auto other = flow.states(flow.shape, from_zero, ode::Stepper::bulirsch_stoer, tolerance);
  base::Worst difference, size;
  const std::size_t skipped = from_zero.size() - moments.size();
  for (std::size_t i = 0; i < moments.size(); ++i) {
    difference.see(largest_difference(run.weights[i], other[i + skipped]));
    size.see(largest(run.weights[i]));
  }
  return {largest_growth(flow, looks(from_zero), progress),
          size.value() > 0 ? difference.value() / size.value() : 0};
}

void require_increasing(const auto& moments, const char* what) {
  if (moments.empty()) throw base::DomainError(fmt::format("{}: expected at least one, got none", what));
  for (std::size_t i = 0; i < moments.size(); ++i) {
    base::require(base::is_finite(static_cast<double>(moments[i])) && moments[i] >= 0, what, moments[i],
                  "finite numbers, 0 or greater");
    if (i > 0)
      base::require(moments[i] > moments[i - 1], what, moments[i],
                    fmt::format("more than {:.17g}, the one before it", static_cast<double>(moments[i - 1])));
  }
}

}  // namespace

FlowRun follow_flow(const Network& start, const data::Correlations& correlations,
                    const std::vector<double>& times, const FlowOptions& options, base::Progress& progress) {
  require_increasing(times, "times");
  base::require_positive("tau", options.time_constant);
  base::require(options.relative_tolerance >= 1e-14 && options.relative_tolerance <= 1e-3, "rtol",
                options.relative_tolerance, "1e-14 to 1e-3");
  const Flow flow{start, correlations, options.time_constant};
  // A step may err by the tolerance, and there are hundreds: each is kept a hundred times better, as far as
  // rounding lets it.
  const double tolerance = std::max(options.relative_tolerance / 100, 1e-15);
  std::vector<double> grid = times;
  if (grid.front() > 0) grid.insert(grid.begin(), 0);
  progress.report("gradient flow", 0);
  auto states = flow.states(start, grid, ode::Stepper::fehlberg78, tolerance);
  if (grid.size() > times.size()) states.erase(states.begin());
  FlowRun result{{times, std::move(states)}, {}};
  if (options.check && times.back() > 0)
    result.accuracy = measure(flow, times, result.run, tolerance, progress);
  return result;
}

NetworkRun follow_descent(const Network& start, const data::Correlations& correlations,
                          const std::vector<long>& steps, double learning_rate, base::Progress& progress) {
  require_increasing(steps, "steps");
  NetworkRun run;
  std::size_t next = 0;
  const auto result =
      network::descend(start, correlations, {.learning_rate = learning_rate, .max_iterations = steps.back()},
                       [&](const network::DescentState& state) {
                         if (state.iteration == steps[next]) {
                           const auto weights = state.network.buffer();
                           run.moments.push_back(static_cast<double>(state.iteration));
                           run.weights.emplace_back(weights.begin(), weights.end());
                           ++next;
                         }
                         if (state.iteration % 1024 == 0)
                           progress.report("gradient descent", static_cast<double>(state.iteration) /
                                                                   static_cast<double>(steps.back() + 1));
                         return next < steps.size();
                       });
  if (result.reason == network::DescentStop::diverged)
    throw base::NumericalError(fmt::format("lambda = {:g}: gradient descent {}; expected a smaller lambda",
                                           learning_rate, result.brief()));
  return run;
}

linalg::Matrix strengths_along(const NetworkRun& run, const Network& shape,
                               const data::SingularModes& modes) {
  linalg::Matrix table(static_cast<Eigen::Index>(run.moments.size()), modes.size() + 1);
  for (Eigen::Index i = 0; i < table.rows(); ++i) {
    const auto measured =
        network::mode_strengths(network::network_at(shape, run.weights[static_cast<std::size_t>(i)]), modes);
    table.row(i) << measured.strengths.transpose(), measured.leak;
  }
  return table;
}

}  // namespace dln::experiments
