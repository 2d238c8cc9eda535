// Expressions back to text, with no more brackets than reading it needs.
#include <algorithm>

#include "dln/symbolic/expression.hpp"
#include "dln/symbolic/function_words.hpp"

namespace dln::symbolic {
namespace {

using Node = Expression::Node;

int binding(Operation operation) {
  switch (operation) {
    case Operation::add:
    case Operation::subtract:
      return 1;
    case Operation::negate:
      return 2;
    case Operation::multiply:
    case Operation::divide:
      return 3;
    case Operation::power:
      return 4;
    default:
      return 5;
  }
}

std::string printed(const Node& node, const Symbols& symbols);

std::string bracketed(const Node& node, const Symbols& symbols, int least) {
  const std::string text = printed(node, symbols);
  return binding(node.operation) < least ? "(" + text + ")" : text;
}

std::string printed(const Node& node, const Symbols& symbols) {
  const auto both = [&](int left, const char* between, int right) {
    return bracketed(*node.left, symbols, left) + between + bracketed(*node.right, symbols, right);
  };
  switch (node.operation) {
    case Operation::number:
      return node.digits;
    case Operation::pi:
      return "pi";
    case Operation::symbol:
      return symbols[node.symbol].name;
    case Operation::negate:
      return "-" + bracketed(*node.left, symbols, 3);
    case Operation::add:
      return both(1, " + ", 2);
    case Operation::subtract:
      return both(1, " - ", 2);
    case Operation::multiply:
      return both(3, "*", 4);
    case Operation::divide:
      return both(3, "/", 4);
    case Operation::power:
      return both(5, "^", 5);
    default: {
      const auto* function = std::ranges::find(kFunctions, node.operation, &Named::operation);
      return std::string(function->name) + "(" + printed(*node.left, symbols) + ")";
    }
  }
}

}  // namespace

std::string text_of(const Expression& expression, const Symbols& symbols) {
  return printed(*expression.node(), symbols);
}

}  // namespace dln::symbolic
