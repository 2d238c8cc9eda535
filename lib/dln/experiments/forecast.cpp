#include "dln/experiments/forecast.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/experiments/pretraining.hpp"
#include "dln/experiments/rate_advice.hpp"
#include "dln/theory/matrix_solution.hpp"

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr Eigen::Index kLeading = 10;  // modes that a forecast waits for
constexpr double kLearned = 0.99;      // of what theory expects, at its end
constexpr double kLow = 0.1, kHigh = 0.9;
constexpr Eigen::Index kMostNetworks = 16;  // modes that are followed where no law spares training them

void check(const ForecastOptions& options) {
  base::require_positive("learning rate", options.rate);
  base::require(options.draws >= 1, "draws", options.draws, "1 or more");
  base::require(options.most_epochs >= 1, "epochs", static_cast<double>(options.most_epochs), "1 or more");
  base::require(options.samples >= 2, "samples", static_cast<double>(options.samples), "2 or more");
  base::require(options.most_modes >= 1, "modes", static_cast<double>(options.most_modes), "1 or more");
}

// 0 .. last, as many on an even grid as on one of equal ratios: the first modes can be much sooner than the
// last.
std::vector<double> sample_epochs(double last, std::size_t samples) {
  std::vector<double> epochs{0};
  const auto half = static_cast<double>(samples / 2);
  for (double i = 1; i <= half; ++i) {
    epochs.push_back(std::round(last * i / half));
    epochs.push_back(std::round(std::pow(last, i / half)));
  }
  std::ranges::sort(epochs);
  epochs.erase(std::unique(epochs.begin(), epochs.end()), epochs.end());
  return epochs;
}

// What the map U diag(u) V^T comes to in each mode on some examples: their s and d in these modes.
AlignedModes seen_in(const data::SingularModes& modes, const data::Correlations& examples) {
  AlignedModes seen{Vector(modes.size()), Vector(modes.size())};
  for (Eigen::Index k = 0; k < modes.size(); ++k) {
    seen.singular_values[k] = modes.output.col(k).dot(examples.sigma31 * modes.input.col(k));
    seen.input_variances[k] = modes.input.col(k).dot(examples.sigma11 * modes.input.col(k));
  }
  return seen;
}

std::vector<double> error_curve(double target_power, const AlignedModes& modes, const Matrix& strengths) {
  std::vector<double> errors;
  for (Eigen::Index i = 0; i < strengths.rows(); ++i)
    errors.push_back(error_of_strengths(target_power, modes, strengths.row(i).transpose()));
  return errors;
}

// How long to look: until theory has learned nearly all that it expects of the leading modes from this start,
// found by looking twice as far each time.
struct Horizon {
  std::vector<double> epochs;
  LoneModes modes;
};
Horizon find_horizon(const LearningProblem& problem, Eigen::Index count, const Network& start,
                     const ForecastOptions& options) {
  const auto [s, d] = aligned_modes(problem);
  const Eigen::Index leading = std::min(kLeading, count);
  double longest = 32;
  for (;; longest *= 2) {
    longest = std::min(longest, static_cast<double>(options.most_epochs));
    auto epochs = sample_epochs(longest, options.samples);
    auto modes = follow_lone_modes(problem, count, start, options.rate, epochs);
    const Vector ends = s.head(leading).cwiseQuotient(d.head(leading));
    for (std::size_t i = 0; i < epochs.size(); ++i) {
      const auto u = modes.strengths.row(static_cast<Eigen::Index>(i)).head(leading).transpose();
      if (!((u - ends).array().abs() <= (1 - kLearned) * ends.array()).all()) continue;
      // Some more, to see it settle.
      const double until =
          std::min(std::ceil(1.25 * epochs[i]) + 4, static_cast<double>(options.most_epochs));
      epochs = sample_epochs(until, options.samples);
      return {epochs, follow_lone_modes(problem, count, start, options.rate, epochs)};
    }
    if (longest >= static_cast<double>(options.most_epochs)) return {std::move(epochs), std::move(modes)};
  }
}

