#include "dln/symbolic/field.hpp"

#include <fmt/format.h>
#include <ginac/ginac.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <stdexcept>

#include "dln/symbolic/factors.hpp"
#include "dln/symbolic/proof.hpp"

namespace dln::symbolic {

using GiNaC::ex;
using GiNaC::ex_to;
using GiNaC::is_a;
using GiNaC::numeric;
using GiNaC::symbol;

struct Field::Generators {
  // e^{c m}, a root base^c, c rational: stands for itself until all of them are known.
  struct Power {
    ex key;
    numeric c;
    symbol stand_in;
  };
  struct Opaque {
    std::string function;
    ex key;
    symbol generator;
  };

  std::vector<ex> positive;
  std::vector<Power> exponentials, roots;
  std::vector<Opaque> opaque;  // ln|f|, arctan, W_0, pi
  symbol i{"i"};               // i^2 = -1
  bool has_i = false;
  bool or_zero = false;  // signs may be 0 too

  ex stand_in(std::vector<Power>& powers, const ex& key, const numeric& c, const char* name) {
    // Denominators are kept apart, for relations to be polynomials.
    if (c.is_negative()) return 1 / stand_in(powers, key, -c, name);
    for (const Power& p : powers)
      if (p.key.is_equal(key) && p.c == c) return p.stand_in;
    powers.push_back({key, c, symbol(name)});
    return powers.back().stand_in;
  }

  ex opaque_of(const std::string& function, const ex& key) {
    for (const Opaque& o : opaque)
      if (o.function == function && (o.key - key).expand().is_zero()) return o.generator;
    opaque.push_back({function, key, symbol(function + "(" + shown(key).text + ")")});
    return opaque.back().generator;
  }

  const Opaque* opaque_behind(const ex& e) const {
    const auto found = std::ranges::find_if(opaque, [&](const Opaque& o) { return e.is_equal(o.generator); });
    return found == opaque.end() ? nullptr : &*found;
  }
  static const Power* power_behind(const std::vector<Power>& powers, const ex& e) {
    const auto found = std::ranges::find_if(powers, [&](const Power& p) { return e.is_equal(p.stand_in); });
    return found == powers.end() ? nullptr : &*found;
  }

  // ---------------------------------------------------------------------------------------------- signs

  // Of sums, `depth` counts how often what is known to be positive has been taken away.
  int sign_of_factor(const ex& f, int depth = 0) const {
    if (is_a<numeric>(f))
      return f.info(GiNaC::info_flags::positive) ? 1 : f.info(GiNaC::info_flags::negative) ? -1 : 0;
    if (is_a<symbol>(f)) {
      if (f.info(GiNaC::info_flags::positive) || power_behind(roots, f)) return 1;
      if (const Power* e = power_behind(exponentials, f)) return e->key.has(i) ? 0 : 1;
      if (const Opaque* o = opaque_behind(f)) return sign_of_opaque(*o, depth);
    }
    for (const ex& p : positive) {
      const ex ratio = (f / p).normal();
      if (is_a<numeric>(ratio)) return sign_of_factor(ratio);
    }
    if (depth > 1) return 0;
    if (is_a<GiNaC::add>(f))
      if (const int s = sign_of_terms(f, depth + 1)) return s;
    for (const ex& p : positive)
      for (const ex& k : shared_multiples(f, p)) {
        const ex rest = (f - k * p).expand();
        const int sign = sign_of_product(factors_of(k), depth + 1);
        if (sign != 0 && (rest.is_zero() || sign_of_terms(rest, depth + 1) == sign)) return sign;
      }
    return 0;
  }

  // W_0 has the sign of its argument, ln that of its argument less 1.
  int sign_of_opaque(const Opaque& o, int depth) const {
    if (depth > 1) return 0;
    if (o.function == "lambertw") return sign_of_product(factors_of(o.key), depth + 1) > 0 ? 1 : 0;
    if (o.function != "ln" || sign_of_product(factors_of(o.key), depth + 1) <= 0) return 0;
    return sign_of_product(factors_of((o.key - 1).normal()), depth + 1);
  }

