#include "dln/symbolic/expression.hpp"

#include <algorithm>
#include <map>

namespace dln::symbolic {
namespace {

using Node = Expression::Node;
using Link = std::shared_ptr<const Node>;

Expression make(Operation operation, const Expression& left, const Expression& right = {}) {
  return Expression(
      std::make_shared<const Node>(Node{operation, {}, 0, left.node(), right.node(), left.node()->at}));
}

Expression zero() {
  return Expression::integer(0);
}
Expression one() {
  return Expression::integer(1);
}

// Walks the expression once a shared part, and rebuilds or differentiates it from the bottom up.
using Known = std::map<const Node*, Expression>;

Expression derivative(const Link& node, std::size_t symbol, Known& known);

// The derivative of the outer function at `x`.
Expression outer_derivative(const Link& node) {
  const Expression whole(node), x(node->left), two = Expression::integer(2);
  switch (node->operation) {
    case Operation::exp:
      return whole;
    case Operation::log:
      return one() / x;
    case Operation::sqrt:
      return one() / (two * whole);
    case Operation::sin:
      return function(Operation::cos, x);
    case Operation::cos:
      return -function(Operation::sin, x);
    case Operation::tan:
      return one() + whole * whole;
    case Operation::sinh:
      return function(Operation::cosh, x);
    case Operation::cosh:
      return function(Operation::sinh, x);
    case Operation::tanh:
      return one() - whole * whole;
    case Operation::asinh:
      return one() / function(Operation::sqrt, x * x + one());
    case Operation::atan:
      return one() / (one() + x * x);
    case Operation::lambertw:  // W' = e^{-W}/(1 + W), finite at 0
      return one() / (function(Operation::exp, whole) * (one() + whole));
    default:
      return zero();
  }
}

// (f^g)' : f^(g-1) g f' where g is a constant, f^g (g' ln f + g f'/f) else.
Expression power_derivative(const Link& node, const Expression& df, const Expression& dg) {
  const Expression f(node->left), g(node->right), whole(node);
  if (dg.is_number("0")) return df.is_number("0") ? zero() : g * power(f, g - one()) * df;
  return whole * (dg * function(Operation::log, f) + g * df / f);
}

Expression computed_derivative(const Link& node, std::size_t symbol, Known& known) {
  if (node->operation == Operation::symbol) return node->symbol == symbol ? one() : zero();
  if (!node->left) return zero();
  const Expression f(node->left), df = derivative(node->left, symbol, known);
  if (!node->right) return node->operation == Operation::negate ? -df : outer_derivative(node) * df;
  const Expression g(node->right), dg = derivative(node->right, symbol, known);
  switch (node->operation) {
    case Operation::add:
      return df + dg;
    case Operation::subtract:
      return df - dg;
    case Operation::multiply:
      return df * g + f * dg;
    case Operation::divide:
      return dg.is_number("0") ? df / g : (df * g - f * dg) / (g * g);
    default:
      return power_derivative(node, df, dg);
  }
}

Expression derivative(const Link& node, std::size_t symbol, Known& known) {
  if (const auto found = known.find(node.get()); found != known.end()) return found->second;
  return known[node.get()] = computed_derivative(node, symbol, known);
}

Expression replaced(const Link& node, std::span<const Expression> replacements, Known& known) {
  if (node->operation == Operation::symbol) {
    const auto& other = replacements[node->symbol];
    return other.empty() ? Expression(node) : other;
  }
  if (!node->left) return Expression(node);
  if (const auto found = known.find(node.get()); found != known.end()) return found->second;
  const Expression left = replaced(node->left, replacements, known);
  const Expression right = node->right ? replaced(node->right, replacements, known) : Expression();
  return known[node.get()] = make(node->operation, left, right);
}

// Calls visit(node) once for every part.
template <class Visit>
void for_each_part(const Link& node, std::map<const Node*, bool>& seen, const Visit& visit) {
  if (!node || std::exchange(seen[node.get()], true)) return;
  visit(*node);
  for_each_part(node->left, seen, visit);
  for_each_part(node->right, seen, visit);
}

}  // namespace

Expression Expression::integer(long value) {
  Expression size(
      std::make_shared<const Node>(Node{Operation::number, std::to_string(std::abs(value)), 0, {}, {}}));
  return value < 0 ? make(Operation::negate, size) : size;
}

Expression Expression::symbol(std::size_t place) {
  return Expression(std::make_shared<const Node>(Node{Operation::symbol, {}, place, {}, {}}));
}

bool Expression::is_number(std::string_view digits) const {
  return node_->operation == Operation::number && node_->digits == digits;
}

Expression operator-(const Expression& a) {
  if (a.is_number("0")) return a;
  return a.node()->operation == Operation::negate ? Expression(a.node()->left) : make(Operation::negate, a);
}
Expression operator+(const Expression& a, const Expression& b) {
  if (a.is_number("0")) return b;
  return b.is_number("0") ? a : make(Operation::add, a, b);
}
Expression operator-(const Expression& a, const Expression& b) {
  if (a.is_number("0")) return -b;
  return b.is_number("0") ? a : make(Operation::subtract, a, b);
}
Expression operator*(const Expression& a, const Expression& b) {
  if (a.is_number("0") || b.is_number("1")) return a;
  return b.is_number("0") || a.is_number("1") ? b : make(Operation::multiply, a, b);
}
Expression operator/(const Expression& a, const Expression& b) {
  return a.is_number("0") || b.is_number("1") ? a : make(Operation::divide, a, b);
}
Expression power(const Expression& base, const Expression& exponent) {
  return exponent.is_number("1") ? base : make(Operation::power, base, exponent);
}
Expression function(Operation operation, const Expression& argument) {
  return make(operation, argument);
}

std::vector<bool> symbols_in(const Expression& expression, std::size_t count) {
  std::vector<bool> found(count);
  std::map<const Node*, bool> seen;
  for_each_part(expression.node(), seen, [&](const Node& node) {
    if (node.operation == Operation::symbol) found[node.symbol] = true;
  });
  return found;
}

Expression derivative(const Expression& expression, std::size_t symbol) {
  Known known;
  return derivative(expression.node(), symbol, known);
}

Expression replaced(const Expression& expression, std::span<const Expression> replacements) {
  Known known;
  return replaced(expression.node(), replacements, known);
}

std::vector<Expression> divisors(const Expression& expression) {
  std::vector<Expression> found;
  std::map<const Node*, bool> seen;
  for_each_part(expression.node(), seen, [&](const Node& node) {
    if (node.operation == Operation::divide) found.emplace_back(node.right);
  });
  return found;
}

}  // namespace dln::symbolic
