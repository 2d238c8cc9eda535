#include "dln/symbolic/displayed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

namespace dln::symbolic {
namespace {

// \textwidth of article at 10 pt is 345 pt, an item of a list 25 less; the rest is for the estimate.
constexpr double kLine = 300, kIndent = 40;
constexpr double kScript = 0.72;  // of the size of what it belongs to

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c));
}

// Widths of Computer Modern at 10 pt.
class Width {
 public:
  explicit Width(std::string_view text) : rest_(text) {}

  double sequence() {
    double sum = 0;
    while (!rest_.empty() && rest_.front() != '}') sum += next();
    return sum;
  }

 private:
  double group() {
    skip_blanks();
    if (rest_.empty()) return 0;
    if (rest_.front() != '{') return next();
    rest_.remove_prefix(1);
    const double width = sequence();
    if (!rest_.empty()) rest_.remove_prefix(1);
    return width;
  }
  void skip_blanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }

  double next() {
    const char c = rest_.front();
    if (c == '\\') return command();
    if (c == '{') return group();
    rest_.remove_prefix(1);
    if (c == ' ' || c == '&') return 0;
    if (c == '^' || c == '_') return scripts(c);
    if (c == '=' || c == '<' || c == '>') return 13.5;
    if (c == '+' || c == '-') return 12.4;
    if (std::string_view("()[]").find(c) != std::string_view::npos) return 4;
    if (std::string_view("|.,;:'").find(c) != std::string_view::npos) return 3;
    if (std::isupper(static_cast<unsigned char>(c))) return c == 'W' ? 11 : 8;
    return is_letter(c) ? 5.6 : 5;
  }
  // One below the other take the wider one's place.
  double scripts(char first) {
    const double width = group();
    if (rest_.empty() || (rest_.front() != '^' && rest_.front() != '_') || rest_.front() == first)
      return kScript * width;
    rest_.remove_prefix(1);
    return kScript * std::max(width, group());
  }
  double command() {
    rest_.remove_prefix(1);
    const auto end = std::ranges::find_if_not(rest_, is_letter);
    const std::string name(rest_.begin(), end);
    rest_.remove_prefix(std::max<std::size_t>(name.size(), 1));
    if (name.empty()) return 2;  // a thin space
    if (name == "frac" || name == "tfrac") {
      const double top = group();
      return std::max(top, group()) + 3;
    }
    if (name == "sqrt") return group() + 9;
    if (name == "text" || name == "operatorname" || name == "mathrm") return group();
    if (name == "left" || name == "right") return 3;
    if (name.find("ig") == 1) return 3;  // \big, \Bigl and so on
    if (name == "ln") return 10;
    if (name == "cos" || name == "sin" || name == "exp") return 16;
    if (name == "arctan" || name == "sinh" || name == "cosh" || name == "tanh") return 32;
    if (name == "ne" || name == "le" || name == "ge" || name == "to" || name == "pm") return 13.5;
    if (name == "sum" || name == "prod") return 16;
    if (name == "quad") return 10;
    return 6.5;  // a letter
  }

  std::string_view rest_;
};

// Brackets that grow with what they hold cannot be broken; these can. Those within a fraction stay.
std::string with_fixed_brackets(const std::string& latex) {
  const std::string size = latex.find("\\frac") == std::string::npos ? "\\big" : "\\bigg";
  std::string out;
  int braces = 0;
  for (std::size_t i = 0; i < latex.size(); ++i) {
    const std::string_view ahead = std::string_view(latex).substr(i);
    braces += latex[i] == '{' ? 1 : latex[i] == '}' ? -1 : 0;
    const bool left = ahead.starts_with("\\left("), right = ahead.starts_with("\\right)");
    if (braces > 0 || !(left || right)) {
      out += latex[i];
      continue;
    }
    out += size + (left ? "l(" : "r)");
    i += left ? 5 : 6;
  }
  return out;
}

// The terms of a sum, each with the sign before it, those inside of brackets too when `within_brackets`; the
// name of an entry is a term of its own.
std::vector<std::string> terms_of(const std::string& latex, bool within_brackets) {
  std::vector<std::string> terms(1);
  int braces = 0, brackets = 0;
  for (std::size_t i = 0; i < latex.size(); ++i) {
    const char c = latex[i];
    braces += c == '{' ? 1 : c == '}' ? -1 : 0;
    brackets += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
    const std::string_view ahead = std::string_view(latex).substr(i, 3);
    const bool is_sign = ahead == " + " || ahead == " - ", is_name = ahead == ":\\;";
    if (braces == 0 && (is_name || (is_sign && (within_brackets || brackets == 0)))) {
      if (is_name) terms.back() += c;
      terms.emplace_back(is_name ? "" : latex.substr(i + 1, 2));
      i += is_name ? 3 : 2;
    } else {
      terms.back() += c;
    }
  }
  return terms;
}

// As many terms to a line as fit: `room` points on the first, `line` on the others.
std::vector<std::string> lines_of(const std::vector<std::string>& terms, double room, double line) {
  std::vector<std::string> lines;
  double left = room;
  for (const std::string& term : terms) {
    const double width = typeset_width(term);
    if (lines.empty() || width > left) {
      left = lines.empty() ? room : line;
      lines.push_back(term);
    } else {
      lines.back() += " " + term;
    }
    left -= width;
  }
  return lines;
}

}  // namespace

double typeset_width(const std::string& latex) {
  return Width(latex).sequence();
}

std::string displayed(const std::string& lhs, const std::string& relation, const std::string& rhs) {
  const std::string before = lhs.empty() ? "" : lhs + " ", after = lhs.empty() ? " " + relation : "";
  const std::string sign = lhs.empty() ? "" : relation + " ";
  if (typeset_width(before + sign + rhs + after) <= kLine)
    return fmt::format("\\[ {}{}{}{} \\]\n", before, sign, rhs, after);
  auto terms = terms_of(rhs, false);
  const double line = kLine - kIndent - typeset_width(after);
  const auto fits = [line](const std::string& term) { return typeset_width(term) <= line; };
  if (!std::ranges::all_of(terms, fits)) terms = terms_of(with_fixed_brackets(rhs), true);
  std::string out = "{\\allowdisplaybreaks\n\\begin{align*}\n" + before + "&" + sign;
  const auto lines = lines_of(terms, kLine - typeset_width(before + sign + after), line);
  for (std::size_t i = 0; i < lines.size(); ++i) out += (i == 0 ? "" : " \\\\\n&\\quad{} ") + lines[i];
  return out + after + "\n\\end{align*}}\n";
}

}  // namespace dln::symbolic
