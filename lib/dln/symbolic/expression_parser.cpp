// Expressions from text, by recursive descent.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>

#include "dln/symbolic/expression.hpp"
#include "dln/symbolic/function_words.hpp"

namespace dln::symbolic {
namespace {

using Node = Expression::Node;
using Link = std::shared_ptr<const Node>;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Stops the reading of one expression; what is wrong has been noted.
struct Stop {};

class Parser {
 public:
  Parser(std::string_view text, const Symbols& symbols, std::vector<Trouble>& troubles)
      : text_(text), symbols_(symbols), troubles_(troubles) {}

  Expression parse() {
    const std::size_t before = troubles_.size();
    try {
      if (text_.size() > kLongestExpression)
        stop(0, fmt::format("{} characters: expected at most {}", text_.size(), kLongestExpression));
      skip_blanks();
      if (at_end()) stop(0, "an empty expression: expected a formula");
      const Link whole = sum();
      if (!at_end()) unexpected("an operator such as + - * / ^ or the end");
      return troubles_.size() == before ? Expression(whole) : Expression();
    } catch (const Stop&) {
      return {};
    }
  }

 private:
  // Counts how deep the reading is.
  struct Level {
    explicit Level(Parser& p) : parser(p) {
      if (++parser.depth_ > kDeepestExpression)
        parser.stop(parser.at_, fmt::format("nested more than {} deep: expected a shallower formula",
                                            kDeepestExpression));
    }
    ~Level() { --parser.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    Parser& parser;
  };

  [[noreturn]] void stop(std::size_t at, std::string sentence) {
    troubles_.push_back({at, std::move(sentence)});
    throw Stop();
  }

  [[noreturn]] void unexpected(std::string_view wanted) {
    if (at_end()) stop(text_.size(), fmt::format("the formula ends where {} was expected", wanted));
    const auto c = static_cast<unsigned char>(text_[at_]);
    const std::string seen =
        c >= 0x20 && c < 0x7f ? fmt::format("'{}'", text_[at_])
                              : fmt::format("a character outside ASCII or a control character (byte {})", c);
    stop(at_, fmt::format("{}: expected {}", seen, wanted));
  }