  // By which monomials p may be in f, judged by each pair of their terms.
  static std::vector<ex> shared_multiples(const ex& f, const ex& p) {
    const auto terms = [](const ex& e) {
      const ex whole = e.expand();
      return is_a<GiNaC::add>(whole) ? std::vector<ex>(whole.begin(), whole.end()) : std::vector<ex>{whole};
    };
    std::vector<ex> multiples;
    for (const ex& a : terms(f))
      for (const ex& b : terms(p))
        if (const ex ratio = (a / b).normal(); is_a<numeric>(ratio.denom()) && !ratio.is_zero())
          multiples.push_back(ratio);
    return multiples;
  }

  // The sign that every term has; one at least must have it strictly, be it that 0 will do as well.
  int sign_of_terms(const ex& sum, int depth) const {
    if (!is_a<GiNaC::add>(sum)) return sign_of_product(factors_of(sum), depth);
    int common = 0;
    bool is_strict = or_zero;
    for (const ex& term : sum) {
      const Factors factors = factors_of(term);
      const int strict = sign_of_product(factors, depth);
      const int s = strict != 0 ? strict : sign_of_product(factors, depth, true);
      if (s == 0 || s == -common) return 0;
      common = s;
      is_strict |= strict != 0;
    }
    return is_strict ? common : 0;
  }

  // With `weak` it may be 0 as well.
  int sign_of_product(const Factors& factors, int depth = 0, bool weak = false) const {
    int all = 1;
    for (const auto& [base, exponent] : factors) {
      if ((weak || or_zero) && exponent.info(GiNaC::info_flags::even) &&
          exponent.info(GiNaC::info_flags::positive))
        continue;
      const int s = sign_of_factor(base, depth);
      if (s == 0 || (s < 0 && !is_integer(exponent))) return 0;
      if (exponent.info(GiNaC::info_flags::odd)) all *= s;
    }
    return all;
  }

  // -------------------------------------------------------------------------------------- into the field

  ex exponential(const ex& argument) {
    const ex parts = argument.numer_denom();
    const ex above = parts.op(0).expand(), below = parts.op(1);
    ex all = 1;
    if (is_a<GiNaC::add>(above))
      for (const ex& term : above) all *= exponential_of_term(term / below);
    else
      all = exponential_of_term(above / below);
    return all;
  }

  ex exponential_of_term(const ex& term) {
    if (term.is_zero()) return 1;
    const auto [c, m] = split(term);
    if (const Opaque* o = opaque_behind(m)) {
      // e^{c ln f} is f^c; of |f| only even powers are known unless f > 0.
      if (o->function == "ln" && (c.is_even() || sign_of_product(factors_of(o->key)) > 0))
        return rational_power(o->key, c);
      if (o->function == "lambertw" && c.is_integer()) return pow(o->key / m, c);  // W e^W is its argument
    }
    return stand_in(exponentials, m, c, "E");
  }

  // ln|argument|, which is ln(argument) wherever that has a value.
  ex logarithm(const ex& argument) {
    ex sum = 0;
    for (const auto& [base, exponent] : all_factors(argument)) {
      if (base.is_equal(-1)) continue;
      if (const Power* e = power_behind(exponentials, base); e && !e->key.has(i))
        sum += exponent * e->c * e->key;
      else if (const Power* r = power_behind(roots, base))
        sum += exponent * r->c * logarithm(r->key);
      else
        sum += exponent * logarithm_of_factor(base);
    }
    return sum;
  }

  ex logarithm_of_factor(const ex& f) {
    for (const Opaque& o : opaque)
      if (o.function == "ln" && (o.key + f).expand().is_zero()) return o.generator;
    return opaque_of("ln", f);
  }

  ex power_of_positive(const ex& f, const numeric& c) {
    if (const Power* e = power_behind(exponentials, f)) return stand_in(exponentials, e->key, e->c * c, "E");
    if (const Power* r = power_behind(roots, f)) return stand_in(roots, r->key, r->c * c, "R");
    return c.is_integer() ? pow(f, c) : stand_in(roots, f, c, "R");
  }

