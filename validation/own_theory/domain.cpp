// The domain of a theory: points of it, and what is wrong there before any claim is looked at.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "dln/base/random.hpp"
#include "validation/own_theory/courses.hpp"
#include "validation/own_theory/examination.hpp"

namespace dln::validation {
namespace {

constexpr int kMostDraws = 10'000;  // for one point
constexpr std::size_t kMostCorners = 256;

std::vector<double> with_room(const Theory& theory, std::vector<double> parameters) {
  parameters.resize(theory.symbol_count(), std::numeric_limits<double>::quiet_NaN());
  return parameters;
}

double value(const Written& written, const Theory& theory, const std::vector<double>& parameters) {
  return symbolic::Evaluator<double>(written.expression)(with_room(theory, parameters));
}

bool meets_assumptions(const Theory& theory, const std::vector<double>& parameters) {
  return std::ranges::all_of(theory.assumptions,
                             [&](const Written& w) { return value(w, theory, parameters) > 0; });
}

double drawn(const Parameter& p, base::RandomStream& random) {
  const double share = random.uniform();
  if (p.low > 0) return p.low * std::pow(p.high / p.low, share);
  return p.low + (p.high - p.low) * share;
}

Samples drawn_samples(const Theory& theory, const ExaminationOptions& options) {
  Samples samples;
  for (int i = 0; i < options.samples; ++i) {
    auto random = base::stream(options.seed, "own theory", i);
    for (int draw = 0; draw < kMostDraws; ++draw) {
      std::vector<double> point;
      for (const Parameter& p : theory.parameters) point.push_back(drawn(p, random));
      if (!meets_assumptions(theory, point)) continue;
      samples.push_back(std::move(point));
      break;
    }
  }
  return samples;
}

// The corners of the domain that meet the assumptions, of the first eight parameters.
Samples corners(const Theory& theory) {
  Samples all;
  for (std::size_t corner = 0; corner < kMostCorners; ++corner) {
    std::vector<double> point;
    for (std::size_t k = 0; k < theory.parameters.size(); ++k)
      point.push_back(k < 8 && (corner >> k & 1) ? theory.parameters[k].high : theory.parameters[k].low);
    if (meets_assumptions(theory, point)) all.push_back(std::move(point));
    if (theory.parameters.size() < 8 && corner + 1 == std::size_t{1} << theory.parameters.size()) break;
  }
  return all;
}

bool speaks_of_parameters_only(const symbolic::Expression& e, const Theory& theory) {
  const auto found = symbolic::symbols_in(e, theory.symbol_count());
  return std::find(found.begin() + static_cast<std::ptrdiff_t>(theory.parameters.size()), found.end(),
                   true) == found.end();
}

std::size_t first_character(const symbolic::Expression& e) {
  const auto* node = e.node().get();
  std::size_t at = node->at;
  for (; node; node = node->left.get()) at = std::min(at, node->at);
  return at;
}

std::string value_text(double x) {
  return std::isnan(x) ? "not a number" : fmt::format("{}", x);
}

// A divisor of parameters alone that is 0 at a point, or has both signs: between them lies a 0.
void find_zero_divisors(const Written& written, const Theory& theory, const Samples& points,
                        std::vector<Problem>& problems) {
  for (const auto& divisor : symbolic::divisors(written.expression)) {
    if (!speaks_of_parameters_only(divisor, theory)) continue;
    const symbolic::Evaluator<double> evaluate(divisor);
    std::optional<std::vector<double>> above, below;
    for (const auto& point : points) {
      const double d = evaluate(with_room(theory, point));
      if (d >= 0) above = point;
      if (d <= 0) below = point;
    }
    if (!above || !below) continue;
    const std::string name = symbolic::text_of(divisor, theory.symbols());
    const std::string where = *above == *below
                                  ? fmt::format("is 0 at {}", point_text(theory, *above))
                                  : fmt::format("is >= 0 at {} and <= 0 at {}", point_text(theory, *above),
                                                point_text(theory, *below));
    problems.push_back(
        {written.place_of(first_character(divisor)),
         fmt::format("division by zero in the domain: {} {}; narrow the domains or add an assumption", name,
                     where)});
  }
}

struct AllWritten {
  std::vector<const Written*> all;
  void operator()(const StateValues& values) {
    for (const auto& [state, written] : values) all.push_back(&written);
  }
  void operator()(const SolutionClaim& c) { (*this)(c.is); }
  void operator()(const ImplicitClaim& c) { all.push_back(&c.time); }
  void operator()(const ConservedClaim& c) { all.push_back(&c.is); }
  void operator()(const FixedPointClaim& c) { (*this)(c.at); }
  void operator()(const IdentityClaim& c) { all.insert(all.end(), {&c.of, &c.is}); }
  void operator()(const LimitClaim&) {}  // its parameter leaves the domain
  void operator()(const ScalingClaim& c) { all.insert(all.end(), {&c.of, &c.level}); }
  void operator()(const MonotoneClaim& c) { all.push_back(&c.of); }
};

std::vector<const Written*> everything_written(const Theory& theory) {
  AllWritten written;
  for (const State& state : theory.states) written.all.insert(written.all.end(), {&state.rate, &state.start});
  if (!theory.begin.empty()) written.all.insert(written.all.end(), {&theory.begin, &theory.end});
  for (const WrittenClaim& claim : theory.claims) std::visit(written, claim.content);
  return written.all;
}

// Starts, rates there and the span of time have values at every point.
void find_missing_values(const Theory& theory, const Samples& points, std::vector<Problem>& problems) {
  std::set<const Written*> told;
  const auto want = [&](const Written& w, bool holds, const std::vector<double>& point,
                        const std::string& what) {
    if (!holds && told.insert(&w).second)
      problems.push_back({w.place, fmt::format("{} at {}", what, point_text(theory, point))});
  };
  for (const auto& point : points) {
    auto values = with_room(theory, point);
    for (std::size_t k = 0; k < theory.states.size(); ++k) {
      const State& state = theory.states[k];
      const double x = values[theory.state_place(k)] = value(state.start, theory, point);
      want(state.start, std::isfinite(x), point,
           fmt::format("{}(start) = {} has no finite value: it is {}", state.name, state.start.text,
                       value_text(x)));
    }
    const double begin = value(theory.begin, theory, point), end = value(theory.end, theory, point);
    values.back() = begin;
    want(
        theory.end, std::isfinite(begin) && std::isfinite(end) && begin < end, point,
        fmt::format("the span of time goes from {} to {}: expected finite times that increase,", begin, end));
    for (const State& state : theory.states) {
      const double rate = symbolic::Evaluator<double>(state.rate.expression)(values);
      want(state.rate, std::isfinite(rate), point,
           fmt::format("d{}/d{} = {} has no finite value at the start: it is {}", state.name, theory.time,
                       state.rate.text, value_text(rate)));
    }
  }
}

void find_courses_that_stop(const Theory& theory, const Samples& samples, std::vector<Problem>& problems) {
  for (const auto& point : samples) {
    const Course<double> course(theory, point);
    if (course.complete()) continue;
    const auto& solution = course.solution();
    problems.push_back(
        {theory.states.front().rate.place,
         fmt::format("the system does not reach the end of the span ({} at {} = {:.6g}, for {}); "
                     "shorten the span or narrow the domains",
                     solution.complete() ? "no solution at a looser tolerance" : name_of(solution.reason),
                     theory.time, solution.stop_time, point_text(theory, point))});
    return;
  }
}

}  // namespace

std::vector<Problem> problems_of(const Theory& theory, const ExaminationOptions& options, Samples& samples) {
  std::vector<Problem> problems;
  samples = drawn_samples(theory, options);
  if (std::ssize(samples) < options.samples)
    return {
        {theory.assumptions.front().place,
         fmt::format("no point of the domains was found to meet the assumptions in {} draws", kMostDraws)}};
  Samples points = corners(theory);
  points.insert(points.end(), samples.begin(), samples.end());
  for (const Written* written : everything_written(theory))
    find_zero_divisors(*written, theory, points, problems);
  if (theory.states.empty()) return problems;
  find_missing_values(theory, points, problems);
  if (problems.empty()) find_courses_that_stop(theory, samples, problems);
  return problems;
}

}  // namespace dln::validation
