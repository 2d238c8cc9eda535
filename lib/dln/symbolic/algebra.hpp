// Algebra: what can be decided about expressions exactly, for all values of their symbols at once.
//
// An expression is brought into the field of rational functions of its symbols and of independent generators:
// e^m for each monomial m of exponents, ln|f| for each irreducible f, a root of each base, arctan, W_0. sin
// and cos enter by e^{ix}, hyperbolic functions by e^x. What reduces to zero there is zero wherever both
// sides have a value: "proven". What does not is "refuted" only while generators are surely independent, and
// "undecided" otherwise, as is whatever is too large or takes too long.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dln/symbolic/derivation.hpp"
#include "dln/symbolic/expression.hpp"

namespace dln::symbolic {

struct Finding {
  Decision decision = Decision::undecided;
  std::string remaining;  // what is left of a difference, or why nothing was decided
};

class Algebra {
 public:
  // positive : expressions known to be > 0, beside the signs of the symbols.
  explicit Algebra(Symbols symbols, std::vector<Expression> positive = {});

  // Text and LaTeX, rationals for decimals.
  Formula formula(const Expression& expression) const;
  // Whether the difference is 0 everywhere.
  Finding vanishes(const Expression& difference) const;
  // Whether it is > 0 (Sign::positive) or < 0 (Sign::negative) everywhere, by the signs of its factors; with
  // `or_zero`, whether it is >= 0 or <= 0.
  Finding has_sign(const Expression& expression, Sign sign, bool or_zero = false) const;
  // Whether it has no jump and no pole, by the signs of its divisors and of what stands under logarithms and
  // roots: they never vanish, or only where `barrier` does, too. Proven or undecided.
  Finding is_continuous(const Expression& expression, const Expression& barrier) const;
  // Whether, as symbol -> limit (infinite when empty), `deviation` tends to 0 like the power `order` of
  // symbol - limit, or of 1/symbol: by the first term of its series, which must have a sign.
  Finding vanishes_with_order(const Expression& deviation, std::size_t symbol, std::optional<double> limit,
                              int order) const;

 private:
  Symbols symbols_;
  std::vector<Expression> positive_;
};

}  // namespace dln::symbolic
