#include "dln/experiments/learning_delay.hpp"

#include <cmath>

#include "dln/network/mode_strengths.hpp"

namespace dln::experiments {

LearningDelays attribute_delays(const LearningProblem& problem, const TimeCourseOptions& options,
                                const linalg::Matrix& half_times) {
  const Eigen::Index runs = half_times.rows(), modes = learnable_modes(problem, options);
  base::require(half_times.cols() >= modes, "modes of the half times", static_cast<double>(half_times.cols()),
                fmt::format("{} or more", modes));
  const linalg::Vector predicted = predicted_half_times(problem, options);
  LearningDelays delays{linalg::Matrix(runs, modes), linalg::Matrix(runs, modes), linalg::Matrix(runs, modes),
                        linalg::Matrix(runs, modes)};
  for (Eigen::Index run = 0; run < runs; ++run) {
    auto mine = options;
    mine.start = Start::small_random;  // as run_random_starts() does
    mine.run = static_cast<std::uint64_t>(run);
    const linalg::Vector seeds = network::growing_strengths(starting_network(problem, mine), problem.modes);
    for (Eigen::Index k = 0; k < modes; ++k) {
      mine.initial_strength = seeds[k];
      const double from_seed = half_learning_time(predicted_mode(problem, mine, k));
      const double by_euler = euler_half_time(problem.modes.singular_values[k], seeds[k],
                                              options.learning_rate, options.sample_every);
      delays.total(run, k) = half_times(run, k) / predicted[k] - 1;
      delays.seed(run, k) = from_seed / predicted[k] - 1;
      delays.euler(run, k) = by_euler / from_seed - 1;
      delays.rest(run, k) = half_times(run, k) / by_euler - 1;
    }
  }
  return delays;
}

double euler_half_time(double singular_value, double initial_strength, double learning_rate,
                       long sample_every) {
  const double half = singular_value / 2, x = learning_rate * singular_value;
  base::require(initial_strength > 0 && initial_strength < half, "u0", initial_strength,
                fmt::format("more than 0 and less than s/2 = {:g}", half));
  base::require(x > 0 && x < 1, "lambda s", x, "more than 0 and less than 1");
  base::require(sample_every >= 1, "sample every", static_cast<double>(sample_every), "1 or more");
  double a = std::sqrt(initial_strength), before = initial_strength;
  for (long epoch = sample_every;; epoch += sample_every) {
    for (long i = 0; i < sample_every; ++i) a += learning_rate * a * (singular_value - a * a);
    const double u = a * a;
    if (u >= half)
      return static_cast<double>(epoch) - static_cast<double>(sample_every) * (u - half) / (u - before);
    before = u;
  }
}

MeanAndDeviation over_runs(const linalg::Matrix& values) {
  base::require(values.rows() >= 2, "runs", static_cast<double>(values.rows()), "2 or more");
  const linalg::Vector mean = values.colwise().mean().transpose();
  const linalg::Matrix centred = values.rowwise() - mean.transpose();
  const double freedom = static_cast<double>(values.rows() - 1);
  return {mean, (centred.colwise().squaredNorm().transpose() / freedom).cwiseSqrt()};
}

}  // namespace dln::experiments
