// Expressions as text and LaTeX, in an order that does not change from run to run.
#include <fmt/format.h>
#include <ginac/ginac.h>

#include <algorithm>

#include "dln/symbolic/proof.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::ex_to;
using GiNaC::is_a;
using GiNaC::numeric;

// How tightly a formula holds together: a sum needs brackets where a product does not.
enum class Binding { sum, product, power, atom };

struct Printed {
  Formula formula;
  Binding binding;
};

Printed print(const ex& e);

Formula bracketed(const Formula& f) {
  return {"(" + f.text + ")", "\\left(" + f.latex + "\\right)"};
}

Formula print_at(const ex& e, Binding least) {
  const Printed p = print(e);
  return p.binding < least ? bracketed(p.formula) : p.formula;
}

std::string digits(const numeric& n) {
  std::ostringstream out;
  out << n;
  return out.str();
}

// The number in front of a term.
numeric coefficient_of(const ex& term) {
  if (is_a<numeric>(term)) return ex_to<numeric>(term);
  if (!is_a<GiNaC::mul>(term)) return 1;
  numeric c = 1;
  for (const ex& factor : term)
    if (is_a<numeric>(factor)) c = c * ex_to<numeric>(factor);
  return c;
}

bool is_negative(const ex& term) {
  const numeric c = coefficient_of(term);
  return c.is_real() && c.is_negative();
}

// Factors that belong below the line, with the sign of their power turned.
bool is_below(const ex& factor) {
  return is_a<GiNaC::power>(factor) && is_a<numeric>(factor.op(1)) && is_negative(factor.op(1));
}

// 1 for symbols and their powers, 2 for sums, 3 for functions.
int rank(const ex& factor) {
  const ex base = is_a<GiNaC::power>(factor) ? factor.op(0) : factor;
  return is_a<GiNaC::symbol>(base) || is_a<GiNaC::constant>(base) ? 1 : is_a<GiNaC::add>(base) ? 2 : 3;
}

int degree_of(const ex& term) {
  if (is_a<GiNaC::symbol>(term)) return 1;
  if (is_a<GiNaC::power>(term) && term.op(1).info(GiNaC::info_flags::integer))
    return degree_of(term.op(0)) * ex_to<numeric>(term.op(1)).to_int();
  int degree = 0;
  if (is_a<GiNaC::mul>(term))
    for (const ex& factor : term) degree += degree_of(factor);
  return degree;
}

// Of s - u and u - s, and of 1 - y and y - 1, GiNaC keeps now the one and now the other as a factor. Shown is
// the one with fewer minus signs, and of two with equally many the one whose lowest term has none.
bool reads_better_turned(const ex& sum) {
  std::vector<ex> terms(sum.begin(), sum.end());
  const auto minus = std::ranges::count_if(terms, is_negative);
  const auto plus = std::ssize(terms) - minus;
  if (minus != plus) return minus > plus;
  return is_negative(*std::ranges::min_element(terms, {}, [](const ex& t) {
    return std::pair(degree_of(t), print(is_negative(t) ? ex(-t) : t).formula.text);
  }));
}

// Turns the sums among the factors where that reads better; whether an odd number of signs came of it.
bool turn_sums(std::vector<ex>& factors) {
  bool odd = false;
  for (ex& factor : factors) {
    const bool raised = is_a<GiNaC::power>(factor) && factor.op(1).info(GiNaC::info_flags::integer);
    const ex base = raised ? factor.op(0) : factor, exponent = raised ? factor.op(1) : ex(1);
    if (!is_a<GiNaC::add>(base) || !reads_better_turned(base)) continue;
    factor = pow((-base).expand(), exponent);
    odd ^= exponent.info(GiNaC::info_flags::odd);
  }
  return odd;
}

std::vector<ex> sorted_factors(std::vector<ex> factors) {
  std::ranges::stable_sort(factors, {},
                           [](const ex& f) { return std::pair(rank(f), print(f).formula.text); });
  return factors;
}

Formula side_by_side(const std::vector<ex>& factors, const std::string& number) {
  Formula out{number, number};
  const bool alone = factors.size() == 1 && number.empty();
  for (const ex& factor : sorted_factors(factors)) {
    const Formula next = print_at(factor, alone ? Binding::sum : Binding::product);
    out.text += (out.text.empty() ? "" : " ") + next.text;
    out.latex += (out.latex.empty() ? "" : " ") + next.latex;
  }
  return out;
}

