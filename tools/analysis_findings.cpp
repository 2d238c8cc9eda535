// What dln analyze says first.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "tools/analysis.hpp"

namespace dln::tools {
namespace {

using data::ModeVerdict;
using experiments::Forecast;

constexpr std::size_t kShown = 10;

std::string epochs_text(double epochs) {
  if (std::isnan(epochs)) return "not within the epochs looked at";
  return epochs < 10 ? fmt::format("{:.2g}", epochs) : fmt::format("{:.0f}", epochs);
}

std::string what_there_is(const Analysis& a) {
  const auto& problem = a.analysed.problem;
  const Eigen::Index modes = a.modes().size();
  return fmt::format(
      "{}: {} examples to learn from{}, {} input dimension{} with data, {} output{} ({}); {} mode{} to "
      "learn, s from "
      "{:.4g} to {:.4g}.",
      a.data_name, problem.correlations.examples,
      a.examples_held_out > 0 ? fmt::format(" and {} held out", a.examples_held_out) : "",
      problem.correlations.sigma11.rows(), problem.correlations.sigma11.rows() == 1 ? "" : "s",
      problem.correlations.sigma31.rows(), problem.correlations.sigma31.rows() == 1 ? "" : "s", a.targets,
      modes, modes == 1 ? "" : "s", a.modes().singular_values[0], a.modes().singular_values[modes - 1]);
}

std::string on_consistency(const Analysis& a) {
  const auto& c = a.consistency;
  const auto all = static_cast<Eigen::Index>(c.by_mode.size());
  const auto good = c.count(ModeVerdict::consistent), nearly = c.count(ModeVerdict::approximate);
  if (good == all)
    return fmt::format(
        "{} of the inputs: theory of single modes is exact up to what modes do to each other (Eq 18 "
        "holds).",
        all == 1 ? "The mode is a principal component" : "Every mode is a principal component");
  return fmt::format(
      "Of {} mode{}, {} {} a principal component of the inputs (Eq 18) and {} nearly: where it is not, "
      "theory of single modes ends at a larger error than the network will.",
      all, all == 1 ? "" : "s", good, good == 1 ? "is" : "are", nearly);
}

std::string on_depth(const DepthAnalysis& depth, const Analysis& a) {
  const Forecast& f = depth.forecast;
  const auto shown = std::min(kShown, f.modes.size());
  std::vector<double> halves;
  for (std::size_t k = 0; k < shown; ++k) halves.push_back(f.modes[k].half_epochs);
  std::string text =
      fmt::format("N_l = {}, rate {:.3g}{}: ", depth.layers(), depth.rate,
                  depth.rate_is_ours ? " = 1/λ_max" : fmt::format(" (limit {:.3g})", depth.limit()));
  text += shown == 1
              ? fmt::format("theory expects the mode half learned after {} epochs", epochs_text(halves[0]))
              : fmt::format("theory expects mode 1 half learned after {} epochs and mode {} after {}",
                            epochs_text(halves[0]), shown, epochs_text(halves[shown - 1]));
  text +=
      fmt::format("; of what it expects to be learned 90 % is by epoch {}", epochs_text(f.epochs_to(0.9)));
  text += fmt::format(
      "; its error ends at {:.4g} of that at zero weights, the least of any such network is {:.4g}.",
      f.theory_end / f.error_at_zero, f.least_error / f.error_at_zero);
  if (!depth.run) return text;
  const auto& run = *depth.run;
  if (run.reason == network::DescentStop::diverged)
    return text + fmt::format(" The network diverged at epoch {}: the rate is too high.", run.iterations);
  const auto h = compare_half_times(depth);
  if (h.compared == 0) return text + " The network trained learned none of these modes in that time.";
  text += fmt::format(
      " The network trained: half times off by {:.2g} % in the median, at most {:.2g} % (mode {})",
      100 * h.median, 100 * h.worst, h.worst_mode + 1);
  if (f.low.size() > 0) text += fmt::format(", {} of {} inside the band over starts", h.inside, h.compared);
  if (h.missed > 0) text += fmt::format("; {} expected in that time and not learned", h.missed);
  text += fmt::format("; error {:.4g} of that at zero weights at epoch {}",
                      run.error.back() / f.error_at_zero, static_cast<long>(run.epochs.back()));
  if (!run.held_out_error.empty())
    text += fmt::format(", held out {:.4g}", run.held_out_error.back() / a.held_out_at_zero());
  return text + ".";
}

std::string warning_on(const DepthAnalysis& depth) {
  return fmt::format(
      "N_l = {}: the rate {:.3g} is beyond the limit 2/λ_max = {:.3g} at which learning can settle; {:.3g} "
      "is recommended.",
      depth.layers(), depth.rate, depth.limit(), depth.limit() / 2);
}

}  // namespace

double Analysis::held_out_at_zero() const {
  return analysed.held_out ? 0.5 * analysed.held_out->target_power : 0;
}

HalfTimes compare_half_times(const DepthAnalysis& depth) {
  HalfTimes found;
  if (!depth.run) return found;
  const Forecast& f = depth.forecast;
  std::vector<double> off;
  for (std::size_t k = 0; k < std::min(kShown, f.modes.size()); ++k) {
    const auto& mode = f.modes[k];
    const double measured = depth.run->half_epochs[static_cast<Eigen::Index>(k)];
    if (std::isnan(mode.half_epochs)) continue;
    if (std::isnan(measured)) {
      ++found.missed;
      continue;
    }
    if (mode.half_epochs == 0) continue;  // it starts beyond half
    const double difference = std::abs(measured / mode.half_epochs - 1);
    // The band is told in whole epochs and the run is sampled: half an epoch is no difference.
    found.inside += measured >= mode.half_low - 0.5 && measured <= mode.half_high + 0.5;
    if (off.empty() || difference > found.worst) {
      found.worst = difference;
      found.worst_mode = static_cast<Eigen::Index>(k);
    }
    off.push_back(difference);
  }
  found.compared = static_cast<int>(off.size());
  if (off.empty()) return found;
  std::ranges::sort(off);
  found.median =
      off.size() % 2 == 1 ? off[off.size() / 2] : (off[off.size() / 2 - 1] + off[off.size() / 2]) / 2;
  return found;
}

std::vector<std::string> findings(const Analysis& analysis) {
  std::vector<std::string> all{what_there_is(analysis)};
  all.insert(all.end(), analysis.notes.begin(), analysis.notes.end());
  all.push_back(on_consistency(analysis));
  for (const auto& depth : analysis.depths) {
    if (depth.rate > depth.limit()) all.push_back(warning_on(depth));
    all.push_back(on_depth(depth, analysis));
  }
  return all;
}

}  // namespace dln::tools
