// NoisyTeacher: the modes of Sigma31 = Wbar + Z, where Wbar : N3 x N1 is a teacher of few singular values s
// and Z is noise, entries N(0, sigma^2/N1), and what a network that learns them makes of the teacher.
//
// With A = N3/N1 and sigma = 1 (other sigma by scaling), as N1, N3 -> infinity:
//
//   bulk    Z's singular values fill [|1 - sqrt A|, 1 + sqrt A] (Marchenko and Pastur 1967), at angle theta
//           g^2 = 1 + A + 2 sqrt A cos theta,   fraction 2 A sin^2 theta / (pi min(1, A) g^2) dtheta
//   spikes  a teacher's s > A^{1/4} sticks out at sqrt((1 + s^2)(A + s^2))/s, its vectors turned away by
//           overlaps whose product is (s^4 - A)/(s^2 sqrt((1 + s^2)(A + s^2))); a weaker one sticks nowhere
//           out and its overlaps vanish (Benaych-Georges and Nadakuditi 2012)
//
// To the next order, which errors need because the bulk has N times as many modes as the teacher: every s
// takes from the bulk the count (r^2 - r cos theta)/(pi q) dtheta, r = s^2/sqrt A, q = 1 + r^2 - 2 r cos
// theta, one in all where it sticks out and none where it does not; it leaves in it the overlap s (u . u_g)(v
// . v_g) = 2 sqrt A r sin^2 theta/(pi g q) dtheta, so that of <Wbar, Sigma31> = s^2 the part A/s^2, or all,
// lies in the bulk. Both follow from 1 - s^2 D(g + i0), D = e^{-i theta}/sqrt A. Z's own next order is
// (f(lower) + f(upper))/4 - int f dtheta/(2 pi) (Bai and Silverstein 2004, real entries).
// At sigma = 1 these give sum g^2 = N3 + sum s^2 exactly. A and 1/A are each other's transpose.
#pragma once

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <numbers>
#include <vector>

#include "dln/base/error.hpp"
#include "dln/theory/panel_quadrature.hpp"

namespace dln::theory {

// The singular values of Z. Invariant: A > 0, sigma > 0, both finite. Throws DomainError otherwise.
class NoiseSpectrum {
 public:
  NoiseSpectrum(double aspect, double noise) : aspect_(aspect), noise_(noise) {
    base::require_positive("A = N3/N1", aspect);
    base::require_positive("noise", noise);
  }

  double aspect() const { return aspect_; }  // A = N3/N1
  double noise() const { return noise_; }    // sigma
  double lower_edge() const { return noise_ * std::abs(1 - std::sqrt(aspect_)); }
  double upper_edge() const { return noise_ * (1 + std::sqrt(aspect_)); }
  // The s above which a teacher's mode sticks out of the bulk.
  double threshold() const { return noise_ * std::sqrt(std::sqrt(aspect_)); }

  // g at the angle theta, 0 at the upper edge and pi at the lower: without cancellation at either.
  double singular_value_at(double angle) const {
    const double gap = 1 - std::sqrt(aspect_), c = std::cos(angle / 2);
    return noise_ * std::sqrt(gap * gap + 4 * std::sqrt(aspect_) * c * c);
  }
  // The fraction per angle of the min(N1, N3) singular values; integrates to 1 over 0 .. pi.
  double fraction_at(double angle) const {
    const double s = std::sin(angle), g = singular_value_at(angle) / noise_;
    // At A = 1 the lower edge is 0 and s/g -> 1.
    const double ratio = g > 0 ? s / g : 1;
    return 2 * std::max(1.0, aspect_) * ratio * ratio / std::numbers::pi;
  }
  // The fraction per singular value g, 0 outside the edges and at a g of 0.
  double density(double g) const {
    const double lo = lower_edge(), hi = upper_edge();
    if (!(g > lo && g < hi)) return 0;
    const double root = std::sqrt((hi - g) * (hi + g) * (g - lo) * (g + lo));
    return root / (std::numbers::pi * std::min(1.0, aspect_) * noise_ * noise_ * g);
  }
  // The g that half of the min(N1, N3) singular values exceed.
  double median() const {
    const auto slope = [this](double angle) { return fraction_at(angle); };
    return singular_value_at(
        detail::upper_limit<double>(slope, 0.5, std::numbers::pi, std::numbers::pi / 2).w);
  }

