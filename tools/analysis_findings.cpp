// What dln analyze says first.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "dln/experiments/transitions.hpp"
#include "tools/analysis.hpp"

namespace dln::tools {
namespace {

using data::ModeVerdict;
using experiments::Forecast;

constexpr std::size_t kShown = 10;

std::string epochs_text(double epochs) {
  return epochs < 10 ? fmt::format("{:.2g}", epochs) : fmt::format("{:.0f}", epochs);
}

// "theory expects mode 1 half learned after 3 epochs and mode 10 after 149 epochs"
std::string on_half_times(const Forecast& f) {
  const auto shown = std::min(kShown, f.modes.size());
  std::vector<std::size_t> timed, begun;
  for (std::size_t k = 0; k < shown; ++k) {
    if (f.modes[k].half_epochs == 0) begun.push_back(k);
    if (f.modes[k].half_epochs > 0) timed.push_back(k);
  }
  const auto after = [&](std::size_t k) {
    const double epochs = f.modes[k].half_epochs;
    return fmt::format("mode {}{} after {} epoch{}", k + 1, k == timed.front() ? " half learned" : "",
                       epochs_text(epochs), epochs == 1 ? "" : "s");
  };
  const auto last = static_cast<long>(f.epochs.back());
  std::string text;
  if (!begun.empty())
    text = fmt::format("{} mode{} begin{} beyond half; ", begun.size(), begun.size() == 1 ? "" : "s",
                       begun.size() == 1 ? "s" : "");
  if (timed.empty())
    return text +
           (begun.size() == shown
                ? "none is left to be timed"
                : fmt::format("theory expects no {}mode to be half learned within {} epoch{} (--at-most "
                              "looks further)",
                              begun.empty() ? "" : "other ", last, last == 1 ? "" : "s"));
  text += "theory expects " + after(timed.front());
  if (timed.size() > 1) text += " and " + after(timed.back());
  if (const auto rest = shown - begun.size() - timed.size(); rest > 0)
    text +=
        fmt::format(" ({} other{} not within {}; --at-most looks further)", rest, rest == 1 ? "" : "s", last);
  return text;
}

std::string what_there_is(const Analysis& a) {
  const auto& problem = a.analysed.problem;
  const Eigen::Index modes = a.modes().size();
  return fmt::format(
      "{}: {} examples to learn from{}, {} input dimension{} with data, {} output{} ({}); {} mode{} to "
      "learn, {}.",
      a.data_name, problem.correlations.examples,
      a.examples_held_out > 0 ? fmt::format(" and {} held out", a.examples_held_out) : "",
      problem.correlations.sigma11.rows(), problem.correlations.sigma11.rows() == 1 ? "" : "s",
      problem.correlations.sigma31.rows(), problem.correlations.sigma31.rows() == 1 ? "" : "s", a.targets,
      modes, modes == 1 ? "" : "s",
      modes == 1 ? fmt::format("s = {:.4g}", a.modes().singular_values[0])
                 : fmt::format("s from {:.4g} to {:.4g}", a.modes().singular_values[0],
                               a.modes().singular_values[modes - 1]));
}

std::string counted(Eigen::Index count) {
  return count == 0 ? "none" : std::to_string(count);
}

std::string on_consistency(const Analysis& a) {
  const auto& c = a.consistency;
  const auto all = static_cast<Eigen::Index>(c.by_mode.size());
  const auto good = c.count(ModeVerdict::consistent), nearly = c.count(ModeVerdict::approximate);
  double largest = 0;
  for (const auto& mode : c.by_mode) largest = std::max(largest, mode.invariance);
  if (largest <= experiments::kAssumptionMet)
    return fmt::format(
        "{} of the inputs (Eq 18 holds): theory of single modes is exact up to what modes do to each other.",
        all == 1 ? "The mode is a principal component" : "Every mode is a principal component");
  const std::string end = "let the network end at a smaller error than theory of single modes does";
  if (all == 1)
    return fmt::format(
        "The mode is {} principal component of the inputs (residual {:.2g} of Eq 18): what is missing may "
        "{}.",
        good == 1     ? "nearly a"
        : nearly == 1 ? "only roughly a"
                      : "no",
        c.by_mode[0].invariance, end);
  if (good == all)
    return fmt::format(
        "Every mode is nearly a principal component of the inputs (residuals of Eq 18 up to {:.2g}): what is "
        "missing may still {}.",
        largest, end);
  return fmt::format(
      "Of {} modes, {} {} a principal component of the inputs (Eq 18) to 10 % and {} to a third: those that "
      "are not take part of what others leave, may come at other times, and {}.",
      all, counted(good), good <= 1 ? "is" : "are", counted(nearly), end);
}

// Inputs that vary, and hardly in any direction that was kept: sums of doubles do not resolve them beside
// others.
std::string on_lost_inputs(const Analysis& a) {
  const auto lost = a.analysed.unresolved_inputs;
  if (lost == 0) return "";
  return fmt::format(
      "{} input{} so much smaller than others that sums of products do not resolve {}, and {} left out: "
      "rescale the columns, to variance 1 for instance.",
      lost, lost == 1 ? " is" : "s are", lost == 1 ? "it" : "them", lost == 1 ? "it is" : "they are");
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
    return fmt::format(" The network diverged at epoch {}: the rate is too high for {}.", run.iterations,
                       depth.sharpness.start > depth.sharpness.theory_end ? "this start" : "these data");
  const auto h = compare_half_times(depth);
  std::string text = " The network trained: ";
  if (h.compared == 0)
    text += h.begun ? "its modes begin beyond half" : "none of these modes half learned in that time";
  else if (h.compared == 1)
    text += fmt::format("half time off by {:.3g} %", 100 * h.worst);
  else
    text += fmt::format("half times off by {:.3g} % in the median, at most {:.3g} % (mode {})",
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
  std::string text =
      fmt::format("N_l = {}, rate {:.3g}{}: ", depth.layers(), depth.rate,
                  depth.rate_is_ours ? " = 1/λ_max" : fmt::format(" (limit {:.3g})", depth.limit()));
  if (!std::isfinite(f.error.back()) || f.error.back() > 2 * f.error_at_zero) {
    text += "theory of single modes diverges at this rate, too.";
    return depth.run ? text + on_run(depth, a) : text;
  }
  text += on_half_times(f);
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
    if (mode.half_epochs == 0) {
      found.begun = true;
      continue;
    }
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
  found.median = experiments::median(linalg::Vector::Map(off.data(), found.compared));
  return found;
}

std::vector<std::string> findings(const Analysis& analysis) {
  std::vector<std::string> all{what_there_is(analysis)};
  all.insert(all.end(), analysis.notes.begin(), analysis.notes.end());
  all.push_back(on_consistency(analysis));
  for (auto sentence : {on_lost_inputs(analysis), on_near_modes(analysis), on_mean(analysis)})
    if (!sentence.empty()) all.push_back(std::move(sentence));
  for (const auto& depth : analysis.depths) {
    if (depth.rate > depth.limit()) all.push_back(warning_on(depth));
    all.push_back(on_depth(depth, analysis));
  }
  return all;
}

}  // namespace dln::tools
