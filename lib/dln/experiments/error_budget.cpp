#include "dln/experiments/error_budget.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

namespace dln::experiments {
namespace {

using linalg::Matrix;
using linalg::Vector;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargeRemainder = 0.1;  // of the whole: worth naming where it comes from

// ln(t / t of the law), with the finite step or without.
struct Deviation {
  Situation situation;
  bool step = true;
  auto operator<=>(const Deviation&) const = default;
};

// What a cause's part is the difference of, both ways.
struct Switch {
  Cause cause;
  bool off = false;
  Deviation run_with, run_without, theory_with, theory_without;
};

Situation nothing(BudgetInput input) {
  return {.seed = false, .imbalance = false, .competition = false, .start = false, .input = input};
}

std::vector<Switch> switches(const Situation& full, bool two_matrices, bool tanh) {
  const auto simple = [&](Cause cause, bool Situation::*flag) {
    Situation without = full, with = nothing(BudgetInput::white);
    without.*flag = false;
    with.*flag = true;
    return Switch{cause,     !(full.*flag), {full},
                  {without}, {with, false}, {nothing(BudgetInput::white), false}};
  };
  std::vector<Switch> all{{Cause::step,
                           false,
                           {full, true},
                           {full, false},
                           {nothing(BudgetInput::white), true},
                           {nothing(BudgetInput::white), false}}};
  if (two_matrices) {
    all.push_back(simple(Cause::seed, &Situation::seed));
    all.push_back(simple(Cause::imbalance, &Situation::imbalance));
    all.push_back(simple(Cause::competition, &Situation::competition));
  } else {
    all.push_back(simple(Cause::start, &Situation::start));
  }
  const auto inputs = [&](Cause cause, BudgetInput more, BudgetInput less) {
    Situation with = full, without = full;
    with.input = more;
    without.input = less;
    all.push_back(
        {cause, full.input < more, {with}, {without}, {nothing(more), false}, {nothing(less), false}});
  };
  inputs(Cause::misalignment, BudgetInput::as_given, BudgetInput::aligned);
  inputs(Cause::nonwhiteness, BudgetInput::aligned, BudgetInput::white);
  if (tanh) {
    Situation units = full;
    units.tanh = true;
    all.push_back({Cause::nonlinearity, false, {units}, {full}, {units}, {full}});
  }
  return all;
}

// All runs that a list of deviations needs, each done once.
class Table {
 public:
  Table(const BudgetRuns& runs, const std::vector<Deviation>& wanted, base::Progress& progress)
      : runs_(runs) {
    std::vector<Key> keys;
    for (const Deviation& d : wanted)
      for (const int divisor : divisors(d)) keys.push_back({divisor, d.situation});
    std::ranges::sort(keys, std::greater());  // the longest first
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    std::vector<Vector> times(keys.size());
    std::atomic<std::size_t> done{0};
    tbb::parallel_for(std::size_t{0}, keys.size(), [&](std::size_t i) {
      times[i] = runs.half_times(keys[i].second, keys[i].first);
      progress.report("error budget", static_cast<double>(++done) / static_cast<double>(keys.size()));
    });
    for (std::size_t i = 0; i < keys.size(); ++i) times_.emplace(keys[i], std::move(times[i]));
  }

  const Vector& at(const Situation& situation, int divisor) const { return times_.at({divisor, situation}); }

  // Without the step: t is a quadratic in the rate up to its cube, of relative size (lambda s)^3.
  Vector times(const Deviation& d) const {
    const auto [coarse, middle, fine] = extrapolated();
    return d.step ? at(d.situation, 1)
                  : (8 * at(d.situation, fine) - 6 * at(d.situation, middle) + at(d.situation, coarse)) / 3;
  }
  Vector deviation(const Deviation& d) const {
    return times(d).cwiseQuotient(runs_.law(d.situation.input)).array().log();
  }

 private:
  using Key = std::pair<int, Situation>;

