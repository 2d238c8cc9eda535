// Learning from a noisy teacher: trained networks against the whole network, against their own SVD and
// against theory at a size where theory must hold; and noise read off singular values.
#include "dln/experiments/generalisation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "dln/base/error.hpp"
#include "dln/base/time_grid.hpp"
#include "dln/data/singular_modes.hpp"
#include "dln/experiments/noise_estimate.hpp"
#include "dln/network/gradient_flow.hpp"
#include "dln/network/initial_weights.hpp"

namespace dln::experiments {
namespace {

GeneralisationOptions small() {
  return {.inputs = 40, .outputs = 24, .teacher = {4, 2.5}, .layers = {2, 4}, .draws = 3, .samples = 20};
}

Generalisation run(const GeneralisationOptions& options) {
  MemoryRunStore store;
  base::SilentProgress progress;
  return run_generalisation(options, store, progress);
}

// All modes in one network, with all inputs and outputs, from hidden bases of its own.
TEST(Generalisation, OfADirectSumIsThatOfTheWholeNetwork) {
  const auto options = small();
  const auto found = run(options);
  const auto& deep = found.depths[1];
  const auto targets = draw_targets(options, 1);
  const auto modes = data::singular_modes(targets.sigma31);
  const data::Correlations correlations{.sigma11 = linalg::Matrix::Identity(40, 40),
                                        .sigma31 = targets.sigma31,
                                        .target_power = targets.sigma31.squaredNorm(),
                                        .examples = 40};
  auto stream = base::stream(77, "whole network");
  const auto start = network::decoupled_weights(
      {40, 30, 24, 24}, modes, linalg::Matrix::Constant(3, 24, std::cbrt(options.initial_strength)), stream);
  const auto solution =
      network::gradient_flow_fully(start.network, correlations, 1, base::TimeGrid<double>(deep.times),
                                   {.relative_tolerance = 1e-9, .absolute_tolerance = 1e-11});
  for (const std::size_t i : {5u, 8u, 19u}) {
    const auto w = network::end_to_end(network::network_at(start.network, solution.trajectory.state(i)));
    EXPECT_NEAR(deep.trained[1].test[i], (w - targets.teacher).squaredNorm() / targets.teacher.squaredNorm(),
                1e-5)
        << "steps of tolerance 1e-8, magnified by the sharpness of the rise";
    EXPECT_NEAR(deep.trained[1].training[i],
                (w - targets.sigma31).squaredNorm() / options.noisy_teacher().target_power(), 1e-5);
  }
}

// W is a share of Sigma31 but for the start: errors are quadratics in that share.
TEST(Generalisation, WithoutHiddenLayersLearnsAllModesTogether) {
  auto options = small();
  options.initial_strength = 1e-9;
  const auto found = run(options);
  const auto targets = draw_targets(options, 2);
  const double power = targets.teacher.squaredNorm(),
               mixed = targets.teacher.cwiseProduct(targets.sigma31).sum();
  for (std::size_t i = 0; i < 20; ++i) {
    const double share = -std::expm1(-found.depths[0].times[i]);
    EXPECT_NEAR(found.depths[0].trained[2].test[i],
                1 + (share * share * targets.sigma31.squaredNorm() - 2 * share * mixed) / power, 1e-6);
  }
}

TEST(Generalisation, MeansOverDrawsAreTheTheorysCurves) {
  const GeneralisationOptions options{
      .inputs = 120, .outputs = 80, .teacher = {4, 2.5}, .layers = {2, 3}, .draws = 12, .samples = 60};
  const auto found = run(options);
  for (const auto& depth : found.depths) {
    const auto mean = depth.mean();
    for (std::size_t i = 0; i < depth.times.size(); ++i) {
      EXPECT_NEAR(mean.test[i] / depth.theory.test[i], 1, 0.06) << depth.layers << " layers, sample " << i;
      EXPECT_NEAR(mean.training[i], depth.theory.training[i], 0.02);
    }
    EXPECT_NEAR(mean.stopping(depth.times).time / depth.optimum.time, 1, 0.05);
    EXPECT_NEAR(mean.stopping(depth.times).error / depth.optimum.error, 1, 0.06);
    EXPECT_EQ(depth.stops().size(), 12u);
  }
  EXPECT_LT(found.depths[1].optimum.error, found.depths[0].optimum.error / 2)
      << "depth learns the teacher first";
}

TEST(Generalisation, OptimumIsTheLowestPointOfTheCurve) {
  const auto teacher = small().noisy_teacher();
  for (const int layers : {2, 3, 6}) {
    const auto depth = base::Depth::from_layers(layers);
    const auto best = optimal_stopping(teacher, depth, 1e-3);
    EXPECT_NEAR(errors_at(teacher, depth, 1e-3, best.time).test, best.error, 1e-12);
    for (double share = 0.02; share < 5; share *= 1.03)
      EXPECT_GE(errors_at(teacher, depth, 1e-3, share * best.time).test, best.error * (1 - 1e-9));
  }
  EXPECT_THROW(optimal_stopping({40, 40, {0.9}, 1}, base::Depth::from_layers(3), 1e-3), base::DomainError)
      << "nothing sticks out";
}

TEST(Generalisation, StoppingIsTheVertexOfAParabola) {
  ErrorCurve curve;
  std::vector<double> times;
  for (int i = 0; i < 6; ++i) {
    times.push_back(0.5 * i);
    curve.test.push_back(2 + 3 * (times.back() - 1.1) * (times.back() - 1.1));
  }
  EXPECT_NEAR(curve.stopping(times).time, 1.1, 1e-12);
  EXPECT_NEAR(curve.stopping(times).error, 2, 1e-12);
}

TEST(Generalisation, RandomStartsFallAndRiseNearTheTheory) {
  auto options = small();
  options.draws = 2;
  const auto depth = base::Depth::from_layers(3);
  const auto best = optimal_stopping(options.noisy_teacher(), depth, options.initial_strength);
  const auto times = base::TimeGrid<double>::linear(0, 2 * best.time, 31).times();
  MemoryRunStore store;
  base::SilentProgress progress;
  const auto curves = run_random_generalisation(options, 100, times, store, progress);
  for (const auto& curve : curves) {
    const auto stop = curve.stopping(times);
    EXPECT_NEAR(stop.time / best.time, 1, 0.35) << "one draw of few modes";
    EXPECT_LT(stop.error, 0.6);
    EXPECT_GT(curve.test.back(), 1.2 * stop.error);
  }
  EXPECT_EQ(run_random_generalisation(options, 100, times, store, progress)[1].test, curves[1].test);
}

TEST(Generalisation, SpectraMeasureTheDrawAndAreKept) {
  const auto options = small();
  MemoryRunStore store;
  base::SilentProgress progress;
  const auto spectra = draw_spectra(options, store, progress);
  const auto targets = draw_targets(options, 0);
  const auto modes = data::singular_modes(targets.sigma31);
  EXPECT_EQ(spectra[0].singular_values, modes.singular_values);
  EXPECT_NEAR(spectra[0].output_overlaps[1], std::abs(targets.output.col(1).dot(modes.output.col(1))), 1e-14);
  EXPECT_NEAR(spectra[0].input_overlaps[0], std::abs(targets.input.col(0).dot(modes.input.col(0))), 1e-14);
  linalg::Matrix rest = targets.sigma31;
  for (Eigen::Index k = 0; k < 2; ++k)
    rest -= modes.singular_values[k] * modes.output.col(k) * modes.input.col(k).transpose();
  EXPECT_NEAR(spectra[0].teacher_in_bulk, targets.teacher.cwiseProduct(rest).sum(), 1e-12);
  const auto again = draw_spectra(options, store, progress);
  EXPECT_EQ(again[2].singular_values, spectra[2].singular_values);
  EXPECT_EQ(again[2].teacher_in_bulk, spectra[2].teacher_in_bulk);
  EXPECT_NE(spectra[1].singular_values, spectra[0].singular_values);
}

TEST(Generalisation, RefusesOptionsOutsideTheirDomains) {
  const auto refused = [](auto change) {
    auto options = small();
    change(options);
    EXPECT_THROW(run(options), base::DomainError);
  };
  refused([](auto& o) { o.teacher = {}; });
  refused([](auto& o) { o.teacher = {1, 2}; });
  refused([](auto& o) { o.initial_strength = 0; });
  refused([](auto& o) { o.noise = 0; });
  refused([](auto& o) { o.layers = {}; });
  refused([](auto& o) { o.draws = 0; });
  refused([](auto& o) { o.samples = 3; });
  refused([](auto& o) { o.outputs = 2; });
  refused([](auto& o) { o.modes_together = 0; });
}

TEST(NoiseEstimate, FindsNoiseAndTeacher) {
  for (const auto& [inputs, outputs] : {std::pair{300L, 150L}, std::pair{150L, 300L}}) {
    GeneralisationOptions options{.inputs = inputs, .outputs = outputs, .teacher = {5, 3, 2.6}, .noise = 0.7};
    options.draws = 1;
    MemoryRunStore store;
    base::SilentProgress progress;
    const auto spectrum = draw_spectra(options, store, progress)[0];
    const auto found = estimate_noise(spectrum.singular_values.reverse(), inputs, outputs);
    EXPECT_NEAR(found.noise, 0.7, 0.7 * 0.02) << "the median of 150 values that repel each other";
    ASSERT_EQ(found.teacher.size(), 3u);
    for (std::size_t k = 0; k < 3; ++k)
      EXPECT_NEAR(found.teacher[k], options.teacher[k], 4 * 0.7 / std::sqrt(150)) << "a spike's scatter";
    const auto depth = base::Depth::from_layers(4);
    const auto forecast = optimal_stopping(visible_teacher(found, inputs, outputs), depth, 1e-3);
    EXPECT_NEAR(forecast.time / optimal_stopping(options.noisy_teacher(), depth, 1e-3).time, 1, 0.1);
  }
}

TEST(NoiseEstimate, SeldomTakesPureNoiseForATeacher) {
  int alarms = 0;
  for (int draw = 0; draw < 300; ++draw) {
    auto stream = base::stream(5, "pure noise", draw);
    const auto z = linalg::Matrix::NullaryExpr(30, 50, [&] { return stream.normal(); }).eval();
    alarms += estimate_noise(data::singular_modes(z).singular_values, 50, 30).teacher.empty() ? 0 : 1;
  }
  EXPECT_LE(alarms, 24)
      << "1 % were sigma known; with its scatter 4 % of 300, three and a half deviations above";
}

TEST(NoiseEstimate, RefusesWhatItCannotJudge) {
  EXPECT_THROW(estimate_noise(linalg::Vector::Ones(9), 9, 20), base::DomainError);
  EXPECT_THROW(estimate_noise(linalg::Vector::Ones(12), 20, 13), base::DomainError);
  EXPECT_THROW(estimate_noise(linalg::Vector::Zero(12), 12, 12), base::DomainError);
  EXPECT_THROW(estimate_noise(-linalg::Vector::Ones(12), 12, 12), base::DomainError);
}

}  // namespace
}  // namespace dln::experiments