 private:
  double aspect_, noise_;
};

// A teacher's mode as Sigma31 shows it: where, and |u . u_hat|, |v . v_hat|. Below the threshold: at the
// upper edge, overlaps 0.
struct Spike {
  double singular_value;
  double output_overlap, input_overlap;

  double overlap() const { return output_overlap * input_overlap; }
};

// s > 0. Throws DomainError.
inline Spike spike(const NoiseSpectrum& spectrum, double s) {
  base::require_positive("s", s);
  if (s <= spectrum.threshold()) return {spectrum.upper_edge(), 0, 0};
  const double a = spectrum.aspect(), x = s / spectrum.noise(), x2 = x * x, root = std::sqrt(a);
  const double above = (x2 - root) * (x2 + root);  // s^4 - A
  return {spectrum.noise() * std::sqrt(1 + x2) * std::sqrt(a + x2) / x, std::sqrt(above / (x2 * (a + x2))),
          std::sqrt(above / (x2 * (1 + x2)))};
}

// The s whose spike is at s_hat > upper edge: the inverse of spike(). Throws DomainError.
inline double teacher_strength(const NoiseSpectrum& spectrum, double s_hat) {
  base::require(base::is_finite(s_hat) && s_hat > spectrum.upper_edge(), "s_hat", s_hat,
                "a finite singular value above the noise's upper edge");
  // s^2 + A/s^2 = s_hat^2 - 1 - A = 2 sqrt A + (s_hat^2 - edge^2), at sigma = 1.
  const double root = std::sqrt(spectrum.aspect()), x = s_hat / spectrum.noise(), edge = 1 + root;
  const double excess = (x - edge) * (x + edge);
  return spectrum.noise() * std::sqrt(root + excess / 2 + std::sqrt(excess * (excess + 4 * root)) / 2);
}

// A piece of the bulk: sum f over it is the sum of count f(g), and sum_k s_k sum_g (u_k . u_g)(v_k . v_g)
// f(g) that of overlap f(g).
struct BulkNode {
  double singular_value;
  double count, overlap;
};

// Invariant: fewer teacher modes than min(N1, N3), every s > 0, sigma > 0. Throws DomainError otherwise.
class NoisyTeacher {
 public:
  // N1, N3; the teacher's s, equal ones among them where they are; sigma.
  NoisyTeacher(long inputs, long outputs, std::vector<double> strengths, double noise)
      : inputs_(inputs), outputs_(outputs), strengths_(std::move(strengths)), spectrum_(checked(noise)) {
    for (const double s : strengths_) spikes_.push_back(spike(spectrum_, s));
    fill_bulk();
  }

  long inputs() const { return inputs_; }
  long outputs() const { return outputs_; }
  const std::vector<double>& strengths() const { return strengths_; }  // s
  const NoiseSpectrum& spectrum() const { return spectrum_; }
  // One for each s, those at the edge included.
  const std::vector<Spike>& spikes() const { return spikes_; }
  bool sticks_out(std::size_t k) const { return strengths_.at(k) > spectrum_.threshold(); }

  // Nodes of a quadrature: the sum of a function of g that rises within a share w of the bulk's width is
  // exact to about (1 + 8 w)^{-40}. The next order is that of an infinite matrix: it asks of every s that
  // |s/threshold - 1| > N^{-1/3}. Counts may be negative.
  const std::vector<BulkNode>& bulk() const { return bulk_; }

