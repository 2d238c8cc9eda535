#include "dln/flow/ensemble_flow.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "dln/flow/ensemble_steps.hpp"

namespace dln::flow {

namespace {

using ode::StopReason;

// One element per mode, or one for all.
struct Input {
  std::string_view name;
  std::span<const double> values;
  double operator[](std::size_t mode) const { return values.size() == 1 ? values[0] : values[mode]; }
};

template <std::size_t Components>
struct Task {
  Input s, tau, t;
  std::array<Input, Components> start;
  bool negative_starts;  // allowed
  std::array<std::span<double>, Components> results;
  std::size_t modes() const { return results[0].size(); }
};

void require_size(const Input& input, std::size_t modes) {
  base::require(input.values.size() == modes || input.values.size() == 1,
                fmt::format("size of {}", input.name), static_cast<double>(input.values.size()),
                fmt::format("{} elements, one per mode, or 1 for all", modes));
}

void require_of(std::size_t mode, bool holds, const Input& input, std::string_view wanted) {
  if (!holds) base::require(false, fmt::format("mode {}: {}", mode, input.name), input[mode], wanted);
}

template <std::size_t Components>
void check(const Task<Components>& task) {
  for (const auto* input : {&task.s, &task.tau, &task.t}) require_size(*input, task.modes());
  for (const auto& input : task.start) require_size(input, task.modes());
  for (const auto& result : task.results)
    base::require(result.size() == task.modes(), "size of results", static_cast<double>(result.size()),
                  "the same");
  for (std::size_t i = 0; i < task.modes(); ++i) {
    require_of(i, std::isfinite(task.s[i]), task.s, "a finite number");
    require_of(i, std::isfinite(task.tau[i]) && task.tau[i] > 0, task.tau, "a finite number greater than 0");
    require_of(i, std::isfinite(task.t[i]) && task.t[i] >= 0, task.t, "a finite time, 0 or greater");
    for (const auto& start : task.start)
      require_of(i, std::isfinite(start[i]) && (task.negative_starts || start[i] >= 0), start,
                 task.negative_starts ? "a finite number" : "a finite number, 0 or greater");
  }
}

void check(const EnsembleOptions& options) {
  base::require_positive("tolerance", options.tolerance);
  base::require_non_negative("maximum step", options.maximum_step);
  base::require_non_negative("minimum step", options.minimum_step);
  base::require_positive("blow-up bound", options.blow_up_bound);
  base::require(options.step_budget > 0, "step budget", static_cast<double>(options.step_budget),
                "1 or more");
}

// Field: slopes(Slice, places, results), one row per component each.
template <std::size_t Components, class Field>
class Batch {
 public:
  Batch(const Task<Components>& task, const EnsembleOptions& options, const Field& field)
      : task_(task), options_(options), field_(field) {
    run_.reasons.resize(task.modes());
  }

  EnsembleRun run() {
    while (active_ < detail::kLanes && seat(active_)) ++active_;
    while (active_ > 0) {
      try_step();
      for (std::size_t lane = 0; lane < active_;)
        if (!settle(lane) || refill(lane)) ++lane;
    }
    return std::move(run_);
  }

 private:
  using Pointers = std::array<double*, Components>;

  // The next mode takes a lane; false when none is left. A mode that has nowhere to go needs none.
  bool seat(std::size_t lane) {
    for (; waiting_ < task_.modes(); ++waiting_) {
      mode_[lane] = waiting_;
      s_[lane] = task_.s[waiting_];
      pace_[lane] = 1 / task_.tau[waiting_];
      left_[lane] = task_.t[waiting_];
      attempts_[lane] = 0;
      refused_[lane] = false;
      last_h_[lane] = last_factor_[lane] = 0;
      for (std::size_t c = 0; c < Components; ++c) parts_[c].x[lane] = task_.start[c][waiting_];
      slopes_of(lane, 1, &detail::Component::x, 0);
      const double size = largest([&](const auto& part) { return part.x[lane]; });
      const double slope = largest([&](const auto& part) { return part.slopes[0][lane]; });
      bound_[lane] = options_.blow_up_bound * std::max(1.0, size);
      if (!std::isfinite(slope)) {
        finish(lane, StopReason::not_finite);
      } else if (left_[lane] == 0) {
        finish(lane, StopReason::reached_end);
      } else {
        shortest_[lane] = options_.minimum_step > 0
                              ? options_.minimum_step
                              : 16 * std::numeric_limits<double>::epsilon() * left_[lane];
        // A fifth of the time in which the slope would change x by itself.
        const double wanted = slope > 0 ? std::max(0.2 * (size / slope), 1e-6 * left_[lane]) : left_[lane];
        h_[lane] = bounded(lane, wanted);
        ++waiting_;
        return true;
      }
    }
    return false;
  }

