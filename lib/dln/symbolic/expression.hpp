// Expression: a formula as somebody wrote it, over symbols declared beforehand: read, evaluated,
// differentiated.
//
// Grammar, loosest first:   sum: product {(+|-) product}    product: sign {(*|/) sign}    sign: {-|+} power
//   power: atom [(^|**) sign]    atom: number | symbol | pi | function ( sum ) | pow ( sum , sum ) | ( sum )
// with the functions of function_names(). So -x^2 is -(x^2), 2^-1 is 1/2 and x^y^z is x^(y^z). There is no
// way from here to files, programs or unbounded memory: sizes, depths, numbers and exponents are capped.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dln::symbolic {

// What is known of a symbol over the whole of its domain.
enum class Sign { any, positive, negative };

struct Symbol {
  std::string name;  // letters, digits and _, a letter first; see is_symbol_name()
  Sign sign = Sign::any;
};
// An expression's symbols are numbered by their place here.
using Symbols = std::vector<Symbol>;

enum class Operation {
  number,
  pi,
  symbol,
  negate,
  add,
  subtract,
  multiply,
  divide,
  power,
  exp,
  log,
  sqrt,
  sin,
  cos,
  tan,
  sinh,
  cosh,
  tanh,
  asinh,
  atan,
  lambertw,  // the principal branch W_0
};

inline constexpr std::size_t kLongestExpression = 4000;  // characters
inline constexpr int kDeepestExpression = 100;           // brackets and operations within one another
inline constexpr double kLargestExponent = 1000;         // size of an exponent that is a number

class Expression {
 public:
  struct Node {
    Operation operation;
    std::string digits;      // of a number, as written, without a sign
    std::size_t symbol = 0;  // its place
    std::shared_ptr<const Node> left, right;
    std::size_t at = 0;  // where in the text it stands, from 0
  };

  Expression() = default;  // empty; nothing may be asked of it
  explicit Expression(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  static Expression integer(long value);
  static Expression symbol(std::size_t place);

  bool empty() const { return node_ == nullptr; }
  const std::shared_ptr<const Node>& node() const { return node_; }
  bool is_number(std::string_view digits) const;

 private:
  std::shared_ptr<const Node> node_;
};

// 0 and 1 are absorbed; nothing else is simplified.
Expression operator-(const Expression& a);
Expression operator+(const Expression& a, const Expression& b);
Expression operator-(const Expression& a, const Expression& b);
Expression operator*(const Expression& a, const Expression& b);
Expression operator/(const Expression& a, const Expression& b);
Expression power(const Expression& base, const Expression& exponent);
Expression function(Operation operation, const Expression& argument);

const std::vector<std::string>& function_names();  // exp, log, ln, ...; and pow
// A letter, then letters, digits and _, at most 40 in all, and neither a function nor pi.
bool is_symbol_name(std::string_view name);

struct Trouble {
  std::size_t at;         // the character of the text, from 0
  std::string sentence;   // what is wrong and what was expected
  std::string unknown{};  // the name that is not declared, if that is what is wrong
};

// Appends everything that is wrong to `troubles`; an expression with trouble comes back empty.
Expression parse(std::string_view text, const Symbols& symbols, std::vector<Trouble>& troubles);

// Which symbols occur.
std::vector<bool> symbols_in(const Expression& expression, std::size_t count);
// d/d symbol. Parts that occur twice are shared, so that the size stays linear.
Expression derivative(const Expression& expression, std::size_t symbol);
// With every symbol k whose replacements[k] is not empty replaced by that, all at once.
Expression replaced(const Expression& expression, std::span<const Expression> replacements);
// Every divisor, with where it stands.
std::vector<Expression> divisors(const Expression& expression);
// Fully bracketed where precedence wants it.
std::string text_of(const Expression& expression, const Symbols& symbols);

// What an expression is worth at the symbols' values: NaN or infinite where it has no value. Each shared part
// is computed once. Instantiated for double and 50 digits (ode::FiftyDigits).
template <class Real>
class Evaluator {
 public:
  explicit Evaluator(const Expression& expression);
  // values[k] : that of symbol k.
  Real operator()(std::span<const Real> values) const;

 private:
  struct Instruction {
    Operation operation;
    std::size_t left, right;  // places of the arguments among the results; of a symbol, its number
  };
  using Places = std::map<const Expression::Node*, std::size_t>;
  std::size_t add(const Expression::Node& node, Places& places);

  std::vector<Instruction> instructions_;
  mutable std::vector<Real> results_;  // numbers are there from the start
};

}  // namespace dln::symbolic