  // base^c for rational c: split over what is known to be positive.
  ex rational_power(const ex& base, const numeric& c) {
    if (c.is_integer()) return pow(base, c);
    ex all = 1, rest = 1;
    for (const auto& [factor, exponent] : all_factors(base)) {
      const int sign = sign_of_factor(factor);
      const ex f = sign < 0 ? (-factor).expand() : factor;
      if (sign < 0) rest *= pow(-1, exponent);
      if (sign == 0) {
        rest *= pow(f, exponent);
      } else if (!f.is_equal(1)) {
        all *= power_of_positive(f, ex_to<numeric>(exponent) * c);
      }
    }
    if (rest.is_equal(1)) return all;
    if (!rest.denom().is_equal(1)) throw std::runtime_error("a root of a quotient of unknown sign");
    return all * stand_in(roots, rest.expand(), c, "R");
  }

  ex imaginary(const ex& argument) {
    has_i = true;
    return exponential((i * argument).normal());
  }

  ex of_function(const std::string& name, const ex& x) {
    const auto up = [&] { return exponential(x); };
    if (name == "exp") return up();
    if (name == "log") return logarithm(x);
    if (name == "sinh") return (up() - 1 / up()) / 2;
    if (name == "cosh") return (up() + 1 / up()) / 2;
    if (name == "tanh") return (pow(up(), 2) - 1) / (pow(up(), 2) + 1);
    if (name == "asinh") return logarithm((x + rational_power((x * x + 1).normal(), numeric(1, 2))).normal());
    if (name == "sin") return (imaginary(x) - 1 / imaginary(x)) / (2 * i);
    if (name == "cos") return (imaginary(x) + 1 / imaginary(x)) / 2;
    if (name == "tan") return of_function("sin", x) / of_function("cos", x);
    if (name == "lambertw")
      if (const auto y = lambert_inverse(x)) return *y;
    return opaque_of(name, x);
  }

  // y when x is y e^y with y > 0.
  std::optional<ex> lambert_inverse(const ex& x) const {
    ex y = 0, e_to_y = 1;
    for (const auto& [base, exponent] : all_factors(x))
      if (const Power* e = power_behind(exponentials, base)) {
        y += exponent * e->c * e->key;
        e_to_y *= pow(base, exponent);
      }
    const bool found =
        !y.is_zero() && (x / e_to_y - y).normal().is_zero() && sign_of_product(all_factors(y)) > 0;
    return found ? std::optional(y.normal()) : std::nullopt;
  }

  ex of_power(const ex& base, const ex& exponent) {
    if (is_rational_number(exponent)) return rational_power(base, ex_to<numeric>(exponent));
    return exponential((exponent * logarithm(base)).normal());
  }

  ex operator()(const ex& e) {
    if (is_a<numeric>(e)) {
      if (!is_rational_number(e)) throw std::runtime_error("a number that is not rational");
      return e;
    }
    if (is_a<symbol>(e)) return e;
    if (is_a<GiNaC::constant>(e)) return opaque_of("pi", 1);
    if (is_a<GiNaC::power>(e)) return of_power((*this)(e.op(0)).normal(), (*this)(e.op(1)).normal());
    if (is_a<GiNaC::function>(e))
      return of_function(ex_to<GiNaC::function>(e).get_name(), (*this)(e.op(0)).normal());
    if (!is_a<GiNaC::add>(e) && !is_a<GiNaC::mul>(e)) throw std::runtime_error("a form that is not known");
    ex all = is_a<GiNaC::add>(e) ? 0 : 1;
    for (const ex& part : e) all = is_a<GiNaC::add>(e) ? ex(all + (*this)(part)) : ex(all * (*this)(part));
    return all;
  }

  // -------------------------------------------------------------------------- generators for stand-ins

  struct Relation {
    symbol root;
    ex polynomial;
  };

  // One generator for all the powers of a key: the stand-in of c becomes its power c D.
  static std::map<std::size_t, std::pair<symbol, numeric>> grouped(const std::vector<Power>& powers,
                                                                   const std::string& prefix) {
    std::map<std::size_t, std::pair<symbol, numeric>> groups;  // by the first of each key
    for (std::size_t k = 0; k < powers.size(); ++k) {
      std::size_t first = 0;
      while (!powers[first].key.is_equal(powers[k].key)) ++first;
      auto& [generator, common] = groups.try_emplace(first, symbol(), numeric(1)).first->second;
      common = lcm(common, powers[k].c.denom());
    }
    for (auto& [first, group] : groups)
      group.first =
          symbol(prefix + "(" + shown(powers[first].key / (prefix == "exp" ? ex(group.second) : ex(1))).text +
                 ")" + (prefix == "exp" ? "" : "^(1/" + shown(group.second).text + ")"));
    return groups;
  }

