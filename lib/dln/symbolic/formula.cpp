// Expressions as text and LaTeX, in an order that does not change from run to run.
#include <fmt/format.h>
#include <ginac/ginac.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <tuple>

#include "dln/symbolic/proof.hpp"

namespace dln::symbolic {
namespace {

using GiNaC::ex;
using GiNaC::ex_to;
using GiNaC::is_a;
using GiNaC::numeric;

// How tightly a formula holds together: a sum needs brackets where a product does not.
enum class Binding { sum, product, power, atom };

// The sign is kept apart, for sums to write a - b.
struct Printed {
  bool minus;
  Formula size;
  Binding binding;
};

Printed print(const ex& e);

Formula bracketed(const Formula& f) {
  return {"(" + f.text + ")", "\\left(" + f.latex + "\\right)"};
}

Formula print_at(const ex& e, Binding least) {
  const Printed p = print(e);
  const Formula whole = p.minus ? Formula{"-" + p.size.text, "-" + p.size.latex} : p.size;
  return (p.minus ? Binding::sum : p.binding) < least ? bracketed(whole) : whole;
}

std::string digits(const numeric& n) {
  std::ostringstream out;
  out << n;
  return out.str();
}

bool is_whole_power(const ex& e) {
  return is_a<GiNaC::power>(e) && e.op(1).info(GiNaC::info_flags::integer);
}

// The degree of a term: of u^2/s it is 1.
int degree_of(const ex& term) {
  if (is_a<GiNaC::symbol>(term)) return 1;
  if (is_whole_power(term)) return degree_of(term.op(0)) * ex_to<numeric>(term.op(1)).to_int();
  int degree = 0;
  if (is_a<GiNaC::mul>(term))
    for (const ex& factor : term) degree += degree_of(factor);
  return degree;
}

// L, N_l and what is made of them.
bool counts_layers(const ex& term) {
  if (is_a<GiNaC::symbol>(term)) {
    const std::string name = ex_to<GiNaC::symbol>(term).get_name();
    return name == "L" || name == "N_l";
  }
  for (std::size_t i = 0; i < term.nops(); ++i)
    if (counts_layers(term.op(i))) return true;
  return false;
}

// Of s - u and u - s, and of 1 - y and y - 1, GiNaC keeps now the one and now the other as a factor. Shown is
// the one with fewer minus signs, and of two with equally many the one whose first term, in the order of
// rising degree, has none; s, which strengths approach, comes before u, and L before 1.
bool reads_better_turned(const ex& sum) {
  using Key = std::tuple<bool, bool, int, bool, std::string>;
  std::ptrdiff_t signs = 0;
  bool first_is_minus = false;
  Key first;
  for (std::size_t i = 0; i < sum.nops(); ++i) {
    const Printed term = print(sum.op(i));
    const int degree = degree_of(sum.op(i));
    const Key key{!counts_layers(sum.op(i)), degree < 0, degree, term.size.text != "s", term.size.text};
    if (i == 0 || key < first) std::tie(first, first_is_minus) = std::pair(key, term.minus);
    signs += term.minus ? 1 : -1;
  }
  return signs != 0 ? signs > 0 : first_is_minus;
}

// base^exponent, kept apart: GiNaC would turn the signs of a power back.
struct Factor {
  ex base;
  ex exponent;          // positive when it is a whole number
  bool turned = false;  // shown with every sign of the sum `base` turned
};

Printed print_sum(const ex& e, bool turned = false);

Printed print_factor(const Factor& factor) {
  const auto& [base, exponent, turned] = factor;
  const Printed shown_base = turned ? print_sum(base, true) : print(base);
  if (exponent.is_equal(1)) return shown_base;
  if (exponent.is_equal(ex(1) / 2)) {
    const Formula f = print_at(base, Binding::sum);
    return {false, {"sqrt(" + f.text + ")", "\\sqrt{" + f.latex + "}"}, Binding::atom};
  }
  const bool bare = shown_base.binding == Binding::atom && !shown_base.minus;
  // W^{1}_{11} and s^{1/L} are raised already.
  const bool raised = bare && shown_base.size.latex.find('^') != std::string::npos;
  Formula b = bare ? shown_base.size : turned ? bracketed(shown_base.size) : print_at(base, Binding::atom);
  if (raised) b = {b.text.find('^') == std::string::npos ? b.text : "(" + b.text + ")", bracketed(b).latex};
  const Formula p = print_at(exponent, Binding::sum);
  const bool plain = print(exponent).binding == Binding::atom && !print(exponent).minus;
  return {false,
          {b.text + "^" + (plain ? p.text : "(" + p.text + ")"), b.latex + "^{" + p.latex + "}"},
          Binding::power};
}

Formula print_at(const Factor& factor, Binding least) {
  const Printed p = print_factor(factor);
  return p.binding < least ? bracketed(p.size) : p.size;
}

struct Fraction {
  bool minus = false;
  numeric number = 1;  // positive
  std::vector<Factor> above = {}, below = {};
};

void multiply(Fraction& f, const ex& factor) {
  if (is_a<numeric>(factor)) {
    f.number = f.number * ex_to<numeric>(factor);
    return;
  }
  const bool power = is_a<GiNaC::power>(factor), whole = is_whole_power(factor);
  const ex base = power ? factor.op(0) : factor, exponent = power ? factor.op(1) : ex(1);
  const bool turned = (whole || !power) && is_a<GiNaC::add>(base) && reads_better_turned(base);
  f.minus ^= turned && exponent.info(GiNaC::info_flags::odd);
  const bool below = whole && exponent.info(GiNaC::info_flags::negative);
  (below ? f.below : f.above).push_back({base, below ? -exponent : exponent, turned});
}

Fraction fraction_of(const ex& e) {
  Fraction f;
  if (is_a<GiNaC::mul>(e))
    for (const ex& factor : e) multiply(f, factor);
  else
    multiply(f, e);
  f.minus ^= f.number.is_negative();
  f.number = abs(f.number);
  return f;
}

// 1 for symbols and their powers, 2 for sums, 3 for functions.
int rank(const Factor& factor) {
  if (is_a<GiNaC::symbol>(factor.base) || is_a<GiNaC::constant>(factor.base)) return 1;
  return is_a<GiNaC::add>(factor.base) ? 2 : 3;
}

// One line of a fraction; a single sum there goes without brackets in LaTeX only.
Formula side_by_side(std::vector<Factor> factors, const numeric& number) {
  std::ranges::stable_sort(factors, {},
                           [](const Factor& f) { return std::pair(rank(f), print_factor(f).size.text); });
  if (factors.empty()) return {digits(number), digits(number)};
  Formula out;
  if (!number.is_equal(1)) out = {digits(number), digits(number)};
  if (factors.size() == 1 && out.empty())
    return {print_at(factors[0], Binding::product).text, print_at(factors[0], Binding::sum).latex};
  for (const Factor& factor : factors) {
    const Formula next = print_at(factor, Binding::product);
    out.text += (out.text.empty() ? "" : " ") + next.text;
    out.latex += (out.latex.empty() ? "" : " ") + next.latex;
  }
  return out;
}

Printed print_fraction(const Fraction& f) {
  const numeric high = f.number.numer(), low = f.number.denom();
  Formula top = side_by_side(f.above, high);
  if (f.below.empty() && low.is_equal(1)) {
    if (f.above.size() == 1 && high.is_equal(1)) {
      const Printed alone = print_factor(f.above[0]);
      return {f.minus, f.minus ? print_at(f.above[0], Binding::product) : alone.size, alone.binding};
    }
    return {f.minus, top, Binding::product};
  }
  const Formula bottom = side_by_side(f.below, low);
  const bool single = f.below.size() + !low.is_equal(1) == 1;
  return {f.minus,
          {top.text + "/" + (single ? bottom.text : "(" + bottom.text + ")"),
           "\\frac{" + top.latex + "}{" + bottom.latex + "}"},
          Binding::product};
}

// Terms to add before terms to take away, high degrees before low.
Printed print_sum(const ex& e, bool turned) {
  std::vector<std::pair<int, Printed>> terms;
  for (const ex& term : e) {
    terms.emplace_back(-degree_of(term), print(term));
    terms.back().second.minus ^= turned;
  }
  std::ranges::stable_sort(
      terms, {}, [](const auto& t) { return std::tuple(t.second.minus, t.first, t.second.size.text); });
  Formula out;
  for (const auto& [degree, term] : terms) {
    const std::string sign = term.minus ? (out.empty() ? "-" : " - ") : out.empty() ? "" : " + ";
    out.text += sign + term.size.text;
    out.latex += sign + term.size.latex;
  }
  return {false, out, Binding::sum};
}

Printed print_function(const ex& e) {
  const std::string name = ex_to<GiNaC::function>(e).get_name();
  const Formula argument = bracketed(print_at(e.op(0), Binding::sum));
  const Formula shown_name = name == "log"        ? named("ln", "\\ln")
                             : name == "atan"     ? named("arctan", "\\arctan")
                             : name == "asinh"    ? named("arsinh", "\\operatorname{arsinh}")
                             : name == "lambertw" ? named("W", "W")
                                                  : named(name, "\\" + name);
  return {false, {shown_name.text + argument.text, shown_name.latex + argument.latex}, Binding::atom};
}

Printed print_number(const numeric& n) {
  const std::string a = digits(abs(n.numer())), b = digits(n.denom());
  if (n.is_integer()) return {n.is_negative(), {a, a}, Binding::atom};
  return {n.is_negative(), {a + "/" + b, "\\frac{" + a + "}{" + b + "}"}, Binding::product};
}

// s1 is s_{1}.
std::string with_index(const std::string& latex) {
  const auto digits = latex.find_first_of("0123456789");
  const bool plain = digits != std::string::npos && digits > 0 &&
                     std::ranges::all_of(latex, [](unsigned char c) { return std::isalnum(c); });
  return plain ? latex.substr(0, digits) + "_{" + latex.substr(digits) + "}" : latex;
}

Printed print(const ex& e) {
  if (is_a<numeric>(e)) return print_number(ex_to<numeric>(e));
  if (is_a<GiNaC::symbol>(e)) {
    const auto& symbol = ex_to<GiNaC::symbol>(e);
    return {false, {symbol.get_name(), with_index(symbol.get_TeX_name())}, Binding::atom};
  }
  if (is_a<GiNaC::constant>(e)) return {false, {"pi", "\\pi"}, Binding::atom};
  if (is_a<GiNaC::add>(e)) return print_sum(e);
  if (is_a<GiNaC::function>(e)) return print_function(e);
  return print_fraction(fraction_of(e));
}

}  // namespace

Formula shown(const ex& expression) {
  return print_at(expression, Binding::sum);
}

Formula named(std::string text, std::string latex) {
  if (latex.empty()) latex = text;
  return {std::move(text), std::move(latex)};
}

}  // namespace dln::symbolic