  double teacher_power() const {  // ||Wbar||^2
    double sum = 0;
    for (const double s : strengths_) sum += s * s;
    return sum;
  }
  double target_power() const {  // mean of ||Sigma31||^2
    const double noise = spectrum_.noise();
    return teacher_power() + static_cast<double>(outputs_) * noise * noise;
  }

 private:
  NoiseSpectrum checked(double noise) const {
    base::require(inputs_ >= 1, "N1", inputs_, "1 or more inputs");
    base::require(outputs_ >= 1, "N3", outputs_, "1 or more outputs");
    base::require(static_cast<long>(strengths_.size()) < std::min(inputs_, outputs_), "teacher modes",
                  static_cast<double>(strengths_.size()), "fewer than there are inputs and outputs");
    for (const double s : strengths_) base::require_positive("s", s);
    return NoiseSpectrum(static_cast<double>(outputs_) / static_cast<double>(inputs_), noise);
  }

  BulkNode node(double angle, double width) const {
    const double pi = std::numbers::pi, root = std::sqrt(spectrum_.aspect()), noise = spectrum_.noise();
    const double g = spectrum_.singular_value_at(angle), c = std::cos(angle), sine = std::sin(angle);
    double count = static_cast<double>(std::min(inputs_, outputs_)) * spectrum_.fraction_at(angle) - 0.5 / pi;
    double overlap = 0;
    for (const double s : strengths_) {
      const double r = s * s / (noise * noise * root), q = (1 - r) * (1 - r) + 2 * r * (1 - c);
      count -= r * (r - c) / (pi * q);
      overlap += 2 * root * r * sine * sine * noise * noise / (pi * g * q);
    }
    return {g, width * count, width * overlap};
  }

  void fill_bulk() {
    using Rule = boost::math::quadrature::gauss<double, 20>;
    constexpr int kPanels = 4;
    const double half = std::numbers::pi / kPanels / 2;
    for (int panel = 0; panel < kPanels; ++panel)
      for (std::size_t i = 0; i < Rule::abscissa().size(); ++i)
        for (const double sign : {-1.0, 1.0})
          bulk_.push_back(
              node(half * (2 * panel + 1 + sign * Rule::abscissa()[i]), half * Rule::weights()[i]));
    bulk_.push_back({spectrum_.lower_edge(), 0.25, 0});
    bulk_.push_back({spectrum_.upper_edge(), 0.25, 0});
  }

  long inputs_, outputs_;
  std::vector<double> strengths_;
  NoiseSpectrum spectrum_;
  std::vector<Spike> spikes_;
  std::vector<BulkNode> bulk_;
};

// What is wrong with a network W that holds every mode of Sigma31 with the strength u(g) its singular value g
// gives it (white inputs, Sigma11 = I).
struct LearnedErrors {
  double training;  // ||Sigma31 - W||^2 over the mean of ||Sigma31||^2
  double test;      // ||Wbar - W||^2 / ||Wbar||^2: on inputs not seen, without their noise
};

// In the mean over Z, relative error O(1/N). strength : g -> u(g), on the bulk and at the spikes. Throws
// DomainError where there is no teacher.
template <class Strength>
LearnedErrors learned_errors(const NoisyTeacher& teacher, const Strength& strength) {
  base::require_positive("teacher power", teacher.teacher_power());
  double training = 0, test = teacher.teacher_power();
  for (std::size_t k = 0; k < teacher.spikes().size(); ++k) {
    if (!teacher.sticks_out(k)) continue;
    const Spike& mode = teacher.spikes()[k];
    const double u = strength(mode.singular_value), gap = mode.singular_value - u;
    training += gap * gap;
    test += u * u - 2 * u * teacher.strengths()[k] * mode.overlap();
  }
  for (const BulkNode& node : teacher.bulk()) {
    const double u = strength(node.singular_value), gap = node.singular_value - u;
    training += node.count * gap * gap;
    test += node.count * u * u - 2 * node.overlap * u;
  }
  return {training / teacher.target_power(), test / teacher.teacher_power()};
}

}  // namespace dln::theory
