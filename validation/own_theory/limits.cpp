// Claims about limits and asymptotes of formulas, and how fast they are approached.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "validation/own_theory/bench.hpp"

namespace dln::validation {
namespace {

using ode::FiftyDigits;
using symbolic::Evaluator;
using symbolic::Expression;

constexpr int kFarthest = 80;   // doublings of the parameter, or halvings of its distance
constexpr int kLostBits = 130;  // to which a difference may fall, of the 166 that fifty digits have
constexpr int kApart = 8;       // doublings between two measures of the order

Expression deviation_of(const LimitClaim& claim) {
  const Expression &of = claim.of.expression, &is = claim.is.expression;
  return claim.is_relative ? of / is - Expression::integer(1) : of - is;
}

// The way to the limit from one point of the domain, in 50 digits.
class Way {
 public:
  Way(const LimitClaim& claim, const Theory& theory, const std::vector<double>& sample)
      : claim_(claim),
        theory_(theory),
        deviation_(deviation_of(claim)),
        values_(with_room<FiftyDigits>(theory, sample)) {}

  FiftyDigits deviation(int doublings) {
    const FiftyDigits far = FiftyDigits(std::ldexp(1.0, doublings));
    values_[claim_.parameter] = claim_.to ? FiftyDigits(*claim_.to) + 1 / far : far;
    return deviation_(values_);
  }
  // By which power of the parameter the deviation falls there.
  double slope(int doublings) {
    using std::abs, std::log2;
    const FiftyDigits before = deviation(doublings - 1);
    return static_cast<double>(FiftyDigits(log2(FiftyDigits(abs(before / deviation(doublings))))));
  }
  // The slope farthest out that rounding leaves alone: where two, some doublings apart, agree.
  double order(int farthest) {
    double after = slope(farthest);
    for (int k = farthest - kApart; k >= kApart; k -= kApart) {
      const double before = slope(k);
      if (std::abs(after - before) < 1e-3) return after;
      after = before;
    }
    return slope(farthest);
  }
  // How far the two sides still are apart, relative to the larger.
  double distance(int doublings) {
    using std::abs;
    const FiftyDigits left = abs(deviation(doublings));
    if (claim_.is_relative || left == 0) return static_cast<double>(left);
    const FiftyDigits of = abs(side(claim_.of)), is = abs(side(claim_.is));
    return static_cast<double>(FiftyDigits(left / std::max({of, is, FiftyDigits(1)})));
  }
  // Of the last deviation taken.
  std::string text() const {
    std::string where;
    for (std::size_t k = 0; k < theory_.parameters.size(); ++k)
      where += fmt::format("{}{} = {}", k ? ", " : "", theory_.parameters[k].name, number_text(values_[k]));
    return fmt::format("with {} the one is {}, the other {}", where, number_text(side(claim_.of)),
                       number_text(side(claim_.is)));
  }

 private:
  FiftyDigits side(const Written& w) const { return Evaluator<FiftyDigits>(w.expression)(values_); }

  const LimitClaim& claim_;
  const Theory& theory_;
  Evaluator<FiftyDigits> deviation_;
  std::vector<FiftyDigits> values_;
};

Check fifty_digit_check(const Bench& bench, std::string quantity, const Largest& largest, double bound,
                        std::string reason) {
  return {.quantity = std::move(quantity),
          .measured = largest.value(),
          .expected = 0,
          .relation = Relation::at_most,
          .bound = bound,
          .bound_reason = std::move(reason),
          .wide_reason = "Their coefficients may be larger",
          .witness_pair = "T",
          .dataset = fmt::format("{} points of the domain, 50 digits", bench.samples().size())};
}

void measure_order(const LimitClaim& claim, Bench& bench) {
  const Theory& theory = bench.theory();
  const int farthest = std::min(kFarthest, kLostBits / *claim.order);
  Largest largest;
  for (const auto& sample : bench.samples()) {
    Way way(claim, theory, sample);
    const double order = way.order(farthest);
    largest.see(std::abs(order - *claim.order), [&] {
      return fmt::format("{}, and their difference falls with the power {:.6g}", way.text(), order);
    });
  }
  const std::string name = theory.parameters[claim.parameter].name;
  bench.check(fifty_digit_check(bench,
                                fmt::format("largest distance of the order in {} from {}",
                                            claim.to ? name : "1/" + name, *claim.order),
                                largest, std::max(1e-4, std::ldexp(8.0, -farthest)),
                                fmt::format("measured {} up to 2^{}, where rounding allows: the terms of the "
                                            "next order are small there",
                                            claim.to ? "at distances of 1 over" : "at", farthest)),
              largest.where());
}

void measure_approach(const LimitClaim& claim, Bench& bench) {
  Largest largest;
  for (const auto& sample : bench.samples()) {
    Way way(claim, bench.theory(), sample);
    largest.see(way.distance(kFarthest), [&] { return way.text(); });
  }
  bench.check(fifty_digit_check(bench,
                                fmt::format("largest distance that is left, {} 2^{}",
                                            claim.to ? "at a distance of 1 over" : "at", kFarthest),
                                largest, 1e-6, "small, were it to vanish as slowly as the fourth root"),
              largest.where());
}

// Of a limit whose order is not said, the first that can be shown will do.
Decided decided(const LimitClaim& claim, Bench& bench) {
  const std::string name = bench.theory().parameters[claim.parameter].name;
  const auto finding = [&](int order) {
    return bench.algebra().vanishes_with_order(deviation_of(claim), claim.parameter, claim.to, order);
  };
  int order = claim.order.value_or(1);
  auto found = finding(order);
  while (!claim.order && found.decision == symbolic::Decision::refuted && order < 4) found = finding(++order);
  if (!claim.order && found.decision == symbolic::Decision::refuted)
    found = {symbolic::Decision::undecided, "no power up to 4 that it vanishes with"};
  return {fmt::format("the first term of its series is of order {} in {}", order,
                      claim.to ? fmt::format("{} - ({:g})", name, *claim.to) : "1/" + name),
          found};
}

}  // namespace

void examine(const LimitClaim& claim, Bench& bench) {
  bench.decide({decided(claim, bench)});
  if (claim.order)
    measure_order(claim, bench);
  else
    measure_approach(claim, bench);
}

}  // namespace dln::validation