// Draws 1, 2, ... beside the start's own, draw 0.
struct Draws {
  std::vector<Matrix> strengths;  // samples x modes
  Matrix half_epochs;             // draws x modes
};
Draws follow_draws(const AnalysisProblem& analysed, const ForecastOptions& options, const Horizon& own,
                   base::Progress& progress) {
  const Eigen::Index count = own.modes.strengths.cols();
  // A draw of whole networks costs as much as training; a fifth of them shows the band.
  const int draws = own.modes.law == LoneLaw::network ? std::max(1, options.draws / 4) : options.draws;
  Draws found{std::vector<Matrix>(static_cast<std::size_t>(draws)), Matrix(draws, count)};
  found.strengths[0] = own.modes.strengths;
  found.half_epochs.row(0) = own.modes.half_epochs.transpose();
  std::atomic<int> done{1};
  tbb::parallel_for(1, draws, [&](int draw) {
    base::SilentProgress silent;
    const auto start = draw_start(analysed.problem, options.start, draw, silent);
    auto modes = follow_lone_modes(analysed.problem, count, start, options.rate, own.epochs);
    found.half_epochs.row(draw) = modes.half_epochs.transpose();
    found.strengths[static_cast<std::size_t>(draw)] = std::move(modes.strengths);
    progress.report("forecasting", static_cast<double>(++done) / draws);
  });
  return found;
}

void set_bands(Forecast& forecast, const LearningProblem& problem, const Draws& draws) {
  const auto samples = static_cast<Eigen::Index>(forecast.epochs.size()), count = forecast.strengths.cols();
  const auto number = static_cast<Eigen::Index>(draws.strengths.size());
  forecast.low = forecast.high = Matrix(samples, count);
  const auto modes = aligned_modes(problem);
  Matrix of_draws(number, count);
  Vector errors(number);
  for (Eigen::Index i = 0; i < samples; ++i) {
    for (Eigen::Index k = 0; k < number; ++k) {
      of_draws.row(k) = draws.strengths[static_cast<std::size_t>(k)].row(i);
      errors[k] = error_of_strengths(problem.correlations.target_power, modes, of_draws.row(k).transpose());
    }
    forecast.low.row(i) = column_quantiles(of_draws, kLow).transpose();
    forecast.high.row(i) = column_quantiles(of_draws, kHigh).transpose();
    forecast.error_low.push_back(column_quantiles(errors, kLow)[0]);
    forecast.error_high.push_back(column_quantiles(errors, kHigh)[0]);
  }
  const Vector low = column_quantiles(draws.half_epochs, kLow),
               high = column_quantiles(draws.half_epochs, kHigh);
  for (Eigen::Index k = 0; k < count; ++k) {
    forecast.modes[static_cast<std::size_t>(k)].half_low = low[k];
    forecast.modes[static_cast<std::size_t>(k)].half_high = high[k];
  }
}

std::optional<WholeForecast> whole_forecast(const LearningProblem& problem, const Network& start, double rate,
                                            const std::vector<double>& epochs, Eigen::Index count) {
  const auto& sigma11 = problem.correlations.sigma11;
  const double c = sigma11(0, 0);
  if (start.depth().weight_matrices() != 2 ||
      sigma11 != Matrix(c * Matrix::Identity(sigma11.rows(), sigma11.cols())))
    return {};
  const Matrix w21 = start.weight(1), w32 = start.weight(2);
  if (!(theory::lambda_balance(w21, w32).residual <= theory::kBalanceTolerance)) return {};
  // With Sigma11 = c I the flow is that of Sigma31/c with tau/c.
  const theory::MatrixSolution solution(w21, w32, problem.correlations.sigma31 / c, 1 / (rate * c));
  const auto outcome = solution.outcome();
  WholeForecast whole{
      Matrix(static_cast<Eigen::Index>(epochs.size()), count), {}, outcome.least_error, c * outcome.excess};
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    const Matrix map = solution.end_to_end_at(epochs[i]);
    whole.strengths.row(static_cast<Eigen::Index>(i)) =
        (problem.modes.output.leftCols(count).transpose() * map * problem.modes.input.leftCols(count))
            .diagonal()
            .transpose();
    whole.error.push_back(squared_error_of_map(map, problem.correlations));
  }
  return whole;
}

}  // namespace

