#include "dln/experiments/noise_estimate.hpp"

#include <algorithm>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/experiments/transitions.hpp"

namespace dln::experiments {
namespace {

constexpr double kTracyWidom99 = 2.0234;  // 99 % quantile of Tracy and Widom's law for real matrices

// Over sigma.
double highest_of_noise(Eigen::Index inputs, Eigen::Index outputs) {
  const double a = std::sqrt(static_cast<double>(std::max(inputs, outputs) - 1)),
               b = std::sqrt(static_cast<double>(std::min(inputs, outputs)));
  const double scale = (a + b) * std::cbrt(1 / a + 1 / b);
  return std::sqrt(((a + b) * (a + b) + kTracyWidom99 * scale) / static_cast<double>(inputs));
}

void check(const linalg::Vector& s, Eigen::Index inputs, Eigen::Index outputs) {
  base::require(s.size() == std::min(inputs, outputs), "singular values", static_cast<double>(s.size()),
                fmt::format("{}, the lesser of N1 and N3", std::min(inputs, outputs)));
  base::require(s.size() >= 10, "singular values", static_cast<double>(s.size()), "10 or more");
  for (const double value : s) base::require_non_negative("singular value", value);
}

}  // namespace

NoiseEstimate estimate_noise(const linalg::Vector& singular_values, Eigen::Index inputs,
                             Eigen::Index outputs) {
  check(singular_values, inputs, outputs);
  linalg::Vector s = singular_values;
  std::ranges::sort(s, std::greater<>());
  const double aspect = static_cast<double>(outputs) / static_cast<double>(inputs);
  const double unit_median = theory::NoiseSpectrum(aspect, 1).median();
  const double edge_over_noise = highest_of_noise(inputs, outputs);
  NoiseEstimate found{};
  // What sticks out is no noise: without it the median is lower, and more may stick out. At most half does.
  for (Eigen::Index out = 0;;) {
    const double middle = median(s.tail(s.size() - out));
    base::require_positive("median singular value", middle);
    found.noise = middle / unit_median;
    found.edge = found.noise * edge_over_noise;
    const Eigen::Index now = std::count_if(s.begin(), s.end(), [&](double v) { return v > found.edge; });
    if (now <= out || 2 * now >= s.size()) break;
    out = now;
  }
  const theory::NoiseSpectrum spectrum(aspect, found.noise);
  for (const double value : s)
    if (value > found.edge) found.teacher.push_back(teacher_strength(spectrum, value));
  return found;
}

theory::NoisyTeacher visible_teacher(const NoiseEstimate& estimate, Eigen::Index inputs,
                                     Eigen::Index outputs) {
  return {inputs, outputs, estimate.teacher, estimate.noise};
}

}  // namespace dln::experiments