  bool at_end() const { return at_ == text_.size(); }
  char here() const { return at_end() ? '\0' : text_[at_]; }
  void skip_blanks() {
    while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  bool take(char c) {
    if (here() != c) return false;
    ++at_;
    skip_blanks();
    return true;
  }
  void want(char c) {
    if (!take(c)) unexpected(fmt::format("'{}'", c));
  }

  Link make(Operation operation, std::size_t at, Link left, Link right = nullptr) {
    return std::make_shared<const Node>(Node{operation, {}, 0, std::move(left), std::move(right), at});
  }

  // Sums and products grow to the left: their length, too, is a depth.
  void grow(int& length) {
    if (++length > 10 * kDeepestExpression)
      stop(at_, fmt::format("more than {} terms or factors in a row: expected a shorter formula",
                            10 * kDeepestExpression));
  }

  Link sum() {
    const Level level(*this);
    Link left = product();
    for (int length = 0; here() == '+' || here() == '-'; grow(length)) {
      const std::size_t at = at_;
      const Operation operation = here() == '+' ? Operation::add : Operation::subtract;
      take(here());
      left = make(operation, at, left, product());
    }
    return left;
  }

  Link product() {
    Link left = sign();
    for (int length = 0; (here() == '*' && !text_.substr(at_).starts_with("**")) || here() == '/';
         grow(length)) {
      const std::size_t at = at_;
      const Operation operation = here() == '*' ? Operation::multiply : Operation::divide;
      take(here());
      left = make(operation, at, left, sign());
    }
    return left;
  }

  Link sign() {
    const Level level(*this);
    const std::size_t at = at_;
    if (take('-')) return make(Operation::negate, at, sign());
    if (take('+')) return sign();
    return power();
  }

  Link power() {
    const Link base = atom();
    const std::size_t at = at_;
    if (text_.substr(at_).starts_with("**"))
      ++at_;
    else if (here() != '^')
      return base;
    ++at_;
    skip_blanks();
    return checked_power(at, base, sign());
  }

  Link checked_power(std::size_t at, const Link& base, const Link& exponent) {
    const Link whole = make(Operation::power, at, base, exponent);
    if (const auto value = constant(exponent); value && !(std::abs(*value) <= kLargestExponent))
      stop(at, fmt::format("an exponent of {:g}: expected a size of at most {}", *value, kLargestExponent));
    if (const auto value = constant(whole); value && !(std::abs(*value) < 1e300))
      stop(at, "a power beyond 1e300, or without a value: expected a number of everyday size");
    return whole;
  }

  // The value of what holds no symbol.
  std::optional<double> constant(const Link& node) const {
    const auto found = symbols_in(Expression(node), symbols_.size() + 1);
    if (std::ranges::find(found, true) != found.end()) return std::nullopt;
    return Evaluator<double>(Expression(node))({});
  }

  Link atom() {
    if (is_digit(here()) || here() == '.') return number();
    if (is_letter(here())) return name();
    if (!take('(')) unexpected("a number, a symbol, a function or '('");
    const Link inside = sum();
    want(')');
    return inside;
  }

  Link number() {
    const std::size_t begin = at_;
    double value = 0;
    const auto [end, trouble] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    const std::size_t length = static_cast<std::size_t>(end - text_.data()) - begin;
    if (trouble == std::errc::result_out_of_range)
      stop(begin,
           fmt::format("{}: too large or too small for a double; expected a size from 1e-307 to 1e308, or 0",
                       text_.substr(begin, std::min<std::size_t>(length, 30))));
    if (trouble != std::errc()) unexpected("a number");
    if (length > 60) stop(begin, "a number of more than 60 characters: expected fewer digits");
    at_ += length;
    if (is_letter(here()) || here() == '_' || here() == '.')
      stop(at_, fmt::format("'{}' right after a number: expected an operator, such as 2*u for 2u", here()));
    skip_blanks();
    return std::make_shared<const Node>(
        Node{Operation::number, std::string(text_.substr(begin, length)), 0, {}, {}, begin});
  }

  Link name() {
    const std::size_t begin = at_;
    while (is_letter(here()) || is_digit(here()) || here() == '_') ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    skip_blanks();
    if (word == "pow" && here() == '(') return two_arguments(begin);
    const auto* function = std::ranges::find(kFunctions, word, &Named::name);
    if (function != std::end(kFunctions)) return call(*function, begin);
    if (word == "pi") return make(Operation::pi, begin, nullptr);
    const auto symbol = std::ranges::find(symbols_, word, &Symbol::name);
    if (here() == '(') {
      std::string known;
      for (const Named& each : kFunctions) known += (known.empty() ? "" : " ") + std::string(each.name);
      stop(begin, fmt::format("{}(...): expected one of the functions {} pow, or * before the bracket",
                              word.substr(0, 40), known));
    }
    if (symbol == symbols_.end())
      troubles_.push_back(
          {begin, fmt::format("'{}' is not declared", word.substr(0, 40)), std::string(word.substr(0, 40))});
    // One past the last stands for a symbol that nobody knows, so that reading goes on.
    return std::make_shared<const Node>(
        Node{Operation::symbol, {}, static_cast<std::size_t>(symbol - symbols_.begin()), {}, {}, begin});
  }

  Link call(const Named& function, std::size_t begin) {
    if (here() != '(') unexpected(fmt::format("'(' after {}", function.name));
    take('(');
    const Link argument = sum();
    want(')');
    return make(function.operation, begin, argument);
  }

  Link two_arguments(std::size_t begin) {
    want('(');
    const Link base = sum();
    want(',');
    const Link exponent = sum();
    want(')');
    return checked_power(begin, base, exponent);
  }

  std::string_view text_;
  const Symbols& symbols_;
  std::vector<Trouble>& troubles_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

const std::vector<std::string>& function_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all{"pow"};
    for (const Named& function : kFunctions) all.emplace_back(function.name);
    return all;
  }();
  return names;
}

bool is_symbol_name(std::string_view name) {
  if (name.empty() || name.size() > 40 || !is_letter(name[0]) || name == "pi") return false;
  return std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; }) &&
         std::ranges::find(function_names(), name) == function_names().end();
}

Expression parse(std::string_view text, const Symbols& symbols, std::vector<Trouble>& troubles) {
  return Parser(text, symbols, troubles).parse();
}

}  // namespace dln::symbolic
