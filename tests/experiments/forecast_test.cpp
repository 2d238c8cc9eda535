// Forecasts against what networks then do: trained whole from the same starts, by descent and by the flow.
#include "dln/experiments/forecast.hpp"

#include <gtest/gtest.h>
#include <Eigen/LU>

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/random.hpp"
#include "dln/experiments/pretraining.hpp"
#include "dln/experiments/recorded_run.hpp"
#include "dln/linalg/decompositions.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"
#include "dln/network/mode_strengths.hpp"

namespace dln::experiments {
namespace {

using base::Depth;
using linalg::Matrix;
using linalg::Vector;
using Network = network::LinearNetwork<double>;

// White inputs; as many modes as the tree's items.
AnalysisProblem tree() {
  AnalysisProblem analysed;
  analysed.problem = tree_problem({.levels = 3, .flip = 0.1, .features = 40});
  return analysed;
}

// Sigma11 = c I, square, det Sigma31 > 0.
AnalysisProblem scaled_white(double c) {
  AnalysisProblem analysed;
  const Matrix sigma31{{2, 0.3, 0}, {-0.2, 1.5, 0.1}, {0.4, 0, 1}};
  analysed.problem.correlations = {c * Matrix::Identity(3, 3), sigma31, 12, 20};
  analysed.problem.modes = data::singular_modes(sigma31);
  return analysed;
}

Forecast forecast_of(const AnalysisProblem& analysed, const ForecastOptions& options) {
  base::SilentProgress silent;
  return make_forecast(analysed, options, silent);
}
RecordedRun run_of(const AnalysisProblem& analysed, const Forecast& forecast) {
  base::SilentProgress silent;
  return record_run(analysed, forecast.network, forecast.rate, forecast.epochs, silent);
}

// A fifth of the limit 2/lambda_max at this depth.
double moderate_rate(const AnalysisProblem& analysed, Depth depth) {
  return 0.4 / advise_rate(aligned_modes(analysed.problem), depth.layers(), 1e-3).largest_eigenvalue;
}
ForecastOptions options_for(const AnalysisProblem& analysed, StartKind kind, int layers) {
  const auto depth = Depth::from_layers(layers);
  return {.start = {.kind = kind, .depth = depth, .hidden_units = 20, .initial_strength = 0.01},
          .rate = moderate_rate(analysed, depth)};
}

TEST(Forecast, FromADecoupledStartIsTheRun) {
  const auto analysed = tree();
  for (int layers : {2, 3, 4, 5}) {
    const auto forecast = forecast_of(analysed, options_for(analysed, StartKind::decoupled, layers));
    const auto run = run_of(analysed, forecast);
    ASSERT_EQ(run.epochs, forecast.epochs);
    ASSERT_EQ(forecast.modes.size(), 8u);
    EXPECT_EQ(forecast.draws, 1);
    EXPECT_EQ(forecast.low.size(), 0);
    EXPECT_TRUE(forecast.complete);
    // Modes settle 1e-9 of half their end beside it; rounding leaks between modes and grows with them.
    for (Eigen::Index k = 0; k < 8; ++k) {
      const double end = forecast.modes[static_cast<std::size_t>(k)].end;
      EXPECT_LE((forecast.strengths.col(k) - run.strengths.col(k)).cwiseAbs().maxCoeff(), 2e-9 * end) << k;
      EXPECT_NEAR(end / analysed.problem.modes.singular_values[k], 1, 1e-14);
    }
    for (std::size_t i = 0; i < run.error.size(); ++i)
      EXPECT_NEAR(forecast.error[i], run.error[i], 1e-9 * forecast.error_at_zero) << i;
  }
}

TEST(Forecast, SaysByWhichLaw) {
  const auto analysed = tree();
  const auto law = [&](StartKind kind, int layers) {
    return forecast_of(analysed, options_for(analysed, kind, layers)).law;
  };
  EXPECT_EQ(law(StartKind::random, 2), LoneLaw::shallow);
  EXPECT_EQ(law(StartKind::random, 3), LoneLaw::two_layers);
  EXPECT_EQ(law(StartKind::decoupled, 4), LoneLaw::equal_layers);
  EXPECT_EQ(law(StartKind::random, 4), LoneLaw::network);
}

TEST(Forecast, BandsHoldAsManyFreshStartsAsTheySay) {
  const auto analysed = tree();
  auto options = options_for(analysed, StartKind::random, 3);
  options.draws = 400;
  const auto forecast = forecast_of(analysed, options);
  EXPECT_EQ(forecast.draws, 400);
  base::SilentProgress silent;
  const auto& first = forecast.modes[0];
  EXPECT_LT(first.half_low, first.half_high);
  int lone = 0, whole = 0;
  for (int draw = 100; draw < 300; ++draw) {
    const auto start = draw_start(analysed.problem, options.start, draw, silent);
    const double half =
        follow_lone_modes(analysed.problem, 1, start, options.rate, forecast.epochs).half_epochs[0];
    lone += half >= first.half_low && half <= first.half_high;
    const double trained = record_run(analysed, start, options.rate, forecast.epochs, silent).half_epochs[0];
    whole += trained >= first.half_low && trained <= first.half_high;
  }
  // 80 % of 200, within three deviations: of these, sqrt(0.16/200), and of the 400 that drew the band.
  const double deviation = std::sqrt(0.16 / 200 + 0.16 / 400);
  EXPECT_NEAR(lone / 200.0, 0.8, 3 * deviation);
  // The run's half times are interpolated between samples, and modes do see each other a little.
  EXPECT_NEAR(whole / 200.0, 0.8, 4 * deviation);
}

TEST(Forecast, HasItsQuantilesAroundTheMiddleAtAllTimes) {
  const auto analysed = tree();
  const auto forecast = forecast_of(analysed, options_for(analysed, StartKind::random, 3));
  ASSERT_EQ(forecast.low.rows(), forecast.strengths.rows());
  EXPECT_TRUE((forecast.low.array() <= forecast.high.array()).all());
  EXPECT_GT((forecast.high - forecast.low).maxCoeff(), 0.1);
  ASSERT_EQ(forecast.error_low.size(), forecast.error.size());
  for (std::size_t i = 0; i < forecast.error.size(); ++i)
    EXPECT_LE(forecast.error_low[i], forecast.error_high[i]);
  EXPECT_EQ(forecast.error_low.size(), forecast.error_high.size());
}

TEST(Forecast, IsTriedOnHeldOutExamples) {
  auto analysed = tree();
  auto other = tree_problem({.levels = 3, .flip = 0.1, .features = 40, .seed = 2}).correlations;
  other.sigma11(0, 1) = other.sigma11(1, 0) = 0.4;
  analysed.held_out = other;
  const auto forecast = forecast_of(analysed, options_for(analysed, StartKind::decoupled, 3));
  const auto& modes = analysed.problem.modes;
  ASSERT_EQ(forecast.held_out_error.size(), forecast.epochs.size());
  const auto run = run_of(analysed, forecast);
  for (std::size_t i = 0; i < forecast.epochs.size(); ++i)
    EXPECT_NEAR(forecast.held_out_error[i], run.held_out_error[i], 1e-8 * other.target_power) << i;
  EXPECT_EQ(modes.size(), 8);
}

TEST(Forecast, EndsWhenTheLeadingModesAreLearned) {
  const auto analysed = tree();
  auto options = options_for(analysed, StartKind::decoupled, 3);
  for (std::size_t samples : {2, 3, 50, 51, 400}) {
    options.samples = samples;
    const auto forecast = forecast_of(analysed, options);
    const auto last = forecast.strengths.rows() - 1;
    EXPECT_TRUE(forecast.complete);
    EXPECT_LT(forecast.epochs.back(), 20'000);
    EXPECT_LE(forecast.epochs.size(), samples + 2);
    for (Eigen::Index k = 0; k < 8; ++k)
      EXPECT_NEAR(forecast.strengths(last, k) / analysed.problem.modes.singular_values[k], 1, 0.01)
          << samples;
    EXPECT_NEAR(forecast.error.back(), forecast.theory_end, 1e-3 * forecast.error_at_zero);
  }
}

TEST(Forecast, LooksNoFurtherThanItMay) {
  const auto analysed = tree();
  auto options = options_for(analysed, StartKind::decoupled, 3);
  for (long most : {1L, 5L, 33L}) {
    options.most_epochs = most;
    for (std::size_t samples : {2, 3, 400}) {
      options.samples = samples;
      const auto forecast = forecast_of(analysed, options);
      EXPECT_EQ(forecast.epochs.back(), static_cast<double>(most)) << samples;
      EXPECT_FALSE(forecast.complete);
    }
  }
}

TEST(Forecast, CountsModesBeyondTheMostAsNotLearned) {
  const auto analysed = tree();
  auto options = options_for(analysed, StartKind::decoupled, 3);
  options.most_modes = 3;
  auto forecast = forecast_of(analysed, options);
  ASSERT_EQ(forecast.modes.size(), 3u);
  const auto& s = analysed.problem.modes.singular_values;
  EXPECT_NEAR(forecast.theory_end, forecast.error_at_zero - s.head(3).squaredNorm() / 2,
              1e-12 * forecast.error_at_zero);
  EXPECT_NEAR(forecast.least_error, 0, 1e-10 * forecast.error_at_zero);
  options.most_modes = 64;
  options.start.hidden_units = 5;
  forecast = forecast_of(analysed, options);
  EXPECT_EQ(forecast.modes.size(), 5u) << "as many as the narrowest layer holds";
  EXPECT_NEAR(forecast.least_error, s.tail(3).squaredNorm() / 2, 1e-10 * forecast.error_at_zero);
}

TEST(Forecast, TellsWhenAShareOfTheErrorIsGone) {
  const auto analysed = tree();
  auto forecast = forecast_of(analysed, options_for(analysed, StartKind::decoupled, 3));
  forecast.epochs = {0, 2, 7};
  forecast.error = {10, 6, 2};
  forecast.error_at_zero = 10;
  forecast.theory_end = 0;
  EXPECT_EQ(forecast.epochs_to(0), 0);
  EXPECT_EQ(forecast.epochs_to(0.39), 2);
  EXPECT_EQ(forecast.epochs_to(0.41), 7);
  EXPECT_TRUE(std::isnan(forecast.epochs_to(0.9)));
}

Forecast balanced_forecast(const AnalysisProblem& analysed, const Matrix& map) {
  auto stream = base::stream(11, "forecast test");
  return forecast_of(analysed, {.start = {.kind = StartKind::given,
                                          .depth = Depth::from_layers(3),
                                          .given = network::balanced_weights({3, 3, 3}, map, stream)},
                                .rate = 0.01,
                                .most_epochs = 3000,
                                .samples = 40});
}

TEST(WholeForecast, IsTheFlowOfTheWholeNetwork) {
  const Matrix map{{0.1, 0.04, 0}, {-0.02, 0.08, 0.03}, {0, 0.05, 0.09}};
  for (double c : {1.0, 2.0}) {
    const auto analysed = scaled_white(c);
    const auto forecast = balanced_forecast(analysed, map);
    ASSERT_TRUE(forecast.whole);
    EXPECT_TRUE(forecast.whole->least_error);
    EXPECT_NEAR(forecast.whole->excess, 0, 1e-12);
    const auto flow = network::gradient_flow_fully(forecast.network, analysed.problem.correlations, 1 / 0.01,
                                                   base::TimeGrid<>(forecast.epochs));
    for (std::size_t i = 0; i < forecast.epochs.size(); ++i) {
      const auto now = network::network_at(forecast.network, flow.trajectory.state(i));
      const auto row = static_cast<Eigen::Index>(i);
      // The integrator's tolerance of 1e-10 a step.
      EXPECT_LE((forecast.whole->strengths.row(row).transpose() -
                 network::mode_strengths(now, analysed.problem.modes).strengths)
                    .norm(),
                1e-7);
      EXPECT_NEAR(forecast.whole->error[i], network::squared_error(now, analysed.problem.correlations), 1e-7);
    }
    EXPECT_NEAR(forecast.whole->error.back(), forecast.least_error, 0.01);
  }
}

TEST(WholeForecast, SeesTheSaddleOfTheWrongDeterminant) {
  const Matrix map{{0.1, 0.04, 0}, {-0.02, -0.08, 0.03}, {0, 0.05, 0.09}};
  ASSERT_LT(map.determinant(), 0);
  for (double c : {1.0, 2.0}) {
    const auto analysed = scaled_white(c);
    const auto forecast = balanced_forecast(analysed, map);
    ASSERT_TRUE(forecast.whole);
    EXPECT_FALSE(forecast.whole->least_error);
    // Without the last mode.
    const double s = analysed.problem.modes.singular_values[2];
    EXPECT_NEAR(forecast.whole->excess, s * s / (2 * c), 1e-9);
  }
}

TEST(WholeForecast, IsOfTwoBalancedMatricesOnWhiteInputsOnly) {
  const auto white = tree();
  EXPECT_FALSE(forecast_of(white, options_for(white, StartKind::random, 3)).whole);
  EXPECT_FALSE(forecast_of(white, options_for(white, StartKind::decoupled, 4)).whole);
  EXPECT_TRUE(forecast_of(white, options_for(white, StartKind::decoupled, 3)).whole);
  auto uneven = tree();
  uneven.problem.correlations.sigma11(0, 0) = 2;
  EXPECT_FALSE(forecast_of(uneven, options_for(uneven, StartKind::decoupled, 3)).whole);
}

TEST(MakeForecast, RefusesOptionsOutOfTheirDomains) {
  const auto analysed = tree();
  const auto good = options_for(analysed, StartKind::decoupled, 3);
  for (auto change :
       {+[](ForecastOptions& o) { o.rate = 0; }, +[](ForecastOptions& o) { o.draws = 0; },
        +[](ForecastOptions& o) { o.most_epochs = 0; }, +[](ForecastOptions& o) { o.samples = 1; },
        +[](ForecastOptions& o) { o.most_modes = 0; }}) {
    auto options = good;
    change(options);
    EXPECT_THROW(forecast_of(analysed, options), base::DomainError);
  }
}

}  // namespace
}  // namespace dln::experiments
