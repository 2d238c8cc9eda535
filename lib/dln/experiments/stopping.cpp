// The theory's half of generalisation.hpp, and what is read off curves.
#include <tbb/parallel_for.h>

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>

#include "dln/base/error.hpp"
#include "dln/experiments/generalisation.hpp"
#include "dln/theory/deep_mode.hpp"

namespace dln::experiments {
namespace {

constexpr double kTau = 1;

double half_time(const base::Depth& depth, double s, double u0) {
  return half_learning_time(theory::DeepMode<double>(base::DepthExponent(depth), {s, u0, kTau}));
}

}  // namespace

theory::LearnedErrors errors_at(const theory::NoisyTeacher& teacher, const base::Depth& depth,
                                double initial_strength, double time) {
  return theory::learned_errors(teacher, [&](double g) {
    // At A = 1 the lower edge is 0: such a mode only decays, from no more than u0.
    if (!(g > 0)) return 0.0;
    return strength_at(theory::DeepMode<double>(base::DepthExponent(depth), {g, initial_strength, kTau}),
                       time);
  });
}

Stopping optimal_stopping(const theory::NoisyTeacher& teacher, const base::Depth& depth,
                          double initial_strength) {
  base::require_positive("u0", initial_strength);
  double greatest = 0;
  for (const auto& mode : teacher.spikes()) greatest = std::max(greatest, mode.singular_value);
  const double edge = teacher.spectrum().upper_edge();
  base::require(greatest > edge, "greatest spike", greatest,
                fmt::format("one above the noise's upper edge {}: otherwise the least error need not be a "
                            "stopping time",
                            edge));
  base::require(2 * initial_strength < edge, "u0", initial_strength,
                fmt::format("less than half of the noise's upper edge {}: what starts beyond it is not noise "
                            "to be learned later",
                            edge));
  const auto test = [&](double log_time) {
    return errors_at(teacher, depth, initial_strength, std::exp(log_time)).test;
  };
  // Coarsely from well before the first spike to well after the noise's strongest modes; then finely.
  const double from = std::log(0.05 * half_time(depth, greatest, initial_strength)),
               to = std::log(4 * half_time(depth, edge, initial_strength));
  constexpr int kSteps = 120;
  const double step = (to - from) / kSteps;
  std::vector<double> errors(kSteps + 1);
  tbb::parallel_for(0, kSteps + 1,
                    [&](int i) { errors[static_cast<std::size_t>(i)] = test(from + i * step); });
  const double at = from + step * static_cast<double>(std::ranges::min_element(errors) - errors.begin());
  const auto [log_time, error] = boost::math::tools::brent_find_minima(test, at - step, at + step, 26);
  return {std::exp(log_time), error};
}

Stopping ErrorCurve::stopping(const std::vector<double>& times) const {
  const auto i = static_cast<std::size_t>(std::ranges::min_element(test) - test.begin());
  if (i == 0 || i + 1 == test.size()) return {times.at(i), test[i]};
  const double before = test[i - 1] - test[i], after = test[i + 1] - test[i], bend = before + after;
  if (!(bend > 0)) return {times[i], test[i]};
  const double shift = (before - after) / (2 * bend);
  return {times[i] + shift * (times[i + 1] - times[i]), test[i] - bend * shift * shift / 2};
}

ErrorCurve DepthGeneralisation::mean() const {
  ErrorCurve mean{std::vector<double>(times.size(), 0.0), std::vector<double>(times.size(), 0.0)};
  for (const ErrorCurve& curve : trained)
    for (std::size_t i = 0; i < times.size(); ++i) {
      mean.training[i] += curve.training[i] / static_cast<double>(trained.size());
      mean.test[i] += curve.test[i] / static_cast<double>(trained.size());
    }
  return mean;
}

std::vector<Stopping> DepthGeneralisation::stops() const {
  std::vector<Stopping> stops;
  for (const ErrorCurve& curve : trained) stops.push_back(curve.stopping(times));
  return stops;
}

}  // namespace dln::experiments