Printed print_product(const ex& e) {
  const numeric c = coefficient_of(e);
  std::vector<ex> above, below;
  if (is_a<GiNaC::mul>(e)) {
    for (const ex& factor : e)
      if (is_below(factor))
        below.push_back(1 / factor);
      else if (!is_a<numeric>(factor))
        above.push_back(factor);
  } else {
    below.push_back(1 / e);
  }
  const bool turned = turn_sums(above) != turn_sums(below);
  const std::string minus = is_negative(c) != turned ? "-" : "";
  const numeric size = abs(c);
  const std::string high = size.numer().is_equal(1) && !above.empty() ? "" : digits(size.numer());
  const std::string low = size.denom().is_equal(1) ? "" : digits(size.denom());
  const bool whole = low.empty() && below.empty();
  Formula top = side_by_side(above, high);
  if (whole && above.size() == 1 && high.empty()) top = print_at(above[0], Binding::product);
  if (whole) return {{minus + top.text, minus + top.latex}, Binding::product};
  const Formula bottom = side_by_side(below, low);
  const bool one_above = above.size() + !high.empty() == 1 || !(above.size() == 1 && rank(above[0]) == 2);
  const bool one_below = below.size() + !low.empty() == 1;
  const bool sum_above = above.size() == 1 && high.empty() && is_a<GiNaC::add>(above[0]);
  const bool sum_below = one_below && !below.empty() && is_a<GiNaC::add>(below[0]);
  const std::string numerator = sum_above || !one_above ? "(" + top.text + ")" : top.text;
  const std::string denominator = !one_below || sum_below ? "(" + bottom.text + ")" : bottom.text;
  return {{minus + numerator + "/" + denominator, minus + "\\frac{" + top.latex + "}{" + bottom.latex + "}"},
          Binding::product};
}

// Terms to add before terms to take away, high degrees before low.
Printed print_sum(const ex& e) {
  std::vector<ex> terms(e.begin(), e.end());
  std::ranges::stable_sort(terms, {}, [](const ex& t) {
    return std::tuple(is_negative(t), -degree_of(t), print(is_negative(t) ? -t : t).formula.text);
  });
  Formula out;
  for (const ex& term : terms) {
    const Formula size = print_at(is_negative(term) ? ex(-term) : term, Binding::product);
    const std::string sign = is_negative(term) ? (out.empty() ? "-" : " - ") : out.empty() ? "" : " + ";
    out.text += sign + size.text;
    out.latex += sign + size.latex;
  }
  return {out, Binding::sum};
}

Printed print_power(const ex& e) {
  const ex exponent = e.op(1);
  const bool turn =
      is_a<GiNaC::add>(e.op(0)) && exponent.info(GiNaC::info_flags::even) && reads_better_turned(e.op(0));
  const ex base = turn ? (-e.op(0)).expand() : e.op(0);
  if (exponent.is_equal(ex(1) / 2)) {
    const Formula f = print(base).formula;
    return {{"sqrt(" + f.text + ")", "\\sqrt{" + f.latex + "}"}, Binding::atom};
  }
  const Formula b = print_at(base, Binding::atom);
  const Printed p = print(exponent);
  const std::string raised = p.binding == Binding::atom ? p.formula.text : "(" + p.formula.text + ")";
  return {{b.text + "^" + raised, b.latex + "^{" + p.formula.latex + "}"}, Binding::power};
}

Printed print_function(const ex& e) {
  std::string name = ex_to<GiNaC::function>(e).get_name();
  const Formula argument = bracketed(print(e.op(0)).formula);
  if (name == "log") name = "ln";
  const std::string latex = name == "atan" ? "\\arctan" : "\\" + name;
  return {{(name == "atan" ? "arctan" : name) + argument.text, latex + argument.latex}, Binding::atom};
}

Printed print_number(const numeric& n) {
  if (n.is_integer() && !n.is_negative()) return {{digits(n), digits(n)}, Binding::atom};
  if (n.is_integer()) return {{digits(n), digits(n)}, Binding::product};
  const std::string minus = n.is_negative() ? "-" : "", a = digits(abs(n.numer())), b = digits(n.denom());
  return {{minus + a + "/" + b, minus + "\\frac{" + a + "}{" + b + "}"}, Binding::product};
}

Printed print(const ex& e) {
  if (is_a<numeric>(e)) return print_number(ex_to<numeric>(e));
  if (is_a<GiNaC::symbol>(e)) {
    const auto& s = ex_to<GiNaC::symbol>(e);
    return {{s.get_name(), s.get_TeX_name()}, Binding::atom};
  }
  if (is_a<GiNaC::constant>(e)) return {{"pi", "\\pi"}, Binding::atom};
  if (is_a<GiNaC::add>(e)) return print_sum(e);
  if (is_a<GiNaC::mul>(e) || is_below(e)) return print_product(e);
  if (is_a<GiNaC::power>(e)) return print_power(e);
  return print_function(e);
}

}  // namespace

Formula shown(const ex& expression) {
  return print(expression).formula;
}

Formula named(std::string text, std::string latex) {
  if (latex.empty()) latex = text;
  return {std::move(text), std::move(latex)};
}

}  // namespace dln::symbolic