  // False when the last lane took this one's place and is yet to be settled.
  bool refill(std::size_t lane) {
    if (seat(lane)) return true;
    --active_;
    if (lane == active_) return true;
    const std::size_t last = active_;
    for (auto& part : parts_) {
      part.x[lane] = part.x[last];
      part.next[lane] = part.next[last];
      part.slopes.front()[lane] = part.slopes.front()[last];
      part.slopes.back()[lane] = part.slopes.back()[last];
    }
    for (auto* row : {&s_, &pace_, &left_, &h_, &bound_, &shortest_, &last_h_, &last_factor_,
                      &judgement_.error, &judgement_.factor})
      (*row)[lane] = (*row)[last];
    mode_[lane] = mode_[last];
    attempts_[lane] = attempts_[last];
    refused_[lane] = refused_[last];
    return false;
  }

  void try_step() {
    using namespace dop853;
    for (std::size_t stage = 1; stage < kStages; ++stage) {
      for (auto& part : parts_) detail::advance(kStage[stage], stage, part, h_, active_, part.place);
      slopes_of(0, active_, &detail::Component::place, stage);
    }
    for (auto& part : parts_) detail::advance(kEnd, kStages, part, h_, active_, part.next);
    slopes_of(0, active_, &detail::Component::next, kStages);
    detail::judge(parts_.data(), Components, h_, options_.tolerance, active_, judgement_);
  }

  // Accepts or rejects the step a lane has tried; true when its mode is done.
  bool settle(std::size_t lane) {
    ++attempts_[lane];
    const double end = largest([&](const auto& part) { return part.next[lane]; });
    const double slope = largest([&](const auto& part) { return part.slopes.back()[lane]; });
    const bool finite = std::isfinite(end) && std::isfinite(slope);
    if (finite && judgement_.error[lane] <= 1) {
      ++run_.work.accepted_steps;
      left_[lane] = h_[lane] == left_[lane] ? 0 : left_[lane] - h_[lane];
      for (auto& part : parts_) {
        part.x[lane] = part.next[lane];
        part.slopes.front()[lane] = part.slopes.back()[lane];
      }
      if (!(end <= bound_[lane])) return finish(lane, StopReason::blew_up);
      if (left_[lane] == 0) return finish(lane, StopReason::reached_end);
      const double factor = next_factor(lane);
      last_h_[lane] = h_[lane];
      last_factor_[lane] = judgement_.factor[lane];
      h_[lane] = bounded(lane, h_[lane] * (refused_[lane] ? std::min(factor, 1.0) : factor));
      refused_[lane] = false;
    } else {
      ++run_.work.rejected_steps;
      h_[lane] *= finite ? std::min(judgement_.factor[lane], 0.9) : 0.2;
      refused_[lane] = true;
      if (!(h_[lane] >= shortest_[lane])) return finish(lane, StopReason::step_too_small);
    }
    return attempts_[lane] >= options_.step_budget && finish(lane, StopReason::step_budget_spent);
  }

  // By what the step may change: as the last error says, and no more than if what it has shrunk by since the
  // step before will go on (Gustafsson): on a plateau each step has to be shorter than the last.
  double next_factor(std::size_t lane) const {
    const double factor = judgement_.factor[lane];
    if (last_h_[lane] == 0) return factor;
    return std::min(factor, factor * (h_[lane] / last_h_[lane]) * (factor / last_factor_[lane]));
  }

  bool finish(std::size_t lane, StopReason reason) {
    run_.reasons[mode_[lane]] = reason;
    for (std::size_t c = 0; c < Components; ++c) task_.results[c][mode_[lane]] = parts_[c].x[lane];
    return true;
  }