  static void substitute(const std::vector<Power>& powers, const std::string& prefix, GiNaC::exmap& map,
                         std::vector<std::pair<ex, std::pair<symbol, numeric>>>* bases) {
    const auto groups = grouped(powers, prefix);
    for (const Power& p : powers)
      for (const auto& [first, group] : groups)
        if (powers[first].key.is_equal(p.key)) map[p.stand_in] = pow(group.first, p.c * group.second);
    if (bases)
      for (const auto& [first, group] : groups) bases->emplace_back(powers[first].key, group);
  }

  ex resolved(const ex& e, std::vector<Relation>& relations) const {
    GiNaC::exmap map;
    std::vector<std::pair<ex, std::pair<symbol, numeric>>> bases;
    substitute(exponentials, "exp", map, nullptr);
    substitute(roots, "", map, &bases);
    for (const auto& [base, group] : bases)
      if (is_a<symbol>(base) && !power_behind(exponentials, base))
        map[base] = pow(group.first, group.second);  // a positive symbol is the power of its root
    for (const auto& [base, group] : bases)
      if (!is_a<symbol>(base) || power_behind(exponentials, base))
        relations.push_back({group.first, (pow(group.first, group.second) - base.subs(map)).expand()});
    return e.subs(map);
  }

  bool is_free(const ex& e) const {
    if (!is_a<symbol>(e))
      return is_a<numeric>(e) ||
             (e.nops() > 0 && std::all_of(e.begin(), e.end(), [&](const ex& part) { return is_free(part); }));
    return !e.is_equal(i) && !power_behind(exponentials, e) && !power_behind(roots, e) && !opaque_behind(e);
  }

  // e^m for distinct monomials m of the symbols themselves, and ln|f| for distinct irreducible f that are no
  // constants, are independent of each other and of the symbols (Kolchin, Ostrowski).
  bool are_independent() const {
    return std::ranges::all_of(exponentials,
                               [&](const Power& e) {
                                 return !e.key.is_equal(1) &&
                                        std::ranges::all_of(factors_of(e.key), [&](const auto& factor) {
                                          return is_a<symbol>(factor.first) && is_free(factor.first);
                                        });
                               }) &&
           std::ranges::all_of(opaque, [&](const Opaque& o) {
             return o.function == "ln" && !is_a<numeric>(o.key) && is_free(o.key);
           });
  }
};

Field::Field(const std::vector<ex>& positive) : generators_(std::make_unique<Generators>()) {
  for (const ex& p : positive) generators_->positive.push_back((*generators_)(p).normal());
}
Field::~Field() = default;

Finding Field::vanishes(const ex& difference) {
  Generators& g = *generators_;
  std::vector<Generators::Relation> relations;
  const ex rational = g.resolved(g(difference), relations);
  Proof proof;
  if (g.has_i) proof.bind(g.i, g.i * g.i + 1);
  for (const auto& [root, polynomial] : relations) proof.bind(root, polynomial);
  proof.identity("", rational, 0);
  const Step step = proof.finish().steps.back();
  const bool sure = step.decision != Decision::refuted || g.are_independent();
  return {sure ? step.decision : Decision::undecided, step.difference.text};
}

int Field::sign(const ex& expression, bool or_zero) {
  Generators& g = *generators_;
  const auto factors = all_factors(g(expression));
  g.or_zero = or_zero;
  const int sign = g.sign_of_product(factors);
  g.or_zero = false;
  return sign;
}

bool Field::keeps_its_sign(const ex& expression, const ex& barrier) {
  Generators& g = *generators_;
  const auto walls = all_factors(g(barrier));
  const auto is_wall = [&](const ex& f) {
    return std::ranges::any_of(walls, [&](const auto& wall) {
      return wall.second.info(GiNaC::info_flags::posint) && is_a<numeric>((f / wall.first).normal());
    });
  };
  return std::ranges::all_of(all_factors(g(expression)), [&](const auto& factor) {
    return g.sign_of_factor(factor.first) != 0 || is_wall(factor.first);
  });
}

}  // namespace dln::symbolic
