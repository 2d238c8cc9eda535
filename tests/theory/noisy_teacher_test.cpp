// Spectrum and errors of a noisy teacher: against sums that are known exactly, limits, the transpose, and
// finite differences of the resolvent's equation.
#include "dln/theory/noisy_teacher.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>

namespace dln::theory {
namespace {

template <class F>
double bulk_sum(const NoisyTeacher& teacher, const F& f) {
  double sum = 0;
  for (const BulkNode& node : teacher.bulk()) sum += node.count * f(node.singular_value);
  return sum;
}

template <class F>
double bulk_overlap(const NoisyTeacher& teacher, const F& f) {
  double sum = 0;
  for (const BulkNode& node : teacher.bulk()) sum += node.overlap * f(node.singular_value);
  return sum;
}

double one(double) {
  return 1;
}
double itself(double g) {
  return g;
}
double square(double g) {
  return g * g;
}

TEST(NoiseSpectrum, HasUnitMassAndTheNoisesMeanSquares) {
  for (const double aspect : {0.1, 0.5, 1.0, 3.0})
    for (const double noise : {0.4, 1.0}) {
      const NoiseSpectrum spectrum(aspect, noise);
      const auto moment = [&](auto f) {
        return detail::PanelQuadrature<double>::integral(
            [&](double angle) { return spectrum.fraction_at(angle) * f(spectrum.singular_value_at(angle)); },
            0.0, std::numbers::pi);
      };
      const double s2 = noise * noise, larger = std::max(1.0, aspect);
      EXPECT_NEAR(moment(one), 1, 1e-13);
      EXPECT_NEAR(moment(square), s2 * larger, 1e-13 * larger) << "||Z||^2 = N3 sigma^2";
      EXPECT_NEAR(moment([](double g) { return square(g) * square(g); }), s2 * s2 * larger * (1 + aspect),
                  1e-12 * larger * larger)
          << "tr (Z Z^T)^2 = N3 (1 + A) sigma^4";
    }
}

TEST(NoiseSpectrum, DensityIsTheFractionPerSingularValue) {
  for (const double aspect : {0.25, 1.0, 4.0}) {
    const NoiseSpectrum spectrum(aspect, 1.5);
    for (const double angle : {0.3, 1.2, 2.0, 2.9}) {
      const double h = 1e-5,
                   slope = (spectrum.singular_value_at(angle - h) - spectrum.singular_value_at(angle + h)) /
                           (2 * h);
      EXPECT_NEAR(spectrum.density(spectrum.singular_value_at(angle)) * slope, spectrum.fraction_at(angle),
                  1e-9);
    }
    EXPECT_EQ(spectrum.density(spectrum.upper_edge()), 0);
    EXPECT_EQ(spectrum.density(0.5 * spectrum.lower_edge()), 0);
    EXPECT_NEAR(spectrum.singular_value_at(0), spectrum.upper_edge(), 1e-15 * spectrum.upper_edge());
    EXPECT_NEAR(spectrum.singular_value_at(std::numbers::pi), spectrum.lower_edge(), 1e-15);
  }
  EXPECT_NEAR(NoiseSpectrum(1, 1).density(1e-9), 2 / std::numbers::pi, 1e-12) << "the quarter circle at 0";
}

TEST(NoiseSpectrum, MedianHasHalfOfTheFractionAboveIt) {
  // At A = 1 the quarter circle: theta - sin theta = pi/2 at g = 2 cos(theta/2).
  EXPECT_NEAR(NoiseSpectrum(1, 1).median(), 2 * std::cos(2.309881460010057 / 2), 1e-12);
  // 1/omega(1) of Gavish and Donoho (2014): tau* = (4/sqrt 3)/median = 2.858.
  EXPECT_NEAR(4 / std::sqrt(3) / NoiseSpectrum(1, 1).median(), 2.858, 5e-4);
  EXPECT_NEAR(NoiseSpectrum(0.3, 2).median(), 2 * std::sqrt(0.3) * NoiseSpectrum(1 / 0.3, 1).median(), 1e-12);
}

TEST(NoisyTeacher, SpikesHaveTheReferenceValues) {
  const NoiseSpectrum spectrum(0.5, 1);
  const Spike two = spike(spectrum, 2);  // (1 + 4)(0.5 + 4)/4 = 5.625
  EXPECT_NEAR(two.singular_value, std::sqrt(5.625), 1e-15);
  EXPECT_NEAR(two.output_overlap, std::sqrt(1 - 0.5 * 5 / (4 * 4.5)), 1e-15);
  EXPECT_NEAR(two.input_overlap, std::sqrt(1 - 4.5 / (4 * 5)), 1e-15);
  EXPECT_NEAR(two.overlap(), 15.5 / (4 * std::sqrt(22.5)), 1e-15);
  const Spike strong = spike(spectrum, 1e6);
  EXPECT_NEAR(strong.singular_value, 1e6 + 0.75e-6, 1e-9);
  EXPECT_NEAR(1 - strong.overlap(), 0.75e-12, 1e-15);
}

TEST(NoisyTeacher, SpikesLeaveTheEdgeContinuouslyAtTheThreshold) {
  for (const double aspect : {0.3, 1.0, 2.5}) {
    const NoiseSpectrum spectrum(aspect, 0.7);
    const double s = spectrum.threshold();
    EXPECT_NEAR(spike(spectrum, s * (1 + 1e-6)).singular_value, spectrum.upper_edge(), 1e-11);
    EXPECT_NEAR(spike(spectrum, s * (1 + 1e-12)).overlap(), 0, 1e-11);
    EXPECT_EQ(spike(spectrum, s).overlap(), 0);
    EXPECT_EQ(spike(spectrum, 0.8 * s).singular_value, spectrum.upper_edge());
  }
}

TEST(NoisyTeacher, StrengthIsReadBackFromTheSpike) {
  for (const double aspect : {0.3, 1.0, 2.5}) {
    const NoiseSpectrum spectrum(aspect, 0.7);
    for (const double times : {1.01, 1.5, 40.0}) {
      const double s = times * spectrum.threshold();
      EXPECT_NEAR(teacher_strength(spectrum, spike(spectrum, s).singular_value) / s, 1, 1e-12);
    }
    EXPECT_THROW(teacher_strength(spectrum, spectrum.upper_edge()), base::DomainError);
  }
}

// Wbar^T + Z^T is a teacher of N1 outputs and noise sigma sqrt A.
TEST(NoisyTeacher, AndItsTransposeAreOne) {
  const NoisyTeacher tall(60, 150, {4, 2.2, 0.5}, 0.8), wide(150, 60, {4, 2.2, 0.5}, 0.8 * std::sqrt(2.5));
  EXPECT_NEAR(tall.target_power(), wide.target_power(), 1e-12 * tall.target_power());
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(tall.spikes()[k].singular_value, wide.spikes()[k].singular_value, 1e-14 * 5);
    EXPECT_NEAR(tall.spikes()[k].output_overlap, wide.spikes()[k].input_overlap, 1e-14);
    EXPECT_NEAR(tall.spikes()[k].input_overlap, wide.spikes()[k].output_overlap, 1e-14);
  }
  const auto f = [](double g) { return std::exp(g); };
  EXPECT_NEAR(bulk_sum(tall, f) / bulk_sum(wide, f), 1, 1e-12);
  EXPECT_NEAR(bulk_overlap(tall, f) / bulk_overlap(wide, f), 1, 1e-12);
}

TEST(NoisyTeacher, BulkAndSpikesTogetherKeepCountPowerAndTeacher) {
  for (const long outputs : {50L, 200L, 300L}) {
    const NoisyTeacher teacher(200, outputs, {5, 3, 3, 0.4}, 0.9);
    double count = 0, power = 0, held = 0;
    for (std::size_t k = 0; k < 4; ++k)
      if (teacher.sticks_out(k)) {
        const Spike& mode = teacher.spikes()[k];
        count += 1, power += square(mode.singular_value);
        held += teacher.strengths()[k] * mode.singular_value * mode.overlap();
      }
    EXPECT_EQ(count, 3);
    EXPECT_NEAR(bulk_sum(teacher, one) + count, static_cast<double>(std::min(outputs, 200L)), 1e-10);
    EXPECT_NEAR(bulk_sum(teacher, square) + power, teacher.target_power(), 1e-10 * teacher.target_power());
    EXPECT_NEAR(bulk_overlap(teacher, itself) + held, teacher.teacher_power(), 1e-10) << "<Wbar, Sigma31>";
  }
}

// At a complex z the sum over all modes is known without any angle: from D(z), which solves
// A D^2 - (z^2 - 1 - A) D + 1 = 0, the teacher's 1 - s^2 D moves ln det, and its overlaps sum to
// s^2 D/(1 - s^2 D).
TEST(NoisyTeacher, BulkFollowsFromTheResolvent) {
  using Complex = std::complex<double>;
  const double aspect = 0.4, s = 1.9;
  const Complex z2(1.1, 0.8);
  const auto d = [&](Complex x) {
    const Complex b = x - 1.0 - aspect, root = std::sqrt(b * b - 4 * aspect);
    const Complex one_way = (b - root) / (2 * aspect), other = (b + root) / (2 * aspect);
    return std::abs(one_way) < std::abs(other) ? one_way : other;
  };
  const NoisyTeacher with(500, 200, {s}, 1), without(500, 200, {}, 1);
  Complex moved = 0, overlap = 0;
  for (std::size_t i = 0; i < with.bulk().size(); ++i) {
    const double g = with.bulk()[i].singular_value;
    moved += (with.bulk()[i].count - without.bulk()[i].count) / (z2 - g * g);
    overlap += with.bulk()[i].overlap * g / (z2 - g * g);
  }
  const Spike mode = with.spikes()[0];
  moved += 1.0 / (z2 - square(mode.singular_value));
  overlap += s * mode.overlap() * mode.singular_value / (z2 - square(mode.singular_value));
  const double h = 1e-5;
  const auto log_det = [&](Complex x) { return std::log(1.0 - s * s * d(x)); };
  EXPECT_NEAR(std::abs(moved - (log_det(z2 + h) - log_det(z2 - h)) / (2 * h)), 0, 1e-9);
  EXPECT_NEAR(std::abs(overlap - s * s * d(z2) / (1.0 - s * s * d(z2))), 0, 1e-12);
}

TEST(NoisyTeacher, ErrorsAreThoseOfNothingLearnedAndOfEverything) {
  const NoisyTeacher teacher(300, 150, {4, 2, 0.6}, 1.2);
  const auto nothing = learned_errors(teacher, [](double) { return 0.0; });
  EXPECT_NEAR(nothing.training, 1, 1e-12);
  EXPECT_NEAR(nothing.test, 1, 1e-12);
  const auto all = learned_errors(teacher, itself);
  EXPECT_NEAR(all.training, 0, 1e-14);
  EXPECT_NEAR(all.test, 150 * 1.44 / teacher.teacher_power(), 1e-10) << "||Z||^2 = N3 sigma^2 is left";
  // A share c of Sigma31: (1 - c)^2 of the teacher and c^2 of the noise.
  const auto third = learned_errors(teacher, [](double g) { return g / 3; });
  EXPECT_NEAR(third.training, 4.0 / 9, 1e-12);
  EXPECT_NEAR(third.test, 4.0 / 9 + all.test / 9, 1e-10);
}

TEST(NoisyTeacher, RefusesWhatIsOutOfItsDomain) {
  EXPECT_THROW(NoiseSpectrum(0, 1), base::DomainError);
  EXPECT_THROW(NoiseSpectrum(1, 0), base::DomainError);
  EXPECT_THROW(NoiseSpectrum(1, std::numeric_limits<double>::quiet_NaN()), base::DomainError);
  EXPECT_THROW(spike(NoiseSpectrum(1, 1), 0), base::DomainError);
  EXPECT_THROW(NoisyTeacher(0, 5, {}, 1), base::DomainError);
  EXPECT_THROW(NoisyTeacher(5, 2, {1, 1}, 1), base::DomainError);
  EXPECT_THROW(NoisyTeacher(5, 5, {-1}, 1), base::DomainError);
  EXPECT_THROW(learned_errors(NoisyTeacher(5, 5, {}, 1), itself), base::DomainError);
}

}  // namespace
}  // namespace dln::theory
