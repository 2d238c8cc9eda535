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
  return epochs < 10 ? fmt::format("{:.2g}", epochs) : fmt::format("{:.0f}", epochs);
}

// "mode 1 half learned after 3 epochs, mode 10 after 149"
std::string on_half_times(const Forecast& f) {
  std::string text;
  std::size_t last = f.modes.size();
  for (std::size_t k = 0; k < std::min(kShown, f.modes.size()); ++k)
    if (std::isfinite(f.modes[k].half_epochs)) last = k;
  const double first = f.modes[0].half_epochs;
  if (last == f.modes.size())
    return fmt::format(
        "theory expects no mode to be half learned within {:.0f} epochs (--at-most looks further)",
        f.epochs.back());
  const auto after = [](double epochs) { return fmt::format("after {} epochs", epochs_text(epochs)); };
  text = std::isfinite(first) ? fmt::format("theory expects mode 1 half learned {}", after(first))
                              : std::string("theory does not expect mode 1 half learned in that time");
  if (last > 0) text += fmt::format(" and mode {} {}", last + 1, after(f.modes[last].half_epochs));
  const auto rest = std::min(kShown, f.modes.size()) - 1 - last;
  if (rest > 0)
    text += fmt::format(" (later ones not within {:.0f}; --at-most looks further)", f.epochs.back());
  return text;
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

std::string counted(Eigen::Index count) {
  return count == 0 ? "none" : std::to_string(count);
}

std::string on_consistency(const Analysis& a) {
  const auto& c = a.consistency;
  const auto all = static_cast<Eigen::Index>(c.by_mode.size());
  const auto good = c.count(ModeVerdict::consistent), nearly = c.count(ModeVerdict::approximate);
  if (good == all)
    return fmt::format(
        "{} of the inputs (Eq 18 holds): theory of single modes is exact up to what modes do to each other.",
        all == 1 ? "The mode is a principal component" : "Every mode is a principal component");
  return fmt::format(
      "Of {} mode{}, {} {} a principal component of the inputs (Eq 18) and {} nearly: {} take part of what "
      "others "
      "leave, may come at other times, and let the network end at a smaller error than theory of single "
      "modes does.",
      all, all == 1 ? "" : "s", counted(good), good <= 1 ? "is" : "are", counted(nearly),
      good + nearly == 0 ? "they" : "the others");
}

// Modes so near each other that their axes and their order are the start's.
std::string on_near_modes(const Analysis& a) {
  const auto& assumptions = a.depths.front().assumptions;
  const auto leading = std::min<Eigen::Index>(static_cast<Eigen::Index>(kShown), a.modes().size());
  Eigen::Index near = 0;
  for (const auto& group : assumptions.near_modes)
    for (Eigen::Index k = group.first; k < group.first + group.size; ++k) near += k < leading;
  if (near == 0) return "";
  return fmt::format(
      "{} of the leading {} modes have a neighbour within {:g} % in s: these mix, and which comes first is "
      "the start's.",
      near, leading, 100 * experiments::kNearModes);
}

// Uncentred inputs often are mostly their mean, which says little of what is to be learned.
std::string on_mean(const Analysis& a) {
  const auto& c = a.analysed.problem.correlations;
  if (a.treatment != experiments::InputTreatment::raw || c.input_mean.size() == 0) return "";
  const double share = static_cast<double>(c.examples) * c.input_mean.squaredNorm() / c.sigma11.trace();
  if (!(share > 0.5)) return "";
  return fmt::format(
      "The mean over examples holds {:.0f} % of the inputs' power, and mode 1 is mostly that; --inputs "
      "centred leaves it out.",
      100 * share);
}

std::string on_run(const DepthAnalysis& depth, const Analysis& a) {
  const auto& run = *depth.run;
  const Forecast& f = depth.forecast;
  if (!depth.settled())
    return fmt::format(" The network diverged at epoch {}: the rate is too high.", run.iterations);
  const auto h = compare_half_times(depth);
  std::string text = " The network trained: ";
  if (h.compared == 0)
    text += "none of these modes half learned in that time";
  else
    text += fmt::format("half times off by {:.2g} % in the median, at most {:.2g} % (mode {})",
                        100 * h.median, 100 * h.worst, h.worst_mode + 1);
  if (f.low.size() > 0 && h.compared > 0)
    text += fmt::format(", {} of {} inside the band over starts", h.inside, h.compared);
  if (h.missed > 0) text += fmt::format("; {} expected in that time and not learned", h.missed);
  text += fmt::format("; error {:.4g} of that at zero weights at epoch {}",
                      run.error.back() / f.error_at_zero, static_cast<long>(run.epochs.back()));
  if (!run.held_out_error.empty())
    text += fmt::format(", held out {:.4g}", run.held_out_error.back() / a.held_out_at_zero());
  if (run.error_rose) text += "; the error rose on the way: the rate is near the edge of what is stable";
  return text + ".";
}

std::string on_depth(const DepthAnalysis& depth, const Analysis& a) {
  const Forecast& f = depth.forecast;
  std::string text = fmt::format(
      "N_l = {}, rate {:.3g}{}: {}", depth.layers(), depth.rate,
      depth.rate_is_ours ? " = 1/λ_max" : fmt::format(" (limit {:.3g})", depth.limit()), on_half_times(f));
  if (const double most = f.epochs_to(0.9); std::isfinite(most))
    text += fmt::format("; 90 % of what it expects to be learned is by epoch {}", epochs_text(most));
  text += fmt::format(
      "; its error ends at {:.4g} of that at zero weights, the least of any such network is {:.4g}.",
      f.theory_end / f.error_at_zero, f.least_error / f.error_at_zero);
  if (f.whole && !f.whole->least_error)
    text += fmt::format(" This start leads to a saddle, {:.4g} of that error above the least.",
                        f.whole->excess / f.error_at_zero);
  return depth.run ? text + on_run(depth, a) : text;
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
  for (auto sentence : {on_near_modes(analysis), on_mean(analysis)})
    if (!sentence.empty()) all.push_back(std::move(sentence));
  for (const auto& depth : analysis.depths) {
    if (depth.rate > depth.limit()) all.push_back(warning_on(depth));
    all.push_back(on_depth(depth, analysis));
  }
  return all;
}

}  // namespace dln::tools
