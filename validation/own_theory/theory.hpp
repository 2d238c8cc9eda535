// Theory: somebody's reduced ODE and what is claimed of it, as read from a file and not yet examined.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dln/symbolic/expression.hpp"

namespace dln::validation {

// Line and column of a file, from 1.
struct Place {
  int line = 0, column = 0;
};

// An expression as written, and where.
struct Written {
  symbolic::Expression expression;
  std::string text;
  Place place;             // of its first character
  bool is_in_line = true;  // the text stands in the file as it is: characters are columns
  bool empty() const { return expression.empty(); }
  Place place_of(std::size_t character) const {
    return {place.line, place.column + (is_in_line ? static_cast<int>(character) : 0)};
  }
};

// A constant of the system, sampled from low to high: evenly in its logarithm when both are positive.
struct Parameter {
  std::string name;
  double low, high;
  Place place;
  bool is_range = true;  // else all positive, negative or real numbers, and low to high is where to sample
};

// x' = rate, x(t_0) = start. `start` speaks of parameters only.
struct State {
  std::string name;
  Written rate, start;
};

// `is` and `at` name states and what they are; every rate of a state named speaks of states named only.
using StateValues = std::vector<std::pair<std::size_t, Written>>;

struct SolutionClaim {  // x(t) = is
  StateValues is;
};
struct ImplicitClaim {  // t = time(x) along the solution
  std::size_t state;
  Written time;
};
struct ConservedClaim {  // d(is)/dt = 0
  Written is;
};
// As the eigenvalues of the Jacobian tell: all with negative real parts (asymptotically stable), one with a
// positive one, some of both; or closed orbits about the point, which they tell of linear systems only.
enum class Stability { stable, unstable, saddle, centre };
struct FixedPointClaim {
  StateValues at;
  Stability stability;
};
struct IdentityClaim {  // of = is, everywhere
  Written of, is;
};
// of - is, or of/is - 1, tends to 0 like (parameter - to)^order, or parameter^-order; without an order, in
// whatever way.
struct LimitClaim {
  Written of, is;
  std::size_t parameter;
  std::optional<double> to;  // infinity when empty
  std::optional<int> order;
  bool is_relative;
};
struct ScalingClaim {  // the time at which of = level is proportional to parameter^power
  Written of, level;
  std::size_t parameter;
  double power, tolerance;
  std::vector<std::pair<std::size_t, Written>> with;  // parameters that move along
};
struct MonotoneClaim {  // strictly, along every solution
  Written of;
  bool is_rising;
};

struct WrittenClaim {
  std::string id, sentence, source, formula;
  Place place;
  std::variant<SolutionClaim, ImplicitClaim, ConservedClaim, FixedPointClaim, IdentityClaim, LimitClaim,
               ScalingClaim, MonotoneClaim>
      content;
};

// Symbols are numbered: parameters, then states, then the time.
struct Theory {
  std::string title, file;
  std::vector<Parameter> parameters;
  std::vector<State> states;
  std::string time = "t";
  Written begin, end;                // of the span of time, of parameters only
  std::vector<Written> assumptions;  // each > 0
  std::vector<WrittenClaim> claims;

  std::size_t state_place(std::size_t k) const { return parameters.size() + k; }
  std::size_t time_place() const { return parameters.size() + states.size(); }
  std::size_t symbol_count() const { return time_place() + 1; }
  bool begins_at_no_negative_number() const {
    return !begin.empty() && begin.expression.node()->operation == symbolic::Operation::number;
  }
  // With the signs that the domains give; the time's where the span is open.
  symbolic::Symbols symbols() const {
    symbolic::Symbols all;
    for (const Parameter& p : parameters)
      all.push_back({p.name, p.low > 0    ? symbolic::Sign::positive
                             : p.high < 0 ? symbolic::Sign::negative
                                          : symbolic::Sign::any});
    for (const State& state : states) all.push_back({state.name});
    all.push_back({time, begins_at_no_negative_number() ? symbolic::Sign::positive : symbolic::Sign::any});
    return all;
  }
};

// Something wrong with the content of a file.
struct Problem {
  Place place;
  std::string sentence;
};

}  // namespace dln::validation