  // A step that all but reaches the end goes there.
  double bounded(std::size_t lane, double h) const {
    if (options_.maximum_step > 0) h = std::min(h, options_.maximum_step);
    return h > 0.95 * left_[lane] ? left_[lane] : h;
  }

  template <class Part>
  double largest(const Part& of) const {
    double most = 0;
    for (const auto& part : parts_) {
      const double size = std::abs(of(part));
      if (!(size <= most)) most = size;  // a NaN stays
      if (std::isnan(most)) return most;
    }
    return most;
  }

  void slopes_of(std::size_t first, std::size_t n, detail::Row detail::Component::*where, std::size_t stage) {
    Pointers places, slopes;
    for (std::size_t c = 0; c < Components; ++c) {
      places[c] = (parts_[c].*where).data() + first;
      slopes[c] = parts_[c].slopes[stage].data() + first;
    }
    field_(detail::Slice{s_.data() + first, pace_.data() + first, n}, places, slopes);
    run_.work.evaluations += n;
  }

  const Task<Components>& task_;
  const EnsembleOptions& options_;
  Field field_;
  EnsembleRun run_;
  std::size_t waiting_ = 0, active_ = 0;
  std::array<detail::Component, Components> parts_;
  detail::Row s_, pace_, left_, h_, bound_, shortest_;
  detail::Row last_h_, last_factor_;  // of the last step accepted, 0 before the first
  detail::Judgement judgement_;
  std::array<std::size_t, detail::kLanes> mode_, attempts_;
  std::array<bool, detail::kLanes> refused_;
};

template <std::size_t Components, class Field>
EnsembleRun integrated(const Task<Components>& task, const EnsembleOptions& options, const Field& field) {
  check(task);
  check(options);
  return Batch<Components, Field>(task, options, field).run();
}

// A field of one component.
template <class Slopes>
auto lone(const Slopes& slopes) {
  return [slopes](const detail::Slice& modes, const auto& places, const auto& results) {
    slopes(modes, places[0], results[0]);
  };
}

}  // namespace

bool EnsembleRun::complete() const {
  return std::all_of(reasons.begin(), reasons.end(), [](auto r) { return r == StopReason::reached_end; });
}

void EnsembleRun::require_complete() const {
  for (std::size_t i = 0; i < reasons.size(); ++i)
    if (reasons[i] != StopReason::reached_end)
      throw base::NumericalError(fmt::format("mode {}: {}", i, ode::name_of(reasons[i])));
}

EnsembleRun integrate_strengths(const base::DepthExponent& depth, const StrengthStarts& starts,
                                std::span<const double> times, std::span<double> strengths,
                                const EnsembleOptions& options) {
  const double matrices = depth.weight_matrices();
  const bool polynomial = matrices == 1 || matrices == 2 || depth.is_infinite();
  const Task<1> task{{"s", starts.singular_value},
                     {"tau", starts.time_constant},
                     {"t", times},
                     {{{"u0", starts.initial_strength}}},
                     polynomial,
                     {strengths}};
  if (depth.is_infinite()) return integrated(task, options, lone(detail::eq16));
  if (matrices == 1) return integrated(task, options, lone(detail::eq15_shallow));
  if (matrices == 2) return integrated(task, options, lone(detail::eq10));
  return integrated(task, options,
                    lone([matrices, excess = base::arrays::SplitPower(matrices - 2, matrices)](
                             const auto& modes, const double* u, double* slope) {
                      detail::eq15(matrices, excess, modes, u, slope);
                    }));
}

EnsembleRun integrate_layers(const LayerStarts& starts, std::span<const double> times, std::span<double> a,
                             std::span<double> b, const EnsembleOptions& options) {
  const Task<2> task{{"s", starts.singular_value},
                     {"tau", starts.time_constant},
                     {"t", times},
                     {{{"a0", starts.a0}, {"b0", starts.b0}}},
                     true,
                     {a, b}};
  return integrated(task, options, [](const detail::Slice& modes, const auto& places, const auto& slopes) {
    detail::eq8(modes, places[0], places[1], slopes[0], slopes[1]);
  });
}

}  // namespace dln::flow