  // What the rate is divided by. Without hidden layers a mode may be learned in a single step of the rate
  // itself, which is no place to extrapolate from.
  std::array<int, 3> extrapolated() const {
    return runs_.shallow() ? std::array{4, 8, 16} : std::array{1, 2, 4};
  }
  std::vector<int> divisors(const Deviation& d) const {
    std::vector<int> all{1};  // the order in the rate is judged by 1, 2, 4 of the run itself
    if (!d.step) {
      const auto three = extrapolated();
      all.insert(all.end(), three.begin(), three.end());
      all.insert(all.end(), {2, 4});
    }
    return all;
  }

  const BudgetRuns& runs_;
  std::map<Key, Vector> times_;
};

// Runs that parted from the law in no other way need not be made for causes that are off.
std::vector<Deviation> needed(const std::vector<Switch>& all, const Deviation& whole) {
  std::vector<Deviation> wanted{whole};
  for (const Switch& s : all)
    if (!s.off) wanted.insert(wanted.end(), {s.run_with, s.run_without, s.theory_with, s.theory_without});
  return wanted;
}

double median_order(const Table& table, const Situation& full) {
  const Vector &t1 = table.at(full, 1), &t2 = table.at(full, 2), &t4 = table.at(full, 4);
  std::vector<double> orders;
  for (Eigen::Index k = 0; k < t1.size(); ++k)
    if (const double order = std::log2((t1[k] - t2[k]) / (t2[k] - t4[k])); std::isfinite(order))
      orders.push_back(order);
  if (orders.empty()) return kNaN;
  const auto middle = orders.begin() + static_cast<std::ptrdiff_t>(orders.size() / 2);
  std::ranges::nth_element(orders, middle);
  return *middle;
}

// ||rest|| / ||whole|| over the modes in which both are known.
double ratio_of(const Vector& rest, const Vector& whole) {
  double rests = 0, wholes = 0;
  bool any = false;
  for (Eigen::Index k = 0; k < whole.size(); ++k) {
    if (!std::isfinite(rest[k] + whole[k])) continue;
    any = true;
    rests += rest[k] * rest[k];
    wholes += whole[k] * whole[k];
  }
  return !any ? kNaN : rests == 0 ? 0 : std::sqrt(rests / wholes);
}

std::string one_based(const std::vector<Eigen::Index>& modes) {
  std::vector<Eigen::Index> numbers;
  for (const Eigen::Index k : modes) numbers.push_back(k + 1);
  return fmt::format("{}", fmt::join(numbers, ", "));
}

std::vector<Eigen::Index> not_finite(const Vector& values) {
  std::vector<Eigen::Index> modes;
  for (Eigen::Index k = 0; k < values.size(); ++k)
    if (!std::isfinite(values[k])) modes.push_back(k);
  return modes;
}

void describe_unknown(ErrorBudget& b, long epochs) {
  if (const auto modes = not_finite(b.theory); !modes.empty())
    b.notes.push_back(fmt::format("mode {}: u0 is not below half of the final strength, nothing to be timed",
                                  one_based(modes)));
  if (const auto modes = not_finite(b.run); !modes.empty())
    b.notes.push_back(
        fmt::format("mode {}: not learned by the run within {} epochs (or already at its start)",
                    one_based(modes), epochs));
  for (const CausePart& c : b.causes)
    for (const auto& [values, runs] : {std::pair{&c.from_run, "off"}, std::pair{&c.from_theory, "alone"}}) {
      std::vector<Eigen::Index> modes;
      for (const Eigen::Index k : not_finite(*values))
        if (std::isfinite(b.whole[k])) modes.push_back(k);
      if (!modes.empty())
        b.notes.push_back(fmt::format("mode {}: not learned in a run with {} {}", one_based(modes),
                                      name_of(c.cause), runs));
    }
}

void describe(ErrorBudget& b, long epochs) {
  std::vector<std::string_view> off;
  for (const CausePart& c : b.causes)
    if (c.off) off.push_back(name_of(c.cause));
  if (!off.empty())
    b.notes.push_back(fmt::format("off already, exactly 0 without a run: {}", fmt::join(off, ", ")));
  if (std::isfinite(b.step_order))
    b.notes.push_back(
        fmt::format("step: half times depend on the rate with order {:.3f}, median over the modes, 1 where "
                    "steps are small",
                    b.step_order));
  describe_unknown(b, epochs);
  if (std::isfinite(b.ratio))
    b.notes.push_back(fmt::format("remainder: {:.2g} of the whole; {:.2g} measured from the run alone",
                                  b.ratio, b.from_run_ratio));
  if (!(b.ratio > kLargeRemainder)) return;
  const CausePart* most = nullptr;
  double apart = -1;
  for (const CausePart& c : b.causes)
    if (const double d = ratio_of(c.from_run - c.from_theory, b.whole); d > apart) {
      apart = d;
      most = &c;
    }
  if (most)
    b.notes.push_back(
        fmt::format("the remainder is of causes acting together, most of all with {}: its part is "
                    "{:.2g} of the whole larger or smaller from the run than from theory",
                    name_of(most->cause), apart));
}

}  // namespace

std::string_view name_of(Cause cause) {
  switch (cause) {
    case Cause::step:
      return "step";
    case Cause::seed:
      return "seed";
    case Cause::imbalance:
      return "imbalance";
    case Cause::competition:
      return "competition";
    case Cause::start:
      return "start";
    case Cause::misalignment:
      return "misalignment";
    case Cause::nonwhiteness:
      return "non-whiteness";
    case Cause::nonlinearity:
      return "nonlinearity";
  }
  return "unknown";
}

Matrix ErrorBudget::parts() const {
  Matrix table(whole.size(), static_cast<Eigen::Index>(causes.size()));
  for (std::size_t i = 0; i < causes.size(); ++i) table.col(static_cast<Eigen::Index>(i)) = causes[i].part();
  return table;
}

const CausePart& ErrorBudget::of(Cause cause) const {
  const auto found = std::ranges::find(causes, cause, &CausePart::cause);
  if (found == causes.end())
    throw base::DomainError(fmt::format("no part {} in this budget", name_of(cause)));
  return *found;
}

ErrorBudget budget(const LearningProblem& problem, const network::LinearNetwork<double>& start,
                   const ErrorBudgetOptions& options, RunStore& store, base::Progress& progress) {
  const BudgetRuns runs(problem, start, options, store);
  const bool tanh = options.activation == Activation::tanh;
  const auto all = switches(runs.full(), runs.two_matrices(), tanh);
  const Deviation whole{tanh ? all.back().run_with.situation : runs.full(), true};
  const Table table(runs, needed(all, whole), progress);

  ErrorBudget b;
  b.theory = runs.law(runs.full().input);
  b.run = table.times(whole);
  b.whole = b.run.cwiseQuotient(b.theory).array().log();
  Vector sum = Vector::Zero(runs.learnable()), from_run = sum;
  for (const Switch& s : all) {
    CausePart c{s.cause, s.off, Vector::Zero(runs.learnable()), Vector::Zero(runs.learnable())};
    if (!s.off) {
      c.from_run = table.deviation(s.run_with) - table.deviation(s.run_without);
      c.from_theory = table.deviation(s.theory_with) - table.deviation(s.theory_without);
    }
    sum += c.part();
    from_run += c.from_run;
    b.causes.push_back(std::move(c));
  }
  b.remainder = b.whole - sum;
  b.unknown = not_finite(b.remainder);
  b.ratio = ratio_of(b.remainder, b.whole);
  b.from_run_ratio = ratio_of(b.whole - from_run, b.whole);
  b.step_order = median_order(table, runs.full());
  describe(b, runs.max_epochs());
  return b;
}

}  // namespace dln::experiments
