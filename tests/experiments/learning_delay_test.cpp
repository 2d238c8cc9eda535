// Why random starts are late: the three causes multiply to the whole, and each is what it says it is.
#include "dln/experiments/learning_delay.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dln/base/error.hpp"
#include "dln/base/worst.hpp"

namespace dln::experiments {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const LearningProblem& small_tree() {
  static const LearningProblem problem = tree_problem({.levels = 3, .features = 120, .seed = 7});
  return problem;
}

TimeCourseOptions options() {
  TimeCourseOptions result;
  result.hidden_units = 6;  // of 8 modes
  result.learning_rate = 0.04 / small_tree().modes.singular_values[0];
  return result;
}

// tau/(2s) ln(s/u0 - 1) with tau = 1/lambda.
double eq11(double s, double u0, double rate) {
  return std::log(s / u0 - 1) / (2 * s * rate);
}

// Every iterate kept, and the crossing looked for afterwards.
double euler_by_hand(double s, double u0, double rate, std::size_t every) {
  std::vector<double> u{u0};
  double a = std::sqrt(u0);
  for (std::size_t beyond = 0; beyond <= every; beyond += u.back() >= s / 2) {
    a = a + rate * (s * a - a * a * a);
    u.push_back(a * a);
  }
  for (std::size_t t = every; t < u.size(); t += every)
    if (u[t] >= s / 2) {
      const double share = (s / 2 - u[t - every]) / (u[t] - u[t - every]);
      return (static_cast<double>(t) - static_cast<double>(every)) + static_cast<double>(every) * share;
    }
  return kNaN;
}

// Half times of three runs, as arbitrary as they come: the attribution takes them as they are.
linalg::Matrix some_half_times() {
  linalg::Matrix times(3, 8);
  for (Eigen::Index run = 0; run < 3; ++run)
    for (Eigen::Index k = 0; k < 8; ++k)
      times(run, k) = 200 + 31 * static_cast<double>(k) + 7 * static_cast<double>((run * 5 + k * 3) % 11);
  return times;
}

TEST(LearningDelays, ItsThreeCausesMultiplyToTheWhole) {
  auto times = some_half_times();
  times(1, 2) = kNaN;
  const auto delays = attribute_delays(small_tree(), options(), times);
  base::Worst largest;
  for (const auto* part : {&delays.total, &delays.seed, &delays.euler, &delays.rest}) {
    ASSERT_EQ(part->rows(), 3);
    ASSERT_EQ(part->cols(), 6) << "the learnable modes";
  }
  for (Eigen::Index run = 0; run < 3; ++run)
    for (Eigen::Index k = 0; k < 6; ++k) {
      if (run == 1 && k == 2) continue;
      const double product =
          (1 + delays.seed(run, k)) * (1 + delays.euler(run, k)) * (1 + delays.rest(run, k));
      largest.see(std::abs(product / (1 + delays.total(run, k)) - 1));
    }
  // Each factor loses one eps where 1 is taken off and put back, and some for the quotients; 1 + rest may be
  // as small as a tenth here.
  EXPECT_LE(largest.value(), 100 * kEpsilon);
  EXPECT_TRUE(std::isnan(delays.total(1, 2))) << "never learned";
  EXPECT_TRUE(std::isnan(delays.rest(1, 2)));
  EXPECT_FALSE(std::isnan(delays.total(1, 3)));
  EXPECT_FALSE(std::isnan(delays.total(2, 2)));
}

TEST(LearningDelays, EachCauseIsWhatItsOwnRunGives) {
  auto mine = options();
  mine.sample_every = 3;
  const auto times = some_half_times();
  const auto delays = attribute_delays(small_tree(), mine, times);
  const auto& modes = small_tree().modes;
  base::Worst total, seed, euler, rest;
  for (Eigen::Index run = 0; run < 3; ++run) {
    mine.run = static_cast<std::uint64_t>(run);
    const auto start = starting_network(small_tree(), mine);
    for (Eigen::Index k = 0; k < 6; ++k) {
      double u0 = 0;  // |a + b|^2 / 4, unit by unit
      for (Eigen::Index unit = 0; unit < 6; ++unit) {
        double sum = 0;
        for (Eigen::Index i = 0; i < modes.input.rows(); ++i)
          sum += start.weight(1)(unit, i) * modes.input(i, k);
        for (Eigen::Index o = 0; o < modes.output.rows(); ++o)
          sum += start.weight(2)(o, unit) * modes.output(o, k);
        u0 += sum * sum / 4;
      }
      const double s = modes.singular_values[k], rate = mine.learning_rate;
      const double from_u0 = eq11(s, mine.initial_strength, rate), from_seed = eq11(s, u0, rate);
      const double by_euler = euler_by_hand(s, u0, rate, 3);
      total.see(std::abs(delays.total(run, k) - (times(run, k) / from_u0 - 1)));
      seed.see(std::abs(delays.seed(run, k) - (from_seed / from_u0 - 1)));
      euler.see(std::abs(delays.euler(run, k) - (by_euler / from_seed - 1)));
      rest.see(std::abs(delays.rest(run, k) - (times(run, k) / by_euler - 1)));
    }
  }
  // Sums of 128 terms give u0, a thousand iterations the time: each iteration rounds a by an eps.
  const double rounding = 1e3 * kEpsilon;
  EXPECT_LE(total.value(), rounding);
  EXPECT_LE(seed.value(), rounding);
  EXPECT_LE(euler.value(), rounding);
  EXPECT_LE(rest.value(), rounding);
}

TEST(LearningDelays, OfRandomStartsAreExplainedForTheStrongestMode) {
  // Nothing has grown yet that could compete with the first mode, so that its rest is small where its whole
  // delay is not: the parts of other modes that mix in are of relative size (u0/s)^(1 - s_2/s_1) at most.
  base::SilentProgress progress;
  MemoryRunStore store;
  auto mine = options();
  mine.initial_strength = 1e-10;
  const auto starts = run_random_starts(small_tree(), mine, 6, store, progress);
  const auto delays = attribute_delays(small_tree(), mine, starts.half_times);
  base::Worst rest, total;
  for (Eigen::Index run = 0; run < 6; ++run) {
    rest.see(std::abs(delays.rest(run, 0)));
    total.see(std::abs(delays.total(run, 0)));
  }
  EXPECT_LE(rest.value(), 1e-3);
  EXPECT_GE(total.value(), 1e-2);
}

TEST(LearningDelays, AreThoseOfRandomStartsWhateverStartTheOptionsName) {
  // run_random_starts() starts from small random weights whatever they say, and so does the attribution.
  auto decoupled = options();
  decoupled.start = Start::decoupled;
  const auto times = some_half_times();
  EXPECT_EQ(attribute_delays(small_tree(), decoupled, times).seed,
            attribute_delays(small_tree(), options(), times).seed);
}

TEST(LearningDelays, NeedAHalfTimeForEveryLearnableMode) {
  EXPECT_NO_THROW(attribute_delays(small_tree(), options(), some_half_times().leftCols(6)));
  EXPECT_THROW(attribute_delays(small_tree(), options(), some_half_times().leftCols(5)), base::DomainError);
}

TEST(EulerHalfTime, IsThatOfTheIterationWrittenOut) {
  // Some hundred to a thousand updates that each round a by an eps, which delays it by as much.
  for (double s : {0.5, 3.0, 40.0})
    for (double u0 : {1e-8 * s, 1e-3 * s, 0.4 * s})
      for (double x : {0.02, 0.3, 0.9})
        for (long every : {1L, 4L}) {
          const double expected = euler_by_hand(s, u0, x / s, static_cast<std::size_t>(every));
          EXPECT_NEAR(euler_half_time(s, u0, x / s, every), expected, 1e3 * kEpsilon * expected)
              << s << ' ' << u0 << ' ' << x << ' ' << every;
        }
}

TEST(EulerHalfTime, OfASingleStepIsAStraightLine) {
  // s = 1, a = 1/2, lambda = 1/2: a becomes 1/2 + 1/2 1/2 3/4 = 11/16, u goes from 64/256 to 121/256; the
  // next a is 11/16 + 1/2 11/16 135/256 = 7117/8192.
  const double u1 = 121.0 / 256, u2 = std::pow(7117.0 / 8192, 2);
  EXPECT_NEAR(euler_half_time(1, 0.25, 0.5, 1), 1 + (0.5 - u1) / (u2 - u1), 10 * kEpsilon);
  EXPECT_NEAR(euler_half_time(1, 0.25, 0.5, 2), 2 * (0.5 - 0.25) / (u2 - 0.25), 10 * kEpsilon);
}

TEST(EulerHalfTime, TendsToEq11AtFirstOrderInTheLearningRate) {
  // Euler's a follows a' = f - (lambda/2) f f' with f = a (s - a^2) up to lambda^2, and so arrives
  // (lambda/2) ln(f(end)/f(start)) late. At lambda s = 0.02 the next order is some lambda s of that.
  const double s = 7, u0 = 1e-5;
  const auto late = [&](double rate, long every) {
    return euler_half_time(s, u0, rate, every) / eq11(s, u0, rate) - 1;
  };
  const double f_start = std::sqrt(u0) * (s - u0), f_end = std::sqrt(s / 2) * s / 2;
  const double slope = std::log(f_end / f_start) / 2 / eq11(s, u0, 1);
  for (long every : {1L, 4L}) {
    const double rate = 0.02 / s, coarse = late(rate, every), fine = late(rate / 2, every),
                 finest = late(rate / 4, every);
    EXPECT_NEAR(std::log2(coarse / fine), 1, 0.03) << every;
    EXPECT_NEAR(std::log2(fine / finest), 1, 0.015) << every;
    EXPECT_NEAR(finest / (slope * rate / 4), 1, 0.01) << every;
  }
}

TEST(EulerHalfTime, RefusesWhatNeverGetsThere) {
  EXPECT_NO_THROW(euler_half_time(2, 0.5, 0.1, 1));
  for (double u0 : {0.0, -0.1, 1.0, 1.5, kNaN})
    EXPECT_THROW(euler_half_time(2, u0, 0.1, 1), base::DomainError) << "u0 = " << u0;
  for (double rate : {0.0, -0.1, 0.5, 1.0, kNaN})
    EXPECT_THROW(euler_half_time(2, 0.5, rate, 1), base::DomainError) << "lambda = " << rate;
  for (double s : {0.0, -2.0, kNaN})
    EXPECT_THROW(euler_half_time(s, 0.5, 0.1, 1), base::DomainError) << "s = " << s;
  for (long every : {0L, -1L})
    EXPECT_THROW(euler_half_time(2, 0.5, 0.1, every), base::DomainError) << "every " << every;
}

TEST(OverRuns, HasTheMeanAndTheDeviationOfEachColumn) {
  linalg::Matrix values(3, 4);
  values << 1, 2, -1, 0,  //
      3, 2, 1, kNaN,      //
      5, 2, 0, 7;
  const auto over = over_runs(values);
  ASSERT_EQ(over.mean.size(), 4);
  ASSERT_EQ(over.deviation.size(), 4);
  // Small integers: exact. The deviation is the sample's, over n - 1 = 2: (4 + 0 + 4)/2, 0 and (1 + 1)/2.
  EXPECT_EQ(over.mean[0], 3);
  EXPECT_EQ(over.deviation[0], 2);
  EXPECT_EQ(over.mean[1], 2);
  EXPECT_EQ(over.deviation[1], 0);
  EXPECT_EQ(over.mean[2], 0);
  EXPECT_EQ(over.deviation[2], 1);
  EXPECT_TRUE(std::isnan(over.mean[3])) << "a run that never learned its mode is no run to average over";
  EXPECT_TRUE(std::isnan(over.deviation[3]));
}

TEST(OverRuns, NeedsTwoRuns) {
  EXPECT_THROW(over_runs(linalg::Matrix::Ones(1, 3)), base::DomainError);
  EXPECT_THROW(over_runs(linalg::Matrix(0, 3)), base::DomainError);
  EXPECT_NO_THROW(over_runs(linalg::Matrix::Ones(2, 3)));
}

}  // namespace
}  // namespace dln::experiments
