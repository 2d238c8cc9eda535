// Field: GiNaC expressions as rational functions of symbols and generators, for the .cpp files of this room
// (see algebra.hpp).
#pragma once

#include <memory>
#include <vector>

#include "dln/symbolic/algebra.hpp"

namespace GiNaC {
class ex;
class symbol;
}  // namespace GiNaC

namespace dln::symbolic {

// The symbols as GiNaC's, and expressions over them, decimals as exact fractions.
class Translator {
 public:
  explicit Translator(const Symbols& symbols);
  ~Translator();
  Translator(const Translator&) = delete;
  Translator& operator=(const Translator&) = delete;
  GiNaC::ex operator()(const Expression& expression) const;
  const GiNaC::symbol& symbol(std::size_t place) const;

 private:
  std::vector<std::unique_ptr<GiNaC::symbol>> symbols_;
};

class Field {
 public:
  // positive : known to be > 0.
  explicit Field(const std::vector<GiNaC::ex>& positive);
  ~Field();
  Field(const Field&) = delete;
  Field& operator=(const Field&) = delete;

  // Throws std::exception where an expression has no place in a field: 1/0, too many terms.
  Finding vanishes(const GiNaC::ex& difference);
  // +1, -1, or 0 when it is not known; with `or_zero` the expression may be 0 as well.
  int sign(const GiNaC::ex& expression, bool or_zero = false);
  // Whether it cannot pass through 0 along a course on which `barrier` does not: each of its factors has a
  // sign, or is a factor of `barrier`.
  bool keeps_its_sign(const GiNaC::ex& expression, const GiNaC::ex& barrier);

 private:
  struct Generators;
  std::unique_ptr<Generators> generators_;
};

}  // namespace dln::symbolic