double error_of_strengths(double target_power, const AlignedModes& modes, const Vector& u) {
  const auto s = modes.singular_values.head(u.size()), d = modes.input_variances.head(u.size());
  // What is left at the end, and how far from it: their sum keeps its digits where the error is small.
  double at_end = target_power, above = 0;
  for (Eigen::Index k = 0; k < u.size(); ++k) {
    const double end = s[k] / d[k];
    at_end -= s[k] * end;
    above += d[k] * (u[k] - end) * (u[k] - end);
  }
  return 0.5 * (std::max(at_end, 0.0) + above);
}

Vector column_quantiles(const Matrix& values, double q) {
  base::require(values.rows() >= 1, "values", static_cast<double>(values.rows()), "one or more");
  base::require(q >= 0 && q <= 1, "quantile", q, "0 to 1");
  Vector found(values.cols());
  std::vector<double> column(static_cast<std::size_t>(values.rows()));
  for (Eigen::Index k = 0; k < values.cols(); ++k) {
    for (std::size_t i = 0; i < column.size(); ++i) {
      const double value = values(static_cast<Eigen::Index>(i), k);
      column[i] = std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
    }
    std::ranges::sort(column);
    const double at = q * static_cast<double>(column.size() - 1);
    const auto below = static_cast<std::size_t>(at), above = std::min(below + 1, column.size() - 1);
    const double share = at - static_cast<double>(below);
    const double value = share == 0 ? column[below] : column[below] + share * (column[above] - column[below]);
    found[k] = std::isfinite(value) ? value : kNothing;
  }
  return found;
}

double Forecast::epochs_to(double share) const {
  const double wanted = error_at_zero - share * (error_at_zero - theory_end);
  for (std::size_t i = 0; i < error.size(); ++i)
    if (error[i] <= wanted) return epochs[i];
  return kNothing;
}

Forecast make_forecast(const AnalysisProblem& analysed, const ForecastOptions& options,
                       base::Progress& progress) {
  return make_forecast(analysed, draw_start(analysed.problem, options.start, 0, progress), options, progress);
}

Forecast make_forecast(const AnalysisProblem& analysed, Network start, const ForecastOptions& options,
                       base::Progress& progress) {
  check(options);
  const auto& problem = analysed.problem;
  const Eigen::Index narrowest = *std::ranges::min_element(start.units());
  Eigen::Index count = std::min({narrowest, problem.modes.size(), options.most_modes});
  if (lone_law(problem, count, start) == LoneLaw::network) count = std::min(count, kMostNetworks);
  auto own = find_horizon(problem, count, start, options);
  const auto aligned = aligned_modes(problem);
  const auto& [s, d] = aligned;
  const double power = problem.correlations.target_power;
  Forecast forecast{.start = options.start,
                    .network = std::move(start),
                    .rate = options.rate,
                    .law = own.modes.law,
                    .modes = {},
                    .epochs = own.epochs,
                    .strengths = own.modes.strengths,
                    .low = {},
                    .high = {},
                    .error = error_curve(power, aligned, own.modes.strengths),
                    .error_low = {},
                    .error_high = {},
                    .held_out_error = {},
                    .error_at_zero = 0.5 * power,
                    .theory_end = 0,
                    .least_error = least_error(problem, narrowest),
                    .whole = {},
                    .draws = 1,
                    .complete = true};
  for (Eigen::Index k = 0; k < count; ++k) {
    const double half = own.modes.half_epochs[k];
    forecast.modes.push_back(
        {s[k], d[k], s[k] / d[k], half, kNothing, kNothing, own.modes.flow_half_epochs[k]});
    if (k < kLeading && std::isnan(half)) forecast.complete = false;
  }
  forecast.theory_end = error_of_strengths(power, aligned, s.head(count).cwiseQuotient(d.head(count)));
  if (const auto& out = analysed.held_out)
    forecast.held_out_error =
        error_curve(out->target_power, seen_in(problem.modes, *out), forecast.strengths);
  forecast.whole = whole_forecast(problem, forecast.network, options.rate, forecast.epochs, count);
  if (scatters(options.start.kind)) {
    const auto draws = follow_draws(analysed, options, own, progress);
    forecast.draws = static_cast<int>(draws.strengths.size());
    set_bands(forecast, problem, draws);
  }
  return forecast;
}

}  // namespace dln::experiments
